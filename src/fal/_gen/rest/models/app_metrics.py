# Generated from spec/; do not edit. Regenerate with: just generate
"""What runs and waits for one application."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Self

from fal._gen.rest import wire


@dataclass(frozen=True, kw_only=True)
class AppMetrics:
    """What runs and waits for one application."""

    cpu_count: int | None = None
    """CPU machines in all."""
    cpu_count_by_type: dict[str, int] = field(default_factory=dict)
    """CPU machines by machine type."""
    gpu_count: int | None = None
    """GPUs in all."""
    gpu_count_by_type: dict[str, int] = field(default_factory=dict)
    """GPUs by machine type."""
    queue_size: int | None = None
    """Requests that wait."""
    runner_count: int | None = None
    """Runners."""
    additional_properties: dict[str, Any] = field(default_factory=dict)
    """Members that this version does not know."""

    @classmethod
    def from_dict(cls, data: Any) -> Self:
        """Read the JSON form.

        Raises:
            ValueError: A member is missing, or is not what it should be.
        """
        fields = wire.members(data, "AppMetrics")
        return cls(
            cpu_count=None
            if (value := fields.get("cpu_count")) is None
            else wire.integer(value, "AppMetrics.cpu_count"),
            cpu_count_by_type={}
            if (value := fields.get("cpu_count_by_type")) is None
            else {
                key: wire.integer(item, "AppMetrics.cpu_count_by_type")
                for key, item in wire.members(value, "AppMetrics.cpu_count_by_type").items()
            },
            gpu_count=None
            if (value := fields.get("gpu_count")) is None
            else wire.integer(value, "AppMetrics.gpu_count"),
            gpu_count_by_type={}
            if (value := fields.get("gpu_count_by_type")) is None
            else {
                key: wire.integer(item, "AppMetrics.gpu_count_by_type")
                for key, item in wire.members(value, "AppMetrics.gpu_count_by_type").items()
            },
            queue_size=None
            if (value := fields.get("queue_size")) is None
            else wire.integer(value, "AppMetrics.queue_size"),
            runner_count=None
            if (value := fields.get("runner_count")) is None
            else wire.integer(value, "AppMetrics.runner_count"),
            additional_properties={key: item for key, item in fields.items() if key not in _KNOWN},
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form. A member that is None is left out, unless it is required."""
        fields: dict[str, Any] = wire.plain(self.additional_properties, "AppMetrics")
        if self.cpu_count is not None:
            fields["cpu_count"] = self.cpu_count
        fields["cpu_count_by_type"] = wire.plain(self.cpu_count_by_type, "AppMetrics.cpu_count_by_type")
        if self.gpu_count is not None:
            fields["gpu_count"] = self.gpu_count
        fields["gpu_count_by_type"] = wire.plain(self.gpu_count_by_type, "AppMetrics.gpu_count_by_type")
        if self.queue_size is not None:
            fields["queue_size"] = self.queue_size
        if self.runner_count is not None:
            fields["runner_count"] = self.runner_count
        return fields


_KNOWN: frozenset[str] = frozenset(
    (
        "cpu_count",
        "cpu_count_by_type",
        "gpu_count",
        "gpu_count_by_type",
        "queue_size",
        "runner_count",
    )
)
