# Generated from spec/; do not edit: correct the specification, the mapping or the template, then run `just generate`.
"""The revision that a registration made."""

from __future__ import annotations

from dataclasses import dataclass

from fal._gen import reading


@dataclass(frozen=True)
class RegisterApplicationResultType(reading.Model):
    """The revision that a registration made."""

    application_id: str
    """The id of the new revision."""
