# Generated from spec/; do not edit. Regenerate with: just generate
"""The two addresses of a file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Self

from fal._gen.rest import wire


@dataclass(frozen=True, kw_only=True)
class PresignedUpload:
    """The two addresses of a file."""

    file_url: str
    """Where the file can be read."""
    upload_url: str = field(repr=False)
    """Where the file is put. Whoever knows it may write the file; it is left out of repr()."""
    additional_properties: dict[str, Any] = field(default_factory=dict)
    """Members that this version does not know."""

    @classmethod
    def from_dict(cls, data: Any) -> Self:
        """Read the JSON form.

        Raises:
            ValueError: A member is missing, or is not what it should be.
        """
        fields = wire.members(data, "PresignedUpload")
        return cls(
            file_url=wire.text(fields.get("file_url", wire.MISSING), "PresignedUpload.file_url"),
            upload_url=wire.text(fields.get("upload_url", wire.MISSING), "PresignedUpload.upload_url"),
            additional_properties={key: item for key, item in fields.items() if key not in _KNOWN},
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form. A member that is None is left out, unless it is required."""
        fields: dict[str, Any] = wire.plain(self.additional_properties, "PresignedUpload")
        fields["file_url"] = self.file_url
        fields["upload_url"] = self.upload_url
        return fields


_KNOWN: frozenset[str] = frozenset(
    (
        "file_url",
        "upload_url",
    )
)
