"""Calls that are queued now and answered later."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import time
from collections import Counter, deque
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Protocol

from fal.app.checks import RETRY_CONDITIONS

from ..model import limits
from ..model.checks import checked_retries
from ..model.faults import Fault, fault_response, refused
from ..model.records import QueueEntry
from ..state.queue_store import until_stored
from .errors import RunnerGone, TookTooLong, Unavailable
from .http_messages import Outgoing, passed_on

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..server.asgi import Headers
    from ..state.queue_store import QueueStore
    from .recording import Recording
    from .runner import Runner
    from .runner_client import Response
    from .supervisor import Supervisor
    from .webhooks import Webhooks

RETRY_CONFIG = "x-fal-retry-config"
_MOST_LOG_LINES = 1000
_CREDENTIALS = frozenset({"authorization", "cookie", "x-api-key"})
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 4.0  # seconds before a request is tried again
_LONGEST_CANCEL = 30.0  # seconds that an app may take to hear of a cancellation
_MOST_ATTEMPTS = 10
_RETRIES = dict.fromkeys(RETRY_CONDITIONS, _MOST_ATTEMPTS - 1)  # unless the app or its caller says otherwise


class Dispatcher(Protocol):
    """What the queue needs from the engine."""

    def recording(self, request_id: str, alias: str, path: str, *, queued: bool = False) -> Recording:
        """Begin the record of a request."""
        ...

    def supervisor(self, owner: str, alias: str) -> Supervisor:
        """Return the supervisor of an app."""
        ...

    def retries(self, supervisor: Supervisor) -> Mapping[str, int]:
        """Return how often a request is tried again, by the condition that it ended in."""
        ...


@dataclass(eq=False)
class QueuedRequest(QueueEntry):
    """A queue entry while this process lives."""

    recording: Recording | None = field(default=None, repr=False)
    credentials: list[tuple[str, str]] = field(default_factory=list, repr=False)  # never on disk
    started: float = 0
    runner: str | None = None
    worker: Runner | None = field(default=None, repr=False)
    task: asyncio.Task[None] | None = field(default=None, repr=False)


class RequestQueue:
    """All queued requests. All methods belong to the engine's event loop.

    Args:
        dispatcher: Finds runners.
        store: Keeps requests and answers.
        webhooks: Delivers answers.
    """

    def __init__(self, dispatcher: Dispatcher, store: QueueStore, webhooks: Webhooks) -> None:
        self._dispatcher = dispatcher
        self._store = store
        self._webhooks = webhooks
        self._requests: dict[str, QueuedRequest] = {}
        self._completed: deque[QueuedRequest] = deque()  # the oldest first
        self._kept = 0  # bytes of their answers
        self._closed = False
        self._telling: set[asyncio.Task[None]] = set()
        self.held = 0  # bytes of the requests that are not completed

    def restore(self) -> None:
        """Take up what an earlier process left: answers stay, and what was not answered is tried (again)."""
        for entry in self._store.entries():
            queued = QueuedRequest(**{each.name: getattr(entry, each.name) for each in fields(QueueEntry)})
            self._requests[queued.id] = queued
            if queued.state == "COMPLETED":
                self._keep(queued)
                self._webhooks.deliver_later(queued)
            else:
                queued.state = "IN_QUEUE"
                self._begin(queued)

    def submit(self, entry: QueueEntry, body: bytes | None) -> QueuedRequest:
        """Queue a request; when this returns, it survives the death of this process.

        What headers hold of credentials for the app itself is not written down: a request that is taken up by another
        process goes without them.

        Raises:
            Unavailable: The queue is full.
        """
        waiting = sum(other.state == "IN_QUEUE" for other in self._requests.values())
        if waiting >= limits.MOST_QUEUED:
            raise Unavailable(f"{waiting} requests are queued already: try again later", 429)
        queued = QueuedRequest(**{each.name: getattr(entry, each.name) for each in fields(QueueEntry)})
        queued.credentials = [header for header in queued.headers if header[0].lower() in _CREDENTIALS]
        queued.headers = [header for header in queued.headers if header[0].lower() not in _CREDENTIALS]
        self._store.add(queued, body)
        self._requests[queued.id] = queued
        self._begin(queued)
        return queued

    def find(self, owner: str, alias: str, request_id: str) -> QueuedRequest | None:
        """Return a request of an app."""
        queued = self._requests.get(request_id)
        return queued if queued is not None and (queued.owner, queued.alias) == (owner, alias) else None

    def get(self, request_id: str) -> QueuedRequest | None:
        """Return a request of whatever app."""
        return self._requests.get(request_id)

    def content(self, queued: QueuedRequest) -> bytes:
        """Return the answer to a request."""
        return self._store.content(queued.id)

    def position(self, queued: QueuedRequest) -> int | None:
        """Return how many requests of the app are before one, None when it does not wait."""
        if queued.state != "IN_QUEUE":
            return None
        return self._waiting(queued.owner, queued.alias).index(queued)

    def status(self, queued: QueuedRequest, *, logs: bool) -> dict[str, Any]:
        """Return the status of a request, by the names of the wire."""
        answer: dict[str, Any] = {"status": queued.state}
        if queued.state == "IN_QUEUE":
            answer["queue_position"] = self.position(queued)
            return answer
        answer["logs"] = list(queued.logs) if logs else None
        if queued.state == "COMPLETED":
            answer["metrics"] = {} if queued.seconds is None else {"inference_time": queued.seconds}
            if queued.error is not None:
                answer["error"] = queued.error
            if (error_type := dict(queued.answer_headers).get("x-fal-error-type")) is not None:
                answer["error_type"] = error_type
        return answer

    def cancel(self, queued: QueuedRequest) -> bool:
        """End a request that is not completed yet; return whether there was something to end."""
        if queued.state == "COMPLETED" or queued.task is None:
            return False
        if queued.state == "IN_PROGRESS" and queued.worker is not None:
            notifying = asyncio.create_task(
                self._notify_app(queued, queued.worker), name=f"cancellation of {queued.id}"
            )
            self._telling.add(notifying)
            notifying.add_done_callback(self._telling.discard)
        self._refuse(queued, refused(499, "Request was cancelled", "client_cancelled"))
        queued.task.cancel()
        return True

    async def _notify_app(self, queued: QueuedRequest, runner: Runner) -> None:
        """Ask the app to stop working on a request, at the endpoint that it may have for that."""
        path = queued.target.partition("?")[0].rstrip("/")
        request = Outgoing(
            id=queued.id,
            method="POST",
            target=f"{path}/cancel".encode("latin-1"),
            headers=_bytes(queued.headers),
            body=b"",
        )
        with contextlib.suppress(Fault, OSError, TimeoutError):
            async with asyncio.timeout(_LONGEST_CANCEL):
                (await runner.send(request)).close()

    def size(self, owner: str, alias: str) -> dict[str, Any]:
        """Count the requests of an app, by the names of the wire."""
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

    def log(self, request_id: str, line: dict[str, Any]) -> None:
        """Note a line that a runner has said about a request, if that is a queued one."""
        queued = self._requests.get(request_id)
        if queued is not None and len(queued.logs) < _MOST_LOG_LINES:
            queued.logs.append(line)

    def clear(self) -> None:
        """Forget all requests and answers."""
        for queued in self._requests.values():
            if queued.task is not None:
                queued.task.cancel()
        self._requests.clear()
        self._completed.clear()
        self._kept = self.held = 0
        self._store.clear()

    def close(self) -> None:
        """Stop working on requests; what is not answered is taken up by the next process."""
        self._closed = True
        for queued in self._requests.values():
            if queued.task is not None:
                queued.task.cancel()

    # inside

    def _begin(self, queued: QueuedRequest) -> None:
        path = queued.target.partition("?")[0]
        queued.recording = self._dispatcher.recording(queued.id, queued.alias, path, queued=True)
        self.held += queued.size
        queued.task = asyncio.create_task(self._carry(queued), name=f"queued request {queued.id}")

    async def _carry(self, queued: QueuedRequest) -> None:
        """Try a request until it is answered, or has failed as often as its app or its caller allows."""
        failures: Counter[str] = Counter()
        while True:
            fault = condition = again = None
            response: tuple[int, Headers, bytes] | None = None
            try:
                response, again = await self._attempt(queued)
                condition = _condition(response[0])
            except Fault as error:
                fault, condition = error, "connection_error" if isinstance(error, RunnerGone) else None
            except TimeoutError:
                fault, condition = TookTooLong(), "timeout"
            except sqlite3.OperationalError:  # before a runner got it, whose place is free again for other calls
                queued.state = "IN_QUEUE"
                await until_stored(lambda: self._store.save(queued))
                continue
            if again is None:
                again = condition is not None and failures[condition] < self._retries(queued).get(condition, 0)
            if not again or failures.total() + 1 >= _MOST_ATTEMPTS or _said(queued, "x-fal-no-retry") in ("1", "true"):
                break
            failures[condition or ""] += 1
            queued.state = "IN_QUEUE"
            await until_stored(lambda: self._store.save(queued))
            await asyncio.sleep(min(_FIRST_PAUSE * 2.0 ** (failures.total() - 1), _LONGEST_PAUSE))
        if fault is not None:
            await until_stored(lambda: self._refuse(queued, fault))
        elif response is not None:
            status, headers, content = response
            error_text = None if 200 <= status < 300 else f"Invalid status code: {status}"
            await until_stored(lambda: self._answer(queued, status, headers, content, error_text))

    async def _attempt(self, queued: QueuedRequest) -> tuple[tuple[int, Headers, bytes], bool | None]:
        """Return the answer of an app, and whether it says that the request is to be tried again or not."""
        supervisor = self._dispatcher.supervisor(queued.owner, queued.alias)
        request = Outgoing(
            id=queued.id,
            method=queued.method,
            target=queued.target.encode("latin-1"),
            headers=_bytes([*queued.headers, *queued.credentials]),
            body=self._store.body(queued.id) if queued.size else None,
        )

        async def connect(runner: Runner) -> Response:
            queued.state, queued.runner, queued.started = "IN_PROGRESS", runner.id, time.monotonic()
            queued.worker = runner
            queued.attempts += 1
            self._store.save(queued)
            if queued.recording is not None:
                queued.recording.taken_by(runner)
            try:
                return await runner.send(request)
            except RunnerGone:
                await runner.drain_output()
                raise

        within = None if queued.expires_at is None else max(0.0, queued.expires_at - time.time())
        rank = 2 if queued.low_priority else 1
        async with asyncio.timeout(None) as deadline:
            async with supervisor.connected(connect, request, deadline=deadline, rank=rank, within=within) as response:
                try:
                    content = await response.read(limits.LARGEST_RESULT)
                finally:
                    response.close()
                # What the app has said about it belongs to its status.
                if queued.worker is not None:
                    await queued.worker.drain_output()
        heard = response.status >= 500 or response.status == 429
        return (response.status, response.headers, content), response.needs_retry if heard else None

    def _retries(self, queued: QueuedRequest) -> Mapping[str, int]:
        try:
            own = self._dispatcher.retries(self._dispatcher.supervisor(queued.owner, queued.alias))
        except Fault:
            return {}  # the app is gone
        asked = _said(queued, RETRY_CONFIG) if queued.caller == queued.owner else None
        return {**_RETRIES, **own, **({} if asked is None else checked_retries(RETRY_CONFIG, asked))}

    def _refuse(self, queued: QueuedRequest, fault: Fault) -> None:
        headers, content = fault_response(fault)
        self._answer(queued, fault.status, headers, content, str(fault))

    def _answer(self, queued: QueuedRequest, status: int, headers: Headers, content: bytes, error: str | None) -> None:
        if self._closed or queued.state == "COMPLETED":
            return
        kept = passed_on(headers, drop=[b"content-length", b"date", b"server"])
        queued.answer_headers = [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in kept]
        before = queued.state
        queued.state, queued.status, queued.error = "COMPLETED", status, error
        queued.answer_size = len(content)
        if queued.started:
            queued.seconds = time.monotonic() - queued.started
        if queued.webhook is not None:
            queued.deliver_at = time.time()
        try:
            self._store.complete(queued, content)
        except sqlite3.OperationalError:
            queued.state = before  # who asks must not be told what would not outlive this process
            raise
        if queued.recording is not None:
            queued.recording.end(status, error)
        self.held -= queued.size
        self._webhooks.deliver_later(queued)
        self._keep(queued)

    def _keep(self, queued: QueuedRequest) -> None:
        """Keep an answer, and forget the oldest ones beyond the limits."""
        self._completed.append(queued)
        self._kept += queued.answer_size
        forgotten = []
        while len(self._completed) > limits.MOST_RESULTS or self._kept > limits.MOST_RESULT_BYTES:
            old = self._completed.popleft()
            self._kept -= old.answer_size
            del self._requests[old.id]
            forgotten.append(old.id)
        if forgotten:
            with contextlib.suppress(sqlite3.OperationalError):  # a full disk; the next process forgets them
                self._store.forget(*forgotten)

    def _waiting(self, owner: str, alias: str) -> list[QueuedRequest]:
        waiting = [q for q in self._requests.values() if q.state == "IN_QUEUE" and (q.owner, q.alias) == (owner, alias)]
        return sorted(waiting, key=lambda queued: queued.low_priority)


def _condition(status: int) -> str | None:
    """Return the condition, as the settings of an app name it, that an answer is."""
    return "server_error" if status in (503, 504) else None


def _said(queued: QueuedRequest, name: str) -> str | None:
    """Return a header of the caller's."""
    return next((value.strip().lower() for each, value in queued.headers if each.lower() == name), None)


def _bytes(headers: list[tuple[str, str]]) -> Headers:
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
