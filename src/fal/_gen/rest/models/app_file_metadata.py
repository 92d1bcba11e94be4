# Generated from spec/; do not edit. Regenerate with: just generate
"""What is known about an app file. Every value is text."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Self

from fal._gen.rest import wire


@dataclass(frozen=True, kw_only=True)
class AppFileMetadata:
    """What is known about an app file. Every value is text."""

    hash: str
    """Hash of the file, as hexadecimal digits."""
    mode: str
    """File mode (st_mode), as decimal digits."""
    mtime: str
    """Time of the last change, in seconds since 1970."""
    size: str
    """Bytes, as decimal digits."""
    additional_properties: dict[str, Any] = field(default_factory=dict)
    """Members that this version does not know."""

    @classmethod
    def from_dict(cls, data: Any) -> Self:
        """Read the JSON form.

        Raises:
            ValueError: A member is missing, or is not what it should be.
        """
        fields = wire.members(data, "AppFileMetadata")
        return cls(
            hash=wire.text(fields.get("hash", wire.MISSING), "AppFileMetadata.hash"),
            mode=wire.text(fields.get("mode", wire.MISSING), "AppFileMetadata.mode"),
            mtime=wire.text(fields.get("mtime", wire.MISSING), "AppFileMetadata.mtime"),
            size=wire.text(fields.get("size", wire.MISSING), "AppFileMetadata.size"),
            additional_properties={key: item for key, item in fields.items() if key not in _KNOWN},
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form. A member that is None is left out, unless it is required."""
        fields: dict[str, Any] = wire.plain(self.additional_properties, "AppFileMetadata")
        fields["hash"] = self.hash
        fields["mode"] = self.mode
        fields["mtime"] = self.mtime
        fields["size"] = self.size
        return fields


_KNOWN: frozenset[str] = frozenset(
    (
        "hash",
        "mode",
        "mtime",
        "size",
    )
)
