"""The hand-written sync classes, read as syntax trees: which methods wait for input or output."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from attrs import define, field

from generator.async_client.config import NAME, AsyncConfig
from generator.errors import SpecError
from generator.pysource import parse


def dotted(node: ast.expr) -> str:
    """Return `a.b.c` of a chain of names, an empty text of anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        inner = dotted(node.value)
        return f"{inner}.{node.attr}" if inner else ""
    return ""


def must_bracket(parent: ast.AST, node: ast.expr) -> bool:
    """Return whether `await node` needs brackets where `node` stands."""
    return isinstance(parent, ast.Attribute | ast.Subscript) or (isinstance(parent, ast.Call) and parent.func is node)


def _own(function: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes of a function, those of functions inside it left out."""
    for child in ast.iter_child_nodes(function):
        yield child
        if not isinstance(child, ast.FunctionDef | ast.Lambda):
            yield from _own(child)


def _yields(function: ast.FunctionDef) -> bool:
    return any(isinstance(node, ast.Yield | ast.YieldFrom) for node in _own(function))


@define
class SyncHalf:
    """All of the sync half at once: which methods wait for input or output, and which hand out an iterator."""

    config: AsyncConfig
    sources: Mapping[str, str]
    classes: dict[str, ast.ClassDef] = field(init=False, factory=dict)
    _waiting: set[tuple[str, str]] = field(init=False, factory=set)
    _used: set[tuple[str, str]] = field(init=False, factory=set)

    def __attrs_post_init__(self) -> None:
        for module, wanted in self.config.classes.items():
            classes = {item.name: item for item in parse(self.sources[module]).body if isinstance(item, ast.ClassDef)}
            for name in wanted:
                if name not in classes:
                    raise SpecError(f"{NAME}: [classes] names {name} of {module}, and there is no such class")
                self.classes[name] = classes[name]
        # Callers of waiting methods wait as well: repeat until nothing is added.
        while (
            more := {
                (name, method.name)
                for name, item in self.classes.items()
                for method in item.body
                if isinstance(method, ast.FunctionDef) and not _yields(method) and self.waits(name, method)
            }
            - self._waiting
        ):
            self._waiting |= more

    def lookup(self, table: str, key: str) -> str | None:
        """Return an entry of the configuration, and remember that it matched something."""
        value: str | None = getattr(self.config, table).get(key)
        if value is not None:
            self._used.add((table, key))
        return value

    def is_io(self, kind: str, node: ast.expr) -> bool:
        """Return whether the configuration names this expression: one that is awaited, iterated or entered."""
        path = dotted(node)
        if path not in self.config.io.get(kind, ()):
            return False
        self._used.add(("io", path))
        return True

    def is_awaited(self, owner: str, call: ast.Call) -> bool:
        """Return whether a call in class `owner` has to be awaited."""
        first, _, method = dotted(call.func).partition(".")
        return self.is_io("awaited", call.func) or (first == "self" and self.is_waiting(owner, method))

    def waits(self, owner: str, function: ast.AST) -> bool:
        """Return whether a function of class `owner` waits for anything itself."""
        return any(
            (isinstance(node, ast.Call) and self.is_awaited(owner, node))
            or (isinstance(node, ast.For) and self.is_io("iterated", node.iter))
            for node in _own(function)
        )

    def is_waiting(self, owner: str, method: str) -> bool:
        """Return whether a method, inherited or not, is a coroutine in the async version."""
        definition = self.method(owner, method)
        return definition is not None and (definition[0], method) in self._waiting

    def method(self, owner: str, name: str) -> tuple[str, ast.FunctionDef] | None:
        """Return a method and the class that defines it."""
        item = self.classes.get(owner)
        if item is None:
            return None
        for each in item.body:
            if isinstance(each, ast.FunctionDef) and each.name == name:
                return owner, each
        return next(filter(None, (self.method(dotted(base), name) for base in item.bases)), None)

    def check_all_used(self) -> None:
        known = {(table, key) for table in ("replace", "expressions", "words") for key in getattr(self.config, table)}
        known |= {("io", path) for paths in self.config.io.values() for path in paths}
        unused = sorted(known - self._used)
        if unused:
            raise SpecError(*(f"{NAME}: [{table}] {key!r} matches nothing; remove it" for table, key in unused))
