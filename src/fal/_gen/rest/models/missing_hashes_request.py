# Generated from spec/; do not edit. Regenerate with: just generate
"""The app files that are to be stored."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Self

from fal._gen.rest import wire


@dataclass(frozen=True, kw_only=True)
class MissingHashesRequest:
    """The app files that are to be stored."""

    hashes: list[str]
    """Hashes of the files, each once."""
    additional_properties: dict[str, Any] = field(default_factory=dict)
    """Members that this version does not know."""

    @classmethod
    def from_dict(cls, data: Any) -> Self:
        """Read the JSON form.

        Raises:
            ValueError: A member is missing, or is not what it should be.
        """
        fields = wire.members(data, "MissingHashesRequest")
        return cls(
            hashes=[
                wire.text(item, "MissingHashesRequest.hashes")
                for item in wire.array(fields.get("hashes", wire.MISSING), "MissingHashesRequest.hashes")
            ],
            additional_properties={key: item for key, item in fields.items() if key not in _KNOWN},
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form. A member that is None is left out, unless it is required."""
        fields: dict[str, Any] = wire.plain(self.additional_properties, "MissingHashesRequest")
        fields["hashes"] = wire.plain(self.hashes, "MissingHashesRequest.hashes")
        return fields


_KNOWN: frozenset[str] = frozenset(("hashes",))
