# Generated from spec/; do not edit: correct the specification, the overlay or the template, then run `just generate`.
"""The runners of an app over time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Self

from fal._gen.rest import wire


@dataclass(frozen=True, kw_only=True)
class ServerlessRunnerHistory:
    """The runners of an app over time."""

    aggregation: ServerlessRunnerHistoryAggregation
    """What a step says of its counts."""
    endpoint_id: str
    history: list[ServerlessRunnerCounts]
    timeframe: ServerlessTimeframe
    """How long one step of a series is."""
    additional_properties: dict[str, Any] = field(default_factory=dict)
    """Members that this version does not know."""

    @classmethod
    def from_dict(cls, data: Any) -> Self:
        """Read the JSON form.

        Raises:
            ValueError: A member is missing, or is not what it should be.
        """
        found = wire.members(data, "ServerlessRunnerHistory")
        return cls(
            aggregation=ServerlessRunnerHistoryAggregation(
                wire.text(found.get("aggregation", wire.MISSING), "ServerlessRunnerHistory.aggregation")
            ),
            endpoint_id=wire.text(found.get("endpoint_id", wire.MISSING), "ServerlessRunnerHistory.endpoint_id"),
            history=[
                ServerlessRunnerCounts.from_dict(item)
                for item in wire.array(found.get("history", wire.MISSING), "ServerlessRunnerHistory.history")
            ],
            timeframe=ServerlessTimeframe(
                wire.text(found.get("timeframe", wire.MISSING), "ServerlessRunnerHistory.timeframe")
            ),
            additional_properties={key: item for key, item in found.items() if key not in _KNOWN},
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form. A member that is None is left out, unless it is required."""
        found: dict[str, Any] = wire.plain(self.additional_properties, "ServerlessRunnerHistory")
        found["aggregation"] = wire.plain(self.aggregation, "ServerlessRunnerHistory.aggregation")
        found["endpoint_id"] = self.endpoint_id
        found["history"] = wire.plain(self.history, "ServerlessRunnerHistory.history")
        found["timeframe"] = wire.plain(self.timeframe, "ServerlessRunnerHistory.timeframe")
        return found


_KNOWN: frozenset[str] = frozenset(
    (
        "aggregation",
        "endpoint_id",
        "history",
        "timeframe",
    )
)

# Last, since models may refer to each other in a circle.
from fal._gen.rest.models.serverless_runner_counts import ServerlessRunnerCounts  # noqa: E402
from fal._gen.rest.models.serverless_runner_history_aggregation import ServerlessRunnerHistoryAggregation  # noqa: E402
from fal._gen.rest.models.serverless_timeframe import ServerlessTimeframe  # noqa: E402
