"""Each setting comes from the first source that names it, and a source that is wrong is named."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest

from fal._core.auth import FalServerlessKeyCredentials
from fal._core.settings import Settings, resolve
from fal.exceptions import ConfigurationError, FalServerlessException, Unauthenticated

CONFIG = """
[__internal__]
profile = "home"
team = "acme"
[home]
key = "home-id:home-secret"
[work]
key = "work-id:work-secret"
host = "api.work.example"
[bare]
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(CONFIG)
    return path


def settle(config: Path | None = None, env: dict[str, str] | None = None, **arguments: Any) -> Settings:
    base = {"FAL_CONFIG_PATH": str(config or "/nonexistent/config.toml"), "FAL_HOME_DIR": "/nonexistent"}
    return resolve(environ={**base, **(env or {})}, **arguments)


@pytest.mark.parametrize(("team", "kind"), [("5", "int"), ('["acme"]', "list"), ("{name = 'acme'}", "dict")])
def test_a_team_that_is_no_text_is_an_error(config: Path, team: str, kind: str) -> None:
    config.write_text(CONFIG.replace('"acme"', team))
    with pytest.raises(
        ConfigurationError, match=rf"^key 'team' of \[__internal__\] in .*: it is a {kind}, not a string"
    ):
        settle(config)


def key_id(settings: Settings) -> str:
    assert isinstance(settings.credentials, FalServerlessKeyCredentials)
    return settings.credentials.key_id


@pytest.mark.parametrize(
    ("arguments", "env", "expected"),
    [
        ({"api_key": "arg-id:s"}, {"FAL_KEY": "env-id:s"}, "arg-id"),
        ({"profile": "work"}, {"FAL_KEY": "env-id:s"}, "work-id"),
        ({"profile": "bare"}, {"FAL_KEY": "env-id:s"}, "env-id"),
        ({}, {"FAL_KEY": "env-id:s", "FAL_PROFILE": "work"}, "env-id"),
        ({}, {"FAL_KEY_ID": "pair-id", "FAL_KEY_SECRET": "s"}, "pair-id"),
        ({}, {"FAL_PROFILE": "work"}, "work-id"),
        ({}, {}, "home-id"),
    ],
)
def test_the_key_comes_from_the_first_source(
    config: Path, arguments: dict[str, str], env: dict[str, str], expected: str
) -> None:
    assert key_id(settle(config, env, **arguments)) == expected


@pytest.mark.parametrize(
    ("arguments", "env", "target", "rest"),
    [
        ({}, {}, "api.alpha.fal.ai:443", "https://rest.alpha.fal.ai"),
        ({"host": "api.other.example"}, {}, "api.other.example:443", "https://rest.other.example"),
        ({"host": "myapi.example"}, {}, "myapi.example:443", "https://myapi.example"),
        ({"host": "https://api.x.example:8443"}, {}, "api.x.example:8443", "https://rest.x.example:8443"),
        ({"host": "http://127.0.0.1:50051"}, {}, "127.0.0.1:50051", "http://127.0.0.1:50051"),
        ({"host": "http://localhost:9"}, {}, "localhost:9", "http://localhost:9"),
        ({"host": "http://[::1]:9"}, {}, "[::1]:9", "http://[::1]:9"),
        ({}, {"FAL_GRPC_HOST": "any.example"}, "any.example:443", "https://any.example"),
        ({}, {"FAL_HOST": "api.old.example"}, "api.old.example:443", "https://rest.old.example"),
        (
            {},
            {"FAL_GRPC_HOST": "api.a.example", "FAL_HOST": "api.b.example"},
            "api.a.example:443",
            "https://rest.a.example",
        ),
        (
            {},
            {"FAL_GRPC_HOST": "api.a.example", "FAL_REST_HOST": "r.example"},
            "api.a.example:443",
            "https://r.example",
        ),
        # A host that is named outright decides the REST host too, whatever the environment says.
        ({"host": "api.a.example"}, {"FAL_REST_HOST": "r.example"}, "api.a.example:443", "https://rest.a.example"),
        ({"host": "api.a.example", "rest_host": "r.example"}, {}, "api.a.example:443", "https://r.example"),
        ({"profile": "work"}, {"FAL_GRPC_HOST": "env.example"}, "api.work.example:443", "https://rest.work.example"),
        ({}, {"FAL_PROFILE": "work"}, "api.work.example:443", "https://rest.work.example"),
        ({}, {"FAL_PROFILE": "work", "FAL_GRPC_HOST": "env.example"}, "env.example:443", "https://env.example"),
        (
            {},
            {"ISOLATE_TEST_MODE": "1", "FAL_GRPC_HOST": "127.0.0.1:5", "FAL_REST_HOST": "127.0.0.1:6"},
            "127.0.0.1:5",
            "http://127.0.0.1:6",
        ),
    ],
)
def test_the_hosts_come_from_the_first_source(
    config: Path, arguments: dict[str, str], env: dict[str, str], target: str, rest: str
) -> None:
    settings = settle(config, env, **arguments)
    assert (settings.grpc_target, settings.rest_url) == (target, rest)
    assert settings.grpc_secure is rest.startswith("https")


