# Generated from spec/; do not edit. Regenerate with: just generate
"""POST /storage/auth/token"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fal._gen.method import Operation, Policy
from fal._gen.rest import wire
from fal._gen.rest.models.storage_token import StorageToken

_POLICY = Policy(
    deadline=60.0,
    attempt_timeout=10.0,
    idempotent=True,
    retry_on=frozenset(["408", "429", "500", "502", "503", "504", "connect"]),
    max_attempts=5,
)


def create_storage_token(
    *,
    body: Mapping[str, Any],
    storage_type: str | None = None,
) -> Operation[StorageToken]:
    """Make a token that the stores of files and of texts by key take.

    Args:
        body: What a token is asked for with; nothing is needed.
        storage_type: Which store takes it; fal-cdn-v3 is known.

    Returns:
        The token.

    Raises:
        ValueError, TypeError: A value does not fit into the request.
    """
    return Operation(
        name="create_storage_token",
        method="POST",
        path="/storage/auth/token",
        policy=_POLICY,
        parse=_parse,
        params=wire.query(
            ("storage_type", storage_type),
        ),
        json=wire.plain(body, "body"),
    )


def _parse(status: int, headers: Mapping[str, str], body: bytes) -> StorageToken:
    value = wire.load(body)
    parsed: StorageToken = StorageToken.from_dict(value)
    return parsed
