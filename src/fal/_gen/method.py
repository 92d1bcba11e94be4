# Generated from spec/; do not edit: correct the specification, the mapping or the template, then run `just generate`.
"""What a call is made of: its policy, its RPC or its REST operation. Data only; nothing here does any input or output."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

Req = TypeVar("Req")
Res = TypeVar("Res")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Policy:
    """How long a call may take and when it may be sent again. Durations are in seconds; None means no limit."""

    deadline: float | None
    attempt_timeout: float | None
    idempotent: bool
    retry_on: frozenset[str]
    max_attempts: int


@dataclass(frozen=True, slots=True)
class Method(Generic[Req, Res]):
    """One RPC: its path on the wire, its message classes and its policy."""

    name: str
    path: str
    request: type[Req]
    response: type[Res]
    client_streaming: bool
    server_streaming: bool
    policy: Policy


@dataclass(frozen=True, slots=True)
class Operation(Generic[T]):
    """One REST request, ready to be sent, and how to read its answer.

    `parse` takes status, headers and body of an answer whose status is in `success`; of an operation that streams, it takes
    the data of one event. It raises ValueError when the body does not fit. `host` says on which of the client's hosts it is.
    """

    name: str
    method: str
    path: str
    policy: Policy
    parse: Callable[[int, Mapping[str, str], bytes], T]
    params: Sequence[tuple[str, str]] = ()
    headers: Sequence[tuple[str, str]] = ()
    json: Any = None
    content: bytes | None = None
    files: Sequence[tuple[str, tuple[str | None, bytes, str | None]]] = ()
    stream: bool = False
    host: str = "rest"
    success: frozenset[int] = frozenset({200})
