# Generated from spec/; do not edit. Regenerate with: just generate
"""An API key, without its secret."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from fal._gen.rest import wire


@dataclass(frozen=True, kw_only=True)
class ApiKey:
    """An API key, without its secret."""

    alias: str
    """What people call it."""
    created_at: datetime
    key_id: str
    """Id of the key."""
    scope: ApiKeyScope
    """What an API key may do."""
    creator_email: str | None = None
    creator_nickname: str | None = None
    additional_properties: dict[str, Any] = field(default_factory=dict)
    """Members that this version does not know."""

    @classmethod
    def from_dict(cls, data: Any) -> Self:
        """Read the JSON form.

        Raises:
            ValueError: A member is missing, or is not what it should be.
        """
        fields = wire.members(data, "ApiKey")
        return cls(
            alias=wire.text(fields.get("alias", wire.MISSING), "ApiKey.alias"),
            created_at=wire.time(fields.get("created_at", wire.MISSING), "ApiKey.created_at"),
            key_id=wire.text(fields.get("key_id", wire.MISSING), "ApiKey.key_id"),
            scope=ApiKeyScope(wire.text(fields.get("scope", wire.MISSING), "ApiKey.scope")),
            creator_email=None
            if (value := fields.get("creator_email")) is None
            else wire.text(value, "ApiKey.creator_email"),
            creator_nickname=None
            if (value := fields.get("creator_nickname")) is None
            else wire.text(value, "ApiKey.creator_nickname"),
            additional_properties={key: item for key, item in fields.items() if key not in _KNOWN},
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form. A member that is None is left out, unless it is required."""
        fields: dict[str, Any] = wire.plain(self.additional_properties, "ApiKey")
        fields["alias"] = self.alias
        fields["created_at"] = wire.plain(self.created_at, "ApiKey.created_at")
        fields["key_id"] = self.key_id
        fields["scope"] = wire.plain(self.scope, "ApiKey.scope")
        if self.creator_email is not None:
            fields["creator_email"] = self.creator_email
        if self.creator_nickname is not None:
            fields["creator_nickname"] = self.creator_nickname
        return fields


_KNOWN: frozenset[str] = frozenset(
    (
        "alias",
        "created_at",
        "creator_email",
        "creator_nickname",
        "key_id",
        "scope",
    )
)

# Last, since models may refer to each other in a circle.
from fal._gen.rest.models.api_key_scope import ApiKeyScope  # noqa: E402
