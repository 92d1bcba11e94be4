"""The accounts that a person may act for: `client.teams`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fal.api._namespace import Namespace

if TYPE_CHECKING:
    # Inside the class, `list` is the method.
    from builtins import list as List

    from fal.sdk import UserAccount


class TeamsNamespace(Namespace):
    """List the teams of a login.

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
