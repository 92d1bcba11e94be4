# Generated from spec/; do not edit. Regenerate with: just generate
"""One line of a log."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from fal._gen.rest import wire


@dataclass(frozen=True, kw_only=True)
class LogEntry:
    """One line of a log."""

    app: str
    """The application."""
    level: str
    """How it was written, as in INFO, ERROR, STDOUT, STDERR."""
    message: str
    """The text."""
    timestamp: datetime
    """When it was written."""
    labels: dict[str, str] = field(default_factory=dict)
    """What else is known about the line."""
    revision: str | None = None
    """The revision of the application."""
    additional_properties: dict[str, Any] = field(default_factory=dict)
    """Members that this version does not know."""

    @classmethod
    def from_dict(cls, data: Any) -> Self:
        """Read the JSON form.

        Raises:
            ValueError: A member is missing, or is not what it should be.
        """
        fields = wire.members(data, "LogEntry")
        return cls(
            app=wire.text(fields.get("app", wire.MISSING), "LogEntry.app"),
            level=wire.text(fields.get("level", wire.MISSING), "LogEntry.level"),
            message=wire.text(fields.get("message", wire.MISSING), "LogEntry.message"),
            timestamp=wire.time(fields.get("timestamp", wire.MISSING), "LogEntry.timestamp"),
            labels={}
            if (value := fields.get("labels")) is None
            else {
                key: wire.text(item, "LogEntry.labels") for key, item in wire.members(value, "LogEntry.labels").items()
            },
            revision=None if (value := fields.get("revision")) is None else wire.text(value, "LogEntry.revision"),
            additional_properties={key: item for key, item in fields.items() if key not in _KNOWN},
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form. A member that is None is left out, unless it is required."""
        fields: dict[str, Any] = wire.plain(self.additional_properties, "LogEntry")
        fields["app"] = self.app
        fields["level"] = self.level
        fields["message"] = self.message
        fields["timestamp"] = wire.plain(self.timestamp, "LogEntry.timestamp")
        fields["labels"] = wire.plain(self.labels, "LogEntry.labels")
        if self.revision is not None:
            fields["revision"] = self.revision
        return fields


_KNOWN: frozenset[str] = frozenset(
    (
        "app",
        "labels",
        "level",
        "message",
        "revision",
        "timestamp",
    )
)
