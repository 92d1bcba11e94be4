# Generated from spec/; do not edit. Regenerate with: just generate
"""Who may call an application. PRIVATE: its owner; PUBLIC: anyone; SHARED: anyone with a key, at their own cost."""

from __future__ import annotations

from fal._gen.open_enum import NumberedEnum


class AuthMode(NumberedEnum):
    """Who may call an application. PRIVATE: its owner; PUBLIC: anyone; SHARED: anyone with a key, at their own cost."""

    PRIVATE = ("private", 0)
    PUBLIC = ("public", 1)
    SHARED = ("shared", 2)
