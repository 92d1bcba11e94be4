"""The stored login: refreshed when it must be, kept unless the server says that it is no longer valid."""

from __future__ import annotations

import base64
import json
import stat
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs

import pytest

from fal._core import team
from fal._core.auth import StoredLogin
from fal._core.settings import resolve
from fal._gen import rest
from fal.exceptions import ConfigurationError, Unauthenticated, Unavailable
from tests.support.servers import Handler, http_serving
from tests.support.waiting import LIMIT


def jwt(seconds: float, name: str = "t") -> str:
    claims = (
        base64.urlsafe_b64encode(json.dumps({"exp": time.time() + seconds, "n": name}).encode()).decode().rstrip("=")
    )
    return f"head.{claims}.sign"


@pytest.fixture
def token_file(tmp_path: Path) -> Path:
    path = tmp_path / "auth0_token"
    path.write_text("refresh-1\n")
    return path


def granting(token: str) -> Callable[[Handler], None]:
    return lambda handler: handler.reply(
        200, json.dumps({"access_token": token, "refresh_token": "refresh-2"}).encode()
    )


def test_a_fresh_access_token_is_used_as_it_is(token_file: Path) -> None:
    token = jwt(3600)
    token_file.write_text(f"refresh-1\n{token}\n")
    login = StoredLogin(token_file, "http://127.0.0.1:1")
    assert login.http_headers() == [("Authorization", f"Bearer {token}")]
    assert login.grpc_metadata() == [("authorization", f"Bearer {token}")]


