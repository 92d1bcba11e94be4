"""The state of the control plane: SQLite in one folder, one transaction per change."""

from __future__ import annotations

import contextlib
import functools
import logging
import shutil
import threading
import time
import uuid
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..model.faults import Fault, not_found
from ..model.private_files import private_folder
from ..model.records import DEFAULT_ENVIRONMENT, Account, Alias, Revision
from .activity import Activity
from .database import Database
from .logs import SEVERITY, LogStore
from .queue_store import QueueStore
from .row_mapping import (
    ALIAS_COLUMNS,
    REVISION_COLUMNS,
    at,
    moment,
    put_alias,
    require_environment,
    to_alias,
    to_json,
    to_revision,
)
from .schema import STATE
from .settings_store import SettingsStore
from .transfer import USERS_FOLDERS, copy_files
from .webhook_key import WebhookKey

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from pathlib import Path

    from ..model.records import RunnerRecord

_CACHED_REVISIONS = 32
_log = logging.getLogger("fal_emulator.apps")
_log.addHandler(logging.NullHandler())  # the output of apps is printed only on request


class Store(SettingsStore):
    """All state of one control plane. Its methods may be called from any thread.

    Args:
        folder: The state directory.
        nickname: The name of the account; None is that of the state, or `local`.
        durable: Whether each change waits for the disk; see `open_database`.
    """

    def __init__(self, folder: Path, *, nickname: str | None = None, durable: bool = True) -> None:
        super().__init__(Database(folder / "state.db", STATE, durable=durable))
        self._folder = folder
        self._blobs = folder / "blobs"
        private_folder(self._blobs)
        with contextlib.ExitStack() as undo:
            undo.callback(self._database.close)
            self.logs = LogStore(folder / "history.db")
            undo.callback(self.logs.close)
            self.queue = QueueStore(folder / "queue.db")
            undo.callback(self.queue.close)
            self.activity = Activity(folder / "activity.db")
            undo.callback(self.activity.close)
            self.revision = functools.lru_cache(_CACHED_REVISIONS)(self._revision)
            self.account = self._prepare(nickname)
            self.webhook_key = WebhookKey(folder / "webhook-key", self.account.user_id)
            undo.pop_all()

    def close(self) -> None:
        """Close the files. What was acknowledged is in them already."""
        self.activity.close()
        self.queue.close()
        self.logs.close()
        self._database.close()

    def delete_environment(self, owner: str, name: str) -> list[str]:
        """Delete an environment with its apps, their revisions and its secrets; return the names of the apps.

        Raises:
            Fault: There is no such environment, or it is the default one.
        """
        try:
            return super().delete_environment(owner, name)
        finally:
            self.revision.cache_clear()

    def reset(self, kept_key: str) -> None:
        """Forget everything but the account, one key and the contents of files that apps may ask for again.

        Args:
            kept_key: The id of the key.
        """
        with self._database.change() as db:
            for table in ("aliases", "revisions", "secrets"):
                db.execute(f"DELETE FROM {table}")
            db.execute("DELETE FROM environments WHERE name <> ?", (DEFAULT_ENVIRONMENT,))
            db.execute("DELETE FROM keys WHERE key_id <> ?", (kept_key,))
        self._forget()

    def save(self, folder: Path) -> None:
        """Copy what `restore` brings back into an empty folder."""
        self._database.copy_to(folder / "state.db")
        copy_files(self._folder, folder)

    def restore(self, folder: Path) -> None:
        """Bring back apps, keys, secrets, environments and files as `save` found them; forget logs and queued calls."""
        self._database.replace_with(folder / "state.db")
        with self._database.change() as db:
            _drop_passing(db)
        self._forget()
        copy_files(folder, self._folder)

    def _forget(self) -> None:
        """Forget what is not in the database of accounts and apps."""
        self._valid_keys = {}
        self.revision.cache_clear()
        self.logs.clear()
        self.activity.clear()
        self.queue.clear()
        for name in (*USERS_FOLDERS, "uploads"):
            _emptied(self._folder / name)

    # revisions

    def add_revision(self, revision: Revision) -> None:
        """Keep a revision; listings do not show it before `point` has pointed an alias at it.

        Raises:
            Fault: Its environment does not exist.
        """
        with self._database.change() as db:
            require_environment(db, revision.owner, revision.environment_name)
            db.execute(
                "INSERT INTO revisions VALUES (?, ?, ?, ?, ?, 1, ?, ?)",
                (
                    revision.application_id,
                    revision.owner,
                    revision.application_name,
                    revision.environment_name,
                    at(revision.created_at),
                    to_json(revision),
                    revision.function,
                ),
            )

    def drop_pending_revision(self, application_id: str) -> None:
        """Forget a revision whose rollout has failed."""
        with self._database.change() as db:
            db.execute("DELETE FROM revisions WHERE application_id = ? AND pending", (application_id,))
        self.revision.cache_clear()

    def _revision(self, application_id: str) -> Revision | None:
        """Return a revision, also one that is being rolled out."""
        rows = self._database.read(
            to_revision, f"SELECT {REVISION_COLUMNS}, function FROM revisions WHERE application_id = ?", application_id
        )
        return rows[0] if rows else None

    def revisions(self, owner: str, application_name: str | None, environment_name: str | None) -> list[Revision]:
        """Return revisions, the newest first, without their code.

        Raises:
            Fault: There is no such environment.
        """
        if environment_name is not None:
            self.require_environment(owner, environment_name)
        return self._database.read(
            to_revision,
            f"SELECT {REVISION_COLUMNS} FROM revisions WHERE owner = :o AND NOT pending "
            "AND application_name = coalesce(:a, application_name) "
            "AND environment_name = coalesce(:e, environment_name) ORDER BY created_at DESC, application_id",
            {"o": owner, "a": application_name, "e": environment_name},
        )

    def delete_revision(self, owner: str, application_id: str) -> None:
        """Delete a revision.

        Raises:
            Fault: There is no such revision, or an alias points at it.
        """
        with self._database.change() as db:
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
        with self._database.change() as db:
            before = db.execute(f"SELECT {ALIAS_COLUMNS} WHERE owner = ? AND alias = ?", (owner, name)).fetchone()
            alias = change(None if before is None else to_alias(*before))
            require_environment(db, owner, alias.environment_name)
            done = db.execute(
                "UPDATE revisions SET pending = 0 WHERE owner = ? AND application_id = ?", (owner, revision)
            )
            if not done.rowcount:
                raise not_found("revision", revision)
            put_alias(db, alias)
        return alias

    def update_alias(self, owner: str, name: str, check: Callable[[Alias], None], changes: Mapping[str, Any]) -> Alias:
        """Change the scaling of an alias, and return it.

        Args:
            owner: The account.
            name: The full name of the app.
            check: Given the alias as it shall be, raises when it cannot be so.
            changes: What is new of it.

        Raises:
            Fault: There is no such alias.
        """
        with self._database.change() as db:
            row = db.execute(f"SELECT {ALIAS_COLUMNS} WHERE owner = ? AND alias = ?", (owner, name)).fetchone()
            if row is None:
                raise not_found("app", name)
            alias = to_alias(*row)
            alias = replace(alias, scaling={**alias.scaling, **changes})
            check(alias)
            put_alias(db, alias)
        return alias

    def delete_alias(self, owner: str, name: str) -> str:
        """Delete an alias, and return the revision that it pointed at.

        Raises:
            Fault: There is no such alias.
        """
        with self._database.change() as db:
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
        request_id: str | None = None,
        endpoint: str | None = None,
    ) -> None:
        """Keep one line of a log; it is written shortly afterwards."""
        self.logs.append(timestamp, owner, app, revision, runner_id, level, source, message, request_id, endpoint)
        known = {"app": app, "revision": revision, "runner_id": runner_id, "source": source, "request_id": request_id}
        _log.log(SEVERITY.get(level, logging.INFO), "%s", message, extra=known)

    def save_runner(self, record: RunnerRecord) -> None:
        """Keep what is known of a runner, in place of what was."""
        self.logs.save_runner(record)

    def past_runners(self, owner: str, alias: str | None = None) -> list[RunnerRecord]:
        """Return the runners that were kept, the newest first."""
        return self.logs.runners(owner, alias)

    # inside

    def _prepare(self, nickname: str | None) -> Account:
        with self._database.change() as db:
            _drop_passing(db)
            if db.execute("SELECT 1 FROM account").fetchone() is None:
                row = (nickname or "local", str(uuid.uuid4()), time.time())
                db.execute("INSERT INTO account VALUES (?, ?, ?)", row)
                db.execute("INSERT INTO environments VALUES (?, ?, NULL, ?)", (row[0], DEFAULT_ENVIRONMENT, row[2]))
        (account,) = self._database.read(
            lambda owner, user_id, at: Account(owner, user_id, moment(at)),
            "SELECT nickname, user_id, created_at FROM account",
        )
        if nickname not in (None, account.nickname):
            raise Fault("FAILED_PRECONDITION", f"this state belongs to account {account.nickname!r}, not {nickname!r}")
        return account

    def _aliases(self, condition: str, *values: str) -> list[Alias]:
        return self._database.read(to_alias, f"SELECT {ALIAS_COLUMNS} WHERE {condition} ORDER BY alias", *values)


def _drop_passing(db: sqlite3.Connection) -> None:
    """Delete what belongs to a process, or to a moment, that is over."""
    # A rollout in progress, whose success was never reported.
    db.execute("DELETE FROM revisions WHERE pending")
    # What is run for somebody who listened.
    gone = db.execute(
        "DELETE FROM aliases WHERE json_valid(record) AND record ->> 'ephemeral' RETURNING revision"
    ).fetchall()
    db.executemany("DELETE FROM revisions WHERE application_id = ?", gone)


def _emptied(folder: Path) -> None:
    """Make a folder empty at once; what was in it is removed by a thread."""
    if folder.is_dir() and any(folder.iterdir()):
        old = folder.with_name(f"{folder.name}-{uuid.uuid4().hex}")
        folder.rename(old)
        private_folder(folder)
        threading.Thread(target=shutil.rmtree, args=(old,), kwargs={"ignore_errors": True}, daemon=True).start()
