# Generated from spec/; do not edit. Regenerate with: just generate
"""One page of usage."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Self

from fal._gen.rest import wire


@dataclass(frozen=True, kw_only=True)
class ServerlessUsageResponse:
    """One page of usage."""

    has_more: bool
    """Whether there is a next page."""
    next_cursor: str | None
    """Asks for the next page as `cursor`; null on the last."""
    summary: list[ServerlessUsage] | None = None
    time_series: list[ServerlessUsageTimeSeries] | None = None
    additional_properties: dict[str, Any] = field(default_factory=dict)
    """Members that this version does not know."""

    @classmethod
    def from_dict(cls, data: Any) -> Self:
        """Read the JSON form.

        Raises:
            ValueError: A member is missing, or is not what it should be.
        """
        fields = wire.members(data, "ServerlessUsageResponse")
        return cls(
            has_more=wire.boolean(fields.get("has_more", wire.MISSING), "ServerlessUsageResponse.has_more"),
            next_cursor=None
            if (value := fields.get("next_cursor")) is None
            else wire.text(value, "ServerlessUsageResponse.next_cursor"),
            summary=None
            if (value := fields.get("summary")) is None
            else [ServerlessUsage.from_dict(item) for item in wire.array(value, "ServerlessUsageResponse.summary")],
            time_series=None
            if (value := fields.get("time_series")) is None
            else [
                ServerlessUsageTimeSeries.from_dict(item)
                for item in wire.array(value, "ServerlessUsageResponse.time_series")
            ],
            additional_properties={key: item for key, item in fields.items() if key not in _KNOWN},
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form. A member that is None is left out, unless it is required."""
        fields: dict[str, Any] = wire.plain(self.additional_properties, "ServerlessUsageResponse")
        fields["has_more"] = self.has_more
        fields["next_cursor"] = wire.plain(self.next_cursor, "ServerlessUsageResponse.next_cursor")
        if self.summary is not None:
            fields["summary"] = wire.plain(self.summary, "ServerlessUsageResponse.summary")
        if self.time_series is not None:
            fields["time_series"] = wire.plain(self.time_series, "ServerlessUsageResponse.time_series")
        return fields


_KNOWN: frozenset[str] = frozenset(
    (
        "has_more",
        "next_cursor",
        "summary",
        "time_series",
    )
)

# Last, since models may refer to each other in a circle.
from fal._gen.rest.models.serverless_usage import ServerlessUsage  # noqa: E402
from fal._gen.rest.models.serverless_usage_time_series import ServerlessUsageTimeSeries  # noqa: E402
