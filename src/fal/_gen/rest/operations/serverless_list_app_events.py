# Generated from spec/; do not edit. Regenerate with: just generate
"""GET /serverless/apps/{owner}/{name}/events"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from fal._gen.method import Operation, Policy
from fal._gen.rest import wire
from fal._gen.rest.models.serverless_app_event_category import ServerlessAppEventCategory
from fal._gen.rest.models.serverless_app_events_response import ServerlessAppEventsResponse

_POLICY = Policy(
    deadline=60.0,
    attempt_timeout=30.0,
    idempotent=True,
    retry_on=frozenset(["429", "502", "503", "504", "connect"]),
    max_attempts=5,
)


def serverless_list_app_events(
    owner: str,
    name: str,
    *,
    category: ServerlessAppEventCategory | str | Sequence[ServerlessAppEventCategory | str] | None = None,
    cursor: str | None = None,
    end: datetime | str | None = None,
    limit: int | None = None,
    start: datetime | str | None = None,
) -> Operation[ServerlessAppEventsResponse]:
    """List what happened to an app: deployments, changes of its settings, its runners.

    Takes any key.

    Args:
        owner: Nickname of the account that owns the app.
        name: Name of the app.
        category: Only events of these kinds.
        cursor: The `next_cursor` of the page before.
        end: Only up to this time or day.
        limit: Entries of one page, at most.
        start: Only from this time or day on.

    Returns:
        The events, one page.

    Raises:
        ValueError, TypeError: A value does not fit into the request.
    """
    return Operation(
        name="serverless_list_app_events",
        method="GET",
        path=f"/serverless/apps/{wire.segment('owner', owner)}/{wire.segment('name', name)}/events",
        policy=_POLICY,
        parse=_parse,
        params=wire.query(
            ("category", category),
            ("cursor", cursor),
            ("end", end),
            ("limit", limit),
            ("start", start),
        ),
        host="platform",
    )


def _parse(status: int, headers: Mapping[str, str], body: bytes) -> ServerlessAppEventsResponse:
    value = wire.load(body)
    parsed: ServerlessAppEventsResponse = ServerlessAppEventsResponse.from_dict(value)
    return parsed
