# Generated from spec/; do not edit. Regenerate with: just generate
"""Something that happened to an app."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from fal._gen.rest import wire


@dataclass(frozen=True, kw_only=True)
class ServerlessAppEvent:
    """Something that happened to an app."""

    category: ServerlessAppEventCategory
    """The kind of an event."""
    created_at: datetime
    event_id: str
    payload: ServerlessAppEventPayload
    """The details of an event; which of them there are depends on its category."""
    additional_properties: dict[str, Any] = field(default_factory=dict)
    """Members that this version does not know."""

    @classmethod
    def from_dict(cls, data: Any) -> Self:
        """Read the JSON form.

        Raises:
            ValueError: A member is missing, or is not what it should be.
        """
        fields = wire.members(data, "ServerlessAppEvent")
        return cls(
            category=ServerlessAppEventCategory(
                wire.text(fields.get("category", wire.MISSING), "ServerlessAppEvent.category")
            ),
            created_at=wire.time(fields.get("created_at", wire.MISSING), "ServerlessAppEvent.created_at"),
            event_id=wire.text(fields.get("event_id", wire.MISSING), "ServerlessAppEvent.event_id"),
            payload=ServerlessAppEventPayload.from_dict(fields.get("payload", wire.MISSING)),
            additional_properties={key: item for key, item in fields.items() if key not in _KNOWN},
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form. A member that is None is left out, unless it is required."""
        fields: dict[str, Any] = wire.plain(self.additional_properties, "ServerlessAppEvent")
        fields["category"] = wire.plain(self.category, "ServerlessAppEvent.category")
        fields["created_at"] = wire.plain(self.created_at, "ServerlessAppEvent.created_at")
        fields["event_id"] = self.event_id
        fields["payload"] = wire.plain(self.payload, "ServerlessAppEvent.payload")
        return fields


_KNOWN: frozenset[str] = frozenset(
    (
        "category",
        "created_at",
        "event_id",
        "payload",
    )
)

# Last, since models may refer to each other in a circle.
from fal._gen.rest.models.serverless_app_event_category import ServerlessAppEventCategory  # noqa: E402
from fal._gen.rest.models.serverless_app_event_payload import ServerlessAppEventPayload  # noqa: E402
