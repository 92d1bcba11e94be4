# Generated from spec/; do not edit. Regenerate with: just generate
"""DELETE /serverless/apps/{owner}/{name}/queue"""

from __future__ import annotations

from collections.abc import Mapping

from fal._gen.method import Operation, Policy
from fal._gen.rest import wire

_POLICY = Policy(
    deadline=120.0,
    attempt_timeout=60.0,
    idempotent=True,
    retry_on=frozenset(["429", "503", "connect"]),
    max_attempts=3,
)


def serverless_flush_app_queue(
    owner: str,
    name: str,
    *,
    idempotency_key: str | None = None,
) -> Operation[None]:
    """Drop the requests that wait for an app.

    Takes any key.

    Args:
        owner: Nickname of the account that owns the app.
        name: Name of the app.
        idempotency_key: A text of your choice: two requests with the same one are carried out once.

    Raises:
        ValueError, TypeError: A value does not fit into the request.
    """
    return Operation(
        name="serverless_flush_app_queue",
        method="DELETE",
        path=f"/serverless/apps/{wire.segment('owner', owner)}/{wire.segment('name', name)}/queue",
        policy=_POLICY,
        parse=_parse,
        headers=wire.headers(
            ("Idempotency-Key", idempotency_key),
        ),
        host="platform",
        success=frozenset([204]),
    )


def _parse(status: int, headers: Mapping[str, str], body: bytes) -> None:
    return None
