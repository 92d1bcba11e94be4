"""What a client does around its calls: uploads, retries that servers ask for, the team, closing, forking, credentials."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from email.utils import formatdate
from typing import Any
from unittest.mock import Mock

import grpc
import httpcore
import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fal._core.auth import FalServerlessKeyCredentials
from fal._core.caller import UPLOAD_TIMEOUT
from fal._core.locks import ForkSafeLock
from fal._core.options import TransportOptions
from fal._core.settings import resolve
from fal._core.transport import http_errors as wire
from fal._core.transport import http_network
from fal._core.transport.connections import Connections
from fal._core.transport.connections_async import AsyncConnections
from fal._core.transport.grpc_channel import describe
from fal._core.transport.http_client import pool, proxy_for, tls_context
from fal._gen import rest, rpc
from fal.exceptions import (
    ClientClosed,
    ConfigurationError,
    ConnectionFailed,
    DeadlineExceeded,
    InvalidInput,
    Unauthenticated,
)
from tests.support.servers import KEY, Handler, http_serving, serving
from tests.support.waiting import LIMIT
from tests.unit.core.test_caller_grpc import Server, names

Make = Callable[..., Any]
NOWHERE = {"FAL_CONFIG_PATH": "/nonexistent"}


@pytest.fixture
def silent() -> Any:
    """The port of a server that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


# ------------------------------------------------------------------------------------------------------- uploads


def test_an_upload_has_a_deadline_that_nobody_gave(
    caller_to: Make, monkeypatch: pytest.MonkeyPatch, silent: int
) -> None:
    assert 0 < UPLOAD_TIMEOUT < 3600
    for module in ("fal._core.caller", "fal._aio.caller"):
        monkeypatch.setattr(f"{module}.UPLOAD_TIMEOUT", 0.3)
    with pytest.raises(DeadlineExceeded):
        caller_to(silent).put_url(f"http://127.0.0.1:{silent}/x", b"content")


@pytest.mark.parametrize("url", ["http://storage.example/x?signature=hidden", "ftp://127.0.0.1/x", "http://10.0.0.1/x"])
def test_nothing_is_uploaded_in_plaintext_to_another_machine(caller_to: Make, url: str) -> None:
    with pytest.raises(ConfigurationError, match="plaintext") as caught:
        caller_to(1).put_url(url, b"content")
    assert "hidden" not in str(caught.value)
    assert caught.value.method == "upload"


def test_an_address_that_is_none_is_refused(caller_to: Make) -> None:
    with pytest.raises((InvalidInput, ConfigurationError)):
        caller_to(1).put_url("http://[", b"content")


def test_tls_is_always_verified() -> None:
    context = tls_context(None)
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname


def test_what_the_transports_rely_on_inside_httpx_is_there() -> None:
    with pool(False, None) as connections:
        assert type(connections._pool._network_backend).__module__ == "fal._core.transport.http_network"


def test_no_proxy_stands_between_a_process_and_its_own_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://proxy.example:3128")
    assert proxy_for(httpx.URL("http://127.0.0.1/x"), None) is None
    assert proxy_for(httpx.URL("https://localhost/x"), None) is None
    assert proxy_for(httpx.URL("https://storage.example/x"), None) is not None


# ------------------------------------------------------------------------------------------------------- retries


@pytest.mark.parametrize(("text", "seconds"), [("3", 3.0), ("0.5", 0.5), (formatdate(0, usegmt=True), 0.0)])
def test_a_server_says_how_long_to_wait(text: str, seconds: float) -> None:
    assert wire.refusal(503, {"retry-after": text}, b"", "m", "r").pushback == seconds


def test_a_server_says_until_when_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", lambda: 1_000_000_000.0)
    until = formatdate(1_000_000_100, usegmt=True)
    assert wire.refusal(503, {"retry-after": until}, b"", "m", "r").pushback == 100.0


@pytest.mark.parametrize("text", ["soon", "nan", "", "-1", "-inf", "0 JAN 0:0 3000000000", "1 Jan 99999 00:00:00 GMT"])
def test_a_malformed_retry_after_is_ignored(text: str) -> None:
    assert wire.refusal(503, {"retry-after": text}, b"", "m", "r").pushback is None


@settings(max_examples=200)
@given(
    st.text(max_size=40)
    | st.from_regex(r"(Mon, )?\d{1,2} Jan \d{1,5} \d\d:\d\d:\d\d ([+-]\d{1,20}|GMT|-0000)?", fullmatch=True)
    | st.floats().map(str)
)
def test_no_wish_to_wait_breaks_anything(text: str) -> None:
    pushback = wire.refusal(503, {"retry-after": text}, b"", "m", "r").pushback
    assert pushback is None or pushback >= 0


def test_a_server_that_asks_to_wait_forever_is_not_waited_for(caller_to: Make) -> None:
    with http_serving(lambda handler: handler.reply(503, Retry_After="inf")) as (port, seen):
        with pytest.raises(ConnectionError):
            caller_to(port, sleep=lambda seconds: pytest.fail(f"slept {seconds}")).send(rest.get_current_user())
    assert len(seen) == 1


