"""One port for all protocols, recognised by the first bytes of a connection: HTTP/1.1 or gRPC, each of them plain or over TLS."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from typing import TYPE_CHECKING, Any, cast

from ..model import limits
from ..model.faults import error_response

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Coroutine
    from pathlib import Path

    MakeProtocol = Callable[[], asyncio.Protocol]

_LOOPBACK = "127.0.0.1"
_BACKLOG = 128
_PREFACE = b"PRI * HTTP/2.0\r\n"
_HANDSHAKE = b"\x16"  # the first byte of TLS
# A server picks its favourite among the protocols that a client offers. A client that also offers HTTP/1.1 is not a gRPC client.
ALPN = ("http/1.1", "h2")
_LINGER = 1.0  # seconds for a client to read that it was turned away
_NO_MORE_FILES = 0.1  # seconds before another connection is taken, when it cannot be

_HEADERS, _BODY = error_response("too many connections are open: close some, or try again later")
# What speaks another protocol cannot read it, and reports that the server is not available, which is what it says.
_TURNED_AWAY = b"\r\n".join(
    (
        b"HTTP/1.1 503 Service Unavailable",
        *(name + b": " + value for name, value in (*_HEADERS, (b"connection", b"close"))),
        b"",
        _BODY,
    )
)


def listening_socket(port: int) -> socket.socket:
    """Return a socket that listens on a port of the loopback interface; connections wait until they are accepted.

    Args:
        port: 0 takes one that is free.

    Raises:
        OSError: The port is taken.
    """
    # With its protocol named, asyncio switches Nagle's algorithm off: else an answer in two pieces waits 40 ms.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((_LOOPBACK, port))
        # Where addresses may be reused, several sockets can be bound to a port, and one of them listens.
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        message = (
            f"port {port} of {_LOOPBACK} cannot be used ({error.strerror}): choose another one, or 0 for a free one"
        )
        raise OSError(error.errno, message) from None
    except OverflowError:
        listener.close()
        raise
    return listener


class PortMultiplexer:
    """Listens on loopback, and gives each connection to the protocol that its first bytes ask for.

    Args:
        grpc: Makes the protocol for connections that begin as HTTP/2.
        http: Makes the protocol for all others.
        tls: Returns the settings for connections over TLS, and may block; without, there are none.
        most: How many connections there may be at the same time.
    """

    def __init__(
        self,
        grpc: MakeProtocol,
        http: MakeProtocol,
        *,
        tls: Callable[[], ssl.SSLContext] | None = None,
        most: int = limits.MOST_CONNECTIONS,
    ) -> None:
        self._grpc = grpc
        self._http = http
        self._tls = tls
        self._most = most
        self._connections: set[socket.socket] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._accepting: asyncio.Task[None] | None = None
        self._listener: socket.socket | None = None

    async def accept_from(self, listener: socket.socket) -> None:
        """Begin to accept connections.

        Args:
            listener: A socket that listens; it is closed in the end.
        """
        listener.setblocking(False)
        self._listener = listener
        self._accepting = asyncio.create_task(self._accept(listener), name="accept connections")

    def stop_listening(self) -> None:
        """Take no more connections."""
        if self._accepting is not None:
            self._accepting.cancel()
        if self._listener is not None:
            self._listener.close()

    def close(self) -> None:
        """Stop listening, and end all connections."""
        self.stop_listening()
        for task in self._tasks:
            task.cancel()
        for connection in self._connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    async def _accept(self, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                connection, _ = await loop.sock_accept(listener)
            except OSError:
                await asyncio.sleep(_NO_MORE_FILES)
                continue
            connection.setblocking(False)
            if len(self._connections) >= self._most:
                self._connections = {each for each in self._connections if each.fileno() != -1}
            if len(self._connections) >= self._most:
                self._spawn(_turn_away(connection))
            else:
                self._connections.add(connection)
                self._spawn(self._admit(connection))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _admit(self, connection: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        try:
            # Nobody can tell what a client wants while it says nothing.
            async with asyncio.timeout(limits.SILENCE):
                await _readable(connection)
                over_tls = connection.recv(1, socket.MSG_PEEK) == _HANDSHAKE
                begin = b"" if over_tls else await _first_bytes(connection)
            if over_tls and self._tls is not None:
                context = await asyncio.to_thread(self._tls)
                await loop.connect_accepted_socket(
                    lambda: _Arrived(self._protocol), connection, ssl=context, ssl_handshake_timeout=limits.SILENCE
                )
            elif begin:
                await loop.connect_accepted_socket(lambda: _Arrived(self._protocol, begin), connection)
            else:
                connection.close()
        except (OSError, TimeoutError):
            connection.close()
        except asyncio.CancelledError:
            connection.close()
            raise

    def _protocol(self, *, speaks_http2: bool) -> asyncio.Protocol:
        return self._grpc() if speaks_http2 else self._http()


async def _first_bytes(connection: socket.socket) -> bytes:
    """Read as many bytes as tell what a client speaks; none are left when it has gone."""
    begin = b""
    while len(begin) < len(_PREFACE) and _PREFACE.startswith(begin):
        more = await asyncio.get_running_loop().sock_recv(connection, len(_PREFACE) - len(begin))
        if not more:
            return b""
        begin += more
    return begin


async def _readable(connection: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    ready: asyncio.Future[None] = loop.create_future()

    def wake() -> None:
        if not ready.done():
            ready.set_result(None)

    loop.add_reader(connection, wake)
    try:
        await ready
    finally:
        loop.remove_reader(connection)


async def _turn_away(connection: socket.socket) -> None:
    with connection, contextlib.suppress(OSError):
        await asyncio.get_running_loop().sock_sendall(connection, _TURNED_AWAY)
        connection.shutdown(socket.SHUT_WR)
        # To close at once would discard what the client has not read yet.
        await asyncio.sleep(_LINGER)


class _Arrived(asyncio.Protocol):
    """A connection that is ready to be served, until it has got the protocol that its client speaks.

    Args:
        protocol: Makes that protocol.
        begin: What was read of it already; over TLS nothing is, and the handshake tells what the client speaks.
    """

    def __init__(self, protocol: Callable[..., asyncio.Protocol], begin: bytes = b"") -> None:
        self._protocol = protocol
        self._begin = begin

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        ssl_object = transport.get_extra_info("ssl_object")
        if ssl_object is None:
            protocol = self._protocol(speaks_http2=self._begin == _PREFACE)
        else:
            protocol = self._protocol(speaks_http2=ssl_object.selected_alpn_protocol() == "h2")
        transport.set_protocol(protocol)
        protocol.connection_made(transport)
        if self._begin:
            protocol.data_received(self._begin)


def relay_to(path: Path) -> MakeProtocol:
    """Return what makes the protocol of connections that a server behind a Unix socket serves."""
    return lambda: _Incoming(str(path))


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
        if self.other.transport.can_write_eof():
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
    """The end at the server."""

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
    """The end at the client, which reads nothing before the server is reached."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self._path = path
        self._begin = b""
        self._connecting: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        cast("asyncio.Transport", transport).pause_reading()
        self._connecting = asyncio.get_running_loop().create_task(self._connect())

    def data_received(self, data: bytes) -> None:
        if self.other is None:
            self._begin += data
        else:
            super().data_received(data)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._connecting is not None:
            self._connecting.cancel()
        super().connection_lost(exc)

    async def _connect(self) -> None:
        assert self.transport is not None
        try:
            _, other = await asyncio.get_running_loop().create_unix_connection(_Outgoing, self._path)
        except OSError:
            self.abort()
            return
        if self.transport.is_closing():
            other.abort()
            return
        other.other = self
        self.other = other
        self.data_received(self._begin)
        self.transport.resume_reading()
