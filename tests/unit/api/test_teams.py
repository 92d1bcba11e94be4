"""The accounts that a login may act for."""

from __future__ import annotations

from typing import Any

import pytest

from fal import exceptions
from fal.api import SyncServerlessClient

_OWN = {"nickname": "ada", "user_id": "user-1", "full_name": "Ada", "is_personal": True}
_GONE = {"nickname": "old", "user_id": "team-2", "is_personal": False, "lock_reason": "Archived", "new": 1}


def test_the_accounts_are_listed_with_what_they_say(client: SyncServerlessClient, wire: Any) -> None:
    wire.documents["/users/teams"] = (200, [_OWN, _GONE])
    own, gone = client.teams.list()
    assert wire.calls == [("/users/teams", None)]
    assert (own.nickname, own.user_id, own.is_personal, own.lock_reason) == ("ada", "user-1", True, None)
    assert (gone.nickname, gone.lock_reason, gone.additional_properties) == ("old", "Archived", {"new": 1})


def test_a_key_without_the_permission_is_reported(client: SyncServerlessClient, wire: Any) -> None:
    wire.documents["/users/teams"] = (403, {"detail": "Keys have no teams"})
    with pytest.raises(exceptions.PermissionDenied, match="Keys have no teams") as caught:
        client.teams.list()
    assert caught.value.method == "list_teams"
