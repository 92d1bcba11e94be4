"""`fal keys`: API keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fal.cli._output import Done, Output, Table, Text
from fal.cli._tree import keys

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fal.cli._session import Session

_COLUMNS = {"Key": "key_id", "Scope": "scope", "Description": "alias", "Created": "created_at"}
_PRESETS = ("FULL", "API", "DEPLOY", "READONLY", "BILLING", "COMPUTE", "SERVERLESS", "AGENT")


@keys.command(
    "create",
    calls=["keys.create"],
    without=["permissions"],
    flags={"description": ["--desc", "--alias"]},
    choices={"preset": _PRESETS, "scope": ("ADMIN", "API")},
    metavars={"preset": "PRESET"},
    exclusive=[("preset", "permission", "scope")],
    examples=[
        "fal keys create --preset API --desc ci",
        'eval "export $(fal keys create --preset DEPLOY | grep FAL_KEY=)"',
    ],
)
def create(session: Session, *, permission: Sequence[str] | None = None, **options: Any) -> Output:
    """Create an API key, and print its id and its secret, which is shown only once.

    Give one of --preset, --permission and --scope: a key is never made without saying what it may do.

    Args:
        permission: A permission instead of a preset. May be repeated, and takes several with commas between.
    """
    split = [each for text in permission for each in text.split(",")] if permission else None
    key_id, secret = session.client.keys.create(permissions=split, **options)
    session.screen.message("The secret is shown only this once.")
    key = f"{key_id}:{secret}"
    return Text("key", f"FAL_KEY='{key}'", {"key_id": key_id, "key_secret": secret, "key": key})


@keys.command("list", calls=["keys.list"])
def list_keys(session: Session) -> Output:
    return Table("keys", session.client.keys.list(), _COLUMNS, renamed={"alias": "description"})


@keys.command("revoke", calls=["keys.revoke"], destructive=True, unattended=True)
def revoke(session: Session, key_id: str) -> Output:
    """
    Args:
        key_id: The id of the key.
    """
    session.client.keys.revoke(key_id)
    return Done(f"Revoked key {key_id}.", key_id=key_id)
