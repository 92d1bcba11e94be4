"""What users' tests get: fixtures, a reset, faults on purpose, and the app's log where a test fails."""

from __future__ import annotations

import io
import os
import stat
import subprocess
import sys
import tarfile
import textwrap
import time
from typing import TYPE_CHECKING

import grpc
import pytest

import fal_emulator
from fal._gen import rpc
from fal.exceptions import Unavailable
from fal_emulator.state.transfer import export_state
from tests.support.engine import server
from tests.support.plane import http_to, wire_to
from tests.support.waiting import Background, eventually

if TYPE_CHECKING:
    from pathlib import Path

    from fal_emulator import Plane

APP = """
import sys
import fal

class Greeter(fal.App):
    machine_type = "XS"
    keep_alive = 60

    @fal.endpoint("/")
    def greet(self, name: str) -> dict:
        print("greeting", name, flush=True)
        print("warning", name, file=sys.stderr, flush=True)
        return {"message": f"Hello, {name}!"}
"""

TESTS = """
import os, sys
import pytest

def test_lazy(pytestconfig):
    assert pytestconfig.pluginmanager.has_plugin("fal_emulator")
    assert "grpc" not in sys.modules and "fal_emulator.plane" not in sys.modules

def test_client(fal_sync_client, fal_control_plane):
    fal_sync_client.secrets.set("A", "b")
    assert [s.name for s in fal_sync_client.secrets.list()] == ["A"]
    assert not fal_control_plane._temporary or fal_control_plane.state.exists()

def test_env(fal_env):
    from fal.api import SyncServerlessClient
    assert os.environ["FAL_KEY"] == fal_env["FAL_KEY"]
    with SyncServerlessClient() as client:
        assert [s.name for s in client.secrets.list()] == ["A"]

@pytest.fixture(scope="module")
def greeter(fal_app):
    return fal_app("greeter.py::Greeter")

def test_app(greeter):
    assert greeter.call({"name": "test"}) == {"message": "Hello, test!"}

def test_that_fails(greeter):
    assert greeter.call({"name": "nobody"}) is None

@pytest.fixture
def spoilt(greeter):
    yield
    greeter.call({"name": "late"})
    raise RuntimeError("spoilt")

def test_that_fails_twice(greeter, spoilt):
    assert greeter.call({"name": "somebody"}) is None

def test_fal_client_is_free(request):
    with pytest.raises(pytest.FixtureLookupError):
        request.getfixturevalue("fal_client")

def test_async(fal_async_client):
    # Without a plugin for async tests it is what such a plugin would run.
    assert fal_async_client is not None
"""


@pytest.mark.timeout(600)  # it runs tests in a process of their own
def test_the_fixtures_of_the_pytest_plugin(tmp_path: Path) -> None:
    (tmp_path / "greeter.py").write_text(APP)
    (tmp_path / "test_it.py").write_text(textwrap.dedent(TESTS))
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "-W",
            "ignore",
            "-k",
            "not async",
            str(tmp_path),
        ],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "HOME": str(tmp_path)},
    )
    assert "2 failed, 5 passed, " in done.stdout and "1 error" in done.stdout, done.stdout + done.stderr
    report, _, later = done.stdout.partition("_ test_that_fails _")[2].partition("_ test_that_fails_twice _")
    assert "Log of fal apps during call" in report
    said = report.partition("Log of fal apps")[2]
    assert "[greeter] STDOUT  greeting nobody" in said and "greeting test" not in said, "only what belongs to this test"
    assert report.count("warning nobody") == 1, "what it says at a level that pytest shows is not shown twice"
    assert "warning somebody" in later and "warning late" not in later
    at_teardown = done.stdout.partition("ERROR at teardown of test_that_fails_twice")[2].partition("= FAILURES =")[0]
    assert "warning late" in at_teardown and "greeting somebody" not in at_teardown, (
        "it stands in the report of the call"
    )


