"""Resolve what the user wrote to what is deployed: a file and a name in it, or an app of a pyproject.toml."""

from __future__ import annotations

import ast
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fal._sentences import meant
from fal.app.bundle.source import parse
from fal.exceptions import AppNotFoundError, InvalidInput, InvalidType, ProjectError

from ..options import AppRef
from ..paths import expand, is_file, is_folder
from .project import Project, broken_file, find_project, open_project

_FOLDER_HINT = "For its pyproject.toml, pass the folder as root=."


@dataclass(frozen=True, slots=True)
class Target:
    """What a reference resolves to. `table` is the app's part of pyproject.toml, if it came from there."""

    file: Path | None
    symbol: str | None
    table: Mapping[str, Any] | None = None
    table_name: str | None = None
    project: Project | None = None


def resolve(app_ref: AppRef, root: Path | None = None) -> Target:
    """Resolve `app_ref`.

    Args:
        app_ref: `file.py`, `file.py::Name`, a path, an app name of pyproject.toml, a `(path, name)` tuple, or None.
        root: The project folder; None looks for the nearest one from the working directory upwards.

    Raises:
        AppNotFoundError: The reference matches nothing, or more than one app.
        ProjectError: The project's pyproject.toml has mistakes.
        InvalidInput, InvalidType: The reference is malformed.
    """
    place, symbol, is_file = _split(app_ref)
    if place is None and symbol is None:
        return _discover(root)
    if place is None:
        raise InvalidInput(f"app_ref names {symbol!r} but no file; write ('file.py', {symbol!r})")
    if symbol is not None or is_file or place.endswith(".py"):
        return _file_target(place, symbol, root)
    return _named_target(place, root)


def _split(app_ref: object) -> tuple[str | None, str | None, bool]:
    """Return the path or app name, the name in the file, and whether the first is surely a path."""
    if app_ref is None:
        return None, None, False
    if isinstance(app_ref, tuple):
        if len(app_ref) != 2:
            raise InvalidInput(f"app_ref is a tuple of {len(app_ref)} items; write (path, name)")
        place, symbol = app_ref
        if symbol is not None and not isinstance(symbol, str):
            raise InvalidType(f"app_ref has a name of type {type(symbol).__name__}; it must be a str")
        if place is None:
            return None, symbol, False
        text, inner, is_file = _split(place)
        if inner is not None and symbol is not None:
            raise InvalidInput(f"app_ref names two apps, {inner!r} and {symbol!r}")
        return text, _checked(symbol) if symbol is not None else inner, is_file
    if not isinstance(app_ref, (str, os.PathLike)):
        raise InvalidType(f"app_ref must be a str, a path, a (path, name) tuple or None, not {type(app_ref).__name__}")
    text = os.fspath(app_ref)
    if not isinstance(text, str):
        raise InvalidType("app_ref must be str, not bytes")
    if not text.strip():
        raise InvalidInput("app_ref is empty; leave it out to find the app in the project")
    if "\0" in text:
        raise InvalidInput("app_ref contains a NUL character")
    place, mark, symbol = text.partition("::")
    if mark and not place:
        raise InvalidInput(f"app_ref={text!r} names no file; write 'file.py::{symbol}'")
    return place, _checked(symbol) if mark else None, isinstance(app_ref, os.PathLike)


def _checked(symbol: str) -> str:
    if not symbol.isidentifier():
        raise InvalidInput(f"app_ref names {symbol!r} in the file, which is not a Python name")
    return symbol


def _file_target(place: str, symbol: str | None, root: Path | None) -> Target:
    path = expand(place, root or Path.cwd())
    try:
        if is_file(path):
            return Target(Path(os.path.abspath(path)), symbol)
        if is_folder(path):
            raise AppNotFoundError(f"{path} is a folder; pass a file in it", hint=_FOLDER_HINT)
        siblings = [entry.name for entry in path.parent.glob("*.py")]
    except OSError as error:
        raise AppNotFoundError(f"{place!r} cannot be read: {error.strerror or error}") from None
    raise AppNotFoundError(f"there is no file {path}{meant(path.name, siblings)}")


def _project(root: Path | None) -> Project | None:
    return open_project(root) if root is not None else find_project(Path.cwd())


def _named_target(name: str, root: Path | None) -> Target:
    project = _project(root)
    apps = project.apps if project else {}
    if project is not None and name in apps:
        return from_table(project, name)
    if is_folder(os.path.expanduser(name)):
        raise AppNotFoundError(f"{name!r} is a folder; pass a file in it", hint=_FOLDER_HINT)
    if not apps and (fault := broken_file(root or Path.cwd())):
        raise ProjectError(fault)
    where = str(project.file) if project and apps else "any [tool.fal.apps] of this project"
    listed = f"; it declares {', '.join(map(repr, apps))}" if apps else ""
    hint = meant(name, apps) or listed
    raise AppNotFoundError(
        f"there is no app {name!r} in {where}{hint}. To name a file, write 'file.py' or 'file.py::Name'"
    )


def from_table(project: Project, name: str) -> Target:
    """Return the app that a project declares under `name`."""
    table = project.apps[name]
    ref = table.get("ref")
    if ref is None:
        return Target(None, None, table, name, project)
    path, symbol, _ = _split(ref)
    try:
        target = _file_target(str(path), symbol, project.root)
    except AppNotFoundError as error:
        raise AppNotFoundError(f"{project.where(name)}: tool.fal.apps.{name}.ref: {error.message}") from None
    return Target(target.file, target.symbol, table, name, project)


def _discover(root: Path | None) -> Target:
    project = _project(root)
    if project is not None and project.apps:
        if len(project.apps) == 1:
            return from_table(project, next(iter(project.apps)))
        calls = "\n".join(f"  client.deploy({name!r})" for name in project.apps)
        raise AppNotFoundError(f"{project.file} declares {len(project.apps)} apps; choose one:\n{calls}")
    folder = project.root if root is not None and project is not None else Path.cwd()
    files = [path for path in sorted(folder.glob("*.py")) if is_file(path) and _mentions_an_app(path)]
    if len(files) == 1:
        return Target(files[0].absolute(), None)
    if files:
        calls = "\n".join(f"  client.deploy({path.name!r})" for path in files)
        raise AppNotFoundError(f"{folder} has {len(files)} files that hold apps; choose one:\n{calls}")
    raise AppNotFoundError(
        f"there is nothing to deploy: no [tool.fal.apps] in a pyproject.toml at or above {folder}, and no Python file "
        "in it that holds a fal app. Write client.deploy('file.py') or client.deploy('file.py::Name')"
    )


def _mentions_an_app(path: Path) -> bool:
    """Guess from the source whether a file defines an app, without running it."""
    try:
        tree = parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError):
        return False
    names: set[str] = set()  # what fal, fal.App and fal.function are called in this file
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {
                item.asname or item.name.partition(".")[0] for item in node.names if item.name.split(".")[0] == "fal"
            }
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "fal" and not node.level:
            names |= {item.asname or item.name for item in node.names}
    if not names:
        return False
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and any(_root_name(base) in names for base in node.bases):
            return True
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            for item in node.decorator_list:
                call = item.func if isinstance(item, ast.Call) else item
                if _root_name(call) in names and _last_name(call) in {"function", _root_name(call)}:
                    return True
    return False


def _root_name(node: ast.expr) -> str | None:
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Call)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else None


def _last_name(node: ast.expr) -> str | None:
    return node.attr if isinstance(node, ast.Attribute) else _root_name(node)
