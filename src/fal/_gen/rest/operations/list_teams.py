# Generated from spec/; do not edit. Regenerate with: just generate
"""GET /users/teams"""

from __future__ import annotations

from collections.abc import Mapping

from fal._gen.method import Operation, Policy
from fal._gen.rest import wire
from fal._gen.rest.models.user_account import UserAccount

_POLICY = Policy(
    deadline=60.0,
    attempt_timeout=30.0,
    idempotent=True,
    retry_on=frozenset(["429", "502", "503", "504", "connect"]),
    max_attempts=5,
)


def list_teams() -> Operation[list[UserAccount]]:
    """List the accounts that a person may act for, their own among them.

    Works with a login only, not with a key, and takes no team header.

    Returns:
        The accounts.
    """
    return Operation(
        name="list_teams",
        method="GET",
        path="/users/teams",
        policy=_POLICY,
        parse=_parse,
    )


def _parse(status: int, headers: Mapping[str, str], body: bytes) -> list[UserAccount]:
    value = wire.load(body)
    parsed: list[UserAccount] = [UserAccount.from_dict(item) for item in wire.array(value, "list_teams")]
    return parsed
