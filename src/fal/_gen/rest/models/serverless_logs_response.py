# Generated from spec/; do not edit: correct the specification, the overlay or the template, then run `just generate`.
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
        found = wire.members(data, "ServerlessLogsResponse")
        return cls(
            has_more=wire.boolean(found.get("has_more", wire.MISSING), "ServerlessLogsResponse.has_more"),
            items=[
                ServerlessLogLine.from_dict(item)
                for item in wire.array(found.get("items", wire.MISSING), "ServerlessLogsResponse.items")
            ],
            next_cursor=None
            if (value := found.get("next_cursor")) is None
            else wire.text(value, "ServerlessLogsResponse.next_cursor"),
            additional_properties={key: item for key, item in found.items() if key not in _KNOWN},
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form. A member that is None is left out, unless it is required."""
        found: dict[str, Any] = wire.plain(self.additional_properties, "ServerlessLogsResponse")
        found["has_more"] = self.has_more
        found["items"] = wire.plain(self.items, "ServerlessLogsResponse.items")
        found["next_cursor"] = wire.plain(self.next_cursor, "ServerlessLogsResponse.next_cursor")
        return found


_KNOWN: frozenset[str] = frozenset(
    (
        "has_more",
        "items",
        "next_cursor",
    )
)

# Last, since models may refer to each other in a circle.
from fal._gen.rest.models.serverless_log_line import ServerlessLogLine  # noqa: E402
