"""Let new runners take over from old ones, and only when they have proved healthy."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from .errors import RolloutError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any

    from .runner import Runner
    from .supervisor import Supervisor


class Rollout:
    """The rollouts of one app, one at a time. All methods belong to the engine's event loop.

    Args:
        supervisor: Keeps the runners of the app.
    """

    def __init__(self, supervisor: Supervisor) -> None:
        self._supervisor = supervisor
        self._task: asyncio.Task[None] | None = None
        self._waiting = 0

    @property
    def active(self) -> bool:
        """Whether a rollout is under way, or about to follow one that was given up for it."""
        return self._waiting > 0 or self._rolling

    @property
    def _rolling(self) -> bool:
        return self._task is not None and not self._task.done()

    def cancel(self) -> None:
        """Give up the rollout that is under way."""
        if self._task is not None:
            self._task.cancel()

    async def replace(self, runner: Runner) -> None:
        """Start another runner, and stop this one when the other is ready.

        Raises:
            RolloutError: The other one did not become ready; this one goes on.
        """
        runner.replacement = "WILL_REPLACE"
        self._supervisor.host.changed(self._supervisor, runner)
        other = self._supervisor.start(runner.revision, candidate=True)
        await other.settled.wait()
        if not other.ready:
            runner.replacement = "NO_REPLACE"
            self._supervisor.host.changed(self._supervisor, runner)
            raise RolloutError(failure(other))
        other.candidate = False
        runner.replacement = "DID_REPLACE"
        self._supervisor.retire(runner)
        self._supervisor.reconcile()

    async def roll(
        self,
        revision: str,
        *,
        recreate: bool,
        commit: Callable[[], Coroutine[Any, Any, None]] | None = None,
        drain: float | None = None,
    ) -> None:
        """Let a revision take over, once it has proved healthy.

        Args:
            revision: The application id; it may be the one that serves, to replace its runners.
            recreate: Stop the runners there are first.
            commit: Called between the proof and the switch; when it fails, nothing is switched.
            drain: Seconds that requests on the old runners may still take.

        Raises:
            RolloutError: The revision did not become healthy, or another rollout came; the old one keeps serving.
        """
        self._waiting += 1
        try:
            # Several may wait for one to end; each that goes on first makes the next wait for it in turn.
            while self._task is not None and not self._task.done():
                self._task.cancel()
                await asyncio.wait([self._task])
        finally:
            self._waiting -= 1
        task = self._task = self._supervisor.host.spawn(self._roll(revision, recreate, commit, drain))
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            task.cancel()
            why = (
                "the control plane is stopping" if self._supervisor.closed else "another deployment of this app started"
            )
            raise RolloutError(f"the rollout was abandoned: {why}") from None

    async def _roll(
        self,
        revision: str,
        recreate: bool,
        commit: Callable[[], Coroutine[Any, Any, None]] | None,
        drain: float | None,
    ) -> None:
        patience = self._supervisor.scaling.request_timeout if drain is None else drain
        candidates: list[Runner] = []
        try:
            if recreate:
                self._supervisor.paused = True
                await asyncio.gather(*(r.stop(drain=patience) for r in list(self._supervisor.runners.values())))
            candidates = [
                self._supervisor.start(revision, candidate=True)
                for _ in range(max(1, self._supervisor.scaling.min_concurrency))
            ]
            for candidate in candidates:
                await candidate.settled.wait()
            for candidate in candidates:
                if not candidate.ready and not candidate.returned:
                    raise RolloutError(failure(candidate))
            if commit is not None:
                await commit()
        except BaseException:
            for candidate in candidates:
                self._supervisor.host.spawn(candidate.stop(drain=0))
            raise
        else:
            self._supervisor.serving = revision
            self._supervisor.forgive(revision)
            now = asyncio.get_running_loop().time()
            for candidate in candidates:
                candidate.candidate = False
                candidate.idle_since = now
            # All others, also those that were started for the old revision in the meantime.
            for runner in [r for r in self._supervisor.runners.values() if r not in candidates]:
                runner.replacement = "DID_REPLACE"
                self._supervisor.host.spawn(runner.stop(drain=patience))
        finally:
            self._supervisor.paused = False
            self._supervisor.reconcile()


def failure(runner: Runner) -> str:
    """Say why a runner of a rollout failed, with the end of its log."""
    text = f"the new revision did not become healthy: {runner.reason or 'it ended'}"
    tail = runner.process.tail if runner.process is not None else ()
    if not tail:
        return text
    return text + "; its log ended with:\n" + "\n".join(f"  {line}" for line in tail)
