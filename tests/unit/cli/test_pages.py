"""docs/cli says what the command says."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

from fal.cli import _pages, _parameters, _parser, _tree

FOLDER = Path(__file__).parents[3] / "docs" / "cli"


def test_the_pages_are_those_of_the_command() -> None:
    written = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.md")}
    wanted = _pages.pages()
    assert written.keys() == wanted.keys(), "run `just pages`"
    stale = [name for name, text in wanted.items() if written[name] != text]
    assert not stale, f"{stale} are stale: run `just pages`"


def test_a_page_says_what_an_option_takes_as_the_help_does() -> None:
    pages = _pages.pages()
    for group, command in _tree.everything():
        page = pages[f"{_pages._slug(group, command)}.md"]
        help = " ".join(_parser.command_parser(command, "fal").format_usage().split())
        for each in _parameters.of(command):
            if each.flags and each.kind != "flag":
                said = f"[{each.flags[0]} {_parser.place_of(each)}"
                assert said in page
                assert said in help or f"| {said[1:]}" in help
    assert "[--annotation KEY=VALUE] ..." in pages["deploy.md"]


def test_every_example_parses() -> None:
    for group, command in _tree.everything():
        for line in command.examples:
            assert f"fal {_pages._name(group, command)}" in line
            subprocess.run(["bash", "-n", "-c", line], check=True)
            said = re.search(r"\bfal ([^|)]*)", line)
            assert said is not None
            words = shlex.split(said[1])
            _parser.command_parser(command, "fal").parse_args(words[words.index(command.names[0]) + 1 :])
