"""Processes that wait for orders, in the environments that were used last."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import uuid
from typing import TYPE_CHECKING

from .process import spawn

if TYPE_CHECKING:
    from pathlib import Path

    from .process import Spawned

# After a runner is ready, its app is used first; then there is time for a warm process.
_PAUSE = 0.2
_LIFE = 600.0  # seconds that a warm process waits
_MOST = 2


class WarmPool:
    """Keeps a process ready in each of the environments that were used last.

    Most of a runner's start is its interpreter loading a web framework. A warm process has done that and waits for orders, so
    a redeploy or a cold start takes a fraction. It knows no app: code, secrets and folder come with the orders. A warm process that
    nobody needs ends after ten minutes, and with the control plane.

    Args:
        folder: Where runners have their folders.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lives: dict[str, asyncio.Task[None]] = {}
        self._waiting: dict[str, Spawned] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def keep(self, python: str, *, pause: float = _PAUSE) -> None:
        """Keep a warm process of an interpreter; the one that was used longest ago makes room.

        Args:
            python: The interpreter.
            pause: Seconds before the process is started.
        """
        life = self._lives.pop(python, None)
        if life is None or life.done():
            life = asyncio.create_task(self._live(python, pause), name=f"warm process of {python}")
            self._tasks.add(life)
            life.add_done_callback(self._tasks.discard)
        self._lives[python] = life
        for other in list(self._lives)[:-_MOST]:
            self._lives.pop(other).cancel()

    def take(self, python: str) -> Spawned | None:
        """Return a process that waits for its orders, None when there is none."""
        spawned = self._waiting.pop(python, None)
        if spawned is None or spawned.process.returncode is not None:
            return None
        self._lives.pop(python).cancel()
        return spawned

    async def close(self) -> None:
        """End them all."""
        for life in self._tasks:
            life.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _live(self, python: str, pause: float) -> None:
        await asyncio.sleep(pause)
        try:
            spawned = await spawn(python, self._folder, mark=self._folder / f"ahead-{uuid.uuid4().hex}", ahead=True)
        except OSError:
            return  # the environment is gone
        self._waiting[python] = spawned
        process = spawned.process
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_LIFE):
                    await process.wait()
        finally:
            if self._waiting.get(python) is spawned:
                del self._waiting[python]
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(process.pid, signal.SIGKILL)
                await process.wait()
