# Generated from spec/; do not edit. Regenerate with: just generate
"""Which part of the platform wrote a line."""

from __future__ import annotations

from fal._gen.open_enum import NumberedEnum


class LogSource(NumberedEnum):
    """Which part of the platform wrote a line."""

    BUILDER = ("BUILDER", 0)
    BRIDGE = ("BRIDGE", 1)
    USER = ("USER", 2)
