"""The gateway: requests to `/<owner>/<app>/...` reach a runner of that app."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from uvicorn.protocols.utils import ClientDisconnected

from ..engine.errors import TookTooLong
from ..engine.proxy import open_websocket, relay, relay_websocket
from ..model.faults import Fault, refused, unforeseen
from ..server.asgi import header
from .conversation import Conversation
from .exchange import Exchange
from .queue_routes import QueueRoutes
from .target import TOKEN, find_target, outgoing, query_value

if TYPE_CHECKING:
    from collections.abc import Callable

    from websockets.asyncio.client import ClientConnection

    from ..engine.engine import Engine
    from ..engine.http_messages import Outgoing
    from ..engine.runner import Runner
    from ..server.asgi import Receive, Scope, Send
    from .target import Target

    Authenticate = Callable[[str | None], str | None]

_log = logging.getLogger("fal_emulator.calls")
_log.addHandler(logging.NullHandler())


class Gateway:
    """The ASGI application for calls to apps, at once or queued.

    A call is queued when its path begins with `/queue/`, or its host name with `queue.`. Calls come over a websocket when it is
    opened below `/ws/`, or its host name begins with `ws.`.

    Args:
        engine: Runs the apps; the gateway must be served by the engine's event loop.
        authenticate: Given an Authorization header, returns the account of its key, or None.
        opens: Tells whether a token is good for an app.
    """

    def __init__(
        self, engine: Engine, authenticate: Authenticate, opens: Callable[[str, str], bool] = lambda *_: False
    ) -> None:
        self._engine = engine
        self._authenticate = authenticate
        self._opens = opens
        self._queue = QueueRoutes(engine.fleet.queue)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one HTTP request or one websocket."""
        exchange = Exchange(scope, receive, send)
        try:
            target = find_target(scope)
            caller = self._authorize(target, scope)
            if target.over_websocket:
                await Conversation(self._engine.fleet, target, caller, exchange).hold()
            elif scope["type"] == "websocket":
                await self._websocket(target, caller, exchange)
            elif target.queued:
                await self._queue.serve(target, caller, exchange)
            else:
                await self._call(target, caller, exchange)
        except Fault as fault:
            await exchange.refuse(fault)
        except TimeoutError:
            await exchange.refuse(TookTooLong())
        except ClientDisconnected:
            pass  # nobody is there to be told
        except Exception as error:
            await exchange.refuse(unforeseen(error))
        finally:
            exchange.end()
            level = logging.DEBUG if exchange.is_poll else logging.INFO  # callers poll many times a second
            if _log.isEnabledFor(level):
                _note(level, scope, exchange)

    async def _call(self, target: Target, caller: str | None, exchange: Exchange) -> None:
        if self._engine.overloaded:
            raise refused(503, "the local control plane is overloaded: try again later")
        body = await exchange.body()
        request = outgoing(exchange, target, caller, body)
        if body is None or isinstance(body, bytes):
            await exchange.while_connected(self._forward(target, request, exchange))
        else:
            await self._forward(target, request, exchange)

    async def _forward(self, target: Target, request: Outgoing, exchange: Exchange) -> None:
        supervisor = self._engine.fleet.supervisor(target.owner, target.alias)
        recording = self._engine.fleet.recording(exchange.id, target.alias, target.path)
        connect = exchange.recorded(recording, lambda runner: runner.send(request))

        async with asyncio.timeout(None) as deadline:
            async with supervisor.connected(
                connect, request, deadline=deadline, within=exchange.start_timeout
            ) as response:
                try:
                    await relay(response, exchange.send, exchange.marks)
                finally:
                    response.close()

    async def _websocket(self, target: Target, caller: str | None, exchange: Exchange) -> None:
        await exchange.receive()  # the handshake
        supervisor = self._engine.fleet.supervisor(target.owner, target.alias)
        request = outgoing(exchange, target, caller, None)
        subprotocols = list(exchange.scope.get("subprotocols") or [])
        recording = self._engine.fleet.recording(exchange.id, target.alias, target.path)

        async def connect(runner: Runner) -> ClientConnection:
            return await open_websocket(runner.port, request, subprotocols, supervisor.scaling.request_timeout)

        async with supervisor.connected(exchange.recorded(recording, connect), request) as upstream:
            try:
                await exchange.send(
                    {"type": "websocket.accept", "subprotocol": upstream.subprotocol, "headers": exchange.marks}
                )
                await relay_websocket(upstream, exchange.receive, exchange.send)
            finally:
                await upstream.close()

    def _authorize(self, target: Target, scope: Scope) -> str | None:
        mode = self._engine.auth_mode(target.owner, target.alias)
        if mode is None:
            raise refused(404, f"app {target.owner}/{target.alias} not found")
        caller = self._authenticate(header(scope, b"authorization"))
        token = query_value(scope, TOKEN)
        if caller is None and token is not None and self._opens(token, target.alias):
            caller = target.owner
        if mode == "public":
            return caller
        if caller is None:
            raise refused(
                401, f"app {target.alias!r} is {mode}: send `Authorization: Key <id>:<secret>` of a valid key"
            )
        if mode == "private" and caller != target.owner:
            raise refused(403, f"app {target.alias!r} is private to {target.owner!r}")
        return caller


def _note(level: int, scope: Scope, exchange: Exchange) -> None:
    method = scope.get("method", "WS")
    _log.log(
        level,
        "%s %s %d in %.0f ms",
        method,
        scope["path"],
        exchange.status,
        exchange.milliseconds,
        extra={
            "method": method,
            "path": scope["path"],
            "status": exchange.status,
            "milliseconds": round(exchange.milliseconds, 1),
            "request_id": exchange.id,
        },
    )
