# Generated from spec/; do not edit. Regenerate with: just generate
"""Whether another runner takes over before this one stops."""

from __future__ import annotations

from fal._gen.open_enum import NumberedEnum


class ReplaceState(NumberedEnum):
    """Whether another runner takes over before this one stops."""

    NO_REPLACE = ("NO_REPLACE", 0)
    WILL_REPLACE = ("WILL_REPLACE", 1)
    DID_REPLACE = ("DID_REPLACE", 2)
