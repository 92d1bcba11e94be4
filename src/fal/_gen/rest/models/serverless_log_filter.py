# Generated from spec/; do not edit. Regenerate with: just generate
"""A condition on one label of a line."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Self

from fal._gen.rest import wire


@dataclass(frozen=True, kw_only=True)
class ServerlessLogFilter:
    """A condition on one label of a line."""

    key: str
    """Both halves, as clients take them."""
    value: list[str] | str
    """The text, or texts, to compare with."""
    condition_type: ServerlessLogCondition | None = None
    """How the labels of a line are compared."""
    additional_properties: dict[str, Any] = field(default_factory=dict)
    """Members that this version does not know."""

    @classmethod
    def from_dict(cls, data: Any) -> Self:
        """Read the JSON form.

        Raises:
            ValueError: A member is missing, or is not what it should be.
        """
        fields = wire.members(data, "ServerlessLogFilter")
        return cls(
            key=wire.text(fields.get("key", wire.MISSING), "ServerlessLogFilter.key"),
            value=wire.union(
                fields.get("value", wire.MISSING),
                "ServerlessLogFilter.value",
                lambda item: [
                    wire.text(item, "ServerlessLogFilter.value")
                    for item in wire.array(item, "ServerlessLogFilter.value")
                ],
                lambda item: wire.text(item, "ServerlessLogFilter.value"),
            ),
            condition_type=None
            if (value := fields.get("condition_type")) is None
            else ServerlessLogCondition(wire.text(value, "ServerlessLogFilter.condition_type")),
            additional_properties={key: item for key, item in fields.items() if key not in _KNOWN},
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form. A member that is None is left out, unless it is required."""
        fields: dict[str, Any] = wire.plain(self.additional_properties, "ServerlessLogFilter")
        fields["key"] = self.key
        fields["value"] = wire.plain(self.value, "ServerlessLogFilter.value")
        if self.condition_type is not None:
            fields["condition_type"] = wire.plain(self.condition_type, "ServerlessLogFilter.condition_type")
        return fields


_KNOWN: frozenset[str] = frozenset(
    (
        "condition_type",
        "key",
        "value",
    )
)

# Last, since models may refer to each other in a circle.
from fal._gen.rest.models.serverless_log_condition import ServerlessLogCondition  # noqa: E402
