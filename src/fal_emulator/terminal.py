"""The log on the terminal: deploys, calls, runners and what apps say, as text or as JSON."""

from __future__ import annotations

import json
import logging
import os
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from typing import TextIO

Format = Literal["text", "json"]

_COLOURS = {"ERROR": "31", "CRITICAL": "31", "WARNING": "33", "DEBUG": "2"}
_AREA_COLOURS = {"deploys": "35", "calls": "36", "runners": "34", "apps": "0"}
# What of a record goes into its JSON, besides time, level, area and message.
_FIELDS = (
    "app", "revision", "runner_id", "request_id", "source", "method", "path", "status", "milliseconds", "seconds",
)  # fmt: skip
# Output of apps must not move the cursor or set the title of the window.
_UNPRINTABLE = {code: f"\\x{code:02x}" for code in (*range(9), *range(10, 32), 127, *range(128, 160))}


def show_log(level: str = "info", form: Format = "text", stream: TextIO | None = None) -> None:
    """Write the log of this process to a stream from now on.

    Args:
        level: The least level: debug, info, warning or error.
        form: `text` for people, coloured on a terminal; `json` for programs, one object a line.
        stream: Where to; None is standard error.
    """
    shown = sys.stderr if stream is None else stream
    handler = logging.StreamHandler(shown)
    coloured = shown.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
    handler.setFormatter(_Json() if form == "json" else _Text(coloured))
    log = logging.getLogger("fal_emulator")
    log.addHandler(handler)
    log.setLevel(level.upper())
    log.propagate = False


def _area(record: logging.LogRecord) -> str:
    return record.name.removeprefix("fal_emulator").lstrip(".") or "plane"


class _Text(logging.Formatter):
    def __init__(self, coloured: bool) -> None:
        super().__init__()
        self._coloured = coloured

    def format(self, record: logging.LogRecord) -> str:
        """Return one line for people."""
        area = _area(record)
        app = getattr(record, "app", None)
        what = f"{area:8} {f'[{app}] ' if app is not None else ''}"
        message = record.getMessage().translate(_UNPRINTABLE if area == "apps" else {})
        if self._coloured:
            what = _painted(what, _AREA_COLOURS.get(area, "1"))
            message = _painted(message, _COLOURS[record.levelname]) if record.levelname in _COLOURS else message
        return f"{datetime.fromtimestamp(record.created):%H:%M:%S} {what}{message}"


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        """Return one line of JSON."""
        entry = {
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "area": _area(record),
            "message": record.getMessage(),
        }
        return json.dumps(
            entry | {name: getattr(record, name) for name in _FIELDS if getattr(record, name, None) is not None}
        )


def _painted(text: str, colour: str) -> str:
    return f"\x1b[{colour}m{text}\x1b[0m"
