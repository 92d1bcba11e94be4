"""`fal profile`: the profiles of the configuration file."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from fal.cli._output import Done, Output, Table
from fal.cli._tree import profile

if TYPE_CHECKING:
    from fal.api import Profiles
    from fal.cli._session import Session

_COLUMNS = {"Profile": "name", "In use": "is_set", "Settings": "settings"}
_KEYS = "https://fal.ai/dashboard/keys"


def _profiles() -> Profiles:
    from fal.api import Profiles

    return Profiles()


@profile.command("list", calls=["profiles.list"], connected=False)
def list_profiles(session: Session) -> Output:  # noqa: ARG001 - every command gets the session
    return Table("profiles", _profiles().list(), _COLUMNS, renamed={"name": "profile"})


@profile.command("set", calls=["profiles.set"], connected=False)
def set_profile(session: Session, name: str) -> Output:  # noqa: ARG001
    """
    Args:
        name: The name of the profile.
    """
    _profiles().set(name)
    return Done(f"Profile {name} is in use.", profile=name)


@profile.command("unset", calls=["profiles.unset"], connected=False)
def unset(session: Session) -> Output:  # noqa: ARG001
    _profiles().unset()
    return Done("No profile is in use.", profile=None)


@profile.command("key", calls=["profiles.set_key"], without=["key"], flags={"name": ["--name"]}, connected=False)
def set_key(session: Session, *, name: str | None = None) -> Output:
    """Store an API key in the profile in use; it is read from standard input, and not shown as it is typed.

    Args:
        name: Another profile.
    """
    from fal._core.secret import MaskedStr

    if session.screen.can_ask():
        from getpass import getpass

        session.screen.message(f"Create a key at {_KEYS} and paste it here, as KEY_ID:KEY_SECRET.")
        typed = MaskedStr(getpass("Key: ", stream=session.screen.err).strip())
    else:
        typed = MaskedStr(sys.stdin.readline().strip())
    _profiles().set_key(typed, name)
    return Done("The key is stored.", profile=name or _profiles().current())


@profile.command("host", calls=["profiles.set_host"], connected=False)
def set_host(session: Session, host: str, *, name: str | None = None) -> Output:  # noqa: ARG001
    """Store the API host in the profile in use.

    Args:
        host: The host, e.g. api.alpha.fal.ai.
        name: Another profile.
    """
    _profiles().set_host(host, name)
    return Done(f"The host is {host}.", host=host, profile=name or _profiles().current())


@profile.command("create", calls=["profiles.create"], connected=False)
def create(session: Session, name: str) -> Output:  # noqa: ARG001
    """
    Args:
        name: The name of the profile.
    """
    _profiles().create(name)
    return Done(f"Profile {name} is created and in use. `fal profile key` sets its key.", profile=name)


@profile.command("delete", calls=["profiles.delete"], connected=False, destructive=True)
def delete(session: Session, name: str) -> Output:  # noqa: ARG001
    """
    Args:
        name: The name of the profile.
    """
    _profiles().delete(name)
    return Done(f"Deleted profile {name}.", profile=name)
