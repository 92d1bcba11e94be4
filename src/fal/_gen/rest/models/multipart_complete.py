# Generated from spec/; do not edit. Regenerate with: just generate
"""What a file consists of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Self

from fal._gen.rest import wire


@dataclass(frozen=True, kw_only=True)
class MultipartComplete:
    """What a file consists of."""

    parts: list[MultipartPart]
    """Every part, as its upload returned it."""
    additional_properties: dict[str, Any] = field(default_factory=dict)
    """Members that this version does not know."""

    @classmethod
    def from_dict(cls, data: Any) -> Self:
        """Read the JSON form.

        Raises:
            ValueError: A member is missing, or is not what it should be.
        """
        fields = wire.members(data, "MultipartComplete")
        return cls(
            parts=[
                MultipartPart.from_dict(item)
                for item in wire.array(fields.get("parts", wire.MISSING), "MultipartComplete.parts")
            ],
            additional_properties={key: item for key, item in fields.items() if key not in _KNOWN},
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form. A member that is None is left out, unless it is required."""
        fields: dict[str, Any] = wire.plain(self.additional_properties, "MultipartComplete")
        fields["parts"] = wire.plain(self.parts, "MultipartComplete.parts")
        return fields


_KNOWN: frozenset[str] = frozenset(("parts",))

# Last, since models may refer to each other in a circle.
from fal._gen.rest.models.multipart_part import MultipartPart  # noqa: E402
