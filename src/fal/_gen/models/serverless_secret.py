# Generated from spec/; do not edit. Regenerate with: just generate
"""A secret as a listing shows it: never with its value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fal._gen import reading


@dataclass(frozen=True)
class ServerlessSecret(reading.Model):
    """A secret as a listing shows it: never with its value."""

    name: str
    """The name of the secret, and of the variable on runners."""
    created_at: datetime | None
    """When the secret was set."""
    environment_name: str | None = None
    """The environment. Absent: the main one."""
    default_exposed: bool | None = None
    """Whether apps that list no secrets see this one."""
