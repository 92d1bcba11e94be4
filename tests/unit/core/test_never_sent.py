"""What counts as never sent: a call that was not begun, and nothing else. Both clients, over real sockets."""

from __future__ import annotations

import os
import socket
import struct
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import grpc
import pytest

from fal._core.transport.grpc_channel import describe
from fal._gen import convert, rpc
from fal._gen.proto import controller_pb2 as pb
from fal.exceptions import ConnectionFailed, DeadlineExceeded, Unavailable
from tests.faults.raw_servers import Misbehaviour, RawServer, goaway, headers, http2
from tests.support.ports import free_port
from tests.support.servers import KEY, serving
from tests.unit.core.test_caller_grpc import Server, names

Make = Callable[..., Any]
WORDED_ALIKE = (
    "failed to connect to all addresses; last error: UNKNOWN: ipv4:10.0.0.7:443: connection refused",
    "DNS resolution failed for nowhere.example",
    "errors resolving nowhere.example:443",
    "empty update",
)


def create(caller: Any, **options: Any) -> Any:
    return caller.call(
        rpc.CREATE_USER_KEY, convert.create_user_key_request(policy_preset="api"), lambda m: m, **options
    )


@pytest.mark.parametrize("details", WORDED_ALIKE)
@pytest.mark.parametrize("restarts", [False, True], ids=["stays", "restarts"])
def test_a_create_that_arrived_is_sent_once_whatever_the_server_says(
    caller_to: Make, details: str, restarts: bool
) -> None:
    def frames(stream: int, _: list[bytes]) -> list[Any]:
        refusal = headers(
            stream, ("content-type", "application/grpc"), ("grpc-status", "14"), ("grpc-message", details), end=True
        )
        return [goaway(2**31 - 1), refusal] if restarts else [refusal]

    server = RawServer(http2(Misbehaviour(frames, then="close" if restarts else "wait"), lambda _: [b""]))
    try:
        with pytest.raises(Unavailable, match="may have been carried out") as caught:
            create(caller_to(server.port, timeout=20))
        assert server.fired == 1
        assert caught.value.attempts == 1
        assert not isinstance(caught.value, ConnectionFailed)
        assert not caught.value.retryable
    finally:
        server.close()


def test_a_create_that_was_not_sent_is_retried_and_reported(caller_to: Make) -> None:
    with pytest.raises(ConnectionFailed, match="Nothing listens there") as caught:
        create(caller_to(free_port(), max_retries=1, timeout=20))
    assert caught.value.attempts == 2
    assert caught.value.retryable


def test_a_connection_that_is_never_established_takes_no_longer_than_the_call_may(caller_to: Make) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        with pytest.raises(DeadlineExceeded) as caught:
            create(caller_to(silent.getsockname()[1], timeout=0.5))
    assert "may have been carried out" not in str(caught.value)


def test_what_the_transports_rely_on_inside_grpc_is_there() -> None:
    for channel in (grpc.insecure_channel("127.0.0.1:1"), grpc.intercept_channel(grpc.insecure_channel("127.0.0.1:1"))):
        from fal._core.transport.grpc_channel import READY, core_of

        assert core_of(channel).check_connectivity_state(False) != READY
        channel.close()


# ----------------------------------------------------------------------------------------------------- signs of life


@pytest.mark.parametrize(
    ("target", "keepalive", "seconds", "idle"),
    [
        ("api.alpha.fal.ai:443", None, 30, 1),
        ("API.FAL.AI:443", None, 30, 1),
        ("fal.run:443", None, 30, 1),
        ("127.0.0.1:5000", None, 310, 0),
        ("api.example.com:443", None, 310, 0),
        ("notfal.ai:443", None, 310, 0),
        ("fal.ai.example:443", None, 310, 0),
        ("api.example.com:443", 45.0, 45, 0),
        ("api.alpha.fal.ai:443", 120.0, 120, 1),
    ],
)
def test_who_is_asked_for_a_sign_of_life_and_how_often(
    target: str, keepalive: float | None, seconds: int, idle: int
) -> None:
    options = dict(describe(target, secure=True, proxy=None, keepalive=keepalive).options)
    assert options["grpc.keepalive_time_ms"] == seconds * 1000
    assert options["grpc.keepalive_permit_without_calls"] == idle


def test_after_too_many_pings_a_read_is_repeated_and_the_fate_of_a_write_is_unknown(caller_to: Make) -> None:
    ended = Misbehaviour(lambda *_: [goaway(2**31 - 1, 11, b"too_many_pings")], then="close")
    proper = pb.ListAliasesResult(aliases=[pb.AliasInfo(alias="my-app")]).SerializeToString()
    server = RawServer(http2(ended, lambda _: [proper]), first=2)
    try:
        with pytest.raises(Unavailable, match="may have been carried out") as caught:
            create(caller_to(server.port, timeout=20))
        assert (server.fired, caught.value.attempts, caught.value.retryable) == (1, 1, False)
        assert names(caller_to(server.port, timeout=20)) == ["my-app"]
        assert server.fired == 2
    finally:
        server.close()


