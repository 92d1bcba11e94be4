"""Python source: its syntax tree, what it imports, and what of it only readers need."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

Sources = dict[str, tuple[str, bool, str]]  # module name -> source, is it a package, file name for tracebacks
_DOCSTRING = re.compile(r'^( *)""".*?"""$', re.MULTILINE | re.DOTALL)
_COMMENT = re.compile(r"^ *#.*$", re.MULTILINE)


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


def imported(package: str, source: str) -> set[str]:
    """Return the names a source imports anywhere, functions included, and the packages they are in.

    Args:
        package: What relative imports are relative to.
        source: The text; what it imports for type checkers only does not count.

    Raises:
        SyntaxError: It is not Python.
    """
    names: set[str] = set()
    for node in _executed(parse(source)):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parents = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*parents, *filter(None, [node.module])])
            names.update([base, *(f"{base}.{alias.name}" for alias in node.names)])
    return {".".join(name.split(".")[:end]) for name in names if name for end in range(1, name.count(".") + 2)}


def _executed(node: ast.AST) -> Iterator[ast.AST]:
    """Walk a tree, past what only type checkers see."""
    yield node
    for child in ast.iter_child_nodes(node):
        test = child.test if isinstance(child, ast.If) else None
        if isinstance(test, ast.Name | ast.Attribute) and "TYPE_CHECKING" in (
            getattr(test, "id", None),
            getattr(test, "attr", None),
        ):
            assert isinstance(child, ast.If)
            for other in child.orelse:
                yield from _executed(other)
            continue
        yield from _executed(child)


def lean(source: str) -> str:
    """Empty what only readers need, comments and docstrings, of a module of ours; lines keep their numbers.

    A syntax tree would tell what is a docstring for certain, and take fifty times as long; the tests look at each module.
    """
    return _COMMENT.sub("", _DOCSTRING.sub(lambda match: match[1] + '""' + "\n" * match[0].count("\n"), source))
