# Generated from spec/; do not edit. Regenerate with: just generate
"""A file or a folder."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from fal._gen.rest import wire


@dataclass(frozen=True, kw_only=True)
class ServerlessFile:
    """A file or a folder."""

    created_time: datetime
    is_file: bool
    name: str
    path: str
    size: float
    """In bytes."""
    updated_time: datetime
    checksum_md5: str | None = None
    """In hexadecimal digits."""
    checksum_sha256: str | None = None
    """In hexadecimal digits."""
    additional_properties: dict[str, Any] = field(default_factory=dict)
    """Members that this version does not know."""

    @classmethod
    def from_dict(cls, data: Any) -> Self:
        """Read the JSON form.

        Raises:
            ValueError: A member is missing, or is not what it should be.
        """
        fields = wire.members(data, "ServerlessFile")
        return cls(
            created_time=wire.time(fields.get("created_time", wire.MISSING), "ServerlessFile.created_time"),
            is_file=wire.boolean(fields.get("is_file", wire.MISSING), "ServerlessFile.is_file"),
            name=wire.text(fields.get("name", wire.MISSING), "ServerlessFile.name"),
            path=wire.text(fields.get("path", wire.MISSING), "ServerlessFile.path"),
            size=wire.number(fields.get("size", wire.MISSING), "ServerlessFile.size"),
            updated_time=wire.time(fields.get("updated_time", wire.MISSING), "ServerlessFile.updated_time"),
            checksum_md5=None
            if (value := fields.get("checksum_md5")) is None
            else wire.text(value, "ServerlessFile.checksum_md5"),
            checksum_sha256=None
            if (value := fields.get("checksum_sha256")) is None
            else wire.text(value, "ServerlessFile.checksum_sha256"),
            additional_properties={key: item for key, item in fields.items() if key not in _KNOWN},
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form. A member that is None is left out, unless it is required."""
        fields: dict[str, Any] = wire.plain(self.additional_properties, "ServerlessFile")
        fields["created_time"] = wire.plain(self.created_time, "ServerlessFile.created_time")
        fields["is_file"] = self.is_file
        fields["name"] = self.name
        fields["path"] = self.path
        fields["size"] = self.size
        fields["updated_time"] = wire.plain(self.updated_time, "ServerlessFile.updated_time")
        if self.checksum_md5 is not None:
            fields["checksum_md5"] = self.checksum_md5
        if self.checksum_sha256 is not None:
            fields["checksum_sha256"] = self.checksum_sha256
        return fields


_KNOWN: frozenset[str] = frozenset(
    (
        "checksum_md5",
        "checksum_sha256",
        "created_time",
        "is_file",
        "name",
        "path",
        "size",
        "updated_time",
    )
)
