"""Logs and the runners that were: kept in a database of their own, bounded, and written in batches."""

from __future__ import annotations

import contextlib
import json
import logging
import sqlite3
import threading
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from ..model import limits
from ..model.records import LogLine, RunnerRecord
from .batch_writer import BatchWriter
from .schema import HISTORY, open_expendable, readable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

MOST_RUNNERS = 2_000
# How severe lines of each level are; what an app writes is as severe as the stream that it writes to is meant for.
SEVERITY = {
    "TRACE": 5,
    "DEBUG": logging.DEBUG,
    "INFO": logging.INFO,
    "STDOUT": logging.INFO,
    "WARNING": logging.WARNING,
    "STDERR": logging.WARNING,
    "ERROR": logging.ERROR,
}
_LONGEST_MESSAGE = 64 * 1024
_BURST = 1_000_000  # microseconds: a clock that goes back further than that was set
_log = logging.getLogger("fal_emulator")
_COLUMNS = (
    "number", "micros", "owner", "app", "revision", "runner_id", "level", "source", "message", "request_id", "endpoint",
)  # fmt: skip
_TIMES = ("created_at", "started_at", "ended_at")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class LogQuery:
    """Which lines; what is None does not matter.

    Args:
        owner: The account.
        since: Lines of this time or later.
        until: Lines before this time.
        apps: Full names of apps, or ids of revisions: lines of any of them.
        revision: Lines of this revision.
        runner_ids: Lines of any of these runners.
        without_runner_ids: Lines of none of these runners.
        levels: Lines of any of these levels.
        sources: Lines of any of these sources.
        search: Lines with this text in them, in upper or lower case.
        traceback: Only lines of tracebacks.
        request_id: Lines of this request.
        endpoint: Lines of requests to this path of the app.
        after: Lines with a higher number.
    """

    owner: str
    since: datetime | None = None
    until: datetime | None = None
    apps: tuple[str, ...] = ()
    revision: str | None = None
    runner_ids: tuple[str, ...] | None = None
    without_runner_ids: tuple[str, ...] = ()
    levels: tuple[str, ...] | None = None
    sources: tuple[str, ...] | None = None
    search: str | None = None
    traceback: bool = False
    request_id: str | None = None
    endpoint: str | None = None
    after: int | None = None


