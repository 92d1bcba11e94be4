# Generated from spec/; do not edit. Regenerate with: just generate
"""DELETE /keys/{key_id}"""

from __future__ import annotations

from collections.abc import Mapping

from fal._gen.method import Operation, Policy
from fal._gen.rest import wire

_POLICY = Policy(
    deadline=60.0,
    attempt_timeout=30.0,
    idempotent=False,
    retry_on=frozenset(["429", "503", "connect"]),
    max_attempts=3,
)


def delete_api_key(
    key_id: str,
    *,
    idempotency_key: str | None = None,
) -> Operation[None]:
    """Delete an API key; what uses it is refused from then on.

    Takes an admin key.

    Args:
        key_id: Id of the key.
        idempotency_key: A text of your choice: two requests with the same one are carried out once.

    Raises:
        ValueError, TypeError: A value does not fit into the request.
    """
    return Operation(
        name="delete_api_key",
        method="DELETE",
        path=f"/keys/{wire.segment('key_id', key_id)}",
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