def test_apps_are_called_where_the_documentation_says() -> None:
    settings = settle(api_key="a:b")
    assert (settings.run_url, settings.queue_url) == ("https://fal.run", "https://queue.fal.run")
    local = settle(host="http://127.0.0.1:7", api_key="a:b")
    assert (local.run_url, local.queue_url) == ("http://127.0.0.1:7", "http://127.0.0.1:7/queue")
    env = {"FAL_RUN_HOST": "run.example", "FAL_QUEUE_RUN_HOST": "q.example/queue"}
    named = settle(env=env, api_key="a:b")
    assert (named.run_url, named.queue_url) == ("https://run.example", "https://q.example/queue")
    older = settle(env={"FAL_HOST": "api.staging.fal.ai"}, api_key="a:b")
    assert (older.run_url, older.queue_url) == ("https://staging.fal.run", "https://queue.staging.fal.run")
    both = settle(env={"FAL_HOST": "api.staging.fal.ai", "FAL_GRPC_HOST": "api.alpha.fal.ai"}, api_key="a:b")
    assert both.run_url == "https://fal.run"


@pytest.mark.parametrize(
    ("arguments", "env", "complaint"),
    [
        ({"profile": "wrok"}, {}, r"argument profile: there is no profile 'wrok'.*'work'"),
        ({}, {"FAL_PROFILE": "nope"}, r"variable FAL_PROFILE.*bare, home, work"),
        ({"profile": ""}, {}, "profile: ''"),
        ({"api_key": ""}, {}, "argument api_key.*empty"),
        ({"api_key": "nocolon"}, {}, "argument api_key.*no colon"),
        ({"api_key": ":x"}, {}, "before the colon"),
        ({"api_key": "x:"}, {}, "behind the colon"),
        ({"api_key": "a:b\n"}, {}, "line break"),
        ({"api_key": "a:b c"}, {}, "whitespace"),
        ({"api_key": "a:bü"}, {}, "characters"),
        ({}, {"FAL_KEY": "hidden-but-wrong"}, "variable FAL_KEY.*no colon"),
        ({}, {"FAL_KEY_ID": "only"}, "FAL_KEY_SECRET is not set"),
        ({"host": ""}, {}, "host: ''"),
        ({"host": "http://api.example"}, {}, "never sent in plaintext to api.example"),
        ({"host": "http://127.0.0.1.evil.example"}, {}, "never sent in plaintext"),
        ({"host": "ftp://x"}, {}, "begins with ftp"),
        ({"host": "a b"}, {}, "not a host"),
        ({"host": "x:port"}, {}, "not a host"),
        ({"host": "x/path"}, {}, "has a path"),
        ({"host": "user:pw@x"}, {}, "not a host"),
        ({}, {"FAL_HOST": "other.example"}, "does not begin with 'api'"),
        ({}, {"ISOLATE_TEST_MODE": "1"}, "ISOLATE_TEST_MODE asks for plaintext"),
        ({"rest_host": "http://rest.example"}, {}, "argument rest_host.*plaintext"),
    ],
)
def test_a_wrong_setting_is_refused_and_named(
    config: Path, arguments: dict[str, str], env: dict[str, str], complaint: str
) -> None:
    with pytest.raises(ConfigurationError, match=complaint) as caught:
        settle(config, env, **arguments)
    assert isinstance(caught.value, ValueError)
    for secret in ("hidden-but-wrong", "nocolon", "bü"):
        assert secret not in str(caught.value)


def test_a_broken_configuration_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("[work\n")
    with pytest.raises(ConfigurationError, match=r"config\.toml is not valid TOML"):
        settle(path)
    path.write_text("[work]\nkey = 5\n")
    with pytest.raises(ConfigurationError, match=r"'key' of profile 'work'.*int"):
        settle(path, profile="work")
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigurationError, match="cannot be read"):
        settle(path)
    with pytest.raises(ConfigurationError, match="cannot be read"):
        settle(tmp_path)


def test_missing_credentials_are_no_error_before_the_first_call() -> None:
    settings = settle()
    assert settings.sources["credentials"] == "nothing"
    with pytest.raises(Unauthenticated, match="variable FAL_KEY") as caught:
        settings.credentials.grpc_metadata()
    assert isinstance(caught.value, FalServerlessException)


def test_the_login_can_be_forced(config: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "auth0_token").write_text("refresh\n")
    env = {"FAL_FORCE_AUTH_BY_USER": "1", "FAL_KEY": "env:s", "FAL_HOME_DIR": str(home)}
    assert settle(config, env).credentials.kind == "login"
    assert settle(config, env, api_key="a:b").credentials.kind == "key"
    assert settle(None, {"FAL_HOME_DIR": str(home)}).credentials.kind == "login"
    assert settle(config, {"FAL_FORCE_AUTH_BY_USER": "1"}).credentials.kind == "missing"


def test_every_source_is_reported(config: Path) -> None:
    sources = settle(config, {"FAL_GRPC_HOST": "api.x.example"}, team="blue").sources
    assert sources["host"] == "variable FAL_GRPC_HOST"
    assert sources["rest_host"] == "derived from variable FAL_GRPC_HOST"
    assert sources["team"] == "argument team"
    assert sources["credentials"].startswith("key 'key' of profile 'home' in ")
    assert settle(config).team == "acme"


def test_settings_show_no_secret_and_are_not_pickled_with_one(config: Path) -> None:
    settings = settle(config, api_key="seen-id:unseen")
    assert "unseen" not in repr(settings)
    assert "unseen" not in repr(settings.credentials) + str(settings.credentials) + f"{settings.credentials}"
    assert isinstance(settings.credentials, FalServerlessKeyCredentials)
    secret = settings.credentials.key_secret
    assert "unseen" not in f"{secret}{secret!r}{secret!s}{secret!s}"
    assert b"unseen" not in pickle.dumps(secret)
    assert secret == "unseen"
    assert secret.reveal() == "unseen"
    assert type(secret.reveal()) is str
    with pytest.raises(TypeError, match="cannot be pickled"):
        pickle.dumps(settings)
