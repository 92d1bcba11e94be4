"""Hash files in parallel, with a cache for unchanged ones."""

from __future__ import annotations

import contextlib
import hashlib
import os
import sqlite3
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from ..errors import FileError
from .files import LocalFile

_CHUNK = 1024 * 1024
# A file written again within the resolution of its mtime looks unchanged: do not remember one that is this fresh.
_FRESH_NS = 2_000_000_000
_KEEP_SECONDS = 90 * 86400


@dataclass(frozen=True, slots=True)
class HashedFile:
    """A file with the hash under which the platform stores it."""

    file: LocalFile
    hash: str
    remembered: bool = False


def hash_file(file: LocalFile) -> str:
    """Return SHA-256 over the content and the decimal text of the mode, as the platform computes it.

    Raises:
        FileError: The file cannot be read, or changed meanwhile.
    """
    digest = hashlib.sha256()
    read = 0
    try:
        with open(file.path, "rb") as source:
            while chunk := source.read(_CHUNK):
                read += len(chunk)
                digest.update(chunk)
    except OSError as error:
        raise FileError(f"{file.path} cannot be read: {error.strerror}") from None
    if read != file.size:
        raise FileError(f"{file.path} changed while it was read; try again when nothing writes to it")
    digest.update(str(file.mode).encode())
    return digest.hexdigest()


def hash_files(files: Iterable[LocalFile], cache: HashCache | None = None) -> list[HashedFile]:
    """Return the files with their hashes, in the same order."""
    wanted = list(files)
    if not wanted:
        return []
    store = HashCache(default_cache_file()) if cache is None else cache
    known = store.find(wanted)
    fresh = [file for file in wanted if file.path not in known]
    if fresh:
        with ThreadPoolExecutor(min(8, (os.cpu_count() or 1) + 1, len(fresh)), "fal-hash") as pool:
            hashes = dict(zip((file.path for file in fresh), pool.map(hash_file, fresh), strict=True))
        store.save([(file, hashes[file.path]) for file in fresh])
    else:
        hashes = {}
    return [
        HashedFile(file, known.get(file.path) or hashes[file.path], remembered=file.path in known) for file in wanted
    ]


def default_cache_file(environ: dict[str, str] | None = None) -> Path | None:
    """Return where hashes are kept: the user's cache folder by the custom of the system; None for a user without a home."""
    env = os.environ if environ is None else environ
    home = env.get("HOME") or env.get("USERPROFILE") or ("" if "HOME" in env else os.path.expanduser("~"))
    given, below = {
        "win32": (env.get("LOCALAPPDATA"), "AppData/Local"),
        "darwin": (None, "Library/Caches"),
    }.get(sys.platform, (env.get("XDG_CACHE_HOME"), ".cache"))
    base = Path(given or os.path.join(home, below))
    return base / "fal-management-sdk" / "hashes.sqlite3" if base.is_absolute() else None


class HashCache:
    """Hashes by path, valid while size, mtime, inode and mode stay. Without a usable file it forgets everything."""

    def __init__(self, file: Path | None, *, now: Callable[[], float] = time.time) -> None:
        self.file = file
        self._now = now

    def find(self, files: list[LocalFile]) -> dict[Path, str]:
        """Return the hashes of unchanged files, by path."""
        if self.file is None or not os.path.isfile(self.file):
            return {}
        hashes: dict[Path, str] = {}
        with self._open() as db:
            if db is None:
                return {}
            for file in files:
                row = db.execute(
                    "SELECT hash FROM hashes WHERE path=? AND size=? AND mtime_ns=? AND inode=? AND mode=?", _key(file)
                ).fetchone()
                if row and isinstance(row[0], str) and len(row[0]) == 64:
                    hashes[file.path] = row[0]
            if hashes:
                db.executemany("UPDATE hashes SET used=? WHERE path=?", [(self._now(), _name(p)) for p in hashes])
        return hashes

    def save(self, hashes: list[tuple[LocalFile, str]]) -> None:
        """Remember hashes, except of files that may still be written to."""
        now = self._now()
        rows = [(*_key(f), h, now) for f, h in hashes if now * 1e9 - f.mtime_ns > _FRESH_NS]
        if not rows:
            return
        with self._open(create=True) as db:
            if db:
                db.executemany("INSERT OR REPLACE INTO hashes VALUES (?,?,?,?,?,?,?)", rows)
                db.execute("DELETE FROM hashes WHERE used < ?", (now - _KEEP_SECONDS,))

    @contextlib.contextmanager
    def _open(self, *, create: bool = False) -> Iterator[sqlite3.Connection | None]:
        """Yield the database in a transaction, or None when it cannot be had: a cache never stops a deploy."""
        if self.file is None:
            yield None
            return
        try:
            db = self._connect(self.file, create)
        except sqlite3.Error as error:
            _give_up(self.file, error)
            db = None
        if db is None:
            yield None
            return
        try:
            yield db
            db.commit()
        except sqlite3.Error as error:
            _give_up(self.file, error)
        finally:
            db.close()

    def _connect(self, file: Path, create: bool) -> sqlite3.Connection | None:
        if create:
            try:
                file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                # A link is not followed, and a file that was there before is closed to others, too.
                os.close(os.open(file, os.O_CREAT | os.O_WRONLY | getattr(os, "O_NOFOLLOW", 0), 0o600))
                os.chmod(file, 0o600)
            except OSError:
                return None
        db = sqlite3.connect(file, timeout=2)
        try:
            db.execute(
                "CREATE TABLE IF NOT EXISTS hashes"
                " (path TEXT PRIMARY KEY, size INT, mtime_ns INT, inode INT, mode INT, hash TEXT, used REAL)"
            )
        except sqlite3.Error:
            db.close()
            raise
        return db


def _give_up(file: Path, error: sqlite3.Error) -> None:
    # Busy for too long, read-only or a full disk is OperationalError; anything else is a broken file.
    if not isinstance(error, sqlite3.OperationalError):
        with contextlib.suppress(OSError):
            file.unlink()


def _name(path: Path) -> str:
    """Return a path in a form that SQLite can store, even if it is not UTF-8."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _key(file: LocalFile) -> tuple[str, int, int, int, int]:
    # SQLite keeps signed 64 bits; some file systems number inodes beyond that.
    return _name(file.path), file.size, file.mtime_ns, file.inode & (2**63 - 1), file.mode
