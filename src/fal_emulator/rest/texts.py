"""Texts by key, shared by the apps of the account: what `fal.toolkit.KVStore` keeps."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response

from ..model import limits
from ..model.faults import Fault, Invalid, not_found
from ..model.private_files import private_folder, replacing
from .http import bounded

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.requests import Request

    from ..model.addresses import Addresses

_TOKEN_LASTS = timedelta(hours=1)


class Texts:
    """The texts of the account, a file for each, and the tokens that open them.

    Args:
        folder: Where they are.
        addresses: Where the control plane answers.
    """

    def __init__(self, folder: Path, addresses: Addresses) -> None:
        self._folder = private_folder(folder)
        self._addresses = addresses
        # Signed, not stored: a token is good until it ends, or the control plane does.
        self._secret = secrets.token_bytes(32)

    async def token(self, _: Request) -> Response:
        """Hand out a token for a key that may store things."""
        expires = datetime.now(UTC) + _TOKEN_LASTS
        text = str(int(expires.timestamp()))
        return JSONResponse(
            {
                "token": f"{text}.{self._sign(text)}",
                "token_type": "Bearer",
                "base_url": self._addresses.host,
                "expires_at": expires.isoformat(),
            }
        )

    async def get(self, request: Request) -> Response:
        """Return a text."""
        found = self._read(request)
        if found is None:
            raise not_found("key", request.path_params["key"][:80])
        return JSONResponse({"value": found["value"]})

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
        """Forget a text."""
        if self._read(request) is None:
            raise not_found("key", request.path_params["key"][:80])
        self._path(request).unlink()
        return JSONResponse({})

    def _read(self, request: Request) -> dict[str, Any] | None:
        path = self._path(request)
        if not path.exists():
            return None
        found: dict[str, Any] = json.loads(path.read_text())
        if found["ends"] is None or found["ends"] > time.time():
            return found
        path.unlink()
        return None

    def _path(self, request: Request) -> Path:
        """Return the file of a text, for somebody with a token."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        text, _, signature = token.partition(".")
        good = hmac.compare_digest(signature.encode(), self._sign(text).encode())
        if scheme != "Bearer" or not good or int(text) < time.time():
            raise Fault("UNAUTHENTICATED", "the token is missing, wrong, or has ended")
        of = (request.path_params["store"], request.path_params["key"])
        return self._folder / hashlib.sha256(json.dumps(of).encode()).hexdigest()

    def _sign(self, text: str) -> str:
        return hmac.new(self._secret, text.encode(), hashlib.sha256).hexdigest()
