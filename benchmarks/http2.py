"""The least HTTP/2 that a gRPC client can call: every request gets the same answer.

A server in Python that grpc makes takes about as much processor time for a call as the client does, and on two cores they wait
for each other. This one takes a sixth of it.
"""

from __future__ import annotations

import asyncio
import struct
from typing import Any

_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
_DATA, _HEADERS, _SETTINGS, _PING, _WINDOW_UPDATE = 0, 1, 4, 6, 8
_ACK = _END_STREAM = 1
_END_HEADERS = 4
_LONGEST = 16_000  # of an answer: it goes out as one frame, and no window of a client is smaller
# HPACK without its tables: ":status: 200" and the names that HTTP/2 numbers, all else as literals.
_HEAD = b"\x88\x0f\x10\x10application/grpc"
_TRAILERS = b"\x00\x0bgrpc-status\x010"


def _frame(kind: int, flags: int, stream: int, payload: bytes = b"") -> bytes:
    return struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, stream) + payload


class Http2(asyncio.Protocol):
    """One connection.

    Args:
        message: The answer, as protobuf wrote it.
    """

    def __init__(self, message: bytes) -> None:
        assert len(message) < _LONGEST
        self._body = struct.pack(">BI", 0, len(message)) + message
        self._unread = bytearray()
        self._greeted = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport
        # All the room for requests that a window can have, so that none needs to be given back.
        room = struct.pack(">I", 2**31 - 1 - 65_535)
        self._transport.write(_frame(_SETTINGS, 0, 0) + _frame(_WINDOW_UPDATE, 0, 0, room))

    def data_received(self, data: bytes) -> None:
        unread = self._unread
        unread += data
        if not self._greeted:
            if len(unread) < len(_PREFACE):
                return
            del unread[: len(_PREFACE)]
            self._greeted = True
        answers = []
        while len(unread) >= 9 and len(unread) >= (end := 9 + int.from_bytes(unread[:3], "big")):
            kind, flags, stream = struct.unpack_from(">BBI", unread, 3)
            if kind in (_DATA, _HEADERS) and flags & _END_STREAM:
                answers += [
                    _frame(_HEADERS, _END_HEADERS, stream, _HEAD),
                    _frame(_DATA, 0, stream, self._body),
                    _frame(_HEADERS, _END_HEADERS | _END_STREAM, stream, _TRAILERS),
                ]
            elif kind in (_SETTINGS, _PING) and not flags & _ACK:
                answers.append(_frame(kind, _ACK, 0, bytes(unread[9:end]) if kind == _PING else b""))
            del unread[:end]
        if answers:
            self._transport.write(b"".join(answers))
