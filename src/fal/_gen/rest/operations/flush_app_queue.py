# Generated from spec/; do not edit. Regenerate with: just generate
"""DELETE /applications/{app_user_id}/{app_alias}/queue"""

from __future__ import annotations

from collections.abc import Mapping

from fal._gen.method import Operation, Policy
from fal._gen.rest import wire

_POLICY = Policy(
    deadline=120.0,
    attempt_timeout=60.0,
    idempotent=False,
    retry_on=frozenset(["429", "503", "connect"]),
    max_attempts=3,
)


def flush_app_queue(
    app_user_id: str,
    app_alias: str,
    *,
    caller_user_id: str | None = None,
) -> Operation[None]:
    """Drop the requests that wait for an application.

    Args:
        app_user_id: Nickname of the account that owns the application.
        app_alias: Name of the application.
        caller_user_id: Drop only the requests of this caller.

    Raises:
        ValueError, TypeError: A value does not fit into the request.
    """
    return Operation(
        name="flush_app_queue",
        method="DELETE",
        path=f"/applications/{wire.segment('app_user_id', app_user_id)}/{wire.segment('app_alias', app_alias)}/queue",
        policy=_POLICY,
        parse=_parse,
        params=wire.query(
            ("caller_user_id", caller_user_id),
        ),
    )


def _parse(status: int, headers: Mapping[str, str], body: bytes) -> None:
    return None
