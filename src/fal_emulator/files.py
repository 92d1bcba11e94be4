"""App files: uploaded in parts, checked against their hash, and kept by it."""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import shutil
import time
import uuid
from typing import TYPE_CHECKING, Any

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.responses import JSONResponse, Response

from . import checks, limits
from .faults import Fault, not_found
from .http import Invalid, bounded, json_object, member
from .private import open_private, private_folder, replacing, write_private

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.requests import Request

    from .store import Store

_CHUNK = 1024**2
_UPLOAD_ID = re.compile(r"[0-9a-f]{32}")
_NUMBER = re.compile(r"0|[1-9][0-9]{0,19}")
_UPLOADS_LAST = 24 * 3600.0  # seconds


class AppFiles:
    """The REST operations for app files.

    An upload is a folder with its parts. Its content moves to its place by one rename, after its hash was checked,
    so that a file is there as a whole or not at all.

    Args:
        store: Knows where contents belong.
        folder: Where uploads are until they are complete.
    """

    def __init__(self, store: Store, folder: Path) -> None:
        self._store = store
        self._folder = folder
        private_folder(folder)
        self._forget_old()

    async def missing(self, request: Request) -> Response:
        """Tell which contents are not here yet."""
        hashes = member(await json_object(request), "hashes", list, "body")
        if len(hashes) > limits.MOST_HASHES:
            raise Invalid(f"holds more than {limits.MOST_HASHES} hashes", "body", "hashes")
        for index, digest in enumerate(hashes):
            _digest(digest, "body", "hashes", index)
        return JSONResponse([digest for digest in dict.fromkeys(hashes) if not self._is_stored(digest)])

    async def initiate(self, request: Request) -> Response:
        """Begin an upload."""
        digest = self._wanted(request)
        _metadata(await json_object(request), digest, "body")
        if len(os.listdir(self._folder)) >= limits.MOST_UPLOADS:
            self._forget_old()
            if len(os.listdir(self._folder)) >= limits.MOST_UPLOADS:
                raise HTTPException(429, f"{limits.MOST_UPLOADS} uploads have begun: complete or cancel some")
        upload_id = uuid.uuid4().hex
        upload = self._folder / upload_id
        private_folder(upload)
        write_private(upload / "hash", digest.encode())
        return JSONResponse({"upload_id": upload_id})

    async def part(self, request: Request) -> Response:
        """Take one part; the same part may come again."""
        self._wanted(request)
        upload = self._upload(request)
        number = str(request.path_params["number"])
        # The number becomes a path: there is one way to write it.
        if not _NUMBER.fullmatch(number) or not 1 <= int(number) <= limits.MOST_PARTS:
            raise Invalid(f"must be a number from 1 to {limits.MOST_PARTS}", "path", "part_number")
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
            if _stored(upload, but=number) + (content.size or 0) > limits.LARGEST_FILE:
                raise _too_large()
            etag = await asyncio.to_thread(_keep_part, content.file, upload / number)
        finally:
            await form.close()
        return JSONResponse({"part_number": int(number), "etag": etag})

    async def complete(self, request: Request) -> Response:
        """Put the parts together, check the hash, and keep the content."""
        digest = self._wanted(request)
        upload = self._upload(request)
        body = await json_object(request)
        parts = _parts(member(body, "parts", list, "body"))
        size, mode = _metadata(member(body, "metadata", dict, "body"), digest, "body", "metadata")
        await asyncio.to_thread(self._assemble, upload, digest, parts, size, mode)
        return JSONResponse({"etag": digest})

    async def cancel(self, request: Request) -> Response:
        """Forget an upload."""
        upload = self._upload(request)
        await asyncio.to_thread(shutil.rmtree, upload, ignore_errors=True)
        return JSONResponse({})

    def _forget_old(self) -> None:
        for upload in self._folder.iterdir():
            if upload.stat().st_mtime < time.time() - _UPLOADS_LAST:
                shutil.rmtree(upload, ignore_errors=True)

    def _is_stored(self, digest: str) -> bool:
        return self._store.blob_path(digest).exists()

    def _wanted(self, request: Request) -> str:
        digest = _digest(request.path_params["hash"], "path", "file_hash")
        if self._is_stored(digest):
            raise HTTPException(409, f"the content {digest} is stored already")
        return digest

    def _upload(self, request: Request) -> Path:
        upload_id = str(request.path_params["upload_id"])
        upload = self._folder / upload_id
        # The id becomes a path: it must look as those that were handed out.
        if not _UPLOAD_ID.fullmatch(upload_id) or not (upload / "hash").exists():
            raise not_found("upload", upload_id[:80])
        if (upload / "hash").read_text() != request.path_params["hash"]:
            raise not_found("upload", upload_id)
        return upload

    def _assemble(self, upload: Path, digest: str, parts: list[tuple[int, str]], size: int, mode: int) -> None:
        hashed = hashlib.sha256()
        found = 0
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
                        found += len(chunk)
                        if found > limits.LARGEST_FILE:
                            raise _too_large()
                        part.update(chunk)
                        hashed.update(chunk)
                        target.write(chunk)
                if part.hexdigest() != etag.strip('"'):
                    raise Invalid(f"the etag of part {number} is not that of what was uploaded", "body", "parts")
            target.flush()
            os.fsync(target.fileno())
        if found != size:
            raise Invalid(f"is {size}, but the parts hold {found} bytes", "body", "metadata", "size")
        hashed.update(str(mode).encode())
        if hashed.hexdigest() != digest:
            raise Fault("INVALID_ARGUMENT", f"file_hash: the uploaded content and mode do not have the hash {digest}")
        # Runners get copies: what may be executed stays so, and nobody may write.
        whole.chmod((mode & 0o500) | 0o400)
        whole.replace(self._store.blob_path(digest))
        _sync_folder(self._store.blob_path(digest).parent)
        shutil.rmtree(upload, ignore_errors=True)