# -------------------------------------------------------------------------------------------- forks and aborted processes


FORKED = """
import os, sys
from fal.api import SyncServerlessClient
client = SyncServerlessClient(host=sys.argv[1], api_key="id:secret", timeout=20)
client.apps.list()
pid = os.fork()
if pid == 0:
    try:
        client.apps.list()
        print("answered", flush=True)
    except BaseException as error:
        print(type(error).__name__, error, flush=True)
    os._exit(0)
os.waitpid(pid, 0)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork on this system")
@pytest.mark.parametrize("value", ["0", "false", "no"])
def test_a_child_says_that_it_cannot_call_where_support_of_forks_is_off(value: str) -> None:
    with serving(Server()) as port:
        done = subprocess.run(
            [sys.executable, "-c", FORKED, f"http://127.0.0.1:{port}"],
            env={**os.environ, "GRPC_ENABLE_FORK_SUPPORT": value},
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
    assert "GRPC_ENABLE_FORK_SUPPORT" in done.stdout, done.stdout + done.stderr


@pytest.mark.skipif(
    grpc.__version__.startswith(("1.84.", "1.85.")),
    reason="these releases abort the process; pyproject.toml leaves them out",
)
@pytest.mark.parametrize("code", [0, 2, 7, 11, 12, 13, 14, 15, 16, 255, 2**31])
def test_no_goaway_ends_the_process(caller_to: Make, code: int) -> None:
    server = RawServer(http2(Misbehaviour(lambda *_: [goaway(0, code)], then="close"), lambda _: [b""]), first=1)
    try:
        with suppress(Unavailable):
            names(caller_to(server.port, timeout=20))
        assert struct.calcsize("I") == 4  # still here
    finally:
        server.close()


# ---------------------------------------------------------------------------------------------------------------- team


def test_a_key_that_may_not_read_its_account_is_used_with_a_warning(
    make_caller: Make, caplog: pytest.LogCaptureFixture
) -> None:
    from fal._core.settings import resolve
    from fal._gen import rest
    from tests.support.servers import Platform

    class Scoped(Platform):
        def rest(self, handler: Any) -> None:
            if handler.path.startswith("/users/current"):
                handler.reply_json({"detail": "Insufficient permissions"}, 403)
            else:
                handler.reply_json([])

    server = Scoped()
    with server.serving():
        settings = resolve(team="acme", api_key=KEY, **server.hosts, environ={"FAL_CONFIG_PATH": "/nonexistent"})
        caller = make_caller(settings)
        assert caller.send(rest.list_directory(dir="/data")) == []
        caller.call(rpc.LIST_SECRETS, convert.list_secrets_request(), lambda m: m)
        assert caller.send(rest.list_directory(dir="/data")) == []
    warnings = [record for record in caplog.records if record.levelname == "WARNING" and record.name == "fal"]
    assert len(warnings) == 1
    assert "'acme' (argument team)" in warnings[0].getMessage()
    assert [request.path for request in server.requests].count("/users/current") == 1
    assert not any("x-fal-user-id" in request.headers for request in server.requests)


@pytest.mark.parametrize("team", ["closed-beta", "other"])
def test_a_team_that_is_not_the_keys_is_reported_over_both_wires(make_caller: Make, team: str) -> None:
    from fal._core.settings import resolve
    from fal._gen import rest
    from fal.exceptions import ConfigurationError
    from tests.support.servers import Platform

    class Account(Platform):
        def rest(self, handler: Any) -> None:
            handler.reply_json({"user_id": "u", "nickname": "me", "full_name": "Me", "is_personal": True})

    server = Account()
    with server.serving():
        settings = resolve(team=team, api_key=KEY, **server.hosts, environ={"FAL_CONFIG_PATH": "/nonexistent"})
        for call in (lambda c: names(c), lambda c: c.send(rest.list_directory(dir="/data"))):
            with pytest.raises(ConfigurationError, match=f"not to the team '{team}'"):
                call(make_caller(settings))
        project = make_caller(resolve(api_key=KEY, **server.hosts, environ={"FAL_CONFIG_PATH": "/nonexistent"}))
        with pytest.raises(ConfigurationError, match=r"key 'team' of pyproject\.toml: the key belongs"):
            names(project.with_options(team=team, team_source="key 'team' of pyproject.toml"))
