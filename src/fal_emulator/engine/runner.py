"""One runner: the life of a process that serves a revision, as the control plane sees it."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import signal
import time
import uuid
from collections import deque
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from ..model.faults import Fault
from .errors import EngineError
from .health import HealthCheck, Unhealthy, port_open
from .runner_client import RunnerClient

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence
    from pathlib import Path

    import httpx

    from .http_messages import Outgoing
    from .process import RunnerProcess
    from .runner_client import Response

# The states of the wire; the last two are the end.
STARTING = frozenset({"FAILURE_DELAY", "PENDING", "SETUP"})
READY = frozenset({"IDLE", "RUNNING"})
LEAVING = frozenset({"DRAINING", "TERMINATING"})
ENDED = frozenset({"TERMINATED", "DEAD"})

_KILLED = (-signal.SIGKILL, 128 + signal.SIGKILL)  # the exit status of what was killed, and of a container's

_LATE = 1.0  # seconds in which a line may still be about the request that was answered last
_MOST_ANSWERED = 1000  # requests that lines of the runner may still be about
_DOUBT = 0.1  # seconds for the sockets of a process that ends to be closed
_FIRST_STEPS = 1.0  # seconds in which most of what fails at once has failed
_LAST_CHANCE = 1.0  # seconds for a process that takes no connections to be seen to have ended


@dataclass(frozen=True)
class Prepared:
    """All that a runner needs to start its process.

    Args:
        process: Its process.
        port: The port that it is told to serve on.
        own_server: The file that appears when the app is not one that can be told, and serves by itself.
        declared_port: The port that such an app named; None when it serves nothing.
        port_is_free: Whether nobody else listened on that port before.
        orders: What it is to do.
        variables: Its environment variables.
        files: The app's files, and where they go.
    """

    process: RunnerProcess
    port: int
    own_server: Path
    declared_port: int | None
    port_is_free: bool
    orders: Mapping[str, Any]
    variables: Mapping[str, str] = field(repr=False)  # holds secrets
    files: Sequence[tuple[Path, str]] = ()


@dataclass(frozen=True)
class Life:
    """How long the stages of a runner may last, in seconds, and its health check."""

    startup_timeout: float = 600
    grace: float = 5
    health: HealthCheck = field(default_factory=HealthCheck)


class Runner:
    """A runner, from its order to its end. All methods belong to the engine's event loop.

    Args:
        revision: The application id that it serves.
        machine_type: The machine type that was asked for; here every machine is this one.
        life: Its time limits.
        prepare: Finds the environment, code and secrets for it.
        client: The HTTP client for health checks.
        on_change: Called after each change of state.
        delay: Seconds to wait before it starts, after a crash.
    """

    def __init__(
        self,
        revision: str,
        machine_type: str,
        life: Life,
        *,
        prepare: Callable[[Runner], Awaitable[Prepared]],
        client: httpx.AsyncClient,
        on_change: Callable[[Runner], None],
        delay: float = 0,
    ) -> None:
        self.id = str(uuid.uuid4())
        self.revision = revision
        self.machine_type = machine_type
        self.life = life
        self.state = "FAILURE_DELAY" if delay else "PENDING"
        self.replacement = "NO_REPLACE"
        self.created_at = datetime.now(UTC)
        self.started_at: datetime | None = None
        self.ended_at: datetime | None = None
        self.http: RunnerClient | None = None
        self.port = 0
        self.in_flight = 0
        self.requests: dict[str, Outgoing] = {}  # those in flight, by their ids
        # Ids and endpoints of those that were answered last, and when the last one was.
        self._answered: deque[tuple[str, str]] = deque(maxlen=_MOST_ANSWERED)
        self._last_at = 0.0
        self.candidate = False  # of a rollout: takes no traffic yet
        self.expires_at: float | None = None  # in the time of the loop
        self.idle_since = 0.0
        self.ready_at: float | None = None
        self.reason: str | None = None  # why it ended, when it did not just do as it was asked
        self.returned = False  # its process ended by itself and without an error, as the app wanted
        self.permanent = False  # it failed in a way that another try does not mend
        self.process: RunnerProcess | None = None
        self.settled = asyncio.Event()  # ready, or ended
        self.ended = asyncio.Event()
        self.crashed = False
        self._prepare = prepare
        self._client = client
        self._on_change = on_change
        self._delay = delay
        self._leaving = False
        self._suspect = False
        self.doubtful = False  # it broke a connection off: nothing more is sent until it is known to live
        self.worn_out = False  # what it answered asks for another one in its place: nothing more is sent
        self._doubts: asyncio.Task[None] | None = None
        self._drained = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._prepared: Prepared

    def surroundings(self) -> tuple[Path, dict[str, str]]:
        """Return the folder that its app runs in, and the environment variables that it sees.

        Raises:
            Fault: Its process has not started yet.
        """
        if self.process is None or self.process.pid is None:
            raise Fault("FAILED_PRECONDITION", f"runner {self.id!r} has not started yet: try again later")
        return self.process.folder / "app", self.process.surroundings(self._prepared.variables)

    def begin(self) -> None:
        """Start its life."""
        self._task = asyncio.create_task(self._live(), name=f"runner {self.id}")

    @property
    def ready(self) -> bool:
        """Whether it can take requests."""
        return self.state in READY and not (self._suspect or self._leaving)

    def answered(self, request: Outgoing) -> None:
        """Note that a request is no longer in flight."""
        self.requests.pop(request.id, None)
        self._answered.append((request.id, request.endpoint))
        self._last_at = time.monotonic()

    async def drain_output(self) -> None:
        """Wait until all of its output up to now has been read."""
        if self.process is not None:
            await self.process.drain_output()

    def request_of(self, marked: str | None) -> tuple[str | None, str | None]:
        """Return the id and the endpoint of the request that a line is about, None for both when one cannot tell.

        Args:
            marked: The id that the runner has marked the line with. Apps that uvicorn serves mark their lines, except in
                threads that they started themselves; else a line is about the only request in flight, or the one that
                was answered just before.
        """
        if marked in self.requests:
            return marked, self.requests[marked].endpoint
        if marked is not None:
            return next((each for each in reversed(self._answered) if each[0] == marked), (None, None))
        if len(self.requests) == 1:
            (request,) = self.requests.values()
            return request.id, request.endpoint
        just_now = time.monotonic() - self._last_at < _LATE  # lines come from threads, too
        return self._answered[-1] if self._answered and just_now and not self.requests else (None, None)

    @property
    def starting(self) -> bool:
        """Whether it will be ready, if all goes well."""
        return self.state in STARTING and not self._leaving

    def take(self) -> None:
        """Count a request in."""
        self.in_flight += 1
        self.expires_at = None
        self._become("RUNNING")

    def give(self) -> None:
        """Count a request out."""
        self.in_flight -= 1
        if not self.in_flight:
            self.idle_since = asyncio.get_running_loop().time()
            self._drained.set()
            if self.state == "RUNNING":
                self._become("IDLE")

    async def send(self, request: Outgoing) -> Response:
        """Send a request, once it is ready; see `RunnerClient.send`. An answer may say that it is worn out."""
        assert self.http is not None
        headers = [*request.headers, (b"x-fal-runner-id", self.id.encode())]
        response = await self.http.send(replace(request, headers=headers))
        unavailable = response.status == HTTPStatus.SERVICE_UNAVAILABLE
        self.worn_out |= unavailable if response.stop_runner is None else response.stop_runner
        return response

    async def stop(self, *, drain: float) -> None:
        """End it gracefully, and wait for the end.

        Args:
            drain: Seconds that requests in flight may still take.
        """
        if not self._leaving and not self.ended.is_set():
            self._leaving = True
            if self.process is None and self._task is not None:
                self._task.cancel()
            else:
                await self._leave(drain)
        await self.ended.wait()

    def kill(self) -> None:
        """End it at once, as somebody asked for."""
        self._leaving = True
        self.reason = "killed"
        if self.process is not None and self.process.pid is not None:
            self.process.kill()
        elif self._task is not None:
            self._task.cancel()

    def fail(self, reason: str) -> None:
        """End it because it no longer works; this counts as a crash."""
        if not self._leaving and self.reason is None and self.process is not None:
            self.reason = reason
            self._suspect = True
            self.process.kill()

    def doubt(self) -> None:
        """Send it nothing until a check succeeds: it closed a connection, as a process does that ends."""
        if not self.doubtful:
            self.doubtful = True
            self._doubts = asyncio.create_task(self._settle_doubts())

    async def _settle_doubts(self) -> None:
        await asyncio.sleep(_DOUBT)
        if await port_open(self.port):
            self.doubtful = False
            self._on_change(self)
        else:
            self.suspect()

    def suspect(self) -> None:
        """Send it nothing more, as it takes no connections; most likely its end is about to be noticed."""
        if not self._suspect:
            self._suspect = True
            asyncio.get_running_loop().call_later(_LAST_CHANCE, self.fail, "it no longer takes connections")

    async def _leave(self, drain: float) -> None:
        assert self.process is not None
        self._become("DRAINING")
        if self.in_flight:
            self._drained.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(drain):
                    await self._drained.wait()
        self._become("TERMINATING")
        self.process.terminate()
        try:
            async with asyncio.timeout(self.life.grace):
                await self.ended.wait()
        except TimeoutError:
            self.process.kill()

    async def _live(self) -> None:
        try:
            await self._serve()
        except asyncio.CancelledError:
            pass  # before it had a process
        except (EngineError, ValueError, OSError) as error:
            self.reason = _explained(error)
            self.permanent = isinstance(error, EngineError)
        finally:
            if self.process is not None:
                self.process.kill()
            if self.http is not None:
                self.http.close()
            self.crashed = not self._leaving
            self.ended_at = datetime.now(UTC)
            self._become("DEAD" if self.crashed else "TERMINATED")
            self.ended.set()
            self.settled.set()

    async def _serve(self) -> None:
        if self._delay:
            await asyncio.sleep(self._delay)
            self._become("PENDING")
        prepared = await self._prepare(self)
        self.port = prepared.port
        self._prepared = prepared
        self.process = prepared.process
        self.started_at = datetime.now(UTC)
        self._become("SETUP")
        await self.process.start(prepared.orders, prepared.variables, prepared.files)
        end = asyncio.create_task(self.process.wait())
        health = asyncio.create_task(self._watch())
        try:
            await asyncio.wait({end, health}, return_when=asyncio.FIRST_COMPLETED)
            if not end.done():
                self.fail(await health or "unhealthy")
            status = await end
        finally:
            health.cancel()
            end.cancel()
        # Whoever found a fault may have been quicker to do so than the end of the process was to be noticed.
        if not self._leaving and (self.reason is None or status not in _KILLED):
            self.returned = status == 0
            self.reason = f"it ended with {_describe(status)}"

    async def _watch(self) -> str | None:
        """Follow the health of the process; return what is wrong when it must go."""
        check = self.life.health
        try:
            async with asyncio.timeout(self.life.startup_timeout):
                self.port = await check.wait_ready(self._open_port, self._client)
                self.http = RunnerClient(self.port)
        except TimeoutError:
            return f"it was not ready within the startup timeout of {self.life.startup_timeout:g} s"
        except Unhealthy as error:
            return f"it is not healthy: {error}"
        loop = asyncio.get_running_loop()
        self.ready_at = self.idle_since = loop.time()
        if not self._leaving:
            self._become("IDLE" if self.port else "RUNNING")
        self.in_flight += not self.port  # what serves nothing is at work until it ends
        self.settled.set()
        failures = 0
        while check.regularly and self.port:
            await asyncio.sleep(check.interval)
            if self.in_flight and not check.on_busy:
                continue
            fault = await check.check(self.port, self._client)
            failures = 0 if fault is None else failures + 1
            if failures >= check.threshold:
                return f"it is no longer healthy: {fault}"
        await self.ended.wait()
        return None

    async def _open_port(self) -> int | None:
        """Return the port that it serves on, 0 when it serves nothing, None when it is not there yet."""
        if await port_open(self.port):
            return self.port
        prepared = self._prepared
        if not prepared.own_server.exists():
            return None
        if prepared.declared_port is None:
            # It has nothing to show: what has not failed at once is at work.
            return 0 if time.time() - prepared.own_server.stat().st_mtime > _FIRST_STEPS else None
        return prepared.declared_port if prepared.port_is_free and await port_open(prepared.declared_port) else None

    def _become(self, state: str) -> None:
        # Once it leaves, it only goes forward.
        if self.state in ENDED or (self.state in LEAVING and state in READY):
            return
        self.state = state
        self._on_change(self)


def _explained(error: Exception) -> str:
    if isinstance(error, OSError) and error.errno in (errno.EMFILE, errno.ENFILE):
        return f"{error.strerror}: let more be open (ulimit -n), or fewer runners run (max_concurrency)"
    return str(error)


def _describe(status: int) -> str:
    if status >= 0:
        return f"status {status}"
    try:
        return f"signal {signal.Signals(-status).name}"
    except ValueError:
        return f"signal {-status}"
