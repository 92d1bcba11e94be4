# Generated from spec/; do not edit: correct the specification, the overlay or the template, then run `just generate`.
"""One request."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from fal._gen.rest import wire


@dataclass(frozen=True, kw_only=True)
class ServerlessRequest:
    """One request."""

    endpoint_id: str
    request_id: UUID
    runner_id: UUID | None
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
        found = wire.members(data, "ServerlessRequest")
        return cls(
            endpoint_id=wire.text(found.get("endpoint_id", wire.MISSING), "ServerlessRequest.endpoint_id"),
            request_id=wire.uuid(found.get("request_id", wire.MISSING), "ServerlessRequest.request_id"),
            runner_id=None
            if (value := found.get("runner_id")) is None
            else wire.uuid(value, "ServerlessRequest.runner_id"),
            sent_at=wire.time(found.get("sent_at", wire.MISSING), "ServerlessRequest.sent_at"),
            started_at=wire.time(found.get("started_at", wire.MISSING), "ServerlessRequest.started_at"),
            billable_units=None
            if (value := found.get("billable_units")) is None
            else wire.number(value, "ServerlessRequest.billable_units"),
            duration=None
            if (value := found.get("duration")) is None
            else wire.number(value, "ServerlessRequest.duration"),
            ended_at=None
            if (value := found.get("ended_at")) is None
            else wire.time(value, "ServerlessRequest.ended_at"),
            json_input=found.get("json_input"),
            json_output=found.get("json_output"),
            status_code=None
            if (value := found.get("status_code")) is None
            else wire.integer(value, "ServerlessRequest.status_code"),
            additional_properties={key: item for key, item in found.items() if key not in _KNOWN},
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form. A member that is None is left out, unless it is required."""
        found: dict[str, Any] = wire.plain(self.additional_properties, "ServerlessRequest")
        found["endpoint_id"] = self.endpoint_id
        found["request_id"] = wire.plain(self.request_id, "ServerlessRequest.request_id")
        found["runner_id"] = wire.plain(self.runner_id, "ServerlessRequest.runner_id")
        found["sent_at"] = wire.plain(self.sent_at, "ServerlessRequest.sent_at")
        found["started_at"] = wire.plain(self.started_at, "ServerlessRequest.started_at")
        if self.billable_units is not None:
            found["billable_units"] = wire.plain(self.billable_units, "ServerlessRequest.billable_units")
        if self.duration is not None:
            found["duration"] = wire.plain(self.duration, "ServerlessRequest.duration")
        if self.ended_at is not None:
            found["ended_at"] = wire.plain(self.ended_at, "ServerlessRequest.ended_at")
        if self.json_input is not None:
            found["json_input"] = wire.plain(self.json_input, "ServerlessRequest.json_input")
        if self.json_output is not None:
            found["json_output"] = wire.plain(self.json_output, "ServerlessRequest.json_output")
        if self.status_code is not None:
            found["status_code"] = wire.plain(self.status_code, "ServerlessRequest.status_code")
        return found


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
