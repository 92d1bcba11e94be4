"""Unpack archives that strangers may have made."""

from __future__ import annotations

import stat
import zipfile
import zlib
from typing import TYPE_CHECKING

from ..model import limits
from ..model.faults import Invalid
from ..model.private_files import replacing
from .uploads import too_large

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import BinaryIO

_WHERE = ("body", "file_upload")
_CHUNK = 1024 * 1024


def unpack(archive: BinaryIO, folder: Path, place_of: Callable[[str], Path]) -> list[tuple[Path, Path]]:
    """Unpack a zip archive into a folder that holds nothing else; return where its files are, and where each belongs.

    The names in an archive make no paths: files are numbered here, and what is in them counts, not what the archive says
    of their sizes.

    Args:
        archive: The archive.
        folder: Where its files are put.
        place_of: Returns where a name of the archive belongs; raises `Invalid` where it belongs nowhere.

    Raises:
        Fault: It is not a zip archive, too large when it is unpacked, or holds what is neither file nor folder.
    """
    files: list[tuple[Path, Path]] = []
    left = limits.LARGEST_FILE
    try:
        with zipfile.ZipFile(archive) as opened:
            members = [member for member in opened.infolist() if not member.is_dir()]
            if len(members) > limits.MOST_FILES:
                raise Invalid(f"holds {len(members)} files; the limit is {limits.MOST_FILES}", *_WHERE)
            for number, member in enumerate(members):
                _check(member)
                file = folder / str(number)
                files.append((file, place_of(member.filename)))
                left -= _unpack_one(opened, member, file, left)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, UnicodeError) as error:
        raise Invalid(f"is not a zip archive that can be unpacked: {error}", *_WHERE) from None
    _check_places([place for _, place in files])
    return files


def _check(member: zipfile.ZipInfo) -> None:
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        raise Invalid(f"holds {member.filename[:200]!r}, which is a link or another special file", *_WHERE)
    if member.flag_bits & 1:
        raise Invalid(f"holds {member.filename[:200]!r}, which is encrypted", *_WHERE)


def _unpack_one(opened: zipfile.ZipFile, member: zipfile.ZipInfo, path: Path, most: int) -> int:
    size = 0
    with opened.open(member) as content, replacing(path) as file:
        while chunk := content.read(_CHUNK):
            size += len(chunk)
            if size > most:
                raise too_large()
            file.write(chunk)
    return size


def _check_places(places: list[Path]) -> None:
    taken = set(places)
    if len(taken) < len(places):
        raise Invalid("holds two files of one name", *_WHERE)
    if any(above in taken for place in places for above in place.parents):
        raise Invalid("holds a file below what is a file", *_WHERE)
