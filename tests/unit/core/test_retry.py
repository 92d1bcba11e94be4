"""The schedule of a call, with a clock that only moves when it is told to."""

from __future__ import annotations

import importlib
import itertools
import math
import pkgutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fal._core.retry import FIRST_PAUSE, LONGEST_PAUSE, PATIENCE, Attempt, Failure, Sleep, schedule
from fal._gen import rpc
from fal._gen.method import Policy
from fal._gen.rest import operations
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


@pytest.mark.parametrize(("asked", "again"), [(60.0, True), (60.5, False), (1e12, False), (math.inf, False)])
def test_a_call_without_a_deadline_is_not_held_up_for_long(asked: float, again: bool) -> None:
    _, pauses, error, _ = run(replace(READ, deadline=None), [(failed(pushback=asked), 0.1)])
    assert (pauses, error is None) == (([asked], True) if again else ([], False))


class Seen(NamedTuple):
    """An attempt that failed: what was asked for, when, how it failed, and what was asked for next."""

    attempt: Attempt
    began: float
    ended: float
    failure: Failure
    pause: float | None


def drive(
    policy: Policy,
    history: Sequence[tuple[Failure, float, float]],
    *,
    timeout: float | None,
    jitter: Iterator[float],
) -> tuple[list[Seen], FalServerlessException | None]:
    """Drive a schedule through failures; nothing makes them keep to what they were given.

    Args:
        history: How each attempt fails, how long it takes, and how much longer than asked for the pause after it takes.
        jitter: What the schedule gets for random numbers.
    """
    clock = Clock()
    plan = schedule(policy, clock=clock, timeout=timeout, rng=lambda: next(jitter))
    seen: list[Seen] = []
    step: Any = next(plan)
    try:
        for failure, took, late in history:
            began = clock.now
            clock.now += took
            asked = step
            seen.append(Seen(asked, began, clock.now, failure, None))
            step = plan.send(failure)
            assert isinstance(step, Sleep)
            seen[-1] = seen[-1]._replace(pause=step.seconds)
            clock.now += step.seconds + late
            step = next(plan)
            assert isinstance(step, Attempt)
    except FalServerlessException as error:
        return seen, error
    seen.append(Seen(step, clock.now, clock.now, failed(), None))  # the one that works
    return seen, None


STATUSES = [
    "UNAVAILABLE",
    "RESOURCE_EXHAUSTED",
    "DEADLINE_EXCEEDED",
    "INTERNAL",
    "NOT_FOUND",
    "connect",
    "503",
    "504",
    "429",
    "timeout",
]
OUT_OF_TIME = ("DEADLINE_EXCEEDED", "timeout")


@st.composite
def failures(draw: st.DrawFn) -> Failure:
    status = draw(st.sampled_from(STATUSES))
    pushback = draw(st.none() | st.floats(-1, 100) | st.sampled_from([math.inf, math.nan, -0.0]))
    late = status in OUT_OF_TIME or draw(st.booleans())
    return Failure(DeadlineExceeded("late") if late else Unavailable("down"), status, draw(st.booleans()), pushback)


# Mostly within what calls have, sometimes far beyond.
seconds = st.floats(0, 2) | st.floats(0, 200)
histories = st.lists(st.tuples(failures(), seconds, st.just(0.0) | st.floats(0, 50)), min_size=1, max_size=12)
made_up = st.builds(
    Policy,
    deadline=st.none() | st.floats(0.001, 100),
    attempt_timeout=st.none() | st.floats(0.001, 100),
    idempotent=st.booleans(),
    retry_on=st.frozensets(st.sampled_from(STATUSES)),
    max_attempts=st.integers(1, 8),
)
REAL = {method.policy for method in rpc.METHODS.values()} | {
    importlib.import_module(f"fal._gen.rest.operations.{module.name}")._POLICY
    for module in pkgutil.iter_modules(operations.__path__)
}


@settings(max_examples=150)
@given(
    made_up | st.sampled_from(sorted(REAL, key=repr)),
    histories,
    st.none() | st.floats(0.001, 100),
    st.lists(st.floats(0, 1, exclude_max=True), min_size=12, max_size=12),
)
def test_no_schedule_leaves_its_budget_or_repeats_what_it_must_not(
    policy: Policy, history: list[tuple[Failure, float, float]], timeout: float | None, jitter: list[float]
) -> None:
    seen, error = drive(policy, history, timeout=timeout, jitter=iter(jitter))
    limit = policy.deadline if timeout is None else timeout
    end = math.inf if limit is None else 1000.0 + limit
    single = math.inf if timeout is not None or policy.attempt_timeout is None else policy.attempt_timeout

    assert [one.attempt.number for one in seen] == list(range(1, len(seen) + 1))
    assert len(seen) <= policy.max_attempts
    for one in seen:
        given_time = math.inf if one.attempt.timeout is None else one.attempt.timeout
        left = end - one.began
        # No attempt begins when the time is over, and none may take more than what is left, or than an attempt may take.
        assert left > 0
        assert 0 < given_time <= min(left, single) + 1e-9
        assert given_time >= min(left, single) - 1e-9
    for one, random in zip(seen, jitter, strict=False):
        if one.pause is None:
            continue
        bound = min(LONGEST_PAUSE, FIRST_PAUSE * 2**one.attempt.number)
        asked = one.failure.pushback
        # The jitter is all of the pause, unless the server asks for more; and a pause ends before the deadline does.
        assert one.pause == max(bound * random, asked or 0.0)
        assert 0 <= one.pause < end - one.ended
        assert asked is None or 0 <= asked <= one.pause
    for one in seen[:-1]:
        assert not one.failure.sent or policy.idempotent
        repeatable = one.failure.status in policy.retry_on or one.failure.status in OUT_OF_TIME
        assert not one.failure.sent or repeatable
    if error is not None:
        assert error is seen[-1].failure.error
        assert error.attempts == len(seen)


@settings(max_examples=60)
@given(made_up, st.lists(failures(), min_size=1, max_size=12), st.floats(0, 1, exclude_max=True))
def test_a_schedule_gives_up_only_for_a_reason(policy: Policy, history: list[Failure], random: float) -> None:
    """Where neither time, nor the number of attempts, nor the server, nor the kind of failure forbids it, there is another."""
    seen, error = drive(
        policy, [(failure, 0.0, 0.0) for failure in history], timeout=None, jitter=itertools.repeat(random)
    )
    if error is None:
        return
    last = seen[-1]
    bound = min(LONGEST_PAUSE, FIRST_PAUSE * 2**last.attempt.number)
    asked = last.failure.pushback
    reasons = [
        len(seen) == policy.max_attempts,
        last.failure.sent and not policy.idempotent,
        last.failure.sent and last.failure.status not in policy.retry_on and last.failure.status not in OUT_OF_TIME,
        asked is not None and not 0 <= asked < math.inf,
        policy.deadline is None and asked is not None and asked > PATIENCE,
        policy.deadline is not None
        and max(bound * random, asked or 0.0) >= 1000.0 + policy.deadline - last.ended - 1e-9,
    ]
    assert any(reasons)


def test_what_cannot_be_repeated_says_so_in_every_policy() -> None:
    """Whatever creates, changes or deletes is not idempotent, and nothing is asked for ever."""
    for method in rpc.METHODS.values():
        assert method.policy.idempotent == method.name.startswith("List"), method.name
    assert all(1 <= policy.max_attempts <= 10 for policy in REAL)


def test_a_success_ends_the_schedule() -> None:
    plan = schedule(READ, clock=Clock())
    next(plan)
    with pytest.raises(StopIteration):
        plan.send(None)
