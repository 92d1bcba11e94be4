# Generated from spec/; do not edit. Regenerate with: just generate
"""How many runners there were in one step."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from fal._gen.rest import wire


@dataclass(frozen=True, kw_only=True)
class ServerlessRunnerCounts:
    """How many runners there were in one step."""

    draining: float
    idle: float
    pending: float
    running: float
    timestamp: datetime
    additional_properties: dict[str, Any] = field(default_factory=dict)
    """Members that this version does not know."""

    @classmethod
    def from_dict(cls, data: Any) -> Self:
        """Read the JSON form.

        Raises:
            ValueError: A member is missing, or is not what it should be.
        """
        fields = wire.members(data, "ServerlessRunnerCounts")
        return cls(
            draining=wire.number(fields.get("draining", wire.MISSING), "ServerlessRunnerCounts.draining"),
            idle=wire.number(fields.get("idle", wire.MISSING), "ServerlessRunnerCounts.idle"),
            pending=wire.number(fields.get("pending", wire.MISSING), "ServerlessRunnerCounts.pending"),
            running=wire.number(fields.get("running", wire.MISSING), "ServerlessRunnerCounts.running"),
            timestamp=wire.time(fields.get("timestamp", wire.MISSING), "ServerlessRunnerCounts.timestamp"),
            additional_properties={key: item for key, item in fields.items() if key not in _KNOWN},
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form. A member that is None is left out, unless it is required."""
        fields: dict[str, Any] = wire.plain(self.additional_properties, "ServerlessRunnerCounts")
        fields["draining"] = self.draining
        fields["idle"] = self.idle
        fields["pending"] = self.pending
        fields["running"] = self.running
        fields["timestamp"] = wire.plain(self.timestamp, "ServerlessRunnerCounts.timestamp")
        return fields


_KNOWN: frozenset[str] = frozenset(
    (
        "draining",
        "idle",
        "pending",
        "running",
        "timestamp",
    )
)
