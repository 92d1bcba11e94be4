"""An app in operation: the peer lists, scales, rolls out, repoints and deletes it; our client sees what came of it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.support.waiting import eventually

if TYPE_CHECKING:
    from pathlib import Path

    from fal.api import SyncServerlessClient
    from fal.sdk import RunnerInfo
    from fal_emulator import Plane
    from tests.peer.peer_kit import Peer

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


@pytest.fixture(scope="module", autouse=True)
def greeter(peer: Peer) -> str:
    """Deploy an app, which the tests of this file share; return its first revision."""
    return str(peer.deploy("greeter.py::Greeter", "--auth", "public").json["revision"])


@pytest.fixture(autouse=True)
def calm(client: SyncServerlessClient, greeter: str) -> None:
    """Begin each test with the same scaling."""
    for app in client.apps.list():
        settings: dict[str, Any] = {"min_concurrency": 0, "max_concurrency": 2, "max_multiplexing": 1}
        settings |= {"concurrency_buffer": 0, "concurrency_buffer_perc": 0, "scaling_delay": 0}
        client.apps.scale(app.alias, keep_alive=300, machine_types=["S"], **settings)


def alive(client: SyncServerlessClient) -> list[RunnerInfo]:
    return client.apps.runners("greeter")


def one_idle(client: SyncServerlessClient, *, other_than: str = "") -> str:
    """Wait for a runner that is idle, and return its id."""

    def idle_id() -> str | None:
        idle = [runner.runner_id for runner in alive(client) if runner.state == "IDLE"]
        return next((one for one in idle if one != other_than), None)

    return str(eventually(idle_id))


def test_app_list_shows_what_the_client_lists(peer: Peer, client: SyncServerlessClient, greeter: str) -> None:
    (ours,) = client.apps.list()
    (theirs,) = peer("apps", "list", "--json").json["apps"]
    assert (theirs["alias"], theirs["revision"], theirs["auth_mode"]) == ("greeter", greeter, "public")
    for name, value in theirs.items():
        assert value == getattr(ours, name), name
    (row,) = peer("apps", "list", "--filter", "greet", "--sort-by-runners").rows
    assert row[:4] == ["greeter", "main", greeter, "public"]
    assert peer("apps", "list", "--filter", "nothing", "--json").json == {"apps": []}


def test_every_option_of_scale(peer: Peer, client: SyncServerlessClient) -> None:
    wanted = {
        "keep_alive": 301,
        "max_multiplexing": 3,
        "max_concurrency": 5,
        "min_concurrency": 1,
        "concurrency_buffer": 1,
        "concurrency_buffer_perc": 10,
        "scaling_delay": 2,
        "request_timeout": 77,
        "request_start_timeout": 50,
        "startup_timeout": 99,
    }
    options = [text for name, value in wanted.items() for text in (f"--{name.replace('_', '-')}", str(value))]
    said = peer("apps", "scale", "greeter", *options, "--machine-types", "S", "M", "--regions", "us-east", "eu-west")
    assert said.rows[0][4:] == [
        "1",
        "5",
        "10%, min 1",
        "2",
        "3",
        "301",
        "77",
        "50",
        "99",
        "S M",
        "1",
        "us-east eu-west",
    ]
    (ours,) = client.apps.list()
    assert {name: getattr(ours, name) for name in wanted} == wanted
    assert (list(ours.machine_types), list(ours.valid_regions)) == (["S", "M"], ["us-east", "eu-west"])
    assert [app["alias"] for app in peer("apps", "list", "--regions", "eu-west", "--json").json["apps"]] == ["greeter"]

    peer("apps", "scale", "greeter", "--request-start-timeout", "0", "--min-concurrency", "0")
    (ours,) = client.apps.list()
    assert (ours.request_start_timeout, ours.min_concurrency, ours.keep_alive) == (None, 0, 301)
    assert "max_concurrency" in peer("apps", "scale", "greeter", "--max-concurrency", "0", status=1).out
    assert "not found" in peer("apps", "scale", "nobody", "--keep-alive", "5", status=1).out
    assert client.apps.list() == [ours]


def test_runners_and_rollouts(peer: Peer, client: SyncServerlessClient, greeter: str) -> None:
    first = one_idle(client)
    (theirs,) = peer("apps", "runners", "greeter", "--json").json["runners"]
    (ours,) = alive(client)
    assert (theirs["runner_id"], theirs["revision"], theirs["state"]) == (first, greeter, "IDLE")
    assert (theirs["machine_type"], theirs["replacement"]) == (ours.machine_type, "NO_REPLACE")
    assert abs(theirs["uptime_seconds"] - ours.uptime.total_seconds()) < 30

    assert "Rolled out" in peer("apps", "rollout", "greeter").out
    second = one_idle(client, other_than=first)
    peer("apps", "rollout", "greeter", "--force")
    third = one_idle(client, other_than=second)
    eventually(lambda: [runner.runner_id for runner in alive(client)] == [third])
    ended = peer("apps", "runners", "greeter", "--since", "1h", "--state", "terminated", "--json").json["runners"]
    assert {(r["runner_id"], r["replacement"], r["expiration_countdown"]) for r in ended} == {
        (first, "DID_REPLACE", None),
        (second, "DID_REPLACE", None),
    }
    pretty = peer("apps", "runners", "greeter", "--state", "idle")
    assert third in pretty.out
    assert second not in pretty.out
    assert "not found" in peer("apps", "runners", "nobody", status=1).out


def test_gpus_are_counted(peer: Peer, client: SyncServerlessClient) -> None:
    before = one_idle(client)
    assert peer("apps", "gpus", "greeter", "--json").json == {"gpus": {}, "total": 0}
    peer("apps", "scale", "greeter", "--machine-types", "GPU-H100")
    client.apps.rollout("greeter")
    one_idle(client, other_than=before)
    eventually(lambda: len(alive(client)) == 1)
    assert peer("apps", "gpus", "greeter", "--json").json == {"gpus": {"H100": 1}, "total": 1}
    assert peer("runners", "gpus", "--json").json == {"gpus": {"H100": 1}, "total": 1}
    assert peer("runners", "gpus").rows == [["H100", "1"]]
    assert client.runners.gpus()["total"] == 1


def test_a_runner_is_stopped_replaced_and_killed(peer: Peer, client: SyncServerlessClient) -> None:
    first = one_idle(client)
    assert first in {r["runner_id"] for r in peer("runners", "list", "--json").json["runners"]}
    peer("runners", "stop", first, "--replace")
    second = one_idle(client, other_than=first)
    eventually(lambda: [runner.runner_id for runner in alive(client)] == [second])
    peer("runners", "stop", second)
    eventually(lambda: alive(client) == [])
    assert peer.call("greeter", name="again").status_code == 200
    third = one_idle(client, other_than=second)
    peer("runners", "kill", third)
    eventually(lambda: alive(client) == [])
    states = {r.runner_id: str(r.state) for r in client.runners.list(since=datetime(2020, 1, 1, tzinfo=UTC))}
    assert {states[first], states[second], states[third]} == {"TERMINATED"}
    theirs = peer("runners", "list", "--since", "1h", "--state", "terminated", "--json").json["runners"]
    assert {r["runner_id"]: r["state"] for r in theirs} == states
    assert "Runners: 0" in peer("runners", "list").out
    assert "not found" in peer("runners", "kill", third, status=1).out
    assert "not found" in peer("runners", "stop", "nobody", status=1).out


def test_the_logs_of_a_runner(peer: Peer, client: SyncServerlessClient) -> None:
    assert peer.call("greeter", name="Ada").json()["text"] == "Hello, Ada!"
    runner = one_idle(client)
    with peer.start("runners", "logs", runner, "--follow", "--since", "1h", "--json") as following:
        assert json.loads(following.until("greeting Ada"))["labels"]["fal_runner_id"] == runner
        peer.call("greeter", name="Grace")
        line = json.loads(following.until("greeting Grace"))
        assert (line["app"], line["level"]) == ("greeter", "STDOUT")
    result = peer("runners", "logs", runner, "--search", "greeting", "--json").json["logs"]
    assert [line["message"] for line in result] == ["greeting Grace", "greeting Ada"], "the newest first"
    assert [line.message for line in client.logs.history("greeter", search="greeting", runner_id=runner)] == [
        "greeting Ada",
        "greeting Grace",
    ]
    pretty = peer("runners", "logs", runner).out
    assert pretty.index("is set up") < pretty.index("greeting Ada") < pretty.index("greeting Grace")
    (one,) = peer("runners", "logs", runner, "--lines", "+1", "--search", "greeting", "--json").json["logs"]
    assert one["message"] == "greeting Grace"
    peer("runners", "kill", runner)
    eventually(lambda: alive(client) == [])
    assert "greeting Ada" in peer("runners", "logs", runner).out, "also when it has ended"
    assert "not found" in peer("runners", "logs", "nobody", status=1).out


def test_queue_size_and_flush(peer: Peer, client: SyncServerlessClient, plane: Plane, tmp_path: Path) -> None:
    client.apps.scale("greeter", max_concurrency=1)
    gate = tmp_path / "gate"
    queue = f"{plane.env()['FAL_QUEUE_RUN_HOST']}/local/greeter"
    with httpx.Client(headers={"authorization": f"Key {plane.key}"}, trust_env=False, timeout=30) as http:
        held, *others = [http.post(f"http://{queue}/hold", json={"path": str(gate)}).json() for _ in range(3)]
        eventually(lambda: client.apps.queue("greeter").in_progress == 1)
        assert peer("queue", "size", "greeter", "--json").json == {"size": 2}
        assert peer("queue", "size", "greeter", "--by-user").rows == [["local", "2"]]
        peer("queue", "flush", "greeter", "--caller-user-id", "somebody-else")
        assert client.apps.queue("greeter").waiting == 2
        assert "flushed" in peer("queue", "flush", "greeter").out
        assert client.apps.queue("greeter").waiting == 0
        assert peer("queue", "size", "greeter").out.strip() == "Total queue size: 0"
        gate.touch()
        eventually(lambda: http.get(held["status_url"]).json()["status"] == "COMPLETED")
        assert http.get(held["response_url"]).json() == {"released": "yes"}
        assert {http.get(other["response_url"]).status_code for other in others} == {499}
    assert "not found" in peer("queue", "size", "nobody", "--json", status=1).out
    assert "not found" in peer("queue", "flush", "nobody", status=1).out


def test_revisions_are_listed_repointed_and_deleted(peer: Peer, client: SyncServerlessClient, greeter: str) -> None:
    second = peer.deploy("greeter.py::Greeter", env={"GREETER_VERSION": "2"}).json["revision"]
    assert peer.call("greeter", name="you").json()["version"] == "2"
    assert [row[0] for row in peer("apps", "list-rev", "greeter").rows] == [second, greeter]
    assert [item.application_id for item in client.apps.revisions("greeter")] == [second, greeter]

    (row,) = peer("apps", "set-rev", "greeter", greeter, "--auth", "private", "--strategy", "recreate").rows
    assert row[2:4] == [greeter, "private"]
    eventually(lambda: peer.call("greeter", name="you").json()["version"] == "1")
    assert peer.call("greeter", name="you", key=False).status_code == 401
    assert (client.apps.list()[0].revision, str(client.apps.list()[0].auth_mode)) == (greeter, "private")

    assert "greeter" in peer("apps", "delete-rev", greeter, status=1).out, "it is in use"
    peer("apps", "delete-rev", second)
    assert [item.application_id for item in client.apps.revisions("greeter")] == [greeter]
    assert "not found" in peer("apps", "set-rev", "greeter", second, status=1).out


def test_the_app_is_deleted(peer: Peer, client: SyncServerlessClient, greeter: str) -> None:
    assert greeter in peer("apps", "delete", "greeter").out
    assert client.apps.list() == []
    assert peer.call("greeter", name="you").status_code == 404
    assert "not found" in peer("apps", "delete", "greeter").out
    peer("apps", "delete-rev", greeter)
    assert peer("apps", "list-rev").rows == []
