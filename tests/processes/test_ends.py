"""A program ends at once, with its own exit status and without a word, whatever its client is about."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from tests.processes.process_kit import AT_ONCE, Platform, Program, seconds_since, soon

SLOW = pytest.mark.slow
# How it ends -> how many calls are held meanwhile, and what it writes before the end.
WAYS: dict[str, tuple[int, list[str]]] = {
    "unclosed": (0, ["end"]),
    "during_calls": (2, ["end"]),
    "with_daemons_calling": (0, ["end"]),
    "with_streams_open": (0, ["end"]),
    "from_atexit": (0, ["end", "called from atexit"]),
    "closed_by_another_thread": (4, ["end"]),
}
PLAIN = ("during_calls", "with_streams_open")  # each takes a process


@pytest.mark.parametrize("how", [name if name in PLAIN else pytest.param(name, marks=SLOW) for name in WAYS])
def test_it_ends_at_once(server: Platform, kind: str, how: str, evidence: Callable[..., None]) -> None:
    held, told = WAYS[how]
    program = Program("ends", kind, how, environ=server.environ())
    if held:
        assert program.line() == "calling"
        for _ in range(held):
            soon(server.started)
        program.go_on()
    check(program, told)
    evidence(f"ends with an open client, {kind} client", times=1)


@SLOW
def test_it_ends_at_once_although_its_event_loop_was_not_closed(server: Platform) -> None:
    program = Program("ends", "async", "with_streams_of_a_loop_that_is_not_closed", environ=server.environ())
    check(program, ["end"])


def check(program: Program, told: list[str]) -> None:
    started = time.monotonic()
    assert program.end() == (3, told, "")
    assert seconds_since(started) < AT_ONCE + 10  # with its beginning
