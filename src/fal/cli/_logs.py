"""Stored and live log lines, as `fal logs` and `fal runners logs` show them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from fal.cli._output import Lines, Output, plain, record
from fal.exceptions import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fal.cli._screen import Screen
    from fal.cli._session import Session
    from fal.sdk import LogEntry

_MOST = 10_000  # lines that are fetched when nobody says how many
_RECENT = timedelta(minutes=1)


class LogLines(Output):
    """Stored lines, the oldest first."""

    def __init__(self, entries: Sequence[LogEntry]) -> None:
        self._entries = entries

    def data(self) -> object:
        return {"logs": [record(entry) for entry in self._entries]}

    def show(self, screen: Screen) -> None:
        if not self._entries:
            screen.message("There are no such lines.")
        for entry in self._entries:
            screen.line(_line(entry))


def answer(session: Session, *, follow: bool, lines: str | None, **filters: Any) -> Output:
    """Return the lines that the filters let through.

    Raises:
        InvalidInput: `lines` is no number, or is given together with `follow`.
    """
    newest, count = _count(lines)
    if follow:
        if lines is not None:
            raise InvalidInput("--lines counts stored lines, and --follow shows new ones; use one of them")
        filters["since"] = filters.get("since") or datetime.now(UTC) - _RECENT
        return Lines(session.client.logs.stream(**filters), _line)
    entries = session.client.logs.history(limit=count if newest else _MOST, **filters)
    if len(entries) == _MOST and not (newest and lines):
        session.screen.message(f"There may be more than these {_MOST} lines; narrow them with --since and --until.")
    return LogLines(entries if newest else entries[:count])


def _count(lines: str | None) -> tuple[bool, int]:
    """Return whether the newest lines are meant, and how many."""
    if lines is None:
        return True, _MOST
    try:
        count = int(lines)
    except ValueError:
        count = 0
    if count < 1:
        raise InvalidInput(f"--lines {lines} is not a number of lines; use e.g. 100, or +100 for the oldest")
    return not lines.startswith("+"), count


def _line(entry: LogEntry) -> str:
    return f"{plain(entry.timestamp)} {entry.level:7} {entry.message}"
