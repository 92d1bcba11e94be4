"""Make runners, and keep their records and logs."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from ..model.checks import checked_retries
from ..model.faults import not_found
from ..model.records import RunnerRecord
from .backoff import BackoffPolicy
from .errors import EngineError, Unavailable
from .health import HealthCheck, new_client
from .launcher import Launcher, now
from .queue import RequestQueue
from .recording import Recording
from .rollout import Rollout
from .runner import Life, Prepared, Runner
from .scaling import Scaling
from .supervisor import Supervisor
from .webhooks import Webhooks

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from ..model.records import Alias, Revision
    from ..state.store import Store

    OnLog = Callable[[str, str], None]

T = TypeVar("T")
_DEFAULT_GRACE = 5.0
# What the platform API calls the states that a runner comes to.
_EVENTS = {
    "PENDING": "runner_pending",
    "FAILURE_DELAY": "runner_pending",
    "SETUP": "runner_setup",
    "DRAINING": "runner_draining",
    "TERMINATING": "runner_stopping",
    "TERMINATED": "runner_finished",
}


OWN_HEALTH: dict[str, Any] = {"path": "/health", "method": "get", "start_period_seconds": 5, "call_regularly": True}


def _own_health(record: Revision) -> dict[str, Any] | None:
    """Return the check of an app that says at GET /health how it is, and names no other way to find out."""
    paths = (record.metadata.get("openapi") or {}).get("paths") or {}
    if not isinstance(paths, dict) or "get" not in (paths.get("/health") or {}):
        return None
    return OWN_HEALTH


class Fleet:
    """All runners of an engine, by app. All methods belong to the engine's event loop.

    Args:
        store: The state of the control plane.
        launcher: Prepares their processes.
        backoff: The delays after crashes.
    """

    def __init__(self, store: Store, launcher: Launcher, backoff: BackoffPolicy) -> None:
        self.backoff = backoff
        self.client = new_client()
        self.webhooks = Webhooks(store.queue, store.webhook_key)
        self.queue = RequestQueue(self, store.queue, self.webhooks)
        self.supervisors: dict[tuple[str, str], Supervisor] = {}
        self.rollouts: dict[tuple[str, str], Rollout] = {}
        self.aliases: dict[tuple[str, str], Alias] = {}
        self.watchers: dict[str, OnLog] = {}  # revision -> who follows its rollout
        self.background: set[asyncio.Task[Any]] = set()
        self._leaving: set[Supervisor] = set()  # of apps that are gone, until their runners have ended
        self._started: set[str] = set()  # ids of the runners alive that have been ready
        self._store = store
        self._launcher = launcher

    def spawn(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Run something in the background."""
        task = asyncio.create_task(work)
        self.background.add(task)
        task.add_done_callback(self.background.discard)
        return task

    def recording(self, request_id: str, alias: str, path: str, *, queued: bool = False) -> Recording:
        """Begin the record of a request."""
        return Recording(self._store.activity, request_id, alias, path, queued=queued)

    def ensure(self, key: tuple[str, str]) -> Supervisor:
        """Return the supervisor of an app, which may be new."""
        if key not in self.supervisors:
            self.supervisors[key] = Supervisor(*key, self)
            self.rollouts[key] = Rollout(self.supervisors[key])
        return self.supervisors[key]

    def supervisor(self, owner: str, alias: str) -> Supervisor:
        """Return the supervisor of an app.

        Raises:
            Unavailable: There is no such app.
        """
        try:
            return self.supervisors[owner, alias]
        except KeyError:
            raise Unavailable(f"app {owner}/{alias} not found", 404) from None

    def close_app(self, key: tuple[str, str], *, drain: float = 0) -> asyncio.Task[None]:
        """Begin to stop everything of an app, and forget it."""
        supervisor = self.supervisors.pop(key)
        supervisor.closed = True
        self.rollouts.pop(key).cancel()
        self.aliases.pop(key, None)
        self._leaving.add(supervisor)
        closing = self.spawn(supervisor.close(drain=drain))
        closing.add_done_callback(lambda _: self._leaving.discard(supervisor))
        return closing

    def everyone(self) -> list[Supervisor]:
        """Return the supervisors of the apps that exist, and of deleted ones while their runners end."""
        return [*self.supervisors.values(), *(one for one in self._leaving if not one.forgotten)]

    def retries(self, supervisor: Supervisor) -> dict[str, int]:
        """Return how often a request is tried again, by the condition that it ended in, as the revision says."""
        record = None if supervisor.serving is None else self._store.revision(supervisor.serving)
        if record is None:
            return {}
        config = {} if record.retry_config is None else checked_retries("retry_config", record.retry_config)
        return config | {condition.lower(): 0 for condition in record.skip_retry_conditions}

    def find(self, owner: str, runner_id: str) -> tuple[Supervisor, Runner]:
        """Return a live runner and its supervisor.

        Raises:
            Fault: There is none of this id.
        """
        for supervisor in self.everyone():
            if supervisor.owner == owner and runner_id in supervisor.runners:
                return supervisor, supervisor.runners[runner_id]
        raise not_found("runner", runner_id)

    def revision(self, revision_id: str) -> Revision:
        """Return a revision.

        Raises:
            EngineError: There is none of this id.
        """
        record = self._store.revision(revision_id)
        if record is None:
            raise EngineError(f"revision {revision_id} does not exist")
        return record

    def make_runner(self, supervisor: Supervisor, revision: str, delay: float) -> Runner:
        """Make a runner for a supervisor."""
        record = self.revision(revision)
        owner, alias = supervisor.owner, supervisor.alias

        async def prepare(runner: Runner) -> Prepared:
            def on_log(line: str, level: str, request_id: str | None = None) -> None:
                self.log(supervisor, runner, line, level, request_id=request_id)

            return await self._launcher.prepare(runner, owner, alias, record, on_log)

        grace = record.termination_grace_period_seconds
        # The settings of the alias are those of the revision that serves; a new one brings its own.
        new = supervisor.serving != revision
        live = None if new else self.aliases.get((owner, alias))
        scaled = () if live is None else live.scaling.get("machine_types", ())
        asked = record.machine.get("machine_types") or [record.machine.get("machine_type") or "XS"]
        return Runner(
            revision,
            str([*scaled, *asked][0]),
            Life(
                startup_timeout=Scaling.of(record.machine if new else {}, supervisor.scaling).startup_timeout,
                grace=_DEFAULT_GRACE if grace is None else grace,
                health=HealthCheck.of(record.health_check or _own_health(record)),
            ),
            prepare=prepare,
            client=self.client,
            on_change=supervisor.on_change,
            delay=delay,
        )

    def changed(self, supervisor: Supervisor, runner: Runner) -> None:
        """Keep a record of a runner's beginning and end, and of what happens in between."""
        if not supervisor.forgotten:
            self._note(supervisor, runner)
            if runner.state == "SETUP" or runner.ended_at is not None:
                self._store.save_runner(self.record(supervisor, runner))
            if runner.state == "IDLE":
                self._launcher.is_ready(runner)
            if runner.ended_at is not None and runner.returned:
                self.log(supervisor, runner, f"runner {runner.id} has ended by itself", "INFO", source="BRIDGE")
            elif runner.state == "DEAD":
                self.log(supervisor, runner, f"runner {runner.id} died: {runner.reason}", "ERROR", source="BRIDGE")
            elif runner.ended_at is not None and runner.reason:
                self.log(supervisor, runner, f"runner {runner.id} ended: {runner.reason}", "INFO", source="BRIDGE")
        if runner.ended_at is not None:
            self.spawn(asyncio.to_thread(self._launcher.remove_folder, runner.id))

    def _note(self, supervisor: Supervisor, runner: Runner) -> None:
        """Keep the event of a state that a runner has come to for the first time."""
        if runner.state == "IDLE":
            if runner.id in self._started:
                return
            self._started.add(runner.id)
            category = "runner_started"
        elif runner.returned:
            category = "runner_finished"
        elif runner.state == "DEAD":
            category = "runner_failed" if runner.id in self._started else "runner_startup_failure"
        elif runner.state in _EVENTS:
            category = _EVENTS[runner.state]
        else:
            return
        if runner.ended_at is not None:
            self._started.discard(runner.id)
        self._store.activity.note(
            supervisor.alias, category, job_id=runner.id, machine_type=runner.machine_type, state=runner.state,
            reason=runner.reason, new_application_id=runner.revision,
        )  # fmt: skip

    def log(
        self,
        supervisor: Supervisor,
        runner: Runner,
        line: str,
        level: str,
        *,
        source: str = "USER",
        request_id: str | None = None,
    ) -> None:
        """Store a line of a runner, and pass it to its followers."""
        if supervisor.forgotten:
            return
        moment = now()
        request_id, endpoint = runner.request_of(request_id)
        self._store.append_log(
            owner=supervisor.owner, app=supervisor.alias, revision=runner.revision, runner_id=runner.id,
            level=level, source=source, message=line, timestamp=moment, request_id=request_id, endpoint=endpoint,
        )  # fmt: skip
        if request_id is not None:
            self.queue.log(request_id, {"message": line, "level": level, "timestamp": moment.isoformat()})
        if runner.candidate and runner.revision in self.watchers:
            self.watchers[runner.revision](line, level)

    def record(self, supervisor: Supervisor, runner: Runner) -> RunnerRecord:
        """Return a runner as listings show it."""
        countdown = None
        if runner.expires_at is not None and runner.ended_at is None:
            countdown = max(0, round(runner.expires_at - asyncio.get_running_loop().time()))
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
            metadata={"reason": runner.reason} if runner.ended_at is not None and runner.reason else {},
        )

    def end_forgotten(self) -> None:
        """Note the end of the runners that a plane which died had alive."""
        for owner in {alias.owner for alias in self._store.all_aliases()}:
            for record in list(self._store.past_runners(owner)):
                if record.ended_at is None:
                    self._store.save_runner(replace(record, state="DEAD", ended_at=now(), in_flight=0))
