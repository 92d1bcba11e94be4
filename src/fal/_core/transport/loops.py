"""Event loops of asyncio: a connection belongs to the one that it was made on."""

from __future__ import annotations

import asyncio
from typing import Any, NoReturn

from fal.exceptions import FalServerlessException


class LoopBound:
    """The base of what cannot be copied or pickled, as it belongs to an event loop."""

    def __reduce_ex__(self, _: Any) -> NoReturn:
        raise TypeError(
            "connections cannot be copied: they belong to an event loop; create a client where it is needed"
        )


def running_loop() -> asyncio.AbstractEventLoop:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        raise FalServerlessException(
            "no asyncio event loop is running here",
            hint="Call it inside asyncio.run(); a forked child needs one of its own.",
        ) from None


def check_loop(own: asyncio.AbstractEventLoop) -> None:
    if running_loop() is not own:
        raise FalServerlessException(
            "the stream belongs to another event loop", hint="Read a stream in the event loop that opened it."
        )
