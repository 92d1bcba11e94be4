"""What a runner says: lines, whether they are of a traceback, and the requests that they are about."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_LONGEST_LINE = 64 * 1024
_LONGEST_HEAD = 128  # bytes of what comes before the content of a frame
_MOST_UNFINISHED = 100  # lines of different requests that have begun and not ended
_BETWEEN = (
    b"During handling of the above exception",
    b"The above exception was the direct cause",
)


class Line(NamedTuple):
    """A line of output.

    Args:
        text: What it says.
        traceback: Whether it belongs to a traceback.
        request: The id of the request that it is about, where the runner tells.
    """

    text: str
    traceback: bool
    request: str | None


class Echo(NamedTuple):
    """The sign that all that the runner had said when it was asked has been read."""

    number: int


class Output:
    """Takes the output of a runner apart. It is plain text with frames in it, which `runner_main.py` makes.

    Args:
        start: What a frame begins with: nothing that an app says by chance.
    """

    def __init__(self, start: str) -> None:
        self._start = start.encode()
        self._buffer = b""
        self._line_buffers: dict[bytes, _LineBuffer] = {}

    def feed(self, data: bytes) -> Iterator[Line | Echo]:
        """Take the next bytes; yield the lines that they end, and the echoes among them."""
        data = self._buffer + data
        while (at := data.find(self._start)) >= 0:
            head, newline, tail = data[at + len(self._start) :].partition(b"\n")
            size, _, name = head.partition(b" ")
            if not newline and len(head) < _LONGEST_HEAD:
                break  # the rest of it is to come
            if not newline or not size.isdigit():
                at += len(self._start)  # an app has found out what frames begin with
                yield from self._feed(b"", data[:at])
                data = data[at:]
                continue
            if len(tail) < int(size):
                break
            yield from self._feed(b"", data[:at])
            if int(size):
                yield from self._feed(name, tail[: int(size)])
            elif name.isdigit():
                yield from self.end()
                yield Echo(int(name))
            data = tail[int(size) :]
        plain = at if at >= 0 else len(data) - _overlap(data, self._start)
        yield from self._feed(b"", data[:plain])
        self._buffer = data[plain:]

    def end(self) -> Iterator[Line]:
        """Yield the lines that have begun and will not be ended."""
        for name, lines in self._line_buffers.items():
            yield from lines.finish(name)
        self._line_buffers.clear()

    def _feed(self, name: bytes, content: bytes) -> Iterator[Line]:
        if not content:
            return
        lines = self._line_buffers.pop(name, None) or _LineBuffer()
        yield from lines.feed(name, content)
        if lines.unfinished:
            self._line_buffers[name] = lines  # in the order of their last output
            if len(self._line_buffers) > _MOST_UNFINISHED:
                longest_silent = next(iter(self._line_buffers))
                yield from self._line_buffers.pop(longest_silent).finish(longest_silent)


class _LineBuffer:
    """Splits the output of one request, or of none, into lines."""

    def __init__(self) -> None:
        self._partial = b""
        self._in_traceback = False

    @property
    def unfinished(self) -> bool:
        return bool(self._partial) or self._in_traceback

    def feed(self, name: bytes, content: bytes) -> Iterator[Line]:
        *lines, self._partial = (self._partial + content).split(b"\n")
        if len(self._partial) >= _LONGEST_LINE:
            lines, self._partial = [*lines, self._partial], b""
        for line in lines:
            yield self._line(name, line)

    def finish(self, name: bytes) -> Iterator[Line]:
        if self._partial:
            yield self._line(name, self._partial)

    def _line(self, name: bytes, line: bytes) -> Line:
        text = line.decode(errors="replace").rstrip("\r")
        return Line(text, self._belongs_to_traceback(line), name.decode(errors="replace") or None)

    def _belongs_to_traceback(self, line: bytes) -> bool:
        """Whether it is of a traceback, down to the line that names the exception."""
        if line.lstrip(b" +|").startswith(b"Traceback (most recent call last):"):
            self._in_traceback = True
            return True
        if not self._in_traceback:
            return False
        # What is indented, empty, or between two exceptions goes on; the line of the exception is the last.
        self._in_traceback = not line.strip() or line[:1] in (b" ", b"\t") or line.startswith(_BETWEEN)
        return bool(line.strip())


def _overlap(data: bytes, start: bytes) -> int:
    """Return how many bytes at the end may be the beginning of a frame."""
    return next((size for size in range(len(start) - 1, 0, -1) if data.endswith(start[:size])), 0)
