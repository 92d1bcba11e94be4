# Generated from spec/; do not edit. Regenerate with: just generate
"""RECREATE stops the old revision first, ROLLING starts the new one first. The zero value is not the default of
clients: always send it.
"""

from __future__ import annotations

from fal._gen.open_enum import NumberedEnum


class DeploymentStrategy(NumberedEnum):
    """RECREATE stops the old revision first, ROLLING starts the new one first. The zero value is not the default of
    clients: always send it.
    """

    RECREATE = ("recreate", 0)
    ROLLING = ("rolling", 1)
