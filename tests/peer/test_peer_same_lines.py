"""The same command lines through both commands: the same effects, and at least the released keys in the JSON answers."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.json_keys import lacks
from tests.support.waiting import eventually

if TYPE_CHECKING:
    from fal.api import SyncServerlessClient
    from tests.peer.peer_kit import Peer, Ran

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]

_ADDRESS = re.compile(r"(?:https?|wss?)://[^\s'\"]+")
_KEY = re.compile(r"FAL_KEY='([^']+)'")
_APP = """
    import fal


    class Greeter(fal.App):
        machine_type = "S"
        keep_alive = 300

        @fal.endpoint("/")
        def greet(self, name: str) -> dict[str, str]:
            return {"text": f"Hello, {name}!"}
"""


@pytest.fixture
def both(peer: Peer, tmp_path: Path) -> list[Peer]:
    """The released command and ours, each in a home of its own."""
    home = tmp_path / "ours"
    home.mkdir()
    return [peer, replace(peer, python=Path(sys.executable), folder=home, note=lambda *_, **__: None)]


def test_a_script_has_the_same_effects(both: list[Peer], client: SyncServerlessClient, tmp_path: Path) -> None:
    file = tmp_path / "greeter.py"
    file.write_text("\n".join(line.removeprefix("    ") for line in _APP.splitlines()))
    answers: list[dict[str, Any]] = []
    states: list[dict[str, Any]] = []
    for command in both:
        answers.append(_script(command, file, client))
        states.append(_state(client))
        _clean_up(client)
    theirs, ours = answers
    for line, answer in theirs.items():
        assert lacks(ours[line], answer) == [], f"{line}: {ours[line]} lacks a key of {answer}"
    assert states[0] == states[1]


def _script(command: Peer, file: Path, client: SyncServerlessClient) -> dict[str, Any]:
    """Run a day's work, and return the JSON answers by command line."""
    collected: dict[str, Any] = {}

    def said(*words: str, **more: Any) -> Ran:
        ran = command(*words, env={"FAL_YES": "1"}, **more)
        if "--json" in words:
            collected[" ".join(words)] = ran.json
        return ran

    options = (
        "--app-name",
        "scripted",
        "--auth",
        "public",
        "--message",
        "first",
        "--annotation",
        "GIT_SHA=1",
        "--json",
    )
    said("deploy", f"{file}::Greeter", *options)
    first = client.apps.list(filter="scripted")[0].revision
    shown = said("deploy", f"{file}::Greeter", "--app-name", "scripted", "--auth", "public", "--strategy", "recreate")
    collected["addresses"] = dict.fromkeys(_ADDRESS.findall(shown.out))
    second = client.apps.list(filter="scripted")[0].revision
    said("apps", "set-rev", "scripted", first, "--auth", "public")
    assert client.apps.list(filter="scripted")[0].revision == first != second, "it is rolled back"
    said("apps", "scale", "scripted", "--max-concurrency", "5", "--keep-alive", "1777", "--machine-types", "S", "M")
    said("apps", "list", "--json")
    listed = said("apps", "list-rev", "scripted").out
    assert first in listed and second in listed
    said("apps", "delete-rev", second)
    said("apps", "gpus", "scripted", "--json")
    said("apps", "runners", "scripted", "--json")
    said("runners", "list", "--state", "all", "--since", "1h", "--json")
    said("runners", "gpus", "--json")
    runner = str(eventually(lambda: _idle(client, first)))
    command_of_logs = ("runners", "logs", runner, "--lines", "3", "--json")
    collected["runners logs"] = command(*command_of_logs).json
    for line in (("exec", runner, "--", "sh", "-c", "echo $FAL_APP_NAME; exit 7"), ("shell", runner)):
        there = said("runners", *line, status=7, stdin="echo $FAL_APP_NAME; exit 7\n")
        assert "local/scripted" in there.out
    said("queue", "size", "scripted", "--by-user", "--json")
    said("queue", "flush", "scripted")
    kept = command.folder / "secrets.env"
    kept.write_text("ONE=1\nTWO=a=b\n")
    said("secrets", "set", *kept.read_text().split())
    said("secrets", "set", "HIDDEN=3", "--not-exposed-by-default")
    said("secrets", "unset", "ONE")
    said("secrets", "list", "--json")
    said("envs", "create", "trying", "--description", "to try")
    said("secrets", "set", "THERE=1", "--env", "trying")
    said("environments", "list", "--json")
    said("envs", "delete", "trying", "--yes")
    said("keys", "create", "--preset", "API", "--desc", "old")
    (old,) = [key.key_id for key in client.keys.list() if key.alias == "old"]
    new = _KEY.search(said("keys", "create", "--preset", "DEPLOY", "--desc", "new").out)
    assert new is not None
    said("keys", "list", "--json")
    said("keys", "revoke", old)
    assert "scripted" in command("apps", "list", env={"FAL_KEY": new[1]}).out, "the new key works"
    (command.folder / "data.txt").write_text("data")
    said("files", "upload", "data.txt", "/data/scripted/data.txt")
    said("files", "mv", "/data/scripted/data.txt", "/data/scripted/moved.txt")
    said("files", "list", "/data/scripted")
    said("files", "download", "/data/scripted/moved.txt", "back.txt")
    assert (command.folder / "back.txt").read_text() == "data"
    said("files", "upload", "data.txt", "/data/scripted/gone.txt")
    said("files", "rm", "/data/scripted/gone.txt")
    (command.folder / ".fal").mkdir(exist_ok=True)  # the released command does not make it
    said("profile", "create", "work")
    said("profile", "key", stdin="an-id:a-secret\n")
    said("profile", "list", "--json")
    said("doctor", "--json")
    said("runners", "stop", runner)
    said("apps", "rollout", "scripted", "--force")
    command("runners", "logs", "no-such-runner", status=3 if command.folder.name == "ours" else 1)
    return collected


def _idle(client: SyncServerlessClient, revision: str) -> str | None:
    known = [each for each in client.apps.runners("scripted") if each.revision == revision and each.state == "IDLE"]
    return known[0].runner_id if known else None


def _state(client: SyncServerlessClient) -> dict[str, Any]:
    (app,) = client.apps.list(filter="scripted")
    return {
        "app": (str(app.auth_mode), app.max_concurrency, app.keep_alive, list(app.machine_types)),
        "secrets": {(secret.name, secret.default_exposed) for secret in client.secrets.list()},
        "environments": {each.name for each in client.environments.list()},
        "keys": {key.alias for key in client.keys.list()},
        "files": [(file.path, file.size) for file in client.files.list("/data/scripted")],
    }


def _clean_up(client: SyncServerlessClient) -> None:
    client.apps.delete("scripted")
    for secret in client.secrets.list():
        client.secrets.unset(secret.name)
    for key in client.keys.list():
        if key.alias == "new":
            client.keys.revoke(key.key_id)
    client.files.delete("/data/scripted/moved.txt")
