"""Keys, environments and secrets."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ..model.faults import Fault, not_found
from ..model.records import DEFAULT_ENVIRONMENT, ApiKey, Environment, Secret
from .row_mapping import at, flag, moment, require_environment

if TYPE_CHECKING:
    from .database import Database


class SettingsStore:
    """What an account has besides its apps. Its methods may be called from any thread.

    Args:
        database: Where it is kept.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._valid_keys: dict[str, ApiKey] = {}

    # keys

    def add_key(self, key: ApiKey) -> None:
        """Keep a new key."""
        permissions = json.dumps(sorted(key.permissions))
        with self._database.change() as db:
            db.execute(
                "INSERT INTO keys VALUES (?, ?, ?, ?, ?, ?, ?)",
                (key.key_id, key.owner, key.secret_hash, key.description, key.preset, permissions, at(key.created_at)),
            )

    def key(self, key_id: str) -> ApiKey | None:
        """Return a key that is valid."""
        # Every call to an app asks for one.
        valid = self._valid_keys  # another one after a key was revoked
        key = valid.get(key_id)
        if key is None:
            key = next(iter(self._keys("key_id = ?", key_id)), None)
            if key is not None:
                valid[key_id] = key
        return key

    def keys(self, owner: str) -> list[ApiKey]:
        """Return the valid keys of an account, the oldest first."""
        return self._keys("owner = ?", owner)

    def revoke_key(self, owner: str, key_id: str) -> None:
        """Make a key useless.

        Raises:
            Fault: There is no such key.
        """
        with self._database.change() as db:
            if not db.execute("DELETE FROM keys WHERE owner = ? AND key_id = ?", (owner, key_id)).rowcount:
                raise not_found("key", key_id)
        self._valid_keys = {}

    # environments

    def environments(self, owner: str) -> list[Environment]:
        """Return the environments of an account, the default one first."""
        return self._database.read(
            lambda owner, name, description, at: Environment(owner, name, description, moment(at)),
            "SELECT owner, name, description, created_at FROM environments WHERE owner = ? ORDER BY name <> ?, name",
            owner,
            DEFAULT_ENVIRONMENT,
        )

    def add_environment(self, owner: str, name: str, description: str | None) -> Environment:
        """Make an environment.

        Raises:
            Fault: There is one of that name.
        """
        environment = Environment(owner, name, description, datetime.now(UTC))
        with self._database.change() as db:
            done = db.execute(
                "INSERT INTO environments VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (owner, name, description, at(environment.created_at)),
            )
            if not done.rowcount:
                raise Fault("ALREADY_EXISTS", f"environment {name!r} already exists")
        return environment

    def delete_environment(self, owner: str, name: str) -> list[str]:
        """Delete an environment with its apps, their revisions and its secrets; return the names of the apps.

        Raises:
            Fault: There is no such environment, or it is the default one.
        """
        if name == DEFAULT_ENVIRONMENT:
            raise Fault("FAILED_PRECONDITION", f"environment {name!r} is the default one and cannot be deleted")
        with self._database.change() as db:
            require_environment(db, owner, name)
            # An alias of another environment may point at a revision of this one: it goes too.
            apps = db.execute(
                "DELETE FROM aliases WHERE owner = :o AND (environment_name = :n OR revision IN "
                "(SELECT application_id FROM revisions WHERE owner = :o AND environment_name = :n)) RETURNING alias",
                {"o": owner, "n": name},
            ).fetchall()
            db.execute("DELETE FROM revisions WHERE owner = ? AND environment_name = ?", (owner, name))
            db.execute("DELETE FROM secrets WHERE owner = ? AND environment_name = ?", (owner, name))
            db.execute("DELETE FROM environments WHERE owner = ? AND name = ?", (owner, name))
        return sorted(alias for (alias,) in apps)

    def require_environment(self, owner: str, name: str) -> None:
        """Make sure that an environment exists.

        Raises:
            Fault: It does not.
        """
        with self._database.reading() as db:
            require_environment(db, owner, name)

    # secrets

    def set_secret(
        self, owner: str, environment_name: str, name: str, value: str, default_exposed: bool | None
    ) -> None:
        """Set a secret; an exposure of None leaves that of an existing one as it is.

        Raises:
            Fault: There is no such environment.
        """
        exposed = None if default_exposed is None else int(default_exposed)
        with self._database.change() as db:
            require_environment(db, owner, environment_name)
            db.execute(
                "INSERT INTO secrets VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value, "
                "default_exposed = coalesce(excluded.default_exposed, default_exposed)",
                (owner, environment_name, name, value, exposed, time.time()),
            )

    def delete_secret(self, owner: str, environment_name: str, name: str) -> None:
        """Delete a secret.

        Raises:
            Fault: There is no such environment or secret.
        """
        with self._database.change() as db:
            require_environment(db, owner, environment_name)
            done = db.execute(
                "DELETE FROM secrets WHERE owner = ? AND environment_name = ? AND name = ?",
                (owner, environment_name, name),
            )
            if not done.rowcount:
                raise Fault("NOT_FOUND", f"secret {name!r} not found in environment {environment_name!r}")

    def secrets(self, owner: str, environment_name: str | None) -> list[Secret]:
        """Return the secrets of one environment or of all, without their values.

        Raises:
            Fault: There is no such environment.
        """
        if environment_name is not None:
            self.require_environment(owner, environment_name)
        return self._database.read(
            lambda name, env, exposed, at: Secret(name, env, flag(exposed), moment(at)),
            "SELECT name, environment_name, default_exposed, created_at FROM secrets "
            "WHERE owner = :o AND environment_name = coalesce(:e, environment_name) ORDER BY environment_name, name",
            {"o": owner, "e": environment_name},
        )

    def secret_values(self, owner: str, environment_name: str) -> list[tuple[str, str, bool | None]]:
        """Return name, value and default exposure of each secret: for runners, never for an answer."""
        return self._database.read(
            lambda name, value, exposed: (name, value, flag(exposed)),
            "SELECT name, value, default_exposed FROM secrets WHERE owner = ? AND environment_name = ?",
            owner,
            environment_name,
        )

    def _keys(self, condition: str, value: str) -> list[ApiKey]:
        return self._database.read(
            _key,
            "SELECT key_id, owner, secret_hash, description, preset, permissions, created_at FROM keys "
            f"WHERE {condition} ORDER BY created_at, rowid",
            value,
        )


def _key(
    key_id: str, owner: str, digest: bytes, description: str, preset: str | None, permissions: str, at: float
) -> ApiKey:
    return ApiKey(key_id, owner, digest, description, preset, frozenset(json.loads(permissions)), moment(at))
