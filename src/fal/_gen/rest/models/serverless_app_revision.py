# Generated from spec/; do not edit. Regenerate with: just generate
"""One revision of an app."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from fal._gen.rest import wire


@dataclass(frozen=True, kw_only=True)
class ServerlessAppRevision:
    """One revision of an app."""

    annotations: dict[str, str] | None
    created_at: datetime
    deployed_by: str | None
    is_current: bool
    """Whether it is the one that serves."""
    message: str | None
    revision_id: str
    status: ServerlessAppRevisionStatus | None
    additional_properties: dict[str, Any] = field(default_factory=dict)
    """Members that this version does not know."""

    @classmethod
    def from_dict(cls, data: Any) -> Self:
        """Read the JSON form.

        Raises:
            ValueError: A member is missing, or is not what it should be.
        """
        fields = wire.members(data, "ServerlessAppRevision")
        return cls(
            annotations=None
            if (value := fields.get("annotations")) is None
            else {
                key: wire.text(item, "ServerlessAppRevision.annotations")
                for key, item in wire.members(value, "ServerlessAppRevision.annotations").items()
            },
            created_at=wire.time(fields.get("created_at", wire.MISSING), "ServerlessAppRevision.created_at"),
            deployed_by=None
            if (value := fields.get("deployed_by")) is None
            else wire.text(value, "ServerlessAppRevision.deployed_by"),
            is_current=wire.boolean(fields.get("is_current", wire.MISSING), "ServerlessAppRevision.is_current"),
            message=None
            if (value := fields.get("message")) is None
            else wire.text(value, "ServerlessAppRevision.message"),
            revision_id=wire.text(fields.get("revision_id", wire.MISSING), "ServerlessAppRevision.revision_id"),
            status=None
            if (value := fields.get("status")) is None
            else ServerlessAppRevisionStatus(wire.text(value, "ServerlessAppRevision.status")),
            additional_properties={key: item for key, item in fields.items() if key not in _KNOWN},
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form. A member that is None is left out, unless it is required."""
        fields: dict[str, Any] = wire.plain(self.additional_properties, "ServerlessAppRevision")
        fields["annotations"] = wire.plain(self.annotations, "ServerlessAppRevision.annotations")
        fields["created_at"] = wire.plain(self.created_at, "ServerlessAppRevision.created_at")
        fields["deployed_by"] = wire.plain(self.deployed_by, "ServerlessAppRevision.deployed_by")
        fields["is_current"] = self.is_current
        fields["message"] = wire.plain(self.message, "ServerlessAppRevision.message")
        fields["revision_id"] = self.revision_id
        fields["status"] = wire.plain(self.status, "ServerlessAppRevision.status")
        return fields


_KNOWN: frozenset[str] = frozenset(
    (
        "annotations",
        "created_at",
        "deployed_by",
        "is_current",
        "message",
        "revision_id",
        "status",
    )
)

# Last, since models may refer to each other in a circle.
from fal._gen.rest.models.serverless_app_revision_status import ServerlessAppRevisionStatus  # noqa: E402
