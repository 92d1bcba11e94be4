"""Both callers over a real HTTP server on loopback."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any

import pytest

from fal._gen.method import Operation, Policy
from fal.exceptions import (
    ClientClosed,
    ConnectionFailed,
    DataLoss,
    DeadlineExceeded,
    FalServerlessException,
    InvalidArgument,
    Unavailable,
    UnknownError,
)
from tests.support.servers import KEY, Handler, http_serving, tcp_serving
from tests.support.waiting import LIMIT

Make = Callable[..., Any]
READ = Policy(10.0, 5.0, True, frozenset({"429", "502", "503", "504", "connect"}), 3)
WRITE = Policy(3600.0, 3600.0, False, frozenset({"503"}), 3)


def parse(status: int, headers: Mapping[str, str], body: bytes) -> Any:
    return json.loads(body)


def operation(**changes: Any) -> Operation[Any]:
    return Operation(
        **{"name": "get_thing", "method": "GET", "path": "/a%2Fb/thing", "policy": READ, "parse": parse, **changes}
    )


def test_a_request_arrives_as_the_operation_says(caller_to: Make) -> None:
    with http_serving(lambda handler: handler.reply(200, b'{"ok": 1}')) as (port, seen):
        made = operation(method="POST", params=[("q", "x y"), ("q", "z")], json={"a": 1}, headers=[("X-One", "1")])
        assert caller_to(port).send(made) == {"ok": 1}
    (request,) = seen
    assert (request.method, request.path) == ("POST", "/a%2Fb/thing")
    assert request.query == {"q": ["x y", "z"]}  # httpx writes a space as + or as %20, by its version
    assert request.json == {"a": 1}
    assert request.headers["authorization"] == f"Key {KEY}"
    assert request.headers["x-one"] == "1"
    assert len(request.headers["x-request-id"]) == 32
    assert request.headers["user-agent"].startswith("fal-management-sdk/")


def test_no_body_means_no_content_type(caller_to: Make) -> None:
    with http_serving(lambda handler: handler.reply(200, b"null")) as (port, seen):
        caller_to(port).send(operation(method="POST"))
    assert "content-type" not in seen[0].headers


def test_multipart_bytes_arrive_whatever_they_hold(caller_to: Make) -> None:
    payload = b"\r\n--+++\r\n\r\n--boundary--\x00\xff"
    with http_serving(lambda handler: handler.reply(200, b"null")) as (port, seen):
        part = ("file_upload", ("chunk", payload, "application/octet-stream"))
        caller_to(port).send(operation(method="PUT", files=[part]))
    boundary = seen[0].headers["content-type"].split("boundary=")[1].encode()
    _, part_bytes, end = seen[0].body.split(b"--" + boundary)
    assert part_bytes.split(b"\r\n\r\n", 1)[1].removesuffix(b"\r\n") == payload
    assert end == b"--\r\n"


def test_reads_are_repeated_and_writes_are_not(caller_to: Make) -> None:
    script = [503, 429, 200]

    def answer(handler: Handler) -> None:
        handler.reply(script.pop(0) if len(script) > 1 else script[0], b'{"detail": "busy"}')

    pauses: list[float] = []
    with http_serving(answer) as (port, seen):
        caller = caller_to(port, sleep=pauses.append)
        assert caller.send(operation()) == {"detail": "busy"}
        assert len(seen) == 3
        script[:] = [503]
        with pytest.raises(Unavailable, match=r"busy.*HTTP 503") as caught:
            caller.send(operation(policy=WRITE))
    assert len(seen) == 4
    assert (caught.value.attempts, caught.value.http_status, caught.value.method) == (1, 503, "get_thing")


def test_retry_after_is_honoured(caller_to: Make) -> None:
    script = [429, 200]
    pauses: list[float] = []
    with http_serving(lambda handler: handler.reply(script.pop(0), b"1", Retry_After="2")) as (port, _):
        caller_to(port, sleep=pauses.append).send(operation())
    assert pauses == [2.0]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"detail": "plain words"}', "plain words"),
        (
            b'{"detail": [{"loc": ["body", "size"], "msg": "too big", "type": "x"}, "and more"]}',
            "size: too big; and more",
        ),
        (b'{"detail": {"code": 7}}', '{"code": 7}'),
        (b'{"error": "other shape"}', "other shape"),
        (b'{"status": "ALREADY_COMPLETED"}', "already completed ["),
        (b'{"status": "BUSY", "since": 7}', '{"status": "BUSY", "since": 7}'),
        (b"<html>\n  Bad  Gateway</html>", "<html> Bad Gateway</html>"),
        (b"\xff\xfe", "\N{REPLACEMENT CHARACTER}"),
        (b"", "HTTP status 422"),
    ],
)
def test_what_the_server_says_is_in_the_error(caller_to: Make, body: bytes, said: str) -> None:
    with http_serving(lambda handler: handler.reply(422, body)) as (port, _), pytest.raises(InvalidArgument) as caught:
        caller_to(port).send(operation())
    assert said in str(caught.value)


def test_an_answer_that_does_not_fit_is_an_error_of_ours(caller_to: Make) -> None:
    with (
        http_serving(lambda handler: handler.reply(200, b"<html>")) as (port, _),
        pytest.raises(DataLoss, match="get_thing"),
    ):
        caller_to(port).send(operation())


def test_a_redirect_on_the_host_is_followed_for_a_read(caller_to: Make) -> None:
    def answer(handler: Handler) -> None:
        if handler.path == "/there":
            handler.reply(200, b"42")
        else:
            handler.reply(307, Location="/there")

    with http_serving(answer) as (port, seen):
        assert caller_to(port).send(operation()) == 42
        with pytest.raises(FalServerlessException, match="not followed"):
            caller_to(port).send(operation(method="POST"))
    assert [request.target for request in seen] == ["/a%2Fb/thing", "/there", "/a%2Fb/thing"]


def test_credentials_go_to_no_other_host(caller_to: Make) -> None:
    with http_serving(lambda handler: handler.reply(200, b"1")) as (other, elsewhere):
        target = f"http://127.0.0.1:{other}/steal"
        with http_serving(lambda handler: handler.reply(302, Location=target)) as (port, _):
            with pytest.raises(FalServerlessException, match="not followed"):
                caller_to(port).send(operation())
    assert elsewhere == []


def test_a_redirect_that_never_ends_does(caller_to: Make) -> None:
    with http_serving(lambda handler: handler.reply(302, Location="/again")) as (port, seen):
        with pytest.raises(FalServerlessException):
            caller_to(port).send(operation())
    assert len(seen) < 10


def test_one_connection_serves_many_calls(caller_to: Make) -> None:
    ports: set[Any] = set()

    def answer(handler: Handler) -> None:
        ports.add(handler.client_address)
        handler.reply(200, b"1")

    with http_serving(answer) as (port, seen):
        caller = caller_to(port)
        for _ in range(20):
            caller.send(operation())
    assert (len(seen), len(ports)) == (20, 1)


def raw(act: Callable[[socket.socket], None]) -> AbstractContextManager[int]:
    """Serve bytes by hand, once a request has begun to come."""

    def serve(connection: socket.socket) -> None:
        connection.recv(65536)
        act(connection)

    return tcp_serving(serve)


def drip(connection: socket.socket) -> None:
    for byte in b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + b"1" * 1000:
        connection.sendall(bytes([byte]))
        time.sleep(0.02)


def drip_body(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    for _ in range(1000):
        connection.sendall(b"1")
        time.sleep(0.02)


@pytest.mark.parametrize(
    "act", [drip, drip_body, lambda connection: connection.recv(1)], ids=["headers", "body", "silence"]
)
def test_a_server_that_drips_or_is_silent_costs_no_more_than_the_timeout(
    caller_to: Make, act: Callable[[socket.socket], None]
) -> None:
    with raw(act) as port:
        with pytest.raises(DeadlineExceeded):
            caller_to(port).send(operation(policy=WRITE), timeout=0.5)


@pytest.mark.parametrize(
    "sent", [b"", b"HTTP/1.1 200", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nfour", b"garbage\r\n\r\n"]
)
def test_a_connection_that_breaks_anywhere_is_an_error_of_ours(caller_to: Make, sent: bytes) -> None:
    with raw(lambda connection: connection.sendall(sent)) as port, pytest.raises(Unavailable) as caught:
        caller_to(port).send(operation(policy=WRITE))
    assert caught.value.attempts == 1


def test_nothing_listening_is_reported(caller_to: Make) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    pauses: list[float] = []
    with pytest.raises(ConnectionFailed) as caught:
        caller_to(port, sleep=pauses.append).send(operation(policy=WRITE))
    assert caught.value.attempts == 3


def sse(handler: Handler) -> None:
    handler.begin(Content_Type="text/event-stream")
    for number in range(3):
        handler.wfile.write(b"data: %d\n\n" % number)
        handler.wfile.flush()
    if handler.path == "/endless":
        try:
            while True:
                handler.wfile.write(b": still here\n\n")
                handler.wfile.flush()
                time.sleep(0.05)
        except OSError:
            pass


def test_events_are_yielded_as_they_come(caller_to: Make) -> None:
    with http_serving(sse) as (port, _):
        endless = caller_to(port).send_stream(operation(path="/endless", stream=True))
        assert [next(endless) for _ in range(3)] == [0, 1, 2]
        endless.close()
        assert list(caller_to(port).send_stream(operation(path="/ends", stream=True))) == [0, 1, 2]


def test_a_stream_of_events_has_a_deadline(caller_to: Make) -> None:
    with http_serving(sse) as (port, _):
        with pytest.raises(DeadlineExceeded):
            list(caller_to(port).send_stream(operation(path="/endless", stream=True), timeout=0.5))


def test_a_stream_that_is_refused_is_an_error_of_ours(caller_to: Make) -> None:
    with http_serving(lambda handler: handler.reply(400, b'{"detail": "no"}')) as (port, _):
        with pytest.raises(InvalidArgument, match="no"):
            next(caller_to(port).send_stream(operation(stream=True)))


def test_an_error_in_a_stream_shows_every_attempt_and_no_key(caller_to: Make) -> None:
    """What a stream breaks off with is told like any other error, after the attempts that it took to begin it."""
    answers = [
        b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\ndata: 1\n\nevent: error\ndata: no topsecret here\n\n",
        b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\ndata: no JSON\n\n",
    ]
    with raw(lambda connection: connection.sendall(answers.pop(0))) as port:
        caller = caller_to(port)
        for error in (UnknownError, DataLoss):
            with pytest.raises(error) as caught:
                list(caller.send_stream(operation(stream=True)))
            assert (caught.value.attempts, caught.value.method) == (2, "get_thing")
            assert caught.value.request_id
            assert "topsecret" not in str(caught.value)


def test_an_error_that_a_long_pause_ends_with_holds_no_key(caller_to: Make) -> None:
    """It comes from another place: the pause took longer than it was asked to, and there is no time for an attempt."""
    now = [0.0]

    def oversleep(seconds: float) -> None:
        now[0] += seconds + 60.0

    said = json.dumps({"detail": f"{KEY} is not known here"}).encode()
    with http_serving(lambda handler: handler.reply(503, said)) as (port, seen):
        with pytest.raises(Unavailable, match="is not known here") as caught:
            caller_to(port, clock=lambda: now[0], sleep=oversleep).send(operation())
    assert (len(seen), caught.value.attempts) == (1, 1)
    assert "topsecret" not in str(caught.value)


def test_a_presigned_put_carries_no_credentials(caller_to: Make) -> None:
    with http_serving(lambda handler: handler.reply(200 if handler.path == "/ok" else 403, b"", ETag='"e"')) as (
        port,
        seen,
    ):
        caller = caller_to(port)
        status, headers = caller.put_url(f"http://127.0.0.1:{port}/ok", b"bytes", headers=[("Content-Type", "x/y")])
        assert (status, headers["etag"]) == (200, '"e"')
        with pytest.raises(FalServerlessException, match="HTTP 403"):
            caller.put_url(f"http://127.0.0.1:{port}/expired", b"bytes")
    assert seen[0].body == b"bytes"
    assert "authorization" not in {name for request in seen for name in request.headers}


def test_a_closed_caller_says_so(caller_to: Make) -> None:
    with http_serving(lambda handler: handler.reply(200, b"1")) as (port, _):
        caller = caller_to(port)
        caller.send(operation())
        caller.close()
        with pytest.raises(ClientClosed):
            caller.send(operation())


def _bytes(status: int, headers: Mapping[str, str], body: bytes) -> bytes:
    return body


def test_a_body_without_events_is_yielded_as_it_comes(caller_to: Make) -> None:
    arrived = threading.Event()

    def answer(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "8")
        handler.end_headers()
        handler.wfile.write(b"data")
        assert arrived.wait(LIMIT), "the first half is handed out before the second one is sent"
        handler.wfile.write(b": x\n")

    with http_serving(answer) as (port, seen):
        body = caller_to(port).send_stream(operation(parse=_bytes))
        assert next(body) == b"data"
        arrived.set()
        assert b"".join(body) == b": x\n"
    assert seen[0].headers["accept-encoding"] == "identity"
    assert seen[0].headers["accept"] != "text/event-stream"


def test_a_body_that_breaks_off_or_drips_ends_in_an_error_of_ours(caller_to: Make) -> None:
    half = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nfour"
    with raw(lambda connection: connection.sendall(half)) as port:
        body = caller_to(port).send_stream(operation(parse=_bytes))
        assert next(body) == b"four"
        with pytest.raises(Unavailable) as caught:
            next(body)
        assert (caught.value.attempts, caught.value.method) == (1, "get_thing")
    with raw(drip_body) as port:
        with pytest.raises(DeadlineExceeded):
            list(caller_to(port).send_stream(operation(parse=_bytes), timeout=0.5))


def test_a_body_that_nobody_reads_on_ends_its_request(caller_to: Make) -> None:
    ended = threading.Event()

    def answer(handler: Handler) -> None:
        handler.begin(Content_Length=str(10**12))
        try:
            while True:
                handler.wfile.write(bytes(2**16))
        except OSError:
            ended.set()

    with http_serving(answer) as (port, _):
        body = caller_to(port).send_stream(operation(parse=_bytes))
        next(body)
        body.close()
        assert ended.wait(LIMIT)
