"""The part of this library that an app uses goes along, and nothing else of it."""

from __future__ import annotations

import ast
import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import fal
from fal.app.bundle import pack
from fal.app.bundle.library import ROOMS, library
from fal.app.bundle.source import lean
from tests.unit.app.app_runner import serve
from tests.unit.app.samples import hello

SOURCE = Path(fal.__file__).parent
MODULES = [
    path
    for room in ROOMS
    for base in [SOURCE.joinpath(*room.split("."))]
    for path in (sorted(base.rglob("*.py")) if base.is_dir() else [base.with_suffix(".py")])
    if "_gen/rest" not in path.as_posix()
]


def shipped(*texts: str) -> set[str]:
    return {name.removeprefix(".fal.") for name in library(texts, [])}


def test_a_hello_app_takes_nothing_along() -> None:
    assert shipped(Path(hello.__file__).read_text()) == set()


@pytest.mark.parametrize(
    ("text", "there", "not_there"),
    [
        (
            "from fal.toolkit import File",
            {"toolkit.file.file", "_gen.rest.wire"},
            {"toolkit.image.image", "toolkit.kv"},
        ),
        ("def f():\n    from fal.toolkit import Image", {"toolkit.image.image"}, {"toolkit.kv", "toolkit.compilation"}),
        ("from fal.toolkit.image import Image, ImageSize", {"toolkit.image.image"}, {"toolkit.kv"}),
        ("import fal.toolkit", {"toolkit.image.image", "toolkit.kv", "toolkit.compilation"}, {"distributed.runner"}),
        ("from fal.exceptions import FieldException", {"exceptions.authoring"}, {"toolkit"}),
        ("from fal.toolkit import FalBaseModel, Field", {"toolkit.pydantic"}, {"toolkit.file.file"}),
        ("from fal.distributed import DistributedRunner", {"distributed.runner", "distributed.worker"}, {"toolkit"}),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from fal.toolkit import File", set(), {"toolkit"}),
        ("from fal.api import SyncServerlessClient\nimport fal.deploy", set(), {"api", "deploy", "_core", "_gen"}),
    ],
)
def test_only_what_is_imported_goes_along(text: str, there: set[str], not_there: set[str]) -> None:
    result = shipped(text)
    assert there <= result
    assert not (not_there & result)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_a_module_that_travels_stays_what_it_is(path: Path) -> None:
    """Comments and docstrings go; nothing else may look like them."""
    text = path.read_text(encoding="utf-8")
    for node in ast.walk(ast.parse(text)):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and '"""' in (ast.get_source_segment(text, node) or "")
        ):
            parent = [other for other in ast.walk(ast.parse(text)) if getattr(other, "lineno", 0) == node.lineno]
            assert any(isinstance(other, ast.Expr) for other in parent), f"line {node.lineno} is not a docstring"
    compile(lean(text), str(path), "exec")
    absolute = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Import)]
    assert not [alias.name for node in absolute for alias in node.names if alias.name.partition(".")[0] == "fal"]


APP = '''
import fal
from fal.exceptions import AppException
from fal.ref import get_current_app
from fal.toolkit import File, Image
from pydantic import BaseModel

class Output(BaseModel):
    """What comes back."""
    file: File
    image: Image | None = None

class Making(fal.App):
    @fal.endpoint("/")
    def make(self) -> Output:
        return Output(file=File.from_bytes(b"x", file_name="a.txt", repository="in_memory"))

    @fal.endpoint("/inside")
    def inside(self) -> dict:
        from fal.exceptions import AppException as Again
        from fal.toolkit.file import File as Same
        return {"modules": [Same.__module__, Again.__module__], "served": get_current_app() is self}

    @fal.endpoint("/refuse")
    def refuse(self) -> dict:
        raise AppException("no", 418)
'''


@pytest.fixture
def making(tmp_path: Path) -> ModuleType:
    file = tmp_path / "making_app.py"
    file.write_text(APP)
    spec = importlib.util.spec_from_file_location("making_app", file)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["making_app"] = module
    spec.loader.exec_module(module)
    return module


def test_what_travels_is_imported_where_this_sdk_is_not(making: ModuleType, tmp_path: Path) -> None:
    bundle = tmp_path / "bundle"
    bundle.write_bytes(pack.dump(making.Making))
    code = """
import pickle, sys
sys.path[:] = [path for path in sys.path if not path.endswith("src")]  # where this SDK is developed
app = pickle.load(open(sys.argv[1], "rb"))
from fal.exceptions import AppException
from fal.toolkit import File
from fal.toolkit.file import File as Same
import fal.toolkit
assert File is Same is fal.toolkit.File and File.__module__.startswith("_fal_runtime_"), File
assert AppException.__module__.startswith("_fal_runtime_"), AppException
print(app.target().make().file.url)
try:
    from fal.toolkit import KVStore
except ModuleNotFoundError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-I", "-c", code, str(bundle)], capture_output=True, text=True)
    assert done.stdout.splitlines()[0] == "data:text/plain;base64,eA==", done.stderr
    assert "kv" in done.stdout.splitlines()[1]  # the author's file does not name it


def test_an_app_with_the_toolkit_serves(making: ModuleType, tmp_path: Path) -> None:
    bundle = tmp_path / "bundle"
    bundle.write_bytes(pack.dump(making.Making))
    with serve(bundle) as runner:
        assert runner.http.post("/").json()["file"]["url"] == "data:text/plain;base64,eA=="
        inside = runner.http.post("/inside").json()
        refused = runner.http.post("/refuse")
        described = runner.http.get("/openapi.json").json()
    assert inside["served"]
    # This SDK is installed where the tests run, and what is installed comes first where an endpoint imports it.
    assert inside["modules"] == ["fal.toolkit.file.file", "fal.exceptions.authoring"]
    assert (refused.status_code, refused.json()) == (418, {"detail": "no"})
    schemas = described["components"]["schemas"]
    # Older releases of FastAPI describe what goes in apart from what comes out.
    assert (schemas.get("Image") or schemas["Image-Output"])["description"] == "Represents an image file."
