# Generated from spec/; do not edit. Regenerate with: just generate
"""A new API key."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Self

from fal._gen.rest import wire


@dataclass(frozen=True, kw_only=True)
class CreatedApiKey:
    """A new API key."""

    key: str = field(repr=False)
    """Both halves, as clients take them."""
    key_id: str
    """Id of the key."""
    key_secret: str = field(repr=False)
    """The secret half."""
    additional_properties: dict[str, Any] = field(default_factory=dict)
    """Members that this version does not know."""

    @classmethod
    def from_dict(cls, data: Any) -> Self:
        """Read the JSON form.

        Raises:
            ValueError: A member is missing, or is not what it should be.
        """
        fields = wire.members(data, "CreatedApiKey")
        return cls(
            key=wire.text(fields.get("key", wire.MISSING), "CreatedApiKey.key"),
            key_id=wire.text(fields.get("key_id", wire.MISSING), "CreatedApiKey.key_id"),
            key_secret=wire.text(fields.get("key_secret", wire.MISSING), "CreatedApiKey.key_secret"),
            additional_properties={key: item for key, item in fields.items() if key not in _KNOWN},
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form. A member that is None is left out, unless it is required."""
        fields: dict[str, Any] = wire.plain(self.additional_properties, "CreatedApiKey")
        fields["key"] = self.key
        fields["key_id"] = self.key_id
        fields["key_secret"] = self.key_secret
        return fields


_KNOWN: frozenset[str] = frozenset(
    (
        "key",
        "key_id",
        "key_secret",
    )
)
