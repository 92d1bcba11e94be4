"""How long to wait for something, and how often to check."""

from __future__ import annotations

import time

from fal._core import arguments
from fal.exceptions import DeadlineExceeded

_FIRST = 0.25
_LONGEST = 5.0
_GROWTH = 1.5


class Patience:
    """Growing pauses until the time is up. It does not sleep itself."""

    def __init__(self, timeout: float) -> None:
        self._timeout = arguments.seconds("timeout", timeout)
        self._end = time.monotonic() + self._timeout
        self._pause = _FIRST

    def next(self, state: str, *, pause: float | None = None) -> float:
        """Return how many seconds to wait before the next check.

        Args:
            state: What was seen, for the error message.
            pause: How many seconds to wait, if time allows; None uses growing pauses.

        Raises:
            DeadlineExceeded: The time is up.
        """
        left = self._end - time.monotonic()
        if left <= 0:
            raise DeadlineExceeded(f"{state} after {self._timeout:g} seconds", hint="Give it more time with timeout=.")
        if pause is None:
            pause, self._pause = self._pause, min(self._pause * _GROWTH, _LONGEST)
        return min(pause, left)
