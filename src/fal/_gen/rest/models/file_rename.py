# Generated from spec/; do not edit. Regenerate with: just generate
"""What becomes of a file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Self

from fal._gen.rest import wire


@dataclass(frozen=True, kw_only=True)
class FileRename:
    """What becomes of a file."""

    destination: str
    """The other path, absolute."""
    additional_properties: dict[str, Any] = field(default_factory=dict)
    """Members that this version does not know."""

    @classmethod
    def from_dict(cls, data: Any) -> Self:
        """Read the JSON form.

        Raises:
            ValueError: A member is missing, or is not what it should be.
        """
        fields = wire.members(data, "FileRename")
        return cls(
            destination=wire.text(fields.get("destination", wire.MISSING), "FileRename.destination"),
            additional_properties={key: item for key, item in fields.items() if key not in _KNOWN},
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form. A member that is None is left out, unless it is required."""
        fields: dict[str, Any] = wire.plain(self.additional_properties, "FileRename")
        fields["destination"] = self.destination
        return fields


_KNOWN: frozenset[str] = frozenset(("destination",))
