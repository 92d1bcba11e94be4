"""What is not possible is tried as well: an entry of the list that works, or fails otherwise, is out of date."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.peer import limits
from tests.peer.peer_kit import SAMPLES, PeerError

if TYPE_CHECKING:
    from fal.api import SyncServerlessClient
    from tests.peer.limits import Limit
    from tests.peer.peer_kit import Peer, PeerPython

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


@pytest.mark.parametrize("limit", limits.COMMANDS, ids=lambda limit: limit.what)
def test_a_command_that_is_not_possible(peer: Peer, evidence: Callable[..., None], limit: Limit) -> None:
    ran = peer.attempt(*limit.order)
    assert ran.status == limit.status, ran
    assert limit.says in ran.out + ran.err, ran
    evidence("limit", name=limit.what, why=limit.why)


BACKEND = """
import tarfile
import zipfile


def build_sdist(folder, *_):
    name = "needed-1.tar.gz"
    with tarfile.open(f"{folder}/{name}", "w:gz") as archive:
        for file in ("pyproject.toml", "backend.py"):
            archive.add(file, f"needed-1/{file}")
    return name


def build_wheel(folder, *_):
    name = "needed-1-py3-none-any.whl"
    about = "needed-1.dist-info"
    with zipfile.ZipFile(f"{folder}/{name}", "w") as archive:
        archive.writestr("needed.py", "WORD = 'there'\\n")
        archive.writestr(f"{about}/METADATA", "Metadata-Version: 2.1\\nName: needed\\nVersion: 1\\n")
        archive.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        archive.writestr(f"{about}/RECORD", "")
    return name
"""


@pytest.fixture
def project(peer: Peer) -> Path:
    """Return a folder beside which the peer works; it is a Python project that builds with nothing but itself."""
    folder = peer.folder / "folder"
    folder.mkdir(exist_ok=True)
    (folder / "pyproject.toml").write_text(
        '[project]\nname = "needed"\nversion = "1"\n'
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
    )
    (folder / "backend.py").write_text(BACKEND)
    return folder


@pytest.mark.parametrize("limit", limits.PYTHON, ids=lambda limit: limit.what)
def test_a_call_that_is_not_possible(
    python: PeerPython, project: Path, evidence: Callable[..., None], limit: Limit
) -> None:
    with pytest.raises(PeerError, match=limit.says):
        python.run(str(limit.order))
    evidence("limit", name=limit.what, why=limit.why)


def test_a_requirement_that_is_a_folder_is_uploaded(python: PeerPython, project: Path) -> None:
    code = "@fal.function(requirements=['./folder'])\ndef needy():\n    import needed\n    return needed.WORD\nneedy()"
    assert python.run(code) == "there"


def test_a_container_image_is_registered_and_does_not_run(
    peer: Peer, client: SyncServerlessClient, evidence: Callable[..., None]
) -> None:
    said = peer("deploy", "boxed", "--json", cwd=SAMPLES / "project")
    assert "needs a container engine" in said.out
    (ours,) = client.apps.list()
    assert (ours.alias, ours.revision, ours.active_runners) == ("boxed", said.json["revision"], 0)
    answer = peer.call("boxed")
    assert answer.status_code == 503
    assert "needs a container engine" in answer.json()["detail"]
    evidence(
        "limit", name="an app that is a container image", why="it is registered; its runners need a container engine"
    )


def test_data_mounts_are_registered_and_show_the_whole_volume(peer: Peer, evidence: Callable[..., None]) -> None:
    file = peer.folder / "mounted.py"
    file.write_text(
        "import os\nimport fal\n\n@fal.function(serve=True, data_mounts=['/data'])\ndef mounted() -> dict:\n"
        "    return {'data': os.path.exists('/data')}\n"
    )
    assert "see the whole data volume" in peer("deploy", f"{file}::mounted", "--auth", "public").out
    assert peer.call("mounted").status_code == 200
    evidence("limit", name="data mounts", why="they are registered; runners see the whole data volume")


def test_a_folder_of_the_volume_is_not_removed_with_what_it_holds(
    peer: Peer, client: SyncServerlessClient, project: Path, evidence: Callable[..., None]
) -> None:
    client.files.upload(project / "backend.py", "kept/backend.py")
    assert "not empty" in peer.attempt("files", "rm", "/data/kept").out
    assert [file.name for file in client.files.list("kept")] == ["backend.py"]
    evidence(
        "limit", name="`fal files rm` of a folder that holds something", why="it is refused: delete its files first"
    )


def test_what_needs_no_control_plane(peer: Peer) -> None:
    assert "#compdef fal" in peer("completion", "bash").out
    about = peer("doctor", "--json").json
    assert (about["fal"], about["FAL_HOST"]) == ("1.83.0", peer.plane.env()["FAL_GRPC_HOST"])


def test_the_commands_and_methods_that_there_are(peer: Peer, evidence: Callable[..., None]) -> None:
    script = Path(__file__).parent / "peer_commands.py"
    done = subprocess.run(
        [str(peer.python), str(script)], env=peer.environment(), capture_output=True, text=True, timeout=60, check=True
    )
    body = json.loads(done.stdout)
    impossible = {limit.what for limit in limits.COMMANDS}
    assert impossible <= set(body["commands"])
    assert "apps list" in body["commands"] and "client.apps.list" in body["methods"]
    evidence("there are", **body)
