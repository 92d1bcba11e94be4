# Generated from spec/; do not edit. Regenerate with: just generate
"""GET /serverless/apps/{owner}/{name}/runners/history"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from fal._gen.method import Operation, Policy
from fal._gen.rest import wire
from fal._gen.rest.models.serverless_runner_history import ServerlessRunnerHistory
from fal._gen.rest.models.serverless_runner_history_aggregation import ServerlessRunnerHistoryAggregation
from fal._gen.rest.models.serverless_timeframe import ServerlessTimeframe

_POLICY = Policy(
    deadline=60.0,
    attempt_timeout=30.0,
    idempotent=True,
    retry_on=frozenset(["429", "502", "503", "504", "connect"]),
    max_attempts=5,
)


def serverless_get_runner_history(
    owner: str,
    name: str,
    *,
    aggregation: ServerlessRunnerHistoryAggregation | str | None = None,
    end: datetime | str | None = None,
    start: datetime | str | None = None,
    timeframe: ServerlessTimeframe | str | None = None,
) -> Operation[ServerlessRunnerHistory]:
    """Return how many runners an app had over time, by their state.

    Takes any key.

    Args:
        owner: Nickname of the account that owns the app.
        name: Name of the app.
        aggregation: What a step says of its counts; the largest when left out.
        end: Only up to this time or day.
        start: Only from this time or day on.
        timeframe: How long one step of the series is; chosen by the length of the span when left out.

    Returns:
        The counts.

    Raises:
        ValueError, TypeError: A value does not fit into the request.
    """
    return Operation(
        name="serverless_get_runner_history",
        method="GET",
        path=f"/serverless/apps/{wire.segment('owner', owner)}/{wire.segment('name', name)}/runners/history",
        policy=_POLICY,
        parse=_parse,
        params=wire.query(
            ("aggregation", aggregation),
            ("end", end),
            ("start", start),
            ("timeframe", timeframe),
        ),
        host="platform",
    )


def _parse(status: int, headers: Mapping[str, str], body: bytes) -> ServerlessRunnerHistory:
    value = wire.load(body)
    parsed: ServerlessRunnerHistory = ServerlessRunnerHistory.from_dict(value)
    return parsed
