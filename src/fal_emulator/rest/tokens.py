"""Tokens that open something for a short time: apps for callers that cannot send a header, or the storage of the account."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse, Response

from ..model.faults import Fault, Invalid
from .http import json_object, member

if TYPE_CHECKING:
    from starlette.requests import Request

    from ..model.addresses import Addresses

_LONGEST = 3600  # seconds


class _Signed:
    """Signs and verifies tokens. They are not stored: they end with this process."""

    def __init__(self) -> None:
        self._secret = secrets.token_bytes(32)

    def sign(self, text: str) -> str:
        """Return a text with its signature."""
        return f"{text}.{self._signature(text)}"

    def signed(self, token: str) -> str | None:
        """Return the text of a token, None when its signature is wrong."""
        text, _, signature = token.partition(".")
        return text if hmac.compare_digest(signature.encode(), self._signature(text).encode()) else None

    def _signature(self, text: str) -> str:
        return hmac.new(self._secret, text.encode(), hashlib.sha256).hexdigest()


class StorageTokens(_Signed):
    """Tokens for what the account stores.

    Args:
        addresses: The addresses of the control plane.
    """

    def __init__(self, addresses: Addresses) -> None:
        super().__init__()
        self._addresses = addresses

    async def create(self, _: Request) -> Response:
        """Create a token for a key that may write to the storage."""
        expires = datetime.now(UTC) + timedelta(seconds=_LONGEST)
        return JSONResponse(
            {
                "token": self.sign(str(int(expires.timestamp()))),
                "token_type": "Bearer",
                "base_url": self._addresses.host,
                "expires_at": expires.isoformat(),
            }
        )

    def require(self, request: Request) -> None:
        """Make sure that a request comes with a token.

        Raises:
            Fault: It does not, or the token has ended.
        """
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        text = self.signed(token)
        if scheme != "Bearer" or text is None or int(text) < time.time():
            raise Fault("UNAUTHENTICATED", "the token is missing, wrong or expired")


class AppTokens(_Signed):
    """Tokens for calls to apps."""

    async def create(self, request: Request) -> Response:
        """Create a token for apps of the account."""
        body = await json_object(request)
        apps = member(body, "allowed_apps", list, "body")
        if not apps or not all(isinstance(app, str) for app in apps):
            raise Invalid("must be a list of names of apps", "body", "allowed_apps")
        seconds = member(body, "token_expiration", int, "body") if "token_expiration" in body else _LONGEST
        if not 1 <= seconds <= _LONGEST:
            raise Invalid(f"must be a number from 1 to {_LONGEST}", "body", "token_expiration")
        claims = json.dumps({"apps": apps, "exp": int(time.time()) + seconds}).encode()
        text = base64.urlsafe_b64encode(claims).decode()
        return JSONResponse(self.sign(text))

    def opens(self, token: str, app: str) -> bool:
        """Return whether a token is good for an app."""
        text = self.signed(token)
        if text is None:
            return False
        claims = json.loads(base64.urlsafe_b64decode(text))
        return bool(app in claims["apps"] and claims["exp"] > time.time())
