"""One control plane, and the programs that call apps on it: the PyPI package fal-client, and the npm package @fal-ai/client."""

from __future__ import annotations

import fcntl
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.peer_venv import venv

if TYPE_CHECKING:
    from fal_emulator import Plane

_WORK = Path(__file__).resolve().parents[2] / ".venvs"
_CLIENT = "@fal-ai/client@1.10.1"

APP = """
import fal
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

class Text(BaseModel):
    text: str = ""

class Caller(fal.App):
    machine_type = "XS"
    keep_alive = 600
    max_multiplexing = 4

    @fal.endpoint("/")
    def shout(self, input: Text) -> Text:
        print("shouting", input.text, flush=True)
        return Text(text=input.text.upper())

    @fal.endpoint("/stream")
    def count(self, input: Text) -> StreamingResponse:
        return StreamingResponse((f'data: {{"n": {n}}}\\n\\n' for n in range(3)), media_type="text/event-stream")

    @fal.realtime("/realtime")
    def turn(self, input: Text) -> Text:
        return Text(text=input.text[::-1])
"""


@pytest.fixture(scope="module")
def plane(running_plane: Plane, tmp_path_factory: pytest.TempPathFactory) -> Plane:
    """The control plane with the app `caller`."""
    file = tmp_path_factory.mktemp("app") / "caller.py"
    file.write_text(APP)
    running_plane.reset()
    with running_plane.client() as client:
        client.deploy(f"{file}::Caller", app_name="caller")
    return running_plane


@pytest.fixture(scope="session")
def python() -> Path:
    """The interpreter of an environment that has fal-client, and nothing of ours."""
    return venv("callers", "fal-client==1.0.3")


@pytest.fixture(scope="session")
def node_folder() -> Path:
    """A folder where Node finds @fal-ai/client."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("Node is not installed (Debian: apt-get install nodejs npm)")
    folder = _WORK / "callers-node"
    folder.mkdir(parents=True, exist_ok=True)
    with open(_WORK / "callers-node.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "node_modules" / "@fal-ai" / "client").is_dir():
            subprocess.run([npm, "install", "--silent", "--prefix", str(folder), _CLIENT], check=True, timeout=300)
    return folder
