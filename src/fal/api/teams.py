"""The accounts that a person may act for: `client.teams`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fal._core import arguments, config_file
from fal.api._namespace import Namespace
from fal.exceptions import FailedPrecondition, NotFound

if TYPE_CHECKING:
    # Inside the class, `list` is the method.
    from builtins import list as List

    from fal.sdk import UserAccount


class TeamsNamespace(Namespace):
    """List the teams of a login, and choose the one that is acted for.

    Example:
        from fal.api import SyncServerlessClient

        client = SyncServerlessClient()
        teams = client.teams.list()
    """

    def list(self) -> List[UserAccount]:
        """List the accounts that the login may act for, its own among them.

        A key has one account and no teams. Those of a login are what `team=` of the client takes, by their `nickname`.

        Returns:
            One entry for each account; the person's own has `is_personal`, one that cannot be used has a `lock_reason`.

        Raises:
            PermissionDenied: The credentials are a key that may not ask.
            FalServerlessException: The platform refused, or was not reached.

        Example:
            names = [team.nickname for team in client.teams.list() if not team.lock_reason]
        """
        from fal._gen import rest  # few scripts look at teams: only they load the REST half

        return self._send(rest.list_teams())

    def set(self, nickname: str) -> UserAccount:
        """Choose the account that clients act for when they are given no `team`; the configuration file keeps it.

        Args:
            nickname: The name of the account, as `list` shows it.

        Returns:
            The account.

        Raises:
            NotFound: The login has no such account.
            FailedPrecondition: The account is locked.
            ConfigurationError: The configuration file cannot be changed. A ValueError.
            FalServerlessException: The platform refused, or was not reached.

        Example:
            client.teams.set("acme")
        """
        wanted = arguments.identifier("nickname", nickname, 'the name of an account, e.g. "acme"').casefold()
        known = self.list()
        found = next((team for team in known if team.nickname.casefold() == wanted), None)
        if found is None:
            raise NotFound(
                f"the login has no account {nickname!r}", hint=f"It has: {', '.join(team.nickname for team in known)}."
            )
        if found.lock_reason:
            raise FailedPrecondition(f"the account {found.nickname!r} is locked: {found.lock_reason}")
        self._work(config_file.set_team, found.nickname)
        return found

    def unset(self) -> None:
        """Forget the account that was chosen: clients act for the login's own one again.

        Raises:
            ConfigurationError: The configuration file cannot be changed. A ValueError.

        Example:
            client.teams.unset()
        """
        self._work(config_file.set_team, None)
