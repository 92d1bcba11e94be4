"""`fal account`: the account that is acted for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fal.cli._output import Columns, Done, Output, Table
from fal.cli._tree import account

if TYPE_CHECKING:
    from fal.cli._session import Session


@account.command("list", calls=["teams.list"])
def list_accounts(session: Session) -> Output:
    chosen = session.client.auth_info().team
    columns: Columns = {
        "Account": "nickname",
        "In use": lambda each: each.nickname == chosen if chosen else bool(each.is_personal),
        "Name": "full_name",
        "Locked": "lock_reason",
    }
    return Table("accounts", session.client.teams.list(), columns)


@account.command("set", calls=["teams.set"], metavars={"nickname": "ACCOUNT"})
def set_account(session: Session, nickname: str) -> Output:
    """Choose the account to act for from now on; the configuration file keeps it.

    Args:
        nickname: The name of the account, as `fal account list` shows it.
    """
    found = session.client.teams.set(nickname)
    return Done(f"Now acting for {found.nickname}.", account=found.nickname)


@account.command("unset", calls=["teams.unset"])
def unset(session: Session) -> Output:
    """Act for the login's own account again."""
    session.client.teams.unset()
    return Done("Now acting for the login's own account.", account=None)
