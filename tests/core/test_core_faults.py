"""A server behind a connection that breaks: no hang, no error but ours, and nothing that changes things happens twice."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import grpc
import pytest

from fal._core.caller import Caller
from fal._core.settings import resolve
from fal._gen import convert, rpc, servicer
from fal._gen.method import Operation, Policy
from fal._gen.proto import controller_pb2 as pb
from fal.exceptions import ConnectionFailed, FalServerlessException, Unavailable
from tests.core.core_kit import KEY, Handler, http_serving, serving

BUDGET = 2.0  # seconds that a call may take here
GRACE = 1.0  # seconds beyond it that a loaded machine may add


class FaultProxy:
    """A TCP proxy that ends each connection after so many bytes, counted over both directions."""

    def __init__(self, target: int, *, after: int | None, how: str, side: str) -> None:
        self._target, self._after, self._how, self._side = target, after, how, side
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", self._target))
            self._open += [near, far]
            for source, sink, side in ((near, far, "request"), (far, near, "answer")):
                self._threads.append(
                    threading.Thread(target=self._pump, args=(source, sink, side, near, far), daemon=True)
                )
                self._threads[-1].start()

    def _pump(
        self, source: socket.socket, sink: socket.socket, side: str, near: socket.socket, far: socket.socket
    ) -> None:
        left = self._after if side == self._side else None
        try:
            while chunk := source.recv(65536):
                if left is not None:
                    chunk = chunk[:left]
                    left -= len(chunk)
                sink.sendall(chunk)
                if left == 0:
                    self._fail(near, far)
                    return
        except OSError:
            pass

    def _fail(self, near: socket.socket, far: socket.socket) -> None:
        if self._how == "silence":
            return  # both ends stay open, nothing more comes through
        if self._how == "reset":
            near.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        for end in (near, far):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        if self._how == "reset":
            near.close()

    def close(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._threads[0].join(5)  # what it has accepted is in the list then
        for end in self._open:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        for thread in self._threads:
            thread.join(5)


@contextmanager
def faulty(target: int, after: int | None, how: str, side: str) -> Iterator[int]:
    proxy = FaultProxy(target, after=after, how=how, side=side)
    try:
        yield proxy.port
    finally:
        proxy.close()


@contextmanager
def calling(port: int) -> Iterator[Caller]:
    caller = Caller(resolve(host=f"http://127.0.0.1:{port}", api_key=KEY, environ={"FAL_CONFIG_PATH": "/nonexistent"}))
    try:
        yield caller
    finally:
        caller.close()


class Counting(servicer.IsolateControllerServicer):
    """Counts what it did."""

    def __init__(self) -> None:
        self.created: list[str] = []

    def CreateUserKey(
        self, request: pb.CreateUserKeyRequest, context: grpc.ServicerContext
    ) -> pb.CreateUserKeyResponse:
        self.created.append(request.alias)
        return pb.CreateUserKeyResponse(key_id=f"for {request.alias}", key_secret="s")


def checked(call: Callable[[], Any], method: str) -> Any:
    """Make a call that may fail; return its result or its error, having checked what every failure must be."""
    started = time.monotonic()
    try:
        result = call()
    except FalServerlessException as error:
        result = error
    assert time.monotonic() - started < BUDGET + GRACE
    if isinstance(result, FalServerlessException):
        assert result.method == method
        assert result.request_id
        assert result.attempts >= 1
        assert "topsecret" not in str(result)
    return result


@pytest.fixture(scope="module")
def counting() -> Iterator[tuple[Counting, int]]:
    server = Counting()
    with serving(server) as port:
        yield server, port


@pytest.mark.parametrize("side", ["request", "answer"])
@pytest.mark.parametrize("how", ["reset", "close"])
def test_no_create_happens_twice_wherever_the_connection_breaks(
    counting: tuple[Counting, int], how: str, side: str
) -> None:
    server, port = counting
    # What a whole exchange takes is some 600 bytes up and 150 down; beyond that nothing breaks.
    for after in range(1, 640 if side == "request" else 200, 13):
        name = f"{how}-{side}-{after}"
        with faulty(port, after, how, side) as broken, calling(broken) as caller:
            found = checked(
                lambda: caller.call(  # it is called at once
                    rpc.CREATE_USER_KEY,
                    convert.create_user_key_request(alias=name),  # noqa: B023
                    lambda answer: answer.key_id,
                    timeout=BUDGET,
                ),
                "CreateUserKey",
            )
        assert server.created.count(name) <= 1
        if isinstance(found, str):
            assert found == f"for {name}"
            assert server.created.count(name) == 1
        if isinstance(found, ConnectionFailed):
            assert server.created.count(name) == 0


@pytest.mark.parametrize("after", [1, 24, 60, 150])
def test_silence_in_the_middle_costs_no_more_than_the_timeout(counting: tuple[Counting, int], after: int) -> None:
    server, port = counting
    name = f"silence-{after}"
    with faulty(port, after, "silence", "request") as broken, calling(broken) as caller:
        request = convert.create_user_key_request(alias=name)
        found = checked(
            lambda: caller.call(rpc.CREATE_USER_KEY, request, lambda answer: answer, timeout=0.5), "CreateUserKey"
        )
    assert isinstance(found, FalServerlessException)
    assert server.created.count(name) <= 1


def test_a_server_that_words_its_refusal_like_the_transport_is_asked_once() -> None:
    class Passing(Counting):
        """Passes on what it heard from the server behind it, as proxies do."""

        def CreateUserKey(
            self, request: pb.CreateUserKeyRequest, context: grpc.ServicerContext
        ) -> pb.CreateUserKeyResponse:
            self.created.append(request.alias)
            context.abort(
                grpc.StatusCode.UNAVAILABLE,
                "failed to connect to all addresses; last error: UNKNOWN: ipv4:10.0.0.1:443: Connection refused",
            )
            raise AssertionError

    server = Passing()
    with serving(server) as port, calling(port) as caller:
        found = checked(
            lambda: caller.call(rpc.CREATE_USER_KEY, convert.create_user_key_request(alias="x"), lambda answer: answer),
            "CreateUserKey",
        )
    assert server.created == ["x"]
    assert isinstance(found, Unavailable)
    assert not isinstance(found, ConnectionFailed)
    assert found.attempts == 1


WRITE = Operation(
    name="make_thing",
    method="POST",
    path="/things",
    policy=Policy(deadline=30.0, attempt_timeout=30.0, idempotent=False, retry_on=frozenset({"503"}), max_attempts=3),
    parse=lambda status, headers, body: body,
    json={"name": "one"},
)


@pytest.mark.parametrize("side", ["request", "answer"])
@pytest.mark.parametrize("how", ["reset", "close"])
def test_no_rest_write_happens_twice_wherever_the_connection_breaks(how: str, side: str) -> None:
    def answer(handler: Handler) -> None:
        with suppress(ConnectionError):
            handler.reply(200, b"made")

    with http_serving(answer) as (port, seen):
        for after in range(1, 400 if side == "request" else 160, 17):
            del seen[:]
            with faulty(port, after, how, side) as broken, calling(broken) as caller:
                found = checked(lambda: caller.send(WRITE, timeout=BUDGET), "make_thing")
            whole = [request for request in seen if request["body"]]
            assert len(whole) <= 1
            assert found == b"made" or isinstance(found, FalServerlessException)
            if found == b"made":
                assert len(whole) == 1
