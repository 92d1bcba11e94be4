"""Files and folders that nobody else on this machine can read, whatever the umask and whatever was there before."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import IO

FOLDER_MODE = 0o700
FILE_MODE = 0o600


def private_folder(folder: Path) -> Path:
    """Make a folder with mode 0700, or give that mode to the one that is there; return it.

    Raises:
        OSError: It cannot be created, or what is there is a link: that of a link's target is never changed.
    """
    folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    set_mode(folder, FOLDER_MODE)
    return folder


def set_mode(path: Path, mode: int) -> None:
    """Set the mode of a file or folder, and never that of what a link leads to."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        os.fchmod(descriptor, mode)
    finally:
        os.close(descriptor)


def open_private(path: Path, mode: str = "xb") -> IO[bytes]:
    """Open a file of mode 0600; by default it must not be there yet, and a link is never followed."""
    return open(path, mode, opener=lambda name, flags: os.open(name, flags | os.O_NOFOLLOW, FILE_MODE))


def write_private(path: Path, content: bytes) -> None:
    """Write a file of mode 0600 that is not there yet."""
    with open_private(path) as file:
        file.write(content)


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """Write a file of mode 0600 that takes the place of what was there, as a whole or not at all."""
    part = path.with_name(f".{path.name}.{os.urandom(8).hex()}.part")
    try:
        with open_private(part) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
