"""What a runner gets, how it is stopped, and that none outlives its plane."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fal_emulator.engine import process
from fal_emulator.engine.errors import RolloutError
from fal_emulator.engine.process import end_leftovers, place_files
from fal_emulator.engine.runner import Runner
from fal_emulator.model.faults import Fault
from fal_emulator.model.records import RunnerRecord
from tests.support.engine import SERVER, Lab, MemoryStore, lab, pickled, public_alias, revision, server, until
from tests.support.processes import alive
from tests.support.waiting import LIMIT, eventually

if TYPE_CHECKING:
    from collections.abc import Iterator

STUBBORN = "lambda: signal.signal(signal.SIGTERM, signal.SIG_IGN)"
GRACEFUL = "lambda: signal.signal(signal.SIGTERM, lambda *_: (print('saving', flush=True), os._exit(0)))"


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Lab]:
    with lab(tmp_path) as engine_lab:
        yield engine_lab


def test_secrets_arrive_by_the_rules_of_exposure(here: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OF_THE_DEVELOPER", "x")
    here.store.secrets = [("PLAIN", "1", None), ("SHOWN", "2", True), ("HIDDEN", "3", False)]
    here.deploy(here.add(server()), "by-default")
    seen = here.get("/env", "by-default").json()
    assert (seen["PLAIN"], seen["SHOWN"], seen["IS_ISOLATE_AGENT"]) == ("1", "2", "1")
    assert not {"HIDDEN", "OF_THE_DEVELOPER"} & set(seen)
    here.deploy(here.add(server(), secrets=["HIDDEN", "MISSING"]), "named")
    named = here.get("/env", "named").json()
    assert named["HIDDEN"] == "3"
    assert "PLAIN" not in named
    assert any("MISSING" in line for line in here.lines)
    here.deploy(here.add(server(), secrets=[]), "none")
    assert not {"PLAIN", "SHOWN", "HIDDEN"} & set(here.get("/env", "none").json())


def test_an_app_sees_the_documented_variables(here: Lab) -> None:
    revision = here.add(server())
    here.deploy(revision)
    seen = here.get("/env").json()
    [runner] = here.live()
    assert (seen["FAL_APP_NAME"], seen["FAL_USER_NICKNAME"], seen["FAL_APP_ID"]) == ("me/app", "me", revision)
    assert seen["FAL_RUNNER_ID"] == seen["FAL_JOB_ID"] == runner.runner_id
    assert seen["HF_HOME"] == f"{seen['FAL_LOCAL_VOLUME']}/.cache/huggingface"
    assert seen["FAL_REGION"] == "local"


def test_secrets_are_not_on_disk_nor_on_the_command_line(here: Lab, tmp_path: Path) -> None:
    here.store.secrets = [("PASSWORD", "correct-horse-battery", None)]
    here.deploy(here.add(server()))
    pid = here.get().json()["pid"]
    assert b"correct-horse" not in Path(f"/proc/{pid}/cmdline").read_bytes()
    assert b"correct-horse" not in Path(f"/proc/{pid}/environ").read_bytes()
    for file in (tmp_path / "state" / "runners").rglob("*"):
        assert not file.is_file() or b"correct-horse" not in file.read_bytes()
    folder = tmp_path / "state" / "runners" / here.live()[0].runner_id
    assert folder.stat().st_mode & 0o077 == 0


def test_app_files_are_in_the_working_directory_and_importable(here: Lab) -> None:
    (here.store.folder / "hash1").write_text("VALUE = 'from the module'\n")
    (here.store.folder / "hash2").write_text("data")
    late = "lambda: globals().update(VERSION=__import__('pkg.mod').mod.VALUE + open('sub/data.txt').read())"
    function = server(setup=late)
    here.deploy(here.add(function, files=(("hash1", "pkg/mod.py"), ("hash2", "sub/data.txt"))))
    seen = here.get().json()
    assert seen["version"] == "from the moduledata"
    assert here.get("/env").json()["FAL_APP_FILES_ROOT"] == seen["cwd"]


@pytest.mark.parametrize("path", ["../escape", "/etc/passwd", "a/../../escape", "."])
def test_app_files_cannot_leave_the_folder(tmp_path: Path, path: str) -> None:
    stored = tmp_path / "stored"
    stored.write_text("x")
    with pytest.raises(ValueError, match="not a path below"):
        place_files(tmp_path / "deep" / "app", [(stored, path)])


def test_what_an_app_prints_is_logged_with_times(here: Lab) -> None:
    here.deploy(here.add(server(setup="lambda: (print('out'), print('err', file=sys.stderr), print('x' * 200_000))")))
    eventually(lambda: any("serving" in line["message"] for line in here.store.logs))
    lines = {line["message"]: line for line in here.store.logs}
    assert (lines["out"]["level"], lines["err"]["level"]) == ("STDOUT", "STDERR")
    assert lines["out"]["runner_id"] == here.live()[0].runner_id
    assert lines["out"]["timestamp"].tzinfo is not None
    assert sum(line["message"].count("x") for line in here.store.logs if "xxx" in line["message"]) == 200_000


def test_stop_drains_first(here: Lab) -> None:
    here.deploy(here.add(server(setup=GRACEFUL)))
    held = here.hold()
    runner = eventually(lambda: next((r for r in here.live() if r.in_flight), None))
    here.engine.stop("me", runner.runner_id)
    assert here.states() == ["DRAINING"]
    assert held.release().status_code == 200
    eventually(lambda: here.live() == [])
    assert here.engine.runners("me")[0].state == "TERMINATED"
    assert "saving" in [line["message"] for line in here.store.logs]
    assert here.get().status_code == 200


def test_a_runner_that_does_not_end_is_killed_after_its_grace(here: Lab) -> None:
    here.deploy(here.add(server(setup=STUBBORN), termination_grace_period_seconds=1))
    pid = here.get().json()["pid"]
    begin = time.monotonic()
    here.engine.stop("me", here.live()[0].runner_id)
    eventually(lambda: here.states() == ["TERMINATING"])
    eventually(lambda: here.live() == [])
    assert time.monotonic() - begin > 0.9
    assert not alive(pid)


def test_stop_replace_first_keeps_a_runner_ready(here: Lab, tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    ready.touch()
    here.deploy(here.add(server(setup=until(ready))))
    old = here.live()[0].runner_id
    ready.unlink()
    here.engine.stop("me", old, replace_first=True)
    assert next(r for r in here.live() if r.runner_id == old).replacement == "WILL_REPLACE"
    eventually(lambda: here.states() == ["IDLE", "SETUP"])
    ready.touch()
    while old in {r.runner_id for r in here.live()}:
        assert {"IDLE"} & set(here.states())
        time.sleep(0.01)
    record = next(r for r in here.engine.runners("me") if r.runner_id == old)
    assert (record.state, record.replacement) == ("TERMINATED", "DID_REPLACE")
    assert here.states() == ["IDLE"]


def test_kill_ends_a_runner_and_what_it_started(here: Lab) -> None:
    child = "lambda: open('child', 'w').write(str(__import__('subprocess').Popen(['sleep', '100']).pid))"
    here.deploy(here.add(server(setup=child)))
    seen = here.get().json()
    grandchild = int((Path(seen["cwd"]) / "child").read_text())
    killed = here.live()[0].runner_id
    here.engine.kill("me", killed)
    assert here.get().json()["pid"] != seen["pid"], "what comes now goes to another one"
    eventually(lambda: killed not in {each.runner_id for each in here.live()})
    record = next(each for each in here.engine.runners("me") if each.runner_id == killed)
    assert (record.state, record.metadata) == ("TERMINATED", {"reason": "killed"})
    events = {e.category: e.payload for e in here.store.activity.events(limit=99) if e.payload["job_id"] == killed}
    assert events["runner_finished"]["reason"] == "killed" and "runner_failed" not in events
    assert [line["level"] for line in here.store.logs if line["message"] == f"runner {killed} ended: killed"] == [
        "INFO"
    ]
    eventually(lambda: not alive(seen["pid"]) and not alive(grandchild))


@pytest.mark.parametrize("action", ["stop", "kill"])
def test_only_ones_own_live_runners_can_be_ended(here: Lab, action: str) -> None:
    here.deploy(here.add(server()))
    runner = here.live()[0].runner_id
    for owner, runner_id in (("other", runner), ("me", "no-such-runner")):
        with pytest.raises(Fault, match="not found"):
            getattr(here.engine, action)(owner, runner_id)
    assert here.states() == ["IDLE"]


def test_a_runner_that_is_no_longer_healthy_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fal_emulator.engine.health.HealthCheck.interval", 0.1)
    check = {"path": "/health", "failure_threshold": 2, "call_regularly": True, "method": "POST"}
    broken = tmp_path / "broken"
    source = f"{SERVER}\nVERSION = '1'\nHEALTH = 200\nSETUP = lambda: None\n".replace(
        "self.answer({}, HEALTH)", f"self.answer({{}}, 500 if os.path.exists({str(broken)!r}) else 200)"
    )
    with lab(tmp_path) as here:
        here.deploy(here.add(pickled(source, "serve"), health_check=check))
        broken.touch()
        eventually(lambda: here.live() == [])
        dead = here.engine.runners("me")[0]
        assert (dead.state, dead.metadata["reason"]) == (
            "DEAD",
            "it is no longer healthy: POST /health answered 500",
        )


def test_what_ended_by_itself_is_not_said_to_have_been_faulty(here: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its end is noticed late, after it was seen to take no connections."""
    tried, slow = threading.Event(), process.end_strays

    def end_strays(folder: Path) -> None:
        tried.wait(LIMIT)
        slow(folder)

    monkeypatch.setattr(process, "end_strays", end_strays)
    suspected = Runner.fail

    def fail(runner: Runner, reason: str) -> None:
        suspected(runner, reason)
        tried.set()

    monkeypatch.setattr(Runner, "fail", fail)
    here.deploy(here.add(server()))
    assert here.get("/crash").status_code == 503
    eventually(lambda: here.live() == [])
    assert tried.is_set()
    assert here.engine.runners("me")[0].metadata == {"reason": "it ended with status 7"}


