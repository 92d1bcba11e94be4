"""Requests that are queued now and answered later. They are kept in memory: a restart of the plane forgets them."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections import Counter, deque
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol

from ..model import limits
from ..model.faults import Fault, error_response, refused
from .errors import TookTooLong, Unavailable
from .http_messages import passed_on

if TYPE_CHECKING:
    from ..server.asgi import Headers
    from .http_messages import Outgoing
    from .recording import Recording
    from .runner import Runner
    from .runner_client import Response
    from .supervisor import Supervisor

_MOST_LOG_LINES = 1000


class Dispatcher(Protocol):
    """What the queue needs from the engine."""

    def recording(self, request_id: str, alias: str, path: str, *, queued: bool = False) -> Recording:
        """Begin the record of a request."""
        ...

    def supervisor(self, owner: str, alias: str) -> Supervisor:
        """Return who keeps the runners of an app."""
        ...


@dataclass(eq=False)
class QueuedRequest:
    """One request and, later, its response."""

    owner: str
    alias: str
    caller: str | None
    request: Outgoing = field(repr=False)
    recording: Recording | None = field(default=None, repr=False)
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    state: str = "IN_QUEUE"  # IN_PROGRESS, COMPLETED
    status: int | None = None
    headers: Headers = field(default_factory=list, repr=False)
    content: bytes = field(default=b"", repr=False)
    error: str | None = None
    started: float = 0
    seconds: float | None = None
    runner: str | None = None
    logs: list[dict[str, Any]] = field(default_factory=list, repr=False)
    task: asyncio.Task[None] | None = field(default=None, repr=False)


class RequestQueue:
    """All queued requests. All methods belong to the engine's event loop."""

    def __init__(self, dispatcher: Dispatcher) -> None:
        self._dispatcher = dispatcher
        self._requests: dict[str, QueuedRequest] = {}
        self._completed: deque[QueuedRequest] = deque()  # the oldest first
        self._kept = 0  # bytes of their answers
        self.held = 0  # bytes of the requests that are not completed

    def submit(self, owner: str, alias: str, caller: str | None, request: Outgoing) -> QueuedRequest:
        """Queue a request.

        Raises:
            Unavailable: The queue is full.
        """
        waiting = sum(found.state == "IN_QUEUE" for found in self._requests.values())
        if waiting >= limits.MOST_QUEUED:
            raise Unavailable(f"{waiting} requests are queued already: try again later", 429)
        queued = QueuedRequest(owner, alias, caller, request)
        path = request.target.partition(b"?")[0].decode("latin-1")
        queued.recording = self._dispatcher.recording(queued.id, alias, path, queued=True)
        self._requests[queued.id] = queued
        self.held += _size(request)
        queued.task = asyncio.create_task(self._carry(queued), name=f"queued request {queued.id}")
        return queued

    def find(self, owner: str, alias: str, request_id: str) -> QueuedRequest | None:
        """Return a request of an app."""
        found = self._requests.get(request_id)
        return found if found is not None and (found.owner, found.alias) == (owner, alias) else None

    def get(self, request_id: str) -> QueuedRequest | None:
        """Return a request of whatever app."""
        return self._requests.get(request_id)

    def position(self, queued: QueuedRequest) -> int | None:
        """Return how many requests of the app are before one, None when it does not wait."""
        if queued.state != "IN_QUEUE":
            return None
        return self._waiting(queued.owner, queued.alias).index(queued)

    def status(self, queued: QueuedRequest, *, logs: bool) -> dict[str, Any]:
        """Say where a request stands, in the words of the wire."""
        answer: dict[str, Any] = {"status": queued.state}
        if queued.state == "IN_QUEUE":
            answer["queue_position"] = self.position(queued)
            return answer
        answer["logs"] = list(queued.logs) if logs else None
        if queued.state == "COMPLETED":
            answer["metrics"] = {} if queued.seconds is None else {"inference_time": queued.seconds}
            if queued.error is not None:
                answer["error"] = queued.error
        return answer

    def cancel(self, queued: QueuedRequest) -> bool:
        """End a request that is not completed yet; return whether there was something to end."""
        if queued.state == "COMPLETED" or queued.task is None:
            return False
        queued.task.cancel()
        self._complete(queued, refused(499, "Request was cancelled"))
        return True

    def size(self, owner: str, alias: str) -> dict[str, Any]:
        """Count the requests of an app, in the words of the wire."""
        waiting = self._waiting(owner, alias)
        active = sum(q.state == "IN_PROGRESS" and (q.owner, q.alias) == (owner, alias) for q in self._requests.values())
        return {
            "queue_size": len(waiting),
            "in_progress": active,
            "by_user": dict(Counter(q.caller or "anonymous" for q in waiting)),
        }

    def flush(self, owner: str, alias: str, caller: str | None = None) -> int:
        """Cancel all that wait for an app, of one caller or of all; return how many."""
        gone = [q for q in self._waiting(owner, alias) if caller is None or q.caller == caller]
        return sum(self.cancel(queued) for queued in gone)

    def log(self, runner: Runner, line: dict[str, Any]) -> None:
        """Note a line of a runner for the requests that it works on."""
        for queued in self._requests.values():
            if queued.state == "IN_PROGRESS" and queued.runner == runner.id and len(queued.logs) < _MOST_LOG_LINES:
                queued.logs.append(line)

    def close(self) -> None:
        """Give up all that is not completed."""
        for queued in list(self._requests.values()):
            self.cancel(queued)

    async def _carry(self, queued: QueuedRequest) -> None:
        try:
            supervisor = self._dispatcher.supervisor(queued.owner, queued.alias)
            async with asyncio.timeout(None) as deadline:

                async def connect(runner: Runner) -> Response:
                    queued.state, queued.runner, queued.started = "IN_PROGRESS", runner.id, time.monotonic()
                    if queued.recording is not None:
                        queued.recording.taken_by(runner)
                    return await runner.send(queued.request)

                async with supervisor.connected(connect, queued.request, deadline=deadline, patient=True) as response:
                    try:
                        content = await response.read(limits.LARGEST_RESULT)
                    finally:
                        response.close()
        except Fault as fault:
            self._complete(queued, fault)
        except TimeoutError:
            self._complete(queued, TookTooLong())
        else:
            kept = passed_on(response.headers, drop=[b"content-length", b"date", b"server"])
            queued.headers = [(name.lower(), value) for name, value in kept]
            queued.status, queued.content = response.status, content
            if not 200 <= response.status < 300:
                queued.error = f"the app answered {response.status}"
            self._end(queued)

    def _complete(self, queued: QueuedRequest, fault: Fault) -> None:
        queued.status, queued.error = fault.status, str(fault)
        headers, queued.content = error_response(fault.detail)
        queued.headers = [header for header in headers if header[0] != b"content-length"]
        self._end(queued)

    def _end(self, queued: QueuedRequest) -> None:
        queued.state = "COMPLETED"
        if queued.recording is not None:
            queued.recording.end(queued.status, queued.error)
        self.held -= _size(queued.request)
        queued.request = replace(queued.request, body=None)  # nobody asks for it again
        if queued.started:
            queued.seconds = time.monotonic() - queued.started
        self._completed.append(queued)
        self._kept += len(queued.content)
        while len(self._completed) > limits.MOST_RESULTS or self._kept > limits.MOST_RESULT_BYTES:
            old = self._completed.popleft()
            self._kept -= len(old.content)
            del self._requests[old.id]

    def _waiting(self, owner: str, alias: str) -> list[QueuedRequest]:
        return [q for q in self._requests.values() if q.state == "IN_QUEUE" and (q.owner, q.alias) == (owner, alias)]


def _size(request: Outgoing) -> int:
    return len(request.body) if isinstance(request.body, bytes) else 0
