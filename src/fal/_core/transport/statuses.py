"""Which error an answer of either wire becomes, and what to do about a connection that failed."""

from __future__ import annotations

from fal.exceptions import (
    Aborted,
    AlreadyExists,
    Cancelled,
    ConnectionFailed,
    DataLoss,
    DeadlineExceeded,
    FailedPrecondition,
    FalServerlessException,
    Internal,
    InvalidArgument,
    NotFound,
    OutOfRange,
    PermissionDenied,
    ResourceExhausted,
    Unauthenticated,
    Unavailable,
    Unimplemented,
    UnknownError,
)

BY_GRPC_STATUS: dict[str, type[FalServerlessException]] = {
    "CANCELLED": Cancelled,
    "UNKNOWN": UnknownError,
    "INVALID_ARGUMENT": InvalidArgument,
    "DEADLINE_EXCEEDED": DeadlineExceeded,
    "NOT_FOUND": NotFound,
    "ALREADY_EXISTS": AlreadyExists,
    "PERMISSION_DENIED": PermissionDenied,
    "RESOURCE_EXHAUSTED": ResourceExhausted,
    "FAILED_PRECONDITION": FailedPrecondition,
    "ABORTED": Aborted,
    "OUT_OF_RANGE": OutOfRange,
    "UNIMPLEMENTED": Unimplemented,
    "INTERNAL": Internal,
    "UNAVAILABLE": Unavailable,
    "DATA_LOSS": DataLoss,
    "UNAUTHENTICATED": Unauthenticated,
}
"""Every gRPC status but OK."""

BY_HTTP_STATUS: dict[int, type[FalServerlessException]] = {
    400: InvalidArgument,
    401: Unauthenticated,
    403: PermissionDenied,
    404: NotFound,
    405: Unimplemented,
    408: DeadlineExceeded,
    409: AlreadyExists,
    410: NotFound,
    412: FailedPrecondition,
    413: InvalidArgument,
    415: InvalidArgument,
    416: OutOfRange,
    422: InvalidArgument,
    425: Unavailable,
    429: ResourceExhausted,
    499: Cancelled,
    500: Internal,
    501: Unimplemented,
    502: Unavailable,
    503: Unavailable,
    504: DeadlineExceeded,
}

_BROKE = "The server is unavailable, or the connection broke; try again."
_UNRESOLVED = "The host name cannot be resolved: check the host and the network."

# What the transports report of a connection that failed or broke, and what it means to a person. First match wins.
_CAUSES = (
    ("dns resolution failed", _UNRESOLVED),
    ("name resolution", _UNRESOLVED),
    ("errors resolving", _UNRESOLVED),
    ("name or service not known", _UNRESOLVED),
    ("nodename nor servname", _UNRESOLVED),
    ("getaddrinfo failed", _UNRESOLVED),
    ("connection refused", "Nothing listens there: check host and port, and that the server is running."),
    ("hostname verification", "The server's certificate is for another host: check the host."),
    ("certificate", "The server's certificate is not trusted: check the host, or pass ca_cert=."),
    ("ssl", "The TLS handshake failed: check that the server speaks TLS on this port, or pass ca_cert=."),
    ("handshake", "The TLS handshake failed: check that the server speaks TLS on this port."),
    ("network is unreachable", "There is no route to the host: check the network."),
    ("no route to host", "There is no route to the host: check the network."),
    ("proxy", "The proxy refused the connection: check proxy= and the proxy variables of the environment."),
    ("connection reset", _BROKE),
    ("socket closed", _BROKE),
    ("timed out", "The server did not accept the connection: check host, port and network."),
    ("timeout", "The server did not accept the connection: check host, port and network."),
)


def advice(details: str) -> str | None:
    """Return what to do about a connection that failed, read from what the transport says of it."""
    text = details.casefold()
    return next((hint for sign, hint in _CAUSES if sign in text), None)


def is_untrusted(details: str) -> bool:
    """Return whether a connection failed since the server's certificate is not trusted: it will not be in a second either."""
    text = details.casefold()
    return "certificate" in text or "hostname verification" in text


def from_grpc(
    status: str,
    details: str | None,
    *,
    method: str | None = None,
    request_id: str | None = None,
    attempts: int | None = None,
    connected: bool = True,
) -> FalServerlessException:
    """Return the error for a gRPC status.

    Args:
        status: The status name, e.g. "NOT_FOUND"; one that is not known becomes an UnknownError.
        details: What the server, or the client's own transport, says.
        connected: False when no connection was established, so that nothing was sent.
    """
    cls = BY_GRPC_STATUS.get(status, UnknownError)
    hint = None
    if issubclass(cls, Unavailable):
        # What a server says of servers behind it is worded like a connection of ours that failed.
        cls, hint = (cls, _BROKE) if connected else (ConnectionFailed, advice(details or ""))
    return cls(
        details or status.replace("_", " ").capitalize(),
        code=status,
        method=method,
        request_id=request_id,
        attempts=attempts,
        hint=hint,
    )


def from_http(
    status: int,
    detail: str,
    *,
    method: str | None = None,
    request_id: str | None = None,
    attempts: int | None = None,
) -> FalServerlessException:
    """Return the error for an HTTP status that is not a success."""
    cls = BY_HTTP_STATUS.get(status)
    if cls is None:
        cls = Internal if status >= 500 else InvalidArgument if status >= 400 else UnknownError
    return cls(
        detail or f"HTTP status {status}", http_status=status, method=method, request_id=request_id, attempts=attempts
    )
