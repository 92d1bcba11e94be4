# Generated from spec/; do not edit. Regenerate with: just generate
"""An upload that has begun."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Self

from fal._gen.rest import wire


@dataclass(frozen=True, kw_only=True)
class MultipartUpload:
    """An upload that has begun."""

    upload_id: str
    """Identifier of the upload."""
    additional_properties: dict[str, Any] = field(default_factory=dict)
    """Members that this version does not know."""

    @classmethod
    def from_dict(cls, data: Any) -> Self:
        """Read the JSON form.

        Raises:
            ValueError: A member is missing, or is not what it should be.
        """
        fields = wire.members(data, "MultipartUpload")
        return cls(
            upload_id=wire.text(fields.get("upload_id", wire.MISSING), "MultipartUpload.upload_id"),
            additional_properties={key: item for key, item in fields.items() if key not in _KNOWN},
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form. A member that is None is left out, unless it is required."""
        fields: dict[str, Any] = wire.plain(self.additional_properties, "MultipartUpload")
        fields["upload_id"] = self.upload_id
        return fields


_KNOWN: frozenset[str] = frozenset(("upload_id",))
