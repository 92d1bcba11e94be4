"""TLS on the one port, by its first bytes: HTTP/1.1 and gRPC, with an authority that vouches for loopback alone."""

from __future__ import annotations

import socket
import ssl
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import grpc
import httpx
import pytest
from cryptography import x509

import fal_emulator
from fal._gen import rpc
from fal_emulator.state.certificates import Certificates
from tests.support.engine import server
from tests.support.plane import TIMEOUT, wire_to

if TYPE_CHECKING:
    from fal_emulator import Plane


@pytest.fixture(scope="module")
def trusted(plane: Plane) -> ssl.SSLContext:
    """What a client trusts that has the variables of the ready file."""
    return ssl.create_default_context(cafile=plane.env()["SSL_CERT_FILE"])


def connected(plane: Plane, context: ssl.SSLContext, protocols: list[str] | None = None) -> ssl.SSLSocket:
    if protocols:
        context.set_alpn_protocols(protocols)
    connection = socket.create_connection(("127.0.0.1", plane.port), timeout=TIMEOUT)
    return context.wrap_socket(connection, server_hostname="127.0.0.1")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_rest_and_apps_over_tls(plane: Plane, trusted: ssl.SSLContext, host: str) -> None:
    wire = wire_to(plane)
    wire.deploy("over-tls", server())
    wire.close()
    base = f"https://{host}:{plane.port}"
    with httpx.Client(base_url=base, verify=trusted, timeout=TIMEOUT, trust_env=False) as http:
        assert http.get("/health").json() == {"status": "ok"}
        assert http.get("/local/over-tls/where").json()["path"] == "/where"
        queued = http.post("/queue/local/over-tls/").json()
        assert queued["status_url"].startswith(base)


def test_grpc_over_tls(plane: Plane) -> None:
    roots = Path(plane.env()["SSL_CERT_FILE"]).read_bytes()
    key_id, _, secret = plane.key.partition(":")
    with grpc.secure_channel(f"127.0.0.1:{plane.port}", grpc.ssl_channel_credentials(roots)) as channel:
        method = rpc.LIST_ENVIRONMENTS
        call = channel.unary_unary(
            method.path,
            request_serializer=method.request.SerializeToString,
            response_deserializer=method.response.FromString,
        )
        answer = call(method.request(), metadata=(("auth-key", secret), ("auth-key-id", key_id)), timeout=TIMEOUT)
    assert [item.name for item in answer.environments] == ["main"]


@pytest.mark.parametrize(
    ("offered", "chosen"), [(["h2"], "h2"), (["h2", "http/1.1"], "http/1.1"), (["http/1.1"], "http/1.1")]
)
def test_a_client_that_can_do_both_gets_http_1(plane: Plane, offered: list[str], chosen: str) -> None:
    context = ssl.create_default_context(cafile=plane.env()["SSL_CERT_FILE"])
    with connected(plane, context, offered) as connection:
        assert connection.selected_alpn_protocol() == chosen


def test_no_ticket_comes_beside_the_first_request(plane: Plane, trusted: ssl.SSLContext) -> None:
    with connected(plane, trusted) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
        while connection.recv(4096):
            pass
        assert connection.session is not None and not connection.session.has_ticket


def test_a_client_without_the_bundle_refuses(plane: Plane) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        connected(plane, ssl.create_default_context())
    assert httpx.get(f"{plane.host}/health", trust_env=False).status_code == 200, "the port goes on"


def test_the_bundle_keeps_what_the_machine_trusts(plane: Plane, trusted: ssl.SSLContext) -> None:
    assert len(trusted.get_ca_certs()) > 1
    assert plane.env()["NODE_EXTRA_CA_CERTS"].endswith("authority.pem")


def test_the_authority_vouches_for_loopback_alone(plane: Plane) -> None:
    folder = plane.state / "certificates"
    certificate = x509.load_pem_x509_certificate((folder / "server.pem").read_bytes())
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert {str(name.value) for name in names} == {"localhost", "*.localhost", "127.0.0.1", "::1"}
    keys = [file.name for file in folder.iterdir() if "PRIVATE KEY" in file.read_text()]
    assert keys == ["server.pem"], "the key of the authority is not kept"
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}


def test_certificates_are_kept_and_replaced_when_damaged(tmp_path: Path) -> None:
    Certificates(tmp_path)
    first = (tmp_path / "server.pem").read_bytes()
    Certificates(tmp_path)
    assert (tmp_path / "server.pem").read_bytes() == first
    (tmp_path / "server.pem").write_bytes(b"damaged")
    Certificates(tmp_path).context(("http/1.1",))
    assert b"PRIVATE KEY" in (tmp_path / "server.pem").read_bytes()


def test_an_sdk_client_configured_as_for_the_cloud(monkeypatch: pytest.MonkeyPatch) -> None:
    from fal.api import SyncServerlessClient

    with fal_emulator.start(isolation="inline") as plane:
        monkeypatch.delenv("ISOLATE_TEST_MODE", raising=False)
        with SyncServerlessClient(
            host=f"https://127.0.0.1:{plane.port}", api_key=plane.key, ca_cert=plane.env()["SSL_CERT_FILE"]
        ) as client:
            assert [item.name for item in client.environments.list()] == ["main"]
