"""Credentials go to the hosts that were named: to no look-alike, to no redirect's other host, and nowhere in plaintext."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fal._core.settings import Settings, resolve
from fal._core.transport.grpc_channel import target_uri
from fal.exceptions import ConfigurationError, FalServerlessException, InvalidInput, Unauthenticated
from tests.security import canaries
from tests.security.security_kit import Platform, Reply, driving, http_server, json_reply
from tests.support.servers import Request

Evidence = Callable[..., None]

# What is not a host, or is not the host that it looks like.
REFUSED = [
    "https://fal.ai@evil.test",
    "https://api.fal.ai:443@evil.test",
    "fal.ai@evil.test",
    "https://user:password@api.fal.ai",
    "https://evil.test\\@api.fal.ai",
    "https://evil.test#@api.fal.ai",
    "https://evil.test?@api.fal.ai",
    "https://api.fal.ai%00.evil.test",
    "https://api.fal.ai%2eevil.test",
    "api.fal.ai\r\nHost: evil.test",
    "api.fal.ai\nevil.test",
    "api.fal.ai\tevil.test",
    "api.fal.ai evil.test",
    "api.fal.ai\x00.evil.test",
    "аpi.fal.ai",  # the first letter is Cyrillic
    "api.fаl.ai",
    "api.fal。ai",  # an ideographic full stop
    "api.fal．ai",
    "api.ⓕal.ai",
    "ａpi.fal.ai",
    "api.fal.ai\u200b",
    "\u202eia.laf.ipa",
    "api.ﬁl.ai",
    "unix:///tmp/socket",
    "unix:/tmp/socket",
    "dns:///evil.test",
    "dns://8.8.8.8/api.fal.ai",
    "xds:///evil.test",
    "ipv4:203.0.113.1:443",
    "passthrough:///evil.test",
    "file:///etc/passwd",
    "ftp://api.fal.ai",
    "javascript://api.fal.ai",
    "//evil.test",
    "https:///evil.test",
    "https://[::1",
    "https://[::1%25eth0]",
    "https://[api.fal.ai]",
    "https://[v1.evil]",
    "https://api.fal.ai:443:443",
    "https://api.fal.ai:99999",
    "https://api.fal.ai:-1",
    "https://api.fal.ai/../../evil",
    "https://api..fal.ai",
    "https://.fal.ai",
    "https://-api.fal.ai",
]
# Hosts that are spoken to over TLS, exactly as they are named, and never without.
NAMED = [
    "127.0.0.1.evil.test",
    "localhost.evil.test",
    "localhost.",
    "app.localhost",
    "api.fal.ai.",
    "api.fal.ai.evil.test",
    "xn--fl-pia.ai",
    "[::ffff:127.0.0.1]",
    "[::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[::]",
    "0.0.0.0",
    "127.1",
    "2130706433",
    "0x7f000001",
    "0177.0.0.1",
    "169.254.169.254",
    "10.0.0.1",
    "unix",
    "dns",
    "xds",
]
PLAIN = ["http://127.0.0.1:8000", "http://127.255.255.254:8000", "http://localhost:8000", "http://[::1]:8000"]


def ways(home: Path) -> dict[str, Callable[[str], Settings]]:
    """Return every way in which a host can be named."""
    env = {"FAL_CONFIG_PATH": str(home / "config.toml"), "FAL_HOME_DIR": str(home / "login")}
    (home / "login").mkdir(exist_ok=True)
    (home / "login" / "auth0_token").write_text("refresh\n")

    def profile(host: str) -> Settings:
        import json

        (home / "config.toml").write_text(f"[work]\nhost = {json.dumps(host)}\n", encoding="utf-8", errors="replace")
        return resolve(api_key=canaries.KEY, profile="work", environ=env)

    def variable(name: str, **more: str) -> Callable[[str], Settings]:
        def resolved(host: str) -> Settings:
            key = None if name == "FAL_AUTH_URL" else canaries.KEY
            return resolve(api_key=key, environ={**env, **more, name: host})

        return resolved

    return {
        "argument host": lambda host: resolve(host=host, api_key=canaries.KEY, environ=env),
        "argument rest_host": lambda host: resolve(rest_host=host, api_key=canaries.KEY, environ=env),
        "argument run_host": lambda host: resolve(run_host=host, api_key=canaries.KEY, environ=env),
        "profile": profile,
        "FAL_GRPC_HOST": variable("FAL_GRPC_HOST"),
        "FAL_REST_HOST": variable("FAL_REST_HOST"),
        "FAL_RUN_HOST": variable("FAL_RUN_HOST"),
        "FAL_AUTH_URL": variable("FAL_AUTH_URL"),
        "FAL_GRPC_HOST without TLS": variable("FAL_GRPC_HOST", ISOLATE_TEST_MODE="1"),
        "FAL_REST_HOST without TLS": variable("FAL_REST_HOST", ISOLATE_TEST_MODE="1", FAL_GRPC_HOST="127.0.0.1:9"),
    }


def places(settings: Settings) -> Iterator[tuple[str, str]]:
    """Yield the scheme and the host of every place that settings name."""
    yield ("https" if settings.grpc_secure else "http"), urlsplit(f"//{settings.grpc_target}").hostname or ""
    urls = [settings.rest_url, settings.run_url, settings.queue_url, getattr(settings.credentials, "_auth_url", None)]
    for url in filter(None, urls):
        split = urlsplit(url)
        yield split.scheme, split.hostname or ""


def is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address == ipaddress.ip_address("::1") or (address.version == 4 and address.is_loopback)


def outcome(settle: Callable[[str], Settings], host: str) -> tuple[Settings | None, str]:
    try:
        return settle(host), ""
    except ConfigurationError as error:
        return None, str(error)


def test_what_is_not_a_host_is_refused_wherever_it_is_named(home: Path, evidence: Evidence) -> None:
    looked = 0
    for way, settle in ways(home).items():
        for host in REFUSED:
            looked += 1
            result, message = outcome(settle, host)
            assert result is None, (way, host, result)
            assert canaries.find(message) == []
    evidence("hosts that are none", hosts=len(REFUSED), ways=len(ways(home)), looks=looked)


DEFAULTS = ("api.alpha.fal.ai", "rest.alpha.fal.ai", "fal.run", "queue.fal.run", "auth.fal.ai")


def test_a_look_alike_of_this_machine_is_spoken_to_over_tls_or_not_at_all(home: Path, evidence: Evidence) -> None:
    looked = 0
    for way, settle in ways(home).items():
        for host in NAMED:
            for text in (host, f"http://{host}", f"https://{host}", f"HTTP://{host}:8080"):
                looked += 1
                try:
                    result = settle(text)
                except ConfigurationError:
                    assert not (text.startswith("https") and host[0] not in "["), (way, text)
                    continue
                for scheme, name in places(result):
                    assert scheme == "https" or is_this_machine(name), (way, text, scheme, name)
    evidence("look-alikes of this machine", hosts=len(NAMED), looks=looked)


def test_this_machine_may_be_spoken_to_without_tls(home: Path) -> None:
    for way, settle in ways(home).items():
        for host in PLAIN:
            if way != "FAL_RUN_HOST":
                assert any(scheme == "http" for scheme, _ in places(settle(host))), (way, host)


@given(st.text(st.sampled_from("fal.i@:/\\[]%#?127evot\r\n\t аｆ。-_~;,"), max_size=24))
@settings(max_examples=300)
def test_no_text_leads_to_a_host_that_is_not_in_it(text: str) -> None:
    env = {"FAL_CONFIG_PATH": "/nonexistent", "FAL_HOME_DIR": "/nonexistent"}
    try:
        result = resolve(host=text, api_key=canaries.KEY, environ=env)
    except ConfigurationError:
        return
    host = urlsplit(f"//{result.grpc_target}").hostname or ""
    assert host in text.casefold()
    assert result.grpc_secure or is_this_machine(host)
    # Nobody else reads another host from the address that goes out.
    assert "@" not in result.rest_url
    assert result.grpc_target.isascii()
    assert result.grpc_target.isprintable()


@pytest.mark.parametrize("host", ["unix", "unix-abstract", "dns", "ipv4", "ipv6", "xds", "vsock", "google-c2p"])
def test_a_host_is_not_taken_for_a_scheme(host: str) -> None:
    result = resolve(host=host, api_key=canaries.KEY, environ={"FAL_CONFIG_PATH": "/nonexistent"})
    assert target_uri(result.grpc_target) == f"dns:///{host}:443"


# --------------------------------------------------------------------------------------------------- who names the host


@pytest.mark.parametrize(
    ("variables", "arguments", "expected"),
    [
        # An argument decides alone: the environment's hosts were meant for another platform.
        ({"FAL_REST_HOST": "evil.test"}, {"host": "api.mine.test"}, {"api.mine.test", "rest.mine.test"}),
        (
            {"FAL_GRPC_HOST": "evil.test", "FAL_RUN_HOST": "evil.test", "FAL_QUEUE_RUN_HOST": "evil.test"},
            {"host": "api.mine.test"},
            {"api.mine.test", "rest.mine.test"},
        ),
        ({"FAL_HOST": "api.evil.test"}, {"host": "api.mine.test"}, {"api.mine.test", "rest.mine.test"}),
        ({"FAL_GRPC_HOST": "evil.test"}, {"profile": "work"}, {"api.work.test", "rest.work.test"}),
        ({"FAL_REST_HOST": "evil.test"}, {"profile": "work"}, {"api.work.test", "rest.work.test"}),
        # A variable counts before the profile that is merely the usual one.
        ({"FAL_GRPC_HOST": "api.mine.test"}, {}, {"api.mine.test", "rest.mine.test"}),
        ({"FAL_GRPC_HOST": "api.mine.test", "FAL_HOST": "api.evil.test"}, {}, {"api.mine.test", "rest.mine.test"}),
        ({}, {}, {"api.usual.test", "rest.usual.test"}),
        # Only a leading `api.` is replaced, and only by `rest.`.
        ({}, {"host": "fal.api.mine.test"}, {"fal.api.mine.test"}),
        ({}, {"host": "rapid.mine.test"}, {"rapid.mine.test"}),
        ({}, {"host": "api.api.mine.test"}, {"api.api.mine.test", "rest.api.mine.test"}),
    ],
)
def test_credentials_go_to_the_hosts_that_rank_first(
    variables: dict[str, str], arguments: dict[str, Any], expected: set[str], home: Path
) -> None:
    text = '[__internal__]\nprofile = "usual"\n[usual]\nhost = "api.usual.test"\n[work]\nhost = "api.work.test"\n'
    (home / "config.toml").write_text(text)
    result = resolve(
        api_key=canaries.KEY, environ={"FAL_CONFIG_PATH": str(home / "config.toml"), **variables}, **arguments
    )
    rest = urlsplit(result.rest_url).hostname or ""
    assert {urlsplit(f"//{result.grpc_target}").hostname, rest} == expected
    assert result.grpc_secure
    assert result.rest_url.startswith("https://")
    assert "evil" not in f"{result.run_url}{result.queue_url}"


# ------------------------------------------------------------------------------------------------------ line breaks


@pytest.mark.parametrize("breaking", ["\r\n", "\n", "\r", "\0", "\u2028", "\x85", "\x0b", "\x1b"])
@pytest.mark.parametrize("part", ["api_key", "host", "rest_host", "profile", "proxy"])
def test_what_is_given_injects_no_header(part: str, breaking: str) -> None:
    values: dict[str, dict[str, Any]] = {
        "api_key": {"api_key": f"id{breaking}X-Injected: 1:secret"},
        "host": {"host": f"api.mine.test{breaking}X-Injected: 1"},
        "rest_host": {"rest_host": f"rest.mine.test{breaking}X-Injected: 1"},
        "profile": {"profile": f"work{breaking}X-Injected"},
        "proxy": {"proxy": f"http://127.0.0.1{breaking}X-Injected: 1"},
    }
    with pytest.raises(ConfigurationError):
        with driving("sync", **values[part]):
            pass


def test_a_line_break_in_a_team_or_an_argument_injects_no_header(kind: str, server: Platform) -> None:
    server.reply = lambda _: json_reply({"nickname": "other", "user_id": "u", "full_name": "x", "email": "e"})
    for team in ("acme\r\nX-Injected: 1", "acme\nX-Injected: 1"):
        with driving(kind, **server.hosts, team=team, timeout=10) as driver, pytest.raises(FalServerlessException):
            driver.do(lambda client: client.apps.list())
    assert server.calls == []
    assert all("x-injected" not in seen.headers for seen in server.requests)


def test_a_hostile_answer_about_teams_injects_no_header(kind: str, server: Platform, home: Path) -> None:
    (home / "fal").mkdir()
    (home / "fal" / "auth0_token").write_text(f"{canaries.REFRESH_TOKEN}\n{canaries.ACCESS_TOKEN}\n")
    hostile = {
        "nickname": "acme",
        "user_id": "u\r\nX-Injected: 1",
        "full_name": "x",
        "email": "e",
        "is_personal": False,
    }
    server.reply = lambda seen: json_reply([hostile] if "teams" in seen.path else {"apps": {}})
    for act in (lambda client: client.runners.gpus(), lambda client: client.apps.list()):
        with driving(kind, **server.hosts, api_key=None, team="acme", timeout=10) as driver:
            with pytest.raises(FalServerlessException) as caught:
                driver.do(act)
        assert canaries.find(f"{caught.value}{caught.value!r}") == []
    assert all("x-injected" not in seen.headers for seen in server.requests)
    assert all("x-injected" not in headers for _, _, headers in server.calls)


# -------------------------------------------------------------------------------------------------------- redirects

STATUSES = [300, 301, 302, 303, 304, 305, 306, 307, 308, 399]


@contextmanager
def redirecting(where: Callable[[int, int], str], status: int) -> Iterator[tuple[int, list[Request], list[Request]]]:
    """Serve a host that redirects, and another one; yield the first's port, and what each has seen."""

    def answer(seen: Request) -> Reply:
        if seen.path.startswith("/there"):
            return json_reply({"apps": {}})
        return status, {"Location": where(port, other)}, b""

    with http_server(lambda _: json_reply({"apps": {}})) as (other, elsewhere):
        with http_server(answer) as (port, seen):
            yield port, seen, elsewhere


