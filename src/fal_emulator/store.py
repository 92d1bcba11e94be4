"""The state of the control plane: SQLite in one folder, one transaction per change."""

from __future__ import annotations

import functools
import json
import threading
import time
import uuid
from contextlib import contextmanager
from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from .faults import Fault, not_found
from .logs import LogStore
from .records import DEFAULT_ENVIRONMENT, Account, Alias, ApiKey, Environment, Revision, Secret
from .schema import STATE, open_database

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from .engine.ports import RunnerRecord

_REVISION_COLUMNS = "owner, application_name, environment_name, created_at, record, application_id"
# Kept beside the JSON of a record, in columns of their own.
_REVISION_KEYS = frozenset(
    {"application_id", "owner", "application_name", "environment_name", "created_at", "function"}
)
_ALIAS_KEYS = frozenset({"owner", "alias", "environment_name", "revision"})
_ALIAS_COLUMNS = "owner, alias, environment_name, revision, record FROM aliases"
_CACHED_REVISIONS = 32


class Store:
    """All state of one control plane. Its methods may be called from any thread.

    Reads go to a connection of their own, so that they never wait for a commit.

    Args:
        folder: The state directory.
        nickname: The name of the account; None is that of the state, or `local`.
        durable: Whether each change waits for the disk; see `open_database`.
    """

    def __init__(self, folder: Path, *, nickname: str | None = None, durable: bool = True) -> None:
        self._blobs = folder / "blobs"
        self._blobs.mkdir(mode=0o700, exist_ok=True)
        self._write = open_database(folder / "state.db", STATE, durable=durable)
        self._read = open_database(folder / "state.db", STATE, durable=durable)
        self._write_lock = threading.Lock()
        self._read_lock = threading.Lock()
        self.logs = LogStore(folder / "history.db")
        self.revision = functools.lru_cache(_CACHED_REVISIONS)(self._revision)
        self.account = self._prepare(nickname)

    def close(self) -> None:
        """Close the files. What was acknowledged is in them already."""
        self.logs.close()
        with self._write_lock, self._read_lock:
            self._write.close()
            self._read.close()

    # keys

    def add_key(self, key: ApiKey) -> None:
        """Keep a new key."""
        permissions = json.dumps(sorted(key.permissions))
        with self._change() as db:
            db.execute(
                "INSERT INTO keys VALUES (?, ?, ?, ?, ?, ?, ?)",
                (key.key_id, key.owner, key.secret_hash, key.description, key.preset, permissions, _at(key.created_at)),
            )

    def key(self, key_id: str) -> ApiKey | None:
        """Return a key that is valid."""
        return next(iter(self._keys("key_id = ?", key_id)), None)

    def keys(self, owner: str) -> list[ApiKey]:
        """Return the valid keys of an account, the oldest first."""
        return self._keys("owner = ?", owner)

    def revoke_key(self, owner: str, key_id: str) -> None:
        """Make a key useless.

        Raises:
            Fault: There is no such key.
        """
        with self._change() as db:
            if not db.execute("DELETE FROM keys WHERE owner = ? AND key_id = ?", (owner, key_id)).rowcount:
                raise not_found("key", key_id)

    # environments

    def environments(self, owner: str) -> list[Environment]:
        """Return the environments of an account, the default one first."""
        rows = self._rows(
            "SELECT owner, name, description, created_at FROM environments WHERE owner = ? ORDER BY name <> ?, name",
            owner,
            DEFAULT_ENVIRONMENT,
        )
        return [Environment(owner, name, description, _time(at)) for owner, name, description, at in rows]

    def add_environment(self, owner: str, name: str, description: str | None) -> Environment:
        """Make an environment.

        Raises:
            Fault: There is one of that name.
        """
        environment = Environment(owner, name, description, datetime.now(UTC))
        with self._change() as db:
            done = db.execute(
                "INSERT INTO environments VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (owner, name, description, _at(environment.created_at)),
            )
            if not done.rowcount:
                raise Fault("ALREADY_EXISTS", f"environment {name!r} exists already")
        return environment

    def delete_environment(self, owner: str, name: str) -> list[str]:
        """Delete an environment with its apps, their revisions and its secrets; return the names of the apps.

        Raises:
            Fault: There is no such environment, or it is the default one.
        """
        if name == DEFAULT_ENVIRONMENT:
            raise Fault("FAILED_PRECONDITION", f"environment {name!r} is the default one and cannot be deleted")
        with self._change() as db:
            _require_environment(db, owner, name)
            # An alias of another environment may point at a revision of this one: it goes too.
            apps = db.execute(
                "DELETE FROM aliases WHERE owner = :o AND (environment_name = :n OR revision IN "
                "(SELECT application_id FROM revisions WHERE owner = :o AND environment_name = :n)) RETURNING alias",
                {"o": owner, "n": name},
            ).fetchall()
            db.execute("DELETE FROM revisions WHERE owner = ? AND environment_name = ?", (owner, name))
            db.execute("DELETE FROM secrets WHERE owner = ? AND environment_name = ?", (owner, name))
            db.execute("DELETE FROM environments WHERE owner = ? AND name = ?", (owner, name))
        self.revision.cache_clear()
        return sorted(alias for (alias,) in apps)

    def require_environment(self, owner: str, name: str) -> None:
        """Make sure that an environment exists.

        Raises:
            Fault: It does not.
        """
        with self._read_lock:
            _require_environment(self._read, owner, name)

    # secrets

    def set_secret(
        self, owner: str, environment_name: str, name: str, value: str, default_exposed: bool | None
    ) -> None:
        """Set a secret; an exposure of None leaves that of an existing one as it is.

        Raises:
            Fault: There is no such environment.
        """
        exposed = None if default_exposed is None else int(default_exposed)
        with self._change() as db:
            _require_environment(db, owner, environment_name)
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
        with self._change() as db:
            _require_environment(db, owner, environment_name)
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
        rows = self._rows(
            "SELECT name, environment_name, default_exposed, created_at FROM secrets "
            "WHERE owner = :o AND environment_name = coalesce(:e, environment_name) ORDER BY environment_name, name",
            {"o": owner, "e": environment_name},
        )
        return [Secret(name, env, _flag(exposed), _time(at)) for name, env, exposed, at in rows]

    def secret_values(self, owner: str, environment_name: str) -> list[tuple[str, str, bool | None]]:
        """Return name, value and default exposure of each secret: for runners, never for an answer."""
        rows = self._rows(
            "SELECT name, value, default_exposed FROM secrets WHERE owner = ? AND environment_name = ?",
            owner,
            environment_name,
        )
        return [(name, value, _flag(exposed)) for name, value, exposed in rows]

    # revisions

    def add_revision(self, revision: Revision) -> None:
        """Keep a revision; listings do not show it before `point` has pointed an alias at it.

        Raises:
            Fault: Its environment does not exist.
        """
        with self._change() as db:
            _require_environment(db, revision.owner, revision.environment_name)
            db.execute(
                "INSERT INTO revisions VALUES (?, ?, ?, ?, ?, 1, ?, ?)",
                (
                    revision.application_id,
                    revision.owner,
                    revision.application_name,
                    revision.environment_name,
                    _at(revision.created_at),
                    _to_json(revision, _REVISION_KEYS),
                    revision.function,
                ),
            )

    def drop_pending_revision(self, application_id: str) -> None:
        """Forget a revision whose rollout has failed."""
        with self._change() as db:
            db.execute("DELETE FROM revisions WHERE application_id = ? AND pending", (application_id,))
        self.revision.cache_clear()

    def _revision(self, application_id: str) -> Revision | None:
        """Return a revision, also one that is being rolled out."""
        rows = self._rows(
            f"SELECT {_REVISION_COLUMNS}, function FROM revisions WHERE application_id = ?", application_id
        )
        return _to_revision(*rows[0]) if rows else None

    def revisions(self, owner: str, application_name: str | None, environment_name: str | None) -> list[Revision]:
        """Return revisions, the newest first, without their code.

        Raises:
            Fault: There is no such environment.
        """
        if environment_name is not None:
            self.require_environment(owner, environment_name)
        rows = self._rows(
            f"SELECT {_REVISION_COLUMNS} FROM revisions WHERE owner = :o AND NOT pending "
            "AND application_name = coalesce(:a, application_name) "
            "AND environment_name = coalesce(:e, environment_name) ORDER BY created_at DESC, application_id",
            {"o": owner, "a": application_name, "e": environment_name},
        )
        return [_to_revision(*row) for row in rows]

    def delete_revision(self, owner: str, application_id: str) -> None:
        """Delete a revision.

        Raises:
            Fault: There is no such revision, or an alias points at it.
        """
        with self._change() as db:
            used = db.execute("SELECT alias FROM aliases WHERE revision = ?", (application_id,)).fetchone()
            if used is not None:
                raise Fault(
                    "FAILED_PRECONDITION",
                    f"revision {application_id!r} is what {used[0]!r} runs: delete that alias, or point it elsewhere",
                )
            done = db.execute(
                "DELETE FROM revisions WHERE owner = ? AND application_id = ? AND NOT pending", (owner, application_id)
            )
            if not done.rowcount:
                raise not_found("revision", application_id)
        self.revision.cache_clear()

    # aliases

    def alias(self, owner: str, alias: str) -> Alias | None:
        """Return a deployed app."""
        return next(iter(self._aliases("owner = ? AND alias = ?", owner, alias)), None)

    def aliases(self, owner: str, environment_name: str | None) -> list[Alias]:
        """Return the deployed apps of one environment or of all.

        Raises:
            Fault: There is no such environment.
        """
        if environment_name is None:
            return self._aliases("owner = ?", owner)
        self.require_environment(owner, environment_name)
        return self._aliases("owner = ? AND environment_name = ?", owner, environment_name)

    def all_aliases(self) -> list[Alias]:
        """Return the deployed apps of every account."""
        return self._aliases("TRUE")

    def point(self, owner: str, name: str, revision: str, change: Callable[[Alias | None], Alias]) -> Alias:
        """Point an alias at a revision, making it when it is new, and return it; the revision is now listed.

        Args:
            owner: The account.
            name: The full name of the app.
            revision: The application id.
            change: Given the alias as it is, if it is, returns it as it shall be.

        Raises:
            Fault: The revision or the environment does not exist (any more).
        """
        with self._change() as db:
            before = db.execute(f"SELECT {_ALIAS_COLUMNS} WHERE owner = ? AND alias = ?", (owner, name)).fetchone()
            alias = change(None if before is None else _to_alias(*before))
            _require_environment(db, owner, alias.environment_name)
            done = db.execute(
                "UPDATE revisions SET pending = 0 WHERE owner = ? AND application_id = ?", (owner, revision)
            )
            if not done.rowcount:
                raise not_found("revision", revision)
            _put_alias(db, alias)
        return alias

    def update_alias(self, owner: str, name: str, check: Callable[[Alias], None], **changes: Any) -> Alias:
        """Change fields of an alias, and return it.

        Args:
            owner: The account.
            name: The full name of the app.
            check: Given the alias as it shall be, raises when it cannot be so.
            changes: The fields.

        Raises:
            Fault: There is no such alias.
        """
        with self._change() as db:
            row = db.execute(f"SELECT {_ALIAS_COLUMNS} WHERE owner = ? AND alias = ?", (owner, name)).fetchone()
            if row is None:
                raise not_found("app", name)
            alias = replace(_to_alias(*row), **changes)
            check(alias)
            _put_alias(db, alias)
        return alias

    def delete_alias(self, owner: str, name: str) -> str:
        """Delete an alias, and return the revision that it pointed at.

        Raises:
            Fault: There is no such alias.
        """
        with self._change() as db:
            row = db.execute(
                "DELETE FROM aliases WHERE owner = ? AND alias = ? RETURNING revision", (owner, name)
            ).fetchall()
            if not row:
                raise not_found("app", name)
        return str(row[0][0])

    # files, logs, runners

    def blob_path(self, digest: str) -> Path:
        """Return where the content of a file is, or would be."""
        return self._blobs / digest

    def append_log(
        self,
        *,
        owner: str,
        app: str,
        revision: str | None,
        runner_id: str | None,
        level: str,
        source: str,
        message: str,
        timestamp: datetime,
    ) -> None:
        """Keep one line of a log; it is written shortly afterwards."""
        self.logs.append(timestamp, owner, app, revision, runner_id, level, source, message)

    def save_runner(self, record: RunnerRecord) -> None:
        """Keep what is known of a runner, in place of what was."""
        self.logs.save_runner(record)

    def past_runners(self, owner: str, alias: str | None = None) -> list[RunnerRecord]:
        """Return the runners that were kept, the newest first."""
        return self.logs.runners(owner, alias)

    # inside

    def _prepare(self, nickname: str | None) -> Account:
        with self._change() as db:
            # Left by a process that died during a rollout, which nobody was told has succeeded.
            db.execute("DELETE FROM revisions WHERE pending")
            row = db.execute("SELECT nickname, user_id, created_at FROM account").fetchone()
            if row is None:
                row = (nickname or "local", str(uuid.uuid4()), time.time())
                db.execute("INSERT INTO account VALUES (?, ?, ?)", row)
                db.execute("INSERT INTO environments VALUES (?, ?, NULL, ?)", (row[0], DEFAULT_ENVIRONMENT, row[2]))
        if nickname not in (None, row[0]):
            raise Fault("FAILED_PRECONDITION", f"this state belongs to account {row[0]!r}, not {nickname!r}")
        return Account(row[0], row[1], _time(row[2]))

    @contextmanager
    def _change(self) -> Iterator[sqlite3.Connection]:
        """Hold the one transaction of a change: committed when the block ends, undone when it raises."""
        with self._write_lock:
            self._write.execute("BEGIN IMMEDIATE")
            try:
                yield self._write
                self._write.execute("COMMIT")
            except BaseException:
                if self._write.in_transaction:
                    self._write.execute("ROLLBACK")
                raise

    def _rows(self, statement: str, *values: Any) -> list[Any]:
        parameters = values[0] if values and isinstance(values[0], dict) else values
        with self._read_lock:
            return self._read.execute(statement, parameters).fetchall()

    def _keys(self, condition: str, value: str) -> list[ApiKey]:
        rows = self._rows(
            "SELECT key_id, owner, secret_hash, description, preset, permissions, created_at FROM keys "
            f"WHERE {condition} ORDER BY created_at, rowid",
            value,
        )
        return [
            ApiKey(key_id, owner, digest, description, preset, frozenset(json.loads(permissions)), _time(at))
            for key_id, owner, digest, description, preset, permissions, at in rows
        ]

    def _aliases(self, condition: str, *values: str) -> list[Alias]:
        rows = self._rows(f"SELECT {_ALIAS_COLUMNS} WHERE {condition} ORDER BY alias", *values)
        return [_to_alias(*row) for row in rows]


