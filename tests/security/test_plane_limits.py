"""Every limit of the control plane: what is just within it is taken, one step more is refused, and says why.

MOST_LOG_LINES, MOST_LOG_BYTES and MOST_UNWRITTEN_BYTES are tested where the log is.
"""

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
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import grpc
import httpx
import pytest
import websockets
from websockets.sync.client import connect as open_websocket

import fal_emulator
from fal._gen import rpc
from fal._gen.proto import controller_pb2 as pb
from fal_emulator import Plane
from fal_emulator.model import limits
from tests.security.raw_http import connect, exchange, read, request
from tests.security.watched_plane import watched
from tests.support.plane import TIMEOUT, Wire, http_to, refused, registration, source, wire_to
from tests.support.waiting import eventually
from tests.unit.emulator.test_plane_rest import file_hash, initiate, put_part, upload

Evidence = Callable[..., None]
NAMES = [name for name in vars(limits) if name.isupper() and not name.startswith("_")]
# What the small control plane takes, where the real limit would cost a test too much.
SMALL: dict[str, Any] = {
    "MOST_HASHES": 3,
    "LARGEST_FILE": 100,
    "LARGEST_PART": 1000,
    "MOST_UPLOADS": 4,
    "MOST_FILES": 3,
    "LARGEST_OBJECT": 100,
    "LARGEST_CALL": 1000,
    "LARGEST_FRAME_IN": 2000,
    "LARGEST_FRAME_OUT": 3000,
    "MOST_WAITING": 1,
    "LARGEST_QUEUED": 100,
    "MOST_QUEUED": 3,
    "MOST_QUEUED_BYTES": 250,
    "LARGEST_RESULT": 1000,
    "MOST_RESULTS": 3,
    "MOST_RESULT_BYTES": 2500,
}
# Does as it is told: `out?n` answers with n bytes, `wait` when the file `go` of its folder is there.
APP = """
import os, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def log_message(self, *arguments): pass
    def body(self):
        if self.headers.get("transfer-encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("content-length") or 0))
        whole = b""
        while size := int(self.rfile.readline(), 16):
            whole += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return whole
    def do_POST(self):
        size = len(self.body())
        path, _, query = self.path.partition("?")
        while path == "/wait" and not os.path.exists(query):
            time.sleep(0.01)
        text = bytes(int(query)) if path == "/out" else str(size).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

def serve(exposed_port):
    ThreadingHTTPServer(("127.0.0.1", exposed_port), Handler).serve_forever()
"""
ECHO = """
from websockets.sync.server import serve as listen

def answer(connection):
    for message in connection:
        connection.send(bytes(int(message)) if isinstance(message, str) else str(len(message)))

def serve(exposed_port):
    with listen(answer, "127.0.0.1", exposed_port, max_size=None) as server:
        server.serve_forever()
"""


@pytest.fixture(scope="module")
def plane() -> Iterator[Plane]:
    """A control plane with its own limits."""
    with fal_emulator.start(isolation="inline") as started:
        yield started


@pytest.fixture(scope="module")
def wire(plane: Plane) -> Iterator[Wire]:
    client = wire_to(plane)
    yield client
    client.close()


@pytest.fixture
def http(plane: Plane) -> Iterator[httpx.Client]:
    with http_to(plane) as client:
        yield client


