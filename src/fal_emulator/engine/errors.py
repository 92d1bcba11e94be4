"""What can go wrong while building, running and reaching apps."""

from __future__ import annotations

from ..model.faults import Fault, refused


class EngineError(Fault):
    """What was asked for cannot run here, or did not."""

    def __init__(self, message: str) -> None:
        super().__init__("FAILED_PRECONDITION", message)


class BuildError(EngineError):
    """An environment cannot be built."""


class RolloutError(EngineError):
    """A new revision did not become healthy; the one before it keeps serving."""


class RunError(EngineError):
    """A function could not be run to its end (its own exceptions are results, not this)."""


class Unavailable(Fault):
    """No runner can take the request.

    Args:
        message: What to tell the caller.
        status: The HTTP status to answer with.
    """

    def __init__(self, message: str, status: int = 503) -> None:
        super().__init__(refused(status, message).code, message, status=status)
        self.error_type = {503: "runner_scheduling_failure", 504: "startup_timeout"}.get(status)


class RunnerGone(Fault):
    """The runner went away while it had a request.

    Args:
        how: How that showed.
    """

    error_type = "runner_disconnected"

    def __init__(self, how: str) -> None:
        super().__init__("UNAVAILABLE", f"the runner stopped while it handled the request ({how})")


class RunnerUnreachable(RunnerGone):
    """The runner takes no connections: the request did not reach the app, and may go elsewhere."""

    error_type = "runner_connection_refused"


class BadAnswer(Fault):
    """An app's answer cannot be passed on, or kept."""

    error_type = "runner_incomplete_response"

    def __init__(self, message: str) -> None:
        super().__init__("INTERNAL", message, status=502)


class HandshakeRefused(Fault):
    """The app does not accept a websocket, and says so with an HTTP status."""

    def __init__(self, status: int) -> None:
        message = f"the app refused the websocket with status {status}"
        super().__init__(refused(status, message).code, message, status=status)


class TookTooLong(Fault):
    """The app's request timeout is over."""

    error_type = "request_timeout"

    def __init__(self) -> None:
        super().__init__("UNAVAILABLE", "the request took longer than the request timeout of the app", status=504)
