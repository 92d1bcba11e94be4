"""The peer's Python API: the client with all its namespaces, deploying, and calling functions and apps."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from fal.exceptions import PermissionDenied
from tests.peer.peer_kit import SAMPLES, PeerError
from tests.support.waiting import eventually

if TYPE_CHECKING:
    from fal.api import SyncServerlessClient
    from fal_emulator import Plane
    from tests.peer.peer_kit import Peer, PeerPython

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def greeter(python: PeerPython) -> str:
    """Deploy an app, which the tests of this file share; return its revision."""
    result = python.call(
        "client.deploy",
        f"{SAMPLES / 'greeter.py'}::Greeter",
        auth="public",
        strategy="rolling",
        message="by the API",
        annotations={"COMMIT": "abc"},
    )
    return str(result["revision"])


def test_deploy(python: PeerPython, client: SyncServerlessClient, peer: Peer, greeter: str) -> None:
    (ours,) = [app for app in client.apps.list() if app.alias == "greeter"]
    assert (ours.revision, str(ours.auth_mode)) == (greeter, "public")
    assert peer.call("greeter", name="Ada", key=False).json()["text"] == "Hello, Ada!"
    again = python.call(
        "client.deploy", str(SAMPLES / "functions.py") + "::add", app_name="sum", auth="private", strategy="recreate"
    )
    assert (again["app_name"], again["auth_mode"]) == ("sum", "private")
    assert again["urls"]["sync"] == {"/": f"{peer.plane.host}/local/sum/"}
    assert again["urls"]["async"] == {"/": f"{peer.plane.host}/queue/local/sum/"}
    assert again["log_url"].startswith(peer.plane.host)
    assert peer.call("sum", "/?a=1&b=2").json() == {"sum": 3}
    broken = "import os; os.environ['GREETER_BROKEN'] = '1'; "
    broken += f"client.deploy({str(SAMPLES / 'greeter.py')!r}, app_name='sum')"
    with pytest.raises(PeerError, match="did not become healthy"):
        python.run(broken, "client.deploy")
    assert python.run("os.environ.pop('GREETER_BROKEN')") == "1"
    assert [app.revision for app in client.apps.list() if app.alias == "sum"] == [again["revision"]]


def test_apps_are_called(python: PeerPython, peer: Peer, greeter: str) -> None:
    assert python.run("fal.apps.run('local/greeter', {'name': 'you'})")["text"] == "Hello, you!"
    assert python.run("fal.apps.submit('local/greeter', {'name': 'you'}).get()")["text"] == "Hello, you!"
    assert "Hello, you!" in peer("api", "local/greeter", "name=you").out


def test_apps(python: PeerPython, client: SyncServerlessClient, greeter: str) -> None:
    (theirs,) = python.call("client.apps.list", filter="greet")
    (ours,) = client.apps.list(filter="greet")
    for name, value in theirs.items():
        assert value == getattr(ours, name), name
    wanted = {"keep_alive": 333, "max_concurrency": 4, "min_concurrency": 1, "request_start_timeout": 60}
    changed = python.call("client.apps.scale", "greeter", machine_types=["GPU-A100"], regions=["us-east"], **wanted)
    (ours,) = client.apps.list(filter="greet")
    assert {name: getattr(ours, name) for name in wanted} == wanted == {name: changed[name] for name in wanted}
    assert (ours.machine_types, ours.valid_regions) == (["GPU-A100"], ["us-east"])
    assert python.call("client.apps.scale", "greeter", request_start_timeout=0)["request_start_timeout"] is None

    before = client.apps.runners("greeter")[0].runner_id
    assert python.call("client.apps.rollout", "greeter", force=True) is None
    eventually(lambda: before not in {runner.runner_id for runner in client.apps.runners("greeter")})
    now = [runner.runner_id for runner in client.apps.runners("greeter")]
    assert [runner["runner_id"] for runner in python.call("client.apps.runners", "greeter", state=["idle"])] == now
    recent = "from datetime import UTC, datetime, timedelta\n"
    recent += "client.apps.runners('greeter', since=datetime.now(UTC) - timedelta(hours=1))"
    assert {runner["runner_id"] for runner in python.run(recent, "client.apps.runners")} >= {before, *now}
    assert python.call("client.apps.gpus", "greeter") == {"gpus": {"A100": 1}, "total": 1}
    with pytest.raises(PeerError, match="not found"):
        python.call("client.apps.scale", "nobody", keep_alive=1)


def test_runners(python: PeerPython, client: SyncServerlessClient, greeter: str) -> None:
    client.apps.scale("greeter", min_concurrency=1, machine_types=["GPU-A100"])
    eventually(lambda: client.apps.runners("greeter", state=["idle"]))
    assert python.call("client.runners.gpus")["gpus"] == client.runners.gpus()["gpus"]
    (first,) = [r["runner_id"] for r in python.call("client.runners.list") if r["alias"] == "greeter"]
    assert python.call("client.runners.stop", first, replace_first=True) is None
    eventually(lambda: {r.runner_id for r in client.apps.runners("greeter")} & {first} == set())
    second = client.apps.runners("greeter")[0].runner_id
    client.apps.scale("greeter", min_concurrency=0)
    assert python.call("client.runners.kill", second) is None
    eventually(lambda: client.apps.runners("greeter") == [])
    ended = client.apps.runners("greeter", since=datetime(2020, 1, 1, tzinfo=UTC))
    assert {runner.runner_id: str(runner.state) for runner in ended}.items() >= {
        first: "TERMINATED",
        second: "TERMINATED",
    }.items()
    with pytest.raises(PeerError, match="not found"):
        python.call("client.runners.kill", second)


def test_keys_secrets_and_environments(python: PeerPython, client: SyncServerlessClient, plane: Plane) -> None:
    presets = python.run("from fal.sdk import KeyPreset\n[preset.value for preset in KeyPreset]")
    create = "client.keys.create(preset=KeyPreset({!r}), description='for {}')"
    made = {preset: python.run(create.format(preset, preset), "client.keys.create") for preset in presets}
    ours = {key.key_id: key.alias for key in client.keys.list()}
    assert {ours[key_id] for key_id, _ in made.values()} == {f"for {preset}" for preset in presets}
    assert {key["key_id"] for key in python.call("client.keys.list")} == set(ours)
    with plane.client(api_key=":".join(made["FULL"])) as full:
        assert len(full.keys.list()) == len(ours)
    key_id, secret = python.call("client.keys.create", permissions=["secrets:read"])
    with plane.client(api_key=f"{key_id}:{secret}") as reading:
        assert reading.secrets.list() == []
        with pytest.raises(PermissionDenied):
            reading.secrets.set("A", "b")
    for one in [key_id, *(key_id for key_id, _ in made.values())]:
        python.call("client.keys.revoke", one)
    assert len(client.keys.list()) == 1

    made_one = python.call("client.environments.create", "staging", description="before it is real")
    assert (made_one["name"], made_one["is_default"]) == ("staging", False)
    assert [e["name"] for e in python.call("client.environments.list")] == [e.name for e in client.environments.list()]
    python.call("client.secrets.set", "TOKEN", "value", environment_name="staging", default_exposed=False)
    (secret_of_ours,) = client.secrets.list(environment_name="staging")
    assert (secret_of_ours.name, secret_of_ours.default_exposed) == ("TOKEN", False)
    assert [s["name"] for s in python.call("client.secrets.list", environment_name="staging")] == ["TOKEN"]
    python.call("client.secrets.unset", "TOKEN", environment_name="staging")
    assert client.secrets.list(environment_name="staging") == []
    python.call("client.environments.delete", "staging")
    assert [e.name for e in client.environments.list()] == ["main"]


def test_functions_are_called(python: PeerPython) -> None:
    python.run("import functions, greeter\nNone")
    assert python.call("functions.plain") == 42
    assert python.run("functions.plain.submit().result(60)", "functions.plain.submit") == 42
    with pytest.raises(PeerError, match="it is broken") as caught:
        python.call("functions.broken")
    assert caught.value.kind == "ValueError", "what the function raised, not what it was wrapped in"
    assert python.run("functions.plain.on(requirements=['iniconfig==2.1.0'])()", "functions.plain.on") == 42


def test_an_app_is_called_by_its_class(python: PeerPython, client: SyncServerlessClient) -> None:
    python.run("import functions, greeter\nNone")
    use = "from fal.app import AppClient\ndef use():\n    with AppClient.connect(greeter.Greeter) as app:\n"
    use += "        return app.greet(greeter.Guest(name='Eve')).text\nuse()"
    assert python.run(use, "fal.app.AppClient.connect") == "Hello, Eve!"
    spawn = "spawned = greeter.Greeter.spawn()\nspawned.wait()\nspawned.url"
    url = python.run(spawn, "fal.App.spawn")
    name = url.rsplit("/", 1)[-1]
    assert name in {runner.alias for runner in client.runners.list()}
    python.run("spawned.stream.cancel()")
    eventually(lambda: name not in {runner.alias for runner in client.runners.list()})


def test_revisions_through_the_connection(python: PeerPython, client: SyncServerlessClient, greeter: str) -> None:
    python.run(
        "from fal.sdk import FalServerlessClient\n"
        "connection = FalServerlessClient(client._grpc_host, client._credentials).connect().__enter__()\nNone"
    )
    theirs = python.call("connection.list_applications", "greeter")
    assert [one["application_id"] for one in theirs] == [one.application_id for one in client.apps.revisions("greeter")]
    pointed = python.call("connection.create_alias", "second-name", greeter, "shared", deployment_strategy="rolling")
    assert (pointed["alias"], pointed["revision"], pointed["auth_mode"]) == ("second-name", greeter, "shared")
    assert {app.alias for app in client.apps.list()} >= {"second-name", "greeter"}
    assert python.call("connection.delete_alias", "second-name") == greeter
    assert "second-name" not in {app.alias for app in client.apps.list()}
    assert python.call("connection.delete_alias", "second-name") is None
    with pytest.raises(PeerError, match="delete that alias"):
        python.call("connection.delete_application", greeter)


MAPPED = """
import os, cloudpickle
from fal.sdk import FalServerlessClient, get_credentials
from isolate_proto import EnvironmentDefinition, HostedMap, SerializedObject

def pickled(value):
    return SerializedObject(method="cloudpickle", definition=cloudpickle.dumps(value))

with FalServerlessClient(os.environ["FAL_GRPC_HOST"], get_credentials()).connect() as connection:
    environment = EnvironmentDefinition(kind="virtualenv")
    request = HostedMap(environments=[environment], function=pickled(lambda n: n * n), inputs=map(pickled, [3, 2, 1]))
    steps = list(connection.stub.Map(request))
[cloudpickle.loads(step.return_value.definition) for step in steps if step.HasField("return_value")]
"""


def test_a_map_by_the_peers_own_stubs(python: PeerPython) -> None:
    """The peer has no function for it."""
    assert python.run(MAPPED) == [9, 4, 1]


def test_a_folder_is_synchronised(python: PeerPython, client: SyncServerlessClient, peer: Peer) -> None:
    (peer.folder / "synced" / "deep").mkdir(parents=True)
    (peer.folder / "synced" / "deep" / "file").write_text("content")
    assert python.call("fal.sync_dir", "synced", "/data/synced") == "synced"
    assert [file.path for file in client.files.list("synced/deep")] == ["/data/synced/deep/file"]
