"""The body of an HTTP answer, unpacked step by step: no answer takes more memory than its limit, packed or not."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping

from fal.exceptions import DataLoss

_MIB = 1024 * 1024
ANSWER_LIMIT = 64 * _MIB  # bytes; 100,000 files of a listing take 39 MB
ERROR_LIMIT = 1 * _MIB
_STEP = 1 * _MIB  # unpacked at once; between two steps the deadline is looked at
_RATIO = 200  # how many times its packed size a body may take; JSON reaches 30, a bomb 1000
_UNSUSPECTED = 8 * _MIB  # below it, the ratio does not matter

_WINDOW_BITS = {"gzip": 31, "x-gzip": 31, "deflate": 15}


class Body:
    """Turns the bytes of one answer as they come into those that were meant.

    Args:
        headers: The headers of the answer, which say how it is packed.
        limit: How many bytes it may have, None for no limit.
    """

    def __init__(self, headers: Mapping[str, str], limit: int | None) -> None:
        self._coding = headers.get("content-encoding", "").strip().casefold() or "identity"
        self._limit = limit
        self._taken = 0
        self._given = 0
        self._inflating = self._new() if self._coding != "identity" else None

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """Yield what `chunk` holds, at most a step at a time.

        Raises:
            DataLoss: It cannot be unpacked, or the response is larger than its limit.
        """
        self._taken += len(chunk)
        if self._inflating is None:
            yield self._checked(chunk)
            return
        more = bool(chunk)
        while more:
            try:
                piece = self._inflating.decompress(chunk, _STEP)
            except zlib.error:
                raise DataLoss("the compressed response is damaged") from None
            if piece:
                yield self._checked(piece)
            chunk = self._inflating.unconsumed_tail
            if self._inflating.eof and (chunk := self._inflating.unused_data):
                self._inflating = self._new()  # of several members
            more = bool(chunk) or len(piece) == _STEP

    def finish(self) -> None:
        """Say that the answer has ended.

        Raises:
            DataLoss: It was cut short.
        """
        if self._inflating is not None and self._taken and not self._inflating.eof:
            raise DataLoss("the compressed response is truncated")

    def _new(self) -> zlib._Decompress:
        bits = _WINDOW_BITS.get(self._coding)
        if bits is None:
            raise DataLoss(f"the response is compressed as {self._coding[:40]!r}, which was not requested")
        return zlib.decompressobj(bits)

    def _checked(self, piece: bytes) -> bytes:
        self._given += len(piece)
        if self._limit is not None and self._given > self._limit:
            raise DataLoss(
                f"the response is larger than {self._limit // _MIB} MiB", hint="Request less at a time, if possible."
            )
        if self._given > _UNSUSPECTED and self._given > self._taken * _RATIO:
            raise DataLoss(f"the response decompresses to more than {_RATIO} times its size")
        return piece
