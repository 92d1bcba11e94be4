"""What can go wrong while building and running apps."""

from __future__ import annotations


class EngineError(Exception):
    """The root of what the engine raises on purpose; its text is meant for the user."""


class BuildError(EngineError):
    """An environment cannot be built."""


class RolloutError(EngineError):
    """A new revision did not become healthy; the one before it keeps serving."""


class RunError(EngineError):
    """A function could not be run to its end (its own exceptions are results, not this)."""


class Unavailable(EngineError):
    """No runner can take the request.

    Args:
        message: What to tell the caller.
        status: The HTTP status to answer with.
    """

    def __init__(self, message: str, status: int = 503) -> None:
        super().__init__(message)
        self.status = status
