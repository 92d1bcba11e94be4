# Generated from spec/; do not edit: correct the specification, the mapping or the template, then run `just generate`.
"""The revision that a registration made."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RegisterApplicationResultType:
    """The revision that a registration made."""

    application_id: str
    """The id of the new revision."""
