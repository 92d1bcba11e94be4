"""One request and its answer."""

from __future__ import annotations

import asyncio
import math
import re
import secrets
import time
import uuid
from typing import TYPE_CHECKING, Any, TypeVar

from ..model import limits
from ..model.faults import Fault, refused
from ..server.asgi import answer, header, refuse
from .spans import CallSpan

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine

    from ..engine.recording import Recording
    from ..engine.runner import Runner
    from ..server.asgi import Headers, Message, Receive, Scope, Send

T = TypeVar("T")
# What a body may hold to be read before a runner is taken: a runner must not wait for one that comes slowly.
_READ_AHEAD = 64 * 1024

_TRACEPARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-([0-9a-f]{2})(?:-.*)?")


class Exchange:
    """One request and its answer.

    Attributes:
        id: The id of the request.
        marks: The headers that every answer gets.
        status: That of the answer, once it has begun.
        is_poll: Whether it asks again how far another request is.
    """

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scope = scope
        self.id = str(uuid.uuid4())
        self.marks: Headers = [(b"x-fal-request-id", self.id.encode())]
        self.status = 0
        self.is_poll = False
        self._recording: Recording | None = None
        self._error: str | None = None
        self._span: CallSpan | None = None
        self._gone = False  # the caller
        self._began = time.monotonic()
        self._receive = receive
        self._send = send

    def begin_again(self) -> None:
        """Go on with another call of the same websocket, which has an id of its own."""
        self.id = str(uuid.uuid4())

    async def receive(self) -> Message:
        """Return the next message of the caller."""
        return await self._receive()

    async def send(self, message: Message) -> None:
        """Send a message to the caller."""
        if not self.status:
            self.status = message.get("status", 101)
        if message["type"] == "http.response.body" and not message.get("more_body"):
            self.end_recording()  # whoever has the answer finds the record
        await self._send(message)

    def recorded(
        self, recording: Recording, connect: Callable[[Runner], Awaitable[T]]
    ) -> Callable[[Runner], Awaitable[T]]:
        """Return what connects to a runner and notes which one it was, in a recording that ends with the answer."""
        self._recording = recording

        async def connect_and_note(runner: Runner) -> T:
            recording.taken_by(runner)
            self._taken_by(runner.id)
            return await connect(runner)

        return connect_and_note

    def end_recording(self) -> None:
        """Note the answer, once."""
        if self._recording is not None:
            self._recording.end(self.status or None, self._error)
            self._recording = None

    @property
    def milliseconds(self) -> float:
        """How long it has taken up to now."""
        return (time.monotonic() - self._began) * 1000

    @property
    def start_timeout(self) -> float | None:
        """How long the caller lets the request wait for a runner, in seconds; None is no limit.

        Raises:
            Fault: It is no such number.
        """
        text = header(self.scope, b"x-fal-request-timeout")
        if text is None:
            return None
        try:
            seconds = float(text)
        except ValueError:
            seconds = math.nan
        if not 0 < seconds < math.inf:
            fault = f"x-fal-request-timeout: {text[:80]!r} is not a number of seconds above 0"
            raise refused(400, fault, "bad_request")
        return seconds

    def traceparent(self, app: str) -> bytes:
        """Begin the span of the call, and return the header that lets a runner go on with its trace.

        It is the trace of the caller, or a new one. Where nobody collects spans, the header alone is made.

        Args:
            app: The full name of the app.
        """
        given = header(self.scope, b"traceparent")
        method = str(self.scope.get("method", "WS"))
        about = {
            "http.request.method": method,
            "url.path": self.scope["path"],
            "fal.app": app,
            "fal.request_id": self.id,
        }
        self._span = CallSpan.begin(f"{method} {app}", given, about)
        if self._span is not None:
            return self._span.traceparent
        known = _TRACEPARENT.fullmatch(given or "")
        trace, flags = known.groups() if known else (self.id.replace("-", ""), "01")
        return f"00-{trace}-{secrets.token_hex(8)}-{flags}".encode()

    def _taken_by(self, runner_id: str) -> None:
        """Note the runner that takes the call."""
        if self._span is not None:
            self._span.set("fal.runner_id", runner_id)

    def end(self) -> None:
        """Note what has become of it, whatever that is."""
        self.end_recording()
        if self._span is not None:
            self._span.end(self.status, self._error)
            self._span = None

    async def body(self) -> bytes | AsyncIterator[bytes] | None:
        """Return the body: a small one as it is, a large one as it comes, None when there is none.

        Raises:
            Fault: It is too large, or does not come.
        """
        announced = header(self.scope, b"content-length")
        if header(self.scope, b"transfer-encoding") is None and (announced or "0") == "0":
            return None
        if int(announced or 0) > limits.LARGEST_CALL:
            raise _too_large()
        if announced is not None and int(announced) <= _READ_AHEAD:
            return b"".join([chunk async for chunk in self.chunks()])
        return self._bounded()

    async def chunks(self) -> AsyncIterator[bytes]:
        """Yield the body as it comes.

        Raises:
            Fault: Nothing came for too long, or the caller closed the connection.
        """
        more = True
        while more:
            try:
                async with asyncio.timeout(limits.SILENCE):
                    message = await self._receive()
            except TimeoutError:
                raise refused(408, f"no part of the body arrived for {limits.SILENCE:g} s") from None
            if message["type"] == "http.disconnect":
                raise refused(499, "the caller closed the connection", "client_disconnected")
            if message.get("body"):
                yield message["body"]
            more = bool(message.get("more_body"))

    async def _bounded(self) -> AsyncIterator[bytes]:
        size = 0
        async for chunk in self.chunks():
            size += len(chunk)
            if size > limits.LARGEST_CALL:
                raise _too_large()
            yield chunk

    async def while_connected(self, work: Coroutine[Any, Any, None]) -> None:
        """Do the work, and give it up when the caller goes away before it is done.

        The body must have been read by then, unless the work reads it.
        """
        task = asyncio.current_task()
        assert task is not None
        watcher = asyncio.create_task(self._cancel_when_gone(task))
        try:
            await work
        except asyncio.CancelledError:
            if not self._gone or task.uncancel():
                raise
        finally:
            watcher.cancel()

    async def _cancel_when_gone(self, task: asyncio.Task[Any]) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._gone = True
        task.cancel()

    async def answer(self, status: int, content: dict[str, Any]) -> None:
        """Answer with JSON."""
        await answer(self.send, status, content, self.marks)

    async def refuse(self, fault: Fault) -> None:
        """Answer with an error, if the answer has not begun; else the broken end has to tell."""
        self._error = str(fault)
        if not self.status:
            self.status = fault.status
            await refuse(self.scope, self._send, fault, self.marks)
        elif self.scope["type"] != "http":
            await self.send({"type": "websocket.close", "code": 1011, "reason": str(fault)[:120]})


def _too_large() -> Fault:
    return refused(413, f"a request may hold at most {limits.LARGEST_CALL} bytes")
