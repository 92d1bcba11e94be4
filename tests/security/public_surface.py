"""What users can import, read from the packages themselves, so that a new name is looked at without being listed."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterator
from types import ModuleType
from typing import Any

ROOTS = ("fal", "fal.api", "fal.sdk", "fal.exceptions", "fal.app", "fal.deploy", "fal.app.errors", "fal.deploy.errors")


def modules() -> Iterator[ModuleType]:
    """Yield the public packages and modules."""
    yield from map(importlib.import_module, ROOTS)


def names() -> dict[str, Any]:
    """Return every public class and function of ours, by the module that defines it and its name."""
    collected: dict[str, Any] = {}
    for module in modules():
        public = getattr(module, "__all__", None) or [name for name in dir(module) if not name.startswith("_")]
        for name in public:
            item = getattr(module, name)
            if (inspect.isclass(item) or inspect.isfunction(item)) and item.__module__.partition(".")[0] == "fal":
                collected[f"{item.__module__}.{item.__qualname__}"] = item
    return collected


def classes() -> dict[str, type]:
    return {name: item for name, item in names().items() if inspect.isclass(item)}


def functions() -> dict[str, Any]:
    return {name: item for name, item in names().items() if not inspect.isclass(item)}
