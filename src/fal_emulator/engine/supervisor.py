"""The runners of one app: who takes a request, how many there are, what replaces what."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

from ..model import limits
from .backoff import Backoff, BackoffPolicy
from .errors import RunnerGone, RunnerUnreachable, Unavailable
from .scaling import Scaling

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
    from typing import Any

    from .http_messages import Outgoing
    from .runner import Runner

# After this many failed starts in a row, waiting requests fail at once instead of timing out.
_GIVE_UP_AFTER = 3
# How many runners a request is tried on when they take no connections.
_TRIES = 3
_RANKS = 3

T = TypeVar("T")


class Host(Protocol):
    """What a supervisor needs from the engine."""

    backoff: BackoffPolicy

    def make_runner(self, supervisor: Supervisor, revision: str, delay: float) -> Runner:
        """Make a runner that has not begun."""
        ...

    def changed(self, supervisor: Supervisor, runner: Runner) -> None:
        """Note a change of a runner."""
        ...

    def spawn(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Run something in the background."""
        ...


@dataclass(eq=False)
class _Waiter:
    future: asyncio.Future[Runner]
    since: float
    rank: int


class _Line:
    """The requests that wait: those of a lower rank first, of equals the one that came first."""

    def __init__(self) -> None:
        self._by_rank: dict[int, dict[_Waiter, None]] = {rank: {} for rank in range(_RANKS)}

    def __len__(self) -> int:
        return sum(map(len, self._by_rank.values()))

    def since(self) -> list[float]:
        """Return since when they wait, in the order in which they came."""
        return sorted(waiter.since for waiters in self._by_rank.values() for waiter in waiters)

    def of(self, rank: int) -> int:
        """Return how many of a rank wait."""
        return len(self._by_rank[rank])

    def is_first(self, rank: int) -> bool:
        """Whether one of this rank that came now would go first."""
        return not any(self._by_rank[other] for other in range(rank + 1))

    def add(self, waiter: _Waiter) -> None:
        self._by_rank[waiter.rank][waiter] = None

    def leave(self, waiter: _Waiter) -> None:
        self._by_rank[waiter.rank].pop(waiter, None)

    def next(self) -> _Waiter:
        """Return the one that goes first, which waits no longer."""
        waiters = next(waiters for waiters in self._by_rank.values() if waiters)
        waiter = next(iter(waiters))
        del waiters[waiter]
        return waiter


