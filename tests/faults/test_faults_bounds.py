"""Answers that would take more than they may: packed, endless, cut, or no answers at all. Both wires, both clients."""

from __future__ import annotations

import gzip
import json
import time
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from fal._core.settings import resolve
from fal._core.transport import http_body, sse
from fal._gen import rest
from fal.exceptions import (
    DataLoss,
    DeadlineExceeded,
    FalServerlessException,
    InvalidArgument,
    NotFound,
    ResourceExhausted,
    Unauthenticated,
    Unavailable,
    UnknownError,
)
from tests.faults.raw_servers import DATA, Frame, Misbehaviour, RawServer, headers, http1, http2
from tests.support.callers import made_of
from tests.support.facade import Loop, async_client
from tests.support.servers import KEY, Handler, http_serving

MIB = 1024 * 1024


@pytest.fixture(scope="module")
def loop() -> Iterator[Loop]:
    result = Loop()
    yield result
    result.close()


@pytest.fixture
def client_to(kind: str, loop: Loop) -> Iterator[Callable[..., Any]]:
    """Return a function that makes a client of either kind for a port of this machine."""
    from fal.api import SyncServerlessClient

    made: list[Any] = []

    def make(port: int, **options: Any) -> Any:
        arguments = {"host": f"http://127.0.0.1:{port}", "api_key": KEY, "timeout": 20, **options}
        made.append(SyncServerlessClient(**arguments) if kind == "sync" else async_client(loop, **arguments))
        return made[-1]

    yield make
    for client in made:
        client.close()


