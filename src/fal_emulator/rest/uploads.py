"""Uploads in parts, of app files and of files of the volume: begun, stored part by part, and joined."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import re
import shutil
import time
import uuid
from typing import TYPE_CHECKING, Any

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.responses import JSONResponse, Response

from ..model import limits
from ..model.faults import Fault, Invalid, not_found, refused
from ..model.private_files import open_private, private_folder, replacing, write_private
from .http import bounded, member

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from starlette.requests import Request

_CHUNK = 1024**2
_UPLOAD_ID = re.compile(r"[0-9a-f]{32}")
_NUMBER = re.compile(r"0|[1-9][0-9]{0,19}")
_UPLOADS_LAST = 24 * 3600.0  # seconds


class Uploads:
    """Uploads that have begun. Each is a folder with its parts, on the file system of the place where its content will be.

    Args:
        folder: Where they are.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        private_folder(folder)
        self._forget_old()

    def begin(self, target: str) -> Path:
        """Make an upload.

        Args:
            target: What it is to become, by a name that its requests have to repeat.

        Raises:
            Fault: Too many have begun.
        """
        if len(os.listdir(self._folder)) >= limits.MOST_UPLOADS:
            self._forget_old()
            if len(os.listdir(self._folder)) >= limits.MOST_UPLOADS:
                raise refused(429, f"{limits.MOST_UPLOADS} uploads are in progress: complete or cancel some")
        upload = self._folder / uuid.uuid4().hex
        private_folder(upload)
        write_private(upload / "target", target.encode())
        return upload

    def find(self, request: Request, target: str) -> Path:
        """Return the upload that a request names.

        Raises:
            Fault: There is none, or it is to become something else.
        """
        upload_id = str(request.path_params["upload_id"])
        upload = self._folder / upload_id
        # The id becomes a path: it must look as those that were handed out.
        if not _UPLOAD_ID.fullmatch(upload_id) or not (upload / "target").exists():
            raise not_found("upload", upload_id[:80])
        if (upload / "target").read_bytes() != target.encode():
            raise not_found("upload", upload_id)
        return upload

    async def part(self, request: Request, upload: Path) -> Response:
        """Take one part; the same part may come again."""
        number = str(request.path_params["number"])
        # The number becomes a path: there is one way to write it.
        if not _NUMBER.fullmatch(number) or not 1 <= int(number) <= limits.MOST_PARTS:
            raise Invalid(f"must be a number from 1 to {limits.MOST_PARTS}", "path", "part_number")
        async with sent_file(request) as content:
            if _stored(upload, but=number) + (content.size or 0) > limits.LARGEST_FILE:
                raise too_large()
            etag = await asyncio.to_thread(keep, content.file, upload / number)
        return JSONResponse({"part_number": int(number), "etag": etag})

    def join(self, upload: Path, parts: list[tuple[int, str]], *hashes: Any) -> tuple[Path, int]:
        """Put parts together; return the file and its size.

        Args:
            upload: Whose parts they are.
            parts: Number and etag of each.
            hashes: Fed with the content.

        Raises:
            Invalid: A part is missing, or is another one.
            Fault: It is too much.
        """
        size = 0
        whole = upload / "whole"
        whole.unlink(missing_ok=True)
        with open_private(whole) as target:
            for number, etag in parts:
                file = upload / str(number)
                if not file.exists():
                    raise Invalid(f"part {number} was not uploaded", "body", "parts")
                part = hashlib.sha256()
                with file.open("rb") as source:
                    while chunk := source.read(_CHUNK):
                        size += len(chunk)
                        if size > limits.LARGEST_FILE:
                            raise too_large()
                        for hashed in (part, *hashes):
                            hashed.update(chunk)
                        target.write(chunk)
                if part.hexdigest() != etag.strip('"'):
                    raise Invalid(f"the etag of part {number} is not that of what was uploaded", "body", "parts")
            target.flush()
            os.fsync(target.fileno())
        return whole, size

    async def cancel(self, upload: Path) -> Response:
        """Cancel an upload."""
        await asyncio.to_thread(forget, upload)
        return JSONResponse({})

    def _forget_old(self) -> None:
        for upload in self._folder.iterdir():
            if upload.stat().st_mtime < time.time() - _UPLOADS_LAST:
                forget(upload)


@contextlib.asynccontextmanager
async def sent_file(request: Request) -> AsyncIterator[UploadFile]:
    """Give the file of a multipart form.

    Raises:
        Invalid: There is none.
        Fault: The form is too large.
    """
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise Invalid("must be multipart/form-data", "header", "content-type")
    parser = MultiPartParser(request.headers, bounded(request, limits.LARGEST_PART), max_files=1, max_fields=8)
    try:
        form = await parser.parse()
    except MultiPartException as error:
        raise Invalid(error.message, "body") from None
    try:
        content = form.get("file_upload")
        if not isinstance(content, UploadFile):
            raise Invalid("Field required", "body", "file_upload")
        yield content
    finally:
        await form.close()


def keep(content: Any, path: Path) -> str:
    """Write what was sent to a file; return its SHA-256."""
    hashed = hashlib.sha256()
    with replacing(path) as target:
        while chunk := content.read(_CHUNK):
            hashed.update(chunk)
            target.write(chunk)
    return hashed.hexdigest()


def listed_parts(body: dict[str, Any]) -> list[tuple[int, str]]:
    """Return number and etag of each part that a request names.

    Raises:
        Invalid: They are not numbered from 1 on.
    """
    parts = []
    for index, value in enumerate(member(body, "parts", list, "body")):
        if not isinstance(value, dict):
            raise Invalid("must be an object", "body", "parts", index)
        number = member(value, "part_number", int, "body", "parts", index)
        parts.append((number, member(value, "etag", str, "body", "parts", index)))
    parts.sort()
    if [number for number, _ in parts] != list(range(1, len(parts) + 1)) or not parts:
        raise Invalid("must be numbered from 1, without a gap", "body", "parts")
    return parts


def too_large() -> Fault:
    """Return the refusal of a file that is too large."""
    return refused(413, f"the file holds more than {limits.LARGEST_FILE} bytes")


def forget(upload: Path) -> None:
    """Remove an upload, whatever there is of it."""
    shutil.rmtree(upload, ignore_errors=True)


def sync_folder(folder: Path) -> None:
    """Bring to disk which files a folder holds."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _stored(upload: Path, *, but: str) -> int:
    """Return how many bytes the parts of an upload hold, without one part."""
    return sum(entry.stat().st_size for entry in os.scandir(upload) if entry.name.isdecimal() and entry.name != but)
