"""Two workers over gloo, with PyTorch's CPU build in an environment of its own."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from fal.app.bundle import pack
from tests.support.pages import blocks
from tests.support.peer_venv import venv
from tests.support.waiting import eventually
from tests.unit.app.app_runner import serve

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

HERE = Path(__file__).parent
SOURCE = HERE.parents[1] / "src"
PAGE = HERE.parents[1] / "docs" / "guides" / "distributed.md"


@pytest.fixture(scope="module")
def python() -> str:
    """The interpreter of an environment with PyTorch and what serving needs."""
    return str(venv("distributed", "torch==2.13.0", "pyzmq", "numpy", "cloudpickle", "fastapi", "uvicorn"))


@pytest.fixture(scope="module")
def report(python: str) -> dict[str, Any]:
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    done = subprocess.run(
        [python, str(HERE / "program.py")], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    printed: dict[str, Any] = json.loads(done.stdout)
    return printed


def test_all_workers_take_part_and_the_first_answers(report: dict[str, Any]) -> None:
    assert report["result"] == {"total": [13.0], "rank": 0, "device": "cpu", "done": 1}
    assert report["both"] == [5.0, 9.0]


def test_pieces_come_before_the_result(report: dict[str, Any]) -> None:
    event = 'data: {"piece": 2}\n\n'
    assert report["pieces"] == [{"piece": 0}, {"piece": 1}, event, 5.0]
    assert report["events"][:3] == ['data: {"piece": 0}\n\n', 'data: {"piece": 1}\n\n', event]
    assert json.loads(report["events"][3].removeprefix("data: "))["total"] == [5.0]


def test_a_worker_that_fails_is_reported_and_all_can_start_again(report: dict[str, Any]) -> None:
    kind, text = report["raised"]
    assert kind == "DistributedError"
    assert "worker 1: ValueError: a bad number" in text
    assert report["ended"] is False
    assert report["again"] == 11.0


def test_what_takes_too_long_ends(report: dict[str, Any]) -> None:
    assert report["late"][0] == "TimeoutError"
    assert report["died"] == ["DistributedError", "worker 1 (status 3) died; its output is in the log"]
    assert "no model" in report["broken"][1]
    assert report["not started"] == ["DistributedError", "the workers are not running; start() starts them"]
    assert report["stopped"] is False


def test_the_documented_app_travels(python: str, tmp_path: Path) -> None:
    """Its classes are only in memory on a runner; so are the modules of this library."""
    (page,) = [block for block in blocks(PAGE.read_text(encoding="utf-8")) if block.title is not None]
    (tmp_path / "spread.py").write_text(page.text, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("spread_app", tmp_path / "spread.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["spread_app"] = module
    spec.loader.exec_module(module)
    bundle = tmp_path / "bundle"
    bundle.write_bytes(pack.dump(module.Spread))
    with serve(bundle, python, ready=False) as runner:
        runner.wait_until("Uvicorn running")
        assert runner.http.post("/", json={"number": 2}, timeout=60).json() == {"total": 41}
        text = runner.http.post("/stream", json={"number": 2}, timeout=60).text
        assert text == 'data: {"so_far": 2}\n\ndata: {"total": 41}\n\n'
        lists = Path(f"/proc/{runner.process.pid}/task").glob("*/children")
        workers = [Path("/proc", process) for children in lists for process in children.read_text().split()]
        assert len(workers) == 2
        runner.process.kill()  # which leaves it no time to tell its workers
        eventually(lambda: not any(worker.exists() for worker in workers))
