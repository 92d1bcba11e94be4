"""The data volume: a folder of the state directory, which clients know as /data."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import os
from typing import TYPE_CHECKING, Any

import httpx
from starlette.responses import FileResponse, JSONResponse, Response

from ..model import limits
from ..model.checks import local_url
from ..model.faults import Fault, Invalid, not_found
from ..model.private_files import private_folder, replacing
from .archives import unpack
from .http import json_object, member
from .uploads import forget, keep, listed_parts, sent_file, sync_folder, too_large

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path
    from typing import BinaryIO

    from starlette.requests import Request

    from .uploads import Uploads

_ROOT = "data"
_FETCHING_LASTS = 600.0  # seconds
_SILENCE = 30.0  # seconds without a byte of what is fetched


class Volume:
    """The REST operations for the files of the volume.

    A file is there as a whole or not at all: it is written among the uploads, and gets its place by one rename.

    Args:
        folder: Where the files are.
        uploads: Holds files until they are complete.
    """

    def __init__(self, folder: Path, uploads: Uploads) -> None:
        self._folder = folder
        self._uploads = uploads
        private_folder(folder)

    async def listing(self, request: Request) -> Response:
        """List a folder."""
        return JSONResponse(await self.entries(request.path_params["path"]))

    async def entries(self, path: str) -> list[dict[str, Any]]:
        """Return the entries of a folder."""
        return await asyncio.to_thread(self._entries, self._place(path, "path", "dir"))

    async def get(self, request: Request) -> Response:
        """Give the content of a file."""
        place = self._file(request)
        # What was uploaded must not run as a page of this origin.
        headers = {"x-content-type-options": "nosniff", "content-security-policy": "sandbox"}
        return FileResponse(place, media_type="application/octet-stream", headers=headers)

    async def delete(self, request: Request) -> Response:
        """Remove a file, or a folder that is empty."""
        place = self._below(request.path_params["path"], "path", "file")
        await asyncio.to_thread(self._remove, place)
        return JSONResponse(True)

    async def rename(self, request: Request) -> Response:
        """Move a file or a folder to an unused path."""
        place = self._below(request.path_params["path"], "path", "path")
        target = member(await json_object(request), "destination", str, "body")
        await asyncio.to_thread(self._move, place, self._below(target, "body", "destination"))
        return JSONResponse(True)

    async def put(self, request: Request) -> Response:
        """Take a file that comes as a whole, or the files of an archive."""
        if request.query_params.get("unzip", "false").lower() not in ("false", "0"):
            return await self._put_archive(request)
        place = self._target(request)
        async with sent_file(request) as content:
            await self._filled(place, lambda file: asyncio.to_thread(keep, content.file, file))
        return JSONResponse(True)

    async def _put_archive(self, request: Request) -> Response:
        target = self._place(request.path_params["path"], "path", "target_path")
        upload = self._uploads.begin(self._shown(target))

        def unpack_there(archive: BinaryIO) -> None:
            for file, place in unpack(archive, upload, lambda name: self._inside(target, name)):
                self._settle(file, place)

        try:
            async with sent_file(request) as content:
                await asyncio.to_thread(unpack_there, content.file)
        finally:
            await asyncio.to_thread(forget, upload)
        return JSONResponse(True)

    def _inside(self, target: Path, name: str) -> Path:
        """Return where a file of an archive belongs that is unpacked into a folder."""
        where = ("body", "file_upload")
        if name.startswith("/") or "\\" in name:
            raise Invalid(f"holds {name[:200]!r}, which is not a relative path with '/' between its parts", *where)
        place = self._below(f"{self._shown(target)}/{name}", *where)
        if place.is_dir():
            raise Invalid(f"holds the file {name[:200]!r}, which is a folder of the volume", *where)
        return place

    async def fetch(self, request: Request) -> Response:
        """Fetch a file from this machine."""
        place = self._target(request)
        url = member(await json_object(request), "url", str, "body")
        try:
            address = local_url(url)
        except ValueError as error:
            raise Invalid(str(error), "body", "url") from None
        await self._filled(place, lambda file: _fetched(address, file))
        return JSONResponse(True)

    async def initiate(self, request: Request) -> Response:
        """Begin an upload in parts."""
        return JSONResponse({"upload_id": self._uploads.begin(self._shown(self._target(request))).name})

    async def part(self, request: Request) -> Response:
        """Take one part; the same part may come again."""
        return await self._uploads.part(request, self._upload(request))

    async def complete(self, request: Request) -> Response:
        """Put the parts together, and the file in its place."""
        place, upload = self._target(request), self._upload(request)
        parts = listed_parts(await json_object(request))
        return JSONResponse({"etag": await asyncio.to_thread(self._assemble, upload, place, parts)})

    async def cancel(self, request: Request) -> Response:
        """Cancel an upload."""
        return await self._uploads.cancel(self._upload(request))

    # ---------------------------------------------------------------------------------------------------------- paths

    def _place(self, text: str, *where: str) -> Path:
        """Return where something of the volume is.

        Raises:
            Invalid: The path leads elsewhere, or is none.
        """
        parts = [part for part in text.split("/") if part not in ("", ".")]
        if "\0" in text or ".." in parts:
            raise Invalid("must hold neither '..' nor a NUL character", *where)
        if text.startswith("/"):
            if parts[:1] != [_ROOT]:
                raise Invalid(f"lies outside of /{_ROOT}", *where)
            del parts[0]
        if len("/".join(parts).encode()) > limits.LONGEST_PATH:
            raise Invalid(f"is longer than {limits.LONGEST_PATH} bytes", *where)
        if any(len(part.encode()) > limits.LONGEST_FILE_NAME for part in parts):
            raise Invalid(f"has a part that is longer than {limits.LONGEST_FILE_NAME} bytes", *where)
        place = self._folder.joinpath(*parts)
        # Whoever can write the folder itself may have put a link there, to anywhere.
        if _goes_in_a_circle(place) or not place.resolve().is_relative_to(self._folder.resolve()):
            raise Invalid("leads out of the volume by a link", *where)
        return place

    def _below(self, text: str, *where: str) -> Path:
        place = self._place(text, *where)
        if place == self._folder:
            raise Invalid("is the volume itself: name a file in it", *where)
        return place

    def _target(self, request: Request) -> Path:
        place = self._below(request.path_params["path"], "path", "target_path")
        if place.is_dir():
            raise Invalid("is a folder: name the file", "path", "target_path")
        return place

    def _file(self, request: Request) -> Path:
        place = self._below(request.path_params["path"], "path", "file")
        if place.is_dir():
            raise Invalid("is a folder", "path", "file")
        if not place.is_file():
            raise not_found("file", self._shown(place))
        return place

    def _upload(self, request: Request) -> Path:
        return self._uploads.find(request, self._shown(self._target(request)))

    def _shown(self, place: Path) -> str:
        """Return the path of something as clients know it."""
        # A name that is not UTF-8 was not given here.
        return os.fsencode(f"/{_ROOT}/{place.relative_to(self._folder)}".removesuffix("/.")).decode("utf-8", "replace")

    # ---------------------------------------------------------------------------------------------------------- files

    def _entries(self, place: Path) -> list[dict[str, Any]]:
        """Return what a folder holds. The released client lists what it is about to write or read, and takes no refusal."""
        if place.is_file():
            return [self._described(place, place.stat(), is_file=True)]
        if not place.is_dir():
            return []
        listed = []
        with os.scandir(place) as entries:
            for entry in entries:
                is_file = entry.is_file(follow_symlinks=False)
                if is_file or entry.is_dir(follow_symlinks=False):
                    about = entry.stat(follow_symlinks=False)
                    listed.append(self._described(place / entry.name, about, is_file=is_file))
        return listed

    def _described(self, place: Path, about: os.stat_result, *, is_file: bool) -> dict[str, Any]:
        path = self._shown(place)
        return {
            "path": path,
            "name": path.rpartition("/")[2],
            "is_file": is_file,
            "size": about.st_size if is_file else 0,
            "updated_time": about.st_mtime,
        }

    def _remove(self, place: Path) -> None:
        try:
            place.rmdir() if place.is_dir() else place.unlink()
        except (FileNotFoundError, NotADirectoryError):
            raise not_found("file", self._shown(place)) from None
        except OSError:
            raise Invalid("is a folder that is not empty: delete its files first", "path", "file") from None

    def _move(self, place: Path, target: Path) -> None:
        if not place.exists():
            raise not_found("file", self._shown(place))
        if target.is_relative_to(place):
            raise Invalid("is the file itself, or lies within it", "body", "destination")
        if target.exists():
            raise Fault("ALREADY_EXISTS", f"{self._shown(target)} exists: delete it first")
        self._make_folder(target.parent, "body", "destination")
        place.rename(target)
        sync_folder(target.parent)

    def _assemble(self, upload: Path, place: Path, parts: list[tuple[int, str]]) -> str:
        hashed = hashlib.md5(usedforsecurity=False)
        whole, _ = self._uploads.join(upload, parts, hashed)
        self._settle(whole, place)
        forget(upload)
        return hashed.hexdigest()

    async def _filled(self, place: Path, fill: Callable[[Path], Awaitable[Any]]) -> None:
        """Let a file be written, and put it in its place."""
        upload = self._uploads.begin(self._shown(place))
        try:
            await fill(upload / "whole")
            await asyncio.to_thread(self._settle, upload / "whole", place)
        finally:
            await asyncio.to_thread(forget, upload)

    def _settle(self, file: Path, place: Path) -> None:
        self._make_folder(place.parent, "path", "target_path")
        try:
            file.replace(place)
        except IsADirectoryError:
            raise Invalid("is a folder: name the file", "path", "target_path") from None
        sync_folder(place.parent)

    def _make_folder(self, folder: Path, *where: str) -> None:
        missing = [
            each for each in (folder, *folder.parents) if each.is_relative_to(self._folder) and not each.is_dir()
        ]
        try:
            for each in reversed(missing):
                private_folder(each)
        except (FileExistsError, NotADirectoryError):
            raise Invalid("lies below what is a file", *where) from None


def _goes_in_a_circle(place: Path) -> bool:
    """Return whether links lead back to themselves; from Python 3.13 on, `resolve` says nothing of that."""
    try:
        place.stat()
    except OSError as error:
        return error.errno == errno.ELOOP
    return False


async def _fetched(address: httpx.URL, path: Path) -> None:
    """Write what an address answers to a file."""
    try:
        async with (
            asyncio.timeout(_FETCHING_LASTS),
            httpx.AsyncClient(trust_env=False, follow_redirects=False, timeout=_SILENCE) as client,
            client.stream("GET", address) as answer,
        ):
            if answer.status_code != 200:
                raise Invalid(f"answers with HTTP {answer.status_code}", "body", "url")
            size = 0
            with replacing(path) as file:
                async for chunk in answer.aiter_bytes():
                    size += len(chunk)
                    if size > limits.LARGEST_FILE:
                        raise too_large()
                    file.write(chunk)
    except (httpx.HTTPError, TimeoutError) as error:
        raise Invalid(f"cannot be fetched: {type(error).__name__}", "body", "url") from None
