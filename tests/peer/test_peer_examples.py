"""The examples are the peer's as much as ours: the same files, deployed by both, answer the same."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import msgpack
import pytest
from websockets.sync.client import connect

from tests.support.waiting import eventually

if TYPE_CHECKING:
    from fal.api import SyncServerlessClient
    from tests.peer.peer_kit import Peer

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
FILES = [
    ("hello.py::Hello", "hello", "/?name=tests", {"message": "Hello, tests!"}),
    ("function/shout.py", "shout", "/?text=quiet", {"text": "QUIET"}),
    ("secrets/vault.py", "vault", "/", {"length": 12, "other": False}),
    ("files/poems.py", "poems", "/?title=river", {"text": (EXAMPLES / "files" / "poems" / "river.txt").read_text()}),
]


def answer(peer: Peer, app: str, path: str = "/") -> Any:
    headers = {"authorization": f"Key {peer.plane.key}"}
    response = httpx.post(f"{peer.plane.host}/local/{app}{path}", headers=headers, timeout=60, trust_env=False)
    assert response.status_code == 200, response.text
    return response.json()


@pytest.mark.parametrize(("file", "app", "path", "expected"), FILES, ids=[app for _, app, *_ in FILES])
def test_a_file_that_both_deploy(
    peer: Peer, client: SyncServerlessClient, file: str, app: str, path: str, expected: Any
) -> None:
    client.secrets.set("EXAMPLE_TOKEN", "twelve chars")
    client.secrets.set("EXAMPLE_OTHER", "not for this app")
    theirs = peer("deploy", str(EXAMPLES / file), "--json").json
    ours = client.deploy(str(EXAMPLES / file), app_name=f"{app}-of-ours")
    assert (theirs["app_name"], ours.app_name) == (app, f"{app}-of-ours")
    assert answer(peer, app, path) == answer(peer, ours.app_name, path) == expected
    apps = {item.alias: item for item in client.apps.list(filter=app)}
    assert set(apps) == {app, ours.app_name}
    for name in ("auth_mode", "keep_alive", "machine_types", "max_concurrency", "max_multiplexing", "startup_timeout"):
        assert getattr(apps[app], name) == getattr(apps[ours.app_name], name), name


def test_a_project_of_several_apps(peer: Peer, client: SyncServerlessClient) -> None:
    root = EXAMPLES / "multi"
    for app, path, expected in (("adder", "/?left=2&right=3", {"sum": 5}), ("doubler", "/?number=4", {"double": 8})):
        peer("deploy", app, "--json", cwd=root)
        (theirs,) = client.apps.list(filter=app)
        assert answer(peer, app, path) == expected
        revision = client.deploy(app, root=root).revision
        (ours,) = client.apps.list(filter=app)
        assert (ours.revision, theirs.revision != revision) == (revision, True), "ours takes over from theirs"
        assert (ours.auth_mode, ours.keep_alive) == (theirs.auth_mode, theirs.keep_alive)
        assert answer(peer, app, path) == expected


def test_a_realtime_app(peer: Peer) -> None:
    peer("deploy", str(EXAMPLES / "realtime" / "counter.py"), "--auth", "public")
    with connect(f"{peer.plane.host.replace('http', 'ws')}/local/counter/realtime", proxy=None) as socket:
        for by, expected in ((1, 1), (4, 5)):
            step: Any = msgpack.packb({"by": by})
            socket.send(step)
            assert msgpack.unpackb(socket.recv(timeout=30))["value"] == expected
    assert answer(peer, "counter") == {"value": 5}


def script(peer: Peer, name: str) -> None:
    """Run a documented script with the peer, in the folder where the documentation says."""
    folder = EXAMPLES / "reference"
    done = subprocess.run(
        [str(peer.python), str(folder / f"{name}.py")],
        env=peer.environment(PYTHONDONTWRITEBYTECODE="1"),
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    peer.note("python", name=f"examples/reference/{name}.py")


def test_the_documented_scripts(peer: Peer, client: SyncServerlessClient) -> None:
    client.deploy("my-app", root=EXAMPLES / "reference")  # the peer refuses the first line of deploy.py
    (before,) = client.apps.list(filter="my-app")
    script(peer, "client")
    (after,) = client.apps.list(filter="my-app")
    assert (before.revision != after.revision, after.max_concurrency) == (True, 10)
    script(peer, "apps")
    (app,) = client.apps.list(filter="my-app")
    assert (app.keep_alive, app.min_concurrency, app.machine_types) == (300, 1, ["GPU-H100", "GPU-H200"])
    keys = client.keys.list()
    script(peer, "keys")
    assert client.keys.list() == keys
    script(peer, "account_secrets")
    assert "API_KEY" not in {secret.name for secret in client.secrets.list()}
    eventually(lambda: client.apps.runners("my-app", state=["idle"]))
    running = {runner.runner_id for runner in client.runners.list()}
    script(peer, "runners")
    eventually(lambda: not running & {runner.runner_id for runner in client.runners.list()})
