"""One call from its first attempt to its end, without input or output: its id, its schedule, and its observers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal, Protocol

from fal._core.log import logger
from fal._core.retry import Attempt, Failure, Sleep, schedule
from fal.exceptions import ConnectionFailed, DeadlineExceeded, FalServerlessException, Unavailable

if TYPE_CHECKING:
    from fal._core.retry import Schedule
    from fal._gen.method import Policy

_DEBUG = 10
_UNKNOWN_FATE = "It may have been carried out anyway: check before you send it again."


@dataclass(frozen=True, slots=True)
class CallEvent:
    """An event of a call. It never holds a request, a response, or a secret.

    Attributes:
        kind: "request" before each attempt, "retry" after one that another follows, and once at the end "response" or "error".
        method: The RPC or REST operation.
        wire: "grpc" or "http".
        request_id: The id that the call is sent with.
        attempt: The number of the attempt, from 1.
        code: How the attempt ended: a gRPC status name, an HTTP status as text, or what went wrong here; "CANCELLED" of a stream
            whose reader closed it before its end; None for a "request".
        elapsed: Seconds since the call began.
        pause: Seconds until the next attempt, of a "retry".
        error: The name of the exception, of a "retry" and an "error".
    """

    kind: Literal["request", "response", "retry", "error"]
    method: str
    wire: Literal["grpc", "http"]
    request_id: str
    attempt: int
    code: str | None
    elapsed: float
    pause: float | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """Where a call goes.

    Attributes:
        method: The RPC or REST operation.
        wire: "grpc" or "http".
        verb: The full name of the RPC, or the method of the HTTP request.
        host: The host of the server.
        port: Its port.
    """

    method: str
    wire: Literal["grpc", "http"]
    verb: str
    host: str
    port: int


class Watch(Protocol):
    """An observer of one call. Its methods must be quick, and must not raise."""

    def headers(self) -> Sequence[tuple[str, str]]:
        """Return what is sent along with the next attempt."""
        ...

    def opened(self) -> None:
        """Learn that a stream is open: from now on, the code of its reader runs between its items."""
        ...

    def notify(self, event: CallEvent) -> None: ...


class Watcher(Protocol):
    """An observer of calls.

    Attributes:
        ended: Whether it was removed, from the client and from all that were derived from it.
    """

    ended: bool

    def begin(self, target: Target, request_id: str) -> Watch:
        """Return the observer of one call. It must be quick, and must not raise."""
        ...


class Record:
    """What is kept of the answers of one call to the SDK, beside their content.

    Attributes:
        calls: What each RPC or REST request of it ended with.
    """

    def __init__(self) -> None:
        self.calls: list[CallInfo] = []

    def answered(
        self, call: Call, status: str | int, headers: Mapping[str, str] | Iterable[tuple[str, str | bytes]]
    ) -> None:
        """Keep how a call ended, with the headers or the metadata of its answer."""
        pairs: Iterable[tuple[Any, Any]] = headers.items() if isinstance(headers, Mapping) else headers
        kept: dict[str, str] = {str(name): value for name, value in pairs if isinstance(value, str)}
        elapsed = timedelta(seconds=call.elapsed)
        self.calls.append(CallInfo(call.name, status, kept, call.request_id, call.number, elapsed))


@dataclass(frozen=True, slots=True)
class CallInfo:
    """How one RPC or REST request ended.

    Attributes:
        method: The RPC or REST operation.
        status: "OK" of an RPC, the HTTP status of a REST request.
        headers: The headers of the response; for an RPC, its initial and trailing metadata.
        request_id: The id that it was sent with.
        attempts: How often it was sent.
        elapsed: How long it took, all attempts and pauses included.
    """

    method: str
    status: str | int
    headers: Mapping[str, str]
    request_id: str
    attempts: int
    elapsed: timedelta


class Call:
    """One call in progress. The driver executes the steps that `step` returns, and reports the outcome of each."""

    __slots__ = (
        "_attempt_began",
        "_began",
        "_clock",
        "_idempotent",
        "_plan",
        "_shown",
        "_watches",
        "_wire",
        "name",
        "number",
        "request_id",
        "step",
    )

    def __init__(
        self,
        name: str,
        wire: Literal["grpc", "http"],
        policy: Policy,
        request_id: str,
        *,
        timeout: float | None,
        max_retries: int | None,
        clock: Callable[[], float],
        shown: Callable[[FalServerlessException], FalServerlessException],
        watches: Sequence[Watch] = (),
    ) -> None:
        self.name = name
        self._wire: Literal["grpc", "http"] = wire
        self._idempotent = policy.idempotent
        self._clock = clock
        self._shown = shown
        self.request_id = request_id
        self._watches = watches
        self._plan: Schedule = schedule(policy, clock=clock, timeout=timeout, max_retries=max_retries)
        self._began = self._attempt_began = clock()
        self.number = 0
        self.step: Attempt | Sleep = next(self._plan)
        self._start_attempt()

    @property
    def elapsed(self) -> float:
        """Seconds since the call began."""
        return self._clock() - self._began

    def time_left(self) -> float | None:
        """Return what the attempt has left, in seconds, after its credentials and team were found out."""
        limit = self.step.timeout if isinstance(self.step, Attempt) else None
        return None if limit is None else max(0.0, limit - (self._clock() - self._attempt_began))

    def headers(self) -> list[tuple[str, str]]:
        """Return the headers that the observers add."""
        return [pair for watch in self._watches for pair in watch.headers()]

    def opened(self) -> None:
        """Tell the observers that a stream is open."""
        for watch in self._watches:
            watch.opened()

    def resume(self) -> None:
        """Go on after a pause.

        Raises:
            FalServerlessException: It took longer than there is time.
        """
        try:
            self.step = next(self._plan)
        except FalServerlessException as error:
            raise self._conclude(error, None).with_traceback(None) from None
        self._start_attempt()

    def succeeded(self, code: str) -> None:
        """End the call with success."""
        self._log(code)
        if self._watches:
            self._notify("response", code)

    def failed(self, failure: Failure) -> None:
        """Advance to the step after a failed attempt.

        Raises:
            FalServerlessException: Nothing does.
        """
        self._log(failure.status)
        try:
            self.step = self._plan.send(failure)
        except FalServerlessException as error:
            if failure.sent and not self._idempotent:
                _mark_uncertain(error)
            # The frames of the schedule are of no use to anybody.
            raise self._conclude(error, failure.status).with_traceback(None) from None
        if self._watches:
            pause = self.step.seconds if isinstance(self.step, Sleep) else 0.0
            self._notify("retry", failure.status, pause=pause, error=type(failure.error).__name__)

    def reject(self, error: FalServerlessException) -> FalServerlessException:
        """Return the error for an unusable response."""
        error.method = error.method or self.name
        error.request_id = error.request_id or self.request_id
        error.attempts = error.attempts or self.number
        return self._conclude(error, error.code)

    def abort(self, error: FalServerlessException) -> FalServerlessException:
        """Return the error of a call that was not sent: of its arguments, its credentials, or its client."""
        error.method = error.method or self.name
        if self._watches:
            self._notify("error", error.code, error=type(error).__name__)
        return error

    def abandon(self) -> None:
        """End a call whose caller is gone."""
        if self._watches:
            self._notify("error", "CANCELLED", error="Cancelled")

    def _start_attempt(self) -> None:
        if isinstance(self.step, Attempt):
            self.number = self.step.number
            self._attempt_began = self._clock()
            if self._watches:
                self._notify("request", None)

    def _conclude(self, error: FalServerlessException, code: str | None) -> FalServerlessException:
        if self._watches:
            self._notify("error", code or error.code, error=type(error).__name__)
        return self._shown(error)

    def _notify(
        self,
        kind: Literal["request", "response", "retry", "error"],
        code: str | None,
        *,
        pause: float | None = None,
        error: str | None = None,
    ) -> None:
        event = CallEvent(
            kind, self.name, self._wire, self.request_id, self.number, code, self.elapsed, pause=pause, error=error
        )
        for watch in self._watches:
            watch.notify(event)

    def _log(self, status: str) -> None:
        if logger.isEnabledFor(_DEBUG):
            took = (self._clock() - self._attempt_began) * 1000
            logger.debug(
                "%s %s: attempt %d, %s, %.1f ms",
                self.name,
                self.request_id,
                self.number,
                status,
                took,
                extra={
                    "fal_method": self.name,
                    "fal_wire": self._wire,
                    "fal_request_id": self.request_id,
                    "fal_attempt": self.number,
                    "fal_code": status,
                    "fal_elapsed_ms": round(took, 1),
                },
            )


def _mark_uncertain(error: FalServerlessException) -> None:
    """Add to the error of a write that it may have been carried out."""
    if isinstance(error, Unavailable | DeadlineExceeded) and not isinstance(error, ConnectionFailed):
        more_time = f"{error.hint} " if error.hint and isinstance(error, DeadlineExceeded) else ""
        error.hint = more_time + _UNKNOWN_FATE
        error.retryable = False
