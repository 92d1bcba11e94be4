"""Replace a folder by a new one, atomically where the system can, and clean up after killed runs."""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO

PREFIX = ".generate-"
_RETIRED = "retired"
_AT_FDCWD = -100
_EXCHANGE = 2  # RENAME_EXCHANGE of Linux, RENAME_SWAP of macOS


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[bool]:
    """Exclude other runs that write `folder`, and remove what killed runs have left beside it; say whether there was another."""
    with held(folder.parent) as waited:
        recover(folder)
        yield waited


@contextlib.contextmanager
def held(folder: Path) -> Iterator[bool]:
    """Hold a lock on a folder; a second run says so and waits, and learns that it did.

    On POSIX the folder itself is locked: no file is left behind.
    """
    if sys.platform == "win32":
        path = folder / f"{PREFIX.rstrip('-')}.lock"
        with open(path, "a+b") as lock:
            yield _wait_for(lock, folder)
        with contextlib.suppress(OSError):  # the next run holds it
            path.unlink()
    else:
        handle = os.open(folder, os.O_RDONLY)
        try:
            yield _wait_for(handle, folder)
        finally:
            os.close(handle)


def recover(folder: Path) -> None:
    """Bring `folder` back when a run was killed between its two renames, and remove what that run had made."""
    if not folder.parent.is_dir():
        return
    left = sorted(folder.parent.glob(f"{PREFIX}*"))
    for scratch in left:
        if not folder.exists() and (scratch / _RETIRED).is_dir():
            os.replace(scratch / _RETIRED, folder)
    for scratch in left:
        shutil.rmtree(scratch, ignore_errors=True)


def copy(folder: Path, target: Path, ignore: Callable[[str, list[str]], Iterable[str]]) -> None:
    """Copy a folder, which may be read-only, into one that is not."""
    shutil.copytree(folder, target, ignore=ignore, dirs_exist_ok=True)
    for path in (target, *target.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | stat.S_IWUSR)


def replace(folder: Path, fresh: Path, scratch: Path) -> None:
    """Make `fresh` the folder that `folder` names; the old one goes into `scratch`, on the same file system."""
    if not folder.exists():
        os.replace(fresh, folder)
        return
    if exchange(fresh, folder):
        return
    retired = scratch / _RETIRED
    os.replace(folder, retired)
    try:
        os.replace(fresh, folder)
    except BaseException:
        os.replace(retired, folder)
        raise


def exchange(one: Path, other: Path) -> bool:
    """Swap two folders atomically; return False where the system or the file system cannot."""
    if sys.platform == "win32":
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    names = os.fsencode(one), os.fsencode(other)
    try:
        if sys.platform == "darwin":
            return bool(libc.renamex_np(*names, _EXCHANGE) == 0)
        return bool(libc.renameat2(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _EXCHANGE) == 0)
    except AttributeError:
        return False


def _wait_for(lock: IO[bytes] | int, folder: Path) -> bool:
    """Take a lock; return whether another run had it."""
    waited = False
    if sys.platform == "win32":
        import msvcrt

        assert not isinstance(lock, int)
        lock.seek(0)
        while True:
            try:
                msvcrt.locking(lock.fileno(), msvcrt.LK_LOCK, 1)
                return waited
            except OSError:  # it gives up after ten seconds
                waited = True
                print(f"another run is writing {folder.name}/; waiting for it", file=sys.stderr)
    else:
        import fcntl

        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waited = True
            print(f"another run is writing {folder.name}/; waiting for it", file=sys.stderr)
            fcntl.flock(lock, fcntl.LOCK_EX)
        return waited
