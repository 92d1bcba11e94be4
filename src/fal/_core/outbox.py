"""The queue of outgoing messages of a streaming call."""

from __future__ import annotations

import queue
from typing import Generic, TypeVar

T = TypeVar("T")


class Outbox(Generic[T]):
    """Messages of one call, the oldest first. Any thread may put some in."""

    def __init__(self) -> None:
        self._waiting: queue.SimpleQueue[T | None] = queue.SimpleQueue()

    def put(self, message: T) -> None:
        """Queue a message."""
        self._waiting.put(message)

    def close(self) -> None:
        """End the stream after the messages that are already queued."""
        self._waiting.put(None)

    def __iter__(self) -> Outbox[T]:
        return self

    def __next__(self) -> T:
        message = self._waiting.get()
        if message is None:
            raise StopIteration
        return message
