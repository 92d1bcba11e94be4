# Generated from spec/; do not edit. Regenerate with: just generate
"""One page of log lines."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Self

from fal._gen.rest import wire


@dataclass(frozen=True, kw_only=True)
class LogsPage:
    """One page of log lines."""

    items: list[LogEntry]
    """The lines."""
    next_since: str | None = None
    """The `since` of the next page, when the oldest lines come first."""
    next_until: str | None = None
    """The `until` of the next page; None on the last page."""
    stats: list[dict[str, Any]] = field(default_factory=list)
    """Counts over time, free in form."""
    additional_properties: dict[str, Any] = field(default_factory=dict)
    """Members that this version does not know."""

    @classmethod
    def from_dict(cls, data: Any) -> Self:
        """Read the JSON form.

        Raises:
            ValueError: A member is missing, or is not what it should be.
        """
        fields = wire.members(data, "LogsPage")
        return cls(
            items=[
                LogEntry.from_dict(item) for item in wire.array(fields.get("items", wire.MISSING), "LogsPage.items")
            ],
            next_since=None if (value := fields.get("next_since")) is None else wire.text(value, "LogsPage.next_since"),
            next_until=None if (value := fields.get("next_until")) is None else wire.text(value, "LogsPage.next_until"),
            stats=[]
            if (value := fields.get("stats")) is None
            else [
                {key: item for key, item in wire.members(item, "LogsPage.stats").items()}
                for item in wire.array(value, "LogsPage.stats")
            ],
            additional_properties={key: item for key, item in fields.items() if key not in _KNOWN},
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form. A member that is None is left out, unless it is required."""
        fields: dict[str, Any] = wire.plain(self.additional_properties, "LogsPage")
        fields["items"] = wire.plain(self.items, "LogsPage.items")
        if self.next_since is not None:
            fields["next_since"] = wire.plain(self.next_since, "LogsPage.next_since")
        if self.next_until is not None:
            fields["next_until"] = wire.plain(self.next_until, "LogsPage.next_until")
        fields["stats"] = wire.plain(self.stats, "LogsPage.stats")
        return fields


_KNOWN: frozenset[str] = frozenset(
    (
        "items",
        "next_since",
        "next_until",
        "stats",
    )
)

# Last, since models may refer to each other in a circle.
from fal._gen.rest.models.log_entry import LogEntry  # noqa: E402
