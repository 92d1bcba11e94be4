# Generated from spec/; do not edit. Regenerate with: just generate
"""The apps."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Self

from fal._gen.rest import wire


@dataclass(frozen=True, kw_only=True)
class ServerlessAppsResponse:
    """The apps."""

    apps: list[ServerlessApp]
    additional_properties: dict[str, Any] = field(default_factory=dict)
    """Members that this version does not know."""

    @classmethod
    def from_dict(cls, data: Any) -> Self:
        """Read the JSON form.

        Raises:
            ValueError: A member is missing, or is not what it should be.
        """
        fields = wire.members(data, "ServerlessAppsResponse")
        return cls(
            apps=[
                ServerlessApp.from_dict(item)
                for item in wire.array(fields.get("apps", wire.MISSING), "ServerlessAppsResponse.apps")
            ],
            additional_properties={key: item for key, item in fields.items() if key not in _KNOWN},
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form. A member that is None is left out, unless it is required."""
        fields: dict[str, Any] = wire.plain(self.additional_properties, "ServerlessAppsResponse")
        fields["apps"] = wire.plain(self.apps, "ServerlessAppsResponse.apps")
        return fields


_KNOWN: frozenset[str] = frozenset(("apps",))

# Last, since models may refer to each other in a circle.
from fal._gen.rest.models.serverless_app import ServerlessApp  # noqa: E402
