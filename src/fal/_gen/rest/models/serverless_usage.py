# Generated from spec/; do not edit. Regenerate with: just generate
"""What an app used and cost on one machine type."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Self

from fal._gen.rest import wire


@dataclass(frozen=True, kw_only=True)
class ServerlessUsage:
    """What an app used and cost on one machine type."""

    app: str | None
    cost: Decimal
    """Deprecated."""
    cost_discount: Decimal
    cost_subtotal: Decimal
    cost_total: Decimal
    currency: str
    """Three letters, as in ISO 4217."""
    environment: str | None
    is_surge: bool
    machine_type: str
    percent_discount: float | None
    """From 0 to 100."""
    quantity: float
    unit: str
    """What the quantity counts."""
    unit_price: Decimal
    additional_properties: dict[str, Any] = field(default_factory=dict)
    """Members that this version does not know."""

    @classmethod
    def from_dict(cls, data: Any) -> Self:
        """Read the JSON form.

        Raises:
            ValueError: A member is missing, or is not what it should be.
        """
        fields = wire.members(data, "ServerlessUsage")
        return cls(
            app=None if (value := fields.get("app")) is None else wire.text(value, "ServerlessUsage.app"),
            cost=wire.decimal(fields.get("cost", wire.MISSING), "ServerlessUsage.cost"),
            cost_discount=wire.decimal(fields.get("cost_discount", wire.MISSING), "ServerlessUsage.cost_discount"),
            cost_subtotal=wire.decimal(fields.get("cost_subtotal", wire.MISSING), "ServerlessUsage.cost_subtotal"),
            cost_total=wire.decimal(fields.get("cost_total", wire.MISSING), "ServerlessUsage.cost_total"),
            currency=wire.text(fields.get("currency", wire.MISSING), "ServerlessUsage.currency"),
            environment=None
            if (value := fields.get("environment")) is None
            else wire.text(value, "ServerlessUsage.environment"),
            is_surge=wire.boolean(fields.get("is_surge", wire.MISSING), "ServerlessUsage.is_surge"),
            machine_type=wire.text(fields.get("machine_type", wire.MISSING), "ServerlessUsage.machine_type"),
            percent_discount=None
            if (value := fields.get("percent_discount")) is None
            else wire.number(value, "ServerlessUsage.percent_discount"),
            quantity=wire.number(fields.get("quantity", wire.MISSING), "ServerlessUsage.quantity"),
            unit=wire.text(fields.get("unit", wire.MISSING), "ServerlessUsage.unit"),
            unit_price=wire.decimal(fields.get("unit_price", wire.MISSING), "ServerlessUsage.unit_price"),
            additional_properties={key: item for key, item in fields.items() if key not in _KNOWN},
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form. A member that is None is left out, unless it is required."""
        fields: dict[str, Any] = wire.plain(self.additional_properties, "ServerlessUsage")
        fields["app"] = wire.plain(self.app, "ServerlessUsage.app")
        fields["cost"] = wire.plain(self.cost, "ServerlessUsage.cost")
        fields["cost_discount"] = wire.plain(self.cost_discount, "ServerlessUsage.cost_discount")
        fields["cost_subtotal"] = wire.plain(self.cost_subtotal, "ServerlessUsage.cost_subtotal")
        fields["cost_total"] = wire.plain(self.cost_total, "ServerlessUsage.cost_total")
        fields["currency"] = self.currency
        fields["environment"] = wire.plain(self.environment, "ServerlessUsage.environment")
        fields["is_surge"] = self.is_surge
        fields["machine_type"] = self.machine_type
        fields["percent_discount"] = wire.plain(self.percent_discount, "ServerlessUsage.percent_discount")
        fields["quantity"] = self.quantity
        fields["unit"] = self.unit
        fields["unit_price"] = wire.plain(self.unit_price, "ServerlessUsage.unit_price")
        return fields


_KNOWN: frozenset[str] = frozenset(
    (
        "app",
        "cost",
        "cost_discount",
        "cost_subtotal",
        "cost_total",
        "currency",
        "environment",
        "is_surge",
        "machine_type",
        "percent_discount",
        "quantity",
        "unit",
        "unit_price",
    )
)