def packed(size: int, content: bytes = b" ") -> bytes:
    """Return so many bytes, packed, without ever having them in memory."""
    packing = zlib.compressobj(9, zlib.DEFLATED, 31)
    block = content * (MIB // len(content))
    return b"".join(packing.compress(block) for _ in range(size // MIB)) + packing.flush()


def answering(body: bytes, status: int = 200, kind: str = "application/json", **more: str) -> Callable[[Handler], None]:
    def answer(handler: Handler) -> None:
        handler.reply(status, body, Content_Type=kind, **more)

    return answer


# -------------------------------------------------------------------------------------------------------------- packed


@pytest.mark.parametrize("coding", ["gzip", "x-gzip", "GZIP"])
def test_a_packed_answer_is_read(client_to: Callable[..., Any], coding: str) -> None:
    body = gzip.compress(json.dumps([]).encode())
    with http_serving(answering(body, content_encoding=coding)) as (port, _):
        assert client_to(port).files.list() == []


@pytest.mark.parametrize(
    ("body", "coding"),
    [
        (gzip.compress(packed(64 * MIB)), "gzip, gzip"),
        (packed(64 * MIB), "gzip"),
        (packed(64 * MIB, b"{},"), "gzip"),
        (zlib.compress(b" " * (64 * MIB)), "deflate"),
        (gzip.compress(b"[]")[:-9], "gzip"),
        (b"not packed at all", "gzip"),
        (b"[]", "br"),
    ],
    ids=["twice", "spaces", "objects", "deflate", "cut", "not", "unasked"],
)
def test_a_bomb_or_a_damaged_answer_is_refused_early(
    client_to: Callable[..., Any], body: bytes, coding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    largest = 0

    class Watched(http_body.Body):
        def feed(self, chunk: bytes) -> Iterator[bytes]:
            nonlocal largest
            for piece in super().feed(chunk):
                largest = max(largest, self._given)
                assert len(piece) <= MIB
                yield piece

    for module in ("http_sync", "http_async"):
        monkeypatch.setattr(f"fal._core.transport.{module}.Body", Watched)
    with http_serving(answering(body, content_encoding=coding)) as (port, _):
        with pytest.raises(DataLoss) as caught:
            client_to(port).files.list()
    assert largest <= 16 * MIB
    assert caught.value.method == "list_directory"
    assert caught.value.attempts == 1


def test_the_deadline_holds_while_an_answer_is_unpacked(
    client_to: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_body, "_STEP", 512)  # so that it takes long
    monkeypatch.setattr(http_body, "_RATIO", 10**9)
    monkeypatch.setattr(http_body, "_UNSUSPECTED", 10**12)
    for module in ("http_sync", "http_async"):
        monkeypatch.setattr(f"fal._core.transport.{module}.ANSWER_LIMIT", 10**12)
    with http_serving(answering(packed(256 * MIB), content_encoding="gzip")) as (port, _):
        began = time.monotonic()
        with pytest.raises(DeadlineExceeded):
            client_to(port).with_options(timeout=0.3).files.list()
        assert time.monotonic() - began < 15


def test_a_listing_of_a_hundred_thousand_fits(client_to: Callable[..., Any]) -> None:
    row = {"path": "/data/models/checkpoints/step-{:06}.bin", "name": "step-{:06}.bin", "is_file": True, "size": 12345}
    text = json.dumps(row | {"created_time": "2026-01-01T00:00:00Z", "updated_time": "2026-01-01T00:00:00Z"})
    rows = ",".join(text.replace("{:06}", f"{number:06}") for number in range(100_000))
    body = f"[{rows}]".encode()
    for answer in (answering(body), answering(gzip.compress(body, 1), content_encoding="gzip")):
        with http_serving(answer) as (port, _):
            assert len(client_to(port, timeout=120).files.list("/data/models")) == 100_000


def test_a_packed_message_over_grpc_is_refused_in_time(client_to: Callable[..., Any]) -> None:
    body = packed(128 * MIB)
    content = b"\x01" + len(body).to_bytes(4, "big") + body
    pieces = [content[at : at + 16_000] for at in range(0, len(content), 16_000)]

    def frames(stream: int, _: list[bytes]) -> list[Frame]:
        head = headers(stream, ("content-type", "application/grpc"), ("grpc-encoding", "gzip"))
        end = headers(stream, ("grpc-status", "0"), status=b"", end=True)
        return [head, *(Frame(DATA, 0, stream, piece) for piece in pieces), end]

    server = RawServer(http2(Misbehaviour(frames), lambda _: []))
    try:
        with pytest.raises((ResourceExhausted, DeadlineExceeded, FalServerlessException)) as caught:
            client_to(server.port).keys.list()
        assert not isinstance(caught.value, Unavailable)
    finally:
        server.close()


# ------------------------------------------------------------------------------------------------------------- endless


@pytest.mark.parametrize("line", [b"x" * 65_536, b"data: " + b"y" * 65_000 + b"\n", b"data:\n" * 10_000])
def test_an_endless_event_is_refused(client_to: Callable[..., Any], line: bytes) -> None:
    sent = 0

    def answer(handler: Handler) -> None:
        nonlocal sent
        handler.begin(Content_Type="text/event-stream")
        while sent < 4 * sse.EVENT_LIMIT:
            handler.wfile.write(line)
            sent += len(line)

    with http_serving(answer) as (port, _):
        with pytest.raises(DataLoss, match="event of more than 16 MiB"):
            list(client_to(port, timeout=60).logs.stream())
    assert sent < 4 * sse.EVENT_LIMIT


@pytest.mark.parametrize("status", [200, 404, 503])
def test_an_endless_body_is_cut(client_to: Callable[..., Any], status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("http_sync", "http_async"):
        monkeypatch.setattr(f"fal._core.transport.{module}.ANSWER_LIMIT", 8 * MIB)

    def answer(handler: Handler) -> None:
        handler.begin(status)
        for _ in range(64):
            handler.wfile.write(b" " * MIB)

    expected = {200: DataLoss, 404: NotFound, 503: Unavailable}[status]
    with http_serving(answer) as (port, _):
        with pytest.raises(expected):
            client_to(port, max_retries=0).files.list()


# --------------------------------------------------------------------------------------------- success that is none


LOGIN_PAGE = (b"<!doctype html><html>Sign in</html>", "text/html; charset=utf-8")


@pytest.mark.parametrize(
    ("body", "media"),
    [
        LOGIN_PAGE,
        (b"false", "application/json"),
        (b"null", "application/json"),
        (b"", "application/json"),
        (b"[", "text/plain"),
    ],
    ids=["login page", "false", "null", "nothing", "half"],
)
@pytest.mark.parametrize("method", ["upload", "delete", "rename", "upload_from_url", "cancel"])
def test_what_was_not_done_is_not_done(
    client_to: Callable[..., Any], tmp_path: Any, method: str, body: bytes, media: str
) -> None:
    local = tmp_path / "local"
    local.write_bytes(b"content")
    with http_serving(answering(body, kind=media)) as (port, seen):
        client = client_to(port)
        files = client.files
        calls: dict[str, Callable[[], Any]] = {
            "upload": lambda: files.upload(local, "/data/x"),
            "delete": lambda: files.delete("/data/x"),
            "rename": lambda: files.rename("/data/x", "/data/y"),
            "upload_from_url": lambda: files.upload_from_url("https://example.com/x", "/data/x"),
            "cancel": lambda: client.apps.cancel("me/app", "0af46d83-c82b-f81d-d2df-6a6399022e48"),
        }
        with pytest.raises((DataLoss, UnknownError)):
            calls[method]()
    assert seen[0].method != "GET"


def test_a_rename_that_says_nothing_is_looked_up(client_to: Callable[..., Any]) -> None:
    listing = [{"path": "/data/y", "name": "y", "is_file": True, "size": 1, "created_time": "", "updated_time": ""}]

    def answer(handler: Handler) -> None:
        handler.reply_json(listing if handler.command == "GET" else None)

    with http_serving(answer) as (port, seen):
        client_to(port).files.rename("/data/x", "/data/y")
        with pytest.raises(UnknownError, match="did not rename /data/x"):
            client_to(port).files.rename("/data/x", "/data/z")
    assert [request.method for request in seen] == ["POST", "GET", "POST", "GET"]


def test_a_web_page_is_neither_a_stream_of_logs_nor_a_file(client_to: Callable[..., Any], tmp_path: Any) -> None:
    body, media = LOGIN_PAGE
    with http_serving(answering(body, kind=media)) as (port, _):
        with pytest.raises(DataLoss, match="received text/html instead of a stream of events"):
            list(client_to(port).logs.stream())
        with pytest.raises(DataLoss, match="web page"):
            client_to(port).files.download("/data/model.bin", tmp_path / "model.bin")
        assert client_to(port).files.download("/data/page.html", tmp_path / "page.html").read_bytes() == body


def test_a_packed_download_that_is_cut_leaves_nothing(client_to: Callable[..., Any], tmp_path: Any) -> None:
    whole = gzip.compress(bytes(range(256)) * 4096, 1)
    cut = answering(whole[: len(whole) // 2], kind="application/octet-stream", content_encoding="gzip")
    with http_serving(cut) as (port, _):
        with pytest.raises(DataLoss, match="is truncated"):
            client_to(port).files.download("/data/f", tmp_path / "f")
    assert list(tmp_path.iterdir()) == []


# ---------------------------------------------------------------------------------------------------- odd error pages


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"detail": [{"loc": null, "msg": "no"}]}',
        b'{"detail": [{"loc": 5, "msg": {"a": 1}}, null, 7]}',
        b'{"detail": ' + b"[" * 50_000 + b"]" * 50_000 + b"}",
        b'{"detail": {"error": {"message": null}}}',
        b"\xff\xfe\x00",
        b"null",
        b"",
    ],
    ids=["deep", "no place", "odd faults", "deep detail", "no message", "bytes", "null", "nothing"],
)
@pytest.mark.parametrize(
    ("status", "error"), [(401, Unauthenticated), (404, NotFound), (422, InvalidArgument), (503, Unavailable)]
)
def test_an_odd_error_page_keeps_its_status(
    client_to: Callable[..., Any], body: bytes, status: int, error: type[FalServerlessException]
) -> None:
    with http_serving(answering(body, status)) as (port, seen):
        with pytest.raises(error) as caught:
            client_to(port, max_retries=1).files.list()
    assert caught.value.http_status == status
    assert len(str(caught.value)) < 5_000
    assert len(seen) == (2 if status == 503 else 1)


@pytest.mark.parametrize(
    ("body", "status", "media", "error", "said"),
    [
        (b'{"detail": [{"loc": null, "msg": "no"}]}', 422, "application/json", InvalidArgument, "no"),
        (*LOGIN_PAGE[:1], 200, *LOGIN_PAGE[1:], DataLoss, "web page"),
    ],
    ids=["odd", "login page"],
)
def test_a_page_at_a_presigned_address_is_an_error_of_ours(
    kind: str, loop: Loop, body: bytes, status: int, media: str, error: type[FalServerlessException], said: str
) -> None:
    from fal._core.caller import Caller
    from tests.support.facade import async_caller

    with http_serving(answering(body, status, kind=media)) as (port, _):
        settings = resolve(host=f"http://127.0.0.1:{port}", api_key=KEY, environ={"FAL_CONFIG_PATH": "/nonexistent"})
        caller: Any = Caller(**made_of(settings)) if kind == "sync" else async_caller(loop, settings)
        with pytest.raises(error, match=said) as caught:
            caller.put_url(f"http://127.0.0.1:{port}/x", b"content")
        assert caught.value.attempts == 1
        caller.close()


# ------------------------------------------------------------------------------------------------- what errors show


@pytest.mark.parametrize(
    "said", ["\x1b[2J\x1b]0;owned\x07 all is well", "\ud800", "a\u202eb", "one\rtwo", "x\x9b31m", "\x00"]
)
def test_what_a_server_says_can_be_printed(client_to: Callable[..., Any], said: str) -> None:
    with http_serving(answering(json.dumps({"detail": said}).encode(), 400)) as (port, _):
        with pytest.raises(InvalidArgument) as caught:
            client_to(port).files.list()
    for text in (str(caught.value), caught.value.message, repr(caught.value)):
        text.encode()
        assert not any(char in text for char in said if not char.isprintable())


def test_what_a_server_says_is_bounded(client_to: Callable[..., Any]) -> None:
    with http_serving(answering(b"y" * 500_000, 400, x_fal_request_id="A" * 40_000)) as (port, _):
        with pytest.raises(InvalidArgument) as caught:
            client_to(port).files.list()
    assert len(str(caught.value)) < 3_000


@pytest.mark.parametrize("echo", [KEY, f"Key {KEY}", KEY.partition(":")[2]])
def test_a_key_that_comes_back_as_the_id_of_a_request_is_not_shown(client_to: Callable[..., Any], echo: str) -> None:
    with http_serving(answering(b"{}", 404, x_fal_request_id=echo)) as (port, _):
        with pytest.raises(NotFound) as caught:
            client_to(port).files.list()
    secret = KEY.partition(":")[2]
    assert secret not in f"{caught.value}{caught.value!r}{vars(caught.value)}"


def test_the_id_that_a_server_gives_is_reported(client_to: Callable[..., Any]) -> None:
    with http_serving(answering(b"{}", 404, x_fal_request_id="0b6f-11_a.b")) as (port, _):
        with pytest.raises(NotFound) as caught:
            client_to(port).files.list()
    assert caught.value.request_id == "0b6f-11_a.b"
    assert rest.list_directory(dir="/data").name == caught.value.method


def test_the_fate_of_a_write_that_broke_off_is_reported(client_to: Callable[..., Any]) -> None:
    """A redirect loop, too, is called what it is."""
    server = RawServer(http1(b"", lambda _: []))
    try:
        with pytest.raises(Unavailable, match="may have been carried out") as caught:
            client_to(server.port).files.delete("/data/x")
        assert not caught.value.retryable
        assert caught.value.attempts == 1
    finally:
        server.close()
    with http_serving(lambda handler: handler.reply(307, location=handler.path)) as (port, _):
        with pytest.raises(FalServerlessException, match="redirects in a loop"):
            client_to(port).files.list()
