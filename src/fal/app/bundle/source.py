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
    """Return the names a source imports anywhere, functions included, or reaches through them, and the packages they are in.

    Args:
        package: What relative imports are relative to.
        source: The text; what it imports for type checkers only does not count.

    Raises:
        SyntaxError: It is not Python.
    """
    nodes = list(_executed(parse(source)))
    return {part for name in _names(nodes, nodes, package) for part in _packages(name)}


def used(source: str, lines: set[int]) -> set[str]:
    """Return the names that the bodies of a source's functions import, or reach through what it imports, on some lines.

    Args:
        source: The text of a module that is in no package.
        lines: Their numbers.
    """
    nodes = list(_executed(parse(source)))
    bodies = [node.body for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)]
    inside = [
        node
        for body in bodies
        for statement in (body if isinstance(body, list) else [body])
        for node in _executed(statement)
        if getattr(node, "lineno", None) in lines
    ]
    return _names(inside, nodes, "")


def _names(nodes: list[ast.AST], all_nodes: list[ast.AST], package: str) -> set[str]:
    """Return what some nodes import or reach, by what any of the module's nodes binds to a name."""
    bound: dict[str, str] = {}
    for node in all_nodes:
        for name, local in _imports(node, package):
            bound[local] = name if local != name.partition(".")[0] else local
    names = {name for node in nodes for name, _ in _imports(node, package)}
    for node in nodes:
        if isinstance(node, ast.Attribute) and (name := _dotted(node, bound)):
            names.add(name)
    return names


def _imports(node: ast.AST, package: str) -> Iterator[tuple[str, str]]:
    """Yield what a node imports, and the names it is bound to."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield alias.name, alias.asname or alias.name.partition(".")[0]
    elif isinstance(node, ast.ImportFrom):
        base = node.module or ""
        if node.level:
            parents = package.split(".")[: len(package.split(".")) - node.level + 1]
            base = ".".join([*parents, *filter(None, [node.module])])
        for alias in node.names:
            yield f"{base}.{alias.name}", alias.asname or alias.name


def _dotted(node: ast.Attribute, bound: dict[str, str]) -> str:
    """Return what an attribute of something imported is called from outside; nothing for another one's."""
    parts: list[str] = []
    inner: ast.expr = node
    while isinstance(inner, ast.Attribute):
        parts.append(inner.attr)
        inner = inner.value
    root = bound.get(inner.id) if isinstance(inner, ast.Name) else None
    return ".".join([root, *reversed(parts)]) if root else ""


def _packages(name: str) -> list[str]:
    return [".".join(name.split(".")[:end]) for end in range(1, name.count(".") + 2)] if name else []


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
