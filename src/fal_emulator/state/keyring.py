"""Keys, what they may do, and who may call what."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import secrets
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ..model import limits
from ..model.faults import Fault, invalid
from ..model.permissions import PRESETS, permission_names, require_at_least
from ..model.private_files import replacing
from ..model.records import ApiKey

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from .store import Store

_KEY_FILE = "admin-key"
# Compared with when there is no such key, so that an answer takes as long.
_NO_HASH = bytes(32)


class Keyring:
    """Mints and checks keys.

    A secret holds 256 random bits, so one round of SHA-256 is enough to keep it: there is nothing to guess, which is
    all that a slow hash would make slower.

    Args:
        store: Where keys are kept.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._owner = store.account.nickname
        self._passing: dict[str, ApiKey] = {}  # these end with the process, and nobody lists or revokes them

    def mint(
        self, description: str, preset: str | None, permissions: Iterable[str] = (), *, minter: ApiKey | None = None
    ) -> tuple[str, str]:
        """Create a key, and return its id and its secret, which cannot be shown again.

        Args:
            description: What the user calls it.
            preset: A named set of permissions; or else `permissions`.
            permissions: What it may do. Well-formed names that mean nothing here allow nothing.
            minter: The key that asks for it, which it may not surpass; None is the control plane itself.

        Raises:
            Fault: A value is not possible.
        """
        if len(description) > limits.LONGEST_DESCRIPTION:
            raise invalid("alias", f"is {len(description)} characters long; the limit is {limits.LONGEST_DESCRIPTION}")
        if preset is not None:
            if preset.upper() not in PRESETS:
                raise invalid("policy_preset", f"{preset!r} is not one of {', '.join(PRESETS)}")
            preset = preset.upper()
            granted = PRESETS[preset]
        else:
            granted = permission_names(permissions)
        if minter is not None:
            require_at_least(minter, granted)
        key, secret = self._new(description, preset, granted)
        self._store.add_key(key)
        return key.key_id, secret

    def runner_key(self) -> str:
        """Return `<id>:<secret>` of a key for the apps that run here: for what they store, and for apps that they call."""
        key, secret = self._new("of the apps that run here", "API", PRESETS["API"])
        self._passing[key.key_id] = key
        return f"{key.key_id}:{secret}"

    def _new(self, description: str, preset: str | None, granted: frozenset[str]) -> tuple[ApiKey, str]:
        key_id, secret = str(uuid.uuid4()), secrets.token_hex(32)
        key = ApiKey(key_id, self._owner, _hash(secret), description, preset, granted, datetime.now(UTC))
        return key, secret

    def identify(self, key_id: str | None, secret: str | None) -> ApiKey:
        """Return the key that these belong to.

        Raises:
            Fault: They belong to none, or to one that was revoked.
        """
        if not key_id or not secret:
            raise Fault("UNAUTHENTICATED", "no key was sent: set FAL_KEY, or pass api_key='<id>:<secret>'")
        key = self._passing.get(key_id) or self._store.key(key_id)
        matches = hmac.compare_digest(_hash(secret), key.secret_hash if key is not None else _NO_HASH)
        if key is None or not matches:
            raise Fault("UNAUTHENTICATED", "the key is unknown, was revoked, or its secret is wrong")
        return key

    def from_metadata(self, metadata: Iterable[tuple[str, str | bytes]]) -> ApiKey:
        """Return the key of a gRPC call.

        Raises:
            Fault: There is no valid key.
        """
        headers = {name: value for name, value in metadata if isinstance(value, str)}
        if "auth-key" not in headers and "authorization" in headers:
            return self.from_header(headers["authorization"], headers.get("fal-user-id"))
        key = self.identify(headers.get("auth-key-id"), headers.get("auth-key"))
        self._check_account(headers.get("fal-user-id"))
        return key

    def from_header(self, authorization: str | None, account: str | None = None) -> ApiKey:
        """Return the key of an HTTP request.

        Args:
            authorization: The header of that name.
            account: The id of the account to act for.

        Raises:
            Fault: There is no valid key.
        """
        scheme, _, value = (authorization or "").strip().partition(" ")
        if scheme and scheme.lower() != "key":
            # What stands there is not repeated: where the scheme was forgotten it is the key.
            raise Fault(
                "UNAUTHENTICATED",
                "the local control plane takes keys, and no other scheme of authorization: send 'Key <id>:<secret>'",
            )
        key_id, _, secret = value.strip().partition(":")
        key = self.identify(key_id, secret)
        self._check_account(account)
        return key

    def _check_account(self, account: str | None) -> None:
        if account and account not in (self._store.account.user_id, self._owner):
            raise Fault("PERMISSION_DENIED", f"this key does not belong to account {account!r}")

    def admin_key(self, folder: Path) -> tuple[str, str]:
        """Return the key that a control plane has from its start, minting it when there is none that is valid."""
        file = folder / _KEY_FILE
        with contextlib.suppress(FileNotFoundError, UnicodeDecodeError):
            key_id, _, secret = file.read_text().strip().partition(":")
            try:
                self.identify(key_id, secret)
                return key_id, secret
            except Fault as fault:
                if fault.code != "UNAUTHENTICATED":  # as it is when it was revoked, or the file is damaged
                    raise
        key_id, secret = self.mint("made by the local control plane", "FULL")
        with replacing(file) as opened:
            opened.write(f"{key_id}:{secret}\n".encode())
        return key_id, secret


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
