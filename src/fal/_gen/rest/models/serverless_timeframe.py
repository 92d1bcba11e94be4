# Generated from spec/; do not edit. Regenerate with: just generate
"""How long one step of a series is."""

from __future__ import annotations

from fal._gen.open_enum import OpenEnum


class ServerlessTimeframe(str, OpenEnum):
    """How long one step of a series is."""

    DAY = "day"
    HOUR = "hour"
    MINUTE = "minute"
    MONTH = "month"
    WEEK = "week"
