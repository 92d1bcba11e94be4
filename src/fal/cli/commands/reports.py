"""What the platform tells about the past: usage, analytics, events, requests and metrics of apps."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from fal.cli._output import Facts, Output, Table, Text, columns_of
from fal.cli._tree import reports

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fal.cli._session import Session

_LIMIT = {"limit": "N"}


def _rows(name: str, rows: Iterable[Any], limit: int) -> Output:
    records = list(islice(rows, limit))
    return Table(name, records, columns_of(records))


@reports.command("usage", calls=["usage.list"], metavars=_LIMIT)
def usage(session: Session, *, limit: int = 100, **options: Any) -> Output:
    """Show usage over time, one row per step, app and machine type.

    Args:
        limit: How many rows at most.
    """
    return _rows("usage", session.client.usage.list(**options), limit)


@reports.command("usage-summary", calls=["usage.summary"])
def usage_summary(session: Session, **options: Any) -> Output:
    """Show the usage of a whole range, one row per app and machine type."""
    return _rows("usage", session.client.usage.summary(**options), 10_000)


@reports.command("analytics", calls=["analytics.list"], metavars={**_LIMIT, "figures": "NAME"})
def analytics(session: Session, *, limit: int = 100, **options: Any) -> Output:
    """Show figures over time, one row per step and app.

    Args:
        limit: How many rows at most.
    """
    return _rows("analytics", session.client.analytics.list(**options), limit)


@reports.command("analytics-summary", calls=["analytics.summary"], metavars={"figures": "NAME"})
def analytics_summary(session: Session, **options: Any) -> Output:
    """Show the figures of a whole range, one row per app."""
    return _rows("analytics", session.client.analytics.summary(**options), 10_000)


@reports.command("revisions", calls=["apps.history"], metavars=_LIMIT)
def revisions(session: Session, *, limit: int = 100, **options: Any) -> Output:
    """Show the revisions of an app, newest first, with their messages and which one is current.

    Args:
        limit: How many rows at most.
    """
    return _rows("revisions", session.client.apps.history(**options), limit)


@reports.command("events", calls=["events.list"], metavars={**_LIMIT, "categories": "NAME"})
def events(session: Session, *, limit: int = 100, **options: Any) -> Output:
    """Show what happened to an app, newest first.

    Args:
        limit: How many rows at most.
    """
    return _rows("events", session.client.events.list(**options), limit)


@reports.command(
    "requests", calls=["requests.list"], flags={"request_id": ["--request"]}, metavars={**_LIMIT, "request_id": "ID"}
)
def requests(session: Session, *, limit: int = 100, **options: Any) -> Output:
    """Show the requests that apps handled, newest or longest first.

    Args:
        limit: How many rows at most.
    """
    return _rows("requests", session.client.requests.list(**options), limit)


@reports.command("metrics", calls=["metrics.list", "metrics.text"])
def metrics(session: Session, *, text: bool = False) -> Output:
    """Show the current metrics.

    Args:
        text: Print them in the format of Prometheus.
    """
    if text:
        return Text("metrics", session.client.metrics.text())
    metrics = session.client.metrics.list()
    return Table("metrics", metrics, columns_of(metrics))


@reports.command("runner-history", calls=["runners.history"])
def runner_history(session: Session, **options: Any) -> Output:
    """Show how many runners an app had over time."""
    history = session.client.runners.history(**options)
    return Facts(
        {name: getattr(history, name) for name in columns_of([history]).values() if isinstance(name, str)}, history
    )
