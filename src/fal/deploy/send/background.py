"""Run work in a thread and pass its events to the waiting thread."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Generator
from typing import Generic, TypeVar

from ..events import DeployEvent

T = TypeVar("T")


class Cancelled(Exception):
    """The deploy was cancelled while this work was under way."""


class Work(Generic[T]):
    """Lets a background task emit events and check for cancellation."""

    def __init__(self) -> None:
        self._events: queue.SimpleQueue[DeployEvent | None] = queue.SimpleQueue()
        self._cancelled = threading.Event()

    def emit(self, event: DeployEvent) -> None:
        """Pass an event to the waiting thread."""
        self._events.put(event)

    def check(self) -> None:
        """Raise Cancelled if nobody is waiting any more."""
        if self._cancelled.is_set():
            raise Cancelled

    def run(self, task: Callable[[Work[T]], T]) -> Generator[DeployEvent, None, T]:
        """Run `task` in a thread, yield its events, return its value or raise its exception."""
        done: list[T] = []
        failed: list[BaseException] = []

        def body() -> None:
            try:
                done.append(task(self))
            except BaseException as error:
                failed.append(error)
            finally:
                self._events.put(None)

        thread = threading.Thread(target=body, name="fal-deploy", daemon=True)
        thread.start()
        try:
            while (event := self._next()) is not None:
                yield event
        finally:
            self._cancelled.set()
            thread.join(timeout=None if done or failed else 1.0)
        if failed:
            raise failed[0]
        return done[0]

    def _next(self) -> DeployEvent | None:
        while True:
            try:
                # A wait without a limit cannot be interrupted by Ctrl-C on Windows.
                return self._events.get(timeout=1.0)
            except queue.Empty:
                continue
