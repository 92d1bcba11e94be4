# Generated from spec/; do not edit. Regenerate with: just generate
"""IN_PROGRESS until one of the other two ends the stream."""

from __future__ import annotations

from fal._gen.open_enum import NumberedEnum


class HostedRunState(NumberedEnum):
    """IN_PROGRESS until one of the other two ends the stream."""

    IN_PROGRESS = ("IN_PROGRESS", 0)
    SUCCESS = ("SUCCESS", 1)
    INTERNAL_FAILURE = ("INTERNAL_FAILURE", 2)
