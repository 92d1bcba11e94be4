# Generated from spec/; do not edit. Regenerate with: just generate
"""A part that is stored."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Self

from fal._gen.rest import wire


@dataclass(frozen=True, kw_only=True)
class MultipartPart:
    """A part that is stored."""

    etag: str
    """What the store calls the part."""
    part_number: int
    """Number of the part; the first is 1."""
    additional_properties: dict[str, Any] = field(default_factory=dict)
    """Members that this version does not know."""

    @classmethod
    def from_dict(cls, data: Any) -> Self:
        """Read the JSON form.

        Raises:
            ValueError: A member is missing, or is not what it should be.
        """
        fields = wire.members(data, "MultipartPart")
        return cls(
            etag=wire.text(fields.get("etag", wire.MISSING), "MultipartPart.etag"),
            part_number=wire.integer(fields.get("part_number", wire.MISSING), "MultipartPart.part_number"),
            additional_properties={key: item for key, item in fields.items() if key not in _KNOWN},
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form. A member that is None is left out, unless it is required."""
        fields: dict[str, Any] = wire.plain(self.additional_properties, "MultipartPart")
        fields["etag"] = self.etag
        fields["part_number"] = self.part_number
        return fields


_KNOWN: frozenset[str] = frozenset(
    (
        "etag",
        "part_number",
    )
)
