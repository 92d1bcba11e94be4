"""The public clients and a server that is newer than they are: no listing breaks, and no call that went well fails."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from fal._gen import rpc
from fal.exceptions import Unimplemented
from tests.support.newer_server import NEW, UNKNOWN, answers, bodies, newer
from tests.unit.api.conftest import Events

CALLS: dict[str, Callable[[Any], Any]] = {
    "apps.list": lambda client: client.apps.list(),
    "apps.runners": lambda client: client.apps.runners("my-app"),
    "apps.runners running": lambda client: client.apps.runners("my-app", state=["running"]),
    "apps.revisions": lambda client: client.apps.revisions("my-app"),
    "apps.scale": lambda client: client.apps.scale("my-app", max_concurrency=1),
    "apps.rollout": lambda client: client.apps.rollout("my-app"),
    "apps.set_revision": lambda client: client.apps.set_revision("my-app", "revision-1"),
    "apps.delete_revision": lambda client: client.apps.delete_revision("revision-1"),
    "apps.delete": lambda client: client.apps.delete("my-app"),
    "runners.list": lambda client: client.runners.list(),
    "runners.stop": lambda client: client.runners.stop("runner-1"),
    "runners.kill": lambda client: client.runners.kill("runner-1"),
    "keys.create": lambda client: client.keys.create(scope="api"),
    "keys.list": lambda client: client.keys.list(),
    "keys.revoke": lambda client: client.keys.revoke("key-1"),
    "secrets.set": lambda client: client.secrets.set("NAME", "value"),
    "secrets.list": lambda client: client.secrets.list(),
    "secrets.unset": lambda client: client.secrets.unset("NAME"),
    "environments.create": lambda client: client.environments.create("staging"),
    "environments.list": lambda client: client.environments.list(),
    "environments.delete": lambda client: client.environments.delete("staging"),
}
REST_CALLS: dict[str, Callable[[Any], Any]] = {
    "/users/teams": lambda client: client.teams.list(),
    "/applications/metrics": lambda client: client.runners.gpus(),
    "/logs/history": lambda client: list(client.logs.history("my-app")),
    "/files/list//data/x": lambda client: client.files.list("/data/x"),
}


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("chosen", [0, 9])
def test_a_call_takes_the_answer_of_a_newer_server(client: Any, wire: Any, name: str, chosen: int) -> None:
    for method in rpc.METHODS.values():
        wire.answers[method.name] = newer(method.response(), chosen)
    result = CALLS[name](client)
    if name.endswith("list"):
        assert len(result) == 2
    repr(result)


def test_what_is_unknown_is_reported_as_such(client: Any, wire: Any) -> None:
    for method in rpc.METHODS.values():
        wire.answers[method.name] = newer(method.response())
    states = {runner.state for runner in client.runners.list()}
    assert {(state.number, state.is_known) for state in states} == {(UNKNOWN, False)}
    assert client.apps.runners("my-app", state=["running"]) == []
    assert not client.keys.list()[0].scope.is_known
    assert not client.apps.list()[0].auth_mode.is_known


@pytest.mark.parametrize("path", REST_CALLS)
def test_a_rest_call_takes_the_answer_of_a_newer_server(client: Any, wire: Any, path: str) -> None:
    operation = {"/files/list//data/x": "list_directory", "/logs/history": "list_logs_history"}
    operation |= {"/users/teams": "list_teams", "/applications/metrics": "get_user_metrics"}
    (schema,) = [schema for name, _, _, schema in answers() if name == operation[path]]
    for body in bodies("application/json", schema):
        document = json.loads(body)
        if path == "/logs/history" and "next_until" in document:
            document["next_until"] = None  # or it would ask for page after page
        wire.documents[path] = (200, document)
        repr(REST_CALLS[path](client))
        assert wire.calls[-1][0] == path


def test_log_lines_of_a_newer_server_are_followed(client: Any, wire: Any) -> None:
    (schema,) = [schema for name, _, _, schema in answers() if name == "stream_logs"]
    lines = [body.decode() for body in bodies("application/json", schema)]
    unknown = 'event: new\ndata: {"of": "another shape"}\n\n'
    wire.documents["/logs/stream"] = (200, Events(unknown + f"data: {line}\n\n" for line in lines))
    result = list(client.logs.stream())
    assert [line.message for line in result] == [NEW] * len(lines)


def test_an_older_server_is_distinguished_from_one_that_fails(client: Any, wire: Any) -> None:
    import grpc

    wire.answers["ListAliases"] = (grpc.StatusCode.UNIMPLEMENTED, "Method not found!")
    with pytest.raises(Unimplemented, match="older than this client") as caught:
        client.apps.list()
    assert (caught.value.method, caught.value.retryable) == ("ListAliases", False)
