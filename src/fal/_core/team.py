"""Which team a call is made for, found out once per client."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from fal.exceptions import ConfigurationError

if TYPE_CHECKING:
    from fal._core.settings import Settings
    from fal._gen.method import Operation

HEADER = "X-Fal-User-Id"


def resolve_team(settings: Settings, send: Callable[[Operation[Any]], Any]) -> Sequence[tuple[str, str]]:
    """Return the header that makes calls act for the team of the settings, empty when the key is the team's own.

    Raises:
        ConfigurationError: The login is not a member of the team, or the key belongs to another account.
    """
    from fal._gen import rest

    team = settings.team
    if not team:
        return ()
    source = settings.sources.get("team", "team")
    if settings.credentials.kind != "login":
        nickname = send(rest.get_current_user()).nickname
        if nickname.casefold() != team.casefold():
            raise ConfigurationError(
                f"{source}: the key belongs to {nickname!r}, not to the team {team!r}",
                hint="A key acts for its own account only: use a key of the team, or leave the team out.",
            )
        return ()
    accounts = [
        account for account in send(rest.list_teams()) if "archived" not in str(account.lock_reason or "").casefold()
    ]
    for account in accounts:
        if account.nickname.casefold() == team.casefold():
            return ((HEADER, account.user_id),)
    known = ", ".join(sorted(account.nickname for account in accounts)) or "none"
    raise ConfigurationError(f"{source}: the login is not a member of a team {team!r}", hint=f"Its teams: {known}.")
