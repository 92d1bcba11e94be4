"""Every example of the documentation runs, and prints what the page shows."""

from __future__ import annotations

import importlib
import os
import pkgutil
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import fal
import fal_emulator
from fal.exceptions import FalServerlessException
from tests.support.pages import BLOCK, Page, blocks, commands, matches
from tools import docs

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md"] + [
    path
    for path in sorted((ROOT / "docs").rglob("*.md"))
    # The first is written by the suites themselves, the second from the command: tests/unit/cli/test_pages.py parses its examples.
    if path.parent.name not in ("evidence", "cli")
]
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the local control plane needs POSIX")


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    "path", [path for path in PAGES if blocks(path.read_text(encoding="utf-8"))], ids=lambda path: path.stem
)
def test_every_example_of_a_page_runs(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, tools = tmp_path / "project", tmp_path / "bin"
    folder.mkdir()
    tools.mkdir()
    shutil.copy(ROOT / "examples" / "hello.py", folder)
    (tools / "fal").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m fal "$@"\n')
    (tools / "python").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    for tool in tools.iterdir():
        tool.chmod(0o755)
    monkeypatch.chdir(folder)
    monkeypatch.syspath_prepend(folder)
    with fal_emulator.start(isolation="inline") as plane:
        for name in [name for name in os.environ if name.startswith(("FAL_", "ISOLATE_"))]:
            monkeypatch.delenv(name)
        variables = {**plane.env(), "HOME": str(tmp_path), "PATH": f"{tools}:{os.environ['PATH']}", "COLUMNS": "200"}
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        try:
            assert Page(path, folder, os.environ).run() > 0
        finally:
            # A page that failed may have left what `fal local up` started.
            subprocess.run([tools / "fal", "local", "down"], capture_output=True, check=False)


def test_no_example_escapes() -> None:
    """Every example is in a fence that says what it is; an indented one, or one in a fence without a language, runs nowhere."""
    for path in PAGES:
        page = path.read_text(encoding="utf-8")
        assert all(block.language for block in blocks(page)), path
        if path != ROOT / "README.md":  # its two commands are run by CI
            assert not re.search(r"^\n    \S", BLOCK.sub("", page), re.M), path


def test_every_error_class_has_its_page() -> None:
    # Importing a command out of turn changes the order in which they are listed. The last two modules refuse to be imported.
    unrelated = ("fal.__main__", "fal._gen.", "fal._aio.", "fal.cli.commands.", "fal.wma", "fal.workflows")
    for module in pkgutil.walk_packages(fal.__path__, "fal."):
        if not module.name.startswith(unrelated):
            importlib.import_module(module.name)
    ours = {cls.__name__ for cls in _below(FalServerlessException) if cls.__module__.startswith("fal.")}
    assert {name for name in ours if not name.startswith("_")} | {"FalServerlessException"} == set(docs.error_classes())
    classes = docs.error_classes()
    tree = "\n".join(docs._error_tree(classes["FalServerlessException"], classes, ""))
    assert all(tree.count(f"[{name}]") == 1 for name in classes)
    said = tomllib.loads((ROOT / "docs" / "errors.toml").read_text(encoding="utf-8"))
    assert set(said) == set(docs.error_classes())
    assert all(set(table) == {"causes", "remedies"} and all(table.values()) for table in said.values())


def _below(cls: type[Exception]) -> Iterator[type[Exception]]:
    for each in cls.__subclasses__():
        yield from (each, *_below(each))


def test_an_output_that_is_not_shown_is_found() -> None:
    assert matches("a ... c\n", "a  b\nc")
    assert not matches("a ... c", "a b d")
    assert not matches("a", "a b")


def test_examples_are_found_in_order() -> None:
    page = "<!--run\nx = 1\n-->\n```python\nprint(x)\n```\n```text\n1\n```\n```console\n$ a \\\n  b\nsaid\n$ c\n```\n"
    assert [block.language for block in blocks(page)] == ["python", "python", "text", "console"]
    assert list(commands(blocks(page)[3].text)) == [("a b", "said\n"), ("c", "")]
