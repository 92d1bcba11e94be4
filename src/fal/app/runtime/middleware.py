"""The middleware of every request: context, metrics, hints, and errors of the author's code."""

from __future__ import annotations

import asyncio
import json
import sys
import time
import traceback
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs

from .context import RequestContext, current
from .error_responses import own_response, response_for
from .metrics import Metrics
from .service import Service

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGI = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]

FRAMEWORK = (
    "starlette",
    "fastapi",
    "anyio",
    "asyncio",
    "uvicorn",
    "contextlib",
    "concurrent",
    "pydantic",
    __name__.rpartition(".")[0],
)


class Observe:
    """Sets the request context, measures, adds hints, and answers 500 when the author's code raises."""

    def __init__(self, app: ASGI, service: Service, metrics: Metrics) -> None:
        self.app = app
        self.service = service
        self.metrics = metrics

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        token = current.set(RequestContext.from_headers(headers))
        try:
            if scope["type"] == "http":
                await self._http(scope, receive, send)
            else:
                await self.app(scope, receive, send)
        finally:
            current.reset(token)

    async def _http(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        status = 0
        began = time.perf_counter()
        method, path = scope["method"], self._route_path(scope)

        async def observed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), *self._hints()]
            await send(message)

        self.metrics.started(method, path)
        try:
            await self.app(scope, _query_as_body(scope, receive), observed)
        except (Exception, asyncio.CancelledError) as error:
            if isinstance(error, asyncio.CancelledError) and _cancelled():
                raise
            own = None if status else own_response(error)
            if own is None:
                print_exception(error)
            if status:  # the answer has begun: all that is left is to break it off
                raise
            code, content, more = own or (*response_for(error), {})
            body = json.dumps(content, separators=(",", ":")).encode()
            headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
            headers += [(name.encode(), value.encode()) for name, value in more.items()]
            await observed({"type": "http.response.start", "status": code, "headers": headers})
            await send({"type": "http.response.body", "body": body})
        finally:
            self.metrics.finished(method, path, status or 500, time.perf_counter() - began)

    def _route_path(self, scope: MutableMapping[str, Any]) -> str:
        """Return the route's path, not the request's, so that unknown paths do not make endless series."""
        paths = {endpoint.route.path for endpoint in self.service.endpoints} | {"/health", "/openapi.json"}
        path = own_path(scope)
        return path if path in paths else "other"

    def _hints(self) -> list[tuple[bytes, bytes]]:
        if self.service.hints is None:
            return []
        try:
            hints = []
            for hint in self.service.hints():
                with suppress(UnicodeEncodeError):  # part of a hint would be another one
                    hints.append(hint.encode("latin-1"))
            return [(b"x-fal-runner-hints", b",".join(hints))]
        except NotImplementedError:
            return []
        except Exception as error:
            print_exception(error)
            return []


def _cancelled() -> bool:
    """Return whether this task was told to end, which an author's code that gave up a task of its own was not."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def own_path(scope: Mapping[str, Any]) -> str:
    """Return the path of a request as the app's routes see it."""
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", "")) or "/"


def _query_as_body(scope: MutableMapping[str, Any], receive: Receive) -> Receive:
    """Let callers give plain values in the query: without a body, the query is read as the JSON object it stands for."""
    application = scope.get("app")
    plain = getattr(getattr(application, "state", None), "_fal_plain", ())
    headers = dict(scope["headers"])
    path = own_path(scope)
    has_body = headers.get(b"content-length", b"0") != b"0" or b"transfer-encoding" in headers
    if path not in plain or has_body or not scope["query_string"]:
        return receive
    values = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    body = json.dumps({name: items[-1] for name, items in values.items()}).encode()
    kept = [(name, value) for name, value in scope["headers"] if name not in (b"content-type", b"content-length")]
    scope["headers"] = [*kept, (b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    sent = False

    async def body_then_rest() -> Message:
        nonlocal sent
        if sent:
            return await receive()
        await receive()  # the empty body
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return body_then_rest


def print_exception(error: BaseException) -> None:
    """Write a traceback to stderr without the frames of the server around the author's code."""
    frames = error.__traceback__
    own = frames
    while own is not None and own.tb_frame.f_globals.get("__name__", "").startswith(FRAMEWORK):
        own = own.tb_next
    lines = traceback.format_exception(type(error), error, own or frames)
    print("".join(lines), end="", file=sys.stderr, flush=True)
