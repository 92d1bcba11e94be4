"""The docstrings of the async client: other words where those of the sync half are not true, and examples that await."""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterator
from typing import TypeGuard

from generator.async_client.config import AsyncConfig
from generator.async_client.edits import Edits
from generator.async_client.sync_source import SyncHalf, dotted, must_bracket
from generator.errors import SpecError
from generator.pysource import parse

_EXAMPLE = re.compile(r"^(?P<indent> *)Example:\n(?P<code>(?:(?P=indent) +\S.*\n|[ ]*\n)+)", re.MULTILINE)


class Docstrings:
    """Converts docstrings, given as source text."""

    def __init__(self, half: SyncHalf) -> None:
        self._half = half
        self._named: dict[str, str] = {}  # of the current example: its names and their classes
        self._client = next((name for name in half.classes if name.startswith("Sync")), "")

    def turned(self, text: str) -> str:
        """Return a docstring of the sync half as that of the async version."""
        for sync, words in self._half.config.words.items():
            # A line may end anywhere in the phrase; the other one stands on the line where it begins.
            text, count = re.subn(r"\s+".join(map(re.escape, sync.split())), lambda _, words=words: words, text)  # type: ignore[misc]
            if count:
                self._half.lookup("words", sync)
        text = _EXAMPLE.sub(self._example, text)
        return re.sub(rf"\b{self._client}\b", AsyncConfig.async_name(self._client), text) if self._client else text

    def _example(self, match: re.Match[str]) -> str:
        code = textwrap.dedent(match["code"])
        try:
            tree = parse(code)
        except SyntaxError as error:
            raise SpecError(f"an example is no Python: {error.msg}:\n{code}") from None
        edits = Edits(code)
        parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
        self._named = dict(self._objects(tree))
        for node in ast.walk(tree):
            if self._is_async(node):
                edits.insert(node, "async ")
            elif isinstance(node, ast.Call) and self._kind(node) == "await":
                if must_bracket(parents[node], node):
                    edits.surround(node, "(await ", ")")
                else:
                    edits.insert(node, "await ")
            elif isinstance(node, ast.FunctionDef | ast.Lambda):
                raise SpecError(f"an example that defines a function cannot be turned:\n{code}")
        lines = match["code"].splitlines()
        indent = " " * min(len(line) - len(line.lstrip()) for line in lines if line.strip())
        return f"{match['indent']}Example:\n{textwrap.indent(edits.applied(), indent)}"

    def _is_async(self, node: ast.AST) -> TypeGuard[ast.For | ast.With]:
        if isinstance(node, ast.For):
            return self._kind(node.iter) == "iterate"
        return isinstance(node, ast.With) and any(
            self._is_client(item.context_expr) or self._returned(item.context_expr) in self._half.classes
            for item in node.items
        )

    def _is_client(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Call) and dotted(node.func) == self._client

    def _objects(self, tree: ast.AST) -> Iterator[tuple[str, str]]:
        """Yield the names that an example gives to objects that have async versions, with their classes."""
        for node in ast.walk(tree):
            named: list[tuple[ast.expr, ast.expr | None]] = []
            if isinstance(node, ast.With):
                named = [(item.context_expr, item.optional_vars) for item in node.items]
            elif isinstance(node, ast.Assign):
                named = [(node.value, node.targets[0])]
            for value, name in named:
                kind = self._returned(value)
                if kind in self._half.classes and isinstance(name, ast.Name):
                    yield name.id, kind

    def _kind(self, node: ast.expr) -> str:
        """Say whether an expression of an example is to be awaited, or iterated over with `async for`."""
        if self._half.is_waiting(*self._called(node)):
            return "await"
        return "iterate" if self._returned(node).startswith(("Iterator[", "Generator[")) else ""

    def _returned(self, node: ast.expr) -> str:
        """Return the annotation of what a call returns, or "" if it is unknown."""
        method = self._half.method(*self._called(node))
        return ast.unparse(method[1].returns) if method and method[1].returns else ""

    def _called(self, node: ast.expr) -> tuple[str, str]:
        """Return class and name of the method that an expression calls, empty texts when it is none of ours."""
        if not isinstance(node, ast.Call):
            return "", ""
        if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
            known = self._named.get(node.func.value.id)
            if known:
                return known, node.func.attr
        owner, _, method = self._path(node.func).rpartition(".")
        if not owner:
            return (self._client if method else ""), method
        namespace = self._half.method(self._client, owner)
        return (ast.unparse(namespace[1].returns) if namespace and namespace[1].returns else ""), method

    def _path(self, node: ast.expr) -> str:
        """Return what follows the client in `client.apps.list`, whatever `with_options` stands between."""
        if isinstance(node, ast.Attribute):
            if isinstance(node.value, ast.Name) and node.value.id == "client":
                return node.attr
            if isinstance(node.value, ast.Call) and self._path(node.value.func) == "with_options":
                return node.attr
            inner = self._path(node.value)
            return f"{inner}.{node.attr}" if inner else ""
        return ""
