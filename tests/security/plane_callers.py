"""Everybody who may knock at the control plane: without a key, with one that is none, and with keys of every kind."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from fal._gen import rpc
from fal._gen.proto import controller_pb2 as pb
from fal_emulator import Plane
from fal_emulator.model.permissions import PERMISSIONS, PRESETS
from tests.support.plane import wire_to

UNKNOWN_ID = "7d1b1a9e-0000-4000-8000-000000000000"


@dataclass(frozen=True)
class Caller:
    """Somebody with a key id and a secret (which may be none), and what the key may do."""

    name: str
    key_id: str = field(repr=False)
    secret: str = field(repr=False)
    permissions: frozenset[str] | None  # None: it is not a key

    @property
    def key(self) -> str:
        return f"{self.key_id}:{self.secret}"

    def metadata(self, form: str) -> tuple[tuple[str, str], ...]:
        """Return the metadata of an RPC, in one of the forms that clients have."""
        if not self.key_id and not self.secret:
            return ()
        if form == "authorization":
            return (("authorization", f"Key {self.key}"),)
        pairs = (("auth-key", self.secret), ("auth-key-id", self.key_id))
        return tuple((name, value) for name, value in pairs if value)

    def headers(self) -> dict[str, str]:
        """Return the headers of a request."""
        return {"authorization": f"Key {self.key}"} if self.key_id or self.secret else {}


FORMS = ("auth-key", "authorization")


class Callers:
    """Callers of one control plane; the keys are minted once.

    Args:
        plane: Whom they call.
    """

    def __init__(self, plane: Plane) -> None:
        wire = wire_to(plane)

        def mint(name: str, permissions: frozenset[str], **fields: Any) -> Caller:
            made = wire.call(rpc.CREATE_USER_KEY, **fields)
            return Caller(name, made.key_id, made.key_secret, permissions)

        def own(name: str, permissions: frozenset[str]) -> Caller:
            return mint(name, permissions, policy=pb.KeyPolicy(permissions=sorted(permissions)))

        try:
            self._presets = [mint(f"preset {name}", PRESETS[name], policy_preset=name) for name in PRESETS]
            self._only = {name: own(f"only {name}", frozenset({name})) for name in PERMISSIONS}
            self._all_but = {name: own(f"all but {name}", PERMISSIONS - {name}) for name in PERMISSIONS}
            revoked = mint("a key that was revoked", frozenset(), policy_preset="FULL")
            wire.call(rpc.REVOKE_USER_KEY, key_id=revoked.key_id)
        finally:
            wire.close()
        full = self._presets[0]
        other = self._presets[1]
        self.nobody = [
            Caller("no key", "", "", None),
            Caller("an id alone", full.key_id, "", None),
            Caller("a secret alone", "", full.secret, None),
            Caller("a wrong secret", full.key_id, "0" * 64, None),
            Caller("a secret that is cut", full.key_id, full.secret[:-1], None),
            Caller("the secret of another key", full.key_id, other.secret, None),
            Caller("an unknown id", UNKNOWN_ID, full.secret, None),
            Caller("an id that is a pattern", "%", full.secret, None),
            Caller(revoked.name, revoked.key_id, revoked.secret, None),
        ]

    def lacking(self, permission: str) -> list[Caller]:
        """Return keys that may do much, but not this."""
        presets = [caller for caller in self._presets if permission not in (caller.permissions or ())]
        return [*presets, self._all_but[permission]]

    def sufficing(self, permission: str) -> list[Caller]:
        """Return keys that may do this."""
        presets = [caller for caller in self._presets if permission in (caller.permissions or ())]
        return [*presets, self._only[permission]]
