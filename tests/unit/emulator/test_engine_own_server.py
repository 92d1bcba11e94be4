"""Functions that do not serve what they are told to: with a server of their own, or with none."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from fal_emulator.engine import runner
from tests.support.engine import SERVER, Lab, lab, pickled
from tests.support.ports import free_port
from tests.support.waiting import LIMIT, eventually

PORT = free_port()
OWN = f"""{SERVER}
VERSION = "1"
def own():
    ThreadingHTTPServer(("0.0.0.0", {PORT}), Handler).serve_forever()
"""
OUTSIDE = f"""
import subprocess, sys
def outside():
    subprocess.run([sys.executable, "-m", "http.server", "{PORT}", "--bind", "127.0.0.1"], check=True)
"""


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Lab]:
    with lab(tmp_path) as engine_lab:
        yield engine_lab


def test_runners_that_name_one_port_serve_side_by_side(here: Lab) -> None:
    function = pickled(OWN, "own")
    here.deploy(here.add(function, machine={"exposed_port": PORT}), "one")
    here.deploy(here.add(function, machine={"exposed_port": PORT}), "two")
    assert here.get("", "one").json()["pid"] != here.get("", "two").json()["pid"]
    here.deploy(here.add(function, machine={"exposed_port": PORT}), "one")  # the new one starts beside the old one
    assert here.get("", "one").status_code == 200


def test_its_health_is_asked_for_on_its_own_port(here: Lab) -> None:
    check = {"path": "/health", "start_period_seconds": 0, "failure_threshold": 1}
    here.deploy(here.add(pickled(OWN + "\nHEALTH = 200", "own"), machine={"exposed_port": PORT}, health_check=check))
    with pytest.raises(Exception, match="GET /health answered 500"):
        here.deploy(
            here.add(pickled(OWN + "\nHEALTH = 500", "own"), machine={"exposed_port": PORT}, health_check=check)
        )


@pytest.mark.skipif(sys.platform == "win32", reason="the local control plane runs on POSIX")
def test_a_server_outside_of_python_keeps_the_port_that_it_names(here: Lab) -> None:
    here.deploy(here.add(pickled(OUTSIDE, "outside"), machine={"exposed_port": PORT}))
    assert "Directory listing" in here.get("/").text


ENDS = ("_finished", "_failed", "_failure")


def test_a_function_that_serves_nothing_runs_once_to_its_end(here: Lab) -> None:
    here.deploy(here.add(pickled("def once(): print('it ran', flush=True)", "once")))
    eventually(lambda: any("it ran" in str(line) for line in here.store.logs))
    # Its end is no failure.
    ends = eventually(lambda: [e.category for e in here.store.activity.events(limit=99) if e.category.endswith(ENDS)])
    assert set(ends) == {"runner_finished"}


def test_one_that_goes_on_is_running_until_it_is_stopped(here: Lab) -> None:
    here.deploy(here.add(pickled("import time\nasync def work():\n    while True: time.sleep(1)", "work")))
    [working] = here.live()
    assert working.state == "RUNNING"
    here.engine.kill("me", working.runner_id)
    eventually(lambda: not any(one.runner_id == working.runner_id for one in here.live()))


def test_one_that_fails_fails_the_deploy(here: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "_FIRST_STEPS", LIMIT)  # a busy machine takes longer over them
    with pytest.raises(Exception, match="only here"):
        here.deploy(here.add(pickled("def bad(): raise RuntimeError('only here')", "bad")))
