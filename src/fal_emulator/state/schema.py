"""The layout of the two databases, and how one is opened."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from ..model.faults import Fault
from ..model.private_files import FILE_MODE, open_private

if TYPE_CHECKING:
    from pathlib import Path

VERSION = 1

# What must survive: one transaction per change.
STATE = """
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
"""

# What is nice to have: logs and the runners that were.
HISTORY = """
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
"""

# Also nice to have: what happened, for charts, usage and analytics.
ACTIVITY = """
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
"""


def open_database(path: Path, schema: str, *, durable: bool) -> sqlite3.Connection:
    """Open a database, with its tables; the caller guards it against use by two threads at once.

    Args:
        path: The file; it is made with mode 0600.
        schema: The statements that make its tables.
        durable: Whether each commit waits for the disk. Without, a commit survives the death of this process (it is
            with the operating system by then), though the last ones may not survive a loss of power.

    Raises:
        Fault: Another version of this program wrote the file.
    """
    # SQLite gives its other files the mode of the database.
    open_private(path, "ab").close()
    path.chmod(FILE_MODE)
    # Transactions are begun explicitly.
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
        connection.execute("PRAGMA foreign_keys = ON")
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version == 0:
            connection.executescript(f"BEGIN IMMEDIATE;{schema};PRAGMA user_version = {VERSION};COMMIT;")
        elif version != VERSION:
            raise Fault(
                "FAILED_PRECONDITION",
                f"{path} has layout {version}, but this version of the local control plane reads layout {VERSION}: "
                "use another state directory, or the version that wrote it",
            )
    except BaseException:
        connection.close()
        raise
    return connection
