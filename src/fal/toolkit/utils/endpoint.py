"""Around an endpoint."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from fal.exceptions.authoring import RequestCancelledException

if TYPE_CHECKING:
    from starlette.requests import Request

_PAUSE = 0.1  # seconds between two looks at whether the caller is still there


@asynccontextmanager
async def cancel_on_disconnect(request: Request) -> AsyncIterator[None]:
    """Cancel what is inside when the caller goes away.

    Args:
        request: The request being answered.

    Raises:
        RequestCancelledException: The caller has gone away.

    Example:
        async with cancel_on_disconnect(request):
            result = await generate(prompt)
    """
    task = asyncio.current_task()
    assert task is not None
    gone = False

    async def watch() -> None:
        nonlocal gone
        while not await request.is_disconnected():
            await asyncio.sleep(_PAUSE)
        gone = True
        task.cancel()

    watcher = asyncio.create_task(watch())
    try:
        yield
    except asyncio.CancelledError:
        if gone:
            task.uncancel()
            raise RequestCancelledException from None
        raise
    finally:
        watcher.cancel()