def _digest(value: Any, *place: str | int) -> str:
    try:
        return checks.digest("hash", value if isinstance(value, str) else repr(value))
    except Fault as fault:
        raise Invalid(str(fault), *place) from None


def _metadata(values: dict[str, Any], digest: str, *place: str | int) -> tuple[int, int]:
    """Return size and mode of a file."""
    numbers = {}
    for name in ("size", "mode"):
        text = member(values, name, str, *place)
        if not _NUMBER.fullmatch(text):
            raise Invalid("must be a decimal number, as text", *place, name)
        numbers[name] = int(text)
    member(values, "mtime", str, *place)
    if member(values, "hash", str, *place) != digest:
        raise Invalid("is not the hash of the address", *place, "hash")
    if numbers["size"] > limits.LARGEST_FILE:
        raise _too_large()
    return numbers["size"], numbers["mode"]


def _too_large() -> HTTPException:
    return HTTPException(413, f"the file holds more than {limits.LARGEST_FILE} bytes")


def _parts(values: list[Any]) -> list[tuple[int, str]]:
    found = []
    for index, value in enumerate(values):
        if not isinstance(value, dict):
            raise Invalid("must be an object", "body", "parts", index)
        number = member(value, "part_number", int, "body", "parts", index)
        found.append((number, member(value, "etag", str, "body", "parts", index)))
    found.sort()
    if [number for number, _ in found] != list(range(1, len(found) + 1)) or not found:
        raise Invalid("must be numbered from 1 on, without a gap", "body", "parts")
    return found


def _stored(upload: Path, *, but: str) -> int:
    """Return how many bytes the parts of an upload hold, without one part."""
    return sum(entry.stat().st_size for entry in os.scandir(upload) if entry.name.isdecimal() and entry.name != but)


def _keep_part(content: Any, path: Path) -> str:
    hashed = hashlib.sha256()
    with replacing(path) as target:
        while chunk := content.read(_CHUNK):
            hashed.update(chunk)
            target.write(chunk)
    return hashed.hexdigest()


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
