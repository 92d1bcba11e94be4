"""The HTTP transport over asyncio: the connections of one client on one event loop.

Method for method the same as `http_sync`, so that the async caller, which is generated from the sync one, finds what it expects.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import Any

import httpx

from fal._core.secret import MaskedStr
from fal._core.transport.http_body import ANSWER_LIMIT, ERROR_LIMIT, Body
from fal._core.transport.http_client import (
    REDIRECTS,
    WANTED,
    HttpSettings,
    async_pool,
    build_plain,
    build_request,
    check_redirects,
    give_time,
    proxy_for,
    redirect_target,
    tls_context,
    too_late,
)
from fal._core.transport.loops import LoopBound, check_loop, running_loop
from fal._core.transport.sse import MESSAGE, Event, EventParser, payload
from fal._gen.method import Operation
from fal.exceptions import ClientClosed, DataLoss


class AsyncHttpTransport(LoopBound):
    """The connections of one client on one event loop. Made in a thread: certificates are files.

    Args:
        settings: How the hosts are reached.
    """

    def __init__(self, settings: HttpSettings) -> None:
        self._settings = settings
        self._custom: httpx.AsyncBaseTransport | None = settings.custom
        self._closed = False
        secure = any(base.scheme == "https" for base in settings.bases.values())
        self._tls = tls_context(settings.ca_file) if secure and settings.custom is None else None
        self._pools: dict[tuple[bool, MaskedStr | None], httpx.AsyncHTTPTransport] = {}

    async def send(
        self, operation: Operation[Any], timeout: float | None, headers: Sequence[tuple[str, str]]
    ) -> tuple[int, Mapping[str, str], bytes]:
        limit = _end(timeout)
        async with _deadline(limit):
            response = await self._follow(build_request(self._settings.bases, operation, headers), limit)
            return response.status_code, response.headers, await _read(response, operation.success)

    async def open(
        self, operation: Operation[Any], timeout: float | None, headers: Sequence[tuple[str, str]]
    ) -> AsyncEventStream:
        limit = _end(timeout)
        request = build_request(self._settings.bases, operation, [*headers, WANTED[operation.stream]])
        async with _deadline(limit):
            return AsyncEventStream(await self._follow(request, limit), limit, events=operation.stream)

    async def put(
        self, url: str, content: bytes | Iterable[bytes], headers: Sequence[tuple[str, str]], timeout: float | None
    ) -> tuple[int, Mapping[str, str], bytes]:
        limit = _end(timeout)
        body = content if isinstance(content, bytes) else b"".join(content)
        async with _deadline(limit):
            response = await self._exchange(build_plain("PUT", url, body, headers), limit)
            return response.status_code, response.headers, await _read(response)

    async def close(self) -> None:
        self._closed = True
        for made in self._pools.values():
            await made.aclose()

    async def _follow(self, request: httpx.Request, limit: float | None) -> httpx.Response:
        response = await self._exchange(request, limit)
        for _ in range(REDIRECTS):
            target = redirect_target(request, response)
            if target is None:
                return response
            await response.aclose()
            request = target
            response = await self._exchange(request, limit)
        check_redirects(request, response)
        return response

    async def _exchange(self, request: httpx.Request, limit: float | None) -> httpx.Response:
        give_time(request, limit)
        transport = await self._transport(request.url)
        return await transport.handle_async_request(request)

    async def _transport(self, url: httpx.URL) -> httpx.AsyncBaseTransport:
        proxy = proxy_for(url, self._settings.proxy.value)
        if self._closed:
            raise ClientClosed("the client was closed during the call", hint="Create a new one.")
        if self._custom is not None:
            return self._custom
        place = url.scheme == "https", proxy
        pool = self._pools.get(place)
        if pool is None:
            if url.scheme == "https" and self._tls is None:
                self._tls = await asyncio.to_thread(tls_context, self._settings.ca_file)
            pool = self._pools.setdefault(place, async_pool(self._tls or False, proxy))
        return pool


class ThreadTransport(httpx.BaseTransport):
    """Sends the requests of a thread through an asyncio transport, on the loop that it belongs to."""

    def __init__(self, transport: httpx.AsyncBaseTransport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        # What a thread sends may be read by that thread only.
        whole = httpx.Request(
            request.method, request.url, headers=request.headers, content=request.read(), extensions=request.extensions
        )
        return asyncio.run_coroutine_threadsafe(self._send(whole), self._loop).result()

    async def _send(self, request: httpx.Request) -> httpx.Response:
        response = await self._transport.handle_async_request(request)
        stream: Any = response.stream
        content = b"".join([chunk async for chunk in stream])
        return httpx.Response(
            response.status_code,
            headers=response.headers,
            stream=httpx.ByteStream(content),
            extensions=response.extensions,
        )


class AsyncEventStream:
    """A response that is read event by event, or as it comes, all of it under one deadline."""

    def __init__(self, response: httpx.Response, limit: float | None, *, events: bool) -> None:
        self.status = response.status_code
        self.headers = response.headers
        self._response = response
        self._limit = limit
        self._events = events
        self._parser = EventParser()
        self._pieces = _pieces(response, None)
        self._loop = running_loop()
        self._ready: deque[Event] = deque()

    async def next_event(self) -> Event | None:
        check_loop(self._loop)
        while True:
            while self._ready:
                event = self._ready.popleft()
                if payload(event) is not None:
                    return event
            async with _deadline(self._limit):
                piece = await anext(self._pieces, None)
            if piece is None:
                return None
            if not self._events:
                return Event(MESSAGE, piece, "")
            self._ready.extend(self._parser.feed(piece))

    async def read_error(self) -> bytes:
        async with _deadline(self._limit):
            return await _read(self._response, ())

    async def end(self) -> None:
        if self._loop is asyncio._get_running_loop():  # which nobody has when the interpreter shuts down
            await self._response.aclose()
        elif self._loop.is_running():
            asyncio.run_coroutine_threadsafe(self._response.aclose(), self._loop)


async def _pieces(response: httpx.Response, most: int | None) -> AsyncIterator[bytes]:
    """Yield the body of a response, unpacked. Between two pieces of one chunk others have their turn, deadlines too."""
    body = Body(response.headers, most)
    stream: Any = response.stream  # not `aiter_raw`, which an own transport may have gone through already
    async for chunk in stream:
        first = True
        for piece in body.feed(chunk):
            if not first:
                await asyncio.sleep(0)
            first = False
            yield piece
    body.finish()


async def _read(response: httpx.Response, success: Iterable[int] = range(200, 300)) -> bytes:
    """Return the body of a response and end it. What cannot be read of an error is left out: its status counts."""
    kept = bytearray()
    good = response.status_code in success
    try:
        async for piece in _pieces(response, ANSWER_LIMIT if good else ERROR_LIMIT):
            kept += piece
    except DataLoss:
        if good:
            raise
    finally:
        await response.aclose()
    return bytes(kept)


def _end(timeout: float | None) -> float | None:
    return None if timeout is None else time.monotonic() + timeout


class _deadline:
    """Like `asyncio.timeout_at`, in monotonic time, with httpx's own exception at its end."""

    def __init__(self, limit: float | None) -> None:
        self._timeout = asyncio.timeout(None if limit is None else max(0.0, limit - time.monotonic()))

    async def __aenter__(self) -> None:
        await self._timeout.__aenter__()

    async def __aexit__(self, *raised: Any) -> None:
        try:
            await self._timeout.__aexit__(*raised)
        except TimeoutError:
            raise too_late() from None
