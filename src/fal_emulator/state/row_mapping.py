"""Records as rows of the state database, and back."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ..model.faults import not_found
from ..model.records import Alias, Revision

if TYPE_CHECKING:
    import sqlite3

REVISION_COLUMNS = "owner, application_name, environment_name, created_at, record, application_id"
ALIAS_COLUMNS = "owner, alias, environment_name, revision, record FROM aliases"
# Kept beside the JSON of a record, in columns of their own.
REVISION_KEYS = frozenset({"application_id", "owner", "application_name", "environment_name", "created_at", "function"})
_OF_ALIAS = ("auth_mode", "deployment_strategy", "ephemeral")  # beside its scaling


def require_environment(db: sqlite3.Connection, owner: str, name: str) -> None:
    if db.execute("SELECT 1 FROM environments WHERE owner = ? AND name = ?", (owner, name)).fetchone() is None:
        raise not_found("environment", name)


def put_alias(db: sqlite3.Connection, alias: Alias) -> None:
    db.execute(
        "INSERT INTO aliases VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
        "environment_name = excluded.environment_name, revision = excluded.revision, record = excluded.record",
        (alias.owner, alias.alias, alias.environment_name, alias.revision, _alias_json(alias)),
    )


def to_json(record: Revision) -> str:
    return json.dumps({f.name: getattr(record, f.name) for f in fields(record) if f.name not in REVISION_KEYS})


def _alias_json(alias: Alias) -> str:
    own = {name: getattr(alias, name) for name in _OF_ALIAS}
    return json.dumps({**own, **alias.scaling})


def to_alias(owner: str, alias: str, environment_name: str, revision: str, record: str) -> Alias:
    values = _tuples(json.loads(record))
    own = {name: values.pop(name) for name in _OF_ALIAS}
    return Alias(owner, alias, environment_name, revision, **own, scaling=values)


def to_revision(
    owner: str,
    application_name: str,
    environment_name: str,
    created_at: float,
    record: str,
    application_id: str,
    function: bytes | None = None,
) -> Revision:
    return Revision(
        application_id=application_id,
        owner=owner,
        application_name=application_name,
        environment_name=environment_name,
        created_at=moment(created_at),
        function=function,
        **_tuples(json.loads(record)),
    )


_TUPLES = ("machine_types", "valid_regions", "skip_retry_conditions", "data_mounts")
_PAIRS = ("files", "volumes")


def _tuples(values: dict[str, Any]) -> dict[str, Any]:
    """Make tuples again of what JSON has turned into lists."""
    values |= {name: tuple(values[name]) for name in _TUPLES if name in values}
    return values | {name: tuple(map(tuple, values[name])) for name in _PAIRS if name in values}


def at(moment: datetime) -> float:
    return moment.timestamp()


def moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def flag(value: int | None) -> bool | None:
    return None if value is None else bool(value)
