# Generated from spec/; do not edit. Regenerate with: just generate
"""The file that is to be stored."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Self

from fal._gen.rest import wire


@dataclass(frozen=True, kw_only=True)
class UploadRequest:
    """The file that is to be stored."""

    content_type: str
    """Media type of the file."""
    file_name: str
    """Name of the file; the end of its address."""
    additional_properties: dict[str, Any] = field(default_factory=dict)
    """Members that this version does not know."""

    @classmethod
    def from_dict(cls, data: Any) -> Self:
        """Read the JSON form.

        Raises:
            ValueError: A member is missing, or is not what it should be.
        """
        fields = wire.members(data, "UploadRequest")
        return cls(
            content_type=wire.text(fields.get("content_type", wire.MISSING), "UploadRequest.content_type"),
            file_name=wire.text(fields.get("file_name", wire.MISSING), "UploadRequest.file_name"),
            additional_properties={key: item for key, item in fields.items() if key not in _KNOWN},
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form. A member that is None is left out, unless it is required."""
        fields: dict[str, Any] = wire.plain(self.additional_properties, "UploadRequest")
        fields["content_type"] = self.content_type
        fields["file_name"] = self.file_name
        return fields


_KNOWN: frozenset[str] = frozenset(
    (
        "content_type",
        "file_name",
    )
)
