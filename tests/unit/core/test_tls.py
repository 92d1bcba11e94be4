"""Both wires over TLS with a private CA, and through a real CONNECT proxy."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import grpc
import pytest

from fal._core.settings import resolve
from fal._gen import convert, rpc, servicer
from fal._gen.method import Operation, Policy
from fal._gen.proto import controller_pb2 as pb
from fal.exceptions import ConfigurationError, Unavailable
from tests.support.connect_proxy import ConnectProxy, proxying
from tests.support.servers import KEY, Request, http_serving, serving
from tests.support.tls import CA, TLS
from tests.support.waiting import LIMIT

READ = Operation(
    name="read_thing",
    method="GET",
    path="/thing",
    policy=Policy(deadline=LIMIT, attempt_timeout=LIMIT, idempotent=True, retry_on=frozenset(), max_attempts=1),
    parse=lambda status, headers, body: body.decode(),
)


class Ports(NamedTuple):
    grpc: int
    rest: int
    requests: list[Request]


class Server(servicer.IsolateControllerServicer):
    def ListAliases(self, request: pb.ListAliasesRequest, context: grpc.ServicerContext) -> pb.ListAliasesResult:
        return pb.ListAliasesResult(
            aliases=[pb.AliasInfo(alias=str(dict(context.invocation_metadata())["auth-key-id"]))]
        )


@contextmanager
def tls_serving(certificate: str = "server.pem", answer: bytes = b"thing") -> Iterator[Ports]:
    chain = TLS / certificate
    with (
        serving(Server(), chain=chain, threads=2) as grpc_port,
        http_serving(lambda handler: handler.reply(200, answer), chain=chain) as (rest_port, seen),
    ):
        yield Ports(grpc_port, rest_port, seen)


@pytest.fixture
def proxy() -> Iterator[ConnectProxy]:
    with proxying() as opened:
        yield opened


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR", "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH"):
        monkeypatch.delenv(name, raising=False)
    for name in ("grpc_proxy", "https_proxy", "http_proxy", "all_proxy", "no_proxy", "no_grpc_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


Calling = Callable[..., AbstractContextManager[Any]]


@pytest.fixture
def calling(make_caller: Callable[..., Any]) -> Calling:
    """Return what gives a caller of either kind and closes it at the end of its block."""

    def make(ports: Ports, name: str = "localhost", **options: Any) -> AbstractContextManager[Any]:
        settings = resolve(
            host=f"{name}:{ports.grpc}",
            rest_host=f"{name.replace('api.', 'rest.')}:{ports.rest}",
            api_key=KEY,
            environ={"FAL_CONFIG_PATH": "/nonexistent"},
        )
        return closing(make_caller(settings, **options))

    return make


def over_grpc(caller: Any) -> Any:
    return caller.call(
        rpc.LIST_ALIASES, convert.list_aliases_request(), lambda answer: answer.aliases[0].alias, timeout=LIMIT
    )


def over_rest(caller: Any) -> Any:
    return caller.send(READ, timeout=LIMIT)


Wire = Callable[[Any], Any]
WIRES = pytest.mark.parametrize(("wire", "said"), [(over_grpc, "id-1"), (over_rest, "thing")], ids=["grpc", "rest"])


@WIRES
@pytest.mark.parametrize("name", ["localhost", "127.0.0.1"])
def test_a_private_ca_is_trusted_when_it_is_given(calling: Calling, wire: Wire, said: str, name: str) -> None:
    with tls_serving() as ports, calling(ports, name, ca_cert=CA) as caller:
        assert wire(caller) == said


@WIRES
def test_the_environments_ca_is_trusted(
    calling: Calling, wire: Wire, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CA))
    with tls_serving() as ports, calling(ports) as caller:
        assert wire(caller) == said


@WIRES
def test_a_certificate_of_nobody_known_is_refused_and_reported(calling: Calling, wire: Wire, said: str) -> None:
    with tls_serving() as ports, calling(ports, "127.0.0.1") as caller:
        with pytest.raises(Unavailable, match=r"(?i)certificate.*ca_cert") as caught:
            wire(caller)
    assert ports.requests == []
    assert caught.value.request_id


@WIRES
def test_a_certificate_for_another_name_is_refused(calling: Calling, wire: Wire, said: str) -> None:
    with tls_serving("elsewhere.pem") as ports, calling(ports, "127.0.0.1", ca_cert=CA) as caller:
        with pytest.raises(Unavailable, match=r"(?i)verif|hostname|certificate"):
            wire(caller)
    assert ports.requests == []


@WIRES
def test_a_proxy_carries_both_wires_and_sees_no_key(
    calling: Calling, wire: Wire, said: str, proxy: ConnectProxy
) -> None:
    with tls_serving() as ports, calling(ports, "api.example.test", ca_cert=CA, proxy=proxy.url()) as caller:
        assert wire(caller) == said
    assert len(proxy.heads) == 1
    assert b".example.test:" in proxy.heads[0]
    assert b"topsecret" not in proxy.heads[0]
    assert b"uthorization" not in proxy.heads[0]


@WIRES
@pytest.mark.parametrize("variable", ["https_proxy", "HTTPS_PROXY"])
def test_the_environments_proxy_is_used(
    calling: Calling, wire: Wire, said: str, variable: str, proxy: ConnectProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, proxy.url())
    with tls_serving() as ports, calling(ports, "api.example.test", ca_cert=CA) as caller:
        assert wire(caller) == said
    assert len(proxy.heads) == 1


@WIRES
@pytest.mark.parametrize("variable", ["no_proxy", "NO_PROXY"])
@pytest.mark.parametrize("https", ["https_proxy", "HTTPS_PROXY"])
def test_a_host_can_be_left_out_of_the_environments_proxy(
    calling: Calling,
    wire: Wire,
    said: str,
    variable: str,
    https: str,
    proxy: ConnectProxy,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(https, proxy.url())
    monkeypatch.setenv(variable, "other.test,.invalid")
    with tls_serving() as ports, calling(ports, "api.nowhere.invalid", ca_cert=CA) as caller:
        with pytest.raises(Unavailable):
            wire(caller)
    assert proxy.heads == []


@WIRES
def test_loopback_never_goes_through_the_environments_proxy(
    calling: Calling, wire: Wire, said: str, proxy: ConnectProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("https_proxy", proxy.url())
    monkeypatch.setenv("HTTPS_PROXY", proxy.url())
    with tls_serving() as ports, calling(ports, ca_cert=CA) as caller:
        assert wire(caller) == said
    assert proxy.heads == []


@WIRES
def test_a_proxy_that_is_not_there_is_reported(calling: Calling, wire: Wire, said: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        gone = f"http://127.0.0.1:{free.getsockname()[1]}"
    with tls_serving() as ports, calling(ports, "api.example.test", ca_cert=CA, proxy=gone) as caller:
        with pytest.raises(Unavailable):
            wire(caller)


@pytest.mark.parametrize(
    "content", [b"", b"not a certificate", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
)
@WIRES
def test_a_ca_file_that_holds_no_certificate_is_reported(
    calling: Calling, wire: Wire, said: str, content: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "ca.pem"
    path.write_bytes(content)
    with tls_serving() as ports, pytest.raises(ConfigurationError, match="argument ca_cert"):
        with calling(ports, ca_cert=path) as caller:
            wire(caller)


def test_the_login_service_is_reached_through_the_same_proxy_and_ca(
    make_caller: Callable[..., Any], proxy: ConnectProxy, tmp_path: Path
) -> None:
    # A token that expires in the year 2100.
    token = "x.eyJleHAiOiA0MTAyNDQ0ODAwfQ.x"
    (tmp_path / "auth0_token").write_text("refresh-1\n")
    grant = json.dumps({"access_token": token, "refresh_token": "refresh-2"}).encode()
    with tls_serving(answer=grant) as ports:
        env = {"FAL_CONFIG_PATH": "/nonexistent", "FAL_HOME_DIR": str(tmp_path)}
        env["FAL_AUTH_URL"] = f"https://rest.example.test:{ports.rest}"
        settings = resolve(host="api.example.test:1", environ=env)
        with pytest.raises(Unavailable):
            settings.credentials.http_headers()  # neither the name nor the certificate is known
        make_caller(settings, ca_cert=CA, proxy=proxy.url())
        assert settings.credentials.http_headers() == [("Authorization", f"Bearer {token}")]
    assert len(proxy.heads) == 1
    assert b"refresh-1" not in proxy.heads[0]
