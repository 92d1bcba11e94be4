"""Both callers over a real gRPC server on loopback."""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import grpc
import pytest

from fal._core.options import call_options
from fal._core.settings import resolve
from fal._gen import convert, rpc, servicer
from fal._gen.method import Policy
from fal._gen.proto import controller_pb2 as pb
from fal.exceptions import (
    ClientClosed,
    ConfigurationError,
    ConnectionFailed,
    DataLoss,
    DeadlineExceeded,
    InvalidInput,
    InvalidType,
    NotFound,
    ResourceExhausted,
    Unavailable,
)
from tests.support.servers import KEY, serving
from tests.support.waiting import LIMIT

Make = Callable[..., Any]


class Server(servicer.IsolateControllerServicer):
    """Answers from a script: a status to fail with, or None to succeed; the last entry repeats."""

    def __init__(self, *script: grpc.StatusCode | None) -> None:
        self.script: list[grpc.StatusCode | None] = list(script) or [None]
        self.seen: list[dict[str, Any]] = []
        self.cancelled = threading.Event()

    def _act(self, context: grpc.ServicerContext) -> None:
        self.seen.append(
            {**dict(context.invocation_metadata()), "peer": context.peer(), "left": context.time_remaining()}
        )
        status = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        if status is not None:
            context.abort(status, "as the script says")

    def ListAliases(self, request: pb.ListAliasesRequest, context: grpc.ServicerContext) -> pb.ListAliasesResult:
        self._act(context)
        return pb.ListAliasesResult(aliases=[pb.AliasInfo(alias="one")])

    def CreateUserKey(
        self, request: pb.CreateUserKeyRequest, context: grpc.ServicerContext
    ) -> pb.CreateUserKeyResponse:
        self._act(context)
        return pb.CreateUserKeyResponse(key_id="k", key_secret="s")

    def BuildEnvironment(
        self, request: pb.BuildEnvironmentRequest, context: grpc.ServicerContext
    ) -> Iterator[pb.BuildEnvironmentResult]:
        self._act(context)
        context.add_callback(self.cancelled.set)
        for number in range(3):
            yield pb.BuildEnvironmentResult(env_id=str(number))
        if request.application_name == "endless":
            self.cancelled.wait(LIMIT)
        if request.application_name == "breaks":
            context.abort(grpc.StatusCode.UNAVAILABLE, "gone")


def names(caller: Any, **options: Any) -> list[str]:
    result: list[str] = caller.call(
        rpc.LIST_ALIASES, convert.list_aliases_request(), lambda answer: [a.alias for a in answer.aliases], **options
    )
    return result


def test_a_call_carries_key_request_id_deadline_and_agent(caller_to: Make) -> None:
    server = Server()
    with serving(server) as port:
        assert names(caller_to(port)) == ["one"]
    (seen,) = server.seen
    assert (seen["auth-key-id"], seen["auth-key"]) == tuple(KEY.split(":"))
    assert len(seen["x-request-id"]) == 32
    assert seen["user-agent"].startswith("fal-management-sdk/")
    assert 0 < seen["left"] < 31


