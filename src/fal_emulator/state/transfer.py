"""A state in one file: apps, keys, secrets, environments and files. Logs, queued calls and built environments stay behind."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import tarfile
import tempfile
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import quote

from ..model.faults import Fault
from ..model.private_files import open_private, private_folder, replacing
from .schema import STATE, open_database

if TYPE_CHECKING:
    from collections.abc import Iterator

# What belongs to a state beside its database: folders whose files users put there, files of apps, and the two keys.
USERS_FOLDERS = ("volume", "objects", "texts")
_FOLDERS = frozenset({*USERS_FOLDERS, "blobs"})
_FILES = frozenset({"state.db", "admin-key", "webhook-key"})


def export_state(state: Path, file: Path) -> None:
    """Write a state to a file, mode 0600; a control plane may use the state meanwhile. Links and special files are left out.

    Args:
        state: The state folder.
        file: The file, a compressed tar archive. It holds the values of secrets.

    Raises:
        Fault: There is no state.
        OSError: The file cannot be written.
    """
    database = state / "state.db"
    if not database.is_file():
        raise Fault("NOT_FOUND", f"{state} holds no state of a local control plane")
    with tempfile.TemporaryDirectory(prefix="fal-export-") as scratch, replacing(file) as written:
        copy = Path(scratch) / "state.db"
        source = f"file:{quote(str(database.absolute()))}?mode=ro"
        with contextlib.closing(sqlite3.connect(source, uri=True, timeout=10)) as opened:
            opened.execute("VACUUM INTO ?", (str(copy),))
        with tarfile.open(fileobj=written, mode="w:gz", format=tarfile.PAX_FORMAT) as archive:
            archive.add(copy, "state.db")
            for path in _kept(state):
                archive.add(path, path.relative_to(state).as_posix(), recursive=False)


def import_state(file: Path, state: Path) -> None:
    """Make a state folder from what `export_state` wrote.

    Args:
        file: The file.
        state: The folder; it must not hold anything.

    Raises:
        Fault: The file is no such archive, or a later version of this program wrote it; or the folder is not empty.
        OSError: The file cannot be read, or the folder cannot be written.
    """
    if state.exists() and any(state.iterdir()):
        raise Fault("FAILED_PRECONDITION", f"{state} is not empty: remove what is in it, or use another folder")
    state.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=".fal-import-", dir=state.parent))
    try:
        _unpack(file, scratch)
        if not (scratch / "state.db").is_file():
            raise Fault("INVALID_ARGUMENT", f"{file} holds no state of a local control plane")
        open_database(scratch / "state.db", STATE, durable=True).close()
        with contextlib.suppress(FileNotFoundError):
            state.rmdir()
        scratch.rename(state)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def copy_files(source: Path, target: Path) -> None:
    """Copy the files that users put into a state; links and special files are left out."""
    for path in _below(source, USERS_FOLDERS):
        copy = target / path.relative_to(source)
        if path.is_dir():
            private_folder(copy)
        else:
            with open(path, "rb") as content, open_private(copy, "wb") as written:
                shutil.copyfileobj(content, written)


def _kept(state: Path) -> Iterator[Path]:
    yield from (
        path for name in sorted(_FILES - {"state.db"}) if (path := state / name).is_file() and not path.is_symlink()
    )
    yield from _below(state, sorted(_FOLDERS))


def _below(state: Path, folders: tuple[str, ...] | list[str]) -> Iterator[Path]:
    """Yield folders, and the files and folders in them; a folder comes before what is in it."""
    for name in folders:
        if (state / name).is_dir():
            yield state / name
            for path in sorted((state / name).rglob("*")):
                if not path.is_symlink() and (path.is_file() or path.is_dir()):
                    yield path


def _unpack(file: Path, folder: Path) -> None:
    try:
        with tarfile.open(file, "r:gz") as archive:
            for member in archive:
                _unpack_one(archive, member, folder / _checked(member, file))
    except (tarfile.TarError, EOFError, UnicodeError) as error:
        raise Fault("INVALID_ARGUMENT", f"{file} is not the state of a local control plane: {error}") from None


def _checked(member: tarfile.TarInfo, file: Path) -> PurePosixPath:
    """Return the path of something in an archive, which nobody but `export_state` need have made."""
    path = PurePosixPath(member.name)
    known = _FOLDERS if len(path.parts) > 1 or member.isdir() else _FILES
    if path.is_absolute() or ".." in path.parts or not known.intersection(path.parts[:1]):
        raise Fault("INVALID_ARGUMENT", f"{file} holds {member.name[:200]!r}, which belongs to no state")
    if not (member.isreg() or member.isdir()):
        raise Fault("INVALID_ARGUMENT", f"{file} holds {member.name[:200]!r}, which is neither file nor folder")
    return path


def _unpack_one(archive: tarfile.TarFile, member: tarfile.TarInfo, path: Path) -> None:
    if member.isdir():
        private_folder(path)
        return
    content = archive.extractfile(member)
    assert content is not None
    with content, open_private(path) as written:
        shutil.copyfileobj(content, written)
