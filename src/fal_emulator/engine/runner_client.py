"""An HTTP/1.1 client for runners: one exchange at a time on a connection, and connections are used again."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

import h11

from .errors import BadAnswer, RunnerGone, RunnerUnreachable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from ..server.asgi import Headers
    from .http_messages import Outgoing

_CONNECT_WITHIN = 5.0  # seconds
# Servers close idle connections, and a request must not meet that: none that was idle for longer is used again.
_IDLE = 1.0  # seconds
_MOST_IDLE = 16
_HIGH_WATER = 256 * 1024  # bytes of an answer that nobody has taken yet
_LARGEST_HEAD = 256 * 1024
_LENGTHS = (b"content-length", b"transfer-encoding")


class RunnerClient:
    """Sends requests to one runner.

    Args:
        port: Where the runner listens.
    """

    def __init__(self, port: int) -> None:
        self._port = port
        self._idle: list[_Connection] = []

    async def send(self, request: Outgoing) -> Response:
        """Send a request; the body of the response is still to be read, and to be closed.

        Raises:
            RunnerUnreachable: The runner takes no connections.
            RunnerGone: The runner went away before it answered.
            BadAnswer: The answer cannot be passed on.
        """
        connection = self._reusable() or await self._connected()
        try:
            await connection.send(request)
            head = await connection.head()
        except BaseException:
            connection.abort()
            raise
        return Response(head, connection, self._idle)

    def close(self) -> None:
        """Close the connections that are idle."""
        for connection in self._idle:
            connection.abort()

    def _reusable(self) -> _Connection | None:
        soonest = asyncio.get_running_loop().time() - _IDLE
        while self._idle:
            connection = self._idle.pop()
            if connection.is_fresh(soonest):
                return connection
            connection.abort()
        return None

    async def _connected(self) -> _Connection:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(_CONNECT_WITHIN):
                _, connection = await loop.create_connection(_Connection, "127.0.0.1", self._port)
        except (OSError, TimeoutError) as error:
            raise RunnerUnreachable(type(error).__name__) from error
        return connection


_STOP_RUNNER, _NEEDS_RETRY = _WISHES = (b"x-fal-stop-runner", b"x-fal-needs-retry")


def _wish(headers: Headers, wanted: bytes) -> bool | None:
    flag = next((value.strip().lower() for name, value in headers if name.lower() == wanted), None)
    return True if flag in (b"1", b"true") else False if flag in (b"0", b"false") else None


class Response:
    """The response of an app.

    Attributes:
        status: Its HTTP status.
        headers: As the app sent them, without what is meant for the platform.
        stop_runner: Whether the app wants its runner taken away; None leaves that to the status.
        needs_retry: Whether the app wants the request tried again; None leaves that to the status.
    """

    def __init__(self, head: h11.Response, connection: _Connection, idle: list[_Connection]) -> None:
        self.status = head.status_code
        sent: Headers = list(head.headers.raw_items())
        self.headers: Headers = [(name, value) for name, value in sent if name.lower() not in _WISHES]
        self.stop_runner = _wish(sent, _STOP_RUNNER)
        self.needs_retry = _wish(sent, _NEEDS_RETRY)
        self._connection = connection
        self._idle = idle

    @property
    def complete(self) -> bool:
        """Whether all of the body has been read."""
        return self._connection.complete

    async def chunks(self) -> AsyncIterator[bytes]:
        """Yield the body as it comes.

        Raises:
            RunnerGone: The runner went away in the middle of it.
        """
        while (chunk := await self._connection.body()) is not None:
            yield chunk

    async def read(self, limit: int) -> bytes:
        """Return the body.

        Raises:
            RunnerGone: The runner went away in the middle of it.
            BadAnswer: It holds more bytes than the limit.
        """
        content = bytearray()
        async for chunk in self.chunks():
            content += chunk
            if len(content) > limit:
                raise BadAnswer(f"the app's answer holds more than {limit} bytes, the most that is kept")
        return bytes(content)

    def close(self) -> None:
        """Give the connection back, or end it when there is more to come."""
        if self._connection.reset() and len(self._idle) < _MOST_IDLE:
            self._idle.append(self._connection)
        else:
            self._connection.abort()


class _Connection(asyncio.Protocol):
    def __init__(self) -> None:
        self._h11 = h11.Connection(h11.CLIENT, _LARGEST_HEAD)
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._news: asyncio.Future[None] | None = None
        self._writable = asyncio.Event()
        self._writable.set()
        self._lost = False
        self._unread = 0
        self._upload: asyncio.Task[None] | None = None
        self._rested_at = 0.0
        self._authority = b""  # as the app sees its own address
        self.complete = False

    # what asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._authority = "{}:{}".format(*transport.get_extra_info("peername")).encode()

    def data_received(self, data: bytes) -> None:
        if self._h11.their_state is h11.ERROR:
            return
        self._h11.receive_data(data)
        self._unread += len(data)
        if self._unread > _HIGH_WATER and self._transport is not None:
            self._transport.pause_reading()
        self._wake()

    def eof_received(self) -> bool:
        if self._h11.their_state is not h11.ERROR:
            self._h11.receive_data(b"")
        self._lost = True
        self._wake()
        return False

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        if not self._lost:
            self.eof_received()
        self._writable.set()

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()

    # one exchange

    async def send(self, request: Outgoing) -> None:
        headers = [(b"host", self._authority), *request.headers]
        body = request.body
        if isinstance(body, bytes):
            headers.append((b"content-length", str(len(body)).encode()))
        elif body is not None and not any(name.lower() in _LENGTHS for name, _ in headers):
            headers.append((b"transfer-encoding", b"chunked"))
        try:
            head = h11.Request(method=request.method, target=request.target, headers=headers)
            if body is None or isinstance(body, bytes):
                self._write(head, *([h11.Data(data=body)] if body else []), h11.EndOfMessage())
            else:
                self._write(head)
                self._upload = self._loop.create_task(self._send_body(body))
        except h11.LocalProtocolError as error:
            raise BadAnswer(f"the request cannot be passed on: {error}") from error

    async def _send_body(self, body: AsyncIterator[bytes]) -> None:
        async for chunk in body:
            self._write(h11.Data(data=chunk))
            await self._writable.wait()
        self._write(h11.EndOfMessage())

    async def head(self) -> h11.Response:
        while True:
            event = await self._event()
            if isinstance(event, h11.Response):
                if event.status_code >= 600:
                    raise BadAnswer(f"the app answered with the invalid status {event.status_code}")
                return event
            if not isinstance(event, h11.InformationalResponse):
                raise RunnerGone("it closed the connection without an answer")
            if event.status_code == 101:
                raise BadAnswer("the app switched to another protocol without being asked")

    async def body(self) -> bytes | None:
        while not self.complete:
            event = await self._event()
            if isinstance(event, h11.Data):
                return bytes(event.data)
            if isinstance(event, h11.EndOfMessage):
                self.complete = True
            else:
                raise RunnerGone("it closed the connection in the middle of its answer")
        return None

    def reset(self) -> bool:
        """Get ready for the next exchange; return whether there can be one."""
        if not self.complete or self._lost or self._h11.our_state is not h11.DONE:
            return False
        if self._h11.their_state is not h11.DONE:
            return False
        self._h11.start_next_cycle()
        self.complete = False
        self._upload = None
        self._rested_at = self._loop.time()
        return True

    def is_fresh(self, soonest: float) -> bool:
        return not self._lost and self._rested_at >= soonest and not self._h11.trailing_data[0]

    def abort(self) -> None:
        if self._upload is not None:
            self._upload.cancel()
        if self._transport is not None:
            self._transport.abort()

    async def _event(self) -> object:
        while True:
            try:
                event = self._h11.next_event()
            except h11.RemoteProtocolError as error:
                if self._lost:
                    raise RunnerGone("it closed the connection") from error
                raise BadAnswer("the app's answer is not HTTP, or its status is invalid") from error
            if event is not h11.NEED_DATA:
                return event
            self._unread = 0
            if self._transport is not None:
                self._transport.resume_reading()
            self._news = self._loop.create_future()
            waiting: set[asyncio.Future[None]] = {self._news}
            upload = self._upload
            if upload is not None and not upload.done():
                waiting.add(upload)
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED) if len(waiting) > 1 else await self._news
            if upload is not None and upload.done() and upload.exception() is not None:
                upload.result()  # the caller broke off, or sent too much

    def _wake(self) -> None:
        if self._news is not None and not self._news.done():
            self._news.set_result(None)

    def _write(self, *events: h11.Event) -> None:
        data = b"".join(self._h11.send(event) or b"" for event in events)
        if data and self._transport is not None:
            self._transport.write(data)
