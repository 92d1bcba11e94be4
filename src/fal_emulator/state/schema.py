"""The layouts of the databases, from the first version to today's, and how one is opened."""

from __future__ import annotations

import contextlib
import logging
import sqlite3
from typing import TYPE_CHECKING, Any, TypeVar

from ..model.faults import Fault
from ..model.private_files import FILE_MODE, open_private, set_mode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

T = TypeVar("T")
_log = logging.getLogger("fal_emulator")

# Each database is made, and brought up to date, by running the steps that it has not seen: a step that was released never
# changes, and a change of the layout is a step more.

# What must survive: one transaction per change.
STATE = (
    """
CREATE TABLE account (
    nickname TEXT PRIMARY KEY,
    user_id TEXT NOT NULL,
    created_at REAL NOT NULL
) STRICT;
CREATE TABLE keys (
    key_id TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    secret_hash BLOB NOT NULL,
    description TEXT NOT NULL,
    preset TEXT,
    permissions TEXT NOT NULL,
    created_at REAL NOT NULL
) STRICT;
CREATE TABLE environments (
    owner TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT,
    created_at REAL NOT NULL,
    PRIMARY KEY (owner, name)
) STRICT;
CREATE TABLE secrets (
    owner TEXT NOT NULL,
    environment_name TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    default_exposed INTEGER,
    created_at REAL NOT NULL,
    PRIMARY KEY (owner, environment_name, name),
    FOREIGN KEY (owner, environment_name) REFERENCES environments (owner, name)
) STRICT;
CREATE TABLE revisions (
    application_id TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    application_name TEXT NOT NULL,
    environment_name TEXT NOT NULL,
    created_at REAL NOT NULL,
    -- True until its rollout has succeeded: a crash in between leaves nothing that anyone sees.
    pending INTEGER NOT NULL,
    record TEXT NOT NULL,
    function BLOB,
    FOREIGN KEY (owner, environment_name) REFERENCES environments (owner, name)
) STRICT;
CREATE INDEX revisions_by_application ON revisions (owner, application_name, created_at);
CREATE TABLE aliases (
    owner TEXT NOT NULL,
    alias TEXT NOT NULL,
    environment_name TEXT NOT NULL,
    revision TEXT NOT NULL REFERENCES revisions (application_id),
    record TEXT NOT NULL,
    PRIMARY KEY (owner, alias),
    FOREIGN KEY (owner, environment_name) REFERENCES environments (owner, name)
) STRICT;
CREATE INDEX aliases_by_revision ON aliases (revision);
CREATE INDEX aliases_by_environment ON aliases (owner, environment_name);
""",
)

# What is nice to have: logs and the runners that were.
HISTORY = (
    """
CREATE TABLE logs (
    number INTEGER PRIMARY KEY,
    micros INTEGER NOT NULL UNIQUE,
    owner TEXT NOT NULL,
    app TEXT NOT NULL,
    revision TEXT,
    runner_id TEXT,
    level TEXT NOT NULL,
    source TEXT NOT NULL,
    message TEXT NOT NULL
) STRICT;
CREATE INDEX logs_by_app ON logs (app, micros);
CREATE INDEX logs_by_runner ON logs (runner_id, micros);
CREATE TABLE runners (
    runner_id TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    alias TEXT NOT NULL,
    created_at REAL NOT NULL,
    record TEXT NOT NULL
) STRICT;
CREATE INDEX runners_by_alias ON runners (owner, alias, created_at);
""",
    # Times are no longer unique: after a clock was ahead, they go back. Lines tell whose request they belong to.
    """
CREATE TABLE lines (
    number INTEGER PRIMARY KEY,
    micros INTEGER NOT NULL,
    owner TEXT NOT NULL,
    app TEXT NOT NULL,
    revision TEXT,
    runner_id TEXT,
    level TEXT NOT NULL,
    source TEXT NOT NULL,
    message TEXT NOT NULL,
    request_id TEXT,
    endpoint TEXT
) STRICT;
INSERT INTO lines SELECT *, NULL, NULL FROM logs;
DROP TABLE logs;
ALTER TABLE lines RENAME TO logs;
CREATE INDEX logs_by_time ON logs (micros, number);
CREATE INDEX logs_by_app ON logs (app, micros);
CREATE INDEX logs_by_runner ON logs (runner_id, micros);
CREATE INDEX logs_by_request ON logs (request_id) WHERE request_id IS NOT NULL;
""",
)

# Calls that are answered later: what was acknowledged must survive the death of this process.
QUEUE = (
    """
CREATE TABLE requests (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    owner TEXT NOT NULL,
    alias TEXT NOT NULL,
    state TEXT NOT NULL,
    record TEXT NOT NULL,
    body BLOB,
    content BLOB
) STRICT;
CREATE INDEX requests_by_state ON requests (state, number);
""",
)