TARGETS: dict[str, Callable[[int, int], str]] = {
    "another port": lambda _, other: f"http://127.0.0.1:{other}/steal",
    "another name": lambda _, other: f"http://localhost:{other}/steal",
    "another name of this port": lambda port, _: f"http://localhost:{port}/there",
    "without a scheme": lambda _, other: f"//127.0.0.1:{other}/steal",
    "backslashes": lambda _, other: f"\\\\127.0.0.1:{other}\\steal",
    "TLS": lambda port, _: f"https://127.0.0.1:{port}/there",
    "userinfo": lambda port, other: f"http://127.0.0.1:{port}@127.0.0.1:{other}/steal",
    "a login for this place": lambda port, _: f"http://evil:login@127.0.0.1:{port}/there",
    "another kind of address": lambda *_: "file:///etc/passwd",
    "no address": lambda *_: "http://[::1",
    "nothing": lambda *_: "",
}


@pytest.mark.parametrize("status", STATUSES)
def test_no_redirect_leads_credentials_to_another_place(kind: str, status: int, evidence: Evidence) -> None:
    for name, where in TARGETS.items():
        with redirecting(where, status) as (port, seen, elsewhere):
            with driving(kind, host=f"http://127.0.0.1:{port}", timeout=10) as driver:
                with pytest.raises(FalServerlessException) as caught:
                    driver.do(lambda client: client.runners.gpus())
        assert elsewhere == [], name
        assert all(not entry.path.startswith("/there") for entry in seen), name
        assert canaries.find(f"{caught.value}{caught.value!r}") == [], name
    evidence("redirects of reads", status=status, targets=len(TARGETS))


