"""Read Python source into a syntax tree, from any thread."""

from __future__ import annotations

import ast


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
