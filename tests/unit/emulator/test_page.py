"""The web page: who gets in, what it is told, and how it calls apps."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import websockets.sync.client

import fal_emulator
from fal_emulator.web.sessions import LINK_LASTS, Sessions
from tests.support.plane import http_to
from tests.support.waiting import LIMIT, eventually

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fal_emulator import Plane

ASSETS = Path(fal_emulator.__file__).parent / "web" / "assets"
ORIGIN = "http://127.0.0.1:5650"
APP = """
import fal
from pydantic import BaseModel

class Input(BaseModel):
    word: str

class Echo(fal.App):
    app_name = "echo"
    keep_alive = 300

    @fal.endpoint("/")
    def say(self, input: Input) -> dict:
        print("said", input.word)
        return {"word": input.word}

    @fal.realtime("/live")
    def live(self, input: Input) -> dict:
        return {"word": input.word * 2}
"""


@pytest.fixture(scope="module")
def plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plane]:
    file = tmp_path_factory.mktemp("app") / "echo.py"
    file.write_text(APP)
    with fal_emulator.start(isolation="inline") as started, started.client() as client:
        client.deploy(f"{file}::Echo")
        yield started


@pytest.fixture
def browser(plane: Plane) -> Iterator[httpx.Client]:
    """A browser in which the page was opened; it names its origin, as browsers do when they change something."""
    with httpx.Client(base_url=plane.host, trust_env=False, headers={"origin": plane.host}) as client:
        assert client.get(plane.page_link()).status_code == 303
        yield client


# who gets in


def admits(sessions: Sessions, cookie: str, *, reading: bool = True, **headers: str) -> bool:
    sent = {"host": ORIGIN.removeprefix("http://"), "cookie": cookie.split(";")[0], **headers}
    names = {name.replace("_", "-").encode(): value.encode() for name, value in sent.items()}
    return sessions.admits(names, reading=reading)


def opened(sessions: Sessions) -> str:
    cookie = sessions.open(sessions.new_link().partition("token=")[2])
    assert cookie is not None
    return cookie


def test_a_link_is_good_once_and_for_a_while() -> None:
    now = [0.0]
    sessions = Sessions(ORIGIN, clock=lambda: now[0])
    link = sessions.new_link()
    assert link.startswith(f"{ORIGIN}/?token=")
    token = link.partition("token=")[2]
    assert sessions.open(token) is not None
    assert sessions.open(token) is None
    late = sessions.new_link().partition("token=")[2]
    now[0] = LINK_LASTS + 1
    assert sessions.open(late) is None
    assert sessions.open("") is None
    assert sessions.open("ü") is None


def test_a_session_lets_in_what_is_of_the_page() -> None:
    sessions = Sessions(ORIGIN)
    cookie = opened(sessions)
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert admits(sessions, cookie)
    assert admits(sessions, cookie, reading=False, origin=ORIGIN)
    assert admits(sessions, cookie, sec_fetch_site="same-origin")
    assert not admits(sessions, "")
    assert not admits(sessions, cookie[:-60])
    assert not admits(sessions, 'fal_local_5650="\\')


@pytest.mark.parametrize("origin", ["http://127.0.0.1:9999", "http://evil.example", "null", "http://localhost:5650"])
def test_pages_of_other_origins_do_not_get_in(origin: str) -> None:
    sessions = Sessions(ORIGIN)
    cookie = opened(sessions)
    assert not admits(sessions, cookie, origin=origin)
    assert not admits(sessions, cookie, reading=False, origin=origin)


def test_what_changes_something_must_name_its_origin() -> None:
    sessions = Sessions(ORIGIN)
    cookie = opened(sessions)
    assert not admits(sessions, cookie, reading=False)
    assert not admits(sessions, cookie, sec_fetch_site="same-site")
    assert not admits(sessions, cookie, sec_fetch_site="cross-site")


def test_without_a_link_there_is_an_explanation_alone(plane: Plane) -> None:
    with httpx.Client(base_url=plane.host, trust_env=False) as stranger:
        answer = stranger.get("/")
        assert answer.status_code == 401
        assert "one-time link" in answer.text
        assert stranger.get("/", params={"token": "wrong"}).status_code == 401
        for path in ("/-/api/session", "/-/api/keys", "/-/call/local/echo/", "/-/nothing"):
            assert stranger.get(path).status_code == 401, path
            assert stranger.post(path, headers={"origin": plane.host}).status_code == 401, path
    with http_to(plane) as keyed:
        assert keyed.get("/-/api/session").status_code == 401, "a key is not a session"


@pytest.mark.parametrize("value", ['"\xe9"', '"\\351"', '"', "\xff"])
def test_a_cookie_of_any_bytes_is_no_session(plane: Plane, browser: httpx.Client, value: str) -> None:
    assert browser.get("/-/api/session").status_code == 200, "there is a session to compare it with"
    cookie = f"fal_local_{plane.port}={value}".encode("latin-1")
    for path in ("/", "/-/api/session"):
        assert httpx.get(plane.host + path, headers={b"cookie": cookie}, trust_env=False).status_code == 401


@pytest.mark.parametrize("name", ["nothing.js", "a" * 300, "%00", "pages", "..%2Fpage.py"])
def test_an_asset_that_is_none_is_not_found(plane: Plane, name: str) -> None:
    assert httpx.get(f"{plane.host}/-/assets/{name}", trust_env=False).status_code == 404


def test_a_websocket_needs_the_session_and_the_origin(plane: Plane, browser: httpx.Client) -> None:
    address = plane.host.replace("http", "ws") + "/-/call/local/echo/live"
    cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())

    def open_socket(**headers: str) -> Any:
        return websockets.sync.client.connect(address, additional_headers=headers, proxy=None, open_timeout=LIMIT)

    with open_socket(cookie=cookie, origin=plane.host) as socket:
        socket.send('{"word": "ab"}')
        assert "abab" in str(socket.recv(timeout=LIMIT))
    for headers in ({}, {"cookie": cookie}, {"cookie": cookie, "origin": "http://127.0.0.1:1"}, {"origin": plane.host}):
        with pytest.raises(websockets.InvalidStatus), open_socket(**headers):
            pass


def test_what_an_app_promises_leads_to_its_part_of_the_page(plane: Plane, browser: httpx.Client) -> None:
    for path, place in (
        ("/-/playground/echo/", "/#/playground/echo?path=/"),
        ("/-/playground/echo--staging/a/b%3F", "/#/playground/echo--staging?path=/a%2Fb%3F"),
        ("/-/logs/echo", "/#/logs?app=echo"),
        ("/-/logs/%2F%2Fevil.example", "/#/logs?app="),
    ):
        answer = browser.get(path)
        assert (answer.status_code, answer.headers["location"]) == (303, place)
    with httpx.Client(base_url=plane.host, trust_env=False) as stranger:
        answer = stranger.get("/-/playground/echo/")
        assert (answer.status_code, "one-time link" in answer.text) == (401, True)


def test_a_new_link_is_for_whoever_has_the_first_key(plane: Plane) -> None:
    with plane.client() as client:
        key_id, secret = client.keys.create(preset="full")
        with http_to(plane, f"{key_id}:{secret}") as another:
            assert another.post("/-/link").status_code == 401
        client.keys.revoke(key_id)
    with http_to(plane) as owner:
        assert owner.post("/-/link", headers={"authorization": ""}).status_code == 401
        assert owner.get("/-/link").status_code == 405
        link = owner.post("/-/link").json()["link"]
    with httpx.Client(trust_env=False) as stranger:
        assert [stranger.get(link).status_code for _ in range(2)] == [303, 200]
    with httpx.Client(trust_env=False) as stranger:
        assert stranger.get(link).status_code == 401, "it is good once"


# what it is told


def test_the_page_and_its_assets_come_with_a_strict_policy(browser: httpx.Client) -> None:
    page = browser.get("/")
    assert page.status_code == 200
    policy = page.headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    names = re.findall(r'(?:src|href)="(/-/assets/[^"]+)"', page.text)
    assert len(names) == 4
    for name in names:
        assert browser.get(name).status_code == 200, name
    for name in (
        "/-/assets/../page.py",
        "/-/assets/%2e%2e/page.py",
        "/-/assets/",
        "/-/assets/pages",
        "/-/assets/none.js",
    ):
        assert browser.get(name).status_code == 404, name


def test_every_module_that_is_imported_is_there() -> None:
    scripts = list(ASSETS.rglob("*.js"))
    assert len(scripts) > 10
    for script in scripts:
        for name in re.findall(r'from "(\.[^"]+)"', script.read_text()):
            assert (script.parent / name).resolve().is_relative_to(ASSETS), name
            assert (script.parent / name).is_file(), f"{script.name} imports {name}"


def test_nothing_is_loaded_from_elsewhere() -> None:
    for asset in ASSETS.rglob("*.*"):
        text = asset.read_text().replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?://[a-z]", text), asset.name


def test_the_api_shows_what_there_is(plane: Plane, browser: httpx.Client) -> None:
    def get(path: str) -> Any:
        answer = browser.get(f"/-/api/{path}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    assert get("session")["account"] == "local"
    (app,) = get("apps")
    assert (app["name"], app["environment"], app["auth_mode"]) == ("echo", "main", "private")
    assert app["urls"]["run"] == f"{plane.host}/local/echo"
    whole = get("apps/echo")
    assert [revision["is_current"] for revision in whole["revisions"]] == [True]
    assert "/live" in get("apps/echo/openapi")["paths"]
    (deploy,) = get("deploys")
    assert (deploy["app"], deploy["status"], deploy["deployed_by"]) == ("echo", "deployed", "local")
    told = get(f"deploys/{deploy['id']}")
    assert told["events"][0]["category"] == "deployment_started"
    assert "deployment_ended" in [event["category"] for event in told["events"]]
    assert told["log"]
    (key,) = get("keys")
    assert plane.key.partition(":")[2] not in str(key)
    assert get("environments")[0]["name"] == "main"
    assert len(get("metrics?minutes=5")["series"]["requests"]) == 5
    assert browser.get("/-/api/apps/none").status_code == 404
    assert browser.get("/-/api/deploys/none").status_code == 404
    assert browser.get("/-/api/metrics?minutes=many").status_code == 422


def test_secrets_are_named_and_never_shown(plane: Plane, browser: httpx.Client) -> None:
    with plane.client() as client:
        client.secrets.set("TOKEN", "canary-value")
    answer = browser.get("/-/api/secrets")
    assert [secret["name"] for secret in answer.json()] == ["TOKEN"]
    assert "canary-value" not in answer.text


# calls


def test_a_call_of_the_page_is_the_owners(browser: httpx.Client) -> None:
    answer = browser.post("/-/call/local/echo/", json={"word": "hi"})
    assert (answer.status_code, answer.json()) == (200, {"word": "hi"})
    request = browser.get(f"/-/api/requests/{answer.headers['x-fal-request-id']}").json()
    assert (request["app"], request["status_code"], request["queued"]) == ("echo", 200, False)
    assert request["attempts"] is None
    assert request["request_id"] in [one["request_id"] for one in browser.get("/-/api/requests").json()]

    def lines() -> list[str]:
        result = browser.get("/-/api/logs", params={"app_id": "echo", "search": "said hi"}).json()["items"]
        return [line["message"] for line in result]

    assert eventually(lines) == ["said hi"]


def test_a_queued_call_has_its_result(browser: httpx.Client) -> None:
    sent = browser.post("/-/call/queue/local/echo/", json={"word": "later"}).json()
    path = f"/-/call/queue/local/echo/requests/{sent['request_id']}"
    eventually(lambda: browser.get(f"{path}/status").json()["status"] == "COMPLETED")
    shown = browser.get(f"/-/api/requests/{sent['request_id']}").json()
    assert (shown["state"], shown["queued"], shown["attempts"]) == ("COMPLETED", True, 1)
    assert shown["result"] == {"content_type": "application/json", "text": '{"word":"later"}'}
    assert browser.post(f"/-/api/requests/{sent['request_id']}/cancel").status_code == 404


def test_a_runner_is_stopped(browser: httpx.Client) -> None:
    browser.post("/-/call/local/echo/", json={"word": "wake"})
    alive = [runner for runner in browser.get("/-/api/runners").json() if not runner["ended_at"]]
    stopped = alive[0]["runner_id"]
    assert browser.post(f"/-/api/runners/{stopped}/stop").status_code == 200

    def ended() -> list[str]:
        return [item["runner_id"] for item in browser.get("/-/api/runners").json() if item["ended_at"]]

    eventually(lambda: stopped in ended())
    assert browser.post("/-/api/runners/none/stop").status_code == 404


def test_a_file_of_the_playground_is_stored(plane: Plane, browser: httpx.Client) -> None:
    made = browser.post("/-/api/uploads", json={"file_name": "a.txt", "content_type": "text/plain"}).json()
    assert browser.put(made["upload_url"], content=b"text").status_code == 200
    assert browser.get(made["file_url"]).content == b"text"
