"""Runs deployed apps: environments, runner processes, and who takes which request."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from typing import TYPE_CHECKING, Any, TypeVar

from .backoff import BackoffPolicy
from .environments import Environments, Isolation
from .errors import BuildError, EngineError, RolloutError, RunError, Unavailable
from .health import HealthCheck
from .launcher import Launcher, now
from .metrics import summarize
from .ports import RunnerRecord
from .process import end_leftovers
from .proxy import new_client
from .queue import RequestQueue
from .run import Job, RunResult, run_once
from .runner import Life, Prepared, Runner
from .scaling import Scaling
from .supervisor import Supervisor

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator, Mapping
    from pathlib import Path

    from .ports import Alias, Revision, Store

    OnLog = Callable[[str, str], None]

__all__ = [
    "BackoffPolicy",
    "BuildError",
    "Engine",
    "EngineError",
    "Job",
    "RolloutError",
    "RunError",
    "RunResult",
    "Unavailable",
]

T = TypeVar("T")
_DEFAULT_GRACE = 5.0
_CLOSE_WITHIN = 5.0


class Engine:
    """Runs the apps of one state directory on this machine.

    It lives in one event loop, that of `start`. Its public methods may be called from any thread, except where they
    say otherwise.

    Args:
        store: The state of the control plane.
        state_dir: Where environments and the folders of runners go.
        isolation: `venv` builds an environment per definition, `inline` runs apps on this interpreter.
        backoff: The delays after crashes.
    """

    def __init__(
        self,
        store: Store,
        state_dir: Path,
        *,
        isolation: Isolation = "venv",
        backoff: BackoffPolicy | None = None,
    ) -> None:
        self.environments = Environments(state_dir / "environments", isolation)
        self.queue = RequestQueue(self)
        self.client = new_client()
        self.backoff = backoff or BackoffPolicy()
        self._store = store
        self._launcher = Launcher(store, self.environments, state_dir / "runners")
        self._supervisors: dict[tuple[str, str], Supervisor] = {}
        self._aliases: dict[tuple[str, str], Alias] = {}
        self._watchers: dict[str, OnLog] = {}  # revision -> who follows its rollout
        self._background: set[asyncio.Task[Any]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = 0

    # life

    async def start(self) -> None:
        """Clear away what a plane that died left behind, and bring up what should be running."""
        self._loop = asyncio.get_running_loop()
        self._thread = threading.get_ident()
        await asyncio.to_thread(end_leftovers, self._launcher.folder)
        await asyncio.to_thread(self.environments.clean)
        for alias in self._store.all_aliases():
            self._apply(alias.owner, alias.alias)

    async def close(self) -> None:
        """Stop every runner and every build."""
        self.environments.close()
        self.queue.close()
        supervisors = list(self._supervisors.values())
        closing = asyncio.gather(*(supervisor.close() for supervisor in supervisors))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_CLOSE_WITHIN):
                await asyncio.shield(closing)
        for runner in [r for s in supervisors for r in s.runners.values()]:
            runner.kill()
        await closing
        if self._background:
            await asyncio.wait(self._background, timeout=_CLOSE_WITHIN)
        while self._background:
            for task in self._background:
                task.cancel()
            await asyncio.wait(self._background)
        await self.client.aclose()

    # from any thread

    def build(self, definition: Mapping[str, Any], on_log: OnLog, *, force: bool = False) -> str:
        """Build an environment; blocks. See `Environments.build`."""
        return self.environments.build(definition, on_log, force=force)

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
            RolloutError: The revision did not become healthy; the old one serves on.
        """
        recreate = strategy.lower() == "recreate"
        self._wait(self._deploy((owner, alias), revision_id, recreate, on_log, commit))

    def apply(self, owner: str, alias: str) -> None:
        """Act on a change of an alias in the store: scaling, revision, or that it is gone."""
        self._do(lambda: self._apply(owner, alias))

    def rollout(self, owner: str, alias: str, force: bool = False) -> None:
        """Replace the runners of an app by new ones of the same revision, in the background.

        Args:
            owner: The account.
            alias: The full name of the app.
            force: Do not wait for the requests on the old runners.
        """

        def begin() -> None:
            supervisor = self._supervisors.get((owner, alias))
            if supervisor is not None and supervisor.serving is not None and supervisor.runners:
                work = supervisor.roll(supervisor.serving, recreate=False, drain=0 if force else None)
                self.spawn(self._in_background(supervisor, work))

        self._do(begin)

    def is_rolling(self, owner: str, alias: str) -> bool:
        """Whether a rollout of the app is under way."""
        supervisor = self._supervisors.get((owner, alias))
        return supervisor is not None and supervisor.rolling

    def runners(self, owner: str, alias: str | None = None) -> list[RunnerRecord]:
        """Return the runners of an account or of one app: those alive, then those that ended."""

        def live() -> list[RunnerRecord]:
            return [
                self._record(supervisor, runner)
                for key, supervisor in self._supervisors.items()
                if key[0] == owner and alias in (None, key[1])
                for runner in supervisor.runners.values()
            ]

        alive = self._do(live)
        known = {record.runner_id for record in alive}
        return alive + [r for r in self._store.past_runners(owner, alias) if r.runner_id not in known]

    def stop(self, owner: str, runner_id: str, replace_first: bool = False) -> None:
        """Begin to stop a runner gracefully.

        Raises:
            KeyError: No such runner is alive.
        """

        def begin() -> None:
            supervisor, runner = self._find(owner, runner_id)
            if replace_first and runner.ready:
                self.spawn(self._in_background(supervisor, supervisor.replace(runner)))
            else:
                supervisor.retire(runner)

        self._do(begin)

    def kill(self, owner: str, runner_id: str) -> None:
        """End a runner at once.

        Raises:
            KeyError: No such runner is alive.
        """
        self._do(lambda: self._find(owner, runner_id)[1].kill())

    def metrics(self, owner: str) -> dict[str, Any]:
        """Count runners, machines and queued requests of an account, in the words of the wire."""

        def count() -> dict[str, Any]:
            apps = {}
            for (account, alias), supervisor in self._supervisors.items():
                if account == owner and (account, alias) in self._aliases:
                    queued = int(self.queue.size(owner, alias)["queue_size"])
                    apps[f"{owner}/{alias}"] = (supervisor, self._gpus(supervisor), queued)
            return summarize(apps)

        return self._do(count)

    def queue_size(self, owner: str, alias: str) -> dict[str, Any]:
        """Count the queued requests of an app, in the words of the wire."""
        return self._do(lambda: self.queue.size(owner, alias))

    def queue_flush(self, owner: str, alias: str, caller: str | None = None) -> int:
        """Cancel the queued requests of an app, of one caller or of all; return how many."""
        return self._do(lambda: self.queue.flush(owner, alias, caller))

    def run(self, job: Job) -> Iterator[tuple[str, str] | RunResult]:
        """Call a function once, in its environment; blocks.

        Args:
            job: What to call.

        Yields:
            Lines with their levels, and at the end the result.

        Raises:
            BuildError: The environment cannot be built.
            RunError: The process ended without a result.
        """
        assert self._loop is not None
        return run_once(job, self._launcher, self._loop)

    # from the event loop alone

    def supervisor(self, owner: str, alias: str) -> Supervisor:
        """Return who keeps the runners of an app.

        Raises:
            Unavailable: There is no such app.
        """
        try:
            return self._supervisors[owner, alias]
        except KeyError:
            raise Unavailable(f"app {owner}/{alias} not found", 404) from None

    def auth_mode(self, owner: str, alias: str) -> str | None:
        """Return `private`, `public` or `shared`; None when there is no such app."""
        found = self._aliases.get((owner, alias))
        return None if found is None else found.auth_mode.lower()

    def make_runner(self, supervisor: Supervisor, revision: str, delay: float) -> Runner:
        """Make a runner for a supervisor."""
        record = self._revision(revision)
        owner, alias = supervisor.owner, supervisor.alias

        async def prepare(runner: Runner) -> Prepared:
            def on_log(line: str, level: str) -> None:
                self._log(supervisor, runner, line, level)

            return await self._launcher.prepare(runner, owner, alias, record, on_log)

        grace = record.termination_grace_period_seconds
        machine_types = record.machine.get("machine_types") or [record.machine.get("machine_type") or "XS"]
        limits = record.machine if supervisor.serving != revision else {}
        return Runner(
            revision,
            str(machine_types[0]),
            Life(
                startup_timeout=Scaling.of(limits, supervisor.scaling).startup_timeout,
                grace=_DEFAULT_GRACE if grace is None else grace,
                health=HealthCheck.of(record.health_check),
            ),
            prepare=prepare,
            client=self.client,
            on_change=supervisor.on_change,
            delay=delay,
        )

    def changed(self, supervisor: Supervisor, runner: Runner) -> None:
        """Keep a record of a runner's beginning and end."""
        if runner.state == "SETUP" or runner.ended_at is not None:
            self._store.save_runner(self._record(supervisor, runner))
        if runner.ended_at is not None:
            if runner.reason and runner.state == "DEAD":
                self._log(supervisor, runner, f"runner {runner.id} died: {runner.reason}", "ERROR", source="BRIDGE")
            self.spawn(asyncio.to_thread(self._launcher.remove_folder, runner.id))

    def spawn(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Run something in the background, until `close` at most."""
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)
        return task

    async def _deploy(
        self,
        key: tuple[str, str],
        revision_id: str,
        recreate: bool,
        on_log: OnLog,
        commit: Callable[[], None] | None,
    ) -> None:
        record = self._revision(revision_id)

        async def commit_in_thread() -> None:
            if commit is not None:
                await asyncio.to_thread(commit)

        if record.definition.get("kind") == "container":
            on_log("A container image needs a container engine: registered, but it will not run here.", "WARNING")
            await commit_in_thread()
            self._apply(*key)
            return
        supervisor = self._ensure(key)
        if supervisor.serving is None:
            supervisor.scaling = Scaling.of(record.machine)
        self._watchers[revision_id] = on_log
        try:
            await supervisor.roll(revision_id, recreate=recreate, commit=commit_in_thread)
        finally:
            self._watchers.pop(revision_id, None)
            self._apply(*key, deployed=revision_id)

    def _apply(self, owner: str, name: str, *, deployed: str | None = None) -> None:
        key = (owner, name)
        alias = self._store.alias(owner, name)
        supervisor = self._supervisors.get(key)
        if alias is None:
            if supervisor is not None and not supervisor.rolling:
                del self._supervisors[key]
                self._aliases.pop(key, None)
                supervisor.switch(None)
                self.spawn(supervisor.close(drain=supervisor.scaling.request_timeout))
            return
        supervisor = self._ensure(key)
        self._aliases[key] = alias
        supervisor.scaling = Scaling.of(alias, self._revision(alias.revision).machine)
        if alias.revision != supervisor.serving and not supervisor.rolling and deployed is None:
            if supervisor.serving is not None and supervisor.runners:
                recreate = alias.deployment_strategy.lower() == "recreate"
                work = supervisor.roll(alias.revision, recreate=recreate)
                self.spawn(self._in_background(supervisor, work))
            else:
                supervisor.switch(alias.revision)
        supervisor.reconcile()

    async def _in_background(self, supervisor: Supervisor, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except RolloutError as error:
            self._store.append_log(
                owner=supervisor.owner, app=supervisor.alias, revision=supervisor.serving, runner_id=None,
                level="ERROR", source="BRIDGE", message=str(error), timestamp=now(),
            )  # fmt: skip

    def _ensure(self, key: tuple[str, str]) -> Supervisor:
        if key not in self._supervisors:
            self._supervisors[key] = Supervisor(*key, self)
        return self._supervisors[key]

    def _find(self, owner: str, runner_id: str) -> tuple[Supervisor, Runner]:
        for key, supervisor in self._supervisors.items():
            if key[0] == owner and runner_id in supervisor.runners:
                return supervisor, supervisor.runners[runner_id]
        raise KeyError(runner_id)

    def _revision(self, revision_id: str) -> Revision:
        record = self._store.revision(revision_id)
        if record is None:
            raise EngineError(f"revision {revision_id} does not exist")
        return record

    def _gpus(self, supervisor: Supervisor) -> int:
        record = self._store.revision(supervisor.serving) if supervisor.serving else None
        return int((record.machine.get("num_gpus") if record is not None else None) or 1)

    def _log(self, supervisor: Supervisor, runner: Runner, line: str, level: str, source: str = "USER") -> None:
        self._store.append_log(
            owner=supervisor.owner, app=supervisor.alias, revision=runner.revision, runner_id=runner.id,
            level=level, source=source, message=line, timestamp=now(),
        )  # fmt: skip
        self.queue.log(runner, {"message": line, "level": level, "timestamp": now().isoformat()})
        if runner.candidate and runner.revision in self._watchers:
            self._watchers[runner.revision](line, level)

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

    def _record(self, supervisor: Supervisor, runner: Runner) -> RunnerRecord:
        countdown = None
        if runner.expires_at is not None and self._loop is not None:
            countdown = max(0, round(runner.expires_at - self._loop.time()))
        return RunnerRecord(
            runner_id=runner.id,
            owner=supervisor.owner,
            alias=supervisor.alias,
            revision=runner.revision,
            state=runner.state,
            machine_type=runner.machine_type,
            created_at=runner.created_at,
            started_at=runner.started_at,
            ended_at=runner.ended_at,
            in_flight=runner.in_flight,
            expiration_countdown=countdown,
            replacement=runner.replacement,
            metadata={"reason": runner.reason} if runner.state == "DEAD" else {},
        )
