"""What an RPC ended with, turned into messages and errors of ours."""

from __future__ import annotations

import time
from typing import Any, TypeVar

import grpc
from grpc import RpcError as RpcError

from fal._core.retry import Failure
from fal._core.transport.statuses import from_grpc, is_untrusted
from fal._gen.method import Method
from fal.exceptions import ClientClosed, FalServerlessException, InvalidInput

Res = TypeVar("Res")

_DETAILS = 2000  # characters of what a server says that go into an error


class NotConnected(grpc.RpcError):
    """No connection was established, so the call never started.

    What a server says looks like what the transport says, and other calls share the channel: only a call that was not begun is
    known not to have been sent.
    """

    def __init__(self, code: grpc.StatusCode, details: str) -> None:
        super().__init__(details)
        self._code = code
        self._details = details

    def code(self) -> grpc.StatusCode:
        return self._code

    def details(self) -> str:
        return self._details


def time_left(limit: float | None) -> float | None:
    """Return what is left until `limit`, of the monotonic clock.

    Raises:
        NotConnected: Nothing is.
    """
    if limit is None:
        return None
    left = limit - time.monotonic()
    if left <= 0:
        raise NotConnected(grpc.StatusCode.DEADLINE_EXCEEDED, "no connection in time")
    return left


def why_not_connected(error: grpc.RpcError) -> NotConnected | None:
    """Return what a probe says of the connection: None when it reached the server, whatever that answered."""
    code = _code(error)
    if code not in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED):
        return None
    return NotConnected(code, _details(error) or "no connection")


def refused(error: ValueError, *, closed: bool) -> FalServerlessException:
    """Return the error for a call that grpc refuses to start."""
    if closed or "closed" in str(error):
        return ClientClosed("the client was closed during the call", hint="Create a new one.")
    return InvalidInput(f"the request cannot be sent: {error}")


def no_thread(error: RuntimeError) -> FalServerlessException:
    """Return the error for a stream whose answers nobody can wait for; grpc has begun its call by then."""
    return FalServerlessException(
        f"the answers cannot be received: {error}",
        hint="This process has too many threads, or is ending. The call may have been carried out: check before you repeat it.",
    )


def parse(method: Method[Any, Res], answer: bytes | None) -> Res:
    """Return the message of a response, or the rows of a long listing.

    Not left to grpc, whose async API returns None for a response that it cannot parse.

    Raises:
        ValueError: The call succeeded without a response.
        DecodeError: The response is not such a message.
    """
    if answer is None:
        raise ValueError("the call ended without a response")
    return method.parse(answer)


def failure(error: grpc.RpcError, method: str, request_id: str, *, started: bool = False) -> Failure:
    """Turn what grpc raises into ours.

    Args:
        error: What was raised.
        method: The RPC.
        request_id: The id that it was sent with.
        started: Whether an answer had arrived before.
    """
    code = _code(error)
    status = "UNKNOWN" if code is None else str(code.name)
    details = (_details(error) or "")[:_DETAILS]
    sent = not isinstance(error, NotConnected)
    mapped = from_grpc(status, details, method=method, request_id=request_id, connected=sent)
    # Answers that were given are not given twice, and a certificate will not be trusted in a second either.
    hopeless = started or (not sent and is_untrusted(details))
    return Failure(mapped, status, sent=sent, pushback=-1.0 if hopeless else _pushback(error))


def _code(error: grpc.RpcError) -> grpc.StatusCode | None:
    # grpc's sync and async errors share no class that has these methods.
    return error.code() if hasattr(error, "code") else None


def _details(error: grpc.RpcError) -> str | None:
    return error.details() if hasattr(error, "details") else None


def _pushback(error: Any) -> float | None:
    if not hasattr(error, "trailing_metadata"):
        return None
    for key, value in [*(error.initial_metadata() or ()), *(error.trailing_metadata() or ())]:
        if key == "grpc-retry-pushback-ms":
            try:
                return int(value) / 1000
            except (ValueError, OverflowError):
                return -1.0
    return None
