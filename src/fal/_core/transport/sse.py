"""Server-sent events, as the HTML standard describes the stream: bytes in, events out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from fal.exceptions import UnknownError

MESSAGE = "message"  # the type of an event that names none
_SAID = 2000  # characters of what a server says that go into an error


class Event(NamedTuple):
    """One event; `data` is None for an event that carries none."""

    type: str
    data: bytes | None
    id: str


def payload(event: Event) -> bytes | None:
    """Return what an event carries, None when it is nothing.

    Raises:
        UnknownError: The server reports with this event that it gives up.
    """
    if event.type == "error":
        said = (event.data or b"").decode("utf-8", "replace").strip()[:_SAID]
        raise UnknownError(said or "the server ended the stream with an error and does not say which")
    return event.data or None


class EventParser:
    """Takes a stream in chunks and gives its events. An event that the stream breaks off in never comes."""

    def __init__(self) -> None:
        self._rest = b""
        self._first = True
        self._after_cr = False
        self._type = ""
        self._id = ""
        self._data: list[bytes] = []

    def feed(self, chunk: bytes) -> list[Event]:
        """Return the events that `chunk` completes."""
        return [event for line in self._lines(chunk) if (event := self._take(line)) is not None]

    def _take(self, line: bytes) -> Event | None:
        if not line:
            found = None
            if self._data or self._type:
                data = b"\n".join(self._data) if self._data else None
                found = Event(self._type or MESSAGE, data, self._id)
            self._type, self._data = "", []
            return found
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if name == b"data":
            self._data.append(value)
        elif name == b"event":
            self._type = value.decode("utf-8", "replace")
        elif name == b"id" and b"\0" not in value:
            self._id = value.decode("utf-8", "replace")
        return None

    def _lines(self, chunk: bytes) -> Iterator[bytes]:
        """Yield the lines that end in `chunk`: by CR, LF or both, wherever the chunks break."""
        if not chunk:
            return
        if self._after_cr:
            chunk = chunk.removeprefix(b"\n")
            self._after_cr = False
        self._rest += chunk
        if self._first and len(self._rest) >= 3:
            self._rest = self._rest.removeprefix(b"\xef\xbb\xbf")
            self._first = False
        # A CR at the end may be half of a CRLF; the LF is dropped when it comes.
        self._after_cr = self._rest.endswith(b"\r")
        *lines, self._rest = self._rest.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        yield from lines