class Supervisor:
    """Keeps the runners of one app as its scaling says. All methods belong to the engine's event loop.

    Args:
        owner: The account.
        alias: The full name of the app.
        host: The engine.
    """

    def __init__(self, owner: str, alias: str, host: Host) -> None:
        self.owner = owner
        self.alias = alias
        self.serving: str | None = None  # the revision that takes requests
        self.scaling = Scaling()
        self.runners: dict[str, Runner] = {}  # that have not ended
        self.host = host
        self._waiters = _Line()
        self._backoffs: dict[str, Backoff] = {}
        self.paused = False  # nothing is started while a rollout stops the old revision first
        self.closed = False
        self.forgotten = False  # what becomes of its runners is nobody's business any more
        self.returned = False  # a runner that served has ended by itself and without an error
        self._timer: asyncio.TimerHandle | None = None

    # requests

    @property
    def waiting(self) -> int:
        """How many requests wait for a runner."""
        return len(self._waiters)

    async def acquire(self, *, rank: int = 0, within: float | None = None) -> Runner:
        """Take a place on a runner; give it back with `release`.

        Args:
            rank: 0 for a request that somebody waits for; 1 and 2 for queued ones, which wait without a limit, unless
                the app's request start timeout sets one. Those of a lower rank go first.
            within: Seconds that it may wait; the caller's own limit.

        Raises:
            Unavailable: No runner can take the request in time.
        """
        if self.closed or self.serving is None:
            raise Unavailable(f"app {self.alias!r} has no revision that can serve", 404)
        runner = self._free() if self._waiters.is_first(rank) else None
        if runner is not None:
            runner.take()
            self.reconcile()  # a buffer of runners may be wanted beyond this one
            return runner
        if not rank and self._waiters.of(rank) >= limits.MOST_WAITING:
            raise Unavailable(
                f"{limits.MOST_WAITING} requests already wait for a runner of {self.alias!r}: try again later"
            )
        loop = asyncio.get_running_loop()
        waiter = _Waiter(loop.create_future(), loop.time(), rank)
        self._waiters.add(waiter)
        self.reconcile()
        limit = self.scaling.request_start_timeout or None  # 0 is what a limit was removed with
        if limit is None and not rank:
            limit = self.scaling.startup_timeout
        if within is not None and (limit is None or within < limit):
            limit = within
        try:
            async with asyncio.timeout(limit):
                return await waiter.future
        except TimeoutError:
            self._give_up(waiter)
            late = Unavailable(f"no runner of {self.alias!r} was ready within {limit:g} s", 504)
            late.is_callers_limit = limit == within
            raise late from None
        except asyncio.CancelledError:
            self._give_up(waiter)
            raise

    def _give_up(self, waiter: _Waiter) -> None:
        self._waiters.leave(waiter)
        future = waiter.future
        if future.done() and not future.cancelled() and future.exception() is None:
            self.release(future.result())  # it was handed over at the very last moment
        self.reconcile()

    @contextlib.asynccontextmanager
    async def connected(
        self,
        connect: Callable[[Runner], Awaitable[T]],
        request: Outgoing,
        *,
        deadline: asyncio.Timeout | None = None,
        rank: int = 0,
        within: float | None = None,
    ) -> AsyncIterator[T]:
        """Take a place on a runner, for as long as the block lasts, and connect to it.

        A runner that has just died may not have been noticed yet: then another one is tried.

        Args:
            connect: Connects to a runner.
            request: What it is for; lines that the runner says meanwhile are its lines.
            deadline: Set to the app's request timeout as soon as a runner has the request.
            rank: As for `acquire`.
            within: As for `acquire`.

        Yields:
            What `connect` gave.

        Raises:
            Unavailable: No runner can take the request in time.
            RunnerGone: The runner went away after it had been reached.
        """
        for _ in range(_TRIES):
            runner = await self.acquire(rank=rank, within=within)
            if deadline is not None:
                deadline.reschedule(asyncio.get_running_loop().time() + self.scaling.request_timeout)
            runner.requests[request.id] = request
            try:
                yield await connect(runner)
            except RunnerUnreachable:
                runner.suspect()
                if deadline is not None:
                    deadline.reschedule(None)
            except RunnerGone:
                runner.doubt()
                raise
            else:
                return
            finally:
                runner.answered(request)
                # What takes too long may go on for ever.
                runner.worn_out |= deadline is not None and deadline.expired()
                self.release(runner)
        raise Unavailable(f"the runners of {self.alias!r} take no connections; see its logs")

    def release(self, runner: Runner) -> None:
        """Give a place back."""
        runner.give()
        if runner.worn_out:
            self.retire(runner)
        self.reconcile()

    def _free(self) -> Runner | None:
        limit = max(1, self.scaling.max_multiplexing)
        free = [r for r in self._current() if r.ready and not (r.doubtful or r.worn_out) and r.in_flight < limit]
        return min(free, key=lambda r: r.in_flight, default=None)

    def _current(self) -> list[Runner]:
        return [
            r
            for r in self.runners.values()
            if r.revision == self.serving and not r.candidate and not r.worn_out and (r.ready or r.starting)
        ]

    # scaling

    def reconcile(self) -> None:
        """Hand requests to runners, start the runners that lack, and stop those whose time is over."""
        if self.closed:
            return
        while self._waiters and (runner := self._free()) is not None:
            waiter = self._waiters.next()
            if not waiter.future.done():
                runner.take()
                waiter.future.set_result(runner)
        now = asyncio.get_running_loop().time()
        deadlines: list[float] = []
        if self.serving is not None and not self.paused:
            for stray in [r for r in self.runners.values() if r.revision != self.serving and not r.candidate]:
                if stray.ready or stray.starting:
                    self.retire(stray)
            self._grow(self.serving, now, deadlines)
            self._shrink(now, deadlines)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if deadlines:
            self._timer = asyncio.get_running_loop().call_at(min(deadlines), self.reconcile)

    def _grow(self, serving: str, now: float, deadlines: list[float]) -> None:
        current = self._current()
        waiting = len(self._waiters)
        if current and self._waiters and self.scaling.scaling_delay:
            due = [since + self.scaling.scaling_delay for since in self._waiters.since()]
            waiting = sum(time <= now for time in due)
            deadlines.extend(time for time in due[waiting : waiting + 1])
        lacking = self.scaling.desired(sum(r.in_flight for r in current) + waiting) - len(current)
        for _ in range(lacking):
            self.start(serving)

    def _shrink(self, now: float, deadlines: list[float]) -> None:
        current = self._current()
        surplus = len(current) - self.scaling.desired(sum(r.in_flight for r in current) + len(self._waiters))
        beyond_limit = len(current) - max(1, self.scaling.max_concurrency)
        for runner in [r for r in current if r.state == "FAILURE_DELAY"]:
            if surplus > 0:
                surplus -= 1
                self.retire(runner)
        idle = sorted((r for r in current if r.ready and not r.in_flight), key=lambda r: r.idle_since)
        for runner in idle:
            if surplus <= 0:
                runner.expires_at = None
                continue
            runner.expires_at = runner.idle_since + self.scaling.keep_alive
            if runner.expires_at <= now or beyond_limit > 0:
                beyond_limit -= 1
                self.retire(runner)
            else:
                deadlines.append(runner.expires_at)
            surplus -= 1

    def start(self, revision: str, *, candidate: bool = False) -> Runner:
        """Start a runner, after the delay that earlier crashes ask for."""
        delay = 0.0
        if not candidate and revision in self._backoffs:
            delay = self._backoffs[revision].delay(asyncio.get_running_loop().time())
        runner = self.host.make_runner(self, revision, delay)
        runner.candidate = candidate
        self.runners[runner.id] = runner
        runner.begin()
        self.host.changed(self, runner)
        return runner

    def retire(self, runner: Runner) -> asyncio.Task[None]:
        """Begin to stop a runner gracefully."""
        return self.host.spawn(runner.stop(drain=self.scaling.request_timeout))

    def on_change(self, runner: Runner) -> None:
        """Follow a change of state of one of the runners."""
        self.host.changed(self, runner)
        if runner.state in ("TERMINATED", "DEAD"):
            self.runners.pop(runner.id, None)
            if runner.returned and not runner.candidate:
                self.returned = True
            if runner.crashed and not runner.candidate:
                self._crashed(runner)
        if runner.state not in ("RUNNING", "PENDING"):
            asyncio.get_running_loop().call_soon(self.reconcile)

    def _crashed(self, runner: Runner) -> None:
        now = asyncio.get_running_loop().time()
        backoff = self._backoffs.setdefault(runner.revision, Backoff(self.host.backoff))
        backoff.crashed(now, 0 if runner.ready_at is None else now - runner.ready_at)
        if runner.revision != self.serving or runner.ready_at is not None:
            return
        if runner.permanent or backoff.crashes >= _GIVE_UP_AFTER:
            self.refuse(Unavailable(f"no runner of {self.alias!r} can start: {runner.reason}; see its logs"))

    def refuse(self, error: Unavailable) -> None:
        """Fail all waiting requests."""
        while self._waiters:
            waiter = self._waiters.next()
            if not waiter.future.done():
                waiter.future.set_exception(error)

    def forgive(self, revision: str) -> None:
        """Forget the crashes of a revision: it has proved healthy."""
        self._backoffs.pop(revision, None)

    def switch(self, revision: str | None) -> None:
        """Let another revision serve from now on, without proof: its first runner starts on demand."""
        if revision == self.serving:
            return
        self.serving = revision
        for runner in list(self.runners.values()):
            if not runner.candidate:
                self.retire(runner)
        if revision is None:
            self.refuse(Unavailable(f"app {self.alias!r} was deleted", 404))
        self.reconcile()

    async def close(self, *, drain: float = 0) -> None:
        """Stop everything, and wait for it."""
        self.closed = True
        if self._timer is not None:
            self._timer.cancel()
        self.refuse(Unavailable(f"app {self.alias!r} is being stopped"))
        await asyncio.gather(*(runner.stop(drain=drain) for runner in list(self.runners.values())))
