"""One worker process for each device, over torch.distributed and zmq."""

from __future__ import annotations

from fal._lazy import lazy

TYPE_CHECKING = False  # type checkers take it for True; importing typing would cost more than all the rest

if TYPE_CHECKING:
    from .runner import DistributedError as DistributedError
    from .runner import DistributedRunner as DistributedRunner
    from .worker import DistributedWorker as DistributedWorker

# The module below this one that has each name. Packing an app reads it, too.
MODULES = {"DistributedError": ".runner", "DistributedRunner": ".runner", "DistributedWorker": ".worker"}

__all__ = sorted(MODULES)  # pyright: ignore[reportUnsupportedDunderAll]

__getattr__, __dir__ = lazy(globals(), MODULES)
