# Generated from spec/; do not edit. Regenerate with: just generate
"""The revision that a registration made."""

from __future__ import annotations

from dataclasses import dataclass

from fal._gen import reading


@dataclass(frozen=True)
class RegisterApplicationResultType(reading.Model):
    """The revision that a registration made."""

    application_id: str
    """The id of the new revision."""
