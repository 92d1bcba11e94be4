"""Requests as they go to runners."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    from ..server.asgi import Headers

# Headers that speak of one connection, not of the message.
_HOP_BY_HOP = frozenset(
    b"connection keep-alive proxy-authenticate proxy-authorization te trailer transfer-encoding upgrade".split()
)


@dataclass(frozen=True)
class Outgoing:
    """A request as it goes to a runner."""

    id: str
    method: str
    target: bytes  # the path below the app, and the query, still encoded
    headers: Headers = field(repr=False)  # may hold what the app's callers keep secret
    body: bytes | AsyncIterator[bytes] | None = field(default=None, repr=False)

    @property
    def endpoint(self) -> str:
        """The path below the app, as text."""
        return self.target.partition(b"?")[0].decode("latin-1")


def passed_on(headers: Iterable[tuple[bytes, bytes]], *, drop: Iterable[bytes] = ()) -> Headers:
    """Return the headers that belong to the message, without those that speak of the connection."""
    headers = list(headers)
    gone = _HOP_BY_HOP | set(drop)
    for name, value in headers:
        if name.lower() == b"connection":
            gone |= {token.strip().lower() for token in value.split(b",")}
    return [(name, value) for name, value in headers if name.lower() not in gone]