class LogStore:
    """Lines of logs, and records of runners. Its methods may be called from any thread.

    Lines are written by a thread of its own, so that appending never waits for a disk. While the disk takes
    none, lines wait in memory, up to a limit.

    Args:
        path: The database file.
        most_lines: How many lines are kept; the oldest go first.
        most_runners: How many runners are kept; the oldest go first.
    """

    def __init__(
        self, path: Path, *, most_lines: int = limits.MOST_LOG_LINES, most_runners: int = MOST_RUNNERS
    ) -> None:
        # A log line is never confirmed as stored, so it need not wait for a disk.
        self._db = open_expendable(path, HISTORY)
        self._lock = threading.Lock()
        self._most_lines = most_lines
        self._most_runners = most_runners
        self._fresh: list[tuple[Any, ...]] = []
        self._fresh_bytes = 0
        self._fresh_lock = threading.Lock()
        self._failing = False
        self._listeners: list[Callable[[], None]] = []
        newest = self._db.execute("SELECT number, micros FROM logs ORDER BY number DESC LIMIT 1").fetchone()
        self._number: int
        self._micros: int
        self._number, self._micros = newest or (0, 0)
        self._writer = BatchWriter("log-writer", self._write)

    def close(self) -> None:
        """Write what is left, and close the file."""
        self._writer.close()
        self._flush()
        with self._lock:
            self._db.close()

    @property
    def closed(self) -> bool:
        """Whether no more lines will come."""
        return self._writer.closed

    def append(
        self,
        timestamp: datetime,
        owner: str,
        app: str,
        revision: str | None,
        runner_id: str | None,
        level: str,
        source: str,
        message: str,
        request_id: str | None = None,
        endpoint: str | None = None,
    ) -> None:
        """Keep one line."""
        message = message[:_LONGEST_MESSAGE]
        with self._fresh_lock:
            self._number += 1
            micros = (timestamp - _EPOCH) // _MICROSECOND
            # Times are marks of pages, so that two lines of one burst get two times.
            self._micros = self._micros + 1 if self._micros - _BURST < micros <= self._micros else micros
            line = (self._number, self._micros, owner, app, revision, runner_id, level, source)
            self._fresh.append((*line, message, request_id, endpoint))
            self._fresh_bytes += len(message)
            while self._fresh_bytes > limits.MOST_UNWRITTEN_BYTES:
                self._fresh_bytes -= len(self._fresh.pop(0)[8])
        self._writer.wake()

    def lines(self, query: LogQuery, limit: int, *, newest_first: bool = False) -> list[LogLine]:
        """Return lines in the order of their times.

        Args:
            query: Which ones.
            limit: At most so many.
            newest_first: Whether to begin at the end.
        """
        self._flush()
        condition, values = _where(query)
        order = "DESC" if newest_first else "ASC"
        with self._lock:
            rows = self._db.execute(
                f"SELECT {', '.join(_COLUMNS)} FROM logs WHERE {condition} "
                f"ORDER BY {'micros' if query.after is None else 'number'} {order}, number {order} LIMIT ?",
                (*values, limit),
            ).fetchall()
        return [LogLine(number, _EPOCH + micros * _MICROSECOND, *columns) for number, micros, *columns in rows]

    @property
    def last_number(self) -> int:
        """The number of the newest line."""
        return self._number

    @contextlib.contextmanager
    def listening(self, listener: Callable[[], None]) -> Iterator[None]:
        """Call a function whenever lines were written, for as long as the block lasts."""
        self._listeners.append(listener)
        try:
            yield
        finally:
            self._listeners.remove(listener)

    def save_runner(self, record: RunnerRecord) -> None:
        """Keep what is known of a runner, in place of what was."""
        values = {field.name: getattr(record, field.name) for field in fields(record)}
        values |= {name: value.timestamp() for name in _TIMES if (value := values[name]) is not None}
        row = (record.runner_id, record.owner, record.alias, record.created_at.timestamp(), json.dumps(values))
        with self._lock:
            try:
                self._db.execute("INSERT OR REPLACE INTO runners VALUES (?, ?, ?, ?, ?)", row)
            except sqlite3.OperationalError as error:
                self._note(error)

    def runners(self, owner: str, alias: str | None) -> list[RunnerRecord]:
        """Return the runners that were kept, the newest first."""
        with self._lock:
            rows = self._db.execute(
                "SELECT record FROM runners WHERE owner = ? AND alias = coalesce(?, alias) ORDER BY created_at DESC",
                (owner, alias),
            ).fetchall()
        return readable(lambda text: _to_record(json.loads(text)), rows)

    def clear(self) -> None:
        """Forget all lines and runners."""
        with self._lock, self._fresh_lock:
            self._fresh, self._fresh_bytes = [], 0
            self._db.executescript("BEGIN IMMEDIATE; DELETE FROM logs; DELETE FROM runners; COMMIT;")

    def _write(self) -> bool:
        self._flush()
        # Also when there was nothing left to write: a reader may have done it.
        for listener in list(self._listeners):
            listener()
        return not self._failing

    def _flush(self) -> None:
        """Write the fresh lines; what cannot be written stays for the next time."""
        with self._lock:
            with self._fresh_lock:
                fresh, self._fresh, self._fresh_bytes = self._fresh, [], 0
            if not fresh:
                return
            try:
                self._put(fresh)
            except sqlite3.OperationalError as error:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                with self._fresh_lock:
                    self._fresh = fresh + self._fresh
                    self._fresh_bytes = sum(len(line[8]) for line in self._fresh)
                self._note(error)
            else:
                if self._failing:
                    self._failing = False
                    _log.warning("the log is written again")

    def _put(self, fresh: list[tuple[Any, ...]]) -> None:
        self._db.execute("BEGIN IMMEDIATE")
        self._db.executemany(f"INSERT INTO logs VALUES ({', '.join('?' * len(_COLUMNS))})", fresh)
        self._db.execute("DELETE FROM logs WHERE number <= ?", (self._number - self._most_lines,))
        used = "(SELECT page_count * page_size FROM pragma_page_count, pragma_page_size)"
        free = "(SELECT freelist_count * page_size FROM pragma_freelist_count, pragma_page_size)"
        (size,) = self._db.execute(f"SELECT {used} - {free}").fetchone()
        if size > limits.MOST_LOG_BYTES:
            self._db.execute(
                "DELETE FROM logs WHERE number <= (SELECT min(number) + (max(number) - min(number)) / 8 FROM logs)"
            )
        self._db.execute(
            "DELETE FROM runners WHERE created_at < "
            "(SELECT created_at FROM runners ORDER BY created_at DESC LIMIT 1 OFFSET ?)",
            (self._most_runners - 1,),
        )
        self._db.execute("COMMIT")

    def _note(self, error: sqlite3.OperationalError) -> None:
        """Say once that the disk takes nothing."""
        if not self._failing:
            self._failing = True
            _log.error("the log cannot be written (%s): is the disk full? Lines wait in memory until it can", error)


def _where(query: LogQuery) -> tuple[str, list[Any]]:
    conditions, values = ["owner = ?"], [query.owner]

    def add(condition: str, *more: Any) -> None:
        conditions.append(condition)
        values.extend(more)

    def one_of(column: str, wanted: tuple[str, ...]) -> str:
        return f"{column} IN ({', '.join('?' * len(wanted))})"

    if query.since is not None:
        add("micros >= ?", (query.since - _EPOCH) // _MICROSECOND)
    if query.until is not None:
        add("micros < ?", (query.until - _EPOCH) // _MICROSECOND)
    if query.apps:
        add(f"({one_of('app', query.apps)} OR {one_of('revision', query.apps)})", *query.apps, *query.apps)
    for column, value in (
        ("revision", query.revision),
        ("request_id", query.request_id),
        ("endpoint", query.endpoint),
    ):
        if value is not None:
            add(f"{column} = ?", value)
    for column, wanted in (("runner_id", query.runner_ids), ("level", query.levels), ("source", query.sources)):
        if wanted is not None:
            add(one_of(column, wanted), *wanted)
    if query.without_runner_ids:
        add(f"(runner_id IS NULL OR NOT {one_of('runner_id', query.without_runner_ids)})", *query.without_runner_ids)
    if query.search:
        add("instr(lower(message), lower(?)) > 0", query.search)
    if query.traceback:
        add("(message LIKE 'Traceback (most recent call last)%' OR message LIKE '  File \"%')")
    if query.after is not None:
        add("number > ?", query.after)
    return " AND ".join(conditions), values


def _to_record(values: dict[str, Any]) -> RunnerRecord:
    times = {name: datetime.fromtimestamp(values[name], UTC) for name in _TIMES if values[name] is not None}
    fields: dict[str, Any] = {**values, **times}
    return RunnerRecord(**fields)
