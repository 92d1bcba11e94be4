"""Which team a call is made for: the request for it, and the meaning of the response. Nothing is sent here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from fal._core.log import logger
from fal.exceptions import ConfigurationError

if TYPE_CHECKING:
    from fal._core.settings import Settings
    from fal._gen.method import Operation

HEADER = "X-Fal-User-Id"


def lookup(settings: Settings) -> Operation[Any]:
    """Return the operation whose response identifies the team: a login has teams, a key has one account."""
    from fal._gen import rest

    return rest.list_teams() if settings.credentials.kind == "login" else rest.get_current_user()


def warn_unverified(settings: Settings) -> None:
    """Warn that a key which may not read its account is used anyway; a key acts for its own account only."""
    logger.warning(
        "the team %r (%s) cannot be verified: the key (%s) may not read its account; it is used anyway",
        settings.team,
        settings.sources.get("team", "team"),
        settings.sources["credentials"],
    )


def headers(settings: Settings, answer: Any) -> Sequence[tuple[str, str]]:
    """Return the headers that make calls act for the team of the settings; none when the key is the team's own.

    Raises:
        ConfigurationError: The login is not a member of the team, or the key belongs to another account.
    """
    team = (settings.team or "").casefold()
    source = settings.sources.get("team", "team")
    if settings.credentials.kind != "login":
        if answer.nickname.casefold() != team:
            raise ConfigurationError(
                f"{source}: the key belongs to {answer.nickname!r}, not to the team {settings.team!r}",
                hint="A key acts for its own account only: use a key of the team, or leave the team out.",
            )
        return ()
    accounts = [account for account in answer if "archived" not in str(account.lock_reason or "").casefold()]
    for account in accounts:
        if account.nickname.casefold() == team:
            return ((HEADER, account.user_id),)
    known = ", ".join(sorted(account.nickname for account in accounts)) or "none"
    raise ConfigurationError(
        f"{source}: the login is not a member of a team {settings.team!r}", hint=f"Its teams: {known}."
    )
