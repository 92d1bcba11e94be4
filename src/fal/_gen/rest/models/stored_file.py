# Generated from spec/; do not edit. Regenerate with: just generate
"""A file that is stored."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Self

from fal._gen.rest import wire


@dataclass(frozen=True, kw_only=True)
class StoredFile:
    """A file that is stored."""

    etag: str | None = None
    """What the store calls the file."""
    additional_properties: dict[str, Any] = field(default_factory=dict)
    """Members that this version does not know."""

    @classmethod
    def from_dict(cls, data: Any) -> Self:
        """Read the JSON form.

        Raises:
            ValueError: A member is missing, or is not what it should be.
        """
        fields = wire.members(data, "StoredFile")
        return cls(
            etag=None if (value := fields.get("etag")) is None else wire.text(value, "StoredFile.etag"),
            additional_properties={key: item for key, item in fields.items() if key not in _KNOWN},
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form. A member that is None is left out, unless it is required."""
        fields: dict[str, Any] = wire.plain(self.additional_properties, "StoredFile")
        if self.etag is not None:
            fields["etag"] = self.etag
        return fields


_KNOWN: frozenset[str] = frozenset(("etag",))
