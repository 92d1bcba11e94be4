# Generated from spec/; do not edit. Regenerate with: just generate
"""A named space for applications and secrets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fal._gen import reading


@dataclass(frozen=True)
class EnvironmentInfo(reading.Model):
    """A named space for applications and secrets."""

    name: str
    """The name of the environment."""
    description: str | None
    """What its maker said of it."""
    is_default: bool
    """Calls that name no environment mean this one."""
    created_at: datetime | None
    """When the environment was made."""
