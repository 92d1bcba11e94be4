"""Log in and out from Python, under the names that released code imports, over `client.auth`."""

from __future__ import annotations

import sys
import webbrowser
from typing import TYPE_CHECKING, Any

from fal.api import SyncServerlessClient

if TYPE_CHECKING:
    from fal.api import LoginPrompt


def login(console: Any = None, connection: str | None = None, *, no_browser: bool = False) -> None:
    """Log in with a browser, and store the login.

    Args:
        console: Prints the address and the code, with its method `print`; stderr when left out.
        connection: How to log in, e.g. "github"; None lets the page ask.
        no_browser: Whether to leave opening the page to the person.

    Raises:
        FalServerlessException: The login was declined, or was not confirmed in time.

    Example:
        fal.auth.login(connection="github")
    """

    def show(prompt: LoginPrompt) -> None:
        text = f"Open {prompt.url} and confirm the code {prompt.code}."
        if console is None:
            print(text, file=sys.stderr)
        else:
            console.print(text)
        if not no_browser:
            webbrowser.open(prompt.url)

    with SyncServerlessClient() as client:
        client.auth.login(show, connection=connection)


def logout(console: Any = None, *, no_browser: bool = False) -> None:  # noqa: ARG001 - there is nothing to open
    """Forget the stored login.

    Args:
        console: Prints the outcome, with its method `print`; nothing is printed when left out.
        no_browser: Accepted for scripts that pass it; no page is opened.
    """
    with SyncServerlessClient() as client:
        was_logged_in = client.auth.logout()
    if console is not None:
        console.print("You are logged out." if was_logged_in else "You were not logged in.")
