"""Server-sent events, as the HTML standard describes the stream: bytes in, events out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from fal.exceptions import DataLoss, UnknownError

EVENT_LIMIT = 16 * 1024 * 1024  # bytes
_LINE_COST = 64  # bytes of memory that a line takes beside its own
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
        message = (event.data or b"").decode("utf-8", "replace").strip()[:_SAID]
        raise UnknownError(message or "the server ended the stream with an unspecified error")
    return event.data or None


class EventParser:
    """Takes a stream in chunks and gives its events. An event that the stream breaks off in never comes.

    Raises:
        DataLoss: An event is larger than any.
    """

    def __init__(self) -> None:
        self._partial: list[bytes] = []  # of a line that has not ended
        self._first = True
        self._after_cr = False
        self._type = ""
        self._id = ""
        self._data: list[bytes] = []
        self._size = 0  # of what is kept of the event under way

    def feed(self, chunk: bytes) -> list[Event]:
        """Return the events that `chunk` completes."""
        return [event for line in self._lines(chunk) if (event := self._take(line)) is not None]

    def _take(self, line: bytes) -> Event | None:
        if not line:
            event = None
            if self._data or self._type:
                data = b"\n".join(self._data) if self._data else None
                event = Event(self._type or MESSAGE, data, self._id)
            self._type, self._data, self._size = "", [], 0
            return event
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if name == b"data":
            self._data.append(value)
            self._count(len(value) + _LINE_COST)
        elif name == b"event":
            self._type = value.decode("utf-8", "replace")
        elif name == b"id" and b"\0" not in value:
            self._id = value.decode("utf-8", "replace")
        return None

    def _lines(self, chunk: bytes) -> Iterator[bytes]:
        """Yield the lines that end in `chunk`: by CR, LF or both, wherever the chunks break."""
        if not chunk:
            return
        if self._after_cr:  # the line has ended; the LF belongs to it
            chunk = chunk.removeprefix(b"\n")
        self._after_cr = chunk.endswith(b"\r")
        *ended, last = chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        for line in ended:
            self._grow(line)
            yield self._whole_line()
        self._grow(last)

    def _grow(self, piece: bytes) -> None:
        self._partial.append(piece)
        self._count(len(piece))

    def _count(self, size: int) -> None:
        self._size += size
        if self._size > EVENT_LIMIT:
            raise DataLoss(f"the server sent an event of more than {EVENT_LIMIT // 1024**2} MiB")

    def _whole_line(self) -> bytes:
        line = b"".join(self._partial)
        self._partial = []
        self._size -= len(line)
        if self._first:
            line = line.removeprefix(b"\xef\xbb\xbf")
            self._first = False
        return line
