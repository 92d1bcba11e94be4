# Generated from spec/; do not edit. Regenerate with: just generate
"""POST /keys"""

from __future__ import annotations

from collections.abc import Mapping

from fal._gen.method import Operation, Policy
from fal._gen.rest import wire
from fal._gen.rest.models.created_api_key import CreatedApiKey

_POLICY = Policy(
    deadline=60.0,
    attempt_timeout=30.0,
    idempotent=False,
    retry_on=frozenset(["429", "503", "connect"]),
    max_attempts=3,
)


def create_api_key(
    *,
    alias: str,
) -> Operation[CreatedApiKey]:
    """Create an API key.

    Takes an admin key.

    Args:
        alias: What people call it.

    Returns:
        The key; its secret is shown this once.

    Raises:
        ValueError, TypeError: A value does not fit into the request.
    """
    return Operation(
        name="create_api_key",
        method="POST",
        path="/keys",
        policy=_POLICY,
        parse=_parse,
        json=wire.body(("alias", alias)),
        host="platform",
        success=frozenset([201]),
    )


def _parse(status: int, headers: Mapping[str, str], body: bytes) -> CreatedApiKey:
    value = wire.load(body)
    parsed: CreatedApiKey = CreatedApiKey.from_dict(value)
    return parsed
