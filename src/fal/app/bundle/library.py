"""The parts of this library beside the runtime that an app uses on its runner, such as `fal.toolkit`."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterable
from importlib.resources import files
from importlib.resources.abc import Traversable

from ..runtime import names
from .source import Sources, imported, lean, parse

# What may travel: packages and modules below fal. All else only means something where apps are deployed from.
ROOMS = (
    "toolkit",
    "distributed",
    "exceptions",
    "ref",
    "compat",
    "logging",
    "_gen.method",
    "_gen.open_enum",
    "_gen.rest",
    "_lazy",
    "_sentences",
)
# Packages whose names come from modules below them, by a table called MODULES.
TABLES = ("fal.toolkit", "fal.toolkit.utils", "fal.distributed", "fal.exceptions")
_RUNTIME = "fal.app.runtime"
_AUTHORING = frozenset(names.__all__)  # there on each runner
_ABSOLUTE = re.compile(r"^( *)from (fal(?:\.[\w.]+)?) import ", re.MULTILINE)


def library(texts: Iterable[str], referred: Iterable[str]) -> Sources:
    """Return the source of the modules of this library that an app uses, by name below the runtime's package.

    Args:
        texts: The author's own modules, as text.
        referred: Modules of this library that pickled objects refer to.
    """
    waiting = {name for text in texts for name in imported("", text) if name.startswith("fal.")} | set(referred)
    sources: Sources = {}
    for name in _modules_of(waiting):
        text, package = _source(name)
        sources[f".{name}"] = (_relative(name, text, package), package, f"<{name.replace('.', '/')}.py>")
    return dict(sorted(sources.items()))


def not_there(referred: Iterable[str], used: Iterable[str]) -> list[str]:
    """Return those modules of this library that an app uses and that are not there on a runner.

    Args:
        referred: Modules that pickled objects refer to.
        used: Names that the bodies of its functions import, or reach through what is imported.
    """
    modules = {name for name in referred if not f"{name}.".startswith("fal.app.")}
    for name in used:
        module, member = name, ""
        while module.startswith("fal.") and _file(module) is None:
            module, _, member = module.rpartition(".")
        if module.startswith("fal.") and not {module.removeprefix("fal."), member} & _AUTHORING:
            modules.add(module)
    return sorted(name for name in modules if not _travels(name))


def _travels(name: str) -> bool:
    return any(name == f"fal.{room}" or name.startswith(f"fal.{room}.") for room in ROOMS)


def _modules_of(names: set[str]) -> set[str]:
    """Return these modules, and all that they import."""
    modules: set[str] = set()
    waiting = {module for name in _explicit(names) for module in _resolved(name)}
    while waiting:
        name = waiting.pop()
        modules.add(name)
        for end in range(1, name.count(".") + 1):  # packages around it
            waiting |= {".".join(name.split(".")[:end])} - modules
        waiting |= _needed(name) - modules
    return modules


def _explicit(names: set[str]) -> set[str]:
    """Leave out packages with a table where names of theirs are imported: only those are used."""
    return {name for name in names if name not in TABLES or not any(other.startswith(f"{name}.") for other in names)}


def _resolved(name: str) -> set[str]:
    """Return the modules that stand behind a name: a module, or one of a package's names."""
    if not _travels(name):
        return set()
    if name in TABLES:
        return {f"{name}{module}" for module in _table(name).values()}
    if _file(name) is not None:
        return {name}
    package, _, member = name.rpartition(".")
    if package in TABLES:
        module = _table(package).get(member)
        return {package} if module is None else {f"{package}{module}"}
    return _resolved(package)


@functools.cache
def _needed(name: str) -> frozenset[str]:
    text, package = _source(name)
    around = name if package else name.rpartition(".")[0]
    return frozenset(module for used in _explicit(imported(around, text)) for module in _resolved(used))


@functools.cache
def _table(package: str) -> dict[str, str]:
    text, _ = _source(package)
    for node in parse(text).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "MODULES":
            table: dict[str, str] = ast.literal_eval(node.value)
            return table
    raise AssertionError(package)


@functools.cache
def _source(name: str) -> tuple[str, bool]:
    """Return the text of a module, and whether it is a package; the packages of generated code stay empty."""
    file = _file(name)
    if file is None:
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)
    package = file.name == "__init__.py"
    if name in ("fal", "fal._gen", "fal._gen.rest") or (package and name.startswith("fal._gen.")):
        return "", True
    return lean(file.read_text(encoding="utf-8")), package


def _file(name: str) -> Traversable | None:
    parts = name.split(".")[1:]
    base = files("fal").joinpath(*parts) if parts else files("fal")
    for file in (
        base.joinpath("__init__.py"),
        files("fal").joinpath(*parts[:-1], f"{parts[-1]}.py") if parts else None,
    ):
        if file is not None and file.is_file():
            return file
    return None


def _relative(name: str, text: str, package: bool) -> str:
    """Make a module import what is beside it in the bundle, whatever fal is installed on the runner."""
    up = "." * (name.count(".") + 1 + package)

    def replace(match: re.Match[str]) -> str:
        module = match[2]
        target = module.removeprefix(_RUNTIME).removeprefix(".") if module.startswith(_RUNTIME) else module
        return f"{match[1]}from {up}{target} import "

    return _ABSOLUTE.sub(replace, text)
