# Generated from spec/; do not edit. Regenerate with: just generate
"""GET /serverless/apps/{owner}/{name}/queue"""

from __future__ import annotations

from collections.abc import Mapping

from fal._gen.method import Operation, Policy
from fal._gen.rest import wire
from fal._gen.rest.models.serverless_app_queue import ServerlessAppQueue

_POLICY = Policy(
    deadline=60.0,
    attempt_timeout=30.0,
    idempotent=True,
    retry_on=frozenset(["429", "502", "503", "504", "connect"]),
    max_attempts=5,
)


def serverless_get_app_queue_info(
    owner: str,
    name: str,
) -> Operation[ServerlessAppQueue]:
    """Return how many requests wait for an app.

    Takes any key.

    Args:
        owner: Nickname of the account that owns the app.
        name: Name of the app.

    Returns:
        The count.

    Raises:
        ValueError, TypeError: A value does not fit into the request.
    """
    return Operation(
        name="serverless_get_app_queue_info",
        method="GET",
        path=f"/serverless/apps/{wire.segment('owner', owner)}/{wire.segment('name', name)}/queue",
        policy=_POLICY,
        parse=_parse,
        host="platform",
    )


def _parse(status: int, headers: Mapping[str, str], body: bytes) -> ServerlessAppQueue:
    value = wire.load(body)
    parsed: ServerlessAppQueue = ServerlessAppQueue.from_dict(value)
    return parsed
