"""Queued calls and their answers, kept so that what was acknowledged survives the death of this process."""

from __future__ import annotations

import asyncio
import json
import logging
import sqlite3
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from ..model.records import QueueEntry
from .database import Database
from .schema import QUEUE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_log = logging.getLogger("fal_emulator")
_TRY_AGAIN_AFTER = 1.0  # seconds
# Kept in columns of their own.
_COLUMNS = ("id", "owner", "alias", "state")
_RECORDED = tuple(field.name for field in fields(QueueEntry) if field.name not in _COLUMNS)
_PAIRS = ("headers", "answer_headers")


class QueueStore:
    """The queue on disk. Its methods may be called from any thread.

    A commit is with the operating system when it returns; it need not wait for the disk.

    Args:
        path: The database file.
    """

    def __init__(self, path: Path) -> None:
        self._database = Database(path, QUEUE, durable=False)

    def close(self) -> None:
        """Close the file. What was acknowledged is in it already."""
        self._database.close()

    def add(self, entry: QueueEntry, body: bytes | None) -> None:
        """Keep a request that has come."""
        with self._database.change() as db:
            db.execute(
                "INSERT INTO requests (id, owner, alias, state, record, body) VALUES (?, ?, ?, ?, ?, ?)",
                (entry.id, entry.owner, entry.alias, entry.state, _record(entry), body),
            )

    def save(self, entry: QueueEntry) -> None:
        """Keep what has become of a request."""
        with self._database.change() as db:
            db.execute(
                "UPDATE requests SET state = ?, record = ? WHERE id = ?", (entry.state, _record(entry), entry.id)
            )

    def complete(self, entry: QueueEntry, content: bytes) -> None:
        """Keep the answer to a request, and forget its body."""
        with self._database.change() as db:
            db.execute(
                "UPDATE requests SET state = ?, record = ?, body = NULL, content = ? WHERE id = ?",
                (entry.state, _record(entry), content, entry.id),
            )

    def forget(self, *ids: str) -> None:
        """Remove requests."""
        with self._database.change() as db:
            db.executemany("DELETE FROM requests WHERE id = ?", [(each,) for each in ids])

    def clear(self) -> None:
        """Remove all requests."""
        with self._database.change() as db:
            db.execute("DELETE FROM requests")

    def body(self, request_id: str) -> bytes | None:
        """Return the body of a request that is not answered."""
        rows = self._database.rows("SELECT body FROM requests WHERE id = ?", request_id)
        return None if not rows or rows[0][0] is None else bytes(rows[0][0])

    def content(self, request_id: str) -> bytes:
        """Return the answer to a request."""
        rows = self._database.rows("SELECT content FROM requests WHERE id = ?", request_id)
        return bytes(rows[0][0] or b"") if rows else b""

    def entries(self) -> list[QueueEntry]:
        """Return all requests, the oldest first."""
        return self._database.read(_entry, "SELECT id, owner, alias, state, record FROM requests ORDER BY number")


async def until_stored(write: Callable[[], None]) -> None:
    """Write to the queue, again and again for as long as the disk takes nothing."""
    told = False
    while True:
        try:
            write()
            return
        except sqlite3.OperationalError as error:
            if not told:
                _log.error("the queue cannot be written (%s): is the disk full? Its calls wait until it can", error)
            told = True
            await asyncio.sleep(_TRY_AGAIN_AFTER)


def _record(entry: QueueEntry) -> str:
    return json.dumps({name: getattr(entry, name) for name in _RECORDED})


def _entry(request_id: str, owner: str, alias: str, state: str, record: str) -> QueueEntry:
    values: dict[str, Any] = json.loads(record)
    values |= {name: [tuple(pair) for pair in values[name]] for name in _PAIRS}
    return QueueEntry(id=request_id, owner=owner, alias=alias, state=state, **values)
