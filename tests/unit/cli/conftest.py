"""A control plane for the command, and the command itself, run in this process."""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

import fal.cli
import fal_emulator

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from fal.api import SyncServerlessClient


@dataclass(frozen=True)
class Ran:
    """What a command line did."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one document on standard output."""
        (line,) = self.out.splitlines()
        return json.loads(line)


def run(*words: str, typed: str | None = "") -> Ran:
    """Run one command line in this process; `typed` is None where standard input is closed."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdin", None if typed is None else io.StringIO(typed))
        code = fal.cli.main(list(words))
        if typed is None:
            sys.stdin.close()
    return Ran(code, out.getvalue(), err.getvalue())


@pytest.fixture(scope="session")
def plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[fal_emulator.Plane]:
    with fal_emulator.start(isolation="inline", state=tmp_path_factory.mktemp("plane")) as plane:
        yield plane


@pytest.fixture(scope="session")
def client(plane: fal_emulator.Plane) -> Iterator[SyncServerlessClient]:
    with plane.client() as client:
        yield client


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a home of its own, with nothing of the environment in it."""
    for name in [name for name in os.environ if name.startswith(("FAL_", "ISOLATE_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("FAL_HOME_DIR", str(tmp_path / ".fal"))
    monkeypatch.setenv("FAL_CONFIG_PATH", str(tmp_path / ".fal" / "config.toml"))
    return tmp_path


@pytest.fixture
def fal_command(home: Path, plane: fal_emulator.Plane, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ran]:
    """Return the command, pointed at the control plane."""
    for name, value in plane.env().items():
        monkeypatch.setenv(name, value)
    return run
