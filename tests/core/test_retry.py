"""The schedule of a call, with a clock that only moves when it is told to."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fal._core.retry import Attempt, Failure, Sleep, schedule
from fal._gen.method import Policy
from fal.exceptions import DeadlineExceeded, FalServerlessException, Unavailable

READ = Policy(
    deadline=60.0,
    attempt_timeout=30.0,
    idempotent=True,
    retry_on=frozenset({"UNAVAILABLE", "RESOURCE_EXHAUSTED"}),
    max_attempts=5,
)
WRITE = Policy(
    deadline=60.0, attempt_timeout=30.0, idempotent=False, retry_on=frozenset({"UNAVAILABLE"}), max_attempts=3
)


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def run(
    policy: Policy, outcomes: list[tuple[Failure, float]], *, timeout: float | None = None, rng: float = 0.5
) -> tuple[list[Attempt], list[float], FalServerlessException | None, float]:
    """Drive a schedule through outcomes, each a failure and how long it took; return what it asked for."""
    clock = Clock()
    plan = schedule(policy, clock=clock, timeout=timeout, rng=lambda: rng)
    attempts: list[Attempt] = []
    pauses: list[float] = []
    step: Any = next(plan)
    remaining = list(outcomes)
    try:
        while True:
            if isinstance(step, Sleep):
                pauses.append(step.seconds)
                clock.now += step.seconds
                step = next(plan)
                continue
            attempts.append(step)
            if not remaining:
                return attempts, pauses, None, clock.now - 1000.0
            failure, took = remaining.pop(0)
            clock.now += took if step.timeout is None else min(took, step.timeout)
            step = plan.send(failure)
    except FalServerlessException as error:
        return attempts, pauses, error, clock.now - 1000.0


def failed(status: str = "UNAVAILABLE", *, sent: bool = True, pushback: float | None = None) -> Failure:
    return Failure(Unavailable("down"), status, sent, pushback)


def test_a_read_is_repeated_until_it_works() -> None:
    attempts, pauses, error, _ = run(READ, [(failed(), 0.1), (failed("RESOURCE_EXHAUSTED"), 0.1)])
    assert [attempt.number for attempt in attempts] == [1, 2, 3]
    assert len(pauses) == 2
    assert pauses == sorted(pauses)
    assert error is None


def test_a_write_that_may_have_arrived_is_never_repeated() -> None:
    attempts, _, error, _ = run(WRITE, [(failed(), 0.1)])
    assert len(attempts) == 1
    assert error is not None
    assert error.attempts == 1


def test_a_write_that_never_left_is_repeated() -> None:
    attempts, _, error, _ = run(WRITE, [(failed(sent=False), 0.1)] * 5)
    assert len(attempts) == WRITE.max_attempts
    assert error is not None
    assert error.attempts == WRITE.max_attempts


def test_a_status_that_is_not_worth_it_ends_the_call() -> None:
    attempts, _, error, _ = run(READ, [(failed("NOT_FOUND"), 0.1)])
    assert len(attempts) == 1
    assert error is not None


def test_an_attempt_that_ran_out_of_its_own_time_is_repeated_when_it_only_reads() -> None:
    late = Failure(DeadlineExceeded("late"), "DEADLINE_EXCEEDED", sent=True)
    assert len(run(READ, [(late, 30.0)])[0]) == 2
    assert len(run(WRITE, [(late, 30.0)])[0]) == 1


def test_the_callers_timeout_replaces_the_policys_limits() -> None:
    attempts, *_ = run(READ, [], timeout=300.0)
    assert attempts == [Attempt(1, 300.0)]
    attempts, *_ = run(READ, [], timeout=0.5)
    assert attempts == [Attempt(1, 0.5)]
    attempts, *_ = run(READ, [])
    assert attempts == [Attempt(1, 30.0)]


def test_the_servers_pushback_is_honoured() -> None:
    _, pauses, _, _ = run(READ, [(failed(pushback=3.0), 0.1)])
    assert pauses == [3.0]
    attempts, _, error, _ = run(READ, [(failed(pushback=-1.0), 0.1)])
    assert (len(attempts), error is None) == (1, False)
    attempts, _, error, _ = run(READ, [(failed(pushback=1000.0), 0.1)])
    assert (len(attempts), error is None) == (1, False)  # it would end after the deadline


outcomes = st.lists(
    st.tuples(
        st.builds(
            failed,
            st.sampled_from(["UNAVAILABLE", "RESOURCE_EXHAUSTED", "INTERNAL", "connect", "503"]),
            sent=st.booleans(),
            pushback=st.none() | st.floats(-1, 100),
        ),
        st.floats(0, 100),
    ),
    max_size=12,
)
policies = st.builds(
    Policy,
    deadline=st.none() | st.floats(0.001, 100),
    attempt_timeout=st.none() | st.floats(0.001, 100),
    idempotent=st.booleans(),
    retry_on=st.frozensets(st.sampled_from(["UNAVAILABLE", "RESOURCE_EXHAUSTED", "503"])),
    max_attempts=st.integers(1, 8),
)


@given(policies, outcomes, st.none() | st.floats(0.001, 100), st.floats(0, 0.999))
def test_no_schedule_leaves_its_budget_or_repeats_what_it_must_not(
    policy: Policy, history: list[tuple[Failure, float]], timeout: float | None, rng: float
) -> None:
    attempts, pauses, error, took = run(policy, history, timeout=timeout, rng=rng)
    limit = policy.deadline if timeout is None else timeout
    assert len(attempts) <= policy.max_attempts
    assert all(pause >= 0 for pause in pauses)
    if limit is not None:
        assert took <= limit + 1e-6
        assert all(attempt.timeout is not None and 0 <= attempt.timeout <= limit + 1e-9 for attempt in attempts)
    if not policy.idempotent:
        # Everything before the last attempt never left this machine.
        assert all(not failure.sent for failure, _ in history[: len(attempts) - 1])
    if error is not None:
        assert error.attempts == len(attempts)


def test_a_success_ends_the_schedule() -> None:
    plan = schedule(READ, clock=Clock())
    next(plan)
    with pytest.raises(StopIteration):
        plan.send(None)
