# Generated from spec/; do not edit. Regenerate with: just generate
"""The queue of an app."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Self

from fal._gen.rest import wire


@dataclass(frozen=True, kw_only=True)
class ServerlessAppQueue:
    """The queue of an app."""

    queue_size: int
    """Requests that wait."""
    additional_properties: dict[str, Any] = field(default_factory=dict)
    """Members that this version does not know."""

    @classmethod
    def from_dict(cls, data: Any) -> Self:
        """Read the JSON form.

        Raises:
            ValueError: A member is missing, or is not what it should be.
        """
        fields = wire.members(data, "ServerlessAppQueue")
        return cls(
            queue_size=wire.integer(fields.get("queue_size", wire.MISSING), "ServerlessAppQueue.queue_size"),
            additional_properties={key: item for key, item in fields.items() if key not in _KNOWN},
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form. A member that is None is left out, unless it is required."""
        fields: dict[str, Any] = wire.plain(self.additional_properties, "ServerlessAppQueue")
        fields["queue_size"] = self.queue_size
        return fields


_KNOWN: frozenset[str] = frozenset(("queue_size",))
