"""The key-value store of `fal.toolkit.KVStore`, shared by the apps of the account."""

from __future__ import annotations

import hashlib
import json
import time
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response

from ..model import limits
from ..model.faults import Invalid, not_found
from ..model.private_files import private_folder, replacing
from .http import bounded

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.requests import Request

    from .tokens import StorageTokens


class Texts:
    """The texts of the account, a file for each.

    Args:
        folder: Where they are.
        tokens: Open them.
    """

    def __init__(self, folder: Path, tokens: StorageTokens) -> None:
        self._folder = private_folder(folder)
        self._tokens = tokens

    async def get(self, request: Request) -> Response:
        """Return a text."""
        record = self._read(request)
        if record is None:
            raise not_found("key", request.path_params["key"][:80])
        return JSONResponse({"value": record["value"]})

    async def set(self, request: Request) -> Response:
        """Keep a text."""
        path = self._path(request)
        lasts = request.query_params.get("ttl")
        if lasts is not None and (not lasts.isdecimal() or int(lasts) < 1):
            raise Invalid("must be a number of seconds above 0", "query", "ttl")
        body = b"".join([chunk async for chunk in bounded(request, limits.LARGEST_JSON)])
        try:
            value = body.decode()
        except UnicodeDecodeError:
            raise Invalid("must be UTF-8 text", "body") from None
        with replacing(path) as file:
            file.write(json.dumps({"value": value, "ends": time.time() + int(lasts) if lasts else None}).encode())
        return JSONResponse({})

    async def delete(self, request: Request) -> Response:
        """Delete a text."""
        if self._read(request) is None:
            raise not_found("key", request.path_params["key"][:80])
        self._path(request).unlink()
        return JSONResponse({})

    def _read(self, request: Request) -> dict[str, Any] | None:
        path = self._path(request)
        if not path.exists():
            return None
        record: dict[str, Any] = json.loads(path.read_text())
        if record["ends"] is None or record["ends"] > time.time():
            return record
        path.unlink()
        return None

    def _path(self, request: Request) -> Path:
        """Return the file of a text, for somebody with a token."""
        self._tokens.require(request)
        of = (request.path_params["store"], request.path_params["key"])
        return self._folder / hashlib.sha256(json.dumps(of).encode()).hexdigest()
