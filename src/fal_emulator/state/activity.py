"""What happened: requests to apps, and events of apps, deploys and runners. Kept in a database of its own, bounded."""

from __future__ import annotations

import json
import logging
import sqlite3
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..model.records import Event, RequestRecord
from .batch_writer import BatchWriter
from .schema import ACTIVITY, open_expendable, readable

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_log = logging.getLogger("fal_emulator")
MOST_REQUESTS = 100_000
MOST_EVENTS = 50_000


# What happens all the time is shown to those who ask for it.
_MINOR = frozenset({"runner_pending", "runner_setup", "runner_draining", "runner_stopping"})


class Activity:
    """The history of requests and events. Its methods may be called from any thread.

    A thread of its own writes, so that no request waits for a disk. What reads sees what was not written yet, too.

    Args:
        path: The database file.
        most_requests: How many requests are kept; the oldest go first.
        most_events: How many events are kept; the oldest go first.
    """

    def __init__(self, path: Path, *, most_requests: int = MOST_REQUESTS, most_events: int = MOST_EVENTS) -> None:
        self._db = open_expendable(path, ACTIVITY)
        self._lock = threading.Lock()
        self._fresh_lock = threading.Lock()
        self._most = (most_requests, most_events)
        self._fresh: tuple[list[RequestRecord], list[Event]] = ([], [])
        self._live: dict[str, RequestRecord] = {}
        self._writer = BatchWriter("activity-writer", self._write)

    def close(self) -> None:
        """Write what is left, and close the file."""
        self._writer.close()
        self._flush()
        with self._lock:
            self._db.close()

    def clear(self) -> None:
        """Forget everything."""
        with self._lock, self._fresh_lock:
            self._fresh = ([], [])
            self._live.clear()
            self._db.executescript("BEGIN IMMEDIATE; DELETE FROM requests; DELETE FROM events; COMMIT;")

    # requests

    def begin(self, record: RequestRecord) -> None:
        """Note a request that has come."""
        self._live[record.request_id] = record

    def update(self, request_id: str, **changes: Any) -> None:
        """Note what is known of a request that has not ended."""
        request = self._live.get(request_id)
        if request is not None:
            self._live[request_id] = replace(request, **changes)

    def end(self, request_id: str, *, status: int | None, error: str | None = None) -> None:
        """Note that a request was answered, or given up."""
        request = self._live.pop(request_id, None)
        if request is not None:
            with self._fresh_lock:
                self._fresh[0].append(replace(request, ended_at=time.time(), status=status, error=error))
            self._writer.wake()

    def live(self) -> list[RequestRecord]:
        """Return the requests that have not ended, the newest first."""
        # Copied in one step: requests come and go meanwhile.
        records = list(self._live.values())
        return sorted(records, key=lambda record: record.sent_at, reverse=True)

    def requests(
        self,
        apps: Iterable[str] | None = None,
        *,
        since: float | None = None,
        until: float | None = None,
        request_id: str | None = None,
        statuses: tuple[int, int] | None = None,
        limit: int,
        offset: int = 0,
        order: str = "ended_at",
    ) -> list[RequestRecord]:
        """Return requests that have ended, the last or longest first.

        Args:
            apps: Of these apps; None is all.
            since: That ended at this time or later.
            until: That ended before this time.
            request_id: With this id.
            statuses: With a status from the first to the second one; what was not answered counts as 502.
            limit: At most so many.
            offset: How many are passed over.
            order: `ended_at` or `duration`.
        """
        self._flush()
        wanted = {
            "since": since,
            "until": until,
            "id": request_id,
            "apps": None if apps is None else json.dumps(list(apps)),
            "lowest": None if statuses is None else statuses[0],
            "highest": None if statuses is None else statuses[1],
        }
        by = "ended_at" if order == "ended_at" else "ended_at - coalesce(started_at, ended_at)"
        with self._lock:
            rows = self._db.execute(
                "SELECT record FROM requests WHERE (:apps IS NULL OR app IN (SELECT value FROM json_each(:apps))) "
                "AND ended_at >= coalesce(:since, ended_at) AND (:until IS NULL OR ended_at < :until) "
                "AND (:lowest IS NULL OR coalesce(CASE WHEN json_valid(record) THEN record ->> 'status' END, 502) "
                "BETWEEN :lowest AND :highest) "
                f"AND request_id = coalesce(:id, request_id) ORDER BY {by} DESC, request_id LIMIT :limit OFFSET :offset",
                {**wanted, "limit": limit, "offset": offset},
            ).fetchall()
        return readable(lambda text: RequestRecord(**json.loads(text)), rows)

    # events

    def note(self, app: str, category: str, **payload: Any) -> None:
        """Keep an event; details that are None are left out."""
        event = Event(app, category, {name: value for name, value in payload.items() if value is not None})
        with self._fresh_lock:
            self._fresh[1].append(event)
        self._writer.wake()
        _log_event(event)

    def events(
        self,
        app: str | None = None,
        *,
        since: float | None = None,
        until: float | None = None,
        categories: Iterable[str] | None = None,
        limit: int,
        offset: int = 0,
    ) -> list[Event]:
        """Return events, the newest first.

        Args:
            app: Of this app; None is all.
            since: Of this time or later.
            until: Before this time.
            categories: Of these kinds; None is all.
            limit: At most so many.
            offset: How many are passed over.
        """
        self._flush()
        kinds = None if categories is None else json.dumps(list(categories))
        with self._lock:
            rows = self._db.execute(
                "SELECT app, category, payload, created_at, event_id FROM events "
                "WHERE app = coalesce(:app, app) AND created_at >= coalesce(:since, created_at) "
                "AND (:until IS NULL OR created_at < :until) "
                "AND (:kinds IS NULL OR category IN (SELECT value FROM json_each(:kinds))) "
                "ORDER BY number DESC LIMIT :limit OFFSET :offset",
                {"app": app, "since": since, "until": until, "kinds": kinds, "limit": limit, "offset": offset},
            ).fetchall()
        return readable(lambda app, kind, payload, at, id_: Event(app, kind, json.loads(payload), at, id_), rows)

    # inside

    def _write(self) -> bool:
        self._flush()
        return True  # or it is lost

    def _flush(self) -> None:
        with self._lock:
            with self._fresh_lock:
                (requests, events), self._fresh = self._fresh, ([], [])
            if not requests and not events:
                return
            rows = [(r.request_id, r.app, r.ended_at, r.started_at, json.dumps(vars(r))) for r in requests]
            happened = [(e.event_id, e.app, e.category, e.created_at, json.dumps(e.payload)) for e in events]
            try:
                self._put(rows, happened)
            except sqlite3.OperationalError as error:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                # It is for charts: what the disk does not take is not kept for later.
                _log.error("activity cannot be written (%s): is the disk full?", error)

    def _put(self, rows: list[tuple[Any, ...]], happened: list[tuple[Any, ...]]) -> None:
        self._db.execute("BEGIN IMMEDIATE")
        self._db.executemany(
            "INSERT OR REPLACE INTO requests (request_id, app, ended_at, started_at, record) VALUES (?, ?, ?, ?, ?)",
            rows,
        )
        self._db.executemany(
            "INSERT INTO events (event_id, app, category, created_at, payload) VALUES (?, ?, ?, ?, ?)", happened
        )
        for table, most in zip(("requests", "events"), self._most, strict=True):
            self._db.execute(f"DELETE FROM {table} WHERE number <= (SELECT max(number) FROM {table}) - ?", (most,))
        self._db.execute("COMMIT")


def _log_event(event: Event) -> None:
    """Log an event in words: `deployment ended`, with what is known of it."""
    area = "runners" if event.category.startswith("runner") else "deploys"
    level = logging.ERROR if "fail" in event.category else logging.DEBUG if event.category in _MINOR else logging.INFO
    payload = event.payload
    known = {"revision": payload.get("new_application_id"), "runner_id": payload.get("job_id")}
    subject = known["runner_id"] or known["revision"]
    reason = payload.get("reason") or payload.get("message")
    text = event.category.replace("_", " ") + (f" {subject}" if subject else "") + (f": {reason}" if reason else "")
    logging.getLogger(f"fal_emulator.{area}").log(level, "%s", text, extra={"app": event.app, **known})
