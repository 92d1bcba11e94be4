"""How long to wait for something, and how often to look."""

from __future__ import annotations

import time

from fal._core import arguments
from fal.exceptions import DeadlineExceeded

_FIRST = 0.25
_LONGEST = 5.0
_GROWTH = 1.5


class Patience:
    """Pauses that grow, until the time is up. Does not sleep itself."""

    def __init__(self, timeout: float) -> None:
        self._timeout = arguments.seconds("timeout", timeout)
        self._end = time.monotonic() + self._timeout
        self._pause = _FIRST

    def next(self, state: str, *, pause: float | None = None) -> float:
        """Return the seconds to wait before the next look; `state` says what was seen.

        Args:
            state: What was seen, for the error.
            pause: The seconds to wait when the time allows it; None takes pauses that grow.

        Raises:
            DeadlineExceeded: The time is up.
        """
        left = self._end - time.monotonic()
        if left <= 0:
            raise DeadlineExceeded(f"{state} after {self._timeout:g} seconds", hint="Give it more time with timeout=.")
        if pause is None:
            pause, self._pause = self._pause, min(self._pause * _GROWTH, _LONGEST)
        return min(pause, left)
