# Generated from spec/; do not edit. Regenerate with: just generate
"""How a label is compared."""

from __future__ import annotations

from fal._gen.open_enum import OpenEnum


class LabelConditionType(str, OpenEnum):
    """How a label is compared."""

    EQUALS = "equals"
    IN = "in"
    NOT_EQUALS = "not_equals"
    NOT_IN = "not_in"
