"""Helpers that apps import from here."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


async def run_in_thread(func: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call a blocking function without blocking the event loop.

    Args:
        func: The function; it sees the current request.
        args: Its arguments.
        kwargs: Its keyword arguments.

    Example:
        image = await run_in_thread(pipeline, prompt)
    """
    return await asyncio.to_thread(func, *args, **kwargs)
