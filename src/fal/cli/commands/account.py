"""`fal account`: the account that is acted for."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING

from fal.cli._output import Columns, Done, Output, Table, record
from fal.cli._tree import account

if TYPE_CHECKING:
    from fal.cli._session import Session


@account.command("list", calls=["teams.list"])
def list_accounts(session: Session) -> Output:
    chosen = session.client.auth_info().team
    rows = [
        {
            **record(each),
            "number": number,
            "type": "personal" if each.is_personal else "org" if each.is_org else "team",
            "is_selected": each.nickname == chosen if chosen else bool(each.is_personal),
        }
        for number, each in enumerate(session.client.teams.list(), 1)
    ]
    shown = {"#": "number", "Account": "nickname", "In use": "is_selected", "Name": "full_name", "Type": "type"}
    columns: Columns = {title: itemgetter(key) for title, key in {**shown, "Locked": "lock_reason"}.items()}
    return Table("teams", rows, columns)


@account.command("set", calls=["teams.set"], metavars={"nickname": "ACCOUNT"})
def set_account(session: Session, nickname: str) -> Output:
    """Choose the account to act for from now on; the configuration file keeps it.

    Args:
        nickname: The name of the account, or its number, as `fal account list` shows them.
    """
    wanted = nickname
    if nickname.isdecimal():
        known = [each.nickname for each in session.client.teams.list()]
        if nickname not in known and 0 < int(nickname) <= len(known):
            wanted = known[int(nickname) - 1]
    account = session.client.teams.set(wanted)
    return Done(f"Now acting for {account.nickname}.", account=account.nickname)


@account.command("unset", calls=["teams.unset"])
def unset(session: Session) -> Output:
    """Act for the login's own account again."""
    session.client.teams.unset()
    return Done("Now acting for the login's own account.", account=None)
