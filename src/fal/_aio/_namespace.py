# Generated from fal.api._namespace; do not edit. Regenerate with: just generate
"""The only place where a namespace does I/O.

A namespace body reaches the network through `_call`, `_send`, `_stream` and `_converse` only, works on local files in `_work`
only, and waits in `_pause` only; everything else in it is plain computation.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TYPE_CHECKING

from fal._core.frames import forget_frames
from fal.api._namespace import P, Page, Req, Res, T
from fal.exceptions import DataLoss, FalServerlessException

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Mapping

    from fal._aio.client import AsyncServerlessClient
    from fal._core.outbox_async import AsyncOutbox
    from fal._gen.method import Method, Operation


class AsyncNamespace:
    """A group of methods of one client."""

    _nickname: str | None = None

    def __init__(self, client: AsyncServerlessClient) -> None:
        self.client = client

    async def _call(
        self, method: Method[Req, Res], request: Req, decode: Callable[[Res], T], *, timeout: float | None = None
    ) -> T:
        try:
            return await self.client._caller.call(method, request, decode, timeout=timeout)
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
        self,
        operation: Operation[T],
        *,
        before: Callable[[], Awaitable[object]] | None = None,
        check: Callable[[Mapping[str, str]], None] | None = None,
    ) -> AsyncGenerator[T, None]:
        return self.client._caller.send_stream(operation, before=before, check=check)

    def _converse(
        self,
        method: Method[Req, Res],
        messages: AsyncOutbox[Req],
        *,
        is_last: Callable[[Res], bool],
        timeout: float | None = None,
    ) -> AsyncGenerator[Res, None]:
        return self.client._caller.stream(method, messages, timeout=timeout, is_last=is_last)

    async def _pages(
        self, request: Callable[[str | None], Operation[Page]], read: Callable[[Page], Iterable[T]]
    ) -> AsyncIterator[T]:
        """Yield the items of all pages; a page is fetched when the one before it is used up.

        Args:
            request: Builds the request for the page at a cursor; None for the first page.
            read: Returns the items of a page.

        Raises:
            DataLoss: A page leads back to one that was fetched before: the rest never comes.
        """
        cursor: str | None = None
        fetched: set[str] = set()
        while True:
            operation = request(cursor)
            page = await self._send(operation)
            for item in read(page):
                yield item
            cursor = page.next_cursor
            if not page.has_more or not cursor:
                return
            if cursor in fetched:
                raise DataLoss(
                    "the platform leads back to a page that was listed before, so the rest never comes",
                    method=operation.name,
                )
            fetched.add(cursor)

    async def _account_pages(
        self, request: Callable[[str, str | None], Operation[Page]], read: Callable[[Page], Iterable[T]]
    ) -> AsyncIterator[T]:
        """Yield the items of all pages of the client's account, which is looked up first.

        Args:
            request: Builds the request for an account's page at a cursor; None for the first page.
            read: Returns the items of a page.
        """
        owner = await self._owner()
        paged = self._pages(lambda cursor: request(owner, cursor), read)
        async for item in paged:
            yield item

    async def _owner(self) -> str:
        """Return the nickname of the account that the client acts for, which owns its apps; looked up once."""
        if self._nickname is None:
            from fal._gen import rest  # loaded here, as few scripts need the REST operations

            self._nickname = (await self._send(rest.get_current_user())).nickname
        return self._nickname

    async def _work(self, function: Callable[P, T], *arguments: P.args, **options: P.kwargs) -> T:
        # On an event loop this runs in a thread, as a disk may block for too long.
        return await asyncio.to_thread(function, *arguments, **options)

    async def _pause(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    def __repr__(self) -> str:
        # A half-made copy has no client yet, but error reporters may still show it.
        return f"{type(self).__name__}({vars(self).get('client')!r})"
