"""Deploys, read off their events and their log."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ..state.logs import LogQuery, LogStore

if TYPE_CHECKING:
    from ..model.records import Event, LogLine
    from ..state.activity import Activity

_STATUS = {"deployment_started": "deploying", "deployment_ended": "deployed", "deployment_failed": "failed"}
_MOST_EVENTS = 2_000
_MOST_LINES = 2_000
_LONGEST_BUILD = 3600.0  # seconds


def deploys(activity: Activity, *, limit: int) -> list[dict[str, Any]]:
    """Return deploys, the newest first."""
    events = activity.events(categories=_STATUS, limit=_MOST_EVENTS)
    by_revision: dict[str, list[Event]] = {}
    for event in events:
        by_revision.setdefault(str(event.payload.get("new_application_id")), []).append(event)
    return [_summary(revision, happened) for revision, happened in by_revision.items()][:limit]


def deploy(activity: Activity, logs: LogStore, owner: str, revision: str) -> dict[str, Any] | None:
    """Return one deploy with its events and its log, None when there is none of this revision."""
    events = [
        event for event in activity.events(limit=_MOST_EVENTS) if event.payload.get("new_application_id") == revision
    ]
    own = [event for event in events if event.category in _STATUS]
    if not own:
        return None
    summary = _summary(revision, own)
    lines = _log(activity, logs, owner, own)
    return summary | {
        "events": [
            {
                "created_at": datetime.fromtimestamp(event.created_at, UTC).isoformat(),
                "category": event.category,
                "detail": event.payload.get("reason") or event.payload.get("state"),
            }
            for event in reversed(events)
        ],
        "log": [
            {"timestamp": line.timestamp.isoformat(), "level": line.level, "message": line.message} for line in lines
        ],
    }


def _log(activity: Activity, logs: LogStore, owner: str, own: list[Event]) -> list[LogLine]:
    """Return the lines of a deploy: of its revision, and of the build before it, which knows no revision yet.

    Args:
        activity: What happened.
        logs: The lines.
        owner: The account.
        own: The events of the deploy, the newest first.
    """
    app, began = own[0].app, own[-1].created_at
    before = activity.events(app, until=began, categories=_STATUS, limit=1)
    since = max(began - _LONGEST_BUILD, before[0].created_at if before else 0)
    until = own[0].created_at + 1 if own[0].category != "deployment_started" else began + _LONGEST_BUILD
    query = LogQuery(owner, datetime.fromtimestamp(since, UTC), datetime.fromtimestamp(until, UTC), apps=(app,))
    revision = own[0].payload.get("new_application_id")
    lines = logs.lines(query, _MOST_LINES)
    return [line for line in lines if line.revision == revision or (line.source == "BUILDER" and line.revision is None)]


def _summary(revision: str, events: list[Event]) -> dict[str, Any]:
    """Describe a deploy by its events, the newest first."""
    last, first = events[0], events[-1]
    return {
        "id": revision,
        "revision": revision,
        "app": last.app,
        "status": _STATUS[last.category],
        "started_at": datetime.fromtimestamp(first.created_at, UTC).isoformat(),
        "duration": None if last is first else last.created_at - first.created_at,
        "deployed_by": (first.payload.get("actor") or {}).get("nickname"),
        "message": first.payload.get("message"),
        "reason": last.payload.get("reason"),
    }
