"""The three clients under comparison, each in a process of its own, and the server that all of them talk to.

All run under the interpreter of the peer's virtual environment, so that they share every package but the one that is compared.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from itertools import groupby
from pathlib import Path
from typing import Any

from tests.congruence import serving
from tests.congruence.case import KEY, Case
from tests.congruence.recorder import Call, Recorder, recording
from tests.support.peer_venv import end_peer, peer

ROOT = Path(__file__).resolve().parent.parent.parent
SIDES = ("peer", "sync", "async")
_LONG_AGO = 1_700_000_000

Outcome = dict[str, Any]


class Side:
    """One client in a process of its own."""

    def __init__(self, kind: str, recorder: Recorder, home: Path, folder: Path, *options: str) -> None:
        self._kind = kind
        self._recorder = recorder
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "TMPDIR") if name in os.environ}
        # Ours is found before the peer that is installed there.
        path = [ROOT] if kind == "peer" else [ROOT / "src", ROOT]
        self._process = subprocess.Popen(
            [str(peer()), "-m", "tests.congruence.drive", kind, str(home), *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=folder,
            env={
                **kept,
                "HOME": str(home),
                "FAL_HOME_DIR": str(home),
                "FAL_CONFIG_PATH": str(home / "config.toml"),
                "FAL_HOST": recorder.authority,
                "FAL_DONT_OPEN_LINKS": "1",
                "ISOLATE_TEST_MODE": "1",
                "TZ": "Asia/Tokyo",  # naive times are not in UTC
                "PYTHONPATH": os.pathsep.join(map(str, path)),
                "PYTHONDONTWRITEBYTECODE": "1",
            },
        )

    def run(self, case: Case) -> Outcome:
        """Run one case; return what was sent and what came of it."""
        assert self._process.stdin and self._process.stdout
        self._recorder.begin(case.answers)
        self._process.stdin.write(f"{json.dumps(case.name)}\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "the client's process ended"
        return {
            "calls": in_order(self._recorder.calls) if case.unordered else self._recorder.calls,
            **json.loads(line),
        }

    def close(self) -> None:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.close()
        if self._kind == "peer":
            end_peer(self._process)
        else:
            self._process.wait(60)
        self._process.stdout.close()


class Trio:
    """Runs cases on each side in turn."""

    def __init__(self, sides: Mapping[str, Side]) -> None:
        self._sides = sides

    def run(self, case: Case) -> dict[str, Outcome]:
        return {kind: side.run(case) for kind, side in self._sides.items()}


@contextmanager
def trio() -> Iterator[Trio]:
    """Start the server and one process for each side."""
    with ExitStack() as stack:
        recorder = stack.enter_context(recording())
        home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        sides = {kind: Side(kind, recorder, home, home) for kind in SIDES}
        for side in sides.values():
            stack.callback(side.close)
        yield Trio(sides)


class Deployer:
    """Runs deploys on each side in turn, each in a process of its own, in a folder that is always the same and always new."""

    def __init__(self, sides: Mapping[str, Side], project: Path, folder: Path) -> None:
        self._sides = sides
        self._project = project
        self._folder = folder

    def run(self, case: Case) -> dict[str, Outcome]:
        return {kind: self._run(side, case) for kind, side in self._sides.items()}

    def _run(self, side: Side, case: Case) -> Outcome:
        for old in self._project.iterdir():
            shutil.rmtree(old) if old.is_dir() else old.unlink()
        for name, text in case.project.items():
            path = self._project / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            path.chmod(0o644)
            os.utime(path, (_LONG_AGO, _LONG_AGO))
        outcome = side.run(case)
        files = {str(path.relative_to(self._project)) for path in self._project.rglob("*") if path.is_file()}
        outcome["left behind"] = sorted(files - set(case.project))
        bundle = take_bundle(outcome["calls"])
        if bundle:
            outcome["secret in the code"] = KEY.partition(":")[2].encode() in bundle
        if bundle and (case.requests or case.arguments is not None):
            outcome["served"] = serving.ask(bundle, case, self._folder)
        return outcome


@contextmanager
def deployer() -> Iterator[Deployer]:
    """Start the server and one process for each side."""
    with ExitStack() as stack:
        recorder = stack.enter_context(recording())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory())).resolve()
        home, project = folder / "home", folder / "project"
        home.mkdir()
        project.mkdir()
        sides = {kind: Side(kind, recorder, home, project, "fresh") for kind in SIDES}
        for side in sides.values():
            stack.callback(side.close)
        yield Deployer(sides, project, folder)


def in_order(calls: list[Call]) -> list[Call]:
    """Return calls as they would be in one order: threads send them in any, and folders list their files in any."""
    for call in calls:
        if isinstance(call.get("body"), dict) and "hashes" in call["body"]:
            call["body"]["hashes"].sort()
        if isinstance(call.get("request"), dict) and "files" in call["request"]:
            call["request"]["files"].sort(key=lambda file: str(file["relative_path"]))

    def order(call: Call) -> str:
        return json.dumps({name: call.get(name) for name in ("rest", "rpc", "body", "request")})

    together = groupby(calls, key=lambda call: "rest" in call)  # those of one wire
    return [call for _, group in together for call in sorted(group, key=order)]


def take_bundle(calls: list[Call]) -> bytes | None:
    """Return the pickled code of a deploy; leave a mark where it was, as it is compared by what it does."""
    result = None
    for call in calls:
        request = call.get("request")
        function = request.get("function") if isinstance(request, dict) else None
        if function:
            result = base64.b64decode(function.pop("definition"))
            function["definition"] = "<code>"
    return result
