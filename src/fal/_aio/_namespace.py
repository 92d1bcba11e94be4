# Generated from fal.api._namespace; do not edit. Regenerate with: just generate
"""The one place where a namespace does input or output.

A namespace body reaches the network through `_call`, `_send` and `_stream` only, works on local files in `_work` only, and
waits in `_pause` only; everything else in it is plain computation.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from fal._core.frames import forget_frames
from fal.api._namespace import P, Page, Req, Res, T
from fal.exceptions import FalServerlessException

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Mapping

    from fal._aio.client import AsyncServerlessClient
    from fal._gen.method import Method, Operation


class AsyncNamespace:
    """A group of methods of one client."""

    def __init__(self, client: AsyncServerlessClient) -> None:
        self.client = client

    async def _call(self, method: Method[Req, Res], request: Req, decode: Callable[[Res], T]) -> T:
        try:
            return await self.client._caller.call(method, request, decode)
        except FalServerlessException as error:
            del request
            raise forget_frames(error) from error.__cause__

    async def _send(self, operation: Operation[T], *, timeout: float | None = None) -> T:
        try:
            return await self.client._caller.send(operation, timeout=timeout)
        except FalServerlessException as error:
            del operation
            raise forget_frames(error) from error.__cause__

    def _stream(
        self, operation: Operation[T], check: Callable[[Mapping[str, str]], None] | None = None
    ) -> AsyncGenerator[T, None]:
        return self.client._caller.send_stream(operation, check=check)

    async def _pages(
        self, ask: Callable[[str | None], Operation[Page]], read: Callable[[Page], Iterable[T]]
    ) -> AsyncIterator[T]:
        """Yield what pages hold; each is asked for when the one before is used up.

        Args:
            ask: Makes the request for the page at a cursor, None for the first.
            read: Returns what a page holds.
        """
        cursor: str | None = None
        while True:
            page = await self._send(ask(cursor))
            for item in read(page):
                yield item
            # A cursor that does not move would be asked for without end.
            if not page.has_more or page.next_cursor in (None, "", cursor):
                return
            cursor = page.next_cursor

    async def _account_pages(
        self, ask: Callable[[str, str | None], Operation[Page]], read: Callable[[Page], Iterable[T]]
    ) -> AsyncIterator[T]:
        """Yield what pages hold that are asked for by the account of the client, which is asked for first.

        Args:
            ask: Makes the request for the page of an account at a cursor, None for the first.
            read: Returns what a page holds.
        """
        from fal._gen import rest

        owner = (await self._send(rest.get_current_user())).nickname
        paged = self._pages(lambda cursor: ask(owner, cursor), read)
        async for item in paged:
            yield item

    async def _work(self, function: Callable[P, T], *arguments: P.args, **options: P.kwargs) -> T:
        # On an event loop it is done in a thread: a disk may take longer than others can wait.
        return await asyncio.to_thread(function, *arguments, **options)

    async def _pause(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    def __repr__(self) -> str:
        # A copy under way has no client yet, and is shown by error reporters all the same.
        return f"{type(self).__name__}({vars(self).get('client')!r})"
