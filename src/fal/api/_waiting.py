"""How long to wait for something, how often to check, and when a rollout has ended."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from fal._core import arguments
from fal.exceptions import DeadlineExceeded
from fal.sdk import RunnerState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fal.sdk import AliasInfo, RunnerInfo

_SERVING = frozenset({RunnerState.RUNNING, RunnerState.IDLE})
_STARTING = frozenset({RunnerState.PENDING, RunnerState.SETUP, RunnerState.DOCKER_PULL})
_MORE_TIME = "Give it more time with timeout=."
_FIRST = 0.25
_LONGEST = 5.0
_GROWTH = 1.5


class Patience:
    """Growing pauses until the time is up. It does not sleep itself.

    Args:
        timeout: How long to wait in all, in seconds.
        first: The first pause, in seconds.
    """

    def __init__(self, timeout: float, *, first: float = _FIRST) -> None:
        self._timeout = arguments.seconds("timeout", timeout)
        self._end = time.monotonic() + self._timeout
        self._pause = first

    def next(self, state: str, *, pause: float | None = None, hint: str = _MORE_TIME) -> float:
        """Return how many seconds to wait before the next check.

        Args:
            state: The last state, for the error message.
            pause: How many seconds to wait, if time allows; None uses growing pauses.
            hint: What to do when the time is up.

        Raises:
            DeadlineExceeded: The time is up.
        """
        left = self._end - time.monotonic()
        if left <= 0:
            raise DeadlineExceeded(f"{state} after {self._timeout:g} seconds", hint=hint)
        if pause is None:
            pause, self._pause = self._pause, min(self._pause * _GROWTH, _LONGEST)
        return min(pause, left)


class Rollout:
    """How far the revision of an app has come, as its runners show.

    Args:
        app: The app.
        runners: Its runners; none are looked at while a rollout is under way.
    """

    def __init__(self, app: AliasInfo, runners: Sequence[RunnerInfo]) -> None:
        self._app = app
        # A server that does not say what a runner runs means the app's revision.
        self._own = [runner.state for runner in runners if runner.revision in (app.revision, "")]
        self._others = sorted(
            {runner.revision for runner in runners if runner.state in _SERVING} - {app.revision, ""},
        )
        serving = [state for state in self._own if state in _SERVING]
        self._active = len(serving) if runners else app.active_runners

    @property
    def is_ready(self) -> bool:
        """Whether nothing is under way, and the revision has its minimum number of runners."""
        if self._app.is_rolling or self.has_failed:
            return False
        superseding = self._others and not any(state in _SERVING for state in self._own)
        return not superseding and self._active >= self._app.min_concurrency

    @property
    def has_failed(self) -> bool:
        """Whether nothing is under way, and runners of others serve, or those of the revision crash."""
        if self._app.is_rolling or any(state in _SERVING | _STARTING for state in self._own):
            return False
        return bool(self._others) or RunnerState.CRASH_BACKOFF in self._own

    @property
    def still(self) -> str:
        """What serves instead, for an error message."""
        return f"; revision {', '.join(self._others)} still serves" if self._others else ""

    @property
    def state(self) -> str:
        """The state, for an error message."""
        what = "is rolling out" if self._app.is_rolling else "is not ready"
        return f"{what}: {self._active} of at least {self._app.min_concurrency} runners are active"
