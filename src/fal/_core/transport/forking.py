"""Forks while calls are under way.

The C core of gRPC survives a fork only when nobody is inside it: else its own handlers stand aside, and then the child, or even
the parent, crashes or waits forever now and then. So a fork waits until the calls under way have ended, and new ones wait for
the fork. Where that takes too long, the child is not let into the core at all: it neither begins a call nor ends one of its
parent's, which would wait for threads that only the parent has.
"""

from __future__ import annotations

import asyncio
import atexit
import gc
import os
import sys
import threading
import time
from typing import Protocol
from weakref import WeakSet

from fal._core.transport.kept import keep_forever
from fal.exceptions import FalServerlessException

PATIENCE = 5.0  # seconds that a fork waits for calls that are under way


class Idle(Protocol):
    """What keeps threads inside the core although no call is under way."""

    def release(self, patience: float) -> bool:
        """Release it within so many seconds; the next call creates it again. Return whether it was released."""
        ...


class Gate:
    """Counts the threads inside the core, and blocks new ones while the process forks."""

    def __init__(self) -> None:
        self._begin()
        self._calls = 0
        self._streams = 0
        self._forking = 0
        self._quiet = True
        self.spoiled = False  # whether this process must stay out of the core
        self.survives = True  # whether the core may be used in a child at all, of a process that has used it
        self.idle: WeakSet[Idle] = WeakSet()
        self.streams: WeakSet[object] = WeakSet()  # those that are open

    def _begin(self) -> None:
        # Each call takes the lock twice, and a condition's own `with` costs ten times as much as its lock's.
        self._lock = threading.RLock()
        self._moved = threading.Condition(self._lock)

    def enter(self, *, stream: bool = False) -> None:
        """Go inside, until `leave`. A fork waits for a call, but not for a stream: nobody knows how long that takes.

        Raises:
            FalServerlessException: in a child that must not be let in.
        """
        while not self._entered(stream):
            with self._moved:
                while self._forking:
                    self._moved.wait()

    async def enter_async(self, *, stream: bool = False) -> None:
        """Do the same without blocking the event loop: what the fork waits for may be a call of this loop."""
        while not self._entered(stream):
            await asyncio.sleep(0.001)

    def leave(self, *, stream: bool = False) -> None:
        with self._lock:
            if stream:
                self._streams -= 1
            else:
                self._calls -= 1
            if self._forking:
                self._moved.notify_all()

    def check(self) -> None:
        """Raise an error in a child that must not be let in."""
        if not self.spoiled:
            return
        if not self.survives:
            raise FalServerlessException(
                "gRPC's fork support is off, and this process was forked from one that had used gRPC",
                hint="Unset GRPC_ENABLE_FORK_SUPPORT, or start processes by multiprocessing's 'spawn'.",
            )
        raise FalServerlessException(
            "this process was forked while gRPC calls were in progress, so it cannot make any itself",
            hint="Fork when no call is in progress, or start processes by multiprocessing's 'spawn'.",
        )

    def _entered(self, stream: bool) -> bool:
        self.check()
        with self._lock:
            if self._forking:
                return False
            if stream:
                self._streams += 1
            else:
                self._calls += 1
            return True

    # ------------------------------------------------------------------------------------------------------- forking

    def before(self) -> None:
        until = time.monotonic() + PATIENCE
        # On the thread of a loop nothing would come of waiting for the calls of this loop.
        patient = asyncio._get_running_loop() is None
        with self._moved:
            self._forking += 1
            while patient and self._calls and not self._streams and (left := until - time.monotonic()) > 0:
                self._moved.wait(left)
            self._quiet = not self._calls and not self._streams
        self._quiet = self._quiet and not self.spoiled and self._at_rest(until)

    def at_exit(self) -> None:
        """Let go of what is idle while threads still run: later its end would wait for them."""
        if self.idle and not self.spoiled:
            self._at_rest(time.monotonic() + PATIENCE)
            gc.collect()

    def _at_rest(self, until: float) -> bool:
        return all(item.release(max(0.0, until - time.monotonic())) for item in list(self.idle))

    def after_in_parent(self) -> None:
        with self._moved:
            self._forking -= 1
            self._moved.notify_all()

    def after_in_child(self) -> None:
        self._begin()
        self._calls = self._streams = self._forking = 0
        self.spoiled = self.spoiled or not self._quiet or not self.survives
        if self.spoiled:
            for item in [*self.idle, *self.streams]:
                keep_forever(item)


gate = Gate()
atexit.register(gate.at_exit)

if sys.platform != "win32":
    os.register_at_fork(before=gate.before, after_in_parent=gate.after_in_parent, after_in_child=gate.after_in_child)
