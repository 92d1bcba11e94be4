# Generated from spec/; do not edit. Regenerate with: just generate
"""A file or a folder of the data volume."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Self

from fal._gen.rest import wire


@dataclass(frozen=True, kw_only=True)
class FileSpec:
    """A file or a folder of the data volume."""

    is_file: bool
    """Whether it is a file, not a folder."""
    path: str
    """Its absolute path."""
    size: int
    """In bytes."""
    checksum_md5: str | None = None
    """In hexadecimal digits."""
    checksum_sha256: str | None = None
    """In hexadecimal digits."""
    created_time: float | str | None = None
    """Seconds since 1970, or a time as in ISO 8601."""
    name: str | None = None
    """The last part of its path."""
    updated_time: float | str | None = None
    """Seconds since 1970, or a time as in ISO 8601."""
    additional_properties: dict[str, Any] = field(default_factory=dict)
    """Members that this version does not know."""

    @classmethod
    def from_dict(cls, data: Any) -> Self:
        """Read the JSON form.

        Raises:
            ValueError: A member is missing, or is not what it should be.
        """
        fields = wire.members(data, "FileSpec")
        return cls(
            is_file=wire.boolean(fields.get("is_file", wire.MISSING), "FileSpec.is_file"),
            path=wire.text(fields.get("path", wire.MISSING), "FileSpec.path"),
            size=wire.integer(fields.get("size", wire.MISSING), "FileSpec.size"),
            checksum_md5=None
            if (value := fields.get("checksum_md5")) is None
            else wire.text(value, "FileSpec.checksum_md5"),
            checksum_sha256=None
            if (value := fields.get("checksum_sha256")) is None
            else wire.text(value, "FileSpec.checksum_sha256"),
            created_time=None
            if (value := fields.get("created_time")) is None
            else wire.union(
                value,
                "FileSpec.created_time",
                lambda item: wire.number(item, "FileSpec.created_time"),
                lambda item: wire.text(item, "FileSpec.created_time"),
            ),
            name=None if (value := fields.get("name")) is None else wire.text(value, "FileSpec.name"),
            updated_time=None
            if (value := fields.get("updated_time")) is None
            else wire.union(
                value,
                "FileSpec.updated_time",
                lambda item: wire.number(item, "FileSpec.updated_time"),
                lambda item: wire.text(item, "FileSpec.updated_time"),
            ),
            additional_properties={key: item for key, item in fields.items() if key not in _KNOWN},
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form. A member that is None is left out, unless it is required."""
        fields: dict[str, Any] = wire.plain(self.additional_properties, "FileSpec")
        fields["is_file"] = self.is_file
        fields["path"] = self.path
        fields["size"] = self.size
        if self.checksum_md5 is not None:
            fields["checksum_md5"] = wire.plain(self.checksum_md5, "FileSpec.checksum_md5")
        if self.checksum_sha256 is not None:
            fields["checksum_sha256"] = wire.plain(self.checksum_sha256, "FileSpec.checksum_sha256")
        if self.created_time is not None:
            fields["created_time"] = wire.plain(self.created_time, "FileSpec.created_time")
        if self.name is not None:
            fields["name"] = self.name
        if self.updated_time is not None:
            fields["updated_time"] = wire.plain(self.updated_time, "FileSpec.updated_time")
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
