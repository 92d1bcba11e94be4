"""HTTP/1.1 with limits: a head that is too long or takes too long is refused, and so is what is not HTTP."""

from __future__ import annotations

import asyncio
import http
import sys
from collections import deque
from email.utils import formatdate
from typing import Any, cast

import h11
import uvicorn
import websockets
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from ..model import limits
from ..model.faults import error_response

_GRACE = 1.0  # seconds for requests that are under way when the server stops
_LAST_ANSWER = 0.5  # seconds for an answer to a client that has said all
_REST_OF_BODY = 5.0  # seconds for a client to see that it has been answered before it had said all
_AT_A_TURN = 8  # connections that are heard in one turn of the event loop


class Turnstile:
    """Hears so many connections in each turn of the event loop, the others in the next ones, in their order.

    A call needs several turns. If all callers were heard in each of them, the calls that are under way would get slower with each
    caller, and refusals, which callers answer by calling again, would leave no time for anything else.

    Args:
        loop: The event loop.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._heard = 0  # in this turn
        self._waiting: deque[BoundedProtocol] = deque()

    def admits(self, connection: BoundedProtocol) -> bool:
        """Return whether to hear a connection now; else its `hear` is called in a later turn."""
        if not self._heard:
            self._loop.call_soon(self._turn)
        if self._heard < _AT_A_TURN and not self._waiting:
            self._heard += 1
            return True
        self._waiting.append(connection)
        return False

    def _turn(self) -> None:
        self._heard = min(_AT_A_TURN, len(self._waiting))
        if self._heard:
            self._loop.call_soon(self._turn)
        for connection in [self._waiting.popleft() for _ in range(self._heard)]:
            connection.hear()


class BoundedProtocol(H11Protocol):
    """One connection of an HTTP client."""

    def __init__(self, *arguments: Any, turnstile: Turnstile, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._turnstile = turnstile
        self._unheard: list[bytes] = []
        self._head_timer: asyncio.TimerHandle | None = None
        self._ended = False  # the client will say nothing more

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin; a connection that says nothing at all is closed."""
        super().connection_made(cast("asyncio.Transport", _Gathering(transport, self.loop)))
        self._silence = self.loop.call_later(limits.SILENCE, transport.close)

    def data_received(self, data: bytes) -> None:
        """Take bytes; the time of a head runs from its first byte on."""
        self._silence.cancel()
        if self._unheard:
            self._unheard.append(data)
        elif self._turnstile.admits(self):
            self._take(data)
        else:
            self._unheard.append(data)
            self.transport.pause_reading()

    def hear(self) -> None:
        """Take the bytes that had to wait."""
        if self._unheard and not self.transport.is_closing():
            data, self._unheard = b"".join(self._unheard), []
            self._take(data)
            if not self.flow.read_paused:
                self.transport.resume_reading()

    def _take(self, data: bytes) -> None:
        super().data_received(data)
        self._watch_head()

    def eof_received(self) -> bool:  # type: ignore[override]
        """Let a client that has said all still get its answer, if that comes soon: most likely the client has gone."""
        self.hear()
        self._ended = True
        stays = self.cycle is not None and not self.cycle.response_complete
        if stays:
            self.loop.call_later(_LAST_ANSWER, self.transport.close)
        return stays

    def on_response_complete(self) -> None:
        """Go on with the next request."""
        super().on_response_complete()
        self._watch_head()
        if self.conn.their_state is h11.SEND_BODY:
            self.loop.call_later(_REST_OF_BODY, self._end_body_of, self.cycle)
        if self._ended:
            self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._silence.cancel()
        self._stop_watching()
        self._unheard = []
        super().connection_lost(exc)

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        """Hand over to the protocol of websockets; answer for it when it finds no handshake and says nothing."""
        self._silence.cancel()
        super().handle_websocket_upgrade(event)
        fault = getattr(getattr(self.transport.get_protocol(), "conn", None), "handshake_exc", None)
        if fault is not None:
            cause = fault.__cause__ or fault
            too_large = isinstance(cause, websockets.SecurityError)
            self._refuse(431 if too_large else 400, "this is not the handshake of a websocket, or has a line too long")

    def send_400_response(self, msg: str) -> None:
        """Refuse what the parser has just refused, with the status that it has for that."""
        error = sys.exc_info()[1]
        status = error.error_status_hint if isinstance(error, h11.RemoteProtocolError) else 400
        # Not the parser's own words, which repeat the line that is wrong: a key may stand there.
        if status == 431:
            msg = f"the request line and headers hold more than {limits.LARGEST_HEAD} bytes"
        self._refuse(status, msg)

    def _end_body_of(self, cycle: object) -> None:
        """Close the connection if a request that has been answered is still not complete: it may never be."""
        if self.cycle is cycle and self.conn.their_state is h11.SEND_BODY:
            self.transport.close()

    def _watch_head(self) -> None:
        begun = self.conn.their_state is h11.IDLE and self.conn.trailing_data[0]
        if not begun or self.transport.is_closing():
            self._stop_watching()
        elif self._head_timer is None:
            self._head_timer = self.loop.call_later(limits.SLOWEST_HEAD, self._too_slow)

    def _stop_watching(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _too_slow(self) -> None:
        self._head_timer = None
        self._refuse(408, f"the request line and headers did not arrive within {limits.SLOWEST_HEAD:g} s")

    def _refuse(self, status: int, detail: str) -> None:
        self._stop_watching()
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            headers, body = error_response(detail)
            headers.append((b"connection", b"close"))
            reason = http.HTTPStatus(status).phrase.encode()
            events = (
                h11.Response(status_code=status, headers=headers, reason=reason),
                h11.Data(data=body),
                h11.EndOfMessage(),
            )
            self.transport.write(b"".join(self.conn.send(event) or b"" for event in events))
        self.transport.close()


class _Gathering:
    """A transport that sends what is written in one turn of the event loop in one piece: most answers are head and body.

    Args:
        transport: The transport of the connection.
        loop: Its event loop.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._gathered: list[bytes] = []

    def write(self, data: bytes) -> None:
        if not self._gathered:
            self._loop.call_soon(self._flush)
        self._gathered.append(data)

    def close(self) -> None:
        self._flush()
        self._transport.close()

    def write_eof(self) -> None:
        self._flush()
        self._transport.write_eof()

    def _flush(self) -> None:
        if self._gathered:
            data = b"".join(self._gathered)
            self._gathered.clear()
            self._transport.write(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class HttpServer:
    """Serves an ASGI application on connections that somebody else accepts.

    Args:
        app: The application.
    """

    def __init__(self, app: Any) -> None:
        self._config = uvicorn.Config(
            app,
            http=BoundedProtocol,
            h11_max_incomplete_event_size=limits.LARGEST_HEAD,
            ws="websockets-sansio",
            ws_max_size=limits.LARGEST_FRAME_IN,
            lifespan="off",
            log_config=None,
            log_level="critical",
            access_log=False,
            proxy_headers=False,
            server_header=False,
            # Longer than clients keep idle connections, so that it is they who close them.
            timeout_keep_alive=120,
        )
        self._state = ServerState()
        self._clock: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Get ready, in the event loop that will serve."""
        self._config.load()
        self._clock = asyncio.create_task(self._refresh_date())
        self._turnstile = Turnstile(asyncio.get_running_loop())

    def protocol(self) -> asyncio.Protocol:
        """Return the protocol of a new connection."""
        return BoundedProtocol(config=self._config, server_state=self._state, app_state={}, turnstile=self._turnstile)

    async def close(self) -> None:
        """End idle connections at once and busy ones soon, and wait for it."""
        if self._clock is not None:
            self._clock.cancel()
        for connection in list(self._state.connections):
            connection.shutdown()
        if self._state.tasks:
            _, late = await asyncio.wait(self._state.tasks, timeout=_GRACE)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late)

    async def _refresh_date(self) -> None:
        while True:
            self._state.default_headers = [(b"date", formatdate(usegmt=True).encode())]
            await asyncio.sleep(1)
