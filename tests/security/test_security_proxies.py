"""Both wires, uploads and logins go through a real CONNECT proxy and trust a private authority; the proxy sees no secret."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fal._gen.proto import controller_pb2 as pb
from fal.exceptions import ConfigurationError, FalServerlessException, Unavailable
from tests.security import canaries
from tests.security.network_kit import Trust, trust
from tests.security.security_kit import Driver, Platform, driving, http_server, json_reply
from tests.support.connect_proxy import proxying

__all__ = ["trust"]  # a fixture

Evidence = Callable[..., None]
LOGIN = f"proxy-user:{canaries.PROXY_PASSWORD}"


def over_grpc(driver: Driver, server: Platform) -> None:
    server.answers["ListAliases"] = lambda *_: pb.ListAliasesResult(aliases=[pb.AliasInfo(alias="my-app")])
    assert [app.alias for app in driver.do(lambda client: client.apps.list())] == ["my-app"]
    assert server.calls[-1][2]["auth-key"] == canaries.KEY_SECRET


def over_rest(driver: Driver, server: Platform) -> None:
    server.reply = lambda _: json_reply({"apps": {}})
    assert driver.do(lambda client: client.runners.gpus())["total"] == 0
    assert server.requests[-1].headers["authorization"] == f"Key {canaries.KEY}"


def upload(driver: Driver, server: Platform) -> None:
    server.reply = lambda _: (200, {"ETag": "e"}, b"")
    url = f"https://upload.example.test:{server.rest_port}/put?X-Signature={canaries.PRESIGNED}"
    status, _ = driver.do(lambda client: client._caller.put_url(url, canaries.SECRET_VALUE.encode()))
    assert status == 200
    assert server.requests[-1].target.endswith(canaries.PRESIGNED)
    assert server.requests[-1].body == canaries.SECRET_VALUE.encode()
    assert "authorization" not in server.requests[-1].headers


WAYS = pytest.mark.parametrize("use", [over_grpc, over_rest, upload])


def behind(server: Platform) -> dict[str, Any]:
    return {
        "host": f"api.example.test:{server.grpc_port}",
        "rest_host": f"rest.example.test:{server.rest_port}",
        "timeout": 20,
    }


@WAYS
@pytest.mark.parametrize("login", [None, LOGIN], ids=["open", "with a login"])
@pytest.mark.parametrize("given", ["argument", "https_proxy", "HTTPS_PROXY"])
def test_everything_goes_through_the_proxy_and_nothing_is_seen_there(
    kind: str,
    use: Callable[[Driver, Platform], None],
    login: str | None,
    given: str,
    trust: Trust,
    monkeypatch: pytest.MonkeyPatch,
    evidence: Evidence,
) -> None:
    with trust.platform() as server, proxying(login) as proxy:
        options = {**behind(server), "ca_cert": trust.ca}
        url = proxy.url(login or "")
        if given == "argument":
            options["proxy"] = url
        else:
            monkeypatch.setenv(given, url)
        with driving(kind, **options) as driver:
            use(driver, server)
        assert proxy.heads
        assert all(head.startswith(b"CONNECT ") and b".example.test:" in head for head in proxy.heads)
        assert len(proxy.bytes_beside_heads) > 500
        assert canaries.find(proxy.bytes_beside_heads) == []
        result = [entry for head in proxy.heads for entry in canaries.find(head) if "password of a proxy" not in entry]
        assert result == []
        assert (LOGIN.encode() in proxy.seen) is False
        evidence("bytes at the CONNECT proxy", bytes=len(proxy.seen), connections=len(proxy.heads))


@WAYS
def test_a_proxy_that_refuses_the_login_is_reported_without_it(
    kind: str, use: Callable[[Driver, Platform], None], trust: Trust
) -> None:
    with trust.platform() as server, proxying("somebody:else") as proxy:
        options = {**behind(server), "ca_cert": trust.ca, "proxy": proxy.url(LOGIN), "timeout": 3}
        with driving(kind, **options) as driver, pytest.raises(FalServerlessException) as caught:
            use(driver, server)
        assert proxy.refused
        assert [entry for entry in canaries.find(bytes(proxy.seen)) if "password of a proxy" not in entry] == []
    assert canaries.find(f"{caught.value}{caught.value!r}{vars(caught.value)}") == []
    assert server.calls == []
    assert server.requests == []


@pytest.mark.parametrize("use", [over_grpc, over_rest])
@pytest.mark.parametrize("given", ["argument", "SSL_CERT_FILE", "SSL_CERT_DIR"])
def test_a_private_authority_is_trusted_on_both_wires(
    kind: str,
    use: Callable[[Driver, Platform], None],
    given: str,
    trust: Trust,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with trust.platform() as server:
        options: dict[str, Any] = {
            "host": f"localhost:{server.grpc_port}",
            "rest_host": f"localhost:{server.rest_port}",
            "timeout": 20,
        }
        with driving(kind, **options) as driver, pytest.raises(Unavailable, match=r"(?i)certificate"):
            use(driver, server)
        assert server.calls == []
        assert server.requests == []
        if given == "argument":
            options["ca_cert"] = trust.ca
        elif given == "SSL_CERT_FILE":
            monkeypatch.setenv(given, str(trust.ca))
        else:
            monkeypatch.setenv(given, str(hashed_folder(trust.ca, tmp_path)))
        with driving(kind, **options) as driver:
            use(driver, server)


def hashed_folder(ca: Path, folder: Path) -> Path:
    """Return a folder of certificates as OpenSSL looks them up: each named by the hash of its subject."""
    import subprocess

    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed")
    command = [openssl, "x509", "-noout", "-hash", "-in", str(ca)]
    name = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    shutil.copy(ca, folder / f"{name}.0")
    return folder


def test_grpcs_own_variable_of_certificates_counts_before_the_general_one(
    kind: str, trust: Trust, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Trust(tmp_path)
    monkeypatch.setenv("GRPC_DEFAULT_SSL_ROOTS_FILE_PATH", str(trust.ca))
    monkeypatch.setenv("SSL_CERT_FILE", str(other.ca))
    with trust.platform() as server:
        options = {"host": f"localhost:{server.grpc_port}", "rest_host": f"localhost:{server.rest_port}", "timeout": 20}
        with driving(kind, **options) as driver:
            over_grpc(driver, server)
            with pytest.raises(Unavailable, match=r"(?i)certificate"):
                over_rest(driver, server)
        with driving(kind, **options, ca_cert=other.ca) as driver:  # an argument decides on both wires
            with pytest.raises(Unavailable, match=r"(?i)certificate"):
                driver.do(lambda client: client.apps.list())


@pytest.mark.parametrize("variable", ["GRPC_DEFAULT_SSL_ROOTS_FILE_PATH", "SSL_CERT_FILE"])
def test_certificates_that_are_not_there_are_reported(
    kind: str, variable: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, str(tmp_path / "nothing.pem"))
    with pytest.raises(ConfigurationError, match=r"nothing\.pem"), driving(kind, host="api.example.test") as driver:
        driver.do(lambda client: client.apps.list())


def test_a_login_is_refreshed_through_the_proxy_and_its_tokens_are_not_seen(
    kind: str, trust: Trust, home: Path
) -> None:
    (home / "fal").mkdir()
    (home / "fal" / "auth0_token").write_text(f"{canaries.REFRESH_TOKEN}\n")
    grant = {"access_token": canaries.ACCESS_TOKEN, "refresh_token": canaries.ROTATED_TOKEN}
    with trust.platform() as server, proxying(LOGIN) as proxy, pytest.MonkeyPatch.context() as patch:
        server.reply = lambda seen: json_reply(grant if seen.path == "/oauth/token" else {"apps": {}})
        patch.setenv("FAL_AUTH_URL", f"https://rest.example.test:{server.rest_port}")
        options = {**behind(server), "api_key": None, "ca_cert": trust.ca, "proxy": proxy.url(LOGIN)}
        with driving(kind, **options) as driver:
            driver.do(lambda client: client.apps.list())
            driver.do(lambda client: client.runners.gpus())
        assert canaries.REFRESH_TOKEN in server.requests[0].body.decode()
        assert server.calls[0][2]["authorization"] == f"Bearer {canaries.ACCESS_TOKEN}"
        assert server.requests[-1].headers["authorization"] == f"Bearer {canaries.ACCESS_TOKEN}"
        assert canaries.find(proxy.bytes_beside_heads) == []
    assert (home / "fal" / "auth0_token").read_text().splitlines() == [canaries.ROTATED_TOKEN, canaries.ACCESS_TOKEN]


UNUSABLE = {
    "socks5": f"socks5://{LOGIN}@127.0.0.1:1",
    "no scheme": f"::{canaries.PROXY_PASSWORD}",
    "a port that is none": f"http://{LOGIN}@127.0.0.1:999999",
    "no host": f"http://{LOGIN}@",
    "a file": f"file:///{canaries.PROXY_PASSWORD}",
}


@pytest.mark.parametrize("url", UNUSABLE.values(), ids=UNUSABLE)
@pytest.mark.parametrize("variable", ["https_proxy", "HTTPS_PROXY", "ALL_PROXY"])
@pytest.mark.parametrize("call", ["grpc", "rest"])
def test_a_proxy_that_cannot_be_used_is_not_gone_around(
    kind: str,
    url: str,
    variable: str,
    call: str,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv(variable, url)
    with driving(kind, host="api.nowhere.invalid", timeout=5) as driver:
        with pytest.raises(ConfigurationError, match=f"(?i)variable {variable}") as caught:
            driver.do(lambda client: client.apps.list() if call == "grpc" else client.runners.gpus())
    said = capfd.readouterr()
    assert canaries.find(f"{caught.value}{caught.value!r}{said.out}{said.err}") == []


def test_a_proxy_that_grpc_cannot_use_is_reported(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "https://127.0.0.1:1")
    with driving(kind, host="api.nowhere.invalid", timeout=5) as driver:
        with pytest.raises(ConfigurationError, match="that gRPC can use"):
            driver.do(lambda client: client.apps.list())


@pytest.mark.parametrize("call", ["grpc", "rest", "upload"])
def test_nothing_leaves_this_machine_in_plaintext_through_a_proxy(kind: str, call: str) -> None:
    acts: dict[str, Callable[[Any], Any]] = {
        "grpc": lambda client: client.apps.list(),
        "rest": lambda client: client.runners.gpus(),
        "upload": lambda client: client._caller.put_url("http://127.0.0.1:1/put", b"x"),
    }
    # 192.0.2.0/24 is nobody's.
    options = {"host": "http://127.0.0.1:1", "proxy": "http://192.0.2.1:3128", "timeout": 5}
    with driving(kind, **options) as driver, pytest.raises(ConfigurationError, match="never sent in plaintext"):
        driver.do(acts[call])


def test_a_proxy_on_this_machine_carries_plaintext_to_this_machine(kind: str, server: Platform) -> None:
    with proxying() as proxy, driving(kind, **server.hosts, proxy=proxy.url(), timeout=20) as driver:
        over_grpc(driver, server)
        assert proxy.heads[0].startswith(b"CONNECT 127.0.0.1:")


@pytest.mark.parametrize("excluded", ["api.example.test,rest.example.test", ".example.test", "example.test", "*"])
def test_hosts_of_no_proxy_are_reached_without_it(
    kind: str, excluded: str, trust: Trust, monkeypatch: pytest.MonkeyPatch
) -> None:
    with proxying() as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url())
        monkeypatch.setenv("NO_PROXY", excluded)
        with driving(kind, host="api.example.test", timeout=1) as driver:
            for act in (lambda client: client.apps.list(), lambda client: client.runners.gpus()):
                with pytest.raises(FalServerlessException):
                    driver.do(act)  # there is no such name: only the proxy would have known it
        assert proxy.heads == []


def test_credentials_of_netrc_are_not_used(kind: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / ".netrc").write_text(f"machine 127.0.0.1 login me password {canaries.SECRET_VALUE}\n")
    (home / ".netrc").chmod(0o600)
    monkeypatch.setenv("NETRC", str(home / ".netrc"))
    with http_server(lambda _: (200, {}, b"")) as (port, seen):
        with driving(kind, host=f"http://127.0.0.1:{port}", timeout=10) as driver:
            driver.do(lambda client: client._caller.put_url(f"http://127.0.0.1:{port}/put", b"x"))
    assert "authorization" not in seen[0].headers
    assert canaries.find(json.dumps(seen[0].headers)) == []
