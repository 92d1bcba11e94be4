# Generated from spec/; do not edit. Regenerate with: just generate
"""A key as a listing shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fal._gen import reading
from fal._gen.models.key_scope import KeyScope


@dataclass(frozen=True)
class UserKeyInfo(reading.Model):
    """A key as a listing shows it."""

    key_id: str
    """The id of the key: its part before the colon."""
    created_at: datetime | None
    """When the key was minted."""
    scope: KeyScope
    """What the key may do."""
    alias: str
    """What the user calls the key."""
