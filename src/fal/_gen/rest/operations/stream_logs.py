# Generated from spec/; do not edit. Regenerate with: just generate
"""POST /logs/stream"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from fal._gen.method import Operation, Policy
from fal._gen.rest import wire
from fal._gen.rest.models.label_filter import LabelFilter
from fal._gen.rest.models.log_entry import LogEntry
from fal._gen.rest.models.log_run_source import LogRunSource

_POLICY = Policy(
    deadline=None,
    attempt_timeout=None,
    idempotent=True,
    retry_on=frozenset(["429", "502", "503", "504", "connect"]),
    max_attempts=5,
)


def stream_logs(
    *,
    body: Sequence[LabelFilter | Mapping[str, Any]] | None = None,
    app_id: Sequence[str] | None = None,
    endpoint: str | None = None,
    expand_log_window: bool | None = None,
    job_id: str | None = None,
    level: str | None = None,
    request_id: str | None = None,
    revision: str | None = None,
    run_source: LogRunSource | str | None = None,
    search: str | None = None,
    since: datetime | str | None = None,
    traceback: bool | None = None,
    until: datetime | str | None = None,
) -> Operation[LogEntry]:
    """Follow log lines as they are written.

    Args:
        body: Only lines whose labels match every filter.
        app_id: Only lines of these applications.
        endpoint: Only lines of this endpoint of the application.
        expand_log_window: Whether to take in lines shortly before and after the time span as well.
        job_id: Only lines of this runner.
        level: Only lines of this level.
        request_id: Only lines of this request.
        revision: Only lines of this revision.
        run_source: Only lines of runs that were started this way.
        search: Only lines that hold this text.
        since: Only lines from this time on.
        traceback: Only lines that belong to a traceback.
        until: Only lines before this time, or the `next_until` of a page.

    Returns:
        One event per line. An event of the type `error` carries a message and ends the stream.

    Raises:
        ValueError, TypeError: A value does not fit into the request.
    """
    return Operation(
        name="stream_logs",
        method="POST",
        path="/logs/stream",
        policy=_POLICY,
        parse=_parse,
        params=wire.query(
            ("app_id", wire.items("app_id", app_id)),
            ("endpoint", endpoint),
            ("expand_log_window", expand_log_window),
            ("job_id", job_id),
            ("level", level),
            ("request_id", request_id),
            ("revision", revision),
            ("run_source", run_source),
            ("search", search),
            ("since", since),
            ("traceback", traceback),
            ("until", until),
        ),
        json=wire.plain(wire.items("body", body), "body"),
        stream=True,
    )


def _parse(status: int, headers: Mapping[str, str], body: bytes) -> LogEntry:
    value = wire.load(body)
    parsed: LogEntry = LogEntry.from_dict(value)
    return parsed
