"""The snapshot of the public API: python -m tools.public_api {check,write}.

Public is what `__all__` of the modules below names (without `__all__`: what is defined there and has no leading underscore), and
the public members of those classes. `write` refuses a changed snapshot for which CHANGELOG.md has nothing new to say.
"""

from __future__ import annotations

import dataclasses
import difflib
import enum
import hashlib
import importlib
import inspect
import re
import sys
import typing
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[1]
MODULES = (
    "fal",
    "fal.api",
    "fal.app",
    "fal.apps",
    "fal.deploy",
    "fal.deploy.errors",
    "fal.distributed",
    "fal.exceptions",
    "fal.otel",
    "fal.sdk",
    "fal.service",
    "fal.toolkit",
    "fal_emulator",
)
SNAPSHOT = ROOT / "docs" / "public-api.txt"
CHANGELOG = ROOT / "CHANGELOG.md"
REPAIR = "If that is meant: say so under Unreleased in CHANGELOG.md, then run `just public-api`."
_ADDRESS = re.compile(r" at 0x[0-9a-f]+")


def surface() -> list[str]:
    """Return one line for each public name, parameter list and field."""
    return [line for name in MODULES for line in _module(importlib.import_module(name))]


def _module(module: ModuleType) -> Iterator[str]:
    for name in sorted(names(module)):
        value = getattr(module, name)
        if isinstance(value, ModuleType):
            if not callable(value):
                continue
            value = value.__call__  # a module in the place of the function that has its name
        shown = f"{module.__name__}.{name}"
        if inspect.isclass(value):
            yield from _class(shown, value)
        elif callable(value) and typing.get_origin(value) is None:
            yield shown + signature(value)
        else:
            yield shown


def names(module: ModuleType) -> list[str]:
    """Return the public names of a module."""
    said: list[str] | None = getattr(module, "__all__", None)
    if said is not None:
        return said
    defined = {name: getattr(getattr(module, name), "__module__", "") for name in dir(module)}
    return [name for name, home in defined.items() if not name.startswith("_") and str(home).startswith("fal")]


def _class(shown: str, cls: type) -> Iterator[str]:
    bases = ", ".join(
        base.__name__ for base in cls.__bases__ if not base.__name__.startswith("_") and base is not object
    )
    yield f"class {shown}({bases})" if bases else f"class {shown}"
    if issubclass(cls, enum.Enum):
        yield from (f"{shown}.{item.name} = {item.value!r}" for item in cls)
        return
    if dataclasses.is_dataclass(cls):
        yield from (f"{shown}.{item.name}: {item.type}" for item in dataclasses.fields(cls) if item.name[0] != "_")
    elif getattr(cls.__init__, "__module__", "").startswith("fal"):
        yield f"{shown}.__init__{signature(cls.__init__)}"
    for name, member in sorted(members(cls).items()):
        if inspect.isfunction(member):
            prefix = "async " if inspect.iscoroutinefunction(member) else ""
            yield f"{prefix}{shown}.{name}{signature(member)}"
        elif isinstance(member, property) or not dataclasses.is_dataclass(cls):
            yield f"{shown}.{name}"


def members(cls: type) -> dict[str, object]:
    """Return what a class has that is public and ours, by name: functions, properties and values."""
    attributes: dict[str, object] = {}
    for home in reversed(cls.__mro__):
        if home.__module__.startswith("fal"):
            attributes |= vars(home)
    return {
        name: member.__func__ if isinstance(member, (staticmethod, classmethod)) else member
        for name, member in attributes.items()
        if not name.startswith("_") and not isinstance(member, type)
    }


def signature(value: object) -> str:
    """Return the parameters and the result of a function as they are written; "" when Python does not tell."""
    try:
        inspected = inspect.signature(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return ""
    return _ADDRESS.sub("", str(inspected)).replace("'", '"')


def unreleased() -> str:
    """Return the hash of what the changelog says of the next release."""
    text = CHANGELOG.read_text(encoding="utf-8")
    section = re.search(r"^## \[Unreleased\]\n(.*?)(?=^## |\Z)", text, re.S | re.M)
    return hashlib.sha256(section[1].strip().encode() if section else b"").hexdigest()[:16]


def difference() -> str:
    """Return how the public API differs from the snapshot; empty when it does not."""
    recorded = SNAPSHOT.read_text(encoding="utf-8").splitlines()[1:] if SNAPSHOT.exists() else []
    return "\n".join(difflib.unified_diff(recorded, surface(), "snapshot", "now", lineterm="", n=0))


def write() -> str:
    """Write the snapshot anew; return why not, or nothing.

    The first line of the snapshot holds the hash of what the changelog said then: a changed API needs a changed changelog.
    """
    if not difference():
        return ""
    said = unreleased()
    if SNAPSHOT.exists() and SNAPSHOT.read_text(encoding="utf-8").splitlines()[0].endswith(said):
        return "the public API changed, and CHANGELOG.md says nothing of it: add it under Unreleased"
    lines = [
        f"# The public API, written by `just public-api`; the changelog's Unreleased section then: {said}",
        *surface(),
    ]
    SNAPSHOT.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    return ""


def main(command: str) -> int:
    """Check or write the snapshot; return the exit status."""
    if command == "write":
        problem = write()
    else:
        changed = difference()
        problem = f"{changed}\nThe public API is not what {SNAPSHOT.name} says. {REPAIR}" if changed else ""
    if problem:
        print(problem, file=sys.stderr)
    return 1 if problem else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if sys.argv[1:] else "check"))
