# Generated from spec/; do not edit. Regenerate with: just generate
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
        fields = wire.members(data, "ServerlessRunnerHistory")
        return cls(
            aggregation=ServerlessRunnerHistoryAggregation(
                wire.text(fields.get("aggregation", wire.MISSING), "ServerlessRunnerHistory.aggregation")
            ),
            endpoint_id=wire.text(fields.get("endpoint_id", wire.MISSING), "ServerlessRunnerHistory.endpoint_id"),
            history=[
                ServerlessRunnerCounts.from_dict(item)
                for item in wire.array(fields.get("history", wire.MISSING), "ServerlessRunnerHistory.history")
            ],
            timeframe=ServerlessTimeframe(
                wire.text(fields.get("timeframe", wire.MISSING), "ServerlessRunnerHistory.timeframe")
            ),
            additional_properties={key: item for key, item in fields.items() if key not in _KNOWN},
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form. A member that is None is left out, unless it is required."""
        fields: dict[str, Any] = wire.plain(self.additional_properties, "ServerlessRunnerHistory")
        fields["aggregation"] = wire.plain(self.aggregation, "ServerlessRunnerHistory.aggregation")
        fields["endpoint_id"] = self.endpoint_id
        fields["history"] = wire.plain(self.history, "ServerlessRunnerHistory.history")
        fields["timeframe"] = wire.plain(self.timeframe, "ServerlessRunnerHistory.timeframe")
        return fields


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
