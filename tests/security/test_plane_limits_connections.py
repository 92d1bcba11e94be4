"""Limits of connections, of gRPC messages and calls, and of the heads of requests."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import resource
import socket
import threading
import time
import zlib
from pathlib import Path
from typing import Any

import grpc
import pytest

import fal_emulator
from fal._gen import rpc
from fal._gen.proto import controller_pb2 as pb
from fal_emulator import Plane
from fal_emulator.model import limits
from tests.security.raw_http import connect, exchange, read, request
from tests.security.watched_plane import watched
from tests.support.plane import TIMEOUT, Wire, refused, wire_to
from tests.support.waiting import eventually


def message_of(size: int) -> pb.CreateEnvironmentRequest:
    """Return a message of a size, whose name is not possible: who answers that has read it."""
    message = pb.CreateEnvironmentRequest(name="NOT POSSIBLE", description="x" * size)
    message.description = message.description[: size - message.ByteSize()]
    # The length itself takes a byte less where the text became so much shorter.
    message.description += "x" * (size - message.ByteSize())
    assert message.ByteSize() == size
    return message


@pytest.mark.slow
def test_messages_beyond_the_limit_are_refused(plane: Plane, wire: Wire) -> None:
    with refused("INVALID_ARGUMENT", "NOT POSSIBLE"):
        wire.send(rpc.CREATE_ENVIRONMENT, message_of(limits.LARGEST_MESSAGE))
    with refused("RESOURCE_EXHAUSTED", "larger than max"):
        wire.send(rpc.CREATE_ENVIRONMENT, message_of(limits.LARGEST_MESSAGE + 1))


@pytest.mark.slow
def test_messages_that_grow_when_they_are_decompressed(plane: Plane, wire: Wire) -> None:
    ask: Any = wire.channel.unary_unary(rpc.CREATE_ENVIRONMENT.path, request_serializer=bytes)
    small = message_of(10_000).SerializeToString()
    with pytest.raises(grpc.RpcError, match="NOT POSSIBLE"):
        ask(small, metadata=wire.metadata, compression=grpc.Compression.Gzip, timeout=TIMEOUT)
    bomb = message_of(limits.LARGEST_MESSAGE + 1).SerializeToString()
    assert len(zlib.compress(bomb)) < 100_000
    with pytest.raises(grpc.RpcError, match="larger than max"):
        ask(bomb, metadata=wire.metadata, compression=grpc.Compression.Gzip, timeout=TIMEOUT)


def test_metadata_beyond_the_limit_is_refused(plane: Plane, wire: Wire) -> None:
    def told(length: int) -> str | None:
        """Return what an RPC with so much metadata is refused with."""
        try:
            ask(b"", metadata=(*wire.metadata, ("x-pad", "y" * length)))
        except grpc.RpcError as error:
            return f"{error.code()}: {error.details()}"
        return None

    # Without a timeout, which is metadata too, and of changing length.
    ask: Any = wire.channel.unary_unary(rpc.LIST_ENVIRONMENTS.path)
    least, most = 0, limits.LARGEST_METADATA
    while most - least > 1:
        middle = (least + most) // 2
        least, most = (middle, most) if told(middle) is None else (least, middle)
    text = told(most)
    assert text is not None and "RESOURCE_EXHAUSTED" in text
    sizes = [int(number) for number in re.findall(r":(\d+)B", text)]
    assert sum(sizes) == limits.LARGEST_METADATA + 1, text


def test_calls_at_the_same_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_CALLS", 3)
    method = rpc.LIST_ENVIRONMENTS
    with fal_emulator.start(isolation="inline") as plane:
        key_id, _, secret = plane.key.partition(":")
        metadata = (("auth-key", secret), ("auth-key-id", key_id))

        async def main() -> None:
            async with grpc.aio.insecure_channel(f"127.0.0.1:{plane.port}") as channel:
                convert: dict[str, Any] = {
                    "request_serializer": method.request.SerializeToString,
                    "response_deserializer": method.response.FromString,
                }
                hold = channel.stream_stream(method.path, **convert)
                ask = channel.unary_unary(method.path, **convert)

                async def code() -> grpc.StatusCode:
                    call = ask(method.request(), metadata=metadata, timeout=TIMEOUT)
                    return await call.code()

                async def until(wanted: grpc.StatusCode) -> None:
                    async with asyncio.timeout(TIMEOUT):
                        while await code() is not wanted:
                            if held[-1].done():  # it came while the call before it still counted
                                held[-1] = hold(metadata=metadata)
                            await asyncio.sleep(0.01)

                held = [hold(metadata=metadata) for _ in range(2)]
                assert await code() is grpc.StatusCode.OK
                held.append(hold(metadata=metadata))
                await until(grpc.StatusCode.RESOURCE_EXHAUSTED)
                held.pop().cancel()
                await until(grpc.StatusCode.OK)
                for call in held:
                    call.cancel()

        asyncio.run(main())


def test_a_message_that_does_not_come(monkeypatch: pytest.MonkeyPatch) -> None:
    """SLOWEST_MESSAGE: a call that needs a message and gets none ends, and its thread is free."""
    monkeypatch.setattr(limits, "SLOWEST_MESSAGE", 0.1)
    method = rpc.LIST_ENVIRONMENTS
    with fal_emulator.start(isolation="inline") as plane:
        wire = wire_to(plane)
        hold = wire.channel.stream_stream(
            method.path,
            request_serializer=method.request.SerializeToString,
            response_deserializer=method.response.FromString,
        )
        never = threading.Event()
        call = hold(
            (request for request in [method.request()] if never.wait()), metadata=wire.metadata, timeout=TIMEOUT
        )
        assert call.code() is grpc.StatusCode.CANCELLED
        never.set()
        wire.close()


def alive(port: int) -> socket.socket | None:
    """Return a connection that has had an answer and stays, None when its head came too late."""
    connection = connect(port)
    connection.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
    status = read(connection).status
    assert status in (200, 408)
    return connection if status == 200 else None


def test_connections_beyond_the_limit_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_CONNECTIONS", 4)
    with fal_emulator.start(isolation="inline") as plane:
        held = [connection for _ in range(4) if (connection := alive(plane.port))]
        assert len(held) == 4
        with connect(plane.port) as one_more:
            answer = read(one_more)
        assert (answer.status, "too many connections" in answer.detail) == (503, True)
        assert exchange(plane.port, request("GET", "/health")).status == 503, "also to who speaks at once"
        wire = wire_to(plane)
        with refused("UNAVAILABLE"):
            wire.call(rpc.LIST_ENVIRONMENTS)
        held.pop().close()
        eventually(lambda: exchange(plane.port, request("GET", "/health")).status == 200)
        for connection in held:
            connection.close()
        wire.close()


@pytest.mark.parametrize(
    ("soft", "expected"),
    [(64, 16), (256, 32), (1024, 224), (4128, 1000), (100_000, 1000), (resource.RLIM_INFINITY, 1000)],
)
def test_connections_where_few_files_may_be_open(monkeypatch: pytest.MonkeyPatch, soft: int, expected: int) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (soft, soft))
    assert limits.connections() == expected


def test_connections_that_are_over_are_forgotten(tmp_path: Path) -> None:
    """Whoever ends first, and however: no file of the control plane stays open for them."""
    with watched(tmp_path) as plane:
        folder = Path(f"/proc/{plane.process.pid}/fd")
        exchange(plane.port, request("GET", "/health"))
        before = len(os.listdir(folder))
        for sent in (
            b"",
            b"P",
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            request("GET", "/health"),
            b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n",
            b"nonsense\r\n\r\n",
            request("POST", "/local/none", {"Transfer-Encoding": "chunked"}),
        ):
            for ends in ("close", "shutdown"):
                for _ in range(5):
                    with connect(plane.port) as connection:
                        connection.sendall(sent)
                        if ends == "shutdown":
                            connection.shutdown(socket.SHUT_WR)
                            while connection.recv(65536):
                                pass
        eventually(lambda: len(os.listdir(folder)) <= before)


def test_silent_connections_are_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SILENCE", 0.2)
    with fal_emulator.start(isolation="inline") as plane:
        for begin in (b"", b"PRI * HTTP"):
            with connect(plane.port) as connection:
                connection.sendall(begin)
                with contextlib.suppress(ConnectionError):
                    assert connection.recv(1) == b""


def test_a_client_that_does_not_close_keeps_no_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SILENCE", 0.2)
    monkeypatch.setattr(limits, "MOST_CONNECTIONS", 1)
    with fal_emulator.start(isolation="inline") as plane, connect(plane.port) as connection:
        connection.sendall(request("GET", "/health"))
        assert read(connection).status == 200
        eventually(lambda: exchange(plane.port, request("GET", "/health")).status == 200)


def test_heads_that_take_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SLOWEST_HEAD", 0.5)
    with fal_emulator.start(isolation="inline") as plane:
        for first in (False, True):
            connection = connect(plane.port) if first else eventually(lambda: alive(plane.port))
            with connection:
                connection.settimeout(0.02)
                begun, said = time.monotonic(), b""
                connection.sendall(b"GET /health HTTP/1.1\r\n")
                # A byte now and then does not make the time begin anew.
                while not said and time.monotonic() - begun < TIMEOUT:
                    with contextlib.suppress(TimeoutError):
                        connection.sendall(b"X")
                        said = connection.recv(65536)
                assert said.startswith(b"HTTP/1.1 408"), said
                assert b"did not arrive within 0.5 s" in said

        head = f"POST /files/missing_hashes HTTP/1.1\r\nHost: localhost\r\nAuthorization: Key {plane.key}\r\n"

        def slow_body() -> int:
            with connect(plane.port) as slow, contextlib.suppress(OSError):
                slow.sendall(f"{head}Content-Length: 14\r\n\r\n".encode())
                time.sleep(0.7)  # longer than a head may take: a body may
                slow.sendall(b'{"hashes": []}')
                return read(slow).status
            return 0

        eventually(lambda: slow_body() == 200)  # on a busy machine the head itself may take too long


def padded(size: int, begin: str) -> bytes:
    """Return a request whose head has a size."""
    return f"{begin}{'y' * (size - len(begin) - 4)}\r\n\r\n".encode()


@pytest.mark.parametrize("pieces", [1, 50])
@pytest.mark.parametrize("where", ["header", "address", "websocket"])
def test_heads_beyond_the_limit_are_refused(plane: Plane, where: str, pieces: int) -> None:
    begins = {
        "header": "GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX-Pad: ",
        "websocket": "GET /local/none HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nX: y\r\nX-Pad: ",
    }
    for size, expected in ((limits.LARGEST_HEAD, {200, 404}), (limits.LARGEST_HEAD + 1, {431})):
        sent = padded(size, begins.get(where, ""))
        if where == "address":
            sent = request("GET", "/health?")
            sent = request("GET", "/health?" + "y" * (size - len(sent)))
        assert len(sent) == size
        with connect(plane.port) as connection:
            for index in range(pieces):
                with contextlib.suppress(OSError):
                    connection.sendall(sent[index * size // pieces : (index + 1) * size // pieces])
            answer = read(connection)
        # The parser of websockets takes less than this in one line, and says so.
        assert answer.status in ({431} if where == "websocket" else expected), answer.whole[:200]
        if answer.status == 431 and where != "websocket":
            assert str(limits.LARGEST_HEAD) in answer.detail
