# Generated from spec/; do not edit. Regenerate with: just generate
"""A condition on one label of a log line."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Self

from fal._gen.rest import wire


@dataclass(frozen=True, kw_only=True)
class LabelFilter:
    """A condition on one label of a log line."""

    key: str
    """Name of the label."""
    value: list[str] | str
    """Its value, or several of which one must be there."""
    condition_type: LabelConditionType | None = None
    """How a label is compared."""
    additional_properties: dict[str, Any] = field(default_factory=dict)
    """Members that this version does not know."""

    @classmethod
    def from_dict(cls, data: Any) -> Self:
        """Read the JSON form.

        Raises:
            ValueError: A member is missing, or is not what it should be.
        """
        fields = wire.members(data, "LabelFilter")
        return cls(
            key=wire.text(fields.get("key", wire.MISSING), "LabelFilter.key"),
            value=wire.union(
                fields.get("value", wire.MISSING),
                "LabelFilter.value",
                lambda item: [wire.text(item, "LabelFilter.value") for item in wire.array(item, "LabelFilter.value")],
                lambda item: wire.text(item, "LabelFilter.value"),
            ),
            condition_type=None
            if (value := fields.get("condition_type")) is None
            else LabelConditionType(wire.text(value, "LabelFilter.condition_type")),
            additional_properties={key: item for key, item in fields.items() if key not in _KNOWN},
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form. A member that is None is left out, unless it is required."""
        fields: dict[str, Any] = wire.plain(self.additional_properties, "LabelFilter")
        fields["key"] = self.key
        fields["value"] = wire.plain(self.value, "LabelFilter.value")
        if self.condition_type is not None:
            fields["condition_type"] = wire.plain(self.condition_type, "LabelFilter.condition_type")
        return fields


_KNOWN: frozenset[str] = frozenset(
    (
        "condition_type",
        "key",
        "value",
    )
)

# Last, since models may refer to each other in a circle.
from fal._gen.rest.models.label_condition_type import LabelConditionType  # noqa: E402
