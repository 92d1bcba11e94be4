"""Sources are read into trees whatever else the process parses."""

from __future__ import annotations

import ast
from collections.abc import Callable

import pytest

from fal.app.bundle import source
from generator import pysource


@pytest.mark.parametrize("parse", [source.parse, pysource.parse], ids=["sdk", "generator"])
def test_a_parse_disturbed_by_another_thread_is_done_again(
    parse: Callable[[str], ast.Module], monkeypatch: pytest.MonkeyPatch
) -> None:
    disturbed = iter([True, True, False])
    genuine = ast.parse

    def parse_once(text: str) -> ast.Module:
        if next(disturbed):
            raise SystemError("AST constructor recursion depth mismatch (before=30, after=25)")
        return genuine(text)

    monkeypatch.setattr(ast, "parse", parse_once)
    assert ast.unparse(parse("a = 1")) == "a = 1"


@pytest.mark.parametrize("parse", [source.parse, pysource.parse], ids=["sdk", "generator"])
def test_a_fault_of_the_source_is_raised_as_it_is(parse: Callable[[str], ast.Module]) -> None:
    with pytest.raises(SyntaxError):
        parse("a = ")
