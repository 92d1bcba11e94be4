# Generated from spec/; do not edit. Regenerate with: just generate
"""GET /serverless/requests/by-endpoint"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from fal._gen.method import Operation, Policy
from fal._gen.rest import wire
from fal._gen.rest.models.serverless_request_order import ServerlessRequestOrder
from fal._gen.rest.models.serverless_request_status import ServerlessRequestStatus
from fal._gen.rest.models.serverless_requests_response import ServerlessRequestsResponse

_POLICY = Policy(
    deadline=120.0,
    attempt_timeout=60.0,
    idempotent=True,
    retry_on=frozenset(["429", "502", "503", "504", "connect"]),
    max_attempts=5,
)


def serverless_list_requests_by_endpoint(
    *,
    endpoint_id: Sequence[str] | str,
    cursor: str | None = None,
    end: datetime | str | None = None,
    expand: Sequence[str] | str | None = None,
    limit: int | None = None,
    request_id: str | None = None,
    sort_by: ServerlessRequestOrder | str | None = None,
    start: datetime | str | None = None,
    status: ServerlessRequestStatus | str | None = None,
) -> Operation[ServerlessRequestsResponse]:
    """List the requests to endpoints.

    Takes any key.

    Args:
        endpoint_id: The endpoints, as `owner/name`.
        cursor: The `next_cursor` of the page before.
        end: Only up to this time or day.
        expand: What to add to the answer.
        limit: Entries of one page, at most.
        request_id: Only what belongs to this request.
        sort_by: The order, newest or longest first; by end when left out.
        start: Only from this time or day on.
        status: Only requests that ended this way.

    Returns:
        The requests, one page.

    Raises:
        ValueError, TypeError: A value does not fit into the request.
    """
    return Operation(
        name="serverless_list_requests_by_endpoint",
        method="GET",
        path="/serverless/requests/by-endpoint",
        policy=_POLICY,
        parse=_parse,
        params=wire.query(
            ("cursor", cursor),
            ("end", end),
            ("endpoint_id", endpoint_id),
            ("expand", expand),
            ("limit", limit),
            ("request_id", request_id),
            ("sort_by", sort_by),
            ("start", start),
            ("status", status),
        ),
        host="platform",
    )


def _parse(status: int, headers: Mapping[str, str], body: bytes) -> ServerlessRequestsResponse:
    value = wire.load(body)
    parsed: ServerlessRequestsResponse = ServerlessRequestsResponse.from_dict(value)
    return parsed
