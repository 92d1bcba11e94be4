"""One rule picks the proxy of both wires."""

from __future__ import annotations

import pytest

from fal._core import proxies
from fal.exceptions import ConfigurationError

NAMES = [name for stem in ("https", "http", "all", "no", "grpc") for name in (f"{stem}_proxy", f"{stem}_proxy".upper())]
PROXY = "http://proxy.example:3128"


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


def both(host: str = "api.example.com", port: int = 443) -> set[str | None]:
    return {item and item.reveal() for item in (proxies.for_grpc(host, port), proxies.for_http(host, port))}


@pytest.mark.parametrize(
    ("no_proxy", "host", "port", "direct"),
    [
        ("api.example.com", "api.example.com", 443, True),
        ("example.com", "api.example.com", 443, True),
        (".example.com", "api.example.com", 443, True),
        ("*.example.com", "api.example.com", 443, True),
        (".example.com", "example.com", 443, True),
        ("EXAMPLE.com.", "api.example.COM.", 443, True),
        ("ample.com", "example.com", 443, False),
        ("api.example.com:8443", "api.example.com", 8443, True),
        ("api.example.com:8443", "api.example.com", 443, False),
        ("other.com, api.example.com", "api.example.com", 443, True),
        ("other.com api.example.com", "api.example.com", 443, True),
        ("*", "api.example.com", 443, True),
        ("10.0.0.0/8", "10.1.2.3", 443, True),
        ("10.0.0.0/8", "11.1.2.3", 443, False),
        ("10.1.2.3", "10.1.2.3", 443, True),
        ("10.1.2.3:443", "10.1.2.3", 443, True),
        ("10.1.2.3:444", "10.1.2.3", 443, False),
        ("2.3", "10.1.2.3", 443, False),
        ("[fd00::1]", "fd00::1", 443, True),
        ("[fd00::1]:443", "fd00::1", 443, True),
        ("[fd00::1]:444", "fd00::1", 443, False),
        ("fd07:b51a:cc66:f0::/64", "fd07:b51a:cc66:f0::5", 443, True),
        ("fd07:b51a:cc66:f0::/64,::1,[::1],[,]:,:::", "api.example.com", 443, False),
        ("", "api.example.com", 443, False),
        (",, ,", "api.example.com", 443, False),
    ],
)
def test_who_is_reached_directly(
    monkeypatch: pytest.MonkeyPatch, no_proxy: str, host: str, port: int, direct: bool
) -> None:
    monkeypatch.setenv("https_proxy", PROXY)
    for name in ("no_proxy", "NO_PROXY"):
        with monkeypatch.context() as patch:
            patch.setenv(name, no_proxy)
            assert both(host, port) == {None if direct else PROXY}


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, None),
        ({"https_proxy": PROXY}, PROXY),
        ({"HTTPS_PROXY": PROXY}, PROXY),
        ({"https_proxy": PROXY, "all_proxy": "socks5://other:1"}, PROXY),
        ({"https_proxy": PROXY, "http_proxy": "http://other:1", "ALL_PROXY": "not a url"}, PROXY),
        ({"all_proxy": PROXY, "http_proxy": "http://other:1"}, PROXY),
        ({"http_proxy": PROXY}, PROXY),
        ({"https_proxy": "proxy.example:3128"}, PROXY),
        ({"https_proxy": "", "all_proxy": PROXY}, PROXY),
    ],
)
def test_which_variable_counts(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], expected: str | None
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert both() == {expected}
    assert both("127.0.0.1", 5000) == both("localhost") == {None}


def test_a_variable_of_grpc_alone_counts_there_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("grpc_proxy", PROXY)
    assert proxies.for_http("api.example.com", 443) is None
    assert proxies.for_grpc("api.example.com", 443) == PROXY


@pytest.mark.parametrize("value", ["socks5://proxy:1", "ftp://proxy:1", "http://:5", "http://proxy:0", "http://[::1"])
def test_a_proxy_that_cannot_be_used_is_named_by_its_variable(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("ALL_PROXY", value)
    with pytest.raises(ConfigurationError, match="variable ALL_PROXY") as caught:
        proxies.for_grpc("api.example.com", 443)
    assert value not in str(caught.value)


def test_a_header_of_a_request_is_not_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", PROXY)
    monkeypatch.setenv("REQUEST_METHOD", "GET")
    assert both() == {None}


def test_a_proxy_gets_its_login() -> None:
    assert proxies.authority_and_login("http://us%40er:p%3Aw@proxy.example") == ("proxy.example:80", "us@er:p:w")
    assert proxies.authority_and_login("http://[::1]:3128") == ("[::1]:3128", None)
