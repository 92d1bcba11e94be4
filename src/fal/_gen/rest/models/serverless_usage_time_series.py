# Generated from spec/; do not edit. Regenerate with: just generate
"""The usage of one step."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from fal._gen.rest import wire


@dataclass(frozen=True, kw_only=True)
class ServerlessUsageTimeSeries:
    """The usage of one step."""

    bucket: datetime
    """When the step begins."""
    results: list[ServerlessUsage]
    additional_properties: dict[str, Any] = field(default_factory=dict)
    """Members that this version does not know."""

    @classmethod
    def from_dict(cls, data: Any) -> Self:
        """Read the JSON form.

        Raises:
            ValueError: A member is missing, or is not what it should be.
        """
        fields = wire.members(data, "ServerlessUsageTimeSeries")
        return cls(
            bucket=wire.time(fields.get("bucket", wire.MISSING), "ServerlessUsageTimeSeries.bucket"),
            results=[
                ServerlessUsage.from_dict(item)
                for item in wire.array(fields.get("results", wire.MISSING), "ServerlessUsageTimeSeries.results")
            ],
            additional_properties={key: item for key, item in fields.items() if key not in _KNOWN},
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form. A member that is None is left out, unless it is required."""
        fields: dict[str, Any] = wire.plain(self.additional_properties, "ServerlessUsageTimeSeries")
        fields["bucket"] = wire.plain(self.bucket, "ServerlessUsageTimeSeries.bucket")
        fields["results"] = wire.plain(self.results, "ServerlessUsageTimeSeries.results")
        return fields


_KNOWN: frozenset[str] = frozenset(
    (
        "bucket",
        "results",
    )
)

# Last, since models may refer to each other in a circle.
from fal._gen.rest.models.serverless_usage import ServerlessUsage  # noqa: E402
