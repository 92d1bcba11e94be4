"""The account that a client acts for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fal._gen.rest.models import CurrentUser, UserAccount


@dataclass(frozen=True)
class Account:
    """The account that a client's credentials belong to.

    Attributes:
        nickname: Its name in URLs, as in https://fal.run/nickname/app.
        user_id: Its identifier.
        name: Its display name.
        email: Its e-mail address, if the platform tells it.
        is_personal: Whether it is a person's account, not a team's.
        teams: The nicknames of the accounts that a login may act for; none for a key.
    """

    nickname: str
    user_id: str
    name: str | None
    email: str | None
    is_personal: bool | None
    teams: tuple[str, ...] = ()


def account(user: CurrentUser, teams: Sequence[UserAccount]) -> Account:
    """Return the account as the platform describes it."""
    email = user.additional_properties.get("email")
    return Account(
        nickname=user.nickname,
        user_id=user.user_id,
        name=user.full_name,
        email=email if isinstance(email, str) else None,
        is_personal=user.is_personal,
        teams=tuple(team.nickname for team in teams if not team.lock_reason),
    )
