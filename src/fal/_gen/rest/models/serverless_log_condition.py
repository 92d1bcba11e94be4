# Generated from spec/; do not edit. Regenerate with: just generate
"""How the labels of a line are compared."""

from __future__ import annotations

from fal._gen.open_enum import OpenEnum


class ServerlessLogCondition(str, OpenEnum):
    """How the labels of a line are compared."""

    EQUALS = "equals"
    IN = "in"
    NOT_EQUALS = "not_equals"
    NOT_IN = "not_in"
