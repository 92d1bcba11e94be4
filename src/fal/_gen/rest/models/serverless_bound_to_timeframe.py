# Generated from spec/; do not edit: correct the specification, the overlay or the template, then run `just generate`.
"""Whether a span is widened to whole steps."""

from __future__ import annotations

from fal._gen.rest import wire


class ServerlessBoundToTimeframe(wire.OpenStrEnum):
    """Whether a span is widened to whole steps."""

    FALSE = "false"
    TRUE = "true"
