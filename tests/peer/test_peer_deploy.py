"""What the peer deploys and runs is served by the local control plane."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import httpx
import msgpack
import pytest
from websockets.sync.client import connect

from tests.peer.peer_kit import SAMPLES
from tests.support.waiting import eventually

if TYPE_CHECKING:
    from pathlib import Path

    from fal.api import SyncServerlessClient
    from fal.sdk import AliasInfo
    from fal_emulator import Plane
    from tests.peer.peer_kit import Peer

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a copy of a project that holds several apps."""
    folder = tmp_path / "project"
    shutil.copytree(SAMPLES / "project", folder)
    settings = folder / "pyproject.toml"
    text = settings.read_text(encoding="utf-8").replace("file:///written-by-the-test", (folder / "peerpkg").as_uri())
    settings.write_text(text, encoding="utf-8")
    return folder


def app_named(client: SyncServerlessClient, name: str) -> AliasInfo:
    (result,) = [app for app in client.apps.list() if app.alias == name]
    return result


def metadata(plane: Plane, name: str) -> dict[str, Any]:
    url = f"{plane.host}/applications/local/{name}/metadata"
    body: dict[str, Any] = httpx.get(url, headers={"authorization": f"Key {plane.key}"}, trust_env=False).json()
    return body


def test_an_app_class_serves_in_every_way(peer: Peer, client: SyncServerlessClient, plane: Plane) -> None:
    said = peer.deploy(
        "greeter.py::Greeter", "--auth", "public", "--message", "the first", "--annotation", "COMMIT=abc"
    ).json
    assert (said["app_name"], said["status"]) == ("greeter", "deployed")
    ours = app_named(client, "greeter")
    assert (ours.revision, str(ours.auth_mode), ours.keep_alive) == (said["revision"], "public", 300)
    about = metadata(plane, "greeter")
    assert (about["message"], about["annotations"]) == ("the first", {"COMMIT": "abc"})
    assert "/count" in about["openapi"]["paths"]

    assert peer.call("greeter", name="Ada", key=False).json() == {"text": "Hello, Ada!", "version": "1"}
    assert peer.call("greeter", wrong=1).status_code == 422
    assert httpx.get(f"{plane.host}/local/greeter/health", trust_env=False).status_code == 200
    assert peer.call("greeter", "/count").text == "data: 0\n\ndata: 1\n\ndata: 2\n\n"

    headers = {"authorization": f"Key {plane.key}"}
    with httpx.Client(headers=headers, trust_env=False, timeout=30) as http:
        queued = http.post(f"http://{plane.env()['FAL_QUEUE_RUN_HOST']}/local/greeter", json={"name": "Bob"}).json()
        eventually(lambda: http.get(queued["status_url"]).json()["status"] == "COMPLETED")
        assert http.get(queued["response_url"]).json()["text"] == "Hello, Bob!"

    with connect(plane.host.replace("http", "ws") + "/local/greeter/talk", additional_headers=headers) as talk:
        question: Any = msgpack.packb({"name": "Eve"})
        talk.send(question)
        assert msgpack.unpackb(talk.recv(timeout=30)) == {"text": "Hello, Eve!", "version": "1"}


def test_a_redeploy_takes_over_and_a_broken_one_does_not(peer: Peer, client: SyncServerlessClient) -> None:
    file = str(SAMPLES / "greeter.py")
    peer("deploy", f"{file}::Greeter", "--app-name", "changing", "--auth", "private", "--strategy", "recreate")
    assert peer.call("changing", name="you", key=False).status_code == 401
    assert peer.call("changing", name="you").json()["version"] == "1"
    first = app_named(client, "changing").revision

    client.apps.scale("changing", keep_alive=222)
    said = peer("deploy", f"{file}::Greeter", "--app-name", "changing", "--attach", env={"GREETER_VERSION": "2"})
    assert "Deployed successfully" in said.out
    assert f"{peer.plane.host}/local/changing/" in said.out
    assert "Greeter 2 is set up" in said.out, "the attached one follows the new runner"
    assert peer.call("changing", name="you").json()["version"] == "2"
    ours = app_named(client, "changing")
    assert (ours.keep_alive, str(ours.auth_mode)) == (222, "private"), "what was tuned stays"
    assert ours.revision != first

    said = peer("deploy", f"{file}::Greeter", "--app-name", "changing", env={"GREETER_BROKEN": "1"}, status=1)
    assert "the new revision did not become healthy" in said.out
    assert "the greeter is out of order" in said.err, "what the runner says comes before"
    assert app_named(client, "changing").revision == ours.revision
    assert peer.call("changing", name="you").json()["version"] == "2"

    options = ("--app-name", "changing", "--detach", "--reset-scale")
    said = peer.deploy("greeter.py::Greeter", *options, env={"GREETER_VERSION": "3"})
    assert said.json["status"] == "rolling_out"
    ours = app_named(client, "changing")
    assert (ours.revision, ours.keep_alive) == (said.json["revision"], 300)
    eventually(lambda: peer.call("changing", name="you").json()["version"] == "3")


