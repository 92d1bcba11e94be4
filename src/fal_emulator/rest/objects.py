"""Objects: uploaded and downloaded through unguessable URLs."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import math
import os
import re
import secrets
import shutil
import time
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import unquote

from starlette.responses import FileResponse, JSONResponse, Response

from ..model import limits
from ..model.faults import Fault, Invalid, not_found
from ..model.private_files import private_folder, replacing
from .http import bounded, json_object, member, parsed

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.requests import Request

    from ..model.addresses import Addresses
    from .tokens import StorageTokens

_OBJECT_ID = re.compile(r"[0-9a-f]{32}")
_UNSAFE = re.compile(r"[^A-Za-z0-9._+-]+")
_HEADER_VALUE = re.compile(r"[!-~](?:[ -~]{0,254}[!-~])?")
_LONGEST_NAME = 200


class Objects:
    """Uploads by presigned address, as the platform's storage has them.

    Args:
        folder: Where objects are.
        addresses: The addresses of the control plane.
        tokens: Let in who uploads at once.
    """

    def __init__(self, folder: Path, addresses: Addresses, tokens: StorageTokens) -> None:
        self._tokens = tokens
        self._folder = folder
        self._addresses = addresses
        private_folder(folder)
        for path in folder.iterdir():
            if self._described(path.name) is None:
                shutil.rmtree(path, ignore_errors=True)

    async def initiate(self, request: Request) -> Response:
        """Hand out the address to upload to, and the one to fetch from."""
        body = await json_object(request)
        content_type = _content_type(member(body, "content_type", str, "body"), "body", "content_type")
        address, signature = self._begin(request, member(body, "file_name", str, "body"), content_type)
        return JSONResponse({"file_url": address, "upload_url": f"{address}?signature={signature}"})

    async def upload(self, request: Request) -> Response:
        """Take an object as a whole from somebody with a token; hand out the address to fetch it from."""
        self._tokens.require(request)
        kind = _content_type(request.headers.get("content-type", "application/octet-stream"), "header", "content-type")
        address, _ = self._begin(request, unquote(request.headers.get("x-fal-file-name", "file")), kind)
        object_id = address.split("/")[-2]
        await self._keep(request, self._folder / object_id)
        return JSONResponse({"access_url": address, "url": address})

    def _begin(self, request: Request, file_name: str, content_type: str) -> tuple[str, str]:
        """Describe an object that is to come; return its address, and what its address is signed with."""
        given = file_name.replace("\\", "/").rpartition("/")[2]
        name = _UNSAFE.sub("_", given)[-_LONGEST_NAME:].lstrip(".") or "file"
        object_id, signature = secrets.token_hex(16), secrets.token_hex(32)
        description = {
            "content_type": content_type,
            "name": name,
            "signature": signature,
            "expires_at": _expiry(request.headers.get("x-fal-object-lifecycle")),
        }
        folder = self._folder / object_id
        private_folder(folder)
        with replacing(folder / "description") as file:
            file.write(json.dumps(description).encode())
        return f"{self._addresses.host}/storage/objects/{object_id}/{name}", signature

    async def put_part(self, request: Request) -> Response:
        """Take a part of an object; the answer's etag goes into the request to complete it."""
        folder = self._signed(request)
        number = request.path_params["number"]
        if not 1 <= number <= limits.MOST_PARTS:
            raise Invalid(f"must be a number from 1 to {limits.MOST_PARTS}", "path", "number")
        digest = hashlib.sha256()
        held = sum(file.stat().st_size for file in folder.glob("part-*") if file.name != f"part-{number}")
        with replacing(folder / f"part-{number}") as file:
            async for chunk in bounded(request, min(limits.LARGEST_PART, max(limits.LARGEST_OBJECT - held, 0))):
                digest.update(chunk)
                file.write(chunk)
        return Response(headers={"etag": f'"{digest.hexdigest()}"'})

    async def complete(self, request: Request) -> Response:
        """Put the parts of an object together, in the order of their numbers."""
        folder = self._signed(request)
        listed = member(await json_object(request), "parts", list, "body")
        numbers = sorted(member(part, "partNumber", int, "body", "parts") for part in listed if isinstance(part, dict))
        parts = [folder / f"part-{number}" for number in numbers]
        if not parts or numbers != list(range(1, len(listed) + 1)) or not all(part.exists() for part in parts):
            raise Invalid("must name every part that was uploaded, from number 1", "body", "parts")
        await asyncio.to_thread(_join, parts, folder / "content")
        return JSONResponse({})

    async def put(self, request: Request) -> Response:
        """Take the content of an object."""
        await self._keep(request, self._signed(request))
        return Response(status_code=200)

    async def get(self, request: Request) -> Response:
        """Give the content of an object."""
        folder, description = self._object(request)
        content = folder / "content"
        if not content.exists():
            raise not_found("object", request.path_params["object_id"])
        # What was uploaded must not run as a page of this origin.
        headers = {"x-content-type-options": "nosniff", "content-security-policy": "sandbox"}
        return FileResponse(content, media_type=description["content_type"], headers=headers)

    async def _keep(self, request: Request, folder: Path) -> None:
        with replacing(folder / "content") as file:
            async for chunk in bounded(request, limits.LARGEST_OBJECT):
                file.write(chunk)
            # Not in the event loop: it may take a while.
            await asyncio.to_thread(_to_disk, file)

    def _signed(self, request: Request) -> Path:
        """Return the folder of an object whose address says that it may be written."""
        folder, description = self._object(request)
        signature = request.query_params.get("signature", "")
        if not hmac.compare_digest(signature.encode(), str(description["signature"]).encode()):
            raise Fault("PERMISSION_DENIED", "the signature of the address is wrong")
        return folder

    def _object(self, request: Request) -> tuple[Path, dict[str, Any]]:
        object_id = str(request.path_params["object_id"])
        description = self._described(object_id)
        if description is None or description["name"] != request.path_params["name"]:
            raise not_found("object", object_id[:80])
        return self._folder / object_id, description

    def _described(self, object_id: str) -> dict[str, Any] | None:
        file = self._folder / object_id / "description"
        if not _OBJECT_ID.fullmatch(object_id) or not file.exists():
            return None
        try:
            description: dict[str, Any] = json.loads(file.read_text())
            expires_at = description["expires_at"]
            return None if expires_at is not None and expires_at < time.time() else description
        except (OSError, ValueError, KeyError, TypeError):
            return None  # damaged, so that nobody can tell who may have it


def _content_type(text: str, *place: str) -> str:
    if not _HEADER_VALUE.fullmatch(text):
        raise Invalid("is not a content type", *place)
    return text


def _join(parts: list[Path], content: Path) -> None:
    with replacing(content) as file:
        for part in parts:
            with part.open("rb") as opened:
                shutil.copyfileobj(opened, file)
        _to_disk(file)
    for part in parts:
        part.unlink()


def _to_disk(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())


def _expiry(lifecycle: str | None) -> float | None:
    """Return when an object with this header ends; None is never."""
    if not lifecycle:
        return None
    place = ("header", "x-fal-object-lifecycle")
    settings = parsed(lifecycle, *place)
    seconds = settings.get("expiration_duration_seconds") if isinstance(settings, dict) else None
    if seconds is None:
        return None
    if not isinstance(seconds, int | float) or isinstance(seconds, bool) or not 0 < seconds < math.inf:
        raise Invalid("expiration_duration_seconds must be a number above 0", *place)
    return time.time() + seconds
