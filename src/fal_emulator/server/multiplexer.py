"""One port for both wires: connections that begin as HTTP/2 go to the gRPC server, all others to the HTTP server."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, cast

from ..model import limits
from ..model.faults import error_response

if TYPE_CHECKING:
    import socket
    from pathlib import Path

_PREFACE = b"PRI * HTTP/2.0\r\n"
_LINGER = 1.0  # seconds for a client to read that it was turned away
_HEADERS, _BODY = error_response("too many connections are open: close some, or try again later")
# What speaks HTTP/2 cannot read it, and reports that the server is not available, which is what it says.
_TURNED_AWAY = b"\r\n".join(
    (
        b"HTTP/1.1 503 Service Unavailable",
        *(name + b": " + value for name, value in (*_HEADERS, (b"connection", b"close"))),
        b"",
        _BODY,
    )
)


class PortMultiplexer:
    """Listens on loopback, and passes each connection on to one of two Unix sockets.

    Args:
        grpc: The socket of the gRPC server.
        http: The socket of the HTTP server.
        most: How many connections there may be at the same time.
    """

    def __init__(self, grpc: Path, http: Path, most: int = limits.MOST_CONNECTIONS) -> None:
        self._grpc = str(grpc)
        self._http = str(http)
        self._most = most
        self._server: asyncio.Server | None = None
        self._connections: set[_Incoming] = set()

    async def listen(self, listener: socket.socket) -> None:
        """Begin to listen.

        Args:
            listener: A socket that is bound to an address of the loopback interface.
        """
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: _Incoming(self._connections, self._most, self._grpc, self._http), sock=listener
        )

    def stop_listening(self) -> None:
        """Take no more connections."""
        if self._server is not None:
            self._server.close()

    def close(self) -> None:
        """Stop listening, and end all connections."""
        self.stop_listening()
        for connection in list(self._connections):
            connection.abort()


class _End(asyncio.Protocol):
    """One end of a connection; what it receives goes to the other end, no faster than that takes it."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self.other: _End | None = None
        self.ended = False  # it will say nothing more

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        if self.other is not None and self.other.transport is not None:
            self.other.transport.write(data)

    def eof_received(self) -> bool:
        self.ended = True
        if self.other is None or self.other.transport is None:
            return False
        with contextlib.suppress(OSError):
            self.other.transport.write_eof()
        if self.other.ended:
            # Both have said all: an end that stayed open would never be heard of again.
            self.other.transport.close()
            return False
        return True

    def pause_writing(self) -> None:
        if self.other is not None and self.other.transport is not None:
            self.other.transport.pause_reading()

    def resume_writing(self) -> None:
        if self.other is not None and self.other.transport is not None:
            self.other.transport.resume_reading()

    def connection_lost(self, exc: Exception | None) -> None:
        if self.other is not None and self.other.transport is not None:
            if exc is None:
                self.other.transport.close()
            else:
                # What was not delivered yet is of no use to a peer whose partner broke off.
                self.other.transport.abort()

    def abort(self) -> None:
        for end in (self, self.other):
            if end is not None and end.transport is not None:
                end.transport.abort()


class _Outgoing(_End):
    """The end at one of the servers."""

    def __init__(self) -> None:
        super().__init__()
        self._timer: asyncio.TimerHandle | None = None

    def eof_received(self) -> bool:
        stays = super().eof_received()
        if stays:
            # The server has closed the connection; a client that does not do the same must not keep its place.
            self._timer = asyncio.get_running_loop().call_later(limits.SILENCE, self.abort)
        return stays

    def connection_lost(self, exc: Exception | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        super().connection_lost(exc)


class _Incoming(_End):
    """A client's end: finds out which server the client wants, then connects it."""

    def __init__(self, connections: set[_Incoming], most: int, grpc: str, http: str) -> None:
        super().__init__()
        self._most = most
        self._turned_away = False
        self._connections = connections
        self._sockets = (grpc, http)
        self._begin = b""
        self._connecting: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        if len(self._connections) >= self._most:
            self._turn_away()
            return
        self._connections.add(self)
        # Nobody can tell what it wants while it says nothing.
        self._timer = asyncio.get_running_loop().call_later(limits.SILENCE, self.abort)

    def data_received(self, data: bytes) -> None:
        if self._turned_away:
            return
        if self.other is not None:
            super().data_received(data)
            return
        self._begin += data
        if self._connecting is None and (len(self._begin) >= len(_PREFACE) or not _PREFACE.startswith(self._begin)):
            self._connecting = asyncio.get_running_loop().create_task(self._connect())

    def eof_received(self) -> bool:
        if self.other is not None:
            return super().eof_received()
        self.ended = True
        return self._connecting is not None

    def connection_lost(self, exc: Exception | None) -> None:
        self._connections.discard(self)
        if self._timer is not None:
            self._timer.cancel()
        if self._connecting is not None:
            self._connecting.cancel()
        super().connection_lost(exc)

    def _turn_away(self) -> None:
        assert self.transport is not None
        self._turned_away = True
        self.transport.write(_TURNED_AWAY)
        self.transport.write_eof()
        # To close at once would discard what the client has not read yet.
        self._timer = asyncio.get_running_loop().call_later(_LINGER, self.abort)

    async def _connect(self) -> None:
        assert self.transport is not None
        if self._timer is not None:
            self._timer.cancel()
        # What has come so far waits in `_begin`; the rest waits in the kernel.
        self.transport.pause_reading()
        socket = self._sockets[0 if self._begin.startswith(_PREFACE) else 1]
        try:
            _, other = await asyncio.get_running_loop().create_unix_connection(_Outgoing, socket)
        except OSError:
            self.abort()
            return
        if self.transport.is_closing():
            other.abort()
            return
        other.other = self
        self.other = other
        super().data_received(self._begin)
        self._begin = b""
        if self.ended:
            super().eof_received()
        else:
            self.transport.resume_reading()
