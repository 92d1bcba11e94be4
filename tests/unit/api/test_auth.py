"""Logging in and out, and who a client acts for."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from fal import auth, exceptions
from fal.api import SyncServerlessClient

_CODE = {
    "device_code": "a-secret-code",
    "user_code": "ABCD-EFGH",
    "verification_uri_complete": "https://auth.example/activate?user_code=ABCD-EFGH",
    "expires_in": 900,
    "interval": 0.01,
}
_GRANTED = {"access_token": "an.access.token", "refresh_token": "a-refresh-token", "id_token": "not.looked.at"}


@pytest.fixture
def service(wire: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("FAL_AUTH_URL", wire.rest_host)
    wire.documents["/oauth/device/code"] = (200, _CODE)
    return wire


def answers(*documents: dict[str, Any]) -> Callable[[Any], dict[str, Any]]:
    left = iter(documents)
    return lambda _: next(left)


def stored() -> Path:
    return Path(os.environ["FAL_HOME_DIR"]) / "auth0_token"


def forms(wire: Any, path: str) -> list[dict[str, list[str]]]:
    return [parse_qs(body.decode()) for (place, _), body in zip(wire.calls, wire.bodies, strict=True) if place == path]


def test_a_login_waits_for_the_person_and_is_stored(client: SyncServerlessClient, service: Any) -> None:
    pending, slow = {"error": "authorization_pending"}, {"error": "slow_down"}
    service.documents["/oauth/token"] = (200, answers(pending, slow, _GRANTED))
    prompts: list[Any] = []
    client.auth.login(prompts.append, connection="github")
    (prompt,) = prompts
    assert (prompt.code, prompt.expires_in) == ("ABCD-EFGH", 900)
    assert parse_qs(urlsplit(prompt.url).query) == {
        "user_code": ["ABCD-EFGH"],
        "verification_uri_complete": [_CODE["verification_uri_complete"]],
        "connection": ["github"],
    }
    assert len(forms(service, "/oauth/token")) == 3
    assert forms(service, "/oauth/token")[0]["device_code"] == ["a-secret-code"]
    assert all("Authorization" not in headers for headers in service.headers), "no key goes to the login service"
    assert stored().read_text() == "a-refresh-token\nan.access.token\n"
    assert stat.S_IMODE(stored().stat().st_mode) == 0o600
    assert service.client(api_key=None).auth_info().method == "login"


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"error": "access_denied"}, exceptions.PermissionDenied),
        ({"error": "expired_token"}, exceptions.FailedPrecondition),
        ({"error": "invalid_client", "error_description": "who is that?"}, exceptions.Unavailable),
    ],
)
def test_a_login_that_is_not_granted_stores_nothing(
    client: SyncServerlessClient, service: Any, answer: dict[str, str], error: type[Exception]
) -> None:
    service.documents["/oauth/token"] = (200, answers(answer))
    with pytest.raises(error):
        client.auth.login(lambda _: None)
    assert not stored().exists()


def test_a_login_that_is_never_confirmed_ends_in_time(client: SyncServerlessClient, service: Any) -> None:
    service.documents["/oauth/token"] = (200, lambda _: {"error": "authorization_pending"})
    with pytest.raises(exceptions.DeadlineExceeded, match="ABCD-EFGH"):
        client.auth.login(lambda _: None, timeout=0.05)


def test_a_service_that_answers_something_else(client: SyncServerlessClient, service: Any) -> None:
    service.documents["/oauth/device/code"] = (200, {"user_code": "ABCD"})
    with pytest.raises(exceptions.DataLoss):
        client.auth.login(lambda _: None)
    service.documents["/oauth/device/code"] = (429, {"error_description": "too often"})
    with pytest.raises(exceptions.Unavailable, match="too often"):
        client.auth.login(lambda _: None)


def test_a_logout_revokes_and_forgets(client: SyncServerlessClient, service: Any) -> None:
    assert client.auth.logout() is False
    stored().write_text("a-refresh-token\n")
    service.documents["/oauth/revoke"] = (503, {})
    with pytest.raises(exceptions.Unavailable):
        client.auth.logout()
    assert stored().exists(), "it is still good, so it is kept"
    service.documents["/oauth/revoke"] = (200, {})
    assert client.auth.logout() is True
    assert not stored().exists()
    assert forms(service, "/oauth/revoke")[-1]["token"] == ["a-refresh-token"]


def test_the_account_of_a_key(client: SyncServerlessClient, wire: Any) -> None:
    wire.documents["/users/current"] = (
        200,
        {"nickname": "ada", "user_id": "user-1", "full_name": "Ada", "email": "ada@example.com", "is_personal": True},
    )
    result = client.account()
    assert (result.nickname, result.name, result.email, result.teams) == ("ada", "Ada", "ada@example.com", ())
    assert wire.calls == [("/users/current", None)], "a key has no teams to ask for"


def test_a_team_is_chosen_and_forgotten(client: SyncServerlessClient, wire: Any) -> None:
    wire.documents["/users/teams"] = (
        200,
        [
            {"nickname": "acme", "user_id": "team-1"},
            {"nickname": "old", "user_id": "team-2", "lock_reason": "Archived"},
        ],
    )
    config = Path(os.environ["FAL_CONFIG_PATH"])
    config.write_text("# mine\n[work]\nhost = 'api.example.com' # there\n")
    assert client.teams.set("ACME").user_id == "team-1"
    assert config.read_text() == "# mine\n[work]\nhost = 'api.example.com' # there\n\n[__internal__]\nteam = \"acme\"\n"
    assert wire.client().auth_info().team == "acme"
    with pytest.raises(exceptions.NotFound, match="acme, old"):
        client.teams.set("nobody")
    with pytest.raises(exceptions.FailedPrecondition, match="Archived"):
        client.teams.set("old")
    client.teams.unset()
    assert "team" not in config.read_text()
    assert "# there" in config.read_text()


class Console:
    """What released code prints with."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def print(self, text: str) -> None:
        self.lines.append(text)


@pytest.mark.parametrize("no_browser", [False, True])
def test_a_script_logs_in_and_out(
    service: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], no_browser: bool
) -> None:
    opened: list[str] = []
    monkeypatch.setattr("fal.auth.webbrowser.open", opened.append)
    monkeypatch.setenv("FAL_REST_HOST", service.rest_host)
    service.documents["/oauth/token"] = (200, _GRANTED)
    console = Console()
    auth.login(console, "github", no_browser=no_browser)
    assert stored().read_text() == "a-refresh-token\nan.access.token\n"
    (line,) = console.lines
    assert "ABCD-EFGH" in line.split()[1] and line.endswith("and confirm the code ABCD-EFGH.")
    assert opened == ([] if no_browser else [line.split()[1]])
    service.documents["/oauth/revoke"] = (200, {})
    auth.logout(console)
    auth.logout(console)
    assert not stored().exists()
    assert console.lines[1:] == ["You are logged out.", "You were not logged in."]
    auth.login(no_browser=True)
    assert "confirm the code ABCD-EFGH" in capsys.readouterr().err
