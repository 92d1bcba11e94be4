"""Turn hand-written sync classes into their async versions: the same text, with `await` where input and output happens.

The text is edited in place, at the positions that its syntax tree gives, so that comments and wording stay.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping

from generator.async_client.config import AsyncConfig
from generator.async_client.docstrings import Docstrings
from generator.async_client.edits import Edits
from generator.async_client.sync_source import SyncHalf, must_bracket
from generator.errors import SpecError
from generator.output.manifest import header
from generator.pysource import parse

_ENTERING = {"__enter__": "__aenter__", "__exit__": "__aexit__"}


def asyncify(config: AsyncConfig, sources: Mapping[str, str], command: str) -> dict[str, str]:
    """Return file name -> unformatted text of the async version of every module.

    Args:
        config: What is turned into what.
        sources: Module -> the text of it, of every module of `config.classes`.
        command: What writes the async client anew.

    Raises:
        SpecError: A source cannot be turned, or an entry of `config` matches nothing any more.
    """
    half = SyncHalf(config, sources)
    made = {
        f"{name.rpartition('.')[2]}.py": f"# {header(command, name)}\n{_Module(half, name, text).text()}"
        for name, text in sources.items()
    }
    half.check_all_used()
    made["__init__.py"] = f'# {header(command)}\n"""The async versions of the hand-written classes."""\n'
    return made


class _Module:
    """One module on its way to its async version."""

    def __init__(self, half: SyncHalf, name: str, source: str) -> None:
        self._half = half
        self._config = half.config
        self._name = name
        self._tree = parse(source)
        self._edits = Edits(source)
        self._parents = {child: node for node in ast.walk(self._tree) for child in ast.iter_child_nodes(node)}
        self._renamed = {one: AsyncConfig.async_name(one) for one in self._config.classes[name]}

    def text(self) -> str:
        kept = [item for item in self._tree.body if self._is_kept(item)]
        for item in self._tree.body:
            if item not in kept:
                self._edits.drop(item)
        nodes = [node for item in kept for node in ast.walk(item)]
        for node in nodes:
            if isinstance(node, ast.ImportFrom):
                self._import(node)
        # What the async classes use of their source, they import: it is not written a second time.
        used = {node.id for node in nodes if isinstance(node, ast.Name)}
        own = (_defined(self._tree.body) - {"TYPE_CHECKING"}) & (used - self._renamed.keys())
        lines = [*self._config.imports, *(f"from {self._name} import {name}" for name in sorted(own))]
        first = next(item for item in kept if isinstance(item, ast.ImportFrom) and item.module == "__future__")
        self._edits.put(self._edits.after(first), "\n".join(lines) + "\n")
        for item in kept:
            if isinstance(item, ast.If):
                self._names_for_types(item)
            elif isinstance(item, ast.ClassDef):
                self._visit(item, item.name)
        self._docstrings(kept)
        return self._edits.applied()

    def _is_kept(self, item: ast.stmt) -> bool:
        if isinstance(item, ast.ClassDef):
            return item.name in self._config.classes[self._name]
        docstring = item is self._tree.body[0] and isinstance(item, ast.Expr)
        switch = isinstance(item, ast.Assign) and ast.unparse(item) == "TYPE_CHECKING = False"
        return docstring or switch or isinstance(item, ast.Import | ast.ImportFrom | ast.If)

    # ------------------------------------------------------------------------------------------------------ names

    def _import(self, node: ast.ImportFrom) -> None:
        lines = []
        for alias in node.names:
            module, name = node.module or "", alias.name
            target = self._half.lookup("replace", f"{module}.{name}")
            if target is not None:
                module, _, name = target.rpartition(".")
            elif name in self._config.classes.get(module, ()):
                module, name = self._config.module_of(module), AsyncConfig.async_name(name)
            if alias.asname is None and name != alias.name:
                self._renamed[alias.name] = name
            lines.append(f"from {module} import {name}" + (f" as {alias.asname}" if alias.asname else ""))
        self._edits.replace(node, ("\n" + " " * node.col_offset).join(lines))

    def _names_for_types(self, block: ast.If) -> None:
        """Turn what a block defines for type checkers: what has to do with an async class is its own, the rest is imported."""
        for statement in block.body:
            names = {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}
            defined = _defined([statement])
            if not defined:
                continue
            if names & self._renamed.keys():
                self._visit(statement, "")
            else:
                self._edits.replace(
                    statement, "\n    ".join(f"from {self._name} import {name}" for name in sorted(defined))
                )

    # ------------------------------------------------------------------------------------------------------- code

    def _visit(self, node: ast.AST, owner: str) -> None:
        if isinstance(node, ast.ImportFrom):
            return
        if isinstance(node, ast.Attribute | ast.Subscript):
            other = self._half.lookup("expressions", ast.unparse(node))
            if other is not None:
                self._edits.replace(node, other)
                return
        if isinstance(node, ast.Name) and node.id in self._renamed:
            self._edits.replace(node, self._renamed[node.id])
        elif isinstance(node, ast.ClassDef):
            self._edits.rename(node, self._renamed[node.name])
        elif isinstance(node, ast.FunctionDef):
            entering = _ENTERING.get(node.name)
            if entering:
                self._edits.rename(node, entering)
            if entering or self._half.waits(owner, node):
                self._edits.insert(node, "async ")
        elif isinstance(node, ast.Call) and self._half.is_awaited(owner, node):
            self._await(node)
        elif (isinstance(node, ast.For) and self._half.is_io("iterated", node.iter)) or (
            isinstance(node, ast.With) and any(self._half.is_io("entered", item.context_expr) for item in node.items)
        ):
            self._edits.insert(node, "async ")
        for child in ast.iter_child_nodes(node):
            self._visit(child, owner)

    def _await(self, node: ast.Call) -> None:
        above = self._parents[node]
        while not isinstance(above, ast.FunctionDef):
            if isinstance(above, ast.Lambda | ast.ClassDef):
                raise SpecError(f"{self._name}, line {node.lineno}: nothing can wait for {ast.unparse(node)} here")
            above = self._parents[above]
        if must_bracket(self._parents[node], node):
            self._edits.surround(node, "(await ", ")")
        else:
            self._edits.insert(node, "await ")

    # --------------------------------------------------------------------------------------------------- docstrings

    def _docstrings(self, kept: list[ast.stmt]) -> None:
        words = Docstrings(self._half)
        for holder in (self._tree, *(node for item in kept for node in ast.walk(item))):
            if isinstance(holder, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(
                holder, clean=False
            ):
                statement = holder.body[0]
                self._edits.rewrite(statement, words.turned)


def _defined(body: list[ast.stmt]) -> set[str]:
    names: set[str] = set()
    for item in body:
        if isinstance(item, ast.FunctionDef | ast.ClassDef):
            names.add(item.name)
        elif isinstance(item, ast.Assign | ast.AnnAssign):
            targets = item.targets if isinstance(item, ast.Assign) else [item.target]
            names |= {target.id for target in targets if isinstance(target, ast.Name)}
    return names
