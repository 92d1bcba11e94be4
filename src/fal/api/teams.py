"""Accounts that a login may act for: `client.teams`."""

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
    """List the teams of a login, and choose the one to act for.

    Example:
        from fal.api import SyncServerlessClient

        client = SyncServerlessClient()
        teams = client.teams.list()
    """

    def list(self) -> List[UserAccount]:
        """List the accounts that the login may act for, including its own.

        A key has one account and no teams. Pass the `nickname` of an account as the client's `team`.

        Returns:
            One entry for each account; the person's own has `is_personal`, one that cannot be used has a `lock_reason`.

        Raises:
            PermissionDenied: The credentials are a key without this permission.
            FalServerlessException: The platform refused the call or could not be reached.

        Example:
            names = [team.nickname for team in client.teams.list() if not team.lock_reason]
        """
        from fal._gen import rest  # loaded here, as few scripts need the REST operations

        return self._send(rest.list_teams())

    def set(self, nickname: str) -> UserAccount:
        """Set the account that clients without a `team` act for; it is stored in the configuration file.

        Args:
            nickname: The name of the account, as `list` shows it.

        Returns:
            The account.

        Raises:
            NotFound: The login has no such account.
            FailedPrecondition: The account is locked.
            ConfigurationError: The configuration file cannot be changed. A ValueError.
            FalServerlessException: The platform refused the call or could not be reached.

        Example:
            client.teams.set("acme")
        """
        wanted = arguments.identifier("nickname", nickname, 'the name of an account, e.g. "acme"').casefold()
        known = self.list()
        match = next((team for team in known if team.nickname.casefold() == wanted), None)
        if match is None:
            raise NotFound(
                f"the login has no account {nickname!r}", hint=f"It has: {', '.join(team.nickname for team in known)}."
            )
        if match.lock_reason:
            raise FailedPrecondition(f"the account {match.nickname!r} is locked: {match.lock_reason}")
        self._work(config_file.set_team, match.nickname)
        return match

    def unset(self) -> None:
        """Remove the chosen account: clients act for the login's own account again.

        Raises:
            ConfigurationError: The configuration file cannot be changed. A ValueError.

        Example:
            client.teams.unset()
        """
        self._work(config_file.set_team, None)
