"""The data volume: paths, listings, and local files that are uploaded or downloaded."""

from __future__ import annotations

import contextlib
import hashlib
import math
import os
import re
import secrets
import stat
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from fal._core import arguments
from fal._core.content import WEB_PAGE_HINT, is_web_page
from fal.exceptions import (
    Aborted,
    AlreadyExists,
    DataLoss,
    FailedPrecondition,
    FalServerlessException,
    InvalidInput,
    InvalidType,
    NotFound,
    UnknownError,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fal._gen.rest.models import FileSpec

VOLUME = "/data"
PART_BYTES = 10 * 1024 * 1024  # of an upload
_BLOCK_BYTES = 1024 * 1024  # of a download: what is written at once
_MD5 = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class FileInfo:
    """A file or a folder of the data volume.

    Attributes:
        path: Its absolute path, below `/data`.
        name: The last part of the path.
        is_file: Whether it is a file; otherwise it is a folder.
        size: Its size in bytes.
        updated_at: When it was last changed; None if the platform does not say.
        created_at: When it was created; None if the platform does not say.
    """

    path: str
    name: str
    is_file: bool
    size: int
    updated_at: datetime | None = None
    created_at: datetime | None = None


def listed(entry: FileSpec) -> FileInfo:
    """Return a file as the platform describes it."""
    name = entry.name or entry.path.rstrip("/").rpartition("/")[2]
    return FileInfo(
        entry.path, name, entry.is_file, entry.size, _moment(entry.updated_time), _moment(entry.created_time)
    )


def check_done(done: bool, what: str) -> None:
    """Raise if a response with a success status says that the call failed.

    Raises:
        UnknownError: It is false.
    """
    if not done:
        raise UnknownError(f"the platform did not {what}, and gave no reason", hint="Check the path and try again.")


def check_kind(path: str, headers: Mapping[str, str]) -> None:
    """Raise if the response is a web page instead of a file.

    Raises:
        DataLoss: It is one.
    """
    if is_web_page(headers) and not path.casefold().endswith((".html", ".htm", ".xhtml")):
        raise DataLoss(f"received a web page instead of {path}", hint=WEB_PAGE_HINT)


def _moment(value: float | str | None) -> datetime | None:
    """Return an aware time; None if it cannot be read, as one bad time must not cost a whole listing."""
    try:
        if isinstance(value, str):
            time = datetime.fromisoformat(value)
            return time if time.tzinfo is not None else time.replace(tzinfo=UTC)
        # 0 stands for an unknown time.
        return datetime.fromtimestamp(value, UTC) if value and math.isfinite(value) else None
    except (OSError, OverflowError, ValueError):
        return None


# ------------------------------------------------------------------------------------------------- paths and addresses


def folder_path(argument: str, value: object) -> str:
    """Return the absolute path of something on the volume, or of the volume itself; a relative one counts from `/data`."""
    path = arguments.text(argument, value)
    if not path.strip():
        raise InvalidInput(f'{argument} is empty; pass a path below {VOLUME}, e.g. "{VOLUME}/models/base.bin"')
    if "\0" in path:
        raise InvalidInput(f"{argument}={path!r} contains a NUL character, which is not allowed in a path")
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if ".." in parts:
        raise InvalidInput(f"{argument}={path!r} holds '..'; pass the path itself")
    if not path.startswith("/"):
        parts.insert(0, VOLUME[1:])
    if parts[:1] != [VOLUME[1:]]:
        raise InvalidInput(f"{argument}={path!r} is outside of {VOLUME}, where all files are")
    return "/" + "/".join(parts)


def file_path(argument: str, value: object) -> str:
    """Return the absolute path of a file on the volume."""
    path = folder_path(argument, value)
    if path == VOLUME:
        raise InvalidInput(f"{argument}={value!r} is the volume itself; pass a file in it")
    return path


def placed(argument: str, value: object, name: str) -> str:
    """Return the path to store a file at; a path that ends in a slash is a folder in which the file keeps the name `name`."""
    path = folder_path(argument, value)
    into = path == VOLUME or str(value).endswith("/")
    return file_path(argument, f"{path}/{name}" if into else path)


def _local(argument: str, value: object) -> Path:
    try:
        path = os.fspath(value)  # type: ignore[call-overload]  # what is not a path is refused here
    except TypeError:
        path = None
    if not isinstance(path, str):
        raise InvalidType(f"{argument} must be a str or a pathlib.Path, not {type(value).__name__}")
    if not path.strip() or "\0" in path:
        raise InvalidInput(f"{argument}={path!r} is not a path; pass the path of a local file")
    return Path(path)


# ---------------------------------------------------------------------------------------------------------- local files


def local_files(argument: str, folder: object) -> list[tuple[Path, str]]:
    """Return the files of a local folder with their paths in it, sorted.

    Raises:
        InvalidInput: There is no such folder, or no file in it.
    """
    root = _local(argument, folder)
    if not root.is_dir():
        raise InvalidInput(f"{argument}={str(root)!r} is not a folder; pass the path of a local folder")
    files = sorted(
        Path(place, name) for place, _, names in os.walk(root) for name in names if Path(place, name).is_file()
    )
    if not files:
        raise InvalidInput(f"{argument}={str(root)!r} holds no file")
    return [(file, file.relative_to(root).as_posix()) for file in files]


def check_folder(path: str, inside: Sequence[FileInfo]) -> None:
    """Raise the reason why a listed path is not a folder with content."""
    if not inside:
        raise NotFound(f"there is no folder {path}, or it is empty")
    if len(inside) == 1 and inside[0].is_file and inside[0].path == path:
        raise FailedPrecondition(f"{path} is a file", hint="Copy it with client.files.download(...).")


def check_listed(folder: str, path: str, seen: set[str]) -> None:
    """Refuse an impossible path in a listing: one outside of the folder, or one that was listed before.

    Raises:
        DataLoss: It is one.
    """
    parts = path.removeprefix(f"{folder}/").split("/")
    if not path.startswith(f"{folder}/") or path in seen or any(p in ("", ".", "..") or "\0" in p for p in parts):
        raise DataLoss(f"the platform lists {path!r} in {folder}, where it cannot be")
    seen.add(path)


def place_below(target: object, relative: str) -> Path:
    """Return where a file of a folder goes below a local one, and create its parent folders."""
    place = _local("target", target).joinpath(*(_file_name("target", part) for part in relative.split("/")))
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InvalidInput(f"target={str(place.parent)!r} cannot be created: {error.strerror}") from None
    return place


class Source:
    """A local file that is uploaded, read part by part. It must not change until it has been read."""

    def __init__(self, argument: str, source: object) -> None:
        self.path = _local(argument, source)
        try:
            kind = os.stat(self.path).st_mode
            if stat.S_ISDIR(kind):
                raise InvalidInput(f"{argument}={str(self.path)!r} is a folder; upload its files one by one")
            if not stat.S_ISREG(kind):
                raise InvalidInput(
                    f"{argument}={str(self.path)!r} is not a regular file, so its size is not known in advance"
                )
            self._file = open(self.path, "rb")  # noqa: SIM115 - closed by `close`
        except OSError as error:
            raise InvalidInput(f"{argument}={str(self.path)!r} cannot be read: {error.strerror}") from None
        self._known = self._seen()
        self.size = self._known[0]
        self._read = 0
        self._md5 = hashlib.md5(usedforsecurity=False)

    def read(self) -> bytes:
        """Return the next part: PART_BYTES bytes, fewer in the last part, none at the end.

        Raises:
            Aborted: The file changed since it was opened.
        """
        wanted = min(PART_BYTES, self.size - self._read)
        try:
            content = self._file.read(wanted)
            same = self._seen() == self._known
        except OSError as error:
            raise FalServerlessException(f"{self.path} cannot be read: {error.strerror}") from None
        if len(content) != wanted or not same:
            raise Aborted(
                f"{self.path} changed while it was uploaded", hint="Upload it again when nothing writes to it."
            )
        self._read += wanted
        self._md5.update(content)
        return content

    def compare(self, etag: str | None, path: str) -> None:
        """Compare the ETag that the store reports with what was read; only an MD5 can be compared.

        Raises:
            DataLoss: The store holds other bytes.
        """
        stored = (etag or "").strip('"').lower()
        if _MD5.fullmatch(stored) and stored != self._md5.hexdigest():
            raise DataLoss(
                f"{path} does not contain what was uploaded: its MD5 is {stored}, that of {self.path} is "
                f"{self._md5.hexdigest()}",
                hint="Upload it again.",
            )

    def close(self) -> None:
        self._file.close()

    def _seen(self) -> tuple[int, int]:
        info = os.fstat(self._file.fileno())
        return info.st_size, info.st_mtime_ns


class Target:
    """A local file that is downloaded. It appears whole or not at all: until then it has a temporary name."""

    def __init__(self, argument: str, target: object, name: str, *, overwrite: bool) -> None:
        self.path = _local(argument, target)
        self._argument = argument
        self._overwrite = overwrite
        if self.path.is_dir():
            self.path = self.path / _file_name(argument, name)
        self._refuse_existing()
        self._part = self.path.with_name(f".fal-{secrets.token_hex(8)}.part")
        try:
            self._file = open(self._part, "xb")  # noqa: SIM115 - closed by `discard`
        except OSError as error:
            raise InvalidInput(f"{argument}={str(self.path)!r} cannot be written: {error.strerror}") from None
        self._pieces: list[bytes] = []
        self._waiting = 0

    def take(self, piece: bytes) -> bool:
        """Buffer a chunk; return whether there is enough to write."""
        self._pieces.append(piece)
        self._waiting += len(piece)
        return self._waiting >= _BLOCK_BYTES

    def write(self) -> None:
        """Write what is buffered."""
        content, self._pieces, self._waiting = b"".join(self._pieces), [], 0
        try:
            self._file.write(content)
        except OSError as error:
            raise self._unwritable(error) from None

    def finish(self) -> None:
        """Give the file its name.

        Raises:
            AlreadyExists: Another file has taken that name.
        """
        self.write()
        try:
            self._file.close()
            if self._overwrite:
                os.replace(self._part, self.path)
            else:
                _name(self._part, self.path)
        except FileExistsError:
            raise self._exists() from None
        except OSError as error:
            raise self._unwritable(error) from None

    def discard(self) -> None:
        """Remove an unfinished file."""
        with contextlib.suppress(OSError):  # the buffered rest is no longer needed
            self._file.close()
        self._part.unlink(missing_ok=True)

    def _refuse_existing(self) -> None:
        if not os.path.lexists(self.path):
            return
        if self.path.exists() and not self.path.is_file():
            raise InvalidInput(f"{self._argument}={str(self.path)!r} is not a regular file and cannot be replaced")
        if not self._overwrite:
            raise self._exists()

    def _exists(self) -> AlreadyExists:
        return AlreadyExists(f"{self._argument}={str(self.path)!r} exists", hint="Pass overwrite=True to replace it.")

    def _unwritable(self, error: OSError) -> FalServerlessException:
        return FalServerlessException(f"{self.path} cannot be written: {error.strerror or error}")


def _file_name(argument: str, name: str, *, windows: bool = os.name == "nt") -> str:
    """Return the name that a file of the volume has in a local folder."""
    if windows and re.search(r'[<>:"/\\|?*\x00-\x1f]|[. ]$', name):
        raise InvalidInput(f"{name!r} is not a valid file name on this system; pass {argument} with the name to use")
    return name


def _name(part: Path, path: Path) -> None:
    """Give a finished file its name, unless that name is taken."""
    try:
        os.link(part, path)  # unlike a rename, a link does not replace another file
    except FileExistsError:
        raise
    except OSError:
        # This file system has no links.
        if os.path.lexists(path):
            raise FileExistsError from None
        os.replace(part, path)