def _require_environment(db: sqlite3.Connection, owner: str, name: str) -> None:
    if db.execute("SELECT 1 FROM environments WHERE owner = ? AND name = ?", (owner, name)).fetchone() is None:
        raise not_found("environment", name)


def _put_alias(db: sqlite3.Connection, alias: Alias) -> None:
    db.execute(
        "INSERT INTO aliases VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
        "environment_name = excluded.environment_name, revision = excluded.revision, record = excluded.record",
        (alias.owner, alias.alias, alias.environment_name, alias.revision, _to_json(alias, _ALIAS_KEYS)),
    )


def _to_json(record: Revision | Alias, without: frozenset[str]) -> str:
    return json.dumps({f.name: getattr(record, f.name) for f in fields(record) if f.name not in without})


def _to_alias(owner: str, alias: str, environment_name: str, revision: str, record: str) -> Alias:
    return Alias(owner, alias, environment_name, revision, **_tuples(json.loads(record)))


def _to_revision(
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
        created_at=_time(created_at),
        function=function,
        **_tuples(json.loads(record)),
    )


_TUPLES = ("machine_types", "valid_regions", "skip_retry_conditions", "data_mounts")
_PAIRS = ("files", "volumes")


def _tuples(values: dict[str, Any]) -> dict[str, Any]:
    """Make tuples again of what JSON has turned into lists."""
    values |= {name: tuple(values[name]) for name in _TUPLES if name in values}
    return values | {name: tuple(map(tuple, values[name])) for name in _PAIRS if name in values}


def _at(moment: datetime) -> float:
    return moment.timestamp()


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _flag(value: int | None) -> bool | None:
    return None if value is None else bool(value)
