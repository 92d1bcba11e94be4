# Generated from spec/; do not edit. Regenerate with: just generate
"""What runs and waits right now."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Self

from fal._gen.rest import wire


@dataclass(frozen=True, kw_only=True)
class UserMetrics:
    """What runs and waits right now."""

    apps: dict[str, AppMetrics] = field(default_factory=dict)
    """The counts of each application, by `owner/app`."""
    summary: UserMetricsSummary | None = None
    """What runs and waits for all applications of the account."""
    additional_properties: dict[str, Any] = field(default_factory=dict)
    """Members that this version does not know."""

    @classmethod
    def from_dict(cls, data: Any) -> Self:
        """Read the JSON form.

        Raises:
            ValueError: A member is missing, or is not what it should be.
        """
        fields = wire.members(data, "UserMetrics")
        return cls(
            apps={}
            if (value := fields.get("apps")) is None
            else {key: AppMetrics.from_dict(item) for key, item in wire.members(value, "UserMetrics.apps").items()},
            summary=None if (value := fields.get("summary")) is None else UserMetricsSummary.from_dict(value),
            additional_properties={key: item for key, item in fields.items() if key not in _KNOWN},
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form. A member that is None is left out, unless it is required."""
        fields: dict[str, Any] = wire.plain(self.additional_properties, "UserMetrics")
        fields["apps"] = wire.plain(self.apps, "UserMetrics.apps")
        if self.summary is not None:
            fields["summary"] = wire.plain(self.summary, "UserMetrics.summary")
        return fields


_KNOWN: frozenset[str] = frozenset(
    (
        "apps",
        "summary",
    )
)

# Last, since models may refer to each other in a circle.
from fal._gen.rest.models.app_metrics import AppMetrics  # noqa: E402
from fal._gen.rest.models.user_metrics_summary import UserMetricsSummary  # noqa: E402
