"""The state folder: closed to everybody else, held by one control plane at a time, and checked before it is used."""

from __future__ import annotations

import contextlib
import fcntl
import os
import stat
from typing import TYPE_CHECKING

from ..model.faults import Fault
from ..model.private_files import FILE_MODE, FOLDER_MODE, open_private, private_folder, set_mode

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_DATABASES = ("state.db", "history.db", "activity.db", "queue.db")
_BESIDE_A_DATABASE = ("-wal", "-shm", "-journal")
_FILES = frozenset(
    {"admin-key", "lock", "webhook-key"}
    | {name + suffix for name in _DATABASES for suffix in ("", *_BESIDE_A_DATABASE)}
)
_FOLDERS = frozenset(
    {"blobs", "certificates", "environments", "objects", "runners", "sockets", "texts", "uploads", "volume"}
)
# What a state folder holds of ours; whatever else lies there is somebody's own.
OWN = _FILES | _FOLDERS
# What is worth nothing without the database of accounts and apps, so that its presence tells that there was one.
_SIGNS_OF_A_STATE = ("admin-key", "history.db")


@contextlib.contextmanager
def taken(folder: Path) -> Iterator[None]:
    """Make a folder the state of this process alone, for as long as the block lasts.

    Raises:
        Fault: Another control plane has it; something in it is a link, or somebody else's; or what it remembered is
            lost.
        OSError: It cannot be written.
    """
    private_folder(folder)
    with _only_one(folder):
        _close_to_others(folder)
        _check_nothing_is_lost(folder)
        with open_private(folder / "lock", "wb") as file:
            file.write(str(os.getpid()).encode())
        yield


@contextlib.contextmanager
def _only_one(folder: Path) -> Iterator[None]:
    """Hold the lock of a state folder; it ends with the process, however that ends."""
    # The folder itself is locked: a lock file could be deleted, and another one locked.
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Fault("FAILED_PRECONDITION", _in_use(folder)) from None
        yield
    finally:
        os.close(descriptor)


def _in_use(folder: Path) -> str:
    holder = ""
    with contextlib.suppress(OSError, ValueError):
        holder = f" (process {int((folder / 'lock').read_text())})"
    return (
        f"the state folder {folder} is in use by another local control plane{holder}: stop that one, or use another "
        "folder"
    )


def _close_to_others(folder: Path) -> None:
    """Take from everybody else what they could read before.

    Raises:
        Fault: Something is a link, or somebody else put it there, so that it might lead anywhere; or something is of
            another kind than what it is called.
    """
    mine = {os.geteuid(), folder.stat().st_uid}
    for path in (folder / name for name in OWN if os.path.lexists(folder / name)):
        status = path.lstat()
        if status.st_uid not in mine:
            raise Fault("FAILED_PRECONDITION", f"{path} belongs to another user of this machine: use another folder")
        if stat.S_ISLNK(status.st_mode):
            if path.name == "admin-key":
                continue  # it is replaced
            raise Fault(
                "FAILED_PRECONDITION",
                f"{path} is a link, and the local control plane follows none: put what it leads to in its place, or use "
                "another folder",
            )
        is_due, due = (stat.S_ISREG, "file") if path.name in _FILES else (stat.S_ISDIR, "folder")
        if not is_due(status.st_mode):  # a pipe would be waited for
            raise Fault(
                "FAILED_PRECONDITION",
                f"{path} is no {due}, as the local control plane would have made it: move it away, or use another folder",
            )
        set_mode(path, FILE_MODE if path.name in _FILES else FOLDER_MODE)


def _check_nothing_is_lost(folder: Path) -> None:
    """Refuse to start over beside the remains of a state.

    Raises:
        Fault: There was a database of accounts and apps, and it is gone or empty.
    """
    database = folder / "state.db"
    if os.path.lexists(database) and database.stat().st_size:
        return
    signs = [name for name in _SIGNS_OF_A_STATE if (folder / name).is_file() and not (folder / name).is_symlink()]
    if signs:
        what = "is empty" if os.path.lexists(database) else "is missing"
        raise Fault(
            "FAILED_PRECONDITION",
            f"{database} {what}, though {' and '.join(signs)} beside it say that there was a state: restore the file, or "
            f"delete {folder} to start over, which loses its apps, keys, secrets and files",
        )
