"""Containers at module level of an author's helper modules, which the app's file fills or uses, too.

Helper modules are imported anew on a runner. What the app's file has put into their registries would be missing there, and what
both use would be two.
"""

from __future__ import annotations

import collections
import sys
from collections.abc import Iterable, Mapping
from typing import Any

from ..runtime.restore import fill_shared, first_of

# By the id of a container: its module, its name there, and the container.
Shared = dict[int, tuple[str, str, Any]]
_KINDS = (dict, list, set, collections.deque, collections.defaultdict, collections.OrderedDict)


def shared_of(modules: Iterable[str]) -> Shared:
    """Return the containers at module level of some modules, and those of the classes and objects there."""
    containers: Shared = {}
    for module in sorted(set(modules) & sys.modules.keys()):
        for name, value in vars(sys.modules[module]).items():
            kind = value if isinstance(value, type) else type(value)
            inside = getattr(value, "__dict__", {}) if kind.__module__ == module else {}
            for place, item in ((name, value), *((f"{name}.{key}", item) for key, item in inside.items())):
                if type(item) in _KINDS and "__" not in place:
                    containers.setdefault(id(item), (module, place, item))
    return containers


def fillings(shared: Shared, met: set[int], main: str) -> list[Filling]:
    """Return what to fill in: all that is in the containers that the app uses, and of the others what is the app's own."""
    result = []
    for key, (module, name, container) in shared.items():
        content = container if key in met else _own(container, main)
        if content:
            content = dict(content) if isinstance(content, Mapping) else list(content)
            result.append(Filling(module, name, content, whole=key in met))
    return result


class Filled:
    """Pickles as an object, behind which containers are filled in."""

    def __init__(self, obj: Any, more: list[Filling]) -> None:
        self.parts = (obj, more)

    def __reduce__(self) -> tuple[Any, ...]:
        return first_of, self.parts


class Filling:
    """Pickles as the call that fills in a container."""

    def __init__(self, module: str, name: str, content: Any, *, whole: bool) -> None:
        self.arguments = (module, name, content, whole)

    def __reduce__(self) -> tuple[Any, ...]:
        return fill_shared, self.arguments


def _own(container: Any, main: str) -> Any:
    """Return what a container holds of the classes and functions that stand in the app's file."""
    if isinstance(container, Mapping):
        return {key: value for key, value in container.items() if _is_of(key, main) or _is_of(value, main)}
    return [item for item in container if _is_of(item, main)]


def _is_of(obj: Any, main: str) -> bool:
    parts = obj if isinstance(obj, (tuple, list)) else (obj,)
    return any(getattr(part, "__module__", None) == main for part in parts)
