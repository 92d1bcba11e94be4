# Generated from spec/; do not edit: correct the specification, the overlay or the template, then run `just generate`.
"""How a label is compared."""

from __future__ import annotations

from fal._gen.rest import wire


class LabelConditionType(wire.OpenStrEnum):
    """How a label is compared."""

    EQUALS = "equals"
    IN = "in"
    NOT_EQUALS = "not_equals"
    NOT_IN = "not_in"
