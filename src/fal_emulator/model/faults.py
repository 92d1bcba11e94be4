"""What a caller did wrong, or asked for in vain: one exception for both wires."""

from __future__ import annotations

import logging
import traceback
from typing import Literal

_log = logging.getLogger("fal_emulator")

Code = Literal[
    "INVALID_ARGUMENT",
    "UNAUTHENTICATED",
    "PERMISSION_DENIED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "FAILED_PRECONDITION",
    "UNIMPLEMENTED",
    "ABORTED",
    "UNAVAILABLE",
]

HTTP_STATUS: dict[Code, int] = {
    "INVALID_ARGUMENT": 422,
    "UNAUTHENTICATED": 401,
    "PERMISSION_DENIED": 403,
    "NOT_FOUND": 404,
    "ALREADY_EXISTS": 409,
    "FAILED_PRECONDITION": 409,
    "UNIMPLEMENTED": 501,
    "ABORTED": 409,
    "UNAVAILABLE": 503,
}


class Fault(Exception):
    """An answer that is not the one hoped for.

    Args:
        code: The name of the gRPC status.
        message: For the caller to read: what is wrong, and with which field.
    """

    def __init__(self, code: Code, message: str) -> None:
        super().__init__(message)
        self.code: Code = code


def failure(error: Exception) -> str:
    """Return what a caller is told of an error that nobody foresaw: not its text, which might hold anything."""
    return f"the local control plane failed with {type(error).__name__}; its log says where"


def report(error: Exception) -> None:
    """Log where an error came about that nobody foresaw: the lines of code, and not its text."""
    _log.error("%s at\n%s", type(error).__name__, "".join(traceback.format_tb(error.__traceback__)))


def invalid(field: str, fault: str) -> Fault:
    """Return the fault of a bad value, naming its field."""
    return Fault("INVALID_ARGUMENT", f"{field}: {fault}")


def not_found(what: str, name: str) -> Fault:
    """Return the fault of something that does not exist."""
    return Fault("NOT_FOUND", f"{what} {name!r} not found")
