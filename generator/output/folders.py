"""Put a new folder in the place of an old one, in one step where the system can, and undo what a killed run left behind."""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

PREFIX = ".generate-"
_RETIRED = "retired"
_AT_FDCWD = -100
_EXCHANGE = 2  # RENAME_EXCHANGE of Linux, RENAME_SWAP of macOS


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold off every other run that writes `folder`, and clear away what killed runs have left beside it."""
    place = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:16]
    user = getattr(os, "getuid", lambda: "")()
    # Not beside the folder: that would be one more file in the package.
    with open(Path(tempfile.gettempdir()) / f"generator-{user}-{place}.lock", "a+b") as lock:
        _wait_for(lock)
        recover(folder)
        yield


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
    """Let two folders change places in one step; False where the system or the file system has no such step."""
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


def _wait_for(lock: IO[bytes]) -> None:
    if sys.platform == "win32":
        import msvcrt

        lock.seek(0)
        while True:
            try:
                msvcrt.locking(lock.fileno(), msvcrt.LK_LOCK, 1)
                return
            except OSError:  # it gives up after ten seconds
                continue
    else:
        import fcntl

        fcntl.flock(lock, fcntl.LOCK_EX)
