"""The data volume as seen from here: its paths, what is listed of it, and local files on their way to it and from it."""

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
from urllib.parse import urlsplit

from fal._core import arguments
from fal._core.content import WEB_PAGE_HINT, is_web_page
from fal.exceptions import (
    Aborted,
    AlreadyExists,
    DataLoss,
    FalServerlessException,
    InvalidInput,
    InvalidType,
    UnknownError,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

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
        is_file: Whether it is a file; else it is a folder.
        size: How many bytes it has.
        updated_at: When it was changed last; None when the platform does not say.
        created_at: When it came to be; None when the platform does not say.
    """

    path: str
    name: str
    is_file: bool
    size: int
    updated_at: datetime | None = None
    created_at: datetime | None = None


def listed(found: FileSpec) -> FileInfo:
    """Return what the platform says of a file."""
    name = found.name or found.path.rstrip("/").rpartition("/")[2]
    return FileInfo(
        found.path, name, found.is_file, found.size, _moment(found.updated_time), _moment(found.created_time)
    )


def check_done(done: bool, what: str) -> None:
    """Refuse an answer of success that says otherwise.

    Raises:
        UnknownError: It is false.
    """
    if not done:
        raise UnknownError(
            f"the platform has not {what}, and does not say why", hint="Look at the path, and try again."
        )


def check_kind(path: str, headers: Mapping[str, str]) -> None:
    """Refuse a web page in the place of a file that is none.

    Raises:
        DataLoss: It is one.
    """
    if is_web_page(headers) and not path.casefold().endswith((".html", ".htm", ".xhtml")):
        raise DataLoss(f"a web page came instead of {path}", hint=WEB_PAGE_HINT)


def _moment(value: float | str | None) -> datetime | None:
    """Return an aware time. One that cannot be read is as good as none: it must not cost a whole listing."""
    try:
        if isinstance(value, str):
            found = datetime.fromisoformat(value)
            return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
        # 0 is what stands there when nothing is known.
        return datetime.fromtimestamp(value, UTC) if value and math.isfinite(value) else None
    except (OSError, OverflowError, ValueError):
        return None


# ------------------------------------------------------------------------------------------------- paths and addresses


def folder_path(argument: str, value: object) -> str:
    """Return the absolute path of something on the volume, or of the volume itself; a relative one counts from `/data`."""
    found = arguments.text(argument, value)
    if not found.strip():
        raise InvalidInput(f'{argument} is empty; pass a path below {VOLUME}, e.g. "{VOLUME}/models/base.bin"')
    if "\0" in found:
        raise InvalidInput(f"{argument}={found!r} holds a NUL character, which no path can hold")
    parts = [part for part in found.split("/") if part not in ("", ".")]
    if ".." in parts:
        raise InvalidInput(f"{argument}={found!r} holds '..'; pass the path itself")
    if not found.startswith("/"):
        parts.insert(0, VOLUME[1:])
    if parts[:1] != [VOLUME[1:]]:
        raise InvalidInput(f"{argument}={found!r} lies outside of {VOLUME}, and files are there only")
    return "/" + "/".join(parts)


def file_path(argument: str, value: object) -> str:
    """Return the absolute path of a file on the volume."""
    found = folder_path(argument, value)
    if found == VOLUME:
        raise InvalidInput(f"{argument}={value!r} is the volume itself; name a file in it")
    return found


def placed(argument: str, value: object, name: str) -> str:
    """Return the path that a file is to have; one that ends in a slash is the folder, where the file is called `name`."""
    found = folder_path(argument, value)
    into = found == VOLUME or str(value).endswith("/")
    return file_path(argument, f"{found}/{name}" if into else found)


def address(argument: str, value: object) -> str:
    """Return a URL. No error shows it: it may be a permission."""
    found = arguments.text(argument, value)
    try:
        parts = urlsplit(found)
        good = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        good = False
    if not good or any(character.isspace() or not character.isprintable() for character in found):
        raise InvalidInput(f"{argument} is no address of a file; pass a URL that begins with https:// or http://")
    return found


def _local(argument: str, value: object) -> Path:
    try:
        found = os.fspath(value)  # type: ignore[call-overload]  # what is no path is refused here
    except TypeError:
        found = None
    if not isinstance(found, str):
        raise InvalidType(f"{argument} must be a str or a pathlib.Path, not {type(value).__name__}")
    if not found.strip() or "\0" in found:
        raise InvalidInput(f"{argument}={found!r} is no path; pass the path of a local file")
    return Path(found)


# ---------------------------------------------------------------------------------------------------------- local files


class Source:
    """A local file on its way to the volume, read part by part. It has to stay as it is until it is read."""

    def __init__(self, argument: str, source: object) -> None:
        self.path = _local(argument, source)
        try:
            kind = os.stat(self.path).st_mode
            if stat.S_ISDIR(kind):
                raise InvalidInput(f"{argument}={str(self.path)!r} is a folder; upload its files one by one")
            if not stat.S_ISREG(kind):
                raise InvalidInput(f"{argument}={str(self.path)!r} is no regular file, whose size is known beforehand")
            self._file = open(self.path, "rb")  # noqa: SIM115 - closed by `close`
        except OSError as error:
            raise InvalidInput(f"{argument}={str(self.path)!r} cannot be read: {error.strerror}") from None
        self._known = self._seen()
        self.size = self._known[0]
        self._read = 0
        self._md5 = hashlib.md5(usedforsecurity=False)

    def read(self) -> bytes:
        """Return the next part: as many bytes as a part has, fewer in the last one, none at the end.

        Raises:
            Aborted: The file is not what it was at first.
        """
        wanted = min(PART_BYTES, self.size - self._read)
        try:
            content = self._file.read(wanted)
            same = self._seen() == self._known
        except OSError as error:
            raise FalServerlessException(f"{self.path} cannot be read: {error.strerror}") from None
        if len(content) != wanted or not same:
            raise Aborted(f"{self.path} changed while it was sent", hint="Upload it when nothing writes to it.")
        self._read += wanted
        self._md5.update(content)
        return content

    def compare(self, etag: str | None, path: str) -> None:
        """Hold what the store calls the file against what was read; only an MD5 says something.

        Raises:
            DataLoss: It is that of other bytes.
        """
        stored = (etag or "").strip('"').lower()
        if _MD5.fullmatch(stored) and stored != self._md5.hexdigest():
            raise DataLoss(
                f"{path} does not hold what was sent: its MD5 is {stored}, that of {self.path} is "
                f"{self._md5.hexdigest()}",
                hint="Upload it again.",
            )

    def close(self) -> None:
        self._file.close()

    def _seen(self) -> tuple[int, int]:
        found = os.fstat(self._file.fileno())
        return found.st_size, found.st_mtime_ns


class Target:
    """A local file on its way from the volume. It is there as a whole, or not at all: until then it has another name."""

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
        """Keep what has come; return whether it is worth being written."""
        self._pieces.append(piece)
        self._waiting += len(piece)
        return self._waiting >= _BLOCK_BYTES

    def write(self) -> None:
        """Write what has come so far."""
        content, self._pieces, self._waiting = b"".join(self._pieces), [], 0
        try:
            self._file.write(content)
        except OSError as error:
            raise self._unwritable(error) from None

    def finish(self) -> None:
        """Give the file its name.

        Raises:
            AlreadyExists: Another file has it by now.
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
        """Leave nothing behind of a file that is not finished."""
        with contextlib.suppress(OSError):  # what could not be written is not wanted any more
            self._file.close()
        self._part.unlink(missing_ok=True)

    def _refuse_existing(self) -> None:
        if not os.path.lexists(self.path):
            return
        if self.path.exists() and not self.path.is_file():
            raise InvalidInput(f"{self._argument}={str(self.path)!r} is no regular file, and no file takes its place")
        if not self._overwrite:
            raise self._exists()

    def _exists(self) -> AlreadyExists:
        return AlreadyExists(f"{self._argument}={str(self.path)!r} exists", hint="Pass overwrite=True to replace it.")

    def _unwritable(self, error: OSError) -> FalServerlessException:
        return FalServerlessException(f"{self.path} cannot be written: {error.strerror or error}")


def _file_name(argument: str, name: str, *, windows: bool = os.name == "nt") -> str:
    """Return the name that a file of the volume has in a local folder."""
    if windows and re.search(r'[<>:"/\\|?*\x00-\x1f]|[. ]$', name):
        raise InvalidInput(f"{name!r} is no name of a file on this system; pass {argument} with the name that it gets")
    return name


def _name(part: Path, path: Path) -> None:
    """Give a finished file its name, unless another one has it."""
    try:
        os.link(part, path)  # which, unlike a rename, takes no other file's place
    except FileExistsError:
        raise
    except OSError:
        # A file system without links.
        if os.path.lexists(path):
            raise FileExistsError from None
        os.replace(part, path)