# Also nice to have: what happened, for charts, usage and analytics.
ACTIVITY = (
    """
CREATE TABLE requests (
    number INTEGER PRIMARY KEY,
    request_id TEXT NOT NULL UNIQUE,
    app TEXT NOT NULL,
    ended_at REAL NOT NULL,
    started_at REAL,
    record TEXT NOT NULL
) STRICT;
CREATE INDEX requests_by_app ON requests (app, ended_at);
CREATE INDEX requests_by_end ON requests (ended_at);
CREATE TABLE events (
    number INTEGER PRIMARY KEY,
    event_id TEXT NOT NULL UNIQUE,
    app TEXT NOT NULL,
    category TEXT NOT NULL,
    created_at REAL NOT NULL,
    payload TEXT NOT NULL
) STRICT;
CREATE INDEX events_by_app ON events (app, created_at);
""",
)


# What reading a row raises whose text, JSON, names or times are not what was written.
UNREADABLE = (ArithmeticError, LookupError, TypeError, ValueError)


class Damaged(Fault):
    """A file of the state folder cannot be read.

    Args:
        path: The file.
        why: What the database says.
    """

    def __init__(self, path: Path, why: str) -> None:
        if path.name == "state.db":
            cure = f"delete {path.parent} to start over, which loses its apps, keys, secrets and files"
        else:
            cure = f"delete {path} and what is called {path.name}-..., which loses the queued calls and their results"
        what = " ".join(why.split())  # SQLite's words may fill lines
        super().__init__("FAILED_PRECONDITION", f"{path} is damaged ({what}): restore it from a copy, or {cure}")


def open_database(path: Path, steps: Sequence[str], *, durable: bool) -> sqlite3.Connection:
    """Open a database, and bring its tables up to date; the caller guards it against use by two threads at once.

    Args:
        path: The file; it is made with mode 0600.
        steps: The statements that make its tables, one text for each version of the layout.
        durable: Whether each commit waits for the disk. Without, a commit survives the death of this process (it is
            with the operating system by then), though the last ones may not survive a loss of power.

    Raises:
        Damaged: It is not a database, or one that is broken.
        Fault: A later version of this program wrote the file, or it cannot be written.
    """
    # SQLite gives its other files the mode of the database.
    open_private(path, "ab").close()
    set_mode(path, FILE_MODE)
    # Transactions are begun explicitly.
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
    # SQLite's own factory fails with the error of a disk that is full.
    connection.text_factory = bytes.decode
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version > len(steps):
            raise Fault(
                "FAILED_PRECONDITION",
                f"{path} has layout {version}, but this version of the local control plane reads layouts up to "
                f"{len(steps)}: use another state folder, or the version that wrote it",
            )
        for number, step in enumerate(steps[version:], version + 1):
            connection.executescript(f"BEGIN IMMEDIATE;{step};PRAGMA user_version = {number};COMMIT;")
        connection.execute("PRAGMA foreign_keys = ON")
        (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if verdict != "ok":
            raise Damaged(path, verdict)
    except sqlite3.DatabaseError as error:
        connection.close()
        if isinstance(error, sqlite3.OperationalError):
            why = f"{path} cannot be used ({error}): is the disk full, or another program at work on the file?"
            raise Fault("FAILED_PRECONDITION", why) from error
        raise Damaged(path, str(error)) from None
    except UnicodeDecodeError:  # SQLite repeats what it cannot read
        connection.close()
        raise Damaged(path, "its list of tables is not text") from None
    except BaseException:
        connection.close()
        raise
    return connection


def open_expendable(path: Path, steps: Sequence[str]) -> sqlite3.Connection:
    """Open a database on which nothing depends; one that is damaged is set aside.

    Args:
        path: The file.
        steps: As for `open_database`.
    """
    try:
        connection = open_database(path, steps, durable=False)
    except Damaged:
        aside = path.with_name(f"{path.name}.damaged")
        _log.warning("%s is damaged: it was moved to %s, and a new one was created", path, aside.name)
        path.replace(aside)
        for suffix in ("-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        connection = open_database(path, steps, durable=False)
    connection.text_factory = lambda text: text.decode(errors="replace")
    return connection


def readable(make: Callable[..., T], rows: Iterable[tuple[Any, ...]]) -> list[T]:
    """Return what is made of rows on which nothing depends, without those that are not what was written."""
    made = []
    for row in rows:
        with contextlib.suppress(*UNREADABLE):
            made.append(make(*row))
    return made
