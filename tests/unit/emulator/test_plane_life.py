"""Start, stop, start again: what stays, what goes, and what is refused."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import signal
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

import fal_emulator
from fal._gen import rpc
from fal._gen.proto import controller_pb2 as pb
from tests.support.engine import server
from tests.support.plane import VIRTUALENV, Wire, function, http_to, refused, wire_to
from tests.support.ports import free_port
from tests.support.waiting import LIMIT, eventually

COMMAND = [sys.executable, "-m", "fal_emulator"]


def test_a_restart_keeps_everything(tmp_path: Path) -> None:
    with fal_emulator.start(state=tmp_path, isolation="inline", nickname="acme") as plane:
        key = plane.key
        with http_to(plane) as http:
            user_id = http.get("/users/current").json()["user_id"]
        wire = wire_to(plane)
        wire.call(rpc.CREATE_ENVIRONMENT, name="staging", description="before main")
        wire.call(rpc.SET_SECRET, name="WORD", value="kept", environment_name="staging")
        wire.deploy("app--staging", environment_name="staging", code=server("7"))
        wire.scale("app--staging", keep_alive=123, valid_regions=["us-east"])
        minted = wire.call(rpc.CREATE_USER_KEY, policy_preset="READONLY", alias="reader")
        before = (wire.aliases(), wire.call(rpc.LIST_APPLICATIONS).applications[0].application_id)
        (runner,) = wire.call(rpc.LIST_RUNNERS, list_pending=True).runners
        wire.close()
    with fal_emulator.start(state=tmp_path, isolation="inline") as plane:
        assert plane.key == key, "the first key is used again"
        with http_to(plane) as http:
            assert http.get("/users/current").json()["user_id"] == user_id
            answer = http.get("/acme/app--staging")
            assert (answer.status_code, answer.json()["version"]) == (200, "7")
            assert http.get("/acme/app--staging/env").json()["WORD"] == "kept"
            assert "serving 7" in http.get("/applications/acme/app--staging/logs").text
            assert http.get(f"/runners/{runner.runner_id}").json()["ended_at"]
        wire = wire_to(plane)
        after = (wire.aliases(), wire.call(rpc.LIST_APPLICATIONS).applications[0].application_id)
        for aliases in (before[0], after[0]):
            aliases["app--staging"].ClearField("active_runners")
        assert after == before
        wire.use(f"{minted.key_id}:{minted.key_secret}")
        assert wire.call(rpc.LIST_SECRETS).secrets[0].name == "WORD"
        wire.close()


def test_a_revoked_first_key_is_replaced_at_the_next_start(tmp_path: Path) -> None:
    with fal_emulator.start(state=tmp_path, isolation="inline") as plane:
        old = plane.key
        wire = wire_to(plane)
        wire.call(rpc.REVOKE_USER_KEY, key_id=old.partition(":")[0])
        with refused("UNAUTHENTICATED"):
            wire.call(rpc.LIST_USER_KEYS)
        wire.close()
    with fal_emulator.start(state=tmp_path, isolation="inline") as plane:
        assert plane.key != old
        wire = wire_to(plane)
        assert len(wire.call(rpc.LIST_USER_KEYS).user_keys) == 1
        wire.close()


def test_a_second_one_on_the_same_state_is_refused(tmp_path: Path) -> None:
    with fal_emulator.start(state=tmp_path, isolation="inline") as plane:
        with pytest.raises(fal_emulator.Fault, match=rf"in use by another .* \(process {os.getpid()}\)"):
            fal_emulator.start(state=tmp_path, isolation="inline")
        done = subprocess.run([*COMMAND, "--state", str(tmp_path)], capture_output=True, text=True, timeout=LIMIT)
        assert (done.returncode, done.stdout) == (1, "")
        assert "in use by another local control plane" in done.stderr
        assert len(done.stderr.splitlines()) == 1
        with http_to(plane) as http:
            assert http.get("/users/current").status_code == 200, "the first one goes on"
    fal_emulator.start(state=tmp_path, isolation="inline").close()


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"port": 70000}, "port: 70000"),
        ({"isolation": "chroot"}, "isolation: 'chroot'"),
        ({"nickname": "a/b"}, "nickname: 'a/b'"),
        ({"nickname": "users"}, "nickname: 'users'"),
    ],
)
def test_arguments_that_cannot_be(arguments: dict[str, Any], text: str) -> None:
    with pytest.raises(fal_emulator.Fault, match=text):
        fal_emulator.start(**arguments)


def test_states_that_cannot_be_used(tmp_path: Path) -> None:
    fal_emulator.start(state=tmp_path, isolation="inline", nickname="me").close()
    with pytest.raises(fal_emulator.Fault, match="belongs to account 'me', not 'you'"):
        fal_emulator.start(state=tmp_path, isolation="inline", nickname="you")
    db = sqlite3.connect(tmp_path / "state.db")
    db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(fal_emulator.Fault, match="layout 99"):
        fal_emulator.start(state=tmp_path, isolation="inline")


def test_a_database_that_another_program_locks_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fal_emulator.start(state=tmp_path, isolation="inline").close()
    connect = sqlite3.connect
    with contextlib.closing(connect(tmp_path / "queue.db", isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        monkeypatch.setattr(sqlite3, "connect", lambda *args, **options: connect(*args, **{**options, "timeout": 0}))
        with pytest.raises(
            fal_emulator.Fault, match=r"queue\.db cannot be used \(database is locked\): is the disk full"
        ):
            fal_emulator.start(state=tmp_path, isolation="inline")


def test_the_command_names_the_file_that_is_in_its_way(tmp_path: Path) -> None:
    state = tmp_path / "state"
    state.touch()
    done = subprocess.run([*COMMAND, "--state", str(state)], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (1, f"fal_emulator: {state}: File exists\n")


def test_a_taken_port_is_an_error_and_leaves_nothing(tmp_path: Path) -> None:
    port = free_port()
    with socket.create_server(("127.0.0.1", port)):
        with pytest.raises(OSError, match="in use"):
            fal_emulator.start(port=port, state=tmp_path, isolation="inline")
    with fal_emulator.start(port=port, state=tmp_path, isolation="inline") as plane:
        assert plane.port == port


def test_a_temporary_state_is_removed() -> None:
    plane = fal_emulator.start(isolation="inline")
    state = plane.state
    assert state.is_dir()
    plane.close()
    plane.close()
    assert not state.exists()


def test_a_long_path_of_the_state_works(tmp_path: Path) -> None:
    with fal_emulator.start(state=tmp_path / ("long" * 40), isolation="inline") as plane:
        wire = wire_to(plane)
        assert wire.call(rpc.LIST_ENVIRONMENTS).environments
        wire.close()


def test_closing_ends_what_is_under_way() -> None:
    plane = fal_emulator.start(isolation="inline")
    wire = wire_to(plane)
    wire.deploy()
    serving = wire.stream(
        rpc.RUN,
        pb.HostedRun(
            environments=[VIRTUALENV],
            function=function(server()),
            machine_requirements=pb.MachineRequirements(exposed_port=8080),
        ),
    )
    next(step for step in serving if step.HasField("service_urls"))
    sleeping = wire.stream(rpc.RUN, pb.HostedRun(environments=[VIRTUALENV], entrypoint="time:sleep", function=None))
    with http_to(plane) as http, http.stream("POST", "/logs/stream") as logs:
        lines = logs.iter_lines()
        next(lines)
        plane.close()
    sleeping.cancel()
    serving.cancel()
    wire.close()
    assert not any("runner_main" in text and str(plane.state) in text for text in command_lines())


def command_lines() -> list[str]:
    done = subprocess.run(["ps", "-eww", "-o", "args="], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_command_writes_a_ready_file_and_stops_on_a_signal(tmp_path: Path, number: int) -> None:
    ready = tmp_path / "ready.json"
    state = tmp_path / "state"
    arguments = ["--ready-file", str(ready), "--state", str(state), "--isolation", "inline", "--nickname", "acme"]
    with subprocess.Popen([*COMMAND, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        body = json.loads(eventually(lambda: ready.exists() and ready.read_text()))
        assert ready.stat().st_mode & 0o777 == 0o600
        assert set(body) >= {"host", "rest", "run", "queue", "key", "env", "state", "pid"}
        assert body["pid"] == process.pid
        assert body["env"]["FAL_KEY"] == body["key"]
        assert body["env"]["FAL_GRPC_HOST"] in body["host"]
        assert body["queue"] == f"{body['host']}/queue"
        headers = {"authorization": f"Key {body['key']}"}
        user = httpx.get(f"{body['rest']}/users/current", headers=headers, trust_env=False)
        assert user.json()["nickname"] == "acme"
        assert body["key"] not in " ".join(command_lines())
        process.send_signal(number)
        out, err = process.communicate(timeout=LIMIT)
    assert (process.returncode, err) == (0, "")
    assert body["host"] in out and body["key"] not in out
    assert not [path for path in tmp_path.iterdir() if path.name.endswith(".part")]


FEW_FILES = """
import resource
from fal_emulator.model import limits

_, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
limits.allow_more_files()
print(*resource.getrlimit(resource.RLIMIT_NOFILE), hard)
"""


def test_it_lets_itself_open_more_files_as_far_as_it_may() -> None:
    done = subprocess.run([sys.executable, "-c", FEW_FILES], capture_output=True, text=True, check=True)
    soft, hard, hard_before = map(int, done.stdout.split())
    assert hard == hard_before
    assert soft == (8192 if hard == resource.RLIM_INFINITY else min(hard, 8192))


# The signal goes to another thread, as it may where the main one is about to wait or has been sent one already.
SIGNAL_ELSEWHERE = """
import signal, sys, threading, time
from fal_emulator.__main__ import StopSignals

main = threading.main_thread().ident

def send():
    while sys._current_frames()[main].f_code.co_name != "wait":
        time.sleep(0.01)
    time.sleep(0.2)  # long enough for it to block, which no program can see of another thread
    signal.pthread_kill(threading.get_ident(), signal.SIGTERM)

stop = StopSignals()
threading.Thread(target=send).start()
stop.wait()
"""


def test_a_signal_that_another_thread_is_given_stops_it_too() -> None:
    subprocess.run([sys.executable, "-c", SIGNAL_ELSEWHERE], check=True, timeout=LIMIT)


@pytest.mark.parametrize("ignored", [False, True])
def test_it_stops_when_its_terminal_is_closed_unless_that_is_ignored(tmp_path: Path, ignored: bool) -> None:
    ready = tmp_path / "ready.json"
    command = [*COMMAND, "--isolation", "inline", "--ready-file", str(ready)]
    with subprocess.Popen(
        [*(["nohup"] if ignored else []), *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        eventually(ready.exists)
        plane = json.loads(ready.read_text())
        process.send_signal(signal.SIGHUP)
        if ignored:
            assert httpx.get(f"{plane['host']}/health", trust_env=False).status_code == 200
            process.terminate()
        assert process.wait(LIMIT) == 0
    assert not ready.exists() and not Path(plane["state"]).exists()


def marked(text: str) -> list[str]:
    """Return the processes that have a text in their command line or their environment."""
    left = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if text.encode() in (folder / "cmdline").read_bytes() + (folder / "environ").read_bytes():
                left.append(folder.name)
    return left


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="processes are looked up in /proc")
def test_ctrl_c_leaves_nothing_behind(tmp_path: Path) -> None:
    """A terminal sends it to all that it shows; what an app has started in a session of its own does not get it."""
    ready = tmp_path / "ready.json"
    stray = "lambda: __import__('subprocess').Popen(['sleep', '600'], start_new_session=True)"
    command = [*COMMAND, "--isolation", "inline", "--ready-file", str(ready)]
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    ) as process:
        eventually(ready.exists)
        plane = json.loads(ready.read_text())
        wire = Wire(plane["host"].removeprefix("http://"), plane["key"])
        wire.deploy("strays", server(setup=stray), machine={"keep_alive": 600})
        queued = httpx.post(f"{plane['host']}/queue/local/strays/sleep?600", trust_env=False, timeout=LIMIT).json()
        eventually(lambda: httpx.get(queued["status_url"], trust_env=False).json()["status"] == "IN_PROGRESS")
        wire.close()
        assert len(marked(plane["state"])) >= 2, "the runner, and what it has started"
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(LIMIT) == 0
    assert eventually(lambda: not marked(plane["state"]))
    assert not Path(plane["state"]).exists()
    assert list(tmp_path.iterdir()) == []


def test_the_command_says_how_to_point_a_client_at_it() -> None:
    script = [*COMMAND, "--isolation", "inline"]
    with subprocess.Popen(script, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(10)]
        process.terminate()
        assert process.wait(LIMIT) == 0
    names = [line.strip().removeprefix("export ").partition("=")[0] for line in lines[1:]]
    assert names == [
        "FAL_GRPC_HOST", "FAL_REST_HOST", "FAL_RUN_HOST", "FAL_QUEUE_RUN_HOST", "FAL_WS_RUN_HOST", "FAL_KV_HOST",
        "FAL_PLATFORM_HOST", "FAL_KEY",
        "ISOLATE_TEST_MODE"
    ]  # fmt: skip


def test_the_variables_point_the_sdk_at_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from fal.api import SyncServerlessClient

    with fal_emulator.start(isolation="inline") as plane:
        for name, value in {**plane.env(), "HOME": str(tmp_path), "FAL_HOME_DIR": str(tmp_path)}.items():
            monkeypatch.setenv(name, value)
        with SyncServerlessClient() as client:
            client.environments.create("found")
        with plane.client() as client:
            assert [item.name for item in client.environments.list()] == ["main", "found"]
