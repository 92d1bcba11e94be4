"""`fal auth`: the login of a person."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from fal.cli._output import Done, Facts, Output
from fal.cli._tree import auth

if TYPE_CHECKING:
    from fal.api import LoginPrompt
    from fal.cli._session import Session


@auth.command("login", calls=["auth.login"], without=["on_prompt"], metavars={"connection": "NAME"})
def login(
    session: Session, *, no_browser: bool = False, connection: str | None = None, timeout: float = 900.0
) -> Output:
    """Log in with a browser, which may be on another machine, and store the login.

    Args:
        no_browser: Only print the address of the page.
        connection: How to log in, e.g. github, google or the domain of a single sign-on; without it, the page asks.
        timeout: How long to wait for the login to be confirmed, in seconds.
    """

    def prompt(asked: LoginPrompt) -> None:
        session.screen.message(f"Open this page in a browser:\n\n  {asked.url}\n\nIt shows the code {asked.code}.")
        if not no_browser and may_open_browser():
            import webbrowser

            webbrowser.open(asked.url)

    session.client.auth.login(prompt, connection=connection, timeout=timeout)
    return Done("Logged in.", logged_in=True)


@auth.command("logout", calls=["auth.logout"])
def logout(session: Session, *, no_browser: bool = False) -> Output:  # noqa: ARG001 - no browser is needed
    """End the stored login: it is revoked at the login service and removed from this machine, with the chosen account.

    Args:
        no_browser: Accepted for compatibility; no browser is opened.
    """
    was = session.client.auth.logout()
    if was:
        session.client.teams.unset()
    return Done("Logged out." if was else "There was no login.", was_logged_in=was)


@auth.command("whoami", calls=["account"])
def whoami(session: Session) -> Output:
    """Show the account that the credentials belong to."""
    account = session.client.account()
    facts = {"Account": account.nickname, "Name": account.name, "E-mail": account.email, "Id": account.user_id}
    shown = {name: value for name, value in facts.items() if value is not None}
    if account.teams:
        shown["Teams"] = ", ".join(account.teams)
    return Facts(shown, account)


def may_open_browser() -> bool:
    """Whether a browser that is opened here shows up before whoever types, and they have not said otherwise."""
    from fal._core.settings import is_true

    remote = os.environ.get("SSH_CLIENT") or os.environ.get("SSH_TTY")
    return not remote and not is_true(os.environ.get("FAL_DONT_OPEN_LINKS"))
