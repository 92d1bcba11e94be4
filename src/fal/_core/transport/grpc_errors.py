"""What an RPC ended with, turned into messages and errors of ours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

import grpc
from grpc import RpcError as RpcError

from fal._core.retry import Failure
from fal._core.transport.statuses import from_grpc, is_untrusted
from fal._gen.method import Method

Res = TypeVar("Res")

# What the transport itself says when it has no connection. A server may say the same of a server behind it, so this counts
# only while the channel has indeed no connection.
_NEVER_SENT = (
    "failed to connect to all addresses",
    "dns resolution failed",
    "name resolution failure",
    "failed to connect to remote host",
    "empty update",
    "errors resolving",
)


def parse(method: Method[Any, Res], answer: bytes | None) -> Res:
    """Return the message that an answer holds.

    Not left to grpc: its async half gives None for an answer that it cannot read, and goes on.

    Raises:
        ValueError: The call ended well, but without an answer.
        DecodeError: The answer is not such a message.
    """
    if answer is None:
        raise ValueError("the call ended without one")
    return method.response.FromString(answer)  # type: ignore[attr-defined, no-any-return]


def failure(error: grpc.RpcError, method: str, request_id: str, *, down: bool, started: bool = False) -> Failure:
    """Turn what grpc raises into ours.

    Args:
        error: What was raised.
        method: The RPC.
        request_id: The id that it was sent with.
        down: Whether the channel had no connection when it was raised.
        started: Whether an answer had arrived before.
    """
    status, details = _status(error), _details(error)
    text = (details or "").casefold()
    unsent = (
        down
        and not started
        and status == "UNAVAILABLE"
        and any(sign in text for sign in _NEVER_SENT)
        and not _trailing(error)
    )
    mapped = from_grpc(status, details, method=method, request_id=request_id, connected=not unsent)
    # Answers that were given are not given twice.
    pushback = -1.0 if started or (unsent and is_untrusted(text)) else _pushback(error)
    return Failure(mapped, status, sent=not unsent, pushback=pushback)


def _status(error: grpc.RpcError) -> str:
    # grpc's sync and async errors share no class that has these methods.
    code = error.code() if hasattr(error, "code") else None
    return str(code.name) if code is not None else "UNKNOWN"


def _details(error: grpc.RpcError) -> str | None:
    return error.details() if hasattr(error, "details") else None


def _trailing(error: Any) -> Sequence[Any]:
    if not hasattr(error, "trailing_metadata"):
        return ()
    return [*(error.initial_metadata() or ()), *(error.trailing_metadata() or ())]


def _pushback(error: grpc.RpcError) -> float | None:
    for key, value in _trailing(error):
        if key == "grpc-retry-pushback-ms":
            try:
                return int(value) / 1000
            except (ValueError, OverflowError):
                return -1.0
    return None
