"""Locks: one that a forked child does not inherit held, and one that other processes honour."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

_LOCK_WAIT = 20.0  # seconds to wait for another process


class ForkSafeLock:
    """A lock per process: one that another thread held during a fork would stay held in the child forever.

    A thread that holds it may take it again: a hook or a signal handler may make a call in the middle of one.
    """

    __slots__ = ("_locks",)

    def __init__(self) -> None:
        self._locks: dict[int, threading.RLock] = {}

    def __enter__(self) -> None:
        pid = os.getpid()
        lock = self._locks.get(pid)
        if lock is None:
            lock = self._locks.setdefault(pid, threading.RLock())  # atomic: of two threads, both get the first one's
        lock.acquire()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, frames: TracebackType | None
    ) -> None:
        self._locks[os.getpid()].release()


@contextmanager
def file_lock(path: Path) -> Iterator[None]:
    """Hold a lock that other processes honour; go on without it where the system has none, or after a long wait."""
    try:
        # A link that somebody else put there is not followed.
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
    except OSError:
        yield
        return
    try:
        limit = time.monotonic() + _LOCK_WAIT
        while not _try_lock(descriptor) and time.monotonic() < limit:
            time.sleep(0.05)
        yield
    finally:
        os.close(descriptor)  # which releases the lock


if sys.platform == "win32":
    import msvcrt

    def _try_lock(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
