"""Runs deployed apps: environments, runner processes, and who takes which request."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import threading
from typing import TYPE_CHECKING, Any, TypeVar

from . import containers
from .backoff import BackoffPolicy
from .environments import Environments, Isolation
from .errors import RolloutError
from .fleet import Fleet
from .launcher import Launcher, now
from .metrics import summarize
from .process import end_leftovers
from .run import Job, Run
from .scaling import Scaling
from .shell import Shell

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
    from pathlib import Path

    from ..model.records import RunnerRecord
    from ..state.store import Store
    from .shell import Size
    from .supervisor import Supervisor

    OnLog = Callable[[str, str], None]

T = TypeVar("T")
_DEFAULT_GRACE = 5.0
_CLOSE_WITHIN = 5.0
_LOOK_EVERY = 0.05  # seconds
_LONGEST_LAG = 1.0  # seconds


class Engine:
    """Runs the apps of one state directory on this machine.

    It lives in one event loop, that of `start`. Its public methods may be called from any thread, except where they
    say otherwise.

    Args:
        store: The state of the control plane.
        state_dir: Where environments and the folders of runners go.
        isolation: `venv` builds an environment per definition, `inline` runs apps on this interpreter.
        variables: Environment variables that every app gets: a key of the account, and where it is good.
        backoff: The delays after crashes.
    """

    def __init__(
        self,
        store: Store,
        state_dir: Path,
        *,
        isolation: Isolation = "venv",
        variables: Mapping[str, str] | None = None,
        backoff: BackoffPolicy | None = None,
    ) -> None:
        self.environments = Environments(state_dir / "environments", isolation)
        self._store = store
        self._launcher = Launcher(
            store, self.environments, state_dir / "runners", state_dir / "volume", variables or {}
        )
        self._fleet = Fleet(store, self._launcher, backoff or BackoffPolicy())
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = 0
        self._lag = 0.0  # seconds that the event loop is behind
        self._watching: asyncio.Task[None] | None = None

    # life

    async def start(self) -> None:
        """Clean up after a control plane that was killed, and start what should be running."""
        self._loop = asyncio.get_running_loop()
        self._thread = threading.get_ident()
        await asyncio.to_thread(end_leftovers, self._launcher.folder)
        await asyncio.to_thread(self.environments.clean)
        if self.environments.has_images:
            await asyncio.to_thread(containers.end_leftovers, str(self._launcher.folder))
        self._fleet.end_forgotten()
        self._fleet.queue.restore()
        self._watching = asyncio.create_task(self._watch_the_loop())
        self._serve_all()
        if self.environments.isolation == "inline":  # it is known what the first app runs on
            self._launcher.warm_pool.keep(sys.executable, pause=0)

    async def close(self) -> None:
        """Stop every runner and every build."""
        if self._watching is not None:
            self._watching.cancel()
        self.environments.close()
        self._fleet.queue.close()
        supervisors = self._fleet.everyone()
        draining = [supervisor.close() for supervisor in supervisors if supervisor.closed]
        closing = asyncio.gather(*draining, *map(self._fleet.close_app, list(self._fleet.supervisors)))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_CLOSE_WITHIN):
                await asyncio.shield(closing)
        for runner in [r for s in supervisors for r in s.runners.values()]:
            runner.kill()
        await closing
        if self._fleet.background:
            await asyncio.wait(self._fleet.background, timeout=_CLOSE_WITHIN)
        while self._fleet.background:
            for task in self._fleet.background:
                task.cancel()
            await asyncio.wait(self._fleet.background)
        await self._launcher.close()
        await self._fleet.webhooks.close()
        await self._fleet.client.aclose()

    # from any thread

    def build(
        self,
        definition: Mapping[str, Any],
        on_log: OnLog,
        *,
        force: bool = False,
        files: Sequence[tuple[str, str]] = (),
    ) -> str:
        """Build an environment; blocks. See `Environments.build`; files are named by their hashes."""
        return self.environments.build(definition, on_log, force=force, files=self._launcher.files(files))

    def deploy(
        self,
        owner: str,
        alias: str,
        revision_id: str,
        strategy: str,
        on_log: OnLog,
        commit: Callable[[], None] | None = None,
    ) -> None:
        """Let a revision take over an alias; blocks until it serves.

        One runner (or `min_concurrency`, when that is more) proves that the revision is healthy, then takes the
        traffic and stays for keep_alive.

        Args:
            owner: The account.
            alias: The full name of the app; it need not exist yet.
            revision_id: The revision, which the store knows.
            strategy: `rolling` or `recreate`.
            on_log: Called with the lines of the new runners and their levels.
            commit: Points the alias at the revision in the store. Called when health is proven and before the old
                runners drain; when it raises, the old revision goes on.

        Raises:
            RolloutError: The revision did not become healthy; the old one keeps serving.
        """
        recreate = strategy.lower() == "recreate"
        self._wait(self._deploy((owner, alias), revision_id, recreate, on_log, commit))

    def apply(self, owner: str, alias: str) -> None:
        """Apply a change of an alias in the store: its scaling, its revision, or its deletion."""
        self._do(lambda: self._apply(owner, alias))

    def rollout(self, owner: str, alias: str, force: bool = False) -> None:
        """Replace the runners of an app by new ones of the same revision, in the background.

        Args:
            owner: The account.
            alias: The full name of the app.
            force: Do not wait for the requests on the old runners.
        """

        def begin() -> None:
            supervisor = self._fleet.supervisors.get((owner, alias))
            deployed = self._fleet.aliases.get((owner, alias))
            if supervisor is not None and deployed is not None and supervisor.runners:
                # The revision of the app, which need not be the one that serves as yet.
                work = self._fleet.rollouts[owner, alias].roll(
                    deployed.revision, recreate=False, drain=0 if force else None
                )
                self._fleet.spawn(self._in_background(supervisor, work))

        self._do(begin)

    def is_rolling(self, owner: str, alias: str) -> bool:
        """Whether a rollout of the app is under way."""
        rollout = self._fleet.rollouts.get((owner, alias))
        return rollout is not None and rollout.active

    def serving(self, owner: str, alias: str) -> str | None:
        """Return the revision of an app that takes requests: not the one of its alias while that one has yet to prove itself."""
        supervisor = self._fleet.supervisors.get((owner, alias))
        return None if supervisor is None else supervisor.serving

    def returned(self, owner: str, alias: str) -> bool:
        """Whether a runner of the app has ended by itself and without an error: what it served has come to its end."""

        def query() -> bool:
            supervisor = self._fleet.supervisors.get((owner, alias))
            return supervisor is not None and supervisor.returned

        return self._do(query)

    def runners(self, owner: str, alias: str | None = None) -> list[RunnerRecord]:
        """Return the runners of an account or of one app: those alive, then those that ended."""

        def live() -> list[RunnerRecord]:
            return [
                self._fleet.record(supervisor, runner)
                for supervisor in self._fleet.everyone()
                if supervisor.owner == owner and alias in (None, supervisor.alias)
                for runner in supervisor.runners.values()
            ]

        alive = self._do(live)
        known = {record.runner_id for record in alive}
        return alive + [r for r in self._store.past_runners(owner, alias) if r.runner_id not in known]

    def stop(self, owner: str, runner_id: str, replace_first: bool = False) -> None:
        """Begin to stop a runner gracefully.

        Raises:
            Fault: No such runner is alive.
        """

        def begin() -> None:
            supervisor, runner = self._fleet.find(owner, runner_id)
            if replace_first and runner.ready:
                rollout = self._fleet.rollouts[owner, supervisor.alias]
                self._fleet.spawn(self._in_background(supervisor, rollout.replace(runner)))
            else:
                supervisor.retire(runner)

        self._do(begin)

    def kill_one(self, owner: str, alias: str) -> str | None:
        """Let a runner of an app die; return its id, None when there is none."""

        def begin() -> str | None:
            supervisor = self._fleet.supervisors.get((owner, alias))
            alive = [] if supervisor is None else [r for r in supervisor.runners.values() if r.process is not None]
            if not alive:
                return None
            alive[0].fail("killed on request of a test")
            return alive[0].id

        return self._do(begin)

    def reset(self, forget: Callable[[], None]) -> None:
        """End all runners and forget all queued calls, have the store do its part meanwhile, and serve what it then holds.

        Args:
            forget: Clears the store, or puts something else in its place; called from the event loop.
        """

        def clear() -> None:
            self._fleet.queue.clear()
            for supervisor in self._fleet.everyone():
                supervisor.forgotten = True
                for runner in supervisor.runners.values():
                    runner.kill()
            for key in list(self._fleet.supervisors):
                self._fleet.close_app(key)
            forget()
            self._serve_all()

        self._do(clear)

    def kill(self, owner: str, runner_id: str) -> None:
        """End a runner at once.

        Raises:
            Fault: No such runner is alive.
        """
        self._do(lambda: self._fleet.find(owner, runner_id)[1].kill())

    def shell(self, owner: str, runner_id: str, command: Sequence[str], size: Size | None, *, terminal: bool) -> Shell:
        """Start a program in the folder and the environment of a runner.

        Args:
            owner: The account.
            runner_id: The runner.
            command: The program and its arguments; none is a shell.
            size: Of the terminal.
            terminal: Whether the program gets one.

        Raises:
            Fault: No such runner is alive, or it has not started yet, or the command cannot be passed to a program.
        """
        folder, variables = self._do(lambda: self._fleet.find(owner, runner_id)[1].surroundings())
        return Shell(command, folder, variables, size, terminal=terminal)

    def metrics(self, owner: str) -> dict[str, Any]:
        """Count runners, machines and waiting requests of an account, by the names of the wire."""

        def count() -> dict[str, Any]:
            apps = {}
            for (account, alias), supervisor in self._fleet.supervisors.items():
                if account == owner and (account, alias) in self._fleet.aliases:
                    apps[f"{owner}/{alias}"] = (supervisor, self._gpus(supervisor))
            return summarize(apps)

        return self._do(count)

    def queue_size(self, owner: str, alias: str) -> dict[str, Any]:
        """Count the queued requests of an app, by the names of the wire."""
        return self._do(lambda: self._fleet.queue.size(owner, alias))

    def queue_flush(self, owner: str, alias: str, caller: str | None = None) -> int:
        """Cancel the queued requests of an app, of one caller or of all; return how many."""
        return self._do(lambda: self._fleet.queue.flush(owner, alias, caller))

    def run(self, job: Job) -> Run:
        """Begin to call a function once, in its environment.

        Args:
            job: What to call.

        Returns:
            The run; iterating it blocks for its lines and, at the end, its result.
        """
        (run,) = self.run_all([job], at_a_time=1)
        return run

    def run_all(self, jobs: Iterable[Job], *, at_a_time: int) -> list[Run]:
        """Begin several runs.

        Args:
            jobs: What to call.
            at_a_time: How many of them run at the same time; those that come first begin first.
        """
        assert self._loop is not None
        places = asyncio.Semaphore(at_a_time)
        return [Run(job, self._launcher, self._loop, places) for job in jobs]

    # from the event loop alone

    @property
    def fleet(self) -> Fleet:
        """The runners and the queue, for the gateway."""
        return self._fleet

    @property
    def overloaded(self) -> bool:
        """Whether the event loop lags so far behind that more requests would only make all of them slower."""
        return self._lag > _LONGEST_LAG

    async def _watch_the_loop(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            await asyncio.sleep(_LOOK_EVERY)
            self._lag = loop.time() - began - _LOOK_EVERY

    def auth_mode(self, owner: str, alias: str) -> str | None:
        """Return `private`, `public` or `shared`; None when there is no such app."""
        record = self._fleet.aliases.get((owner, alias))
        return None if record is None else record.auth_mode.lower()

    async def _deploy(
        self,
        key: tuple[str, str],
        revision_id: str,
        recreate: bool,
        on_log: OnLog,
        commit: Callable[[], None] | None,
    ) -> None:
        record = self._fleet.revision(revision_id)

        async def commit_in_thread() -> None:
            if commit is not None:
                await asyncio.to_thread(commit)

        if record.definition.get("kind") == "container" and await asyncio.to_thread(containers.engine) is None:
            on_log("A container image needs a container engine: registered, but it will not run here.", "WARNING")
            await commit_in_thread()
            self._fleet.ensure(key).switch(revision_id)
            self._apply(*key)
            return
        supervisor = self._fleet.ensure(key)
        if supervisor.serving is None:
            supervisor.scaling = Scaling.of(record.machine)
        self._fleet.watchers[revision_id] = on_log
        try:
            await self._fleet.rollouts[key].roll(revision_id, recreate=recreate, commit=commit_in_thread)
        finally:
            self._fleet.watchers.pop(revision_id, None)
            self._apply(*key, deployed=revision_id)

    def _serve_all(self) -> None:
        for alias in self._store.all_aliases():
            self._apply(alias.owner, alias.alias)

    def _apply(self, owner: str, name: str, *, deployed: str | None = None) -> None:
        key = (owner, name)
        alias = self._store.alias(owner, name)
        supervisor = self._fleet.supervisors.get(key)
        if alias is None:
            if supervisor is not None and not self._fleet.rollouts[key].active:
                supervisor.switch(None)
                self._fleet.close_app(key, drain=supervisor.scaling.request_timeout)
            return
        supervisor = self._fleet.ensure(key)
        rollout = self._fleet.rollouts[key]
        self._fleet.aliases[key] = alias
        supervisor.scaling = Scaling.of(alias.scaling, self._fleet.revision(alias.revision).machine)
        if alias.revision != supervisor.serving and not rollout.active and deployed is None:
            if supervisor.serving is not None and supervisor.runners:
                recreate = alias.deployment_strategy.lower() == "recreate"
                work = rollout.roll(alias.revision, recreate=recreate)
                self._fleet.spawn(self._in_background(supervisor, work, alias.revision))
            else:
                supervisor.switch(alias.revision)
        supervisor.reconcile()

    async def _in_background(
        self, supervisor: Supervisor, work: Coroutine[Any, Any, None], revision: str | None = None
    ) -> None:
        try:
            await work
        except RolloutError as error:
            self._store.append_log(
                owner=supervisor.owner, app=supervisor.alias, revision=revision or supervisor.serving, runner_id=None,
                level="ERROR", source="BRIDGE", message=str(error), timestamp=now(),
            )  # fmt: skip

    def _gpus(self, supervisor: Supervisor) -> int:
        record = self._store.revision(supervisor.serving) if supervisor.serving else None
        return int((record.machine.get("num_gpus") if record is not None else None) or 1)

    def _do(self, function: Callable[[], T]) -> T:
        """Call something in the event loop, and wait for its answer."""
        if threading.get_ident() == self._thread:
            return function()

        async def call() -> T:
            return function()

        return self._wait(call())

    def _wait(self, work: Coroutine[Any, Any, T]) -> T:
        assert self._loop is not None
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()
