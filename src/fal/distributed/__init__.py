"""One worker process for each device, over torch.distributed and zmq."""

from __future__ import annotations

TYPE_CHECKING = False  # type checkers take it for True; importing typing would cost more than all the rest

if TYPE_CHECKING:
    from typing import Any

    from .runner import DistributedError as DistributedError
    from .runner import DistributedRunner as DistributedRunner
    from .worker import DistributedWorker as DistributedWorker

# The module below this one that has each name. Packing an app reads it, too.
MODULES = {"DistributedError": "runner", "DistributedRunner": "runner", "DistributedWorker": "worker"}

__all__ = sorted(MODULES)  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> Any:
    module = MODULES.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f"{__name__}.{module}"), name)
    globals()[name] = value
    return value
