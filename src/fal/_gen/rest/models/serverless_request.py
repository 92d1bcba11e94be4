# Generated from spec/; do not edit. Regenerate with: just generate
"""One request."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from fal._gen.rest import wire


@dataclass(frozen=True, kw_only=True)
class ServerlessRequest:
    """One request."""

    endpoint_id: str
    request_id: str
    runner_id: str | None
    sent_at: datetime
    started_at: datetime
    billable_units: float | None = None
    """What is paid for, in the units of the endpoint."""
    duration: float | None = None
    """In seconds."""
    ended_at: datetime | None = None
    json_input: Any = None
    json_output: Any = None
    status_code: int | None = None
    additional_properties: dict[str, Any] = field(default_factory=dict)
    """Members that this version does not know."""

    @classmethod
    def from_dict(cls, data: Any) -> Self:
        """Read the JSON form.

        Raises:
            ValueError: A member is missing, or is not what it should be.
        """
        fields = wire.members(data, "ServerlessRequest")
        return cls(
            endpoint_id=wire.text(fields.get("endpoint_id", wire.MISSING), "ServerlessRequest.endpoint_id"),
            request_id=wire.text(fields.get("request_id", wire.MISSING), "ServerlessRequest.request_id"),
            runner_id=None
            if (value := fields.get("runner_id")) is None
            else wire.text(value, "ServerlessRequest.runner_id"),
            sent_at=wire.time(fields.get("sent_at", wire.MISSING), "ServerlessRequest.sent_at"),
            started_at=wire.time(fields.get("started_at", wire.MISSING), "ServerlessRequest.started_at"),
            billable_units=None
            if (value := fields.get("billable_units")) is None
            else wire.number(value, "ServerlessRequest.billable_units"),
            duration=None
            if (value := fields.get("duration")) is None
            else wire.number(value, "ServerlessRequest.duration"),
            ended_at=None
            if (value := fields.get("ended_at")) is None
            else wire.time(value, "ServerlessRequest.ended_at"),
            json_input=fields.get("json_input"),
            json_output=fields.get("json_output"),
            status_code=None
            if (value := fields.get("status_code")) is None
            else wire.integer(value, "ServerlessRequest.status_code"),
            additional_properties={key: item for key, item in fields.items() if key not in _KNOWN},
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form. A member that is None is left out, unless it is required."""
        fields: dict[str, Any] = wire.plain(self.additional_properties, "ServerlessRequest")
        fields["endpoint_id"] = self.endpoint_id
        fields["request_id"] = self.request_id
        fields["runner_id"] = wire.plain(self.runner_id, "ServerlessRequest.runner_id")
        fields["sent_at"] = wire.plain(self.sent_at, "ServerlessRequest.sent_at")
        fields["started_at"] = wire.plain(self.started_at, "ServerlessRequest.started_at")
        if self.billable_units is not None:
            fields["billable_units"] = wire.plain(self.billable_units, "ServerlessRequest.billable_units")
        if self.duration is not None:
            fields["duration"] = wire.plain(self.duration, "ServerlessRequest.duration")
        if self.ended_at is not None:
            fields["ended_at"] = wire.plain(self.ended_at, "ServerlessRequest.ended_at")
        if self.json_input is not None:
            fields["json_input"] = wire.plain(self.json_input, "ServerlessRequest.json_input")
        if self.json_output is not None:
            fields["json_output"] = wire.plain(self.json_output, "ServerlessRequest.json_output")
        if self.status_code is not None:
            fields["status_code"] = wire.plain(self.status_code, "ServerlessRequest.status_code")
        return fields


_KNOWN: frozenset[str] = frozenset(
    (
        "billable_units",
        "duration",
        "ended_at",
        "endpoint_id",
        "json_input",
        "json_output",
        "request_id",
        "runner_id",
        "sent_at",
        "started_at",
        "status_code",
    )
)