@pytest.fixture(scope="module")
def small() -> Iterator[Plane]:
    """A control plane with small limits, and two apps."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in SMALL.items():
            patch.setattr(limits, name, value)
        with fal_emulator.start(isolation="inline") as started:
            client = wire_to(started)
            client.deploy("app", function=source(APP, "serve"), machine={"max_multiplexing": 8, "max_concurrency": 1})
            client.deploy("single", function=source(APP, "serve"), machine={"max_concurrency": 1})
            client.deploy("echo", function=source(ECHO, "serve"))
            client.close()
            yield started


@pytest.fixture
def little(small: Plane) -> Iterator[httpx.Client]:
    with http_to(small) as client:
        yield client


def chunked(content: bytes) -> Iterator[bytes]:
    """Return a body whose length nobody tells beforehand."""
    yield content[:7]
    yield content[7:]


# the list


def test_the_documentation_lists_every_limit(evidence: Evidence) -> None:
    code = Path(limits.__file__).read_text()
    page = (Path(__file__).parents[2] / "docs" / "emulator.md").read_text()
    for name in NAMES:
        found = re.search(rf"^{name} = (?P<value>[^#\n]+)  # (?P<what>.+)$", code, re.MULTILINE)
        assert found, f"{name} says what it is and in which unit"
        what, _, then = found["what"].partition(": ")
        row = f"| `{name}` | {shown(getattr(REAL, name), what)} | {what} | {then} |"
        assert row in page, row
    evidence("limits of the control plane", limits=len(NAMES))


class REAL:
    """The limits as they were before anything was patched."""


for _name in NAMES:
    setattr(REAL, _name, getattr(limits, _name))


def shown(value: float, what: str) -> str:
    """Return a limit as the documentation writes it."""
    for unit, size in (("GiB", 1024**3), ("MiB", 1024**2), ("KiB", 1024)):
        if what.startswith("bytes") and value >= size and value % size == 0:
            return f"{value // size} {unit}"
    return f"{value:,g}"


def test_every_limit_is_tested_here_or_says_where() -> None:
    text = Path(__file__).read_text()
    for name in NAMES:
        assert len(re.findall(rf"\b{name}\b", text)) >= (2 if name in SMALL else 1), name


# gRPC


def message_of(size: int) -> pb.CreateEnvironmentRequest:
    """Return a message of a size, whose name is not possible: who answers that has read it."""
    message = pb.CreateEnvironmentRequest(name="NOT POSSIBLE", description="x" * size)
    message.description = message.description[: size - message.ByteSize()]
    # The length itself takes a byte less where the text became so much shorter.
    message.description += "x" * (size - message.ByteSize())
    assert message.ByteSize() == size
    return message


@pytest.mark.slow
def test_messages(plane: Plane, wire: Wire) -> None:
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


def test_metadata(plane: Plane, wire: Wire) -> None:
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


# connections


def alive(port: int) -> socket.socket:
    """Return a connection that has had an answer and stays."""
    connection = connect(port)
    connection.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert read(connection).status == 200
    return connection


def test_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_CONNECTIONS", 4)
    with fal_emulator.start(isolation="inline") as plane:
        held = [alive(plane.port) for _ in range(4)]
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


def test_silence(monkeypatch: pytest.MonkeyPatch) -> None:
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
            connection = connect(plane.port) if first else alive(plane.port)
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
        key = plane.key
        with connect(plane.port) as slow:
            body = b'{"hashes": []}'
            head = f"POST /files/missing_hashes HTTP/1.1\r\nHost: localhost\r\nAuthorization: Key {key}\r\n"
            slow.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode())
            time.sleep(0.7)  # longer than a head may take: a body may
            slow.sendall(body)
            assert read(slow).status == 200


# heads


def padded(size: int, begin: str) -> bytes:
    """Return a request whose head has a size."""
    return f"{begin}{'y' * (size - len(begin) - 4)}\r\n\r\n".encode()


@pytest.mark.parametrize("pieces", [1, 50])
@pytest.mark.parametrize("where", ["header", "address", "websocket"])
def test_heads(plane: Plane, where: str, pieces: int) -> None:
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


# bodies


def json_of(size: int) -> bytes:
    begin = b'{"hashes": [], "x": "'
    return begin + b"y" * (size - len(begin) - 2) + b'"}'


def test_json(http: httpx.Client) -> None:
    for size, expected in ((limits.LARGEST_JSON, 200), (limits.LARGEST_JSON + 1, 413)):
        content = json_of(size)
        assert http.post("/files/missing_hashes", content=content).status_code == expected
        answer = http.post("/files/missing_hashes", content=chunked(content))
        assert answer.status_code == expected
        if expected == 413:
            assert answer.json() == {"detail": f"the request holds more than {limits.LARGEST_JSON} bytes"}


def test_json_that_nests(http: httpx.Client) -> None:
    def answer(depth: int, begin: str, end: str) -> httpx.Response:
        inner = begin * (depth - 1) + "1" + end * (depth - 1)
        return http.post("/files/missing_hashes", content=f'{{"hashes": [], "x": {inner}}}')

    for begin, end in (("[", "]"), ('{"a":', "}")):
        assert answer(limits.DEEPEST_JSON, begin, end).status_code == 200
        for depth in (limits.DEEPEST_JSON + 1, 100_000):
            refused_ = answer(depth, begin, end)
            assert refused_.status_code == 422
            assert f"more than {limits.DEEPEST_JSON} deep" in refused_.json()["detail"][0]["msg"]
    body = {"file_name": "x", "content_type": "text/plain"}
    lifecycle = {"x-fal-object-lifecycle": "[" * 50_000}
    assert http.post("/storage/upload/initiate", json=body, headers=lifecycle).status_code == 422


def test_metadata_and_settings_that_nest(wire: Wire) -> None:
    def field(number: int, content: bytes) -> bytes:
        size, length = len(content), b""
        while size > 127:
            length, size = length + bytes([size & 127 | 128]), size >> 7
        return bytes([number << 3 | 2]) + length + bytes([size]) + content

    nested = b""
    for _ in range(500):  # {"a": {"a": ...}}, which no client of ours would write
        nested = field(1, field(1, b"a") + field(2, field(5, nested)))
    number = pb.RegisterApplicationRequest.DESCRIPTOR.fields_by_name["metadata"].number
    ask: Any = wire.channel.unary_stream(rpc.REGISTER_APPLICATION.path)
    with pytest.raises(grpc.RpcError, match="deserializing"):
        list(ask(field(number, nested), metadata=wire.metadata, timeout=TIMEOUT))
    with refused("INVALID_ARGUMENT", "retry_config"):
        list(wire.stream(rpc.REGISTER_APPLICATION, registration(retry_config="[" * 100_000)))
    assert wire.call(rpc.LIST_ENVIRONMENTS).environments


def test_hashes(little: httpx.Client) -> None:
    for count, expected in ((limits.MOST_HASHES, 200), (limits.MOST_HASHES + 1, 422)):
        hashes = [f"{number:064x}" for number in range(count)]
        assert little.post("/files/missing_hashes", json={"hashes": hashes}).status_code == expected


# app files


def test_parts(small: Plane, little: httpx.Client) -> None:
    digest = file_hash(b"x")
    upload_id = initiate(little, b"x").json()["upload_id"]
    head = b'--b\r\nContent-Disposition: form-data; name="file_upload"; filename="x"\r\n\r\n'
    path = f"/files/app/multipart/{digest}/{upload_id}/1"
    kind = {"content-type": "multipart/form-data; boundary=b"}
    field = b'--b\r\nContent-Disposition: form-data; name="note"\r\n\r\n'
    for size, expected in ((limits.LARGEST_PART, 200), (limits.LARGEST_PART + 1, 413)):
        end = b"\r\n--b--\r\n"
        body = head + b"x\r\n" + field
        body += b"y" * (size - len(body) - len(end)) + end
        assert len(body) == size
        assert little.put(path, content=body, headers=kind).status_code == expected
        assert little.put(path, content=chunked(body), headers=kind).status_code == expected
    many = field.join([b"y\r\n"] * 10)
    body = head + b"x\r\n" + field + many + b"--b--\r\n"
    assert little.put(path, content=body[: limits.LARGEST_PART], headers=kind).status_code == 422, "too many fields"
    little.post(f"/files/app/multipart/{digest}/{upload_id}/cancel")


def test_part_numbers(http: httpx.Client) -> None:
    digest = file_hash(b"x")
    upload_id = initiate(http, b"x").json()["upload_id"]
    for number, expected in ((1, 200), (limits.MOST_PARTS, 200), (limits.MOST_PARTS + 1, 422), (0, 422)):
        assert put_part(http, digest, upload_id, number, b"x").status_code == expected
    for text in ("01", "+1", "1e1", "\u0661", "1" * 5000, "-1", "1.0", " 1"):
        path = f"/files/app/multipart/{digest}/{upload_id}/{text}"
        assert http.put(path, files={"file_upload": ("x", b"x")}).status_code == 422, text


def test_files(small: Plane, little: httpx.Client) -> None:
    fits, exceeds = b"x" * limits.LARGEST_FILE, b"x" * (limits.LARGEST_FILE + 1)
    assert upload(little, fits, part_size=60).status_code == 200
    assert initiate(little, exceeds).status_code == 413
    content = b"y" * limits.LARGEST_FILE
    digest = file_hash(content)
    upload_id = initiate(little, content).json()["upload_id"]
    assert put_part(little, digest, upload_id, 1, content[:60]).status_code == 200
    assert put_part(little, digest, upload_id, 2, content[60:]).status_code == 200
    assert put_part(little, digest, upload_id, 2, content[59:]).status_code == 413, "the parts together"
    assert put_part(little, digest, upload_id, 3, b"z").status_code == 413
    assert put_part(little, digest, upload_id, 2, content[60:]).status_code == 200, "the same part may come again"
    stored = small.state / "uploads" / upload_id
    assert sum(path.stat().st_size for path in stored.iterdir() if path.name.isdecimal()) == limits.LARGEST_FILE
    assert {path.name for path in stored.iterdir()} == {"target", "1", "2"}
    little.post(f"/files/app/multipart/{digest}/{upload_id}/cancel")


def test_uploads(small: Plane, little: httpx.Client) -> None:
    begun = [initiate(little, bytes([number])) for number in range(limits.MOST_UPLOADS)]
    assert {answer.status_code for answer in begun} == {200}
    answer = initiate(little, b"one more")
    assert (answer.status_code, "complete or cancel" in answer.json()["detail"]) == (429, True)
    old = small.state / "uploads" / begun[0].json()["upload_id"]
    os.utime(old, (0, 0))
    assert initiate(little, b"one more").status_code == 200, "those of days ago make room"
    assert not old.exists()
    for number, found in enumerate(begun[1:], 1):
        little.post(f"/files/app/multipart/{file_hash(bytes([number]))}/{found.json()['upload_id']}/cancel")


def test_files_of_an_app(small: Plane, little: httpx.Client) -> None:
    upload(little, b"f")
    wire = wire_to(small)

    def files(count: int) -> list[dict[str, str]]:
        return [{"hash": file_hash(b"f"), "relative_path": f"f{number}"} for number in range(count)]

    wire.deploy("files", files=files(limits.MOST_FILES))
    with refused("INVALID_ARGUMENT", f"files: {limits.MOST_FILES + 1} were given"):
        wire.deploy("files", files=files(limits.MOST_FILES + 1))
    with refused("INVALID_ARGUMENT", "'f0' is a file and also a folder of 'f0/x'"):
        wire.deploy("files", files=[*files(1), {"hash": file_hash(b"f"), "relative_path": "f0/x"}])
    wire.call(rpc.DELETE_ALIAS, alias="files")
    wire.close()


def test_paths_of_app_files(wire: Wire) -> None:
    def refusal(path: str) -> str:
        with pytest.raises(grpc.RpcError) as caught:
            wire.deploy("paths", files=[{"hash": "0" * 64, "relative_path": path}])
        assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
        return str(caught.value.details())

    name = "\u00e9" * (limits.LONGEST_FILE_NAME // 2)
    assert "was not uploaded" in refusal("x" * limits.LONGEST_FILE_NAME)
    assert "is too long" in refusal("x" * (limits.LONGEST_FILE_NAME + 1))
    assert "was not uploaded" in refusal(name)
    assert "is too long" in refusal(name + "\u00e9"), "bytes count, not characters"
    deep = "/".join(["d" * 127] * (limits.LONGEST_PATH // 128)) + "/"
    assert "was not uploaded" in refusal(deep[: limits.LONGEST_PATH - 1] + "x")
    assert "is too long" in refusal(deep[: limits.LONGEST_PATH] + "x")


# stored objects


def test_objects(small: Plane, little: httpx.Client) -> None:
    body = {"file_name": "x", "content_type": "text/plain"}
    found = little.post("/storage/upload/initiate", json=body).json()
    for size, expected in ((limits.LARGEST_OBJECT, 200), (limits.LARGEST_OBJECT + 1, 413)):
        content = b"o" * size
        assert httpx.put(found["upload_url"], content=content, trust_env=False).status_code == expected
        assert httpx.put(found["upload_url"], content=chunked(content), trust_env=False).status_code == expected
    assert httpx.get(found["file_url"], trust_env=False).content == b"o" * limits.LARGEST_OBJECT
    (folder,) = (path for path in (small.state / "objects").iterdir() if path.name in found["file_url"])
    assert {path.name for path in folder.iterdir()} == {"content", "description"}, "nothing is left of what was refused"


# calls


def test_bodies_of_calls(little: httpx.Client) -> None:
    for size, expected in ((limits.LARGEST_CALL, 200), (limits.LARGEST_CALL + 1, 413)):
        content = b"c" * size
        for body in (content, chunked(content)):
            answer = little.post("/local/app/", content=body)
            assert answer.status_code == expected
            assert answer.text == str(size) if expected == 200 else str(limits.LARGEST_CALL) in answer.json()["detail"]
    assert little.post("/local/app/", content=b"1").text == "1", "the app goes on"


def test_calls_that_wait(small: Plane, little: httpx.Client, tmp_path: Path) -> None:
    """MOST_WAITING: one is with the runner, one waits, and the third is told to come again."""
    go = tmp_path / "go"
    calls = []
    for _ in range(2):
        connection = connect(small.port)
        connection.sendall(request("POST", f"/local/single/wait?{go}", {"Authorization": f"Key {small.key}"}, b"x"))
        calls.append(connection)

    def third() -> bool:
        with connect(small.port) as connection:
            connection.sendall(request("POST", "/local/single/", {"Authorization": f"Key {small.key}"}, b"x"))
            connection.settimeout(0.2)
            try:
                answer = read(connection)
            except TimeoutError:
                return False  # the others were not there yet
        assert answer.status == 503
        assert f"{limits.MOST_WAITING} requests already wait" in answer.detail
        return True

    try:
        eventually(third)
    finally:
        go.touch()
    assert [read(connection).status for connection in calls] == [200, 200]
    for connection in calls:
        connection.close()


@pytest.mark.parametrize("extension", ["deflate", None])
def test_websocket_messages(small: Plane, extension: str | None) -> None:
    def session() -> Any:
        address = f"ws://127.0.0.1:{small.port}/local/echo/"
        return open_websocket(address, max_size=None, proxy=None, compression=extension)

    with session() as socket_:
        socket_.send(bytes(limits.LARGEST_FRAME_IN))
        assert socket_.recv(TIMEOUT) == str(limits.LARGEST_FRAME_IN)
        if extension is None:  # where each part is compressed, its size as it came counts too
            socket_.send([bytes(limits.LARGEST_FRAME_IN - 1), b"x"])
            assert socket_.recv(TIMEOUT) == str(limits.LARGEST_FRAME_IN)
        socket_.send(str(limits.LARGEST_FRAME_OUT))
        assert len(socket_.recv(TIMEOUT)) == limits.LARGEST_FRAME_OUT
    for sent in (
        bytes(limits.LARGEST_FRAME_IN + 1),
        [bytes(limits.LARGEST_FRAME_IN), b"x"],
        str(limits.LARGEST_FRAME_OUT + 1),
    ):
        with session() as socket_:
            with contextlib.suppress(websockets.ConnectionClosed):
                socket_.send(sent)
            with pytest.raises(websockets.ConnectionClosed):
                socket_.recv(TIMEOUT)
            assert socket_.close_code == 1009, sent


# queued calls


def queued(client: httpx.Client, path: str, content: Any = b"") -> httpx.Response:
    return client.post(f"/queue/local/{path}", content=content)


def completed(client: httpx.Client, answer: httpx.Response) -> httpx.Response:
    """Wait until a queued request is completed, and return its result."""
    address = answer.json()["response_url"]
    eventually(lambda: client.get(f"{address}/status").json()["status"] == "COMPLETED")
    return client.get(address)


def test_bodies_of_queued_calls(little: httpx.Client) -> None:
    for size, expected in ((limits.LARGEST_QUEUED, 200), (limits.LARGEST_QUEUED + 1, 413)):
        content = b"q" * size
        for body in (content, chunked(content)):
            answer = queued(little, "app", body)
            assert answer.status_code == expected
            if expected == 200:
                assert completed(little, answer).text == str(size)


def test_answers_of_queued_calls(little: httpx.Client) -> None:
    fits = completed(little, queued(little, f"app/out?{limits.LARGEST_RESULT}"))
    assert (fits.status_code, len(fits.content)) == (200, limits.LARGEST_RESULT)
    exceeds = completed(little, queued(little, f"app/out?{limits.LARGEST_RESULT + 1}"))
    assert exceeds.status_code == 502
    assert (
        exceeds.json()["detail"]
        == f"the app's answer holds more than {limits.LARGEST_RESULT} bytes, the most that is kept"
    )


def test_answers_that_are_kept(little: httpx.Client) -> None:
    def kept(answers: list[httpx.Response]) -> list[int]:
        return [little.get(answer.json()["response_url"]).status_code for answer in answers]

    answers = []
    for _ in range(limits.MOST_RESULTS + 1):
        answers.append(queued(little, "app"))
        completed(little, answers[-1])
    assert kept(answers) == [404] + [200] * limits.MOST_RESULTS, "the oldest goes first"
    answers = []
    for _ in range(3):
        answers.append(queued(little, "app/out?900"))
        completed(little, answers[-1])
    assert 2 * 900 <= limits.MOST_RESULT_BYTES < 3 * 900
    assert kept(answers) == [404, 200, 200]


def test_calls_that_are_queued(small: Plane, little: httpx.Client, tmp_path: Path) -> None:
    """MOST_QUEUED requests may wait, and together they may hold MOST_QUEUED_BYTES."""
    go = tmp_path / "go"
    busy = queued(little, f"single/wait?{go}", b"")
    eventually(lambda: little.get(busy.json()["status_url"]).json()["status"] == "IN_PROGRESS")
    waiting = [queued(little, "single") for _ in range(limits.MOST_QUEUED)]
    assert {answer.status_code for answer in waiting} == {200}
    assert queued(little, "single").status_code == 429
    for answer in waiting:
        assert little.put(answer.json()["cancel_url"]).status_code == 200
    waiting = [queued(little, "single", b"x" * 100), queued(little, "single", b"x" * 50)]
    full = queued(little, "single", b"x" * (limits.MOST_QUEUED_BYTES - 150))
    assert full.status_code == 200
    for body in (b"x", chunked(b"x" * 8)):
        refusal = queued(little, "single", body)
        assert (refusal.status_code, str(limits.MOST_QUEUED_BYTES) in refusal.json()["detail"]) == (429, True)
    little.put(full.json()["cancel_url"])
    assert queued(little, "single", b"x").status_code == 200, "what was cancelled holds nothing"
    little.delete("/applications/local/single/queue")
    go.touch()
    completed(little, busy)


# values


def test_names_and_texts(wire: Wire) -> None:
    for name in ("x" * limits.LONGEST_NAME, "x" * (limits.LONGEST_NAME + 1)):
        code = "NOT_FOUND" if len(name) <= limits.LONGEST_NAME else "INVALID_ARGUMENT"
        with refused(code):
            wire.call(rpc.DELETE_ALIAS, alias=name)
        with refused(code):
            wire.call(rpc.SET_SECRET, name=name)
        with refused(code):
            wire.call(rpc.LIST_SECRETS, environment_name=name)
    wire.call(rpc.SET_SECRET, name="LONG", value="x" * limits.LONGEST_SECRET)
    with refused("INVALID_ARGUMENT", str(limits.LONGEST_SECRET)):
        wire.call(rpc.SET_SECRET, name="LONG", value="x" * (limits.LONGEST_SECRET + 1))
    wire.call(rpc.SET_SECRET, name="LONG")
    made = wire.call(rpc.CREATE_USER_KEY, policy_preset="API", alias="x" * limits.LONGEST_DESCRIPTION)
    wire.call(rpc.REVOKE_USER_KEY, key_id=made.key_id)
    with refused("INVALID_ARGUMENT", str(limits.LONGEST_DESCRIPTION)):
        wire.call(rpc.CREATE_USER_KEY, policy_preset="API", alias="x" * (limits.LONGEST_DESCRIPTION + 1))


def test_paths_of_health_checks(wire: Wire) -> None:
    def refusal(path: str) -> str:
        """Ask for a health check of an app that is refused for another reason, too, but later."""
        with pytest.raises(grpc.RpcError) as caught:
            list(wire.stream(rpc.REGISTER_APPLICATION, registration(health_check_path=path, volumes=[{}])))
        return str(caught.value.details())

    assert "volumes" in refusal("/" + "x" * (limits.LONGEST_HEALTH_PATH - 1))
    for path in ("/" + "x" * limits.LONGEST_HEALTH_PATH, "/a b", "/\r\nX: y", "/\0", "/\u00e9"):
        assert "health_check_path" in refusal(path)


def test_labels(http: httpx.Client) -> None:
    def answer(labels: list[Any]) -> int:
        return http.post("/logs/history", json=labels).status_code

    one = {"key": "fal_job_id", "value": "r"}
    many = [f"r{number}" for number in range(limits.MOST_LABELS)]
    for condition in ("in", "not_in"):
        assert answer([{**one, "value": many, "condition_type": condition}]) == 200
        assert answer([{**one, "value": [*many, "r"], "condition_type": condition}]) == 422
    assert answer([one] * limits.MOST_LABELS) == 200
    assert answer([one] * (limits.MOST_LABELS + 1)) == 422
    others = [{**one, "value": f"s{number}", "condition_type": "not_equals"} for number in range(2)]
    assert answer([{**one, "value": many[1:], "condition_type": "not_in"}, others[0]]) == 200
    assert answer([{**one, "value": many[1:], "condition_type": "not_in"}, *others]) == 422


@pytest.mark.parametrize(
    ("path", "params"),
    [
        ("/logs/history", {"page_size": "9" * 5000}),
        ("/logs/history", {"page_size": "\u0661"}),
        ("/logs/history", {"since": "9999-12-31T23:59:59-23:59"}),
        ("/logs/history", {"until": "0001-01-01T00:00:00+23:59"}),
    ],
)
def test_numbers_and_times_beyond_what_can_be(http: httpx.Client, path: str, params: dict[str, str]) -> None:
    assert http.post(path, params=params).status_code == 422


@pytest.mark.parametrize(
    "body",
    [
        b'{"hashes": ["\\ud800"]}', b'{"hashes": [], "\\udfff": 1}', b"\xff", b'{"hashes": [NaN]}', b"1" * 5000,
        b'{"hashes": [1e999]}', b'{"hashes": [""]}', b"\0", b"\xef\xbb\xbf{}", b'{"hashes": null}', b'"', b"{]",
    ],
)  # fmt: skip
def test_json_that_no_text_can_hold(http: httpx.Client, body: bytes) -> None:
    assert http.post("/files/missing_hashes", content=body).status_code == 422
    assert http.post("/logs/history", content=body).status_code == 422


def test_signatures_and_types_that_are_no_ascii(http: httpx.Client, plane: Plane) -> None:
    body = {"file_name": "\U0001f600\u0000/\u2215..", "content_type": "text/plain"}
    found = http.post("/storage/upload/initiate", json=body).json()
    wrong = found["file_url"] + "?signature=" + "%C3%A9" * 64
    assert httpx.put(wrong, content=b"x", trust_env=False).status_code == 403
    for kind in ("text/plain\r\nX: y", "\u00e9", "", " x", "x" * 300, "text/plain\n"):
        assert http.post("/storage/upload/initiate", json={**body, "content_type": kind}).status_code == 422, kind
