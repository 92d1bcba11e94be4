"""Names of a package that are loaded when they are first asked for (PEP 562)."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any


def lazy(
    namespace: dict[str, Any], modules: Mapping[str, str], submodules: tuple[str, ...] = ()
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return the `__getattr__` and `__dir__` of a package.

    Args:
        namespace: Its `globals()`.
        modules: The module that defines each name. One that begins with a dot is below the package.
        submodules: Modules below the package that are attributes of it themselves.
    """
    package: str = namespace["__name__"]

    def get(name: str) -> Any:
        if name in submodules:
            return __import__(f"{package}.{name}", fromlist=["__name__"])  # the import itself makes it an attribute
        module = modules.get(name)
        if module is None:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(__import__(f"{package}{module}" if module.startswith(".") else module, fromlist=[name]), name)
        namespace[name] = value
        return value

    def names() -> list[str]:
        return sorted({*namespace, *modules, *submodules})

    return get, names


def callable_module(name: str, function: Callable[..., Any]) -> None:
    """Let a module be called as the function that has its name.

    Importing `fal.realtime` makes that module the attribute of `fal` that was the function before: both have to do.

    Args:
        name: The module, which is being imported.
        function: What calling it calls.
    """
    module = sys.modules[name]
    kind = type(module)
    module.__class__ = type(kind.__name__, (kind,), {"__call__": staticmethod(function)})
