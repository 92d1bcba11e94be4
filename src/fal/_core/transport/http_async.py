"""The HTTP transport over asyncio: the connections of one client to one REST host on one event loop.

Method for method the same as `http_sync`, so that the async caller, which is generated from the sync one, finds what it expects.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import httpx

from fal._core.secret import Sealed
from fal._core.transport.http_client import (
    REDIRECTS,
    WANTED,
    build_request,
    client_place,
    connect_async,
    redirect_target,
)
from fal._core.transport.loops import LoopBound, check_loop, running_loop
from fal._core.transport.sse import MESSAGE, Event, EventParser, payload
from fal._gen.method import Operation


class AsyncHttpTransport(LoopBound):
    """The connections of one client to its REST hosts on one event loop."""

    def __init__(self, hosts: Mapping[str, str], *, ca_file: str | None, proxy: str | None) -> None:
        self._bases = {name: httpx.URL(url) for name, url in hosts.items()}
        self._ca_file = ca_file
        self._proxy = Sealed(proxy)
        self._clients: dict[tuple[bool, str], httpx.AsyncClient] = {}

    async def send(
        self, operation: Operation[Any], timeout: float | None, headers: Sequence[tuple[str, str]]
    ) -> tuple[int, Mapping[str, str], bytes]:
        async with _deadline(_end(timeout)):
            response = await self._follow(self._request(operation, headers), stream=False)
        del response.stream  # see HttpTransport.send
        return response.status_code, response.headers, response.content

    async def open(
        self, operation: Operation[Any], timeout: float | None, headers: Sequence[tuple[str, str]]
    ) -> AsyncEventStream:
        limit = _end(timeout)
        request = self._request(operation, [*headers, WANTED[operation.stream]])
        async with _deadline(limit):
            return AsyncEventStream(await self._follow(request, stream=True), limit, events=operation.stream)

    async def put(
        self, url: str, content: bytes | Iterable[bytes], headers: Sequence[tuple[str, str]], timeout: float | None
    ) -> httpx.Response:
        body = content if isinstance(content, bytes) else b"".join(content)
        client = self._open(httpx.URL(url))
        async with _deadline(_end(timeout)):
            return await client.send(client.build_request("PUT", url, content=body, headers=list(headers)))

    async def close(self) -> None:
        for client in self._clients.values():
            await client.aclose()

    def _request(self, operation: Operation[Any], headers: Sequence[tuple[str, str]]) -> httpx.Request:
        base = self._bases[operation.host]
        return build_request(self._open(base), base, operation, headers)

    def _open(self, url: httpx.URL) -> httpx.AsyncClient:
        place = client_place(url)
        found = self._clients.get(place)
        if found is None:
            found = self._clients[place] = connect_async(url, self._ca_file, self._proxy.value)
        return found

    async def _follow(self, request: httpx.Request, *, stream: bool) -> httpx.Response:
        client = self._open(request.url)
        response = await client.send(request, stream=stream)
        for _ in range(REDIRECTS):
            target = redirect_target(request, response)
            if target is None:
                break
            await response.aclose()
            request = target
            response = await client.send(request, stream=stream)
        return response


class AsyncEventStream:
    """A response that is read event by event, or as it comes, all of it under one deadline."""

    def __init__(self, response: httpx.Response, limit: float | None, *, events: bool) -> None:
        self.status = response.status_code
        self.headers = response.headers
        self._response = response
        self._limit = limit
        self._events = events
        self._parser = EventParser()
        self._chunks = response.aiter_bytes()
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
                chunk = await anext(self._chunks, None)
            if chunk is None:
                return None
            if not self._events:
                return Event(MESSAGE, chunk, "")
            self._ready.extend(self._parser.feed(chunk))

    async def rest(self) -> bytes:
        async with _deadline(self._limit):
            body = await self._response.aread()
        await self.end()
        return body

    async def end(self) -> None:
        if self._loop is asyncio._get_running_loop():  # which nobody has when the interpreter shuts down
            await self._response.aclose()
        elif self._loop.is_running():
            asyncio.run_coroutine_threadsafe(self._response.aclose(), self._loop)


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
            raise httpx.ReadTimeout("the deadline of the call has passed") from None
