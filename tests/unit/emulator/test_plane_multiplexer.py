"""One port: gRPC, REST, apps and websockets, told apart by how a connection begins."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import threading
from typing import TYPE_CHECKING

import pytest

from fal._gen import rpc
from fal_emulator.server.multiplexer import PortMultiplexer, listening_socket, relay_to
from tests.support.plane import http_to, wire_to
from tests.support.waiting import LIMIT, at_once

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fal_emulator import Plane
    from tests.support.plane import Wire

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"


def raw(plane: Plane) -> socket.socket:
    return socket.create_connection(("127.0.0.1", plane.port), timeout=LIMIT)


def test_both_wires_at_the_same_time(plane: Plane) -> None:
    def by_grpc() -> int:
        wire = wire_to(plane)
        try:
            return sum(len(wire.call(rpc.LIST_ENVIRONMENTS).environments) for _ in range(20))
        finally:
            wire.close()

    def by_http() -> int:
        with http_to(plane) as http:
            return sum(http.get("/users/current").status_code == 200 for _ in range(20))

    assert at_once(*[by_grpc, by_http] * 6) == [20] * 12


def test_a_request_that_comes_byte_by_byte(plane: Plane) -> None:
    with raw(plane) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n":
            connection.sendall(bytes([byte]))
        assert connection.recv(1000).startswith(b"HTTP/1.1 200")


def test_a_method_that_begins_as_the_preface_does(plane: Plane) -> None:
    with raw(plane) as connection:
        connection.sendall(b"PRIVATE / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        assert connection.recv(1000).startswith(b"HTTP/1.1 405")
    with raw(plane) as connection:
        connection.sendall(PREFACE[:5])
        connection.sendall(PREFACE[5:])
        connection.sendall(b"\0\0\0\4\0\0\0\0\0")  # settings, empty
        assert connection.recv(9)[3] == 4, "the gRPC server answers with its settings"


def test_a_client_that_has_said_all_still_gets_its_answer(plane: Plane) -> None:
    with raw(plane) as connection:
        connection.sendall(b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while chunk := connection.recv(1000):
            answer += chunk
        assert answer.startswith(b"HTTP/1.1 200")


def test_clients_that_vanish_are_forgotten(plane: Plane, wire: Wire) -> None:
    for begin in (b"", b"P", b"GET / HT", PREFACE):
        with raw(plane) as connection:
            connection.sendall(begin)
    assert wire.call(rpc.LIST_ENVIRONMENTS).environments


def test_it_listens_on_loopback_alone(plane: Plane) -> None:
    with raw(plane) as connection:
        assert connection.getpeername()[0] == "127.0.0.1"
    # Of the same network, where a server that listens everywhere would answer; and of this machine, if it has a way out.
    others = ["127.0.0.2"]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender, contextlib.suppress(OSError):
        sender.connect(("192.0.2.1", 9))  # sends nothing: it only chooses the address to send from
        others.append(sender.getsockname()[0])
    for address in others:
        with pytest.raises((ConnectionRefusedError, TimeoutError)):
            socket.create_connection((address, plane.port), timeout=5)


class Echo:
    """A server on a Unix socket that sends back what it gets, slowly when it is told so."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.server = socket.socket(socket.AF_UNIX)
        self.server.bind(str(path))
        self.server.listen()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self.server.accept()
            except OSError:
                return
            threading.Thread(target=self._echo, args=(connection,), daemon=True).start()

    def _echo(self, connection: socket.socket) -> None:
        # The other end may go away at any time; that is the test's business.
        with connection, contextlib.suppress(OSError):
            while data := connection.recv(65536):
                connection.sendall(data)

    def close(self) -> None:
        self.server.close()


@pytest.fixture
def echoing() -> Iterator[int]:
    """A multiplexer before two echo servers, which shows what it does with bytes alone."""
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        grpc, http = Echo(Path(folder) / "grpc"), Echo(Path(folder) / "http")
        listener = listening_socket(0)
        started, ended = threading.Event(), threading.Event()
        loops: list[asyncio.AbstractEventLoop] = []

        async def main() -> None:
            multiplexer = PortMultiplexer(relay_to(grpc.path), relay_to(http.path))
            await multiplexer.accept_from(listener)
            loops.append(asyncio.get_running_loop())
            started.set()
            await asyncio.to_thread(ended.wait)
            multiplexer.close()
            await asyncio.sleep(0.05)  # the loop ends its connections before it ends itself

        thread = threading.Thread(target=lambda: asyncio.run(main()))
        thread.start()
        assert started.wait(LIMIT)
        yield listener.getsockname()[1]
        ended.set()
        thread.join(LIMIT)
        for closing in (grpc, http, listener):
            closing.close()


@pytest.mark.parametrize("begin", [PREFACE, b"POST / HTTP/1.1\r\n"])
def test_many_bytes_pass_unchanged_both_ways(echoing: int, begin: bytes) -> None:
    content = begin + os.urandom(8 * 1024 * 1024)
    with socket.create_connection(("127.0.0.1", echoing), timeout=LIMIT) as connection:

        def send() -> None:
            connection.sendall(content)
            connection.shutdown(socket.SHUT_WR)

        thread = threading.Thread(target=send)
        thread.start()
        got = bytearray()
        while chunk := connection.recv(1 << 20):
            got += chunk
        thread.join(LIMIT)
    assert bytes(got) == content


def test_a_reader_that_is_slow_does_not_fill_the_memory(echoing: int) -> None:
    with socket.create_connection(("127.0.0.1", echoing), timeout=1) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\n")
        sent = 0
        chunk = bytes(1 << 20)
        # Nobody reads the echo: soon nothing more is taken.
        # Which of the sends blocks is up to the system.
        with pytest.raises(TimeoutError):  # noqa: PT012
            while sent < 200 << 20:
                connection.sendall(chunk)
                sent += len(chunk)
    assert sent < 100 << 20


def test_small_answers_are_not_held_back() -> None:
    """With Nagle's algorithm, an answer in two pieces waits for the acknowledgement of the first one."""

    async def main() -> list[int]:
        made: asyncio.Queue[int] = asyncio.Queue()

        class Protocol(asyncio.Protocol):
            def connection_made(self, transport: asyncio.BaseTransport) -> None:
                accepted = transport.get_extra_info("socket")
                made.put_nowait(accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))

        multiplexer = PortMultiplexer(Protocol, Protocol)
        listener = listening_socket(0)
        await multiplexer.accept_from(listener)
        collected = []
        for begin in (PREFACE, b"GET / HTTP/1.1\r\n"):
            _, writer = await asyncio.open_connection(*listener.getsockname())
            writer.write(begin)
            collected.append(await asyncio.wait_for(made.get(), LIMIT))
            writer.close()
        multiplexer.close()
        return collected

    assert all(asyncio.run(main()))


def test_a_port_is_taken_as_soon_as_one_has_it() -> None:
    with listening_socket(0) as first, pytest.raises(OSError, match="Address already in use"):
        listening_socket(first.getsockname()[1])
