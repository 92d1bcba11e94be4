"""docs/cli says what the command says."""

from __future__ import annotations

from pathlib import Path

from fal.cli import _pages

FOLDER = Path(__file__).parents[3] / "docs" / "cli"


def test_the_pages_are_those_of_the_command() -> None:
    written = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.md")}
    wanted = _pages.pages()
    assert written.keys() == wanted.keys(), "run `just pages`"
    stale = [name for name, text in wanted.items() if written[name] != text]
    assert not stale, f"{stale} are stale: run `just pages`"
