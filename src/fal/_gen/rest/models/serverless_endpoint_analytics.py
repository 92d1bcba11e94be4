# Generated from spec/; do not edit. Regenerate with: just generate
"""The figures of one endpoint. Durations are in seconds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Self

from fal._gen.rest import wire


@dataclass(frozen=True, kw_only=True)
class ServerlessEndpointAnalytics:
    """The figures of one endpoint. Durations are in seconds."""

    endpoint_id: str
    cold_boot_count: int | None = None
    connection_error_count: int | None = None
    error_count: int | None = None
    p25_duration: float | None = None
    p50_cold_boot_duration: float | None = None
    p50_duration: float | None = None
    p50_prepare_duration: float | None = None
    p75_cold_boot_duration: float | None = None
    p75_duration: float | None = None
    p75_prepare_duration: float | None = None
    p90_cold_boot_duration: float | None = None
    p90_duration: float | None = None
    p90_prepare_duration: float | None = None
    p95_duration: float | None = None
    p95_prepare_duration: float | None = None
    p99_duration: float | None = None
    p99_prepare_duration: float | None = None
    request_count: int | None = None
    runtime_error_count: int | None = None
    startup_error_count: int | None = None
    success_count: int | None = None
    timeout_error_count: int | None = None
    total_billable_duration: float | None = None
    user_error_count: int | None = None
    additional_properties: dict[str, Any] = field(default_factory=dict)
    """Members that this version does not know."""

    @classmethod
    def from_dict(cls, data: Any) -> Self:
        """Read the JSON form.

        Raises:
            ValueError: A member is missing, or is not what it should be.
        """
        fields = wire.members(data, "ServerlessEndpointAnalytics")
        return cls(
            endpoint_id=wire.text(fields.get("endpoint_id", wire.MISSING), "ServerlessEndpointAnalytics.endpoint_id"),
            cold_boot_count=None
            if (value := fields.get("cold_boot_count")) is None
            else wire.integer(value, "ServerlessEndpointAnalytics.cold_boot_count"),
            connection_error_count=None
            if (value := fields.get("connection_error_count")) is None
            else wire.integer(value, "ServerlessEndpointAnalytics.connection_error_count"),
            error_count=None
            if (value := fields.get("error_count")) is None
            else wire.integer(value, "ServerlessEndpointAnalytics.error_count"),
            p25_duration=None
            if (value := fields.get("p25_duration")) is None
            else wire.number(value, "ServerlessEndpointAnalytics.p25_duration"),
            p50_cold_boot_duration=None
            if (value := fields.get("p50_cold_boot_duration")) is None
            else wire.number(value, "ServerlessEndpointAnalytics.p50_cold_boot_duration"),
            p50_duration=None
            if (value := fields.get("p50_duration")) is None
            else wire.number(value, "ServerlessEndpointAnalytics.p50_duration"),
            p50_prepare_duration=None
            if (value := fields.get("p50_prepare_duration")) is None
            else wire.number(value, "ServerlessEndpointAnalytics.p50_prepare_duration"),
            p75_cold_boot_duration=None
            if (value := fields.get("p75_cold_boot_duration")) is None
            else wire.number(value, "ServerlessEndpointAnalytics.p75_cold_boot_duration"),
            p75_duration=None
            if (value := fields.get("p75_duration")) is None
            else wire.number(value, "ServerlessEndpointAnalytics.p75_duration"),
            p75_prepare_duration=None
            if (value := fields.get("p75_prepare_duration")) is None
            else wire.number(value, "ServerlessEndpointAnalytics.p75_prepare_duration"),
            p90_cold_boot_duration=None
            if (value := fields.get("p90_cold_boot_duration")) is None
            else wire.number(value, "ServerlessEndpointAnalytics.p90_cold_boot_duration"),
            p90_duration=None
            if (value := fields.get("p90_duration")) is None
            else wire.number(value, "ServerlessEndpointAnalytics.p90_duration"),
            p90_prepare_duration=None
            if (value := fields.get("p90_prepare_duration")) is None
            else wire.number(value, "ServerlessEndpointAnalytics.p90_prepare_duration"),
            p95_duration=None
            if (value := fields.get("p95_duration")) is None
            else wire.number(value, "ServerlessEndpointAnalytics.p95_duration"),
            p95_prepare_duration=None
            if (value := fields.get("p95_prepare_duration")) is None
            else wire.number(value, "ServerlessEndpointAnalytics.p95_prepare_duration"),
            p99_duration=None
            if (value := fields.get("p99_duration")) is None
            else wire.number(value, "ServerlessEndpointAnalytics.p99_duration"),
            p99_prepare_duration=None
            if (value := fields.get("p99_prepare_duration")) is None
            else wire.number(value, "ServerlessEndpointAnalytics.p99_prepare_duration"),
            request_count=None
            if (value := fields.get("request_count")) is None
            else wire.integer(value, "ServerlessEndpointAnalytics.request_count"),
            runtime_error_count=None
            if (value := fields.get("runtime_error_count")) is None
            else wire.integer(value, "ServerlessEndpointAnalytics.runtime_error_count"),
            startup_error_count=None
            if (value := fields.get("startup_error_count")) is None
            else wire.integer(value, "ServerlessEndpointAnalytics.startup_error_count"),
            success_count=None
            if (value := fields.get("success_count")) is None
            else wire.integer(value, "ServerlessEndpointAnalytics.success_count"),
            timeout_error_count=None
            if (value := fields.get("timeout_error_count")) is None
            else wire.integer(value, "ServerlessEndpointAnalytics.timeout_error_count"),
            total_billable_duration=None
            if (value := fields.get("total_billable_duration")) is None
            else wire.number(value, "ServerlessEndpointAnalytics.total_billable_duration"),
            user_error_count=None
            if (value := fields.get("user_error_count")) is None
            else wire.integer(value, "ServerlessEndpointAnalytics.user_error_count"),
            additional_properties={key: item for key, item in fields.items() if key not in _KNOWN},
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form. A member that is None is left out, unless it is required."""
        fields: dict[str, Any] = wire.plain(self.additional_properties, "ServerlessEndpointAnalytics")
        fields["endpoint_id"] = self.endpoint_id
        if self.cold_boot_count is not None:
            fields["cold_boot_count"] = self.cold_boot_count
        if self.connection_error_count is not None:
            fields["connection_error_count"] = self.connection_error_count
        if self.error_count is not None:
            fields["error_count"] = self.error_count
        if self.p25_duration is not None:
            fields["p25_duration"] = self.p25_duration
        if self.p50_cold_boot_duration is not None:
            fields["p50_cold_boot_duration"] = self.p50_cold_boot_duration
        if self.p50_duration is not None:
            fields["p50_duration"] = self.p50_duration
        if self.p50_prepare_duration is not None:
            fields["p50_prepare_duration"] = self.p50_prepare_duration
        if self.p75_cold_boot_duration is not None:
            fields["p75_cold_boot_duration"] = self.p75_cold_boot_duration
        if self.p75_duration is not None:
            fields["p75_duration"] = self.p75_duration
        if self.p75_prepare_duration is not None:
            fields["p75_prepare_duration"] = self.p75_prepare_duration
        if self.p90_cold_boot_duration is not None:
            fields["p90_cold_boot_duration"] = self.p90_cold_boot_duration
        if self.p90_duration is not None:
            fields["p90_duration"] = self.p90_duration
        if self.p90_prepare_duration is not None:
            fields["p90_prepare_duration"] = self.p90_prepare_duration
        if self.p95_duration is not None:
            fields["p95_duration"] = self.p95_duration
        if self.p95_prepare_duration is not None:
            fields["p95_prepare_duration"] = self.p95_prepare_duration
        if self.p99_duration is not None:
            fields["p99_duration"] = self.p99_duration
        if self.p99_prepare_duration is not None:
            fields["p99_prepare_duration"] = self.p99_prepare_duration
        if self.request_count is not None:
            fields["request_count"] = self.request_count
        if self.runtime_error_count is not None:
            fields["runtime_error_count"] = self.runtime_error_count
        if self.startup_error_count is not None:
            fields["startup_error_count"] = self.startup_error_count
        if self.success_count is not None:
            fields["success_count"] = self.success_count
        if self.timeout_error_count is not None:
            fields["timeout_error_count"] = self.timeout_error_count
        if self.total_billable_duration is not None:
            fields["total_billable_duration"] = self.total_billable_duration
        if self.user_error_count is not None:
            fields["user_error_count"] = self.user_error_count
        return fields


_KNOWN: frozenset[str] = frozenset(
    (
        "cold_boot_count",
        "connection_error_count",
        "endpoint_id",
        "error_count",
        "p25_duration",
        "p50_cold_boot_duration",
        "p50_duration",
        "p50_prepare_duration",
        "p75_cold_boot_duration",
        "p75_duration",
        "p75_prepare_duration",
        "p90_cold_boot_duration",
        "p90_duration",
        "p90_prepare_duration",
        "p95_duration",
        "p95_prepare_duration",
        "p99_duration",
        "p99_prepare_duration",
        "request_count",
        "runtime_error_count",
        "startup_error_count",
        "success_count",
        "timeout_error_count",
        "total_billable_duration",
        "user_error_count",
    )
)