def test_reset_forgets_everything_but_the_first_key() -> None:
    with fal_emulator.start(isolation="inline") as plane, plane.client() as client:
        wire = wire_to(plane)
        wire.deploy("app", server(), machine={"keep_alive": 60})
        client.environments.create("staging")
        client.secrets.set("A", "b")
        client.keys.create(preset="readonly")
        (plane.state / "volume" / "file").write_text("x")
        with http_to(plane) as http:
            assert http.get("/local/app/").status_code == 200
            queued = http.post("/queue/local/app/").json()
            plane.reset()
            assert http.get("/local/app/").status_code == 404
            assert http.get(queued["status_url"]).status_code == 404
        assert client.apps.list() == [] and client.secrets.list() == [] and client.runners.list() == []
        assert [item.name for item in client.environments.list()] == ["main"]
        assert [item.key_id for item in client.keys.list()] == [plane.key.partition(":")[0]]
        assert list((plane.state / "volume").iterdir()) == [] and plane.log_lines()[0] == []
        wire.deploy("app", server(), machine={"keep_alive": 60})
        with http_to(plane) as http:
            assert http.get("/local/app/").status_code == 200, "it goes on"
        wire.close()


def test_reset_ends_the_runners_of_deleted_apps_too(tmp_path: Path) -> None:
    with fal_emulator.start(isolation="inline") as plane, plane.client() as client, http_to(plane) as http:
        wire = wire_to(plane)
        wire.deploy("app", server(), machine={"keep_alive": 60})
        held = Background(lambda: http.get("/local/app/hold", params=f"{tmp_path}/never"))
        eventually(lambda: any(runner.in_flight_requests for runner in client.runners.list()))
        client.apps.delete("app")
        assert [str(runner.state) for runner in client.runners.list()] == ["DRAINING"]
        plane.reset()
        assert client.runners.list() == [] and held.result().status_code == 503
        wire.close()


def test_a_snapshot_is_brought_back(tmp_path: Path) -> None:
    with fal_emulator.start(isolation="inline") as plane, plane.client() as client, http_to(plane) as http:
        wire = wire_to(plane)
        wire.deploy("app", server(version="1"), machine={"keep_alive": 60})
        client.secrets.set("A", "b")
        client.environments.create("staging")
        (plane.state / "volume" / "deep").mkdir()
        (plane.state / "volume" / "deep" / "file").write_text("before")
        (plane.state / "volume" / "link").symlink_to(tmp_path)
        prepared = plane.snapshot()
        apps = client.apps.list()
        for _ in range(2):
            wire.deploy("app", server(version="2"), machine={"keep_alive": 60})
            wire.deploy("other", server())
            client.environments.delete("staging")
            client.secrets.unset("A")
            late, _ = client.keys.create(preset="readonly")
            (plane.state / "volume" / "deep" / "file").write_text("after")
            assert http.get("/local/app/").json()["version"] == "2"
            plane.restore(prepared)
            assert [(app.alias, app.revision) for app in client.apps.list()] == [(a.alias, a.revision) for a in apps]
            assert http.get("/local/app/").json()["version"] == "1"
            assert http.get("/local/other/").status_code == 404
            assert [item.name for item in client.environments.list()] == ["main", "staging"]
            assert [item.name for item in client.secrets.list()] == ["A"]
            assert late not in [item.key_id for item in client.keys.list()]
            files = [path.name for path in (plane.state / "volume").rglob("*")]
            assert (files, (plane.state / "volume/deep/file").read_text()) == (["deep", "file"], "before")
        wire.close()


def test_a_state_moves_in_one_file(tmp_path: Path) -> None:
    file = tmp_path / "plane.tar.gz"
    with fal_emulator.start(isolation="inline", nickname="ada") as plane, plane.client() as client:
        wire = wire_to(plane)
        wire.deploy("app", server(version="moved"), machine={"keep_alive": 60})
        wire.close()
        client.secrets.set("A", "b")
        (plane.state / "volume" / "file").write_text("kept")
        plane.export(file)
        key = plane.key
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    fal_emulator.import_state(file, tmp_path / "new")
    with pytest.raises(fal_emulator.Fault, match="not empty"):
        fal_emulator.import_state(file, tmp_path / "new")
    with fal_emulator.start(isolation="inline", state=tmp_path / "new") as plane, http_to(plane) as http:
        assert plane.key == key
        assert http.get("/ada/app/").json()["version"] == "moved"
        assert (plane.state / "volume" / "file").read_text() == "kept"
    with pytest.raises(fal_emulator.Fault, match="no state"):
        export_state(tmp_path / "nothing", file)


def archive(path: Path, *members: tuple[str, bytes, bytes]) -> Path:
    with tarfile.open(path, "w:gz") as written:
        for name, kind, content in members:
            info = tarfile.TarInfo(name)
            info.type, info.size, info.linkname = kind, len(content), "/etc/passwd"
            written.addfile(info, io.BytesIO(content))
    return path


