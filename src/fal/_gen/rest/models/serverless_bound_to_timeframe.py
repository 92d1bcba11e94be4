# Generated from spec/; do not edit. Regenerate with: just generate
"""Whether a span is widened to whole steps."""

from __future__ import annotations

from fal._gen.open_enum import OpenEnum


class ServerlessBoundToTimeframe(str, OpenEnum):
    """Whether a span is widened to whole steps."""

    FALSE = "false"
    TRUE = "true"
