"""What the peer cannot do on a local control plane, and why."""

from __future__ import annotations

from dataclasses import dataclass

_NO_LOGIN = "it wants a login, which a browser makes at auth.fal.ai; the local control plane has keys alone"


@dataclass(frozen=True)
class Limit:
    """One thing that is not possible.

    Args:
        what: The command, or the name in Python.
        why: The reason.
        order: The arguments of the command; or code, when it is one text.
        says: What the peer says when it is tried.
        status: With which status the command ends.
    """

    what: str
    why: str
    order: tuple[str, ...] | str
    says: str
    status: int = 1


COMMANDS = (
    Limit("auth login", _NO_LOGIN, ("auth", "login", "--connection", "github", "--no-browser"), "Connection refused"),
    Limit("auth logout", _NO_LOGIN, ("auth", "logout", "--no-browser"), "not logged in", status=0),
    Limit("account list", _NO_LOGIN, ("account", "list", "--json"), "must be authenticated"),
    Limit("account set", _NO_LOGIN, ("account", "set", "local"), "must be authenticated"),
    Limit("account unset", _NO_LOGIN, ("account", "unset"), "must be authenticated"),
    Limit("create", "it takes its template from GitHub", ("create", "app"), "git"),
)

PYTHON = (
    Limit(
        "client.deploy()", "the peer refuses it everywhere, although it documents it", "client.deploy()", "Invalid app"
    ),
)
