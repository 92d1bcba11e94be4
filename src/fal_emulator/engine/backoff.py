"""How long to wait before starting again what crashed."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class BackoffPolicy:
    """Exponential delays between crashes; all in seconds.

    Args:
        first: The delay after the first crash.
        longest: No delay is longer.
        stable_after: A runner that served this long before it crashed starts the count anew.
    """

    first: float = 1
    longest: float = 60
    stable_after: float = 60


@dataclass
class Backoff:
    """The crashes in a row of one revision."""

    policy: BackoffPolicy
    crashes: int = 0
    _last: float = field(default=0.0, repr=False)

    def crashed(self, now: float, served: float) -> None:
        """Count a crash at a time, after having served for some time."""
        self.crashes = 1 if served >= self.policy.stable_after else self.crashes + 1
        self._last = now

    def delay(self, now: float) -> float:
        """Return how long a start at this time must still wait."""
        if not self.crashes:
            return 0
        pause: float = min(self.policy.first * 2.0 ** min(self.crashes - 1, 30), self.policy.longest)
        return max(0.0, self._last + pause - now)
