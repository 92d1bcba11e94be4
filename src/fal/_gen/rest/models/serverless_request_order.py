# Generated from spec/; do not edit. Regenerate with: just generate
"""An order of requests."""

from __future__ import annotations

from fal._gen.open_enum import OpenEnum


class ServerlessRequestOrder(str, OpenEnum):
    """An order of requests."""

    DURATION = "duration"
    ENDED_AT = "ended_at"
