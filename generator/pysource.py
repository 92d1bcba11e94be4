"""Read Python source into a syntax tree, whatever other threads do."""

from __future__ import annotations

import ast
from pathlib import Path

from generator.errors import SpecError


def parse(source: str | bytes) -> ast.Module:
    """Return the syntax tree of a source.

    CPython counts the depth of the tree it builds in one place for all threads, so that another thread that is parsing
    too (which formatting a traceback does) can make a sound parse end with SystemError (python/cpython#106905, in 3.11
    and 3.12). The parse has no side effect: it is done again.
    """
    for _ in range(9):
        try:
            return ast.parse(source)
        except SystemError:
            continue
    return ast.parse(source)


def read(path: Path, shown: str) -> str:
    """Return the text of a file that people write in Python.

    Raises:
        SpecError: naming the file by `shown`, and the line, when it is no Python.
        FileNotFoundError: there is no such file.
    """
    try:
        text = path.read_text(encoding="utf-8")
        parse(text)
    except SyntaxError as error:
        raise SpecError(f"{shown}:{error.lineno}: {error.msg}; correct it") from None
    except ValueError as error:
        raise SpecError(f"{shown}: it is no Python: {error}; correct it") from None
    return text