def test_a_served_function(peer: Peer, client: SyncServerlessClient) -> None:
    said = peer.deploy("functions.py::add", "--auth", "shared").json
    assert app_named(client, "add").revision == said["revision"]
    assert list(app_named(client, "add").machine_types) == ["S"]
    assert peer.call("add", "/?a=40&b=2").json() == {"sum": 42}
    assert peer.call("add", "/?a=40&b=2", key=False).status_code == 401


def test_an_app_of_a_project_with_files_and_a_deploy_check(
    peer: Peer, client: SyncServerlessClient, project: Path
) -> None:
    said = peer("deploy", "reader", "--json", cwd=project)
    assert "Uploading file" in said.out
    assert (app_named(client, "reader").revision, str(app_named(client, "reader").auth_mode)) == (
        said.json["revision"],
        "shared",
    )
    assert peer.call("reader").json() == {"text": "from a file"}
    client.apps.scale("reader", keep_alive=99)
    said = peer("deploy", "reader", "--json", "--check", "--yes", "--reset-scale", cwd=project)
    assert "Uploading file" not in said.out, "it is there already"
    assert "Target: reader (env: main)" in said.out
    (change,) = [line for line in said.out.splitlines() if "Keep Alive" in line]
    assert "99" in change
    assert app_named(client, "reader").revision == said.json["revision"]


def test_an_app_that_an_entry_point_names(peer: Peer, client: SyncServerlessClient, project: Path) -> None:
    said = peer("deploy", "entry", "--json", cwd=project).json
    assert app_named(client, "entry").revision == said["revision"]
    assert peer.call("entry", key=False).json() == {"numbers": [0, 1, 2]}
    assert set(metadata(peer.plane, "entry")["openapi"]["paths"]) == {"/", "/health"}


def test_an_app_of_another_environment_sees_its_secrets(peer: Peer, client: SyncServerlessClient) -> None:
    client.environments.create("staging")
    client.secrets.set("TOKEN", "of staging", environment_name="staging")
    client.secrets.set("HIDDEN", "never seen", environment_name="staging", default_exposed=False)
    client.secrets.set("TOKEN", "of main")
    said = peer.deploy("greeter.py::Greeter", "--app-name", "apart", "--env", "staging", "--auth", "public").json
    (ours,) = client.apps.list(environment_name="staging")
    assert (ours.alias, ours.revision, ours.environment_name) == ("apart--staging", said["revision"], "staging")
    assert peer.call("apart--staging", "/token").json() == {"token": "of staging", "hidden": None}
    (theirs,) = peer("apps", "list", "--env", "staging", "--json").json["apps"]
    assert theirs["revision"] == said["revision"]
    assert len(peer("apps", "runners", "apart", "--env", "staging", "--json").json["runners"]) == 1
    peer("apps", "delete", "apart", "--env", "staging")
    assert client.apps.list(environment_name="staging") == []


def test_a_function_is_run(peer: Peer, client: SyncServerlessClient) -> None:
    file = str(SAMPLES / "functions.py")
    assert "plain is at work" in peer("run", f"{file}::plain").out
    said = peer("run", f"{file}::broken", status=1)
    assert "ValueError: it is broken" in said.out
    assert not [app for app in client.apps.list() if app.alias in ("plain", "broken")]


def test_an_app_is_run_until_it_is_interrupted(peer: Peer, client: SyncServerlessClient) -> None:
    with peer.start("run", f"{SAMPLES / 'greeter.py'}::Greeter") as running:
        url = running.until("Sync").split()[-1]
        name = url.split("/")[4]
        assert name not in {app.alias for app in client.apps.list()}, "listings leave it out"
        answer = httpx.post(url, json={"name": "you"}, timeout=30, trust_env=False).json()
        assert answer == {"text": "Hello, you!", "version": "1"}
        running.until("greeting you")
        assert [runner.state for runner in client.runners.list() if runner.alias == name] == ["IDLE"]
        running.interrupt()
    eventually(lambda: httpx.post(url, json={}, trust_env=False).status_code == 404)
    eventually(lambda: name not in {runner.alias for runner in client.runners.list()})


def test_an_app_is_run_for_a_number_of_requests(peer: Peer) -> None:
    with peer.start("run", f"{SAMPLES / 'greeter.py'}::Greeter", "--limit-max-requests", "1") as running:
        url = running.until("Sync").split()[-1]
        assert httpx.post(url, json={"name": "you"}, timeout=30, trust_env=False).status_code == 200
        assert running.end() == 0
    assert any("greeting you" in line for line in running.lines)


def test_a_runner_that_is_run_does_not_see_the_deployers_settings(peer: Peer, tmp_path: Path) -> None:
    file = tmp_path / "spy.py"
    file.write_text(
        "import json, os\nimport fal\n\n@fal.function(keep_alive=0)\ndef spy():\n"
        "    print('SEEN ' + json.dumps(dict(os.environ)))\n"
    )
    said = peer("run", f"{file}::spy").out
    seen = json.loads(said[said.index("SEEN") + 5 :].splitlines()[0])
    assert seen["FAL_KEY"] != peer.environment()["FAL_KEY"], "a runner has a key of its own"
    assert "IS_ISOLATE_AGENT" in seen
