# Generated from spec/; do not edit. Regenerate with: just generate
"""Who made it happen."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Self

from fal._gen.rest import wire


@dataclass(frozen=True, kw_only=True)
class ServerlessActor:
    """Who made it happen."""

    full_name: str | None = None
    nickname: str | None = None
    additional_properties: dict[str, Any] = field(default_factory=dict)
    """Members that this version does not know."""

    @classmethod
    def from_dict(cls, data: Any) -> Self:
        """Read the JSON form.

        Raises:
            ValueError: A member is missing, or is not what it should be.
        """
        fields = wire.members(data, "ServerlessActor")
        return cls(
            full_name=None
            if (value := fields.get("full_name")) is None
            else wire.text(value, "ServerlessActor.full_name"),
            nickname=None
            if (value := fields.get("nickname")) is None
            else wire.text(value, "ServerlessActor.nickname"),
            additional_properties={key: item for key, item in fields.items() if key not in _KNOWN},
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form. A member that is None is left out, unless it is required."""
        fields: dict[str, Any] = wire.plain(self.additional_properties, "ServerlessActor")
        if self.full_name is not None:
            fields["full_name"] = self.full_name
        if self.nickname is not None:
            fields["nickname"] = self.nickname
        return fields


_KNOWN: frozenset[str] = frozenset(
    (
        "full_name",
        "nickname",
    )
)
