"""`fal environments`: what keeps apps and secrets apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fal.cli._output import Done, Output, Table
from fal.cli._tree import environments

if TYPE_CHECKING:
    from fal.cli._session import Session

_COLUMNS = {"Name": "name", "Description": "description", "Default": "is_default", "Created": "created_at"}


@environments.command("list", calls=["environments.list"])
def list_environments(session: Session) -> Output:
    return Table("environments", session.client.environments.list(), _COLUMNS)


@environments.command("create", calls=["environments.create"])
def create(session: Session, **options: Any) -> Output:
    return Table("environment", [session.client.environments.create(**options)], _COLUMNS, only=True)


@environments.command("delete", calls=["environments.delete"], destructive=True)
def delete(session: Session, name: str) -> Output:
    """
    Args:
        name: The name of the environment.
    """
    session.client.environments.delete(name)
    return Done(f"Deleted environment {name}, its apps and its secrets.", name=name)
