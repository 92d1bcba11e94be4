"""The three clients under comparison, each in a process of its own, and the server that all of them talk to."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from tests.congruence.case import Case
from tests.congruence.recorder import Recorder, recording
from tests.peer_venv import peer

ROOT = Path(__file__).resolve().parent.parent.parent
OURS = ("sync", "async")
SIDES = ("peer", *OURS)

Outcome = dict[str, Any]


def environment(recorder: Recorder, home: Path) -> dict[str, str]:
    """Return the environment of a client: a home of its own, the server, and a time zone that is not UTC."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "TMPDIR") if name in os.environ}
    return {
        **kept,
        "HOME": str(home),
        "FAL_HOME_DIR": str(home),
        "FAL_CONFIG_PATH": str(home / "config.toml"),
        "FAL_HOST": recorder.authority,
        "FAL_DONT_OPEN_LINKS": "1",
        "ISOLATE_TEST_MODE": "1",
        "TZ": "Asia/Tokyo",
        "PYTHONPATH": str(ROOT),
    }


class Trio:
    """Runs cases on each side in turn."""

    def __init__(self, recorder: Recorder, processes: Mapping[str, subprocess.Popen[str]]) -> None:
        self._recorder = recorder
        self._processes = processes

    def run(self, case: Case) -> dict[str, Outcome]:
        """Run one case; return what each side sent and what came of it."""
        return {side: self._run(process, case) for side, process in self._processes.items()}

    def _run(self, process: subprocess.Popen[str], case: Case) -> Outcome:
        assert process.stdin and process.stdout
        self._recorder.begin(case.answers)
        process.stdin.write(f"{json.dumps(case.name)}\n")
        process.stdin.flush()
        line = process.stdout.readline()
        assert line, "the client's process ended"
        calls = self._recorder.calls
        if case.unordered:
            calls = sorted(calls, key=lambda call: (call["rpc"], json.dumps(call["request"])))
        return {"calls": calls, **json.loads(line)}


@contextmanager
def trio() -> Iterator[Trio]:
    """Start the server and one process for each side."""
    interpreters = {"peer": str(peer()), **dict.fromkeys(OURS, sys.executable)}
    with ExitStack() as stack:
        recorder = stack.enter_context(recording())
        processes: dict[str, subprocess.Popen[str]] = {}
        for side, interpreter in interpreters.items():
            home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            process = subprocess.Popen(
                [interpreter, "-m", "tests.congruence.drive", side, str(home)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                cwd=ROOT,
                env=environment(recorder, home),
            )
            processes[side] = stack.enter_context(process)
        yield Trio(recorder, processes)
        for process in processes.values():
            assert process.stdin
            process.stdin.close()
