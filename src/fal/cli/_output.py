"""The output of commands: each kind has a form for people and one for programs."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeAlias

from fal.cli._screen import safe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from fal.cli._screen import Screen

_SECONDS = "_seconds"
Columns: TypeAlias = "Mapping[str, str | Callable[[Any], object]]"


class Output:
    """The result of a command."""

    def show(self, screen: Screen) -> None:
        """Write it for people."""
        raise NotImplementedError

    def data(self) -> object:
        """Return it as JSON can hold it."""
        raise NotImplementedError

    def write(self, screen: Screen) -> None:
        if screen.json:
            screen.document(self.data())
        else:
            self.show(screen)


class Done(Output):
    """Something was done.

    Args:
        text: What, in one sentence.
        data: The same for programs.
    """

    def __init__(self, text: str, **data: object) -> None:
        self._text = text
        self._data = data

    def show(self, screen: Screen) -> None:
        screen.line(self._text)

    def data(self) -> object:
        return {name: plain(value) for name, value in self._data.items()}


class Table(Output):
    """Records of one kind.

    Args:
        name: Their key in the JSON document.
        records: The records.
        columns: What people see, by title, the most important first: an attribute, or a function of the record.
        renamed: Keys of the JSON that differ from the names of attributes.
        extra: Further keys of the JSON document.
        note: A line below the table.
        only: Whether there is exactly one record, which is then no list in the JSON.
    """

    def __init__(
        self,
        name: str,
        records: Sequence[Any],
        columns: Columns,
        *,
        renamed: Mapping[str, str] | None = None,
        note: str | None = None,
        only: bool = False,
    ) -> None:
        self._name = name
        self._records = records
        self._columns = columns
        self._renamed = renamed or {}
        self._note = note
        self._only = only

    def data(self) -> object:
        records = [record(each, self._renamed) for each in self._records]
        return {self._name: records[0] if self._only else records}

    def show(self, screen: Screen) -> None:
        rows = [
            [shown(getattr(each, get) if isinstance(get, str) else get(each)) for get in self._columns.values()]
            for each in self._records
        ]
        if not self._columns:
            screen.line(f"No {self._name}.")
        elif screen.is_terminal:
            from fal.cli._tables import show_table

            show_table(screen, list(self._columns), rows)
        else:
            _aligned(screen, [list(map(str.upper, self._columns)), *rows])
        if self._note:
            screen.line(self._note)


class Facts(Output):
    """One record, shown as names and values.

    Args:
        facts: Names and values for people.
        data: The same for programs; what is None takes the facts.
    """

    def __init__(self, facts: Mapping[str, object], data: object = None) -> None:
        self._facts = facts
        self._data = data

    def data(self) -> object:
        return plain(self._facts if self._data is None else self._data)

    def show(self, screen: Screen) -> None:
        width = max(map(len, self._facts), default=0)
        for name, value in self._facts.items():
            first, *more = shown(value).split("\n")
            screen.line(f"{name:{width}}  {first}".rstrip())
            for line in more:
                screen.line(" " * (width + 2) + line)


class Text(Output):
    """A text as it is, e.g. a script; JSON has it under one key."""

    def __init__(self, name: str, text: str, data: object = None) -> None:
        self._name = name
        self._text = text
        self._data = data

    def show(self, screen: Screen) -> None:
        screen.line(self._text.removesuffix("\n"))

    def data(self) -> object:
        return {self._name: self._text} if self._data is None else self._data


class Lines(Output):
    """What comes one by one: a line each, or JSON lines.

    Args:
        records: The records, as they come.
        line: How people read one.
    """

    def __init__(self, records: Iterable[Any], line: Callable[[Any], str]) -> None:
        self._records = records
        self._line = line

    def write(self, screen: Screen) -> None:
        for each in self._records:
            if screen.json:
                screen.document(record(each))
            else:
                screen.line(self._line(each))
                screen.out.flush()


def record(value: Any, renamed: Mapping[str, str] | None = None) -> dict[str, object]:
    """Return a record for programs: plain values under stable keys."""
    names = renamed or {}
    pairs = ((f.name, getattr(value, f.name)) for f in fields(value)) if is_dataclass(value) else value.items()
    result: dict[str, object] = {}
    for name, item in pairs:
        key = names.get(name, name + _SECONDS if isinstance(item, timedelta) else name)
        result[key] = plain(item)
    return result


def columns_of(records: Sequence[Any]) -> Columns:
    """Return a column for each attribute of the records that is a single value."""
    if not records:
        return {}
    single = [f.name for f in fields(records[0]) if not isinstance(getattr(records[0], f.name), dict | list | tuple)]
    return {name.replace("_", " ").capitalize(): name for name in single}


def plain(value: Any) -> object:
    """Return what JSON can hold of a value."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, timedelta):
        return int(value.total_seconds())
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if is_dataclass(value):
        return record(value)
    return value if value is None or isinstance(value, bool | int | float) else str(value)


def shown(value: Any) -> str:
    """Return how people read a value."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, datetime):
        return value.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, timedelta):
        return duration(int(value.total_seconds()))
    if isinstance(value, list | tuple):
        return ", ".join(map(shown, value))
    return safe(str(value))


def duration(seconds: int) -> str:
    """Return a time span in its two largest units, e.g. "2h 5m"."""
    days, rest = divmod(max(0, seconds), 86400)
    hours, rest = divmod(rest, 3600)
    minutes, secs = divmod(rest, 60)
    units = [(days, "d"), (hours, "h"), (minutes, "m"), (secs, "s")]
    start = next((at for at, (count, _) in enumerate(units) if count), 3)
    return " ".join(f"{count}{unit}" for count, unit in units[start : start + 2] if count or start == 3)


def size(count: int) -> str:
    """Return a number of bytes as people read it."""
    value = float(count)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if value < 1024:
            return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1024
    return f"{value:.1f} TiB"


def _aligned(screen: Screen, rows: Sequence[Sequence[str]]) -> None:
    """Write columns that are as wide as they need to be: what reads a pipe does not wrap lines."""
    lines = [[" ".join(cell.split("\n")) for cell in row] for row in rows]  # a row is a line, whatever is in it
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for row in lines:
        screen.line("  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)).rstrip())
