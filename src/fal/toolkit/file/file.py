"""A file that an endpoint takes or returns: an address, and what is known of the content."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import weakref
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, PrivateAttr, model_validator

from ..pydantic import FileField as FileField
from .repositories import BUILT_IN_REPOSITORIES as BUILT_IN_REPOSITORIES
from .repositories import DEFAULT_REPOSITORY, FALLBACK_REPOSITORY, Repository, get_builtin_repository, lifecycle, store
from .repositories import request_lifecycle_preference as request_lifecycle_preference
from .types import DEFAULT_CONTENT_TYPE, FileData, Reservation, described

if TYPE_CHECKING:
    from starlette.requests import Request

_SCHEMES = ("http", "https", "data")


class File(BaseModel):
    # Without a docstring: it would be the description in the schema, and the documented schema has none.
    url: str = Field(description="The URL where the file can be downloaded from.")
    content_type: str | None = Field(default=None, description="The mime type of the file.", examples=["image/png"])
    file_name: str | None = Field(
        default=None,
        description="The name of the file. It will be auto-generated if not provided.",
        examples=["z9RV14K95DvU.png"],
    )
    file_size: int | None = Field(default=None, description="The size of the file in bytes.", examples=[4404019])
    file_data: bytes | None = Field(default=None, description="File data", exclude=True, repr=False)

    @model_validator(mode="before")
    @classmethod
    def _from_address(cls, value: Any) -> Any:
        """Take an address in place of a file: that is what most callers send."""
        if not isinstance(value, str):
            return value
        parts = urlsplit(value)
        if parts.scheme not in _SCHEMES:
            raise ValueError("value must be a valid URL")
        return {"url": parts.geturl()}

    @classmethod
    def _from_url(cls, url: str) -> Self:
        """Return the file at an address; public apps call it by this name, in examples of their fields."""
        return cls(url=url)

    @classmethod
    def from_bytes(
        cls,
        data: bytes,
        content_type: str | None = None,
        file_name: str | None = None,
        repository: Repository = DEFAULT_REPOSITORY,
        fallback_repository: Repository | list[Repository] | None = FALLBACK_REPOSITORY,
        request: Request | None = None,
        save_kwargs: dict[str, Any] | None = None,
        fallback_save_kwargs: dict[str, Any] | None = None,
    ) -> Self:
        """Store bytes and return the file with its address.

        Args:
            data: The content.
            content_type: Media type; guessed from the file name when left out.
            file_name: Name; made up when left out.
            repository: Where to store it: a name such as "fal_v3" or "in_memory", or a `FileRepository`.
            fallback_repository: Where to store it when that fails, one or several; None for nowhere.
            request: The request being answered, when it is not the current one.
            save_kwargs: Options of the repository, such as `multipart_chunk_size`.
            fallback_save_kwargs: The same for the fallbacks.

        Raises:
            FileUploadException: No repository took it.

        Example:
            >>> File.from_bytes(b"hi", "text/plain", repository="in_memory").url
            'data:text/plain;base64,aGk='
        """
        content = FileData(data, content_type, file_name)
        url = store(
            lambda to, options: to.save(content, **options),
            (repository, fallback_repository),
            (save_kwargs or {}, fallback_save_kwargs or {}),
            request,
        )
        return cls._stored(url, content, len(data))

    @classmethod
    async def from_bytes_async(cls, *args: Any, **kwargs: Any) -> Self:
        """Do what `from_bytes` does, without blocking the event loop."""
        return await asyncio.to_thread(cls.from_bytes, *args, **kwargs)

    @classmethod
    def from_path(
        cls,
        path: str | Path,
        content_type: str | None = None,
        repository: Repository = DEFAULT_REPOSITORY,
        multipart: bool | None = None,
        fallback_repository: Repository | list[Repository] | None = FALLBACK_REPOSITORY,
        request: Request | None = None,
        save_kwargs: dict[str, Any] | None = None,
        fallback_save_kwargs: dict[str, Any] | None = None,
    ) -> Self:
        """Store a file of this machine and return it with its address.

        Args:
            path: Where it is.
            content_type: Media type; "application/octet-stream" when left out.
            repository: As in `from_bytes`.
            multipart: Whether to send it in parts; big files are by default.
            fallback_repository: As in `from_bytes`.
            request: As in `from_bytes`.
            save_kwargs: As in `from_bytes`.
            fallback_save_kwargs: As in `from_bytes`.

        Raises:
            FileNotFoundError: There is no such file.
            FileUploadException: No repository took it.
        """
        file = Path(path)
        if not file.exists():
            raise FileNotFoundError(f"path: {file} does not exist")
        kind = content_type or DEFAULT_CONTENT_TYPE
        given = {} if multipart is None else {"multipart": multipart}
        url, read = store(
            lambda to, options: to.save_file(file, content_type=kind, **options),
            (repository, fallback_repository),
            ({**given, **(save_kwargs or {})}, {**given, **(fallback_save_kwargs or {})}),
            request,
        )
        content = read or FileData(b"", kind, file.name)
        return cls._stored(url, content, file.stat().st_size, keep=read is not None)

    @classmethod
    async def from_path_async(cls, *args: Any, **kwargs: Any) -> Self:
        """Do what `from_path` does, without blocking the event loop."""
        return await asyncio.to_thread(cls.from_path, *args, **kwargs)

    @classmethod
    def reserve(
        cls,
        content_type: str | None = None,
        file_name: str | None = None,
        request: Request | None = None,
        repository: Repository = DEFAULT_REPOSITORY,
        extra_headers: dict[str, str] | None = None,
    ) -> PendingFile:
        """Return the address of a file that is still being made.

        Args:
            content_type: Media type.
            file_name: Name; made up when left out.
            request: The request being answered, when it is not the current one.
            repository: Where the file will be.
            extra_headers: For a repository of your own; the built-in ones refuse them.

        Raises:
            NotImplementedError: The repository gives no address before it has the file.
        """
        kind, name = described(content_type, file_name)
        options: dict[str, Any] = {"object_lifecycle_preference": lifecycle(request)}
        if extra_headers:
            options["extra_headers"] = extra_headers
        return PendingFile(kind, name, get_builtin_repository(repository).reserve(name, kind, **options), cls)

    @classmethod
    def _stored(cls, url: str, content: FileData, size: int, *, keep: bool = True) -> Self:
        return cls(
            url=url,
            content_type=content.content_type,
            file_name=content.file_name,
            file_size=size,
            file_data=content.data if keep else None,
        )

    def as_bytes(self) -> bytes:
        """Return the content of a file that was made here.

        Raises:
            ValueError: It came from a caller; `save` downloads it.
        """
        if self.file_data is None:
            raise ValueError("the file came from a caller and is not on this machine; save(path) downloads it")
        return self.file_data

    def save(self, path: str | Path, overwrite: bool = False) -> Path:
        """Write the content to a path of this machine, downloading it first when needed.

        Args:
            path: Where to write it.
            overwrite: Whether a file that is there may be replaced.

        Raises:
            FileExistsError: There is one, and `overwrite` is not given.
            DownloadError: It cannot be downloaded.
        """
        target = Path(path).resolve()
        if target.exists() and not overwrite:
            raise FileExistsError(f"path: {target} exists; give overwrite=True to replace it")
        target.parent.mkdir(parents=True, exist_ok=True)
        if self.file_data is not None:
            target.write_bytes(self.file_data)
            return target
        from ..utils.download_utils import download_file

        with tempfile.TemporaryDirectory(dir=target.parent) as folder:
            shutil.move(download_file(self.url, folder), target)
        return target

    async def save_async(self, path: str | Path, overwrite: bool = False) -> Path:
        """Do what `save` does, without blocking the event loop."""
        return await asyncio.to_thread(self.save, path, overwrite)


class PendingFile:
    """A file whose address is known and whose content is still to come; made by `File.reserve`."""

    def __init__(self, content_type: str, file_name: str, reservation: Reservation, kind: type[File] = File) -> None:
        self.content_type = content_type
        self.file_name = file_name
        self._reservation = reservation
        self._kind = kind

    def __repr__(self) -> str:
        return f"PendingFile(content_type={self.content_type!r}, file_name={self.file_name!r})"

    @property
    def url(self) -> str:
        """Where the file will be."""
        return self._reservation.url

    def complete(self, content: bytes | str | Path) -> File:
        """Upload the content: bytes, or a path of this machine.

        Raises:
            FileUploadException: It could not be stored.
        """
        source = content if isinstance(content, bytes) else Path(content)
        self._reservation.complete(source)
        size = len(source) if isinstance(source, bytes) else source.stat().st_size
        return self._kind(
            url=self.url, content_type=self.content_type, file_name=self.file_name, file_size=size, file_data=None
        )

    def abort(self) -> None:
        """Cancel the upload."""
        self._reservation.abort()


class CompressedFile(File):
    # In the documented schema. What a caller says there counts for nothing: it would be a folder of the runner.
    extract_dir: str | None = Field(default=None, exclude=True, repr=False)
    _extracted_to: Path | None = PrivateAttr(None)

    def __iter__(self) -> Iterator[Path]:  # type: ignore[override]  # the files in it, not the fields
        """Iterate over what is in the archive, which is extracted first."""
        return iter(self._extracted().iterdir())

    def glob(self, pattern: str) -> Iterator[Path]:
        """Return the files of the archive that a pattern names, such as "**/*.png"."""
        return self._extracted().glob(pattern)

    def _extracted(self) -> Path:
        if self._extracted_to is None:
            folder = Path(tempfile.mkdtemp(prefix="fal-"))
            weakref.finalize(self, shutil.rmtree, folder, True)  # it lives as long as the file
            archive = self.save(folder / "archive")
            with zipfile.ZipFile(archive) as opened:
                opened.extractall(folder / "content")
            archive.unlink()
            self._extracted_to = folder / "content"
            self.extract_dir = str(self._extracted_to)
        return self._extracted_to