def test_a_runner_for_which_no_more_files_may_be_open_says_what_to_do(
    here: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(count: int) -> None:
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr("fal_emulator.engine.launcher.PortLease", refuse)
    with pytest.raises(
        RolloutError, match=r"Too many open files: let more be open \(ulimit -n\), or fewer runners run"
    ):
        here.deploy(here.add(server()))


def test_the_runner_of_an_app_that_is_gone_is_listed_until_it_ends_and_can_be_killed(here: Lab) -> None:
    here.deploy(here.add(server()))
    held = here.hold()
    runner = eventually(lambda: next((r for r in here.live() if r.in_flight), None))
    del here.store.aliases["me", "app"]
    here.engine.apply("me", "app")
    assert here.states() == ["DRAINING"]
    here.engine.kill("me", runner.runner_id)
    assert held.result().status_code == 503
    eventually(lambda: here.live() == [])


def test_closing_the_engine_leaves_no_runner(tmp_path: Path) -> None:
    with lab(tmp_path) as here:
        here.deploy(here.add(server(setup=STUBBORN), termination_grace_period_seconds=0), "a")
        here.deploy(here.add(server()), "b")
        pids = [here.get("", alias).json()["pid"] for alias in ("a", "b")]
    assert not any(alive(pid) for pid in pids)
    assert list((tmp_path / "state" / "runners").iterdir()) == []


PLANE = """
import os, sys, time
from pathlib import Path
from tests.support.engine import lab, server
with lab(Path(sys.argv[1])) as here:
    here.deploy(here.add(server()))
    print(here.get().json()["pid"], flush=True)
    time.sleep(100)
"""


def test_a_plane_that_dies_takes_its_runners_along(tmp_path: Path) -> None:
    root = Path(__file__).parents[3]
    with subprocess.Popen(
        [sys.executable, "-c", PLANE, str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=root,
        env={**os.environ, "PYTHONPATH": f"{root}{os.pathsep}{root / 'src'}"},
    ) as plane:
        assert plane.stdout is not None
        runner = int(plane.stdout.readline())
        assert alive(runner)
        plane.send_signal(signal.SIGKILL)
    eventually(lambda: not alive(runner))
    forgotten = RunnerRecord("r1", "me", "app", "v1", "IDLE", "XS", datetime.now(UTC))
    store = MemoryStore(tmp_path, records={"r1": forgotten})
    v1 = revision("v1", server(), machine={"min_concurrency": 1})
    store.revisions["v1"], store.aliases["me", "app"] = v1, public_alias("app", "v1")
    with lab(tmp_path, store=store) as here:
        result = {r.runner_id: r for r in here.engine.runners("me")}
        assert result.pop("r1").state == "DEAD"
        assert len(result) == 1  # what should be running is brought up
        assert [folder.name for folder in (tmp_path / "state" / "runners").iterdir()] == list(result)
        assert here.get().status_code == 200


def test_only_processes_that_are_surely_runners_are_ended(tmp_path: Path) -> None:
    ours, other = tmp_path / "runners" / "ours", tmp_path / "runners" / "other"
    waiting = "import time; print('begun', flush=True); time.sleep(100)"
    processes = [
        subprocess.Popen([sys.executable, "-c", waiting, argument], stdout=subprocess.PIPE, start_new_session=True)
        for argument in (str(ours), "something else")
    ]
    try:
        for folder, process in zip((ours, other), processes, strict=True):
            folder.mkdir(parents=True)
            (folder / "pid").write_text(str(process.pid))
            # The system shows its command line some time after it has been started.
            assert process.stdout is not None and process.stdout.readline() == b"begun\n"
        end_leftovers(tmp_path / "runners")
        assert processes[0].wait(LIMIT) == -signal.SIGKILL
        assert processes[1].poll() is None
        assert list((tmp_path / "runners").iterdir()) == []
    finally:
        for process in processes:
            process.kill()
            process.communicate()
