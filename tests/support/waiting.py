"""Wait for what other threads and processes do. Limits bound what must happen, not how fast: a busy machine may take its time."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

LIMIT = 60.0  # seconds


def eventually(condition: Callable[[], Any]) -> Any:
    """Wait until a condition holds, and return what it gave."""
    end = time.monotonic() + LIMIT
    while not (value := condition()):
        assert time.monotonic() < end, "it did not come true in time"
        time.sleep(0.02)
    return value


class Background:
    """Work in another thread, and its outcome."""

    def __init__(self, work: Callable[[], Any]) -> None:
        self._outcome: list[Any] = []
        self._error: list[BaseException] = []

        def call() -> None:
            try:
                self._outcome.append(work())
            except BaseException as error:
                self._error.append(error)

        self._thread = threading.Thread(target=call, daemon=True)
        self._thread.start()

    def result(self) -> Any:
        """Wait for the outcome; raise what the work raised."""
        self._thread.join(LIMIT)
        assert not self._thread.is_alive(), "still running"
        if self._error:
            raise self._error[0]
        return self._outcome[0]


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Do things in threads at the same time; return what they gave or raised."""
    barrier = threading.Barrier(len(works))

    def call(work: Callable[[], Any]) -> Any:
        barrier.wait(LIMIT)
        try:
            return work()
        except Exception as error:
            return error

    started = [Background(lambda work=work: call(work)) for work in works]  # type: ignore[misc]
    return [each.result() for each in started]
