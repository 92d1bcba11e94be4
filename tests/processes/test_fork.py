"""A client that a forked child inherits, and one that it makes itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.processes.process_kit import Platform, run

SLOW = pytest.mark.slow


@pytest.mark.parametrize(
    ("how", "when"),
    [
        ("fork", "during"),
        pytest.param("fork", "after", marks=SLOW),
        pytest.param("multiprocessing", "during", marks=SLOW),
        pytest.param("multiprocessing", "after", marks=SLOW),
    ],
)
def test_parent_and_child_both_go_on(
    server: Platform, kind: str, how: str, when: str, evidence: Callable[..., None]
) -> None:
    assert run("fork", kind, how, when, "3", environ=server.environ()) == (0, ["parent goes on"], "")
    evidence(
        f"forks {'while four threads or tasks call' if when == 'during' else 'after calls'}, {kind} client", times=3
    )


@SLOW
@pytest.mark.timeout(600)
@pytest.mark.parametrize("how", ["fork", "multiprocessing"])
@pytest.mark.parametrize("support", ["", "1"])
def test_many_forks_during_calls(
    server: Platform, kind: str, how: str, support: str, evidence: Callable[..., None]
) -> None:
    environ = {**server.environ(), **({"GRPC_ENABLE_FORK_SUPPORT": support} if support else {})}
    ended = run("fork", kind, how, "during", "30", environ=environ, limit=500)
    assert ended == (0, ["parent goes on"], "")
    evidence(f"forks while four threads or tasks call, {kind} client", times=30)


def test_a_child_that_was_forked_during_a_stream_hears_of_it(
    server: Platform, kind: str, evidence: Callable[..., None]
) -> None:
    ended = run("fork_in_stream", kind, environ=server.environ())
    assert (ended.status, ended.told) == (0, ["parent goes on"]), ended.noise
    # The core itself says that it was not ready for the fork.
    assert [line for line in ended.noise.splitlines() if "skipping fork() handlers" not in line] == []
    evidence(f"forks while a stream is open, {kind} client", times=1)
