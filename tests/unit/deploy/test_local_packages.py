"""Requirements that are folders are built here and stored with the app."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from fal.deploy import (
    deploy,
)
from fal.exceptions import (
    FalServerlessException,
)
from tests.support.fake_plane import HELLO, KEY_ID, KEY_SECRET, FakePlane, plain


def local_package(folder: Path, name: str = "my-lib") -> None:
    folder.mkdir(exist_ok=True)
    (folder / "pyproject.toml").write_text(
        f'[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n[project]\nname = "{name}"\n'
        'version = "1.0"\n'
    )
    (folder / "backend.py").write_text(
        "import io, os, tarfile\n"
        "def build_sdist(out, config_settings=None):\n"
        "    open('left-behind.egg-info', 'w').close()\n"
        "    assert 'FAL_KEY' not in os.environ\n"
        "    name = 'my_lib-1.0.tar.gz'\n"
        "    with tarfile.open(os.path.join(out, name), 'w:gz') as tar:\n"
        "        data = b'Metadata-Version: 2.1\\nName: my-lib\\nVersion: 1.0\\n'\n"
        "        info = tarfile.TarInfo('my_lib-1.0/PKG-INFO'); info.size = len(data)\n"
        "        tar.addfile(info, io.BytesIO(data))\n"
        "    return name\n"
    )


def test_local_requirements_are_built_in_a_copy_and_stored_with_the_clients_key(
    plane: FakePlane, caller: Any, hello: Path, monkeypatch: Any
) -> None:
    monkeypatch.setenv("FAL_KEY", "other:key")
    local_package(hello.parent / "lib")
    tree = sorted(str(path) for path in hello.parent.rglob("*"))
    (hello.parent / "pyproject.toml").write_text(
        '[tool.fal.apps.one]\nref = "hello.py"\nrequirements = ["./lib", "./lib[extra]", "lib", "numpy"]\n'
    )
    tree = sorted(str(path) for path in hello.parent.rglob("*"))
    deploy(caller, "one")
    assert sorted(str(path) for path in hello.parent.rglob("*")) == tree
    [initiate] = plane.paths("/storage/upload/initiate")  # once per folder
    assert initiate.headers["authorization"] == f"Key {KEY_ID}:{KEY_SECRET}"
    assert "storage_type=fal-cdn-v3" in initiate.target
    assert json.loads(initiate.headers["x-fal-object-lifecycle"]) == {"expiration_duration_seconds": 3600}
    assert initiate.json["file_name"] == "my_lib-1.0.tar.gz"
    assert list(plane.uploads) == ["my_lib-1.0.tar.gz"]
    [put] = [request for request in plane.requests if request.method == "PUT"]
    assert "authorization" not in put.headers
    for name in ("BuildEnvironment", "RegisterApplication"):
        sent = plain(plane.sent(name).environments[0])["configuration"]["requirements"]
        url = "https://files.test/my_lib-1.0.tar.gz"
        assert sent[1:5] == [f"my-lib @ {url}", f"my-lib[extra] @ {url}", f"my-lib @ {url}", "numpy"]


def test_local_requirements_in_code_count_from_the_apps_folder(plane: FakePlane, caller: Any, project: Path) -> None:
    local_package(project / "lib")
    (project / "apps").mkdir()
    (project / "apps" / "hello.py").write_text(HELLO.replace('["torch"]', '["../lib"]'))
    deploy(caller, "apps/hello.py")
    assert plain(plane.sent("RegisterApplication").environments[0])["configuration"]["requirements"][0] == (
        "my-lib @ https://files.test/my_lib-1.0.tar.gz"
    )


def test_a_failing_build_of_a_local_package_shows_its_output(plane: FakePlane, caller: Any, hello: Path) -> None:
    local_package(hello.parent / "lib")
    (hello.parent / "lib" / "backend.py").write_text(
        "def build_sdist(*a, **k):\n    raise SystemExit('no such luck')\n"
    )
    hello.write_text(HELLO.replace('["torch"]', '["./lib"]'))
    with pytest.raises(FalServerlessException, match="no such luck"):
        deploy(caller, hello)
    assert plane.calls == []


@pytest.mark.parametrize(("text", "said"), [("./nope", "does not exist"), ("./empty", "neither pyproject.toml nor")])
def test_local_requirements_that_lead_nowhere(plane: FakePlane, caller: Any, hello: Path, text: str, said: str) -> None:
    (hello.parent / "empty").mkdir()
    (hello.parent / "torch").mkdir()  # a bare name stays a package of the index
    hello.write_text(HELLO.replace('"torch"', f'"torch", "{text}"'))
    with pytest.raises(FalServerlessException, match=said):
        deploy(caller, hello)
    assert (plane.calls, plane.requests) == ([], [])
