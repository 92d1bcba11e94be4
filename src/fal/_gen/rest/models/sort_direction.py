# Generated from spec/; do not edit. Regenerate with: just generate
"""An order in time."""

from __future__ import annotations

from fal._gen.open_enum import OpenEnum


class SortDirection(str, OpenEnum):
    """An order in time."""

    ASC = "asc"
    DESC = "desc"
