"""What is a host, and which one may be spoken to without TLS."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fal._core.hosts import Endpoint, is_loopback, parse
from fal._core.settings import resolve
from fal.exceptions import ConfigurationError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("api.alpha.fal.ai", ("api.alpha.fal.ai:443", "https://api.alpha.fal.ai")),
        ("api.alpha.fal.ai:8443", ("api.alpha.fal.ai:8443", "https://api.alpha.fal.ai:8443")),
        ("https://api.alpha.fal.ai/", ("api.alpha.fal.ai:443", "https://api.alpha.fal.ai")),
        ("HTTPS://API.Alpha.fal.ai", ("api.alpha.fal.ai:443", "https://api.alpha.fal.ai")),
        (" api.example\n", ("api.example:443", "https://api.example")),
        ("http://127.0.0.1:50051", ("127.0.0.1:50051", "http://127.0.0.1:50051")),
        ("HTTP://localhost:5", ("localhost:5", "http://localhost:5")),
        ("http://127.9.9.9", ("127.9.9.9:80", "http://127.9.9.9")),
        ("http://[::1]:5", ("[::1]:5", "http://[::1]:5")),
        ("https://10.0.0.1:5", ("10.0.0.1:5", "https://10.0.0.1:5")),
        ("api_internal-1.example.", ("api_internal-1.example.:443", "https://api_internal-1.example.")),
    ],
)
def test_a_host_is_read(text: str, expected: tuple[str, str]) -> None:
    result = parse(text, "argument host")
    assert (result.target, result.url) == expected


@pytest.mark.parametrize(
    "text",
    [
        "http://api.example",
        "http://10.0.0.1",
        "http://0.0.0.0:5",
        "http://127.0.0.1.example",
        "http://localhost.example",
        "http://app.localhost:5",
        "http://127.1",
        "http://2130706433",
        "http://[::]:5",
        "http://[fe80::1]:5",
    ],
)
@pytest.mark.parametrize("by_variable", [False, True])
def test_plaintext_leaves_this_machine_in_no_case(text: str, by_variable: bool) -> None:
    plaintext = "ISOLATE_TEST_MODE" if by_variable else None
    with pytest.raises(ConfigurationError, match="never sent in plaintext"):
        parse(text.removeprefix("http://") if by_variable else text, "argument host", plaintext=plaintext)


@pytest.mark.parametrize(
    "text",
    ["", " ", "::1", "[::1", "[x]", "a b", "a:b:c", "x:0", "x:99999", "x:-1", "-x", ".", "a..b", "http://", "a?b", "a#b",
     "u@x", "u:p@x", "ａpi.fal.ai", "a%20b", "x\0y", "a\\b", "api.example/path", "dns:///x", "unix:/tmp/x"],
)  # fmt: skip
def test_what_is_not_a_host_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError, match="argument host"):
        parse(text, "argument host")


@given(st.text(max_size=40))
def test_any_text_is_a_host_or_an_error_of_ours(text: str) -> None:
    try:
        result = parse(text, "argument host")
    except ConfigurationError:
        return
    assert result.secure or is_loopback(result.host)
    assert 0 < result.port < 65536
    assert parse(result.url, "again") == Endpoint(result.host, result.port, result.secure)


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("https://api.fal.ai/v1", "https://api.fal.ai/v1"),
        ("api.fal.ai/v1/", "https://api.fal.ai/v1"),
        ("http://127.0.0.1:8080/a/b-c", "http://127.0.0.1:8080/a/b-c"),
        ("https://api.fal.ai/", "https://api.fal.ai"),
    ],
)
def test_the_rest_host_may_have_a_path(given: str, url: str) -> None:
    settings = resolve(rest_host=given, api_key="a:b", environ={"FAL_CONFIG_PATH": "/nonexistent"})
    assert settings.rest_url == url


@pytest.mark.parametrize("path", ["/../evil", "/a/./b", "//a", "/a b", "/ä", "/%2e%2e/x", "/a?b", "/a#b", "/a\\b"])
def test_a_path_that_is_not_plain_is_refused(path: str) -> None:
    with pytest.raises(ConfigurationError, match=r"argument rest_host|not a host"):
        resolve(rest_host=f"https://api.fal.ai{path}", api_key="a:b", environ={"FAL_CONFIG_PATH": "/nonexistent"})
