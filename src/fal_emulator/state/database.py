"""A database that one process writes and many threads read."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from .schema import UNREADABLE, Damaged, open_database

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

T = TypeVar("T")


class Database:
    """One database. Its methods may be called from any thread.

    Reads go to a connection of their own, so that they never wait for a commit.

    Args:
        path: The file.
        steps: What makes its tables; see `open_database`.
        durable: Whether each change waits for the disk; see `open_database`.
    """

    def __init__(self, path: Path, steps: Sequence[str], *, durable: bool) -> None:
        self._path = path
        self._write = open_database(path, steps, durable=durable)
        self._read = open_database(path, steps, durable=durable)
        self._write_lock = threading.Lock()
        self._read_lock = threading.Lock()

    def close(self) -> None:
        """Close the file. What was acknowledged is in it already."""
        with self._write_lock, self._read_lock:
            self._write.close()
            self._read.close()

    @contextmanager
    def change(self) -> Iterator[sqlite3.Connection]:
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

    def copy_to(self, path: Path) -> None:
        """Write a copy to a file that is not there yet."""
        with self._read_lock:
            self._read.execute("VACUUM INTO ?", (str(path),))

    def replace_with(self, path: Path) -> None:
        """Let all rows be those of a copy, in one transaction."""
        with self._write_lock:
            self._write.execute("ATTACH ? AS copy", (str(path),))
            # The copy fits together by itself; while half of it is there, it need not.
            self._write.execute("PRAGMA foreign_keys = OFF")
            try:
                self._write.execute("BEGIN IMMEDIATE")
                tables = self._write.execute("SELECT name FROM copy.sqlite_master WHERE type = 'table'").fetchall()
                for (table,) in tables:
                    self._write.execute(f"DELETE FROM main.{table}")
                    self._write.execute(f"INSERT INTO main.{table} SELECT * FROM copy.{table}")
                self._write.execute("COMMIT")
            finally:
                if self._write.in_transaction:
                    self._write.execute("ROLLBACK")
                self._write.execute("PRAGMA foreign_keys = ON")
                self._write.execute("DETACH copy")

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Hold the connection for reading."""
        with self._read_lock:
            yield self._read

    def rows(self, statement: str, *values: Any) -> list[Any]:
        """Return the rows of a query; its values, or one dictionary of them, come behind it."""
        parameters = values[0] if values and isinstance(values[0], dict) else values
        with self.reading() as db:
            return db.execute(statement, parameters).fetchall()

    def read(self, make: Callable[..., T], statement: str, *values: Any) -> list[T]:
        """Return what is made of each row of a query.

        Args:
            make: Takes the columns of a row.
            statement: The query.
            values: Its values, or one dictionary of them.

        Raises:
            Damaged: A row is not what was written.
        """
        try:
            return [make(*row) for row in self.rows(statement, *values)]
        except UNREADABLE as error:
            raise Damaged(self._path, f"what a row of it says cannot be read: {type(error).__name__}") from error
