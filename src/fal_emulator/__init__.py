"""A local control plane: everything that a fal client talks to, on this machine.

Example:
    >>> import fal_emulator
    >>> with fal_emulator.start() as plane, plane.client() as client:
    ...     client.apps.list()
    []
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .model.faults import Fault
    from .plane import Plane, Snapshot, import_state, start

__all__ = ["Fault", "Plane", "Snapshot", "import_state", "start"]


def __getattr__(name: str) -> Any:
    # Lazy, because the pytest plugin imports this package in every project that has it installed.
    if name in ("Plane", "Snapshot", "import_state", "start"):
        try:
            from . import plane
        except ModuleNotFoundError as error:
            from .__main__ import needed

            raise ModuleNotFoundError(f"{error.name!r} is not installed: {needed()}", name=error.name) from None
        return getattr(plane, name)
    if name == "Fault":
        from .model.faults import Fault

        return Fault
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
