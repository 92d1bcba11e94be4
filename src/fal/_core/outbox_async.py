"""The outbox of a call on an event loop."""

from __future__ import annotations

import asyncio
from typing import Generic, TypeVar

T = TypeVar("T")


class AsyncOutbox(Generic[T]):
    """Messages of one call, the oldest first. Only its event loop may put some in."""

    def __init__(self) -> None:
        self._waiting: asyncio.Queue[T | None] = asyncio.Queue()

    def put(self, message: T) -> None:
        """Queue a message."""
        self._waiting.put_nowait(message)

    def close(self) -> None:
        """End the stream after the messages that are already queued."""
        self._waiting.put_nowait(None)

    def __aiter__(self) -> AsyncOutbox[T]:
        return self

    async def __anext__(self) -> T:
        message = await self._waiting.get()
        if message is None:
            raise StopAsyncIteration
        return message
