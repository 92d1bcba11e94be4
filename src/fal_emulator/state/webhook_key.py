"""The key that webhooks are signed with."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any

from ..model.private_files import replacing

if TYPE_CHECKING:
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


class WebhookKey:
    """Signs webhooks as the platform does: Ed25519 over the ids, the time and the hash of the body.

    Args:
        path: Where the key is kept; it is made when it is needed first.
        user_id: The id of the account.
    """

    def __init__(self, path: Path, user_id: str) -> None:
        self._path = path
        self._user_id = user_id
        self._key: Ed25519PrivateKey | None = None

    def headers(self, request_id: str, timestamp: int, body: bytes) -> dict[str, str]:
        """Return the headers that let a receiver check where a webhook comes from."""
        message = "\n".join((request_id, self._user_id, str(timestamp), hashlib.sha256(body).hexdigest()))
        return {
            "x-fal-webhook-request-id": request_id,
            "x-fal-webhook-user-id": self._user_id,
            "x-fal-webhook-timestamp": str(timestamp),
            "x-fal-webhook-signature": self._private().sign(message.encode()).hex(),
        }

    def public_keys(self) -> dict[str, Any]:
        """Return the public half as a JSON Web Key Set."""
        x = base64.urlsafe_b64encode(self._private().public_key().public_bytes_raw()).rstrip(b"=").decode()
        return {"keys": [{"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": x[:16], "x": x}]}

    def _private(self) -> Ed25519PrivateKey:
        # Imported here: most control planes deliver no webhook.
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        if self._key is None:
            try:
                self._key = Ed25519PrivateKey.from_private_bytes(self._path.read_bytes())
            except (OSError, ValueError):
                self._key = Ed25519PrivateKey.generate()
                with replacing(self._path) as file:
                    file.write(self._key.private_bytes_raw())
        return self._key
