"""What is annotated keeps its annotations on a runner, whenever Python evaluates them."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from fal.app.bundle import pickling

TYPES = """
import dataclasses, typing
import typing_extensions

class Size(typing_extensions.TypedDict):
    width: int
    unit: typing_extensions.NotRequired[str]

class Options(typing.TypedDict, total=False):
    deep: bool

class Pair(typing.NamedTuple):
    left: int
    right: list[int] = []

class Plain:
    number: typing.Annotated[int, "a number"]

@dataclasses.dataclass
class Record:
    pair: Pair
    plain: "Plain | None" = None

def function(size: Size, *pairs: Pair) -> Plain: ...
"""
EXPECTED = {
    "Size": "{'width': <class 'int'>, 'unit': typing.NotRequired[str]}",
    "Options": "{'deep': <class 'bool'>}",
    "Pair": "{'left': <class 'int'>, 'right': list[int]}",
    "Plain": "{'number': typing.Annotated[int, 'a number']}",
    "Record": "{'pair': <class 'annotated.Pair'>, 'plain': typing.Optional[annotated.Plain]}",
}
LOAD = """
import pickle, sys, typing
loaded = pickle.load(sys.stdin.buffer)
print(typing.get_type_hints(loaded, include_extras=True) if sys.argv[1:] else loaded.__annotations__)
"""


@pytest.fixture(params=[True, False], ids=["postponed", "as-they-stand"])
def annotated(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    head = "from __future__ import annotations\n" if request.param else ""
    return imported(head + TYPES, tmp_path, monkeypatch)


def imported(source: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    (folder / "annotated.py").write_text(source, encoding="utf-8")
    monkeypatch.syspath_prepend(folder)
    monkeypatch.delitem(sys.modules, "annotated", raising=False)
    return importlib.import_module("annotated")


def elsewhere(travels: object, module: ModuleType, *arguments: str) -> str:
    """Return what a process without the module prints of the annotations."""
    data = pickling.dumps(travels, module).payload
    done = subprocess.run([sys.executable, "-c", LOAD, *arguments], input=data, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode().strip()


@pytest.mark.parametrize("name", list(EXPECTED))
def test_a_class_keeps_the_types_of_its_members(name: str, annotated: ModuleType) -> None:
    said = elsewhere(getattr(annotated, name), annotated, "hints")
    assert said.replace("annotated.Plain | None", "typing.Optional[annotated.Plain]") == EXPECTED[name]


@pytest.mark.skipif(sys.version_info < (3, 14), reason="an annotation is evaluated where it stands")
def test_a_name_for_type_checkers_only_travels_as_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = "import typing\nif typing.TYPE_CHECKING:\n    from decimal import Decimal\n"
    source += (
        "def price(of: Decimal, times: int) -> list[Decimal]: ...\nclass Bill:\n    sum: Decimal\n    count: int\n"
    )
    module = imported(source, tmp_path, monkeypatch)
    assert elsewhere(module.price, module) == "{'of': 'Decimal', 'times': 'int', 'return': 'list[Decimal]'}"
    assert elsewhere(module.Bill, module) == "{'sum': 'Decimal', 'count': 'int'}"
