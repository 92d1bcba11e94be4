"""Bundles on every supported Python, in environments that hold the declared requirements and cloudpickle alone."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import connect

from fal.app.spec import describe
from tests.unit.app.app_runner import pack, serve, unpack
from tests.unit.app.app_venvs import venv_with
from tests.unit.app.samples import hello, kitchen, models

ROOT = Path(__file__).parents[3]
PYTHONS = ["3.11", "3.12", "3.13"]

# The deploying machine: this SDK, under the Python that the runner has.
DUMP = """
import importlib, sys
sys.path[:0] = sys.argv[1:3]
from fal.app import spec
from fal.app.bundle import pack
module, name, target = sys.argv[3:6]
app = getattr(importlib.import_module(module), name)
spec.metadata(app)
open(target, "wb").write(pack.dump(app))
"""

pytestmark = pytest.mark.timeout(180)  # the first run of all builds the environments


def packed_by(python: str, target: type, path: Path) -> Path:
    arguments = [str(ROOT / "src"), str(ROOT), target.__module__, target.__name__, str(path)]
    done = subprocess.run([python, "-I", "-W", "error", "-c", DUMP, *arguments], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return path


@pytest.mark.parametrize("version", PYTHONS)
def test_a_plain_app_runs_where_only_its_requirements_are(version: str, tmp_path: Path) -> None:
    declared = describe(hello.Hello).environment["requirements"]
    assert [item.partition("=")[0] for item in declared] == ["fastapi", "pydantic", "uvicorn"]
    python = venv_with([*declared, "cloudpickle"], version)
    bundle = packed_by(python, hello.Hello, tmp_path / "hello.pickle")
    assert bundle.stat().st_size < 20_000
    with serve(bundle, python) as runner:
        assert runner.http.post("/", json={"name": "you"}).json() == {"greeting": "Hello, you!"}
        assert runner.http.post("/", json={}).status_code == 422
        assert runner.http.get("/health").json() == {"version": "unknown"}


@pytest.mark.parametrize("version", PYTHONS)
def test_a_realtime_app_runs_where_only_its_requirements_are(version: str, tmp_path: Path) -> None:
    declared = describe(kitchen.Kitchen).environment["requirements"]
    assert [item.partition("=")[0] for item in declared][2:] == ["uvicorn", "websockets", "msgpack"]
    python = venv_with([*declared, "cloudpickle"], version)
    missing = subprocess.run([python, "-I", "-c", "import fal"], capture_output=True, text=True)
    assert "No module named 'fal'" in missing.stderr
    with serve(packed_by(python, kitchen.Kitchen, tmp_path / "kitchen.pickle"), python) as runner:
        tree = {"value": 1, "children": [{"value": 2}]}
        assert runner.http.post("/", json={"prompt": "a", "tree": tree}).json() == {"text": "a:red:fast", "depth": 2}
        assert runner.http.post("/state").json()["states"] == ["SETUP", "RUNNING"]
        assert runner.http.post("/point", json={"x": 1, "y": {"value": 2}}).json()["y"] == {"value": 2, "children": []}
        assert runner.http.post("/boom").status_code == 500
        with runner.http.stream("POST", "/stream") as answer:
            assert len([line for line in answer.iter_lines() if line]) == 3
        with connect(runner.ws + "/realtime") as socket:
            socket.send(pack({"prompt": "hi"}))
            assert unpack(socket.recv())["text"] == "HI"
            socket.send(json.dumps({"prompt": "ho"}))
            assert json.loads(socket.recv())["text"] == "HO"
        runner.process.terminate()
        runner.wait()
    assert "teardown" in runner.output


# Of the versions of pydantic: None is the one that the models were packed with.
@pytest.mark.parametrize("pydantic", [None, "2.5.3", "2.8.2", "2.9.2", "2.10.6", "2.11.7"])
def test_types_of_every_kind_travel_to_any_pydantic(pydantic: str | None, tmp_path: Path) -> None:
    declared = describe(models.Models).environment["requirements"]
    here = venv_with([*declared, "cloudpickle"], "3.11")
    older = [f"pydantic=={pydantic}", "fastapi==0.111.0", "uvicorn", "cloudpickle"]
    there = venv_with(older, "3.11") if pydantic else here
    person = {"dogs": [{"name": "Rex", "friend": {"dogs": []}}]}
    with serve(packed_by(here, models.Models, tmp_path / "models.pickle"), there) as runner:

        def post(path: str, body: Any) -> Any:
            answer = runner.http.post(path, json=body)
            return answer.json() if answer.status_code == 200 else answer.status_code

        assert post("/pet", {"kind": "cat", "lives": 0}) == {"kind": "cat", "lives": "0 lives", "dead": True}
        assert post("/pet", {"kind": "cat", "lives": 10}) == 422
        assert post("/pet", {"name": "Rex", "friend": None}) == {"name": "Rex", "friend": None}
        assert post("/person", person) == person
        assert post("/person", {"dogs": [], "cats": 1}) == 422
        assert post("/box", {"content": "3"}) == {"content": 3}
        assert post("/names", ["a", "b"]) == ["a", "b"]
        assert post("/size", {"width": 3, "unit": "m"}) == {"width": 3, "unit": "m"}
        assert post("/size", {"width": "wide", "unit": "m"}) == 422
        assert post("/checked", {"number": 1}) == {"number": 1}
        assert post("/checked", {"number": 0}) == 422
        assert post("/plain", {"pair": [1, 2]}) == {"pair": [1, 2], "tags": []}
        assert post("/subclass", None)["age"] == 2
        assert set(runner.http.get("/openapi.json").json()["components"]["schemas"]) >= {
            "Cat-Input",
            "Person-Output",
            "Size",
        }
