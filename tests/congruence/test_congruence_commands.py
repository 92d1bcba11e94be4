"""Each line of the table, by the released command and by ours: the same requests, or a reason why not."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.congruence.case import KEY
from tests.congruence.case_commands import ELSEWHERE, LINES, LOCAL, SHARED, Line
from tests.congruence.ledger import Ledger
from tests.congruence.recorder import Recorder, recording
from tests.congruence.sides import ROOT, in_order, take_bundle
from tests.support.peer_venv import peer

Outcome = dict[str, Any]
# What says who calls and how patiently, which the table of calls compares.
_ASIDE = ("user-agent", "x-request-id", "grpc-previous-rpc-attempts")
_LIMIT = 60


@pytest.fixture(scope="module")
def recorder() -> Iterator[Recorder]:
    with recording() as opened:
        yield opened


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return Ledger("commands")


@pytest.fixture
def said(recorder: Recorder, tmp_path: Path) -> Callable[[str, Line], Outcome]:
    """Return what runs a line on one side, and says what was sent and how it ended."""

    def say(side: str, line: Line) -> Outcome:
        folder = tmp_path / side / "project"
        home = tmp_path / side / "home"
        for each in (folder, home / ".fal"):
            each.mkdir(parents=True)
        for name, text in line.files.items():
            (folder / name).write_text(text, encoding="utf-8")
            os.utime(folder / name, (1_700_000_000, 1_700_000_000))
        recorder.begin(line.answers)
        done = subprocess.run(
            [str(peer()), "-m", "fal", *shlex.split(line.words)],
            cwd=folder,
            input=line.typed,
            capture_output=True,
            text=True,
            timeout=_LIMIT,
            check=False,
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(home),
                "FAL_KEY": KEY,
                "FAL_HOST": recorder.authority,
                "FAL_YES": "1",
                "ISOLATE_TEST_MODE": "1",
                "TZ": "Asia/Tokyo",
                "PYTHONPATH": "" if side == "peer" else str(ROOT / "src"),
                "PYTHONDONTWRITEBYTECODE": "1",
            },
        )
        assert done.returncode == 0, f"{side}: {done.stdout}\n{done.stderr}"
        calls = in_order(recorder.calls)
        take_bundle(calls)
        return {"calls": [_compared(call) for call in calls]}

    return say


def _compared(call: dict[str, Any]) -> dict[str, Any]:
    result = {name: value for name, value in call.items() if name != "deadline"}
    for kind in ("metadata", "headers"):
        if kind in result:
            result[kind] = {name: value for name, value in result[kind].items() if name not in _ASIDE}
    request = result.get("request")
    if isinstance(request, dict) and "start_time" in request:
        ago = datetime.now(UTC) - datetime.fromisoformat(request["start_time"])
        if abs(ago - timedelta(hours=1)) < timedelta(seconds=_LIMIT):
            request["start_time"] = "an hour ago"  # the two did not ask at the same moment
    return result


@pytest.mark.slow
@pytest.mark.timeout(3 * _LIMIT)
@pytest.mark.parametrize("line", LINES.values(), ids=lambda line: line.words)
def test_a_command_is_congruent(said: Callable[[str, Line], Outcome], ledger: Ledger, line: Line) -> None:
    ledger.check(line.words, {side: said(side, line) for side in ("peer", "ours")})


@pytest.mark.slow
def test_every_intended_difference_was_seen(ledger: Ledger) -> None:
    if len(ledger.checked) < len(LINES):
        pytest.skip("not every line ran")
    assert ledger.unused() == []
    ledger.write_evidence()


def test_every_released_command_and_flag_has_a_line_or_a_reason() -> None:
    table = json.loads((ROOT / "tests" / "unit" / "cli" / "released_commands.json").read_text())
    missing = []
    for command in table:
        spoken = {" ".join([*first, *second]) for first, second in _spoken(command["names"])}
        name = " ".join(names[0] for names in command["names"])
        said = [line for line in LINES if any(line == each or line.startswith(f"{each} ") for each in spoken)]
        if not said and name not in ELSEWHERE:
            missing.append(name)
        wanted = [flags for flags in command["flags"] if not SHARED & {*flags}] if said else []
        for flags in wanted:
            if not {*flags} & ({word for line in said for word in line.split()} | LOCAL.get(name, {}).keys()):
                missing.append(f"{name} {'|'.join(flags)}")
        assert not (said and name in ELSEWHERE), f"{name} has a line and a reason"
    assert not missing, "add a line to case_commands.py, or a reason"


def _spoken(names: list[list[str]]) -> list[tuple[list[str], list[str]]]:
    first, second = names if len(names) == 2 else ([""], names[0])
    return [([one] if one else [], [other]) for one in first for other in second]
