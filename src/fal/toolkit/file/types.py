"""Bytes with a name, and where they can be put."""

from __future__ import annotations

import mimetypes
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from uuid import uuid4

RepositoryId = Literal["fal", "fal_v2", "fal_v3", "in_memory", "gcp_storage", "r2", "cdn"]
Lifecycle = dict[str, Any]
DEFAULT_CONTENT_TYPE = "application/octet-stream"


class FileData:
    """Bytes, their content type and file name; what is not given is worked out from the other.

    Args:
        data: The content.
        content_type: Media type; guessed from the file name.
        file_name: Name; made up, with the ending that fits the content type.

    Example:
        >>> FileData(b"...", file_name="a.png").content_type
        'image/png'
    """

    def __init__(self, data: bytes, content_type: str | None = None, file_name: str | None = None) -> None:
        self.data = data
        self.content_type, self.file_name = described(content_type, file_name)


def described(content_type: str | None, file_name: str | None) -> tuple[str, str]:
    """Return content type and file name, each from the other where it is missing."""
    if content_type is None and file_name is not None:
        content_type = mimetypes.guess_type(file_name)[0]
    content_type = content_type or DEFAULT_CONTENT_TYPE
    if file_name is None:
        file_name = f"{uuid4().hex}{mimetypes.guess_extension(content_type) or '.bin'}"
    return content_type, file_name


@dataclass
class Reservation:
    """An address that is known before there is anything to be read there."""

    url: str
    complete: Callable[[bytes | Path], object]
    abort: Callable[[], None] = lambda: None


class FileRepository:
    """Where files are put; derive from it to put them elsewhere."""

    def save(self, data: FileData, *, object_lifecycle_preference: Lifecycle | None = None, **options: Any) -> str:
        """Store a file and return its address.

        Args:
            data: What to store.
            object_lifecycle_preference: How long it is kept: {"expiration_duration_seconds": 3600}.
            options: What this repository knows besides, as `save_kwargs` of `File.from_bytes` names it.
        """
        raise NotImplementedError

    def save_file(self, file_path: str | Path, content_type: str, **options: Any) -> tuple[str, FileData | None]:
        """Store a file of this machine, and return its address and what was read of it.

        Args:
            file_path: Where it is.
            content_type: Media type.
            options: As in `save`.
        """
        path = Path(file_path)
        data = FileData(path.read_bytes(), content_type, path.name)
        for multipart in [name for name in options if name.startswith("multipart")]:
            del options[multipart]
        return self.save(data, **options), data

    def reserve(self, file_name: str, content_type: str, **options: Any) -> Reservation:
        """Return an address before the file is there.

        Raises:
            NotImplementedError: This repository cannot.
        """
        raise NotImplementedError(f"{type(self).__name__} has no address before the file is stored")
