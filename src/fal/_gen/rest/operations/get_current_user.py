# Generated from spec/; do not edit. Regenerate with: just generate
"""GET /users/current"""

from __future__ import annotations

from collections.abc import Mapping

from fal._gen.method import Operation, Policy
from fal._gen.rest import wire
from fal._gen.rest.models.current_user import CurrentUser

_POLICY = Policy(
    deadline=60.0,
    attempt_timeout=30.0,
    idempotent=True,
    retry_on=frozenset(["429", "502", "503", "504", "connect"]),
    max_attempts=5,
)


def get_current_user() -> Operation[CurrentUser]:
    """Return the account that the credentials belong to.

    Returns:
        The account.
    """
    return Operation(
        name="get_current_user",
        method="GET",
        path="/users/current",
        policy=_POLICY,
        parse=_parse,
    )


def _parse(status: int, headers: Mapping[str, str], body: bytes) -> CurrentUser:
    value = wire.load(body)
    parsed: CurrentUser = CurrentUser.from_dict(value)
    return parsed