@pytest.mark.parametrize(
    "members",
    [
        [],
        [("state.db", tarfile.REGTYPE, b"no database")],
        [("../state.db", tarfile.REGTYPE, b"x")],
        [("/state.db", tarfile.REGTYPE, b"x")],
        [("volume/../../x", tarfile.REGTYPE, b"x")],
        [("volume/link", tarfile.SYMTYPE, b"")],
        [("state.db", tarfile.LNKTYPE, b"")],
        [("volume", tarfile.REGTYPE, b"x")],
        [("lock", tarfile.REGTYPE, b"x")],
        [(".", tarfile.DIRTYPE, b"")],
    ],
    ids=str,
)
def test_a_file_that_is_not_a_state_creates_none(tmp_path: Path, members: list[tuple[str, bytes, bytes]]) -> None:
    with pytest.raises(fal_emulator.Fault):
        fal_emulator.import_state(archive(tmp_path / "file", *members), tmp_path / "state")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.fixture
def fresh(plane: Plane) -> Plane:
    plane.faults.clear()
    return plane


def test_an_rpc_fails_as_often_as_a_test_asks(fresh: Plane) -> None:
    wire = wire_to(fresh)
    fresh.faults.fail("UNAVAILABLE", only="ListEnvironments", times=2)
    for _ in range(2):
        with pytest.raises(grpc.RpcError) as caught:
            wire.call(rpc.LIST_ENVIRONMENTS)
        assert caught.value.code() is grpc.StatusCode.UNAVAILABLE
        assert wire.call(rpc.LIST_SECRETS) is not None, "others work"
    assert wire.call(rpc.LIST_ENVIRONMENTS).environments
    wire.close()


def test_the_sdk_retries_a_read_and_not_a_write(fresh: Plane) -> None:
    with fresh.client() as client:
        fresh.faults.fail(only="ListEnvironments")
        assert [item.name for item in client.environments.list()] == ["main"]
        fresh.faults.fail(only="CreateEnvironment")
        with pytest.raises(Unavailable, match="on request of a test"):
            client.environments.create("other")
        fresh.faults.fail("NOT_FOUND", only="/users/*", times=None)
        with http_to(fresh) as http:
            assert [http.get("/users/current").status_code for _ in range(3)] == [404] * 3
        fresh.faults.clear()
        with http_to(fresh) as http:
            assert http.get("/users/current").status_code == 200


def test_answers_that_wait(fresh: Plane) -> None:
    fresh.faults.delay(0.2, only="ListEnvironments", times=1)
    wire = wire_to(fresh)
    began = time.monotonic()
    wire.call(rpc.LIST_ENVIRONMENTS)
    assert time.monotonic() - began >= 0.2
    wire.close()


def test_a_runner_that_dies(fresh: Plane) -> None:
    wire = wire_to(fresh)
    wire.deploy("mortal", server(), machine={"keep_alive": 60})
    with http_to(fresh) as http:
        before = http.get("/local/mortal/").json()["pid"]
        killed = fresh.faults.kill_runner("mortal")
        assert http.get("/local/mortal/").json()["pid"] != before, "the next call gets another one"
        eventually(lambda: http.get(f"/runners/{killed}").json()["state"] == "DEAD")
    assert "[mortal] ERROR   runner " + killed + " died: killed on request of a test" in fresh.log_lines()[0]
    with pytest.raises(fal_emulator.Fault, match="no runner of app 'none' is alive"):
        fresh.faults.kill_runner("none")
    wire.close()


@pytest.mark.parametrize(
    ("ask", "named"),
    [
        (lambda faults: faults.fail("NONSENSE"), "code: 'NONSENSE' is none of INVALID_ARGUMENT, UNAUTHENTICATED"),
        (lambda faults: faults.fail(only="ListAlias"), "only: 'ListAlias' is no RPC.*did you mean 'ListAliases'"),
        (lambda faults: faults.delay(1, only="local/hello/"), "only: .* a path begins with '/'"),
        (lambda faults: faults.fail(times=0), "times: 0"),
        (lambda faults: faults.delay(-1), "seconds: -1"),
    ],
)
def test_faults_that_cannot_be(fresh: Plane, ask: object, named: str) -> None:
    assert callable(ask)
    with pytest.raises(fal_emulator.Fault, match=named):
        ask(fresh.faults)
