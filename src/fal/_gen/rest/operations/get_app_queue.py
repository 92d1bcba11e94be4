# Generated from spec/; do not edit. Regenerate with: just generate
"""GET /applications/{app_user_id}/{app_alias}/queue"""

from __future__ import annotations

from collections.abc import Mapping

from fal._gen.method import Operation, Policy
from fal._gen.rest import wire
from fal._gen.rest.models.queue_info import QueueInfo

_POLICY = Policy(
    deadline=60.0,
    attempt_timeout=30.0,
    idempotent=True,
    retry_on=frozenset(["429", "502", "503", "504", "connect"]),
    max_attempts=5,
)


def get_app_queue(
    app_user_id: str,
    app_alias: str,
    *,
    by_user: bool | None = None,
) -> Operation[QueueInfo]:
    """Return how many requests wait for an application.

    Args:
        app_user_id: Nickname of the account that owns the application.
        app_alias: Name of the application.
        by_user: Whether to count the requests of each caller, too.

    Returns:
        The counts.

    Raises:
        ValueError, TypeError: A value does not fit into the request.
    """
    return Operation(
        name="get_app_queue",
        method="GET",
        path=f"/applications/{wire.segment('app_user_id', app_user_id)}/{wire.segment('app_alias', app_alias)}/queue",
        policy=_POLICY,
        parse=_parse,
        params=wire.query(
            ("by_user", by_user),
        ),
    )


def _parse(status: int, headers: Mapping[str, str], body: bytes) -> QueueInfo:
    value = wire.load(body)
    parsed: QueueInfo = QueueInfo.from_dict(value)
    return parsed
