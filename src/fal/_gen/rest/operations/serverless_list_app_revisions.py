# Generated from spec/; do not edit. Regenerate with: just generate
"""GET /serverless/apps/{owner}/{name}/revisions"""

from __future__ import annotations

from collections.abc import Mapping

from fal._gen.method import Operation, Policy
from fal._gen.rest import wire
from fal._gen.rest.models.serverless_app_revisions_response import ServerlessAppRevisionsResponse

_POLICY = Policy(
    deadline=60.0,
    attempt_timeout=30.0,
    idempotent=True,
    retry_on=frozenset(["429", "502", "503", "504", "connect"]),
    max_attempts=5,
)


def serverless_list_app_revisions(
    owner: str,
    name: str,
    *,
    cursor: str | None = None,
    limit: int | None = None,
) -> Operation[ServerlessAppRevisionsResponse]:
    """List the revisions of an app.

    Takes any key.

    Args:
        owner: Nickname of the account that owns the app.
        name: Name of the app.
        cursor: The `next_cursor` of the page before.
        limit: Entries of one page, at most.

    Returns:
        The revisions, one page.

    Raises:
        ValueError, TypeError: A value does not fit into the request.
    """
    return Operation(
        name="serverless_list_app_revisions",
        method="GET",
        path=f"/serverless/apps/{wire.segment('owner', owner)}/{wire.segment('name', name)}/revisions",
        policy=_POLICY,
        parse=_parse,
        params=wire.query(
            ("cursor", cursor),
            ("limit", limit),
        ),
        host="platform",
    )


def _parse(status: int, headers: Mapping[str, str], body: bytes) -> ServerlessAppRevisionsResponse:
    value = wire.load(body)
    parsed: ServerlessAppRevisionsResponse = ServerlessAppRevisionsResponse.from_dict(value)
    return parsed
