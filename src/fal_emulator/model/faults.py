"""Faults: one exception for both wires, one JSON body for HTTP."""

from __future__ import annotations

import errno
import json
import logging
import sqlite3
import traceback
from typing import Any, Literal

_log = logging.getLogger("fal_emulator")

Code = Literal[
    "INVALID_ARGUMENT",
    "UNAUTHENTICATED",
    "PERMISSION_DENIED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "FAILED_PRECONDITION",
    "RESOURCE_EXHAUSTED",
    "UNIMPLEMENTED",
    "ABORTED",
    "UNAVAILABLE",
    "INTERNAL",
]

_HTTP_STATUS: dict[Code, int] = {
    "INVALID_ARGUMENT": 422,
    "UNAUTHENTICATED": 401,
    "PERMISSION_DENIED": 403,
    "NOT_FOUND": 404,
    "ALREADY_EXISTS": 409,
    "FAILED_PRECONDITION": 409,
    "RESOURCE_EXHAUSTED": 429,
    "UNIMPLEMENTED": 501,
    "ABORTED": 409,
    "UNAVAILABLE": 503,
    "INTERNAL": 500,
}
_BY_STATUS: dict[int, Code] = {
    **{status: code for code, status in reversed(_HTTP_STATUS.items())},
    400: "INVALID_ARGUMENT",
    413: "RESOURCE_EXHAUSTED",
    504: "UNAVAILABLE",
    507: "RESOURCE_EXHAUSTED",
}


class Fault(Exception):
    """A refusal, or a failure that was foreseen.

    Args:
        code: The name of the gRPC status.
        message: For the caller to read: what is wrong, and with which field.
        status: The HTTP status, where it is not the usual one of the code.
    """

    error_type: str | None = None
    """The kind of a failure between caller and app, as the platform documents them for programs."""
    is_callers_limit = False
    """Whether the time that is over is one that the caller set: trying again is of no use."""

    def __init__(self, code: Code, message: str, *, status: int | None = None) -> None:
        super().__init__(message)
        self.code: Code = code
        self.status = _HTTP_STATUS[code] if status is None else status

    @property
    def detail(self) -> Any:
        """What the JSON body says."""
        return str(self)


class Invalid(Fault):
    """A part of an HTTP request that is not as it must be; its body is worded as FastAPI words it.

    Args:
        message: What is wrong with it.
        place: Where it is, e.g. `"body", "hashes"`.
    """

    def __init__(self, message: str, *place: str | int) -> None:
        super().__init__("INVALID_ARGUMENT", message)
        self.place = place

    @property
    def detail(self) -> Any:
        """What the JSON body says."""
        kind = "missing" if str(self) == "Field required" else "value_error"
        return [{"loc": list(self.place), "msg": str(self), "type": kind}]


def refused(status: int, message: str, error_type: str | None = None) -> Fault:
    """Return the fault of an HTTP status."""
    fault = Fault(_BY_STATUS.get(status, "INTERNAL"), message, status=status)
    fault.error_type = error_type
    return fault


def invalid(field: str, fault: str) -> Fault:
    """Return the fault of a bad value, naming its field."""
    return Fault("INVALID_ARGUMENT", f"{field}: {fault}")


def not_found(what: str, name: str) -> Fault:
    """Return the fault of something that does not exist."""
    return Fault("NOT_FOUND", f"{what} {name!r} not found")


def unforeseen(error: BaseException) -> Fault:
    """Log the traceback of an unexpected error, and return the fault that the caller gets.

    Neither the log nor the caller gets its text, which might hold anything. That the disk is full is said outright.
    """
    if _is_full_disk(error):
        _log.error("the disk of the state folder is full")
        return refused(
            507, "the disk of the local control plane's state folder is full: free some space, and try again"
        )
    _log.error("%s at\n%s", type(error).__name__, "".join(traceback.format_tb(error.__traceback__)))
    return refused(
        500, f"the local control plane failed with {type(error).__name__}; its log says where", "internal_error"
    )


def _is_full_disk(error: BaseException) -> bool:
    if isinstance(error, sqlite3.OperationalError):
        return getattr(error, "sqlite_errorcode", None) in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE)
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def json_response(content: Any) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """Return headers and body of a JSON response."""
    body = json.dumps(content).encode()
    return [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())], body


def error_response(detail: Any) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """Return headers and body of every response that refuses something."""
    return json_response({"detail": detail})


def fault_response(fault: Fault) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """Return headers and body of the response to a fault."""
    if fault.error_type is None:
        return error_response(fault.detail)
    headers, body = json_response({"detail": fault.detail, "error_type": fault.error_type})
    headers.append((b"x-fal-error-type", fault.error_type.encode()))
    if fault.is_callers_limit:
        headers.append((b"x-fal-request-timeout-type", b"user"))
    return headers, body
