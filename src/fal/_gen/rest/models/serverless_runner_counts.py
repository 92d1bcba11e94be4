# Generated from spec/; do not edit: correct the specification, the overlay or the template, then run `just generate`.
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
        found = wire.members(data, "ServerlessRunnerCounts")
        return cls(
            draining=wire.number(found.get("draining", wire.MISSING), "ServerlessRunnerCounts.draining"),
            idle=wire.number(found.get("idle", wire.MISSING), "ServerlessRunnerCounts.idle"),
            pending=wire.number(found.get("pending", wire.MISSING), "ServerlessRunnerCounts.pending"),
            running=wire.number(found.get("running", wire.MISSING), "ServerlessRunnerCounts.running"),
            timestamp=wire.time(found.get("timestamp", wire.MISSING), "ServerlessRunnerCounts.timestamp"),
            additional_properties={key: item for key, item in found.items() if key not in _KNOWN},
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form. A member that is None is left out, unless it is required."""
        found: dict[str, Any] = wire.plain(self.additional_properties, "ServerlessRunnerCounts")
        found["draining"] = self.draining
        found["idle"] = self.idle
        found["pending"] = self.pending
        found["running"] = self.running
        found["timestamp"] = wire.plain(self.timestamp, "ServerlessRunnerCounts.timestamp")
        return found


_KNOWN: frozenset[str] = frozenset(
    (
        "draining",
        "idle",
        "pending",
        "running",
        "timestamp",
    )
)
