"""Ctrl-C, whatever the client is waiting for: it leaves at once, the platform hears of it, and nothing stays behind."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.processes.process_kit import AT_ONCE, Platform, Program, seconds_since, soon

APP = """
import fal

class Hello(fal.App):
    @fal.endpoint("/")
    def run(self) -> str:
        return "hello"
"""
SLOW = pytest.mark.slow
# What is waited for -> what the platform is asked then, whether it is under way there, and what the program says of it.
WAITS = {
    "call over gRPC": ("ListAliases", True, None),
    "call over REST": ("history", True, None),
    "pause over gRPC": ("ListAliases", False, "pausing"),
    "pause over REST": ("history", False, "pausing"),
    "stream over gRPC": ("BuildEnvironment", True, "reading"),
    "stream over REST": ("stream", True, None),
    "deploy": ("BuildEnvironment", True, "reading"),
}
PLAIN = ("call over gRPC",)  # each takes a process


@pytest.mark.parametrize("what", [name if name in PLAIN else pytest.param(name, marks=SLOW) for name in WAITS])
def test_it_leaves_at_once(
    server: Platform, kind: str, what: str, tmp_path: Path, evidence: Callable[..., None]
) -> None:
    (tmp_path / "app.py").write_text(APP)
    asked, held, said = WAITS[what]
    program = Program("interrupted", kind, what, f"{tmp_path / 'app.py'}::Hello", environ=server.environ())
    assert soon(server.started) == asked
    if said is not None:
        assert program.line() == said
    started = time.monotonic()
    program.interrupt()
    if held:
        assert soon(server.ended) == asked
    ended = program.end()
    assert seconds_since(started) < AT_ONCE
    assert ended.told == ["['MainThread']"]
    assert ended.status == -signal.SIGINT
    # The traceback of the KeyboardInterrupt itself, and no other.
    assert ended.noise.rstrip().endswith("KeyboardInterrupt")
    assert "Exception ignored" not in ended.noise and "never retrieved" not in ended.noise
    evidence(f"Ctrl-C, {kind} client", times=1)
