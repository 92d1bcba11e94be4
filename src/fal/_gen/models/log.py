# Generated from spec/; do not edit. Regenerate with: just generate
"""One line of a log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fal._gen import reading
from fal._gen.bases import LogLine
from fal._gen.models.log_level import LogLevel
from fal._gen.models.log_source import LogSource


@dataclass(frozen=True)
class Log(LogLine, reading.Model):
    """One line of a log."""

    message: str
    """What was written, without the line's end."""
    level: LogLevel
    """How it was written."""
    source: LogSource
    """Which part of the platform wrote it."""
    timestamp: datetime | None
    """When it was written."""