@pytest.mark.parametrize(
    "stale", ["", "not-a-jwt", "a.%%%.c", jwt(-5), jwt(1000)], ids=["none", "word", "damaged", "past", "soon"]
)
def test_a_stale_one_is_refreshed_once_and_kept(token_file: Path, stale: str) -> None:
    token_file.write_text(f"refresh-1\n{stale}\n")
    token = jwt(3600, "new")
    with http_serving(granting(token)) as (port, seen):
        login = StoredLogin(token_file, f"http://127.0.0.1:{port}")
        threads = [threading.Thread(target=login.grpc_metadata) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(LIMIT)
        assert login.grpc_metadata() == [("authorization", f"Bearer {token}")]
        # Another client of this machine takes what the first one stored.
        assert StoredLogin(token_file, "http://127.0.0.1:1").grpc_metadata() == login.grpc_metadata()
    assert len(seen) == 1
    form = parse_qs(seen[0].body.decode())
    assert (form["grant_type"], form["refresh_token"]) == (["refresh_token"], ["refresh-1"])
    assert token_file.read_text() == f"refresh-2\n{token}\n"
    if sys.platform != "win32":
        assert stat.S_IMODE(token_file.stat().st_mode) == 0o600
    assert [path.name for path in token_file.parent.iterdir() if path.name.startswith(".auth0")] == []


def test_a_definite_no_removes_the_login(token_file: Path) -> None:
    with http_serving(lambda handler: handler.reply(403, b'{"error": "invalid_grant"}')) as (port, _):
        with pytest.raises(Unauthenticated, match="no longer valid"):
            StoredLogin(token_file, f"http://127.0.0.1:{port}").http_headers()
    assert not token_file.exists()


def test_a_login_that_another_process_refreshed_meanwhile_is_not_removed(token_file: Path) -> None:
    token = jwt(3600, "theirs")

    def refuse(handler: Handler) -> None:
        token_file.write_text(f"refresh-2\n{token}\n")
        handler.reply(403, b'{"error": "invalid_grant"}')

    with http_serving(refuse) as (port, _):
        assert StoredLogin(token_file, f"http://127.0.0.1:{port}").http_headers() == [
            ("Authorization", f"Bearer {token}")
        ]
        # It has the new refresh token, but not yet an access token.
        token_file.write_text("refresh-1\n")
        token = "stale"
        with pytest.raises(Unauthenticated, match="another process"):
            StoredLogin(token_file, f"http://127.0.0.1:{port}").http_headers()
    assert token_file.read_text() == "refresh-2\nstale\n"


def test_a_login_that_cannot_be_stored_is_used_all_the_same(
    token_file: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    token = jwt(3600, "new")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tempfile.mkstemp", full)
    with http_serving(granting(token)) as (port, seen):
        login = StoredLogin(token_file, f"http://127.0.0.1:{port}")
        assert login.http_headers() == login.http_headers() == [("Authorization", f"Bearer {token}")]
    assert len(seen) == 1
    assert "No space left" in caplog.text
    assert token not in caplog.text


def test_a_damaged_file_is_an_error_of_ours(token_file: Path) -> None:
    for content in (b"", b"\n", b"\xff\xfe"):
        token_file.write_bytes(content)
        with pytest.raises(Unauthenticated, match="stored login"):
            StoredLogin(token_file, "http://127.0.0.1:1").http_headers()


@pytest.mark.parametrize("content", [b"refresh\0\n", "réfresh\n".encode()])
def test_a_token_that_none_can_be_is_not_sent_and_kept(token_file: Path, content: bytes) -> None:
    token_file.write_bytes(content)
    with pytest.raises(Unauthenticated, match="is damaged"):
        StoredLogin(token_file, "http://127.0.0.1:1").http_headers()
    assert token_file.read_bytes() == content


def test_a_byte_order_mark_is_not_part_of_a_token(token_file: Path) -> None:
    token_file.write_bytes(b"\xef\xbb\xbfrefresh-1\r\n")
    with http_serving(granting(jwt(3600))) as (port, seen):
        StoredLogin(token_file, f"http://127.0.0.1:{port}").http_headers()
    assert parse_qs(seen[0].body.decode())["refresh_token"] == ["refresh-1"]


def test_a_login_that_cannot_be_removed_is_an_error_of_ours(token_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def protected(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "unlink", protected)
    with http_serving(lambda handler: handler.reply(403, b'{"error": "invalid_grant"}')) as (port, _):
        with pytest.raises(Unauthenticated, match="cannot be removed: Permission denied"):
            StoredLogin(token_file, f"http://127.0.0.1:{port}").http_headers()


@pytest.mark.parametrize("answer", [(500, b"oops"), (200, b"{}"), (400, b'{"error": "temporarily_unavailable"}')])
def test_anything_else_keeps_it(token_file: Path, answer: tuple[int, bytes]) -> None:
    with http_serving(lambda handler: handler.reply(*answer)) as (port, _):
        with pytest.raises(Unauthenticated, match="cannot be refreshed"):
            StoredLogin(token_file, f"http://127.0.0.1:{port}").http_headers()
    assert token_file.read_text() == "refresh-1\n"


def test_no_network_keeps_it(token_file: Path) -> None:
    with pytest.raises(Unavailable):
        StoredLogin(token_file, "http://127.0.0.1:1").http_headers()
    assert token_file.read_text() == "refresh-1\n"


def test_no_error_holds_a_token(token_file: Path) -> None:
    login = StoredLogin(token_file, "http://127.0.0.1:1")
    with pytest.raises(Unavailable) as caught:
        login.http_headers()
    assert "refresh-1" not in f"{caught.value}{caught.value!r}{login!r}{login}"


def settings(name: str, kind: str) -> Any:
    return SimpleNamespace(team=name, sources={"team": "argument team"}, credentials=SimpleNamespace(kind=kind))


TEAMS = [
    SimpleNamespace(nickname="Acme", user_id="team-1", lock_reason=None),
    SimpleNamespace(nickname="old", user_id="team-2", lock_reason="Archived by owner"),
]


def test_a_login_acts_for_its_team() -> None:
    assert team.lookup(settings("acme", "login")).path == "/users/teams"
    assert team.headers(settings("acme", "login"), TEAMS) == (("X-Fal-User-Id", "team-1"),)
    for name in ("old", "other"):
        with pytest.raises(ConfigurationError, match="Its teams: Acme"):
            team.headers(settings(name, "login"), TEAMS)


def test_a_key_acts_for_its_own_account_only() -> None:
    me = SimpleNamespace(nickname="Acme")
    assert team.lookup(settings("acme", "key")).path == "/users/current"
    assert team.headers(settings("acme", "key"), me) == ()
    with pytest.raises(ConfigurationError, match="belongs to 'Acme', not to the team 'blue'"):
        team.headers(settings("blue", "key"), me)


def test_the_team_is_asked_for_once_and_sent_with_every_call(make_caller: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "auth0_token").write_text(f"r\n{jwt(3600)}\n")
    env = {"FAL_HOME_DIR": str(tmp_path), "FAL_CONFIG_PATH": str(tmp_path / "none.toml")}
    teams = [{"nickname": "acme", "full_name": "A", "user_id": "team-1", "is_personal": False}]
    with http_serving(lambda handler: handler.reply(200, json.dumps(teams).encode())) as (port, seen):
        caller = make_caller(resolve(host=f"http://127.0.0.1:{port}", team="acme", environ=env))
        for _ in range(3):
            caller.send(rest.list_teams())
        with pytest.raises(ConfigurationError, match="not a member"):
            caller.with_options(team="blue").send(rest.list_teams())
    sent = [request.headers.get("x-fal-user-id") for request in seen]
    assert sent == [None, "team-1", "team-1", "team-1", None]


def test_the_environment_can_move_the_login_service(tmp_path: Path) -> None:
    (tmp_path / "auth0_token").write_text("r\n")
    token = jwt(3600)
    with http_serving(granting(token)) as (port, _):
        env = {
            "FAL_HOME_DIR": str(tmp_path),
            "FAL_CONFIG_PATH": str(tmp_path / "none.toml"),
            "FAL_AUTH_URL": f"http://127.0.0.1:{port}",
        }
        assert resolve(environ=env).credentials.http_headers() == [("Authorization", f"Bearer {token}")]
