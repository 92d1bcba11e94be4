# Generated from spec/; do not edit. Regenerate with: just generate
"""When a runner was there."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from fal._gen.rest import wire


@dataclass(frozen=True, kw_only=True)
class RunnerLifetime:
    """When a runner was there."""

    ended_at: datetime | None = None
    """When it ended."""
    started_at: datetime | None = None
    """When it started."""
    additional_properties: dict[str, Any] = field(default_factory=dict)
    """Members that this version does not know."""

    @classmethod
    def from_dict(cls, data: Any) -> Self:
        """Read the JSON form.

        Raises:
            ValueError: A member is missing, or is not what it should be.
        """
        fields = wire.members(data, "RunnerLifetime")
        return cls(
            ended_at=None if (value := fields.get("ended_at")) is None else wire.time(value, "RunnerLifetime.ended_at"),
            started_at=None
            if (value := fields.get("started_at")) is None
            else wire.time(value, "RunnerLifetime.started_at"),
            additional_properties={key: item for key, item in fields.items() if key not in _KNOWN},
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form. A member that is None is left out, unless it is required."""
        fields: dict[str, Any] = wire.plain(self.additional_properties, "RunnerLifetime")
        if self.ended_at is not None:
            fields["ended_at"] = wire.plain(self.ended_at, "RunnerLifetime.ended_at")
        if self.started_at is not None:
            fields["started_at"] = wire.plain(self.started_at, "RunnerLifetime.started_at")
        return fields


_KNOWN: frozenset[str] = frozenset(
    (
        "ended_at",
        "started_at",
    )
)
