# Generated from spec/; do not edit. Regenerate with: just generate
"""GET /serverless/analytics"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from fal._gen.method import Operation, Policy
from fal._gen.rest import wire
from fal._gen.rest.models.serverless_analytics_response import ServerlessAnalyticsResponse
from fal._gen.rest.models.serverless_bound_to_timeframe import ServerlessBoundToTimeframe
from fal._gen.rest.models.serverless_timeframe import ServerlessTimeframe

_POLICY = Policy(
    deadline=120.0,
    attempt_timeout=60.0,
    idempotent=True,
    retry_on=frozenset(["429", "502", "503", "504", "connect"]),
    max_attempts=5,
)


def serverless_get_analytics(
    *,
    endpoint_id: Sequence[str] | str,
    bound_to_timeframe: ServerlessBoundToTimeframe | str | None = None,
    cursor: str | None = None,
    end: datetime | str | None = None,
    expand: Sequence[str] | str | None = None,
    limit: int | None = None,
    start: datetime | str | None = None,
    timeframe: ServerlessTimeframe | str | None = None,
    timezone: str | None = None,
) -> Operation[ServerlessAnalyticsResponse]:
    """Return request counts and durations of endpoints over time.

    Takes any key.

    Args:
        endpoint_id: The endpoints, as `owner/name`.
        bound_to_timeframe: Whether the span is widened to whole steps; it is when left out.
        cursor: The `next_cursor` of the page before.
        end: Only up to this time or day.
        expand: What to add to the answer.
        limit: Entries of one page, at most.
        start: Only from this time or day on.
        timeframe: How long one step of the series is; chosen by the length of the span when left out.
        timezone: Name of the time zone in which days begin, e.g. UTC, which is the default.

    Returns:
        The figures, one page.

    Raises:
        ValueError, TypeError: A value does not fit into the request.
    """
    return Operation(
        name="serverless_get_analytics",
        method="GET",
        path="/serverless/analytics",
        policy=_POLICY,
        parse=_parse,
        params=wire.query(
            ("bound_to_timeframe", bound_to_timeframe),
            ("cursor", cursor),
            ("end", end),
            ("endpoint_id", endpoint_id),
            ("expand", expand),
            ("limit", limit),
            ("start", start),
            ("timeframe", timeframe),
            ("timezone", timezone),
        ),
        host="platform",
    )


def _parse(status: int, headers: Mapping[str, str], body: bytes) -> ServerlessAnalyticsResponse:
    value = wire.load(body)
    parsed: ServerlessAnalyticsResponse = ServerlessAnalyticsResponse.from_dict(value)
    return parsed
