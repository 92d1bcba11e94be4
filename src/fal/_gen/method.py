# Generated from spec/; do not edit. Regenerate with: just generate
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
    """One RPC: its path on the wire, its message classes and its policy.

    The classes are made when they are first used: a service has hundreds of them, and a script calls a few methods.
    `rows` is that of a long listing: it reads the rows of an answer, which are then what the method answers.
    """

    name: str
    path: str
    types: Callable[[], tuple[type[Req], type[Any]]]
    client_streaming: bool
    server_streaming: bool
    policy: Policy
    rows: Callable[[bytes], Res] | None = None

    @property
    def request(self) -> type[Req]:
        """The class of the message that is sent."""
        return self.types()[0]

    @property
    def response(self) -> type[Any]:
        """The class of the message that is answered."""
        return self.types()[1]

    def parse(self, answer: bytes) -> Res:
        """Return the message that an answer holds, or the rows of a long listing.

        Raises:
            DecodeError: The answer is no such message.
        """
        if self.rows is None:
            message: Res = self.response.FromString(answer)
            return message
        self.response.FromString(answer)  # so that what is read later is known to be good
        return self.rows(answer)


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
