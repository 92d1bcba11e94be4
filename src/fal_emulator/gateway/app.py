"""The gateway: requests to `/<owner>/<app>/...` reach a runner of that app."""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from ..engine.errors import TookTooLong
from ..engine.proxy import Outgoing, forward, open_websocket, passed_on, relay, relay_websocket
from ..model import limits
from ..model.faults import Fault, refused, unforeseen
from ..server.asgi import answer, header, refuse

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    import httpx
    from websockets.asyncio.client import ClientConnection

    from ..engine.engine import Engine
    from ..engine.queue import QueuedRequest, RequestQueue
    from ..engine.recording import Recording
    from ..engine.runner import Runner
    from ..server.asgi import Headers, Message, Receive, Scope, Send

    Authenticate = Callable[[str | None], str | None]


@dataclass(frozen=True)
class Target:
    """Where a request goes."""

    owner: str
    alias: str
    path: str  # below the app, still encoded; empty or beginning with "/"
    queued: bool


class Gateway:
    """The ASGI application for calls to apps, at once or queued.

    A call is queued when its path begins with `/queue/`, or its host name with `queue.`.

    Args:
        engine: Runs the apps; the gateway must be served by the engine's event loop.
        authenticate: Given an Authorization header, returns the account of its key, or None.
    """

    def __init__(self, engine: Engine, authenticate: Authenticate) -> None:
        self._engine = engine
        self._authenticate = authenticate
        self._arriving = 0  # bytes of requests that are about to be queued

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one HTTP request or one websocket."""
        request_id = str(uuid.uuid4())
        exchange = _Exchange(receive, send, request_id)
        try:
            if scope["type"] == "websocket":
                await self._websocket(scope, exchange)
            elif scope["type"] == "http":
                await exchange.while_connected(self._http(scope, exchange))
        except Fault as fault:
            await exchange.refuse(scope, fault)
        except TimeoutError:
            await exchange.refuse(scope, TookTooLong())
        except Exception as error:
            await exchange.refuse(scope, unforeseen(error))
        finally:
            exchange.end_recording()

    async def _http(self, scope: Scope, exchange: _Exchange) -> None:
        target = find_target(scope)
        caller = self._authorize(target, scope)
        if target.queued:
            await self._queued(target, caller, scope, exchange)
            return
        supervisor = self._engine.fleet.supervisor(target.owner, target.alias)
        request = _outgoing(scope, target, caller, exchange.request_id, exchange.body(scope))
        client = self._engine.fleet.client
        recording = exchange.recording = self._engine.fleet.recording(exchange.request_id, target.alias, target.path)
        async with asyncio.timeout(None) as deadline:

            async def connect(runner: Runner) -> httpx.Response:
                recording.taken_by(runner)
                return await forward(client, runner.port, request)

            async with supervisor.connected(connect, deadline=deadline) as response:
                try:
                    await relay(response, exchange.send, exchange.marks)
                finally:
                    await response.aclose()

    async def _websocket(self, scope: Scope, exchange: _Exchange) -> None:
        target = find_target(scope)
        caller = self._authorize(target, scope)
        await exchange.receive()  # the handshake
        supervisor = self._engine.fleet.supervisor(target.owner, target.alias)
        request = _outgoing(scope, target, caller, exchange.request_id, None)
        subprotocols = list(scope.get("subprotocols") or [])
        recording = exchange.recording = self._engine.fleet.recording(exchange.request_id, target.alias, target.path)

        async def connect(runner: Runner) -> ClientConnection:
            recording.taken_by(runner)
            return await open_websocket(runner.port, request, subprotocols)

        async with supervisor.connected(connect) as upstream:
            await exchange.send(
                {"type": "websocket.accept", "subprotocol": upstream.subprotocol, "headers": exchange.marks}
            )
            await relay_websocket(upstream, exchange.receive, exchange.send)

    def _authorize(self, target: Target, scope: Scope) -> str | None:
        mode = self._engine.auth_mode(target.owner, target.alias)
        if mode is None:
            raise refused(404, f"app {target.owner}/{target.alias} not found")
        caller = self._authenticate(header(scope, b"authorization"))
        if mode == "public":
            return caller
        if caller is None:
            raise refused(
                401, f"app {target.alias!r} is {mode}: send `Authorization: Key <id>:<secret>` of a valid key"
            )
        if mode == "private" and caller != target.owner:
            raise refused(403, f"app {target.alias!r} is private to {target.owner!r}")
        return caller

    async def _queued(self, target: Target, caller: str | None, scope: Scope, exchange: _Exchange) -> None:
        queue = self._engine.fleet.queue
        method = str(scope["method"])
        parts = [part for part in target.path.split("/") if part]
        if method == "POST" and parts[:1] != ["requests"]:
            body = await self._whole_body(exchange, queue)
            request = _outgoing(scope, target, caller, exchange.request_id, body)
            queued = queue.submit(target.owner, target.alias, caller, request)
            await exchange.answer(200, _addresses(target, scope, queued))
            return
        if len(parts) not in (2, 3) or parts[0] != "requests":
            raise refused(
                404, "POST to the app to queue a request; GET .../requests/<request_id>[/status] to follow it"
            )
        found = queue.find(target.owner, target.alias, parts[1])
        if found is None:
            raise refused(404, f"request {parts[1]!r} not found")
        action = parts[2] if len(parts) == 3 else ""
        if action == "" and method == "GET":
            await self._queued_result(found, exchange)
        elif action == "status" and method == "GET":
            logs = b"logs=1" in scope["query_string"] or b"logs=true" in scope["query_string"].lower()
            status = queue.status(found, logs=logs) | _addresses(target, scope, found)
            await exchange.answer(200 if found.state == "COMPLETED" else 202, status)
        elif action == "cancel" and method == "PUT":
            if queue.cancel(found):
                await exchange.answer(200, {"status": "CANCELLATION_REQUESTED"})
            else:
                await exchange.answer(400, {"status": "ALREADY_COMPLETED"})
        else:
            raise refused(405, f"{method} is not possible here")

    async def _whole_body(self, exchange: _Exchange, queue: RequestQueue) -> bytes:
        content = bytearray()
        try:
            async for chunk in exchange.chunks():
                content += chunk
                self._arriving += len(chunk)
                if len(content) > limits.LARGEST_QUEUED:
                    raise refused(413, f"a queued request may hold at most {limits.LARGEST_QUEUED} bytes")
                if self._arriving + queue.held > limits.MOST_QUEUED_BYTES:
                    raise refused(
                        429, f"all queued requests may hold at most {limits.MOST_QUEUED_BYTES} bytes: try again later"
                    )
        finally:
            self._arriving -= len(content)
        return bytes(content)

    async def _queued_result(self, queued: QueuedRequest, exchange: _Exchange) -> None:
        if queued.state != "COMPLETED" or queued.status is None:
            raise refused(400, f"Request is still in progress ({queued.state})")
        headers = [(b"content-length", str(len(queued.content)).encode()), *queued.headers]
        await exchange.send(
            {"type": "http.response.start", "status": queued.status, "headers": [*headers, *exchange.marks]}
        )
        await exchange.send({"type": "http.response.body", "body": queued.content})


class _Exchange:
    """One request and its answer."""

    def __init__(self, receive: Receive, send: Send, request_id: str) -> None:
        self.request_id = request_id
        self.marks: Headers = [(b"x-fal-request-id", request_id.encode())]
        self._receive = receive
        self._send = send
        self.recording: Recording | None = None
        self._status: int | None = None
        self._error: str | None = None
        self._started = False
        self._inbox: asyncio.Queue[Message] | None = None

    async def receive(self) -> Message:
        return await (self._receive() if self._inbox is None else self._inbox.get())

    async def send(self, message: Message) -> None:
        self._started = True
        if message["type"].endswith(("response.start", "accept")):
            self._status = message.get("status", 101)
        elif message["type"] == "http.response.body" and not message.get("more_body"):
            self.end_recording()  # whoever has the answer finds the record
        await self._send(message)

    def end_recording(self) -> None:
        """Note the answer, once."""
        if self.recording is not None:
            self.recording.end(self._status, self._error)
            self.recording = None

    async def while_connected(self, work: Any) -> None:
        """Do the work, and give it up when the caller goes away before it is done."""
        inbox: asyncio.Queue[Message] = asyncio.Queue(maxsize=2)
        self._inbox = inbox

        async def listen() -> None:
            while True:
                message = await self._receive()
                if message["type"] == "http.disconnect":
                    return
                await inbox.put(message)

        tasks = [asyncio.create_task(work), asyncio.create_task(listen())]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
        if not tasks[0].cancelled():
            tasks[0].result()

    async def chunks(self) -> AsyncIterator[bytes]:
        more = True
        while more:
            message = await self.receive()
            if message.get("body"):
                yield message["body"]
            more = bool(message.get("more_body"))

    def body(self, scope: Scope) -> AsyncIterator[bytes] | None:
        """Return the body as it comes, None when there is none."""
        if header(scope, b"transfer-encoding") is None and (header(scope, b"content-length") or "0") == "0":
            return None
        if int(header(scope, b"content-length") or 0) > limits.LARGEST_CALL:
            raise _too_large()
        return self._bounded()

    async def _bounded(self) -> AsyncIterator[bytes]:
        size = 0
        async for chunk in self.chunks():
            size += len(chunk)
            if size > limits.LARGEST_CALL:
                raise _too_large()
            yield chunk

    async def answer(self, status: int, content: dict[str, Any]) -> None:
        await answer(self.send, status, content, self.marks)

    async def refuse(self, scope: Scope, fault: Fault) -> None:
        """Answer with an error, if the answer has not begun; else the broken end has to tell."""
        self._error = str(fault)
        if not self._started:
            await refuse(scope, self.send, fault, self.marks)
        elif scope["type"] != "http":
            await self.send({"type": "websocket.close", "code": 1011, "reason": str(fault)[:120]})


def _too_large() -> Fault:
    return refused(413, f"a request may hold at most {limits.LARGEST_CALL} bytes")


def find_target(scope: Scope) -> Target:
    """Read owner, app and path from a request.

    Raises:
        Fault: The path names no app.
    """
    path = (scope.get("raw_path") or scope["path"].encode()).decode("latin-1").split("?")[0]
    queued = (header(scope, b"host") or "").startswith("queue.")
    if path.startswith("/queue/"):
        path, queued = path.removeprefix("/queue"), True
    owner, _, rest = path.removeprefix("/").partition("/")
    alias, slash, below = rest.partition("/")
    if not owner or not alias:
        raise refused(404, "not found: apps are at /<owner>/<app>")
    return Target(unquote(owner), unquote(alias), slash + below, queued)


def _outgoing(
    scope: Scope, target: Target, caller: str | None, request_id: str, body: bytes | AsyncIterator[bytes] | None
) -> Outgoing:
    query = scope["query_string"]
    # A key is meant for the gateway: an app must not get to see the keys of those who call it. What the gateway does
    # not know as a key may be the app's own business.
    scheme = (header(scope, b"authorization") or "").split(maxsplit=1)[:1]
    key_sent = caller is not None or [word.lower() for word in scheme] == ["key"]
    # The id of a request is ours to give: an app may trust it.
    drop = [b"host", b"x-fal-request-id", *([b"authorization"] if key_sent else [])]
    headers = passed_on(scope["headers"], drop=drop)
    if isinstance(body, bytes):
        headers = [(name, value) for name, value in headers if name.lower() != b"content-length"]
    path = (target.path or "/").encode("latin-1")
    return Outgoing(
        method=str(scope.get("method", "GET")),
        target=path + b"?" + query if query else path,
        headers=[*headers, (b"x-fal-request-id", request_id.encode())],
        body=body,
    )


def _addresses(target: Target, scope: Scope, queued: QueuedRequest) -> dict[str, Any]:
    host = header(scope, b"host") or "127.0.0.1"
    prefix = "" if host.startswith("queue.") else "/queue"
    base = f"{scope.get('scheme', 'http')}://{host}{prefix}/{target.owner}/{target.alias}/requests/{queued.id}"
    return {
        "request_id": queued.id,
        "response_url": base,
        "status_url": f"{base}/status",
        "cancel_url": f"{base}/cancel",
    }
