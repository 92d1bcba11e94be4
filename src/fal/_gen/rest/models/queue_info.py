# Generated from spec/; do not edit. Regenerate with: just generate
"""How many requests an application has."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Self

from fal._gen.rest import wire


@dataclass(frozen=True, kw_only=True)
class QueueInfo:
    """How many requests an application has."""

    by_user: dict[str, int] | None = None
    """Requests that wait, by caller; only when asked for."""
    in_progress: int | None = None
    """Requests that are being answered."""
    queue_size: int | None = None
    """Requests that wait."""
    size: int | None = None
    """Requests that wait, as some servers name it."""
    additional_properties: dict[str, Any] = field(default_factory=dict)
    """Members that this version does not know."""

    @classmethod
    def from_dict(cls, data: Any) -> Self:
        """Read the JSON form.

        Raises:
            ValueError: A member is missing, or is not what it should be.
        """
        fields = wire.members(data, "QueueInfo")
        return cls(
            by_user=None
            if (value := fields.get("by_user")) is None
            else {
                key: wire.integer(item, "QueueInfo.by_user")
                for key, item in wire.members(value, "QueueInfo.by_user").items()
            },
            in_progress=None
            if (value := fields.get("in_progress")) is None
            else wire.integer(value, "QueueInfo.in_progress"),
            queue_size=None
            if (value := fields.get("queue_size")) is None
            else wire.integer(value, "QueueInfo.queue_size"),
            size=None if (value := fields.get("size")) is None else wire.integer(value, "QueueInfo.size"),
            additional_properties={key: item for key, item in fields.items() if key not in _KNOWN},
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form. A member that is None is left out, unless it is required."""
        fields: dict[str, Any] = wire.plain(self.additional_properties, "QueueInfo")
        if self.by_user is not None:
            fields["by_user"] = wire.plain(self.by_user, "QueueInfo.by_user")
        if self.in_progress is not None:
            fields["in_progress"] = self.in_progress
        if self.queue_size is not None:
            fields["queue_size"] = self.queue_size
        if self.size is not None:
            fields["size"] = self.size
        return fields


_KNOWN: frozenset[str] = frozenset(
    (
        "by_user",
        "in_progress",
        "queue_size",
        "size",
    )
)
