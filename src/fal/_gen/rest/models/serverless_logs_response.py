# Generated from spec/; do not edit. Regenerate with: just generate
"""One page of log lines."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Self

from fal._gen.rest import wire


@dataclass(frozen=True, kw_only=True)
class ServerlessLogsResponse:
    """One page of log lines."""

    has_more: bool
    """Whether there is a next page."""
    items: list[ServerlessLogLine]
    next_cursor: str | None
    """Asks for the next page as `cursor`; null on the last."""
    additional_properties: dict[str, Any] = field(default_factory=dict)
    """Members that this version does not know."""

    @classmethod
    def from_dict(cls, data: Any) -> Self:
        """Read the JSON form.

        Raises:
            ValueError: A member is missing, or is not what it should be.
        """
        fields = wire.members(data, "ServerlessLogsResponse")
        return cls(
            has_more=wire.boolean(fields.get("has_more", wire.MISSING), "ServerlessLogsResponse.has_more"),
            items=[
                ServerlessLogLine.from_dict(item)
                for item in wire.array(fields.get("items", wire.MISSING), "ServerlessLogsResponse.items")
            ],
            next_cursor=None
            if (value := fields.get("next_cursor")) is None
            else wire.text(value, "ServerlessLogsResponse.next_cursor"),
            additional_properties={key: item for key, item in fields.items() if key not in _KNOWN},
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form. A member that is None is left out, unless it is required."""
        fields: dict[str, Any] = wire.plain(self.additional_properties, "ServerlessLogsResponse")
        fields["has_more"] = self.has_more
        fields["items"] = wire.plain(self.items, "ServerlessLogsResponse.items")
        fields["next_cursor"] = wire.plain(self.next_cursor, "ServerlessLogsResponse.next_cursor")
        return fields


_KNOWN: frozenset[str] = frozenset(
    (
        "has_more",
        "items",
        "next_cursor",
    )
)

# Last, since models may refer to each other in a circle.
from fal._gen.rest.models.serverless_log_line import ServerlessLogLine  # noqa: E402
