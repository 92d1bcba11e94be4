# Generated from spec/; do not edit. Regenerate with: just generate
"""What runs and waits for all applications of the account."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Self

from fal._gen.rest import wire


@dataclass(frozen=True, kw_only=True)
class UserMetricsSummary:
    """What runs and waits for all applications of the account."""

    total_cpu_by_type: dict[str, int] = field(default_factory=dict)
    """CPU machines by machine type."""
    total_cpus: int | None = None
    """CPU machines in all."""
    total_gpu_by_type: dict[str, int] = field(default_factory=dict)
    """GPUs by machine type."""
    total_gpus: int | None = None
    """GPUs in all."""
    total_queue_size: int | None = None
    """Requests that wait."""
    total_runners: int | None = None
    """Runners."""
    additional_properties: dict[str, Any] = field(default_factory=dict)
    """Members that this version does not know."""

    @classmethod
    def from_dict(cls, data: Any) -> Self:
        """Read the JSON form.

        Raises:
            ValueError: A member is missing, or is not what it should be.
        """
        fields = wire.members(data, "UserMetricsSummary")
        return cls(
            total_cpu_by_type={}
            if (value := fields.get("total_cpu_by_type")) is None
            else {
                key: wire.integer(item, "UserMetricsSummary.total_cpu_by_type")
                for key, item in wire.members(value, "UserMetricsSummary.total_cpu_by_type").items()
            },
            total_cpus=None
            if (value := fields.get("total_cpus")) is None
            else wire.integer(value, "UserMetricsSummary.total_cpus"),
            total_gpu_by_type={}
            if (value := fields.get("total_gpu_by_type")) is None
            else {
                key: wire.integer(item, "UserMetricsSummary.total_gpu_by_type")
                for key, item in wire.members(value, "UserMetricsSummary.total_gpu_by_type").items()
            },
            total_gpus=None
            if (value := fields.get("total_gpus")) is None
            else wire.integer(value, "UserMetricsSummary.total_gpus"),
            total_queue_size=None
            if (value := fields.get("total_queue_size")) is None
            else wire.integer(value, "UserMetricsSummary.total_queue_size"),
            total_runners=None
            if (value := fields.get("total_runners")) is None
            else wire.integer(value, "UserMetricsSummary.total_runners"),
            additional_properties={key: item for key, item in fields.items() if key not in _KNOWN},
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form. A member that is None is left out, unless it is required."""
        fields: dict[str, Any] = wire.plain(self.additional_properties, "UserMetricsSummary")
        fields["total_cpu_by_type"] = wire.plain(self.total_cpu_by_type, "UserMetricsSummary.total_cpu_by_type")
        if self.total_cpus is not None:
            fields["total_cpus"] = self.total_cpus
        fields["total_gpu_by_type"] = wire.plain(self.total_gpu_by_type, "UserMetricsSummary.total_gpu_by_type")
        if self.total_gpus is not None:
            fields["total_gpus"] = self.total_gpus
        if self.total_queue_size is not None:
            fields["total_queue_size"] = self.total_queue_size
        if self.total_runners is not None:
            fields["total_runners"] = self.total_runners
        return fields


_KNOWN: frozenset[str] = frozenset(
    (
        "total_cpu_by_type",
        "total_cpus",
        "total_gpu_by_type",
        "total_gpus",
        "total_queue_size",
        "total_runners",
    )
)
