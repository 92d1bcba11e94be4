# Generated from spec/; do not edit. Regenerate with: just generate
"""One log line."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Self

from fal._gen.rest import wire


@dataclass(frozen=True, kw_only=True)
class ServerlessLogLine:
    """One log line."""

    app: str
    level: str
    message: str
    revision: str
    timestamp: str
    labels: dict[str, str] | None = None
    """The labels of the line."""
    additional_properties: dict[str, Any] = field(default_factory=dict)
    """Members that this version does not know."""

    @classmethod
    def from_dict(cls, data: Any) -> Self:
        """Read the JSON form.

        Raises:
            ValueError: A member is missing, or is not what it should be.
        """
        fields = wire.members(data, "ServerlessLogLine")
        return cls(
            app=wire.text(fields.get("app", wire.MISSING), "ServerlessLogLine.app"),
            level=wire.text(fields.get("level", wire.MISSING), "ServerlessLogLine.level"),
            message=wire.text(fields.get("message", wire.MISSING), "ServerlessLogLine.message"),
            revision=wire.text(fields.get("revision", wire.MISSING), "ServerlessLogLine.revision"),
            timestamp=wire.text(fields.get("timestamp", wire.MISSING), "ServerlessLogLine.timestamp"),
            labels=None
            if (value := fields.get("labels")) is None
            else {
                key: wire.text(item, "ServerlessLogLine.labels")
                for key, item in wire.members(value, "ServerlessLogLine.labels").items()
            },
            additional_properties={key: item for key, item in fields.items() if key not in _KNOWN},
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form. A member that is None is left out, unless it is required."""
        fields: dict[str, Any] = wire.plain(self.additional_properties, "ServerlessLogLine")
        fields["app"] = self.app
        fields["level"] = self.level
        fields["message"] = self.message
        fields["revision"] = self.revision
        fields["timestamp"] = self.timestamp
        if self.labels is not None:
            fields["labels"] = wire.plain(self.labels, "ServerlessLogLine.labels")
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
