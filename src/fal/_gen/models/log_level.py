# Generated from spec/; do not edit. Regenerate with: just generate
"""How a line was written; STDOUT and STDERR are what the app printed."""

from __future__ import annotations

from fal._gen.open_enum import OrderedEnum


class LogLevel(OrderedEnum):
    """How a line was written; STDOUT and STDERR are what the app printed."""

    TRACE = ("TRACE", 0)
    DEBUG = ("DEBUG", 1)
    INFO = ("INFO", 2)
    WARNING = ("WARNING", 3)
    ERROR = ("ERROR", 4)
    STDOUT = ("STDOUT", 5)
    STDERR = ("STDERR", 6)