# ---------------------------------------------------------------------------------------------------------- team


def test_asking_for_the_team_is_within_the_time_of_the_call(make_caller: Make, silent: int) -> None:
    settings = resolve(host=f"http://127.0.0.1:{silent}", api_key=KEY, team="acme", environ=NOWHERE)
    caller = make_caller(settings)
    started = time.monotonic()
    with pytest.raises(DeadlineExceeded):
        names(caller, timeout=0.4)
    with pytest.raises(DeadlineExceeded):
        caller.send(rest.get_user_metrics(), timeout=0.4)
    assert time.monotonic() - started < (rpc.LIST_ALIASES.policy.attempt_timeout or 0)


def test_a_key_is_asked_for_its_account_once_whatever_wire_and_thread(make_caller: Make) -> None:
    me = json.dumps(
        {"nickname": "acme", "full_name": "A", "user_id": "u", "is_personal": False, "is_locked": False}
    ).encode()
    with http_serving(lambda handler: handler.reply(200, me)) as (port, seen):
        settings = resolve(host=f"http://127.0.0.1:{port}", api_key=KEY, team="ACME", environ=NOWHERE)
        caller = make_caller(settings)
        threads = [threading.Thread(target=lambda: caller.send(rest.get_current_user())) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(LIMIT)
    assert len(seen) == 1 + 8
    assert all("x-fal-user-id" not in request.headers for request in seen)


# --------------------------------------------------------------------------------------------------- credentials


@pytest.mark.parametrize("status", [grpc.StatusCode.UNAUTHENTICATED, grpc.StatusCode.PERMISSION_DENIED])
def test_a_key_that_is_refused_is_reported_by_where_it_came_from(make_caller: Make, status: grpc.StatusCode) -> None:
    with serving(Server(status)) as port:
        settings = resolve(host=f"http://127.0.0.1:{port}", environ={**NOWHERE, "FAL_KEY": KEY})
        with pytest.raises(Exception, match="The credentials came from: variable FAL_KEY") as caught:
            names(make_caller(settings))
    assert "topsecret" not in str(caught.value)


def test_no_credentials_are_reported_before_anything_is_sent(make_caller: Make) -> None:
    server = Server()
    with serving(server) as port:
        environ = {**NOWHERE, "FAL_HOME_DIR": "/nonexistent"}
        caller = make_caller(resolve(host=f"http://127.0.0.1:{port}", environ=environ))
        for call in (lambda: names(caller), lambda: caller.send(rest.get_current_user())):
            with pytest.raises(Unauthenticated, match="looked at: argument api_key, variable FAL_KEY"):
                call()
    assert server.seen == []


@pytest.mark.parametrize("pair", [("", "s"), ("i", ""), ("i", "s\n"), ("i", "s s"), ("i", "sü"), (None, "s"), ("i", 5)])
def test_a_key_made_by_hand_is_checked(pair: tuple[Any, Any]) -> None:
    with pytest.raises(ConfigurationError, match=r"key_id|key_secret"):
        FalServerlessKeyCredentials(*pair)


# --------------------------------------------------------------------------------------------------- environment


def test_a_ca_file_of_the_environment_matters_to_tls_only(
    monkeypatch: pytest.MonkeyPatch, caller_to: Make, make_caller: Make
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/nonexistent/ca.pem")
    with serving(Server()) as port:
        assert names(caller_to(port)) == ["one"]
    with pytest.raises(ConfigurationError, match="variable SSL_CERT_FILE"):
        make_caller(resolve(host="api.example", api_key=KEY, environ=NOWHERE))


@pytest.mark.parametrize("proxy", ["not a url", "https://proxy.example", "socks5://x:1", "http://", "http://x:0", 5])
def test_a_proxy_that_neither_wire_can_use_is_refused(caller_to: Make, proxy: Any) -> None:
    with pytest.raises(ConfigurationError, match="proxy"):
        caller_to(1, proxy=proxy)


def test_a_proxys_password_is_used_and_not_shown(caller_to: Make, kind: str) -> None:
    caller = caller_to(1, proxy="http://user:hush@127.0.0.1:1")
    channel = describe("far.example:443", secure=True, proxy="http://user:hush@127.0.0.1:1", keepalive=None)
    assert channel.target == "127.0.0.1:1"
    assert ("grpc.http_connect_headers", "Proxy-Authorization:Basic dXNlcjpodXNo") in channel.options
    with pytest.raises(ConnectionFailed) as caught:
        caller.send(rest.get_current_user())
    shared = caller._connections
    transport = shared._http if kind == "sync" else next(iter(shared._loops.values())).http
    assert "hush" not in f"{caught.value}{caught.value!r}{vars(shared)}{vars(transport)}"


# --------------------------------------------------------------------------------------------------- addresses


class Deaf(httpcore.NetworkBackend):
    """No address answers, and each wait takes as long as it may."""

    def __init__(self, listening: str = "") -> None:
        self.now = 1000.0
        self.tried: list[str] = []
        self._listening = listening

    def monotonic(self) -> float:
        return self.now

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore.NetworkStream:
        self.tried.append(host)
        if host == self._listening:
            return httpcore.MockStream([])
        assert timeout is not None
        self.now += timeout
        raise httpcore.ConnectTimeout(host)


@pytest.fixture
def three_addresses(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    found = ["2001:db8::1", "192.0.2.1", "192.0.2.2"]
    kinds = [(socket.AF_INET6, (found[0], 443, 0, 0)), *((socket.AF_INET, (each, 443)) for each in found[1:])]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [(kind, 1, 6, "", place) for kind, place in kinds])
    return found


def test_the_addresses_of_a_host_share_the_time(monkeypatch: pytest.MonkeyPatch, three_addresses: list[str]) -> None:
    deaf = Deaf()
    monkeypatch.setattr(http_network, "time", deaf)
    with http_network.deadline(1003.0), pytest.raises(httpcore.ConnectTimeout):
        http_network.Backend(deaf).connect_tcp("host.example", 443, timeout=5.0)
    assert (deaf.tried, deaf.now) == (three_addresses, 1003.0)


def test_the_next_address_is_tried_in_time(monkeypatch: pytest.MonkeyPatch, three_addresses: list[str]) -> None:
    deaf = Deaf(listening=three_addresses[1])
    monkeypatch.setattr(http_network, "time", deaf)
    with http_network.deadline(1003.0):
        http_network.Backend(deaf).connect_tcp("host.example", 443)
    assert (deaf.tried, deaf.now) == (three_addresses[:2], 1001.0)


# ------------------------------------------------------------------------------------------------ closing, forking


def test_what_is_made_while_the_client_closes_is_refused() -> None:
    shared = Connections(resolve(host="http://127.0.0.1:1", api_key=KEY, environ=NOWHERE), TransportOptions())
    late = shared.grpc()
    shared.close()
    with pytest.raises(ClientClosed):
        late.unary(rpc.LIST_ALIASES, None, 1.0, ())
    with pytest.raises(ClientClosed):
        shared.http()


def test_a_channel_that_never_ends_its_calls_does_not_hold_up_the_close(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fal._core.transport.grpc_sync._LONGEST_CLOSE", 0.01)
    shared = Connections(resolve(host="http://127.0.0.1:1", api_key=KEY, environ=NOWHERE), TransportOptions())
    transport: Any = shared.grpc()
    released = threading.Event()
    transport._channel = Mock(close=released.wait)  # as grpc's waits when Ctrl-C met the beginning of a call
    shared.close()
    assert not released.is_set()
    released.set()


def test_a_client_is_closed_while_the_interpreter_ends() -> None:
    script = f"""
import atexit
from fal.api import SyncServerlessClient
client = SyncServerlessClient(host="http://127.0.0.1:1", api_key={KEY!r}, timeout=0.1)
try:
    client.apps.list()
except Exception as error:
    print(type(error).__name__)
atexit.register(client.close)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert (done.stdout.strip(), done.stderr) == ("ConnectionFailed", "")


def test_what_is_made_while_the_async_client_closes_is_refused() -> None:
    async def go() -> None:
        shared = AsyncConnections(resolve(host="http://127.0.0.1:1", api_key=KEY, environ=NOWHERE), TransportOptions())
        late = await shared.grpc()
        await shared.close()
        with pytest.raises(ClientClosed):
            await late.unary(rpc.LIST_ALIASES, rpc.LIST_ALIASES.request(), 1.0, ())
        with pytest.raises(ClientClosed):
            await shared.http()

    asyncio.run(go())


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork on this system")
def test_a_lock_that_was_held_during_a_fork_is_free_in_the_child() -> None:
    script = """
import os, sys, threading
from fal._core.locks import ForkSafeLock
lock, held, done = ForkSafeLock(), threading.Event(), threading.Event()
def hold():
    with lock:
        held.set()
        done.wait(10)
thread = threading.Thread(target=hold)
thread.start()
held.wait(10)
pid = os.fork()
if pid == 0:
    with lock:
        os._exit(7)
code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
done.set()
thread.join()
with lock:
    print(code)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=30, check=False)
    assert done.stdout.strip() == "7", done.stderr


def test_a_lock_lets_one_thread_in_at_a_time() -> None:
    lock, inside, most = ForkSafeLock(), 0, 0

    def work() -> None:
        nonlocal inside, most
        for _ in range(200):
            with lock:
                inside += 1
                most = max(most, inside)
                inside -= 1

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LIMIT)
    assert (inside, most) == (0, 1)


def test_a_redirect_of_a_handler_is_never_given_the_key(caller_to: Make) -> None:
    # "localhost" is another host than 127.0.0.1, although the same machine.
    heard: list[dict[str, Any]] = []

    def elsewhere(handler: Handler) -> None:
        heard.append(dict(handler.headers))
        handler.reply(200)

    with http_serving(elsewhere) as (other, _):
        for place in (f"http://localhost:{other}/", f"http://127.0.0.1:{other}/", f"//localhost:{other}/"):
            with http_serving(lambda handler: handler.reply(302, Location=place)) as (port, _):  # noqa: B023
                with pytest.raises(Exception, match="not followed"):
                    caller_to(port).send(rest.get_current_user())
    assert heard == []
