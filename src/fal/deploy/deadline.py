"""One time budget for all calls of a deploy."""

from __future__ import annotations

import time
from collections.abc import Callable

from fal.exceptions import DeadlineExceeded


class Deadline:
    """Counts down from `seconds`; None has no limit."""

    def __init__(self, seconds: float | None, clock: Callable[[], float] = time.monotonic) -> None:
        self.seconds = seconds
        self._clock = clock
        self._end = None if seconds is None else clock() + seconds

    def remaining(self) -> float | None:
        """Return the seconds left.

        Raises:
            DeadlineExceeded: No time is left.
        """
        if self._end is None:
            return None
        left = self._end - self._clock()
        if left <= 0:
            raise DeadlineExceeded(f"the deploy did not finish within timeout={self.seconds:g} seconds")
        return left

    def at_most(self, limit: float | None) -> float | None:
        """Return the seconds left, at most `limit`; None leaves it to the call's own policy."""
        left = self.remaining()
        if left is None or limit is None:
            return left
        return min(left, limit)
