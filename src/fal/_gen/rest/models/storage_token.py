# Generated from spec/; do not edit. Regenerate with: just generate
"""A token for the stores."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from fal._gen.rest import wire


@dataclass(frozen=True, kw_only=True)
class StorageToken:
    """A token for the stores."""

    base_url: str
    """Where files are stored."""
    expires_at: datetime
    """When it ends."""
    token: str
    """The token itself; a secret."""
    token_type: str
    """What stands before it in the Authorization header."""
    additional_properties: dict[str, Any] = field(default_factory=dict)
    """Members that this version does not know."""

    @classmethod
    def from_dict(cls, data: Any) -> Self:
        """Read the JSON form.

        Raises:
            ValueError: A member is missing, or is not what it should be.
        """
        fields = wire.members(data, "StorageToken")
        return cls(
            base_url=wire.text(fields.get("base_url", wire.MISSING), "StorageToken.base_url"),
            expires_at=wire.time(fields.get("expires_at", wire.MISSING), "StorageToken.expires_at"),
            token=wire.text(fields.get("token", wire.MISSING), "StorageToken.token"),
            token_type=wire.text(fields.get("token_type", wire.MISSING), "StorageToken.token_type"),
            additional_properties={key: item for key, item in fields.items() if key not in _KNOWN},
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form. A member that is None is left out, unless it is required."""
        fields: dict[str, Any] = wire.plain(self.additional_properties, "StorageToken")
        fields["base_url"] = self.base_url
        fields["expires_at"] = wire.plain(self.expires_at, "StorageToken.expires_at")
        fields["token"] = self.token
        fields["token_type"] = self.token_type
        return fields


_KNOWN: frozenset[str] = frozenset(
    (
        "base_url",
        "expires_at",
        "token",
        "token_type",
    )
)
