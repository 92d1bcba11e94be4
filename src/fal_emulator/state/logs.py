"""Logs and the runners that were: kept in a database of their own, bounded, and written in batches."""

from __future__ import annotations

import contextlib
import json
import threading
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from ..model.records import LogLine, RunnerRecord
from .schema import HISTORY, open_database

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

MOST_LINES = 200_000
MOST_RUNNERS = 2_000
_LONGEST_MESSAGE = 64 * 1024
_WRITE_AFTER = 0.1  # seconds: what a kill may lose of the logs
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
    after: int | None = None


class LogStore:
    """Lines of logs, and records of runners. Its methods may be called from any thread.

    Lines are written by a thread of its own, so that whoever appends one never waits for a disk. Each line gets a
    time of its own (a microsecond is added where two would be equal), so that times can serve as page marks.

    Args:
        path: The database file.
        most_lines: How many lines are kept; the oldest go first.
        most_runners: How many runners are kept; the oldest go first.
    """

    def __init__(self, path: Path, *, most_lines: int = MOST_LINES, most_runners: int = MOST_RUNNERS) -> None:
        # Nobody is told that a log line is safe: it need not wait for a disk.
        self._db = open_database(path, HISTORY, durable=False)
        self._lock = threading.Lock()
        self._most_lines = most_lines
        self._most_runners = most_runners
        self._fresh: list[tuple[Any, ...]] = []
        self._fresh_lock = threading.Lock()
        self._wake = threading.Event()
        self._stopped = threading.Event()
        self._listeners: list[Callable[[], None]] = []
        (self._number, self._micros) = self._db.execute(
            "SELECT coalesce(max(number), 0), coalesce(max(micros), 0) FROM logs"
        ).fetchone()
        self._writer = threading.Thread(target=self._write, name="log-writer", daemon=True)
        self._writer.start()

    def close(self) -> None:
        """Write what is left, and close the file."""
        self._stopped.set()
        self._wake.set()
        self._writer.join()
        self._flush()
        with self._lock:
            self._db.close()

    @property
    def closed(self) -> bool:
        """Whether no more lines will come."""
        return self._stopped.is_set()

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
    ) -> None:
        """Keep one line."""
        with self._fresh_lock:
            self._number += 1
            self._micros = max((timestamp - _EPOCH) // _MICROSECOND, self._micros + 1)
            line = (self._number, self._micros, owner, app, revision, runner_id, level, source)
            self._fresh.append((*line, message[:_LONGEST_MESSAGE]))
        self._wake.set()

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
                "SELECT number, micros, owner, app, revision, runner_id, level, source, message FROM logs "
                f"WHERE {condition} ORDER BY micros {order} LIMIT ?",
                (*values, limit),
            ).fetchall()
        return [LogLine(number, _EPOCH + micros * _MICROSECOND, *rest) for number, micros, *rest in rows]

    @property
    def last_number(self) -> int:
        """The number of the newest line."""
        return int(self._number)

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
            self._db.execute("INSERT OR REPLACE INTO runners VALUES (?, ?, ?, ?, ?)", row)

    def runners(self, owner: str, alias: str | None) -> list[RunnerRecord]:
        """Return the runners that were kept, the newest first."""
        with self._lock:
            rows = self._db.execute(
                "SELECT record FROM runners WHERE owner = ? AND alias = coalesce(?, alias) ORDER BY created_at DESC",
                (owner, alias),
            ).fetchall()
        return [_to_record(json.loads(text)) for (text,) in rows]

    def _write(self) -> None:
        while not self._stopped.is_set():
            self._wake.wait()
            self._wake.clear()
            self._stopped.wait(_WRITE_AFTER)
            self._flush()
            # Also when there was nothing left to write: a reader may have done it.
            for listener in list(self._listeners):
                listener()

    def _flush(self) -> None:
        """Write the fresh lines."""
        with self._lock:
            with self._fresh_lock:
                fresh, self._fresh = self._fresh, []
            if not fresh:
                return
            self._db.execute("BEGIN IMMEDIATE")
            self._db.executemany("INSERT INTO logs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", fresh)
            self._db.execute("DELETE FROM logs WHERE number <= ?", (self._number - self._most_lines,))
            self._db.execute(
                "DELETE FROM runners WHERE created_at < "
                "(SELECT created_at FROM runners ORDER BY created_at DESC LIMIT 1 OFFSET ?)",
                (self._most_runners - 1,),
            )
            self._db.execute("COMMIT")


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
    if query.revision is not None:
        add("revision = ?", query.revision)
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
    found: dict[str, Any] = {**values, **times}
    return RunnerRecord(**found)
