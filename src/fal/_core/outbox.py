"""What a call sends that sends several messages: put in by its user, taken out by the transport as they come."""

from __future__ import annotations

import queue
from typing import Generic, TypeVar

T = TypeVar("T")


class Outbox(Generic[T]):
    """Messages of one call, the oldest first. Any thread may put some in."""

    def __init__(self) -> None:
        self._waiting: queue.SimpleQueue[T | None] = queue.SimpleQueue()

    def put(self, message: T) -> None:
        """Send a message after those before it."""
        self._waiting.put(message)

    def close(self) -> None:
        """Send nothing more, once what was put in is sent."""
        self._waiting.put(None)

    def __iter__(self) -> Outbox[T]:
        return self

    def __next__(self) -> T:
        message = self._waiting.get()
        if message is None:
            raise StopIteration
        return message
