"""Who a client acts for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fal._gen.rest.models import CurrentUser, UserAccount


@dataclass(frozen=True, slots=True)
class Account:
    """The account that a client's credentials belong to.

    Attributes:
        nickname: Its name in addresses, as in https://fal.run/nickname/app.
        user_id: Its identifier.
        name: Its name for people.
        email: Its e-mail address, when the platform tells it.
        is_personal: Whether it is a person's account, not a team's.
        teams: The nicknames of the accounts that a login may act for; a key has none.
    """

    nickname: str
    user_id: str
    name: str | None
    email: str | None
    is_personal: bool | None
    teams: tuple[str, ...] = ()


def account(user: CurrentUser, teams: Sequence[UserAccount]) -> Account:
    """Return what the platform says of the account."""
    email = user.additional_properties.get("email")
    return Account(
        nickname=user.nickname,
        user_id=user.user_id,
        name=user.full_name,
        email=email if isinstance(email, str) else None,
        is_personal=user.is_personal,
        teams=tuple(team.nickname for team in teams if not team.lock_reason),
    )
