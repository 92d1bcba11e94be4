# Generated from spec/; do not edit. Regenerate with: just generate
"""One page of revisions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Self

from fal._gen.rest import wire


@dataclass(frozen=True, kw_only=True)
class ServerlessAppRevisionsResponse:
    """One page of revisions."""

    endpoint_id: str
    has_more: bool
    """Whether there is a next page."""
    next_cursor: str | None
    """Asks for the next page as `cursor`; null on the last."""
    revisions: list[ServerlessAppRevision]
    additional_properties: dict[str, Any] = field(default_factory=dict)
    """Members that this version does not know."""

    @classmethod
    def from_dict(cls, data: Any) -> Self:
        """Read the JSON form.

        Raises:
            ValueError: A member is missing, or is not what it should be.
        """
        fields = wire.members(data, "ServerlessAppRevisionsResponse")
        return cls(
            endpoint_id=wire.text(
                fields.get("endpoint_id", wire.MISSING), "ServerlessAppRevisionsResponse.endpoint_id"
            ),
            has_more=wire.boolean(fields.get("has_more", wire.MISSING), "ServerlessAppRevisionsResponse.has_more"),
            next_cursor=None
            if (value := fields.get("next_cursor")) is None
            else wire.text(value, "ServerlessAppRevisionsResponse.next_cursor"),
            revisions=[
                ServerlessAppRevision.from_dict(item)
                for item in wire.array(
                    fields.get("revisions", wire.MISSING), "ServerlessAppRevisionsResponse.revisions"
                )
            ],
            additional_properties={key: item for key, item in fields.items() if key not in _KNOWN},
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form. A member that is None is left out, unless it is required."""
        fields: dict[str, Any] = wire.plain(self.additional_properties, "ServerlessAppRevisionsResponse")
        fields["endpoint_id"] = self.endpoint_id
        fields["has_more"] = self.has_more
        fields["next_cursor"] = wire.plain(self.next_cursor, "ServerlessAppRevisionsResponse.next_cursor")
        fields["revisions"] = wire.plain(self.revisions, "ServerlessAppRevisionsResponse.revisions")
        return fields


_KNOWN: frozenset[str] = frozenset(
    (
        "endpoint_id",
        "has_more",
        "next_cursor",
        "revisions",
    )
)

# Last, since models may refer to each other in a circle.
from fal._gen.rest.models.serverless_app_revision import ServerlessAppRevision  # noqa: E402
