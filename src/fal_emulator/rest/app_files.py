"""App files: uploaded in parts, checked against their hash, and kept by it."""

from __future__ import annotations

import asyncio
import hashlib
import re
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response

from ..model import checks, limits
from ..model.faults import Fault, Invalid
from .http import json_object, member
from .uploads import forget, listed_parts, sync_folder, too_large

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.requests import Request

    from ..state.store import Store
    from .uploads import Uploads

_NUMBER = re.compile(r"0|[1-9][0-9]{0,19}")


class AppFiles:
    """The REST operations for app files.

    The content of an upload moves to its place by one rename, after its hash was checked, so that a file is there as a
    whole or not at all.

    Args:
        store: Knows where contents belong.
        uploads: Holds contents until they are complete.
    """

    def __init__(self, store: Store, uploads: Uploads) -> None:
        self._store = store
        self._uploads = uploads

    async def missing(self, request: Request) -> Response:
        """Return the hashes of the contents that are not stored yet."""
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
        return JSONResponse({"upload_id": self._uploads.begin(digest).name})

    async def part(self, request: Request) -> Response:
        """Take one part; the same part may come again."""
        return await self._uploads.part(request, self._uploads.find(request, self._wanted(request)))

    async def complete(self, request: Request) -> Response:
        """Put the parts together, check the hash, and keep the content."""
        digest = self._wanted(request)
        upload = self._uploads.find(request, digest)
        body = await json_object(request)
        parts = listed_parts(body)
        size, mode = _metadata(member(body, "metadata", dict, "body"), digest, "body", "metadata")
        await asyncio.to_thread(self._assemble, upload, digest, parts, size, mode)
        return JSONResponse({"etag": digest})

    async def cancel(self, request: Request) -> Response:
        """Cancel an upload."""
        return await self._uploads.cancel(self._uploads.find(request, str(request.path_params["hash"])))

    def _is_stored(self, digest: str) -> bool:
        return self._store.blob_path(digest).exists()

    def _wanted(self, request: Request) -> str:
        digest = _digest(request.path_params["hash"], "path", "file_hash")
        if self._is_stored(digest):
            raise Fault("ALREADY_EXISTS", f"the content {digest} is stored already")
        return digest

    def _assemble(self, upload: Path, digest: str, parts: list[tuple[int, str]], size: int, mode: int) -> None:
        hashed = hashlib.sha256()
        whole, received = self._uploads.join(upload, parts, hashed)
        if received != size:
            raise Invalid(f"is {size}, but the parts hold {received} bytes", "body", "metadata", "size")
        hashed.update(str(mode).encode())
        if hashed.hexdigest() != digest:
            raise Fault("INVALID_ARGUMENT", f"file_hash: the uploaded content and mode do not have the hash {digest}")
        # Runners get copies: what may be executed stays so, and nobody may write.
        whole.chmod((mode & 0o500) | 0o400)
        whole.replace(self._store.blob_path(digest))
        sync_folder(self._store.blob_path(digest).parent)
        forget(upload)


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
            raise Invalid("must be a decimal number, as a string", *place, name)
        numbers[name] = int(text)
    member(values, "mtime", str, *place)
    if member(values, "hash", str, *place) != digest:
        raise Invalid("is not the hash of the address", *place, "hash")
    if numbers["size"] > limits.LARGEST_FILE:
        raise too_large()
    return numbers["size"], numbers["mode"]
