"""A thread that writes what has gathered."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_WRITE_AFTER = 0.1  # seconds: what a kill may lose
_TRY_AGAIN_AFTER = 1.0  # seconds


class BatchWriter:
    """Writes shortly after it was woken, in a thread of its own.

    Args:
        name: The name of the thread.
        write: Writes what has gathered; returns whether it could.
    """

    def __init__(self, name: str, write: Callable[[], bool]) -> None:
        self._write = write
        self._wake = threading.Event()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """Tell that there is something to write."""
        self._wake.set()

    @property
    def closed(self) -> bool:
        """Whether it has been closed."""
        return self._stopped.is_set()

    def close(self) -> None:
        """End the thread. What has gathered since it wrote last is left to the caller."""
        self._stopped.set()
        self._wake.set()
        self._thread.join()

    def _run(self) -> None:
        pause = _WRITE_AFTER
        while not self.closed:
            self._wake.wait()
            self._wake.clear()
            self._stopped.wait(pause)
            if self._write():
                pause = _WRITE_AFTER
            else:
                pause = _TRY_AGAIN_AFTER
                self._wake.set()
