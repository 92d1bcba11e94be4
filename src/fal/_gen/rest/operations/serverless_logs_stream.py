# Generated from spec/; do not edit. Regenerate with: just generate
"""POST /serverless/logs/stream"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from fal._gen.method import Operation, Policy
from fal._gen.rest import wire
from fal._gen.rest.models.serverless_log_filter import ServerlessLogFilter
from fal._gen.rest.models.serverless_run_source import ServerlessRunSource

_POLICY = Policy(
    deadline=None,
    attempt_timeout=None,
    idempotent=True,
    retry_on=frozenset(["429", "502", "503", "504", "connect"]),
    max_attempts=5,
)


def serverless_logs_stream(
    *,
    body: Sequence[ServerlessLogFilter | Mapping[str, Any]] | None = None,
    app_id: Sequence[str] | str | None = None,
    end: datetime | str | None = None,
    job_id: str | None = None,
    level: str | None = None,
    request_id: str | None = None,
    revision: str | None = None,
    run_source: ServerlessRunSource | str | None = None,
    search: str | None = None,
    start: datetime | str | None = None,
    traceback: bool | None = None,
) -> Operation[str]:
    """Follow the log lines as they are written.

    Takes any key.

    Args:
        body: Only lines whose labels match every filter.
        app_id: Only lines of these apps.
        end: Only up to this time or day.
        job_id: Only lines of this runner.
        level: Only lines of this level.
        request_id: Only what belongs to this request.
        revision: Only lines of this revision.
        run_source: Only lines of runs that were started this way.
        search: Only what holds this text.
        start: Only from this time or day on.
        traceback: Only lines that belong to a traceback.

    Returns:
        One event per line.

    Raises:
        ValueError, TypeError: A value does not fit into the request.
    """
    return Operation(
        name="serverless_logs_stream",
        method="POST",
        path="/serverless/logs/stream",
        policy=_POLICY,
        parse=_parse,
        params=wire.query(
            ("app_id", app_id),
            ("end", end),
            ("job_id", job_id),
            ("level", level),
            ("request_id", request_id),
            ("revision", revision),
            ("run_source", run_source),
            ("search", search),
            ("start", start),
            ("traceback", traceback),
        ),
        json=wire.plain(wire.items("body", body), "body"),
        stream=True,
        host="platform",
    )


def _parse(status: int, headers: Mapping[str, str], body: bytes) -> str:
    return wire.decode(body, "serverless_logs_stream")
