"""Operations of the platform API, sent by the SDK's own caller to a real HTTP server under that API's path."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from fal._core.settings import resolve
from fal._gen import rest
from fal.exceptions import NotFound, PermissionDenied
from tests.support.servers import KEY, Handler, http_serving

Platform = Callable[[int], Any]


@pytest.fixture
def platform(make_caller: Callable[..., Any]) -> Platform:
    def make(port: int) -> Any:
        host = f"http://127.0.0.1:{port}"
        environ = {"FAL_CONFIG_PATH": "/nonexistent"}
        return make_caller(resolve(host=host, rest_host=f"{host}/v1", api_key=KEY, environ=environ))

    return make


def test_a_listing_arrives_below_the_path_of_the_api(platform: Platform) -> None:
    event = {
        "event_id": "e1",
        "category": "runner_abducted",  # of a server from the future
        "created_at": "2026-01-02T03:04:05Z",
        "payload": {"job_id": "j", "actor": {"nickname": "ada"}, "orbit": 7},
    }
    page = {"endpoint_id": "me/app", "events": [event], "next_cursor": None, "has_more": False, "total": 1}
    operation = rest.serverless_list_app_events(
        "me",
        "my app",
        category=["runner_started", "config_changed"],
        start=datetime(2026, 1, 2, tzinfo=UTC),
        limit=5,
    )
    with http_serving(lambda handler: handler.reply(200, json.dumps(page).encode())) as (port, seen):
        server = platform(port).send(operation)
    assert seen[0].path == "/v1/serverless/apps/me/my%20app/events"
    assert seen[0].query == {
        "category": ["runner_started", "config_changed"],
        "limit": ["5"],
        "start": ["2026-01-02T00:00:00+00:00"],
    }
    (held,) = server.events
    assert (held.category, held.category.is_known, server.next_cursor) == ("runner_abducted", False, None)
    assert held.payload.actor is not None
    assert (held.payload.actor.nickname, held.payload.additional_properties) == ("ada", {"orbit": 7})
    assert server.additional_properties == {"total": 1}


def test_a_new_key_shows_its_secret_to_nobody_but_the_caller(platform: Platform) -> None:
    answer = {"key_id": "k", "key_secret": "s3cret", "key": "k:s3cret"}
    with http_serving(lambda handler: handler.reply(201, json.dumps(answer).encode())) as (port, seen):
        server = platform(port).send(rest.create_api_key(alias="ci"))
    assert (server.key_secret, server.key) == ("s3cret", "k:s3cret")
    assert "s3cret" not in repr(server)
    assert seen[0].json == {"alias": "ci"}


def test_a_file_is_addressed_by_its_whole_path(platform: Platform) -> None:
    def answer(handler: Handler) -> None:
        if handler.command == "GET":
            handler.reply(200, b"\x00\xff")
        else:
            handler.reply(204)

    with http_serving(answer) as (port, seen):
        assert platform(port).send(rest.serverless_download_file("models/a b.bin")) == b"\x00\xff"
        platform(port).send(rest.serverless_flush_app_queue("me", "app", idempotency_key="once"))
    assert [entry.target for entry in seen] == [
        "/v1/serverless/files/file/models/a%20b.bin",
        "/v1/serverless/apps/me/app/queue",
    ]
    assert seen[1].headers["idempotency-key"] == "once"


def test_a_stream_of_lines_is_read_as_it_comes(platform: Platform) -> None:
    body = b'data: {"message": "one"}\n\ndata: {"message": "two"}\n\n'
    reply = {"Content_Type": "text/event-stream"}
    with http_serving(lambda handler: handler.reply(200, body, **reply)) as (port, _):
        lines = platform(port).send_stream(rest.serverless_logs_stream(app_id="a"))
        assert [json.loads(line)["message"] for line in lines] == ["one", "two"]


@pytest.mark.parametrize(("status", "kind"), [(403, PermissionDenied), (404, NotFound)])
def test_errors_of_the_platform_are_errors_of_the_sdk(platform: Platform, status: int, kind: type[Exception]) -> None:
    body = b'{"error": {"type": "not_found", "message": "no such app", "request_id": "r"}}'
    with (
        http_serving(lambda handler: handler.reply(status, body)) as (port, _),
        pytest.raises(kind, match="no such app"),
    ):
        platform(port).send(rest.serverless_get_app_queue_info("me", "gone"))


def test_the_surface_loads_nothing_of_the_platform() -> None:
    script = (
        "import sys, fal.api\n"
        "from fal._gen.rest import get_app_queue\n"
        "assert not [name for name in sys.modules if 'serverless' in name]\n"
        "from fal._gen.rest import serverless_list_apps\n"
        "print(sorted(name.rpartition('.')[2] for name in sys.modules if 'serverless' in name))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == str(
        ["serverless_app", "serverless_app_auth_mode", "serverless_apps_response", "serverless_list_apps"]
    )
