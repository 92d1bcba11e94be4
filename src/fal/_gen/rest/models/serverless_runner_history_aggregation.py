# Generated from spec/; do not edit. Regenerate with: just generate
"""What a step says of its counts."""

from __future__ import annotations

from fal._gen.open_enum import OpenEnum


class ServerlessRunnerHistoryAggregation(str, OpenEnum):
    """What a step says of its counts."""

    AVG = "avg"
    MAX = "max"
