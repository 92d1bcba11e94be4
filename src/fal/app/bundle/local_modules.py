"""The author's own modules: which ones an app needs, and their source."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import site
import sys
import sysconfig
from collections.abc import Iterable
from importlib.util import decode_source
from pathlib import Path
from types import ModuleType

from ..errors import AppDefinitionError
from .source import Sources, imported

OWN = "fal"


def sources_of(named: Iterable[str], main: ModuleType) -> Sources:
    """Return the source of the modules an app needs from beside its file.

    Args:
        named: Modules and packages the author lists; they are taken whole, wherever they are.
        main: The module the app is defined in. The modules it imports are taken when they are plain Python files that
            belong to no installed distribution, and so are the ones those import.

    Raises:
        AppDefinitionError: A module cannot be found or is not plain Python.
    """
    sources: Sources = {}
    for name in named:
        _add_whole(name.partition(".")[0], sources)
    waiting = [(main.__package__ or "", text_of(main))]
    waiting += [(_package(module, package), text) for module, (text, package, _) in sources.items()]
    local: dict[str, bool] = {}
    while waiting:
        for module in sorted(_imported(*waiting.pop())):
            top = module.partition(".")[0]
            if top not in local:
                local[top] = _is_local(top)
            if local[top] and module not in sources and _add(module, sources):
                text, package, _ = sources[module]
                waiting.append((_package(module, package), text))
    sources.pop(main.__name__, None)  # travels by value
    return sources


def _package(module: str, is_package: bool) -> str:
    return module if is_package else module.rpartition(".")[0]


def _add(module: str, sources: Sources) -> bool:
    """Add one module, when it is a plain Python file or a folder; a name imported from a module is neither."""
    top, *inner = module.split(".")
    for location in _locations(top):
        base = location.joinpath(*inner) if location.is_dir() else location
        shown = "/".join([top, *inner])
        if (base / "__init__.py").is_file():
            _store(sources, module, base / "__init__.py", True, f"{shown}/__init__.py")
        elif base.is_dir():
            sources[module] = ("", True, shown)
        elif inner and base.with_name(f"{base.name}.py").is_file():
            _store(sources, module, base.with_name(f"{base.name}.py"), False, f"{shown}.py")
        elif not inner and base.is_file():
            _store(sources, module, base, False, base.name)
        if module in sources:
            return True
    return False


def _add_whole(name: str, sources: Sources) -> None:
    """Add a module, or all modules of a package."""
    if not _add(name, sources):
        raise AppDefinitionError(
            f"local_python_modules names {name!r}, which is not a Python file or package that can be imported "
            "from the app's folder; correct the name, or add its distribution to requirements"
        )
    for location in _locations(name):
        for file in sorted(location.rglob("*.py")) if location.is_dir() else ():
            parts = file.relative_to(location).with_suffix("").parts
            parts = parts[:-1] if parts[-1] == "__init__" else parts
            if all(part.isidentifier() for part in parts):
                for end in range(1, len(parts) + 1):
                    _add(".".join([name, *parts[:end]]), sources)


def text_of(module: ModuleType | None) -> str:
    """Return the source of a loaded module; nothing where it has no file."""
    file = getattr(module, "__file__", None)
    try:
        return decode_source(Path(file).read_bytes()) if file else ""
    except (OSError, UnicodeDecodeError, SyntaxError):
        return ""


def _store(sources: Sources, module: str, file: Path, package: bool, shown: str) -> None:
    try:
        # As Python reads it: with a byte order mark, or in another encoding that its first lines name.
        sources[module] = (decode_source(file.read_bytes()), package, shown)
    except (OSError, UnicodeDecodeError, SyntaxError) as error:
        raise AppDefinitionError(f"local module {module!r} cannot be read: {error}") from None


def _locations(name: str) -> list[Path]:
    """Return the file or folders of a top-level module, when it is plain Python."""
    loaded = sys.modules.get(name)
    spec = getattr(loaded, "__spec__", None)
    if loaded is None:
        try:
            spec = importlib.util.find_spec(name)
        except (ImportError, ValueError):
            return []
    if spec is not None and spec.submodule_search_locations:
        return [Path(folder) for folder in spec.submodule_search_locations]
    file = spec.origin if spec is not None else getattr(loaded, "__file__", None)
    return [Path(file)] if file and file.endswith(".py") and Path(file).is_file() else []


def _is_local(name: str) -> bool:
    if name == OWN or name in sys.stdlib_module_names or name in sys.builtin_module_names or name.startswith("__"):
        return False
    locations = [location.resolve() for location in _locations(name)]
    installed = _installed_folders()
    if not locations or any(location.is_relative_to(folder) for location in locations for folder in installed):
        return False
    return name not in importlib.metadata.packages_distributions()  # installed in place, from its source folder


def _installed_folders() -> list[Path]:
    paths = sysconfig.get_paths()
    folders = {paths[key] for key in ("stdlib", "platstdlib", "purelib", "platlib")}
    folders.update(site.getsitepackages())
    folders.add(site.getusersitepackages())
    return [Path(folder).resolve() for folder in folders]


def _imported(package: str, source: str) -> set[str]:
    try:
        return imported(package, source)
    except SyntaxError:
        return set()
