"""When a call is sent again: the schedule of one call as a generator that does no input or output.

It yields what to do, an `Attempt` or a `Sleep`; the driver sends back the `Failure` of an attempt. It returns nothing: the
driver stops asking after a success, and a failure that ends the call is raised out of the generator.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Generator
from typing import NamedTuple

from fal._gen.method import Policy
from fal.exceptions import FalServerlessException

FIRST_PAUSE = 0.1  # seconds
LONGEST_PAUSE = 5.0  # seconds
PATIENCE = 60.0  # seconds that a server may ask to wait when no deadline says how long that may be
# How an attempt ends that ran out of its own time. It may be repeated while the call has some left.
_OUT_OF_TIME = frozenset({"timeout", "DEADLINE_EXCEEDED"})


class Attempt(NamedTuple):
    """Send the request now; `timeout` is in seconds, None for no limit."""

    number: int
    timeout: float | None


class Sleep(NamedTuple):
    """Wait before the next attempt."""

    seconds: float


class Failure(NamedTuple):
    """How an attempt failed.

    `status` is the gRPC status name, the HTTP status as text, "timeout" or "connect"; `sent` is whether the request may have left
    this machine; `pushback` is how long the server asks to wait, in seconds, negative when it asks for no retry.
    """

    error: FalServerlessException
    status: str
    sent: bool
    pushback: float | None = None


Schedule = Generator[Attempt | Sleep, Failure | None, None]


def schedule(
    policy: Policy,
    *,
    clock: Callable[[], float],
    timeout: float | None = None,
    max_retries: int | None = None,
    rng: Callable[[], float] = random.random,
) -> Schedule:
    """Yield the attempts and pauses of one call, all inside one deadline.

    Args:
        policy: The method's policy.
        clock: A monotonic clock, in seconds.
        timeout: The limit that the caller gives, in seconds. It replaces the policy's deadline, and the limit of one attempt:
            a caller who allows 300 seconds wants a response that takes 200.
        max_retries: The maximum number of retries, instead of the policy's.
        rng: Numbers in [0, 1), for the jitter.
    """
    limit = policy.deadline if timeout is None else timeout
    most = policy.max_attempts if max_retries is None else max_retries + 1
    single = policy.attempt_timeout if timeout is None else None
    deadline = None if limit is None else clock() + limit
    number = 0
    failure: Failure | None = None
    while True:
        number += 1
        remaining = None if deadline is None else deadline - clock()
        if failure is not None and remaining is not None and remaining <= 0:
            # The pause took longer than requested: the earlier failure says more than "too late".
            raise failure.error
        failure = yield Attempt(number, _least(remaining, single))
        if failure is None:
            return
        failure.error.attempts = number
        remaining = None if deadline is None else deadline - clock()
        pause = _pause(failure, number, rng)
        again = (
            number < most
            and _is_retryable(failure, policy)
            and (failure.pushback is None or failure.pushback >= 0)
            and (pause <= PATIENCE if remaining is None else pause < remaining)
        )
        if not again:
            raise failure.error
        yield Sleep(pause)


def _least(*limits: float | None) -> float | None:
    given = [max(0.0, limit) for limit in limits if limit is not None]
    return min(given) if given else None


def _is_retryable(failure: Failure, policy: Policy) -> bool:
    if not failure.sent:
        return True
    if not policy.idempotent:
        return False
    return failure.status in policy.retry_on | _OUT_OF_TIME


def _pause(failure: Failure, number: int, rng: Callable[[], float]) -> float:
    """Return how long to wait: full jitter under a bound that doubles, or what the server asks for when that is longer."""
    bound = min(LONGEST_PAUSE, FIRST_PAUSE * float(2 ** min(number, 30)))
    return max(bound * rng(), failure.pushback or 0.0)