def putting(url: str) -> Callable[[Any], Any]:
    return lambda client: client._caller.put_url(url, b"content")


@pytest.mark.parametrize("status", STATUSES)
def test_an_upload_follows_no_redirect_at_all(kind: str, status: int) -> None:
    targets: dict[str, Callable[..., str]] = {**TARGETS, "the same place": lambda *_: "/there"}
    for name, where in targets.items():
        with redirecting(where, status) as (port, seen, elsewhere):
            with driving(kind, host=f"http://127.0.0.1:{port}", timeout=10) as driver:
                with pytest.raises(FalServerlessException) as caught:
                    driver.do(putting(f"http://127.0.0.1:{port}/put?X-Signature={canaries.PRESIGNED}"))
        assert elsewhere == [], name
        assert len(seen) == 1, name
        assert "authorization" not in seen[0].headers
        assert canaries.find(f"{caught.value}{caught.value!r}") == [], name


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    "location", ["/there", "there", "?x=1", "//127.0.0.1:{port}/there", "http://127.0.0.1:{port}/there"]
)
def test_a_read_follows_a_redirect_on_its_own_host(kind: str, status: int, location: str) -> None:
    answered: list[int] = []

    def answer(seen: Request) -> Reply:
        if len(answered) == 1:
            return json_reply({"apps": {}})
        answered.append(status)
        return status, {"Location": location.format(port=port)}, b""

    with http_server(answer) as (port, seen):
        with driving(kind, host=f"http://127.0.0.1:{port}", timeout=10) as driver:
            assert driver.do(lambda client: client.runners.gpus())["total"] == 0
    assert [entry.headers["authorization"] for entry in seen] == [f"Key {canaries.KEY}"] * 2


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("same_host", [True, False])
def test_the_login_service_redirects_no_token(status: int, same_host: bool, home: Path, kind: str) -> None:
    (home / "fal").mkdir()
    (home / "fal" / "auth0_token").write_text(f"{canaries.REFRESH_TOKEN}\n")
    with redirecting(lambda port, other: f"http://127.0.0.1:{port if same_host else other}/there", status) as opened:
        port, seen, elsewhere = opened
        os.environ["FAL_AUTH_URL"] = f"http://127.0.0.1:{port}"
        try:
            with driving(kind, host="http://127.0.0.1:9", api_key=None, timeout=10) as driver:
                with pytest.raises(Unauthenticated, match=f"status {status}"):
                    driver.do(lambda client: client.apps.list())
        finally:
            del os.environ["FAL_AUTH_URL"]
    assert elsewhere == []
    assert [entry.path for entry in seen] == ["/oauth/token"]
    assert (home / "fal" / "auth0_token").read_text() == f"{canaries.REFRESH_TOKEN}\n"


# ---------------------------------------------------------------------------------------------------------- uploads


@pytest.mark.parametrize(
    "url",
    [
        "http://evil.test/put",
        "http://127.0.0.1.evil.test/put",
        "http://localhost.evil.test/put",
        "http://[::ffff:127.0.0.1]/put",
        "http://0.0.0.0/put",
        "http://127.1/put",
        "HTTP://EVIL.TEST/put",
        "http://127.0.0.1@evil.test/put",
        "ftp://127.0.0.1/put",
        "file:///etc/passwd",
        "//evil.test/put",
        "evil.test",
        "",
        "http://",
        "http://[::1",
        "https://evil.test\r\nX-Injected: 1",
    ],
)
def test_an_upload_goes_nowhere_in_plaintext(kind: str, url: str) -> None:
    with driving(kind, host="http://127.0.0.1:9", timeout=5) as driver:
        with pytest.raises((ConfigurationError, InvalidInput)) as caught:
            driver.do(lambda client: client._caller.put_url(url, canaries.SECRET_VALUE.encode()))
    assert canaries.find(f"{caught.value}") == []
