"""HTTP/1.1 with limits: a head that is too long or takes too long is refused, and so is what is no HTTP."""

from __future__ import annotations

import asyncio
import http
import sys
from typing import Any

import h11
import websockets
from uvicorn.protocols.http.h11_impl import H11Protocol

from ..model import limits
from ..model.faults import error_response


class BoundedProtocol(H11Protocol):
    """One connection of an HTTP client."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._head_timer: asyncio.TimerHandle | None = None

    def data_received(self, data: bytes) -> None:
        """Take bytes; the time of a head runs from its first byte on."""
        super().data_received(data)
        self._watch_head()

    def on_response_complete(self) -> None:
        """Go on with the next request."""
        super().on_response_complete()
        self._watch_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._stop_watching()
        super().connection_lost(exc)

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        """Hand over to the protocol of websockets; answer for it when it finds no handshake and says nothing."""
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
        self._refuse(408, f"the request line and headers did not come within {limits.SLOWEST_HEAD:g} s")

    def _refuse(self, status: int, detail: str) -> None:
        self._stop_watching()
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            headers, body = error_response(detail)
            headers.append((b"connection", b"close"))
            reason = http.HTTPStatus(status).phrase.encode()
            for event in (
                h11.Response(status_code=status, headers=headers, reason=reason),
                h11.Data(data=body),
                h11.EndOfMessage(),
            ):
                self.transport.write(self.conn.send(event) or b"")
        self.transport.close()
