"""Server-sent events, as the HTML standard describes the stream: bytes in, events out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple


class Event(NamedTuple):
    """One event; `data` is None for an event that carries none."""

    type: str
    data: bytes | None
    id: str


def events(chunks: Iterable[bytes]) -> Iterator[Event]:
    """Yield every event of a stream. An event that the stream breaks off in is dropped, as the standard asks."""
    kind, identity, data = "", "", list[bytes]()
    for line in _lines(chunks):
        if not line:
            if data or kind:
                yield Event(kind or "message", b"\n".join(data) if data else None, identity)
            kind, data = "", []
            continue
        if line.startswith(b":"):
            continue
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if name == b"data":
            data.append(value)
        elif name == b"event":
            kind = value.decode("utf-8", "replace")
        elif name == b"id" and b"\0" not in value:
            identity = value.decode("utf-8", "replace")


def _lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the lines of a stream, ended by CR, LF or both, wherever the chunks break."""
    rest, first, after_cr = b"", True, False
    for chunk in chunks:
        if after_cr:
            chunk, after_cr = chunk.removeprefix(b"\n") if chunk else chunk, not chunk
        rest += chunk
        if first and len(rest) >= 3:
            rest, first = rest.removeprefix(b"\xef\xbb\xbf"), False
        if b"\n" not in rest and b"\r" not in rest:
            continue
        # A CR at the end may be half of a CRLF; the LF is dropped when it comes.
        after_cr = rest.endswith(b"\r")
        parts = rest.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        rest = parts.pop()
        yield from parts
