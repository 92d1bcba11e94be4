# Generated from spec/; do not edit. Regenerate with: just generate
"""GET /keys"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fal._gen.method import Operation, Policy
from fal._gen.rest import wire
from fal._gen.rest.models.api_keys_response import ApiKeysResponse

_POLICY = Policy(
    deadline=60.0,
    attempt_timeout=30.0,
    idempotent=True,
    retry_on=frozenset(["429", "502", "503", "504", "connect"]),
    max_attempts=5,
)


def list_api_keys(
    *,
    cursor: str | None = None,
    expand: Sequence[str] | str | None = None,
    limit: int | None = None,
) -> Operation[ApiKeysResponse]:
    """List the API keys of the account.

    Takes an admin key.

    Args:
        cursor: The `next_cursor` of the page before.
        expand: What to add to the answer.
        limit: Entries of one page, at most.

    Returns:
        The keys.

    Raises:
        ValueError, TypeError: A value does not fit into the request.
    """
    return Operation(
        name="list_api_keys",
        method="GET",
        path="/keys",
        policy=_POLICY,
        parse=_parse,
        params=wire.query(
            ("cursor", cursor),
            ("expand", expand),
            ("limit", limit),
        ),
        host="platform",
    )


def _parse(status: int, headers: Mapping[str, str], body: bytes) -> ApiKeysResponse:
    value = wire.load(body)
    parsed: ApiKeysResponse = ApiKeysResponse.from_dict(value)
    return parsed
