"""Apps in containers, built and run by a real engine."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

import fal
import fal.api
import fal_emulator
from fal.exceptions import BuildFailed
from tests.containers.conftest import BASE
from tests.support.plane import http_to
from tests.support.ports import free_port
from tests.support.waiting import eventually

if TYPE_CHECKING:
    from pathlib import Path

    from fal_emulator import Plane

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

DOCKERFILE = f"""
FROM {BASE}
ARG WORD
ENV WORD=$WORD
COPY data/ /opt/data/
RUN --mount=type=secret,id=token python3 -c "import os; open('/opt/token', 'w').write(open('/run/secrets/token').read()[::-1])"
WORKDIR /opt
"""

APP = f"""
import os
import fal

class Boxed(fal.App):
    machine_type = "GPU-A100"
    keep_alive = 60
    image = fal.ContainerImage.from_dockerfile_str(
        {DOCKERFILE!r},
        build_args={{"WORD": "hello"}},
        secrets={{"token": "terces"}},
        registries={{"registry.example": {{"username": "me", "password": "pass word"}}}},
    )

    def setup(self):
        print("set up in", os.getcwd(), flush=True)

    @fal.endpoint("/")
    def look(self) -> dict:
        print("looking", flush=True)
        return {{
            "word": os.environ["WORD"], "secret": os.environ["TOLD"], "token": open("/opt/token").read(),
            "copied": open("data/file").read(), "volume": open("/data/kept").read(),
            "fal_volume": os.environ["FAL_LOCAL_VOLUME"], "host_file": os.path.exists({__file__!r}),
        }}

    @fal.endpoint("/end")
    def end(self) -> dict:
        os._exit(3)
"""


def running(program: str, state: Path) -> list[str]:
    line = [program, "ps", "--quiet", "--filter", f"label=fal-local={state / 'runners'}"]
    return subprocess.run(line, capture_output=True, text=True, check=True).stdout.split()


@pytest.fixture
def boxed(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "file").write_text("from the context")
    (tmp_path / "boxed.py").write_text(APP)
    return tmp_path / "boxed.py"


def test_an_app_runs_in_its_container(program: str, plane: Plane, boxed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(boxed.parent)
    with plane.client() as client, http_to(plane) as http:
        client.secrets.set("TOLD", "by the control plane")
        (plane.state / "volume" / "kept").write_text("kept")
        client.deploy(boxed)
        answer = http.post("/local/boxed", json={})
        assert answer.json() == {
            "word": "hello",
            "secret": "by the control plane",
            "token": "secret",
            "copied": "from the context",
            "volume": "kept",
            "fal_volume": "/data",
            "host_file": False,
        }
        said, _ = plane.log_lines()
        assert any("set up in /opt" in line for line in said)
        assert any("get no GPU" in line for line in said)
        assert not any("pass word" in line or "terces" in line for line in said)
        asked = {"request_id": answer.headers["x-fal-request-id"], "search": "looking"}
        assert eventually(lambda: http.post("/logs/history", params=asked).json()["items"])
        assert len(running(program, plane.state)) == 1
        assert http.post("/local/boxed/end", json={}).status_code == 503
        assert http.post("/local/boxed", json={}).status_code == 200, "another runner has started"
        client.apps.delete("boxed")
        eventually(lambda: not running(program, plane.state))


def test_a_function_is_run_in_a_container(plane: Plane, boxed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(boxed.parent)
    for name, value in plane.env().items():
        monkeypatch.setenv(name, value)

    @fal.function(image=fal.ContainerImage.from_dockerfile_str(f"FROM {BASE}\nCOPY data/file /file\n"))
    def read(path: str) -> str:
        with open(path) as file:
            return file.read()

    assert read("/file") == "from the context"


def test_an_image_runs_as_it_is(program: str, plane: Plane, tmp_path: Path) -> None:
    port = free_port()
    serve = ["python3", "-m", "http.server", str(port), "--directory", "/data"]
    (tmp_path / "Dockerfile").write_text(f"FROM {BASE}\nCMD {json.dumps(serve)}\n")
    (tmp_path / "pyproject.toml").write_text(
        f'[tool.fal.apps.web]\nauth = "public"\nexposed_port = {port}\nimage = {{ dockerfile = "Dockerfile" }}\n'
    )
    (plane.state / "volume" / "page").write_text("served")
    with plane.client() as client, http_to(plane) as http:
        client.deploy("web", root=tmp_path)
        assert http.get("/local/web/page").text == "served"
        client.apps.delete("web")
        eventually(lambda: not running(program, plane.state))


def test_a_build_that_fails_says_why(plane: Plane, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(
        "import fal\n\nclass Broken(fal.App):\n"
        f"    image = fal.ContainerImage.from_dockerfile_str('FROM {BASE}\\nRUN no-such-command')\n"
        "    @fal.endpoint('/')\n    def x(self) -> dict:\n        return {}\n"
    )
    with plane.client() as client, pytest.raises(BuildFailed, match="no-such-command"):
        client.deploy(tmp_path / "app.py")


def test_containers_end_with_the_control_plane(program: str, boxed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(boxed.parent)
    with fal_emulator.start() as plane, plane.client() as client, http_to(plane) as http:
        client.secrets.set("TOLD", "x")
        (plane.state / "volume" / "kept").write_text("kept")
        client.deploy(boxed)
        assert http.post("/local/boxed", json={}).status_code == 200
        assert running(program, plane.state)
    eventually(lambda: not running(program, plane.state))


def test_containers_end_when_the_control_plane_is_killed(
    program: str, boxed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(boxed.parent)
    state, ready = tmp_path / "state", tmp_path / "ready.json"
    line = [sys.executable, "-m", "fal_emulator", "--port", "0", "--state", str(state), "--ready-file", str(ready)]
    with subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            body = json.loads(eventually(lambda: ready.exists() and ready.read_text()))
            (state / "volume" / "kept").write_text("kept")
            with fal.api.SyncServerlessClient(host=body["host"], api_key=body["key"]) as client:
                client.secrets.set("TOLD", "x")
                client.deploy(boxed)
            assert running(program, state)
        finally:
            process.kill()
    eventually(lambda: not running(program, state))