def test_many_calls_and_threads_share_one_connection(caller_to: Make) -> None:
    server = Server()
    with serving(server) as port:
        caller = caller_to(port)
        failures: list[BaseException] = []

        def work() -> None:
            try:
                for _ in range(20):
                    assert names(caller) == ["one"]
            except BaseException as error:
                failures.append(error)

        threads = [threading.Thread(target=work) for _ in range(64)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(LIMIT)
    assert failures == []
    assert len(server.seen) == 64 * 20
    assert len({seen["peer"] for seen in server.seen}) == 1
    assert len({seen["x-request-id"] for seen in server.seen}) == 64 * 20


def test_two_clients_share_no_connection(caller_to: Make) -> None:
    """A forked child's new connection would else be the one that it inherited."""
    server = Server()
    with serving(server) as port:
        for caller in (caller_to(port), caller_to(port)):
            names(caller)
    assert len({seen["peer"] for seen in server.seen}) == 2


def test_a_read_is_repeated_and_the_error_shows_how_often(caller_to: Make) -> None:
    down, busy = grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.RESOURCE_EXHAUSTED
    server = Server(down, busy, None)
    pauses: list[float] = []
    with serving(server) as port:
        assert names(caller_to(port, sleep=pauses.append)) == ["one"]
        assert len(server.seen) == 3
        assert len(pauses) == 2
        assert len({seen["x-request-id"] for seen in server.seen}) == 1
        server.script = [busy]
        with pytest.raises(ResourceExhausted) as caught:
            names(caller_to(port, sleep=pauses.append))
    assert caught.value.attempts == rpc.LIST_ALIASES.policy.max_attempts
    assert caught.value.method == "ListAliases"
    assert str(caught.value.request_id) in str(caught.value)


def test_a_create_is_sent_once_although_the_server_says_unavailable(caller_to: Make) -> None:
    server = Server(grpc.StatusCode.UNAVAILABLE)
    with serving(server) as port, pytest.raises(Unavailable) as caught:
        caller_to(port).call(rpc.CREATE_USER_KEY, convert.create_user_key_request(), lambda answer: answer)
    assert len(server.seen) == 1
    assert caught.value.attempts == 1
    assert not isinstance(caught.value, ConnectionFailed)


def test_a_server_that_words_its_refusal_like_the_transport_is_not_mistaken_for_it(caller_to: Make) -> None:
    class Imitator(Server):
        def CreateUserKey(
            self, request: pb.CreateUserKeyRequest, context: grpc.ServicerContext
        ) -> pb.CreateUserKeyResponse:
            self.seen.append({})
            context.set_trailing_metadata((("x-from", "the server"),))
            context.abort(grpc.StatusCode.UNAVAILABLE, "failed to connect to all addresses")
            raise AssertionError

    server = Imitator()
    with serving(server) as port, pytest.raises(Unavailable):
        caller_to(port).call(rpc.CREATE_USER_KEY, convert.create_user_key_request(), lambda answer: answer)
    assert len(server.seen) == 1


def test_nothing_listening_is_reported_and_even_a_create_was_tried_again(caller_to: Make) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    pauses: list[float] = []
    with pytest.raises(ConnectionFailed, match="Nothing listens there") as caught:
        caller_to(port, sleep=pauses.append).call(
            rpc.CREATE_USER_KEY, convert.create_user_key_request(), lambda answer: answer
        )
    assert caught.value.attempts == rpc.CREATE_USER_KEY.policy.max_attempts
    assert isinstance(caught.value, ConnectionError)


def test_a_silent_server_costs_no_more_than_the_timeout(caller_to: Make) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        started = time.monotonic()
        with pytest.raises(DeadlineExceeded, match="with_options") as caught:
            names(caller_to(silent.getsockname()[1]), timeout=0.5)
        assert time.monotonic() - started < (rpc.LIST_ALIASES.policy.attempt_timeout or 0)
    assert isinstance(caught.value, TimeoutError)


def test_a_server_that_speaks_another_protocol_is_an_error_of_ours(caller_to: Make) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()

        def answer() -> None:
            while True:
                try:
                    connection, _ = other.accept()
                except OSError:
                    return
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                connection.close()

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        with pytest.raises((Unavailable, DeadlineExceeded)):
            names(caller_to(other.getsockname()[1]), timeout=1.0)
        other.shutdown(socket.SHUT_RDWR)
    thread.join(LIMIT)


def test_a_server_that_comes_back_is_found_again(caller_to: Make) -> None:
    server = Server()
    with serving(server) as port:
        caller = caller_to(port)
        assert names(caller) == ["one"]
    with pytest.raises(Unavailable):
        names(caller, timeout=0.3)
    with serving(server, port):
        assert names(caller, timeout=LIMIT) == ["one"]


def test_options_share_the_connection_and_closing_closes_all(caller_to: Make) -> None:
    server = Server()
    with serving(server) as port:
        caller = caller_to(port)
        quick = caller.with_options(call_options(caller.options, timeout=7))
        names(caller)
        names(quick)
        assert len({seen["peer"] for seen in server.seen}) == 1
        assert server.seen[1]["left"] < 8 < server.seen[0]["left"]
        quick.close()
        quick.close()
        with pytest.raises(ClientClosed, match="closed"):
            names(caller)


@pytest.mark.parametrize(
    ("timeout", "error"), [("5", InvalidType), (True, InvalidType), (0, InvalidInput), (-1, InvalidInput)]
)
def test_a_timeout_that_is_none_is_refused(caller_to: Make, timeout: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match="timeout"):
        caller_to(1, timeout=timeout)
    with pytest.raises(error, match="timeout"):
        names(caller_to(1), timeout=timeout)


def test_an_answer_that_cannot_be_decoded_is_an_error_of_ours(caller_to: Make) -> None:
    with serving(Server()) as port, pytest.raises(DataLoss, match="ListAliases"):
        caller_to(port).call(rpc.LIST_ALIASES, convert.list_aliases_request(), lambda answer: answer.aliases[5])


def build(caller: Any, name: str | None = None, **options: Any) -> Generator[pb.BuildEnvironmentResult]:
    request = convert.build_environment_request(application_name=name)
    result: Generator[pb.BuildEnvironmentResult] = caller.stream(rpc.BUILD_ENVIRONMENT, request, **options)
    return result


def test_a_stream_yields_its_answers(caller_to: Make) -> None:
    with serving(Server()) as port:
        assert [answer.env_id for answer in build(caller_to(port))] == ["0", "1", "2"]


def test_closing_a_stream_cancels_the_call(caller_to: Make) -> None:
    server = Server()
    with serving(server) as port:
        stream = build(caller_to(port), "endless")
        assert next(stream).env_id == "0"
        stream.close()
        assert server.cancelled.wait(LIMIT)


@pytest.mark.parametrize("policy", [rpc.BUILD_ENVIRONMENT.policy, rpc.LIST_ALIASES.policy], ids=["write", "read"])
def test_a_stream_that_breaks_is_not_restarted(caller_to: Make, policy: Policy) -> None:
    """Nor when the method may be called again: its first answers would come twice."""
    server = Server()
    with serving(server) as port:
        method = replace(rpc.BUILD_ENVIRONMENT, policy=policy)
        stream = caller_to(port).stream(method, convert.build_environment_request(application_name="breaks"))
        assert [next(stream).env_id for _ in range(3)] == ["0", "1", "2"]
        with pytest.raises(Unavailable, match="gone"):
            next(stream)
    assert len(server.seen) == 1


@pytest.mark.parametrize("said", ["soon", "9" * 400, "9" * 5000, "-1", "nan"])
def test_an_invalid_pushback_ends_the_call(caller_to: Make, said: str) -> None:
    class Pushing(Server):
        def _act(self, context: grpc.ServicerContext) -> None:
            context.set_trailing_metadata((("grpc-retry-pushback-ms", said),))
            super()._act(context)

    server = Pushing(grpc.StatusCode.UNAVAILABLE)
    with serving(server) as port, pytest.raises(Unavailable, match="as the script says"):
        names(caller_to(port))
    assert len(server.seen) == 1


def test_a_stream_has_a_deadline(caller_to: Make) -> None:
    with serving(Server()) as port, pytest.raises(DeadlineExceeded):
        list(build(caller_to(port), "endless", timeout=0.5))


def test_errors_keep_their_class(caller_to: Make) -> None:
    with serving(Server(grpc.StatusCode.NOT_FOUND)) as port, pytest.raises(NotFound, match="as the script says"):
        names(caller_to(port))


def test_the_log_shows_the_call_and_nothing_of_it(caller_to: Make, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "fal")
    with serving(Server()) as port:
        names(caller_to(port))
    assert "ListAliases" in caplog.text
    assert "OK" in caplog.text
    assert "topsecret" not in caplog.text


def test_a_channel_needs_a_certificate_that_is_one(make_caller: Make, tmp_path: Path) -> None:
    settings = resolve(host="api.example", api_key=KEY, environ={"FAL_CONFIG_PATH": "/nonexistent"})
    with pytest.raises(ConfigurationError, match="argument ca_cert"):
        make_caller(settings, ca_cert=tmp_path / "missing.pem")
    with pytest.raises(ConfigurationError, match="proxy"):
        make_caller(settings, proxy="not a url")
