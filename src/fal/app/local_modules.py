"""The author's own modules: which ones an app needs, and their source."""

from __future__ import annotations

import ast
import importlib
import importlib.metadata
import importlib.util
import site
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType

from .errors import AppDefinitionError

Sources = dict[str, tuple[str, bool, str]]  # module name -> source, is it a package, file name for tracebacks
OWN = "fal"


def sources_of(named: Iterable[str], code: Iterable[str]) -> Sources:
    """Return the source of the modules an app needs from beside its file.

    Args:
        named: Modules the author lists; they are taken wherever they are.
        code: Source the app consists of. Modules it imports are taken when they are plain Python files that belong to
            no installed distribution, and so are the ones those import.

    Raises:
        AppDefinitionError: A module cannot be found, or is no plain Python.
    """
    sources: Sources = {}
    for name in named:
        _add(name.partition(".")[0], sources, required=True)
    waiting = [*code, *(source for source, _, _ in sources.values())]
    seen: set[str] = set()
    while waiting:
        for name in _imported(waiting.pop()) - seen:
            seen.add(name)
            if name not in sources and _is_local(name):
                waiting += _add(name, sources, required=False)
    return sources


def is_local_module(name: str) -> bool:
    """Tell whether a top-level module is a file of the author's, not an installed one."""
    return _is_local(name)


def _add(name: str, sources: Sources, *, required: bool) -> list[str]:
    """Add a module, or all modules of a package, and return their source texts."""
    location = _location(name)
    if location is None:
        if not required:
            return []
        raise AppDefinitionError(
            f"local_python_modules names {name!r}, which is not a Python file or package that can be imported "
            "from the app's folder; correct the name, or add its distribution to requirements"
        )
    found: list[str] = []
    if location.is_file():
        found.append(_store(sources, name, location, False, location.name))
        return found
    for file in sorted(location.rglob("*.py")):
        relative = file.relative_to(location)
        if "__pycache__" in relative.parts or not all(part.isidentifier() for part in relative.with_suffix("").parts):
            continue
        package = file.name == "__init__.py"
        parts = relative.parent.parts if package else relative.with_suffix("").parts
        found.append(_store(sources, ".".join([name, *parts]), file, package, f"{name}/{relative.as_posix()}"))
    for folder in {parent for file in location.rglob("*.py") for parent in file.relative_to(location).parents}:
        module = ".".join([name, *folder.parts])
        sources.setdefault(module, ("", True, f"{name}/{folder.as_posix()}"))  # a folder without __init__.py
    return found


def _store(sources: Sources, module: str, file: Path, package: bool, shown: str) -> str:
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise AppDefinitionError(f"local module {module!r} cannot be read: {error}") from None
    sources[module] = (text, package, shown)
    return text


def _location(name: str) -> Path | None:
    """Return the file or folder of a top-level module, when it is plain Python."""
    loaded = sys.modules.get(name)
    spec = getattr(loaded, "__spec__", None)
    if spec is None and loaded is None:
        try:
            spec = importlib.util.find_spec(name)
        except (ImportError, ValueError):
            return None
    if spec is None:
        file = getattr(loaded, "__file__", None)
        return Path(file) if isinstance(loaded, ModuleType) and file and file.endswith(".py") else None
    if spec.submodule_search_locations:
        return Path(next(iter(spec.submodule_search_locations)))
    return Path(spec.origin) if spec.origin and spec.origin.endswith(".py") else None


def _is_local(name: str) -> bool:
    if name == OWN or name in sys.stdlib_module_names or name in sys.builtin_module_names or name.startswith("__"):
        return False
    location = _location(name)
    if location is None:
        return False
    resolved = location.resolve()
    if any(resolved.is_relative_to(folder) for folder in _installed_folders()):
        return False
    return name not in importlib.metadata.packages_distributions()  # installed in place, from its source folder


def _installed_folders() -> list[Path]:
    paths = sysconfig.get_paths()
    folders = {paths[key] for key in ("stdlib", "platstdlib", "purelib", "platlib")}
    folders.update(site.getsitepackages())
    folders.add(site.getusersitepackages())
    return [Path(folder).resolve() for folder in folders]


def _imported(source: str) -> set[str]:
    """Return the top-level modules a source imports anywhere, functions included."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return set()
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.partition(".")[0])
    return names
