"""Each line of the table, by the released command and by ours: the same requests, or a reason why not."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import tomllib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import tomlkit

from tests.congruence.case import KEY
from tests.congruence.case_commands import ELSEWHERE, LINES, LOCAL, SHARED, Line
from tests.congruence.ledger import Ledger
from tests.congruence.recorder import Recorder, recording
from tests.congruence.secure import Secure, secure
from tests.congruence.sides import ROOT, in_order, take_bundle
from tests.support.json_keys import lacks
from tests.support.peer_venv import peer

Outcome = dict[str, Any]
# What says who calls and how patiently, which the table of calls compares.
_ASIDE = ("user-agent", "x-request-id", "grpc-previous-rpc-attempts")
_LIMIT = 60
_ADDRESS = re.compile(r"(?:https?|wss?)://\S+")


@pytest.fixture(scope="module")
def recorder() -> Iterator[Recorder]:
    with recording() as opened:
        yield opened


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return Ledger("commands")


@pytest.fixture(scope="module")
def elsewhere(recorder: Recorder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secure]:
    with secure(recorder, tmp_path_factory.mktemp("secure")) as server:
        yield server


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return where our command is found, with what the peer's environment lacks for it and nothing else."""
    folder = tmp_path_factory.mktemp("packages")
    (folder / "tomlkit").symlink_to(Path(tomlkit.__file__).parent, target_is_directory=True)
    return os.pathsep.join(map(str, (ROOT / "src", folder)))


@pytest.fixture
def said(
    recorder: Recorder, elsewhere: Secure, ours: str, tmp_path: Path
) -> Callable[[str, Line], tuple[Outcome, str]]:
    """Return what runs a line on one side, and says what was sent and stored, and what was printed."""

    def say(side: str, line: Line) -> tuple[Outcome, str]:
        folder = tmp_path / side / "project"
        home = tmp_path / side / "home"
        for each in (folder, home / ".fal"):
            each.mkdir(parents=True)
        for name, text in line.files.items():
            (folder / name).write_text(text, encoding="utf-8")
            os.utime(folder / name, (1_700_000_000, 1_700_000_000))
        for name, text in line.kept.items():
            (home / ".fal" / name).write_text(text, encoding="utf-8")
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
                **({"FAL_KEY": KEY} if line.key else {}),
                **elsewhere.environ("" if side == "peer" else "https://"),
                "FAL_HOST": recorder.authority,
                "FAL_YES": "1",
                "COLUMNS": "1000",  # no line is wrapped
                "ISOLATE_TEST_MODE": "1",
                "TZ": "Asia/Tokyo",
                "PYTHONPATH": "" if side == "peer" else ours,
                "PYTHONDONTWRITEBYTECODE": "1",
            },
        )
        assert done.returncode == 0, f"{side}: {done.stdout}\n{done.stderr}"
        calls = in_order(recorder.calls)
        take_bundle(calls)
        return {"calls": [_compared(call) for call in calls], "stored": _stored(home / ".fal")}, done.stdout

    return say


def _stored(folder: Path) -> Any:
    """Return what is kept from one command to the next."""
    config, login = folder / "config.toml", folder / "auth0_token"
    return {
        "config": tomllib.loads(config.read_text(encoding="utf-8")) if config.exists() else {},
        "login": login.read_text(encoding="utf-8").split() if login.exists() else [],
    }


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
def test_a_command_is_congruent(said: Callable[[str, Line], tuple[Outcome, str]], ledger: Ledger, line: Line) -> None:
    (peer_did, peer_said), (we_did, we_said) = said("peer", line), said("ours", line)
    ledger.check(line.words, {"peer": peer_did, "ours": we_did})
    if "json" in line.words:
        theirs, ours = (json.loads(text.splitlines()[-1]) for text in (peer_said, we_said))
        assert lacks(ours, theirs) == [], f"{ours} lacks a key of {theirs}"
    elif line.words.startswith("deploy"):
        addresses = set(_ADDRESS.findall(peer_said))
        assert addresses and addresses <= set(_ADDRESS.findall(we_said)), f"{we_said} lacks an address of {peer_said}"


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
