"""No error, object or frame of ours shows a key, wherever the key was put by mistake."""

from __future__ import annotations

import copy
import dataclasses
import pickle
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fal._core import hosts
from fal._core.auth import FalServerlessKeyCredentials, StoredLogin, parse_key
from fal._core.secret import MASK, MaskedStr
from fal._core.settings import resolve
from fal.exceptions import ConfigurationError, FalServerlessException, Unavailable

SECRET = "topsecret"
NOWHERE = {"FAL_CONFIG_PATH": "/nonexistent", "FAL_HOME_DIR": "/nonexistent"}


def shown(error: BaseException) -> str:
    """Return everything that an error reporter would show of our own frames, with their local variables."""
    report = traceback.TracebackException.from_exception(error, capture_locals=True)
    frames = [frame for frame in report.stack if str(Path("src", "fal")) in frame.filename]
    assert frames, "the error comes from our own code"
    return f"{error}{error!r}{vars(error)}" + "".join(str(frame.locals) for frame in frames)


@pytest.mark.parametrize("argument", ["host", "rest_host", "run_host", "profile"])
def test_a_key_in_the_wrong_argument_is_not_shown(argument: str) -> None:
    options: dict[str, Any] = {argument: f"id-1:{SECRET}"}
    with pytest.raises(ConfigurationError, match=f"argument {argument}") as caught:
        resolve(environ=NOWHERE, **options)
    assert SECRET not in str(caught.value) + repr(caught.value)


def test_a_key_with_digits_alone_is_not_a_port() -> None:
    with pytest.raises(ConfigurationError, match="not a host"):
        hosts.parse("id-1:123456789", "argument host")


@pytest.mark.parametrize(
    "env",
    [
        {"FAL_KEY": SECRET},
        {"FAL_KEY": f"a:{SECRET} "},
        {"FAL_KEY": f"a:b\n{SECRET}"},
        {"FAL_KEY_SECRET": SECRET},
        {"FAL_KEY_SECRET": f"{SECRET} ", "FAL_KEY_ID": "a"},
        {"FAL_KEY": f"a:{SECRET}", "FAL_GRPC_HOST": "http://api.example"},
        {"FAL_KEY": f"a:{SECRET}", "FAL_PROFILE": "none"},
    ],
)
def test_no_frame_of_a_configuration_error_holds_the_environments_key(env: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError) as caught:
        resolve(environ={**NOWHERE, **env})
    assert SECRET not in shown(caught.value)


@pytest.mark.parametrize("key", [SECRET, f":{SECRET}", f"{SECRET}:", f"a:{SECRET}\n", f"a:{SECRET}ü"])
def test_no_frame_of_a_configuration_error_holds_the_arguments_key(key: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        resolve(api_key=key, environ=NOWHERE)
    assert SECRET not in shown(caught.value)


@pytest.mark.parametrize(
    "toml", ['[a]\nkey = "{}"\n', '[a]\nkey = "x:{} "\n', 'key = "{}"\n[a\n', '[a]\nkey = ["{}"]\n']
)
def test_no_frame_of_a_configuration_error_holds_the_profiles_key(tmp_path: Path, toml: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(toml.format(SECRET))
    with pytest.raises(ConfigurationError, match=r"config\.toml") as caught:
        resolve(profile="a", environ={**NOWHERE, "FAL_CONFIG_PATH": str(path)})
    assert SECRET not in shown(caught.value)


def test_a_configuration_that_nests_too_deep_is_not_taken_for_none(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("a = " + "[" * 5000 + "]" * 5000)
    with pytest.raises(ConfigurationError, match="not valid TOML"):
        resolve(environ={**NOWHERE, "FAL_CONFIG_PATH": str(path)})


SHOWS: dict[str, Callable[[Any], str]] = {
    "repr": repr,
    "str": str,
    "format": lambda item: f"{item}{item!s}",
    "percent": lambda item: "%s %r" % (item, item),  # noqa: UP031  # the old style is what is tested
    "vars": lambda item: repr(vars(item)),
    "headers": lambda item: f"{item.http_headers()}{item.grpc_metadata()}",
}


@pytest.mark.parametrize("how", SHOWS)
def test_credentials_show_no_secret(how: str, tmp_path: Path) -> None:
    assert SECRET not in SHOWS[how](parse_key(f"id-1:{SECRET}", "argument api_key"))
    # A token that expires in the year 2100.
    token = f"{SECRET}.eyJleHAiOiA0MTAyNDQ0ODAwfQ.x"
    (tmp_path / "auth0_token").write_text(f"refresh-{SECRET}\n{token}\n")
    login = StoredLogin(tmp_path / "auth0_token", "http://127.0.0.1:1")
    assert login.grpc_metadata()[0][1] == f"Bearer {token}"
    assert SECRET not in SHOWS[how](login)


@pytest.mark.parametrize("carry", [pickle.dumps, copy.deepcopy, dataclasses.asdict])
def test_settings_carry_no_secret_away(carry: Callable[[Any], object]) -> None:
    settings = resolve(api_key=f"id-1:{SECRET}", environ=NOWHERE)
    with pytest.raises(TypeError, match="cannot be pickled"):
        carry(settings)
    fields = {field.name: getattr(settings, field.name) for field in dataclasses.fields(settings)}
    assert SECRET not in repr(fields)


def test_a_masked_string_masked_again_is_the_same_text() -> None:
    twice = MaskedStr(MaskedStr(SECRET))
    assert twice.reveal() == twice == SECRET
    assert str(twice) == MASK


def test_a_refresh_that_fails_holds_no_token(tmp_path: Path) -> None:
    (tmp_path / "auth0_token").write_text(f"{SECRET}\n")
    with pytest.raises(Unavailable) as caught:
        StoredLogin(tmp_path / "auth0_token", "http://127.0.0.1:1").http_headers()
    assert SECRET not in shown(caught.value)


@pytest.mark.parametrize("url", ["http://auth.example", "ftp://127.0.0.1", "http://auth.example:80/x"])
def test_a_token_is_refreshed_in_plaintext_on_this_machine_only(tmp_path: Path, url: str) -> None:
    (tmp_path / "auth0_token").write_text("refresh\n")
    env = {**NOWHERE, "FAL_HOME_DIR": str(tmp_path), "FAL_AUTH_URL": url}
    with pytest.raises(ConfigurationError, match="variable FAL_AUTH_URL"):
        resolve(environ=env)


def test_the_keys_of_two_users_do_not_mix() -> None:
    one, two = FalServerlessKeyCredentials("a", "1"), FalServerlessKeyCredentials("a", "2")
    assert one != two
    assert one == FalServerlessKeyCredentials("a", "1")
    assert len({one, two}) == 2


def test_an_error_travels_although_its_cause_cannot() -> None:
    class Stubborn(Exception):
        def __reduce__(self) -> Any:
            raise TypeError("not me")

    error = FalServerlessException("what")
    error.__cause__ = Stubborn("why")
    again = pickle.loads(pickle.dumps(error))
    assert str(again) == "what"
    assert str(again.__cause__) == "Stubborn: why"
