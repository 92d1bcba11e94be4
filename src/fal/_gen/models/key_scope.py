# Generated from spec/; do not edit. Regenerate with: just generate
"""What a key may do, in the old two-valued form."""

from __future__ import annotations

from fal._gen.open_enum import NumberedEnum


class KeyScope(NumberedEnum):
    """What a key may do, in the old two-valued form."""

    ADMIN = ("ADMIN", 0)
    API = ("API", 1)
