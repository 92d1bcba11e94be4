# Generated from spec/; do not edit: correct the specification, the overlay or the template, then run `just generate`.
"""From JSON to Python's values and back. A value that does not fit raises ValueError, which names its place."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timezone
from decimal import Decimal
from enum import Enum
from typing import Any, Self
from urllib.parse import quote
from uuid import UUID


class OpenStrEnum(str, Enum):
    """A string enum that grows: a value that this version does not know becomes a member, too."""

    @property
    def is_known(self) -> bool:
        """Whether this version of the SDK knows the member."""
        return self._name_ in type(self).__members__

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        member = str.__new__(cls, value)
        member._name_ = "UNKNOWN"
        member._value_ = str(value)
        return member

    def __str__(self) -> str:
        return str(self._value_)

    def __format__(self, format_spec: str) -> str:
        return format(str(self._value_), format_spec)


class OpenIntEnum(int, Enum):
    """An integer enum that grows: a value that this version does not know becomes a member, too."""

    @property
    def is_known(self) -> bool:
        """Whether this version of the SDK knows the member."""
        return self._name_ in type(self).__members__

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, int):
            return None
        member = int.__new__(cls, value)
        member._name_ = "UNKNOWN"
        member._value_ = int(value)
        return member

    def __str__(self) -> str:
        return str(self._value_)

    def __format__(self, format_spec: str) -> str:
        return format(int(self._value_), format_spec)


# ------------------------------------------------------------------------------------------------------------ answers


def load(body: bytes) -> Any:
    """Return what a JSON body holds."""
    try:
        return json.loads(body)
    except ValueError as error:
        # json's own error carries the whole body along.
        raise ValueError(f"the body is not JSON: {str(error) or type(error).__name__}") from None
    except RecursionError:
        raise ValueError("the body is nested too deeply") from None


def decode(body: bytes, where: str) -> str:
    """Return a body of text."""
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        raise ValueError(f"{where}: the body is not UTF-8 text") from None


def misfit(value: object, wanted: str, where: str) -> ValueError:
    """Return the error that says what a value should have been, without the value: it may be secret."""
    kind = "null" if value is None else "missing" if value is MISSING else type(value).__name__
    return ValueError(f"{where}: {wanted} expected, {kind} found")


class _Missing:
    def __repr__(self) -> str:
        return "missing"


MISSING: Any = _Missing()


def text(value: Any, where: str) -> str:
    if not isinstance(value, str):
        raise misfit(value, "a string", where)
    return value


def integer(value: Any, where: str) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, float) and value.is_integer():  # JSON has one kind of number
        return int(value)
    raise misfit(value, "an integer", where)


def number(value: Any, where: str) -> float:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        try:
            return float(value)
        except OverflowError:
            pass
    raise misfit(value, "a number", where)


def decimal(value: Any, where: str) -> Decimal:
    """Return a number with the digits that were sent: the shortest text of a float is what the server has written."""
    found = number(value, where)
    return Decimal(value) if isinstance(value, int) else Decimal(repr(found))


def boolean(value: Any, where: str) -> bool:
    if not isinstance(value, bool):
        raise misfit(value, "true or false", where)
    return value


def anything(value: Any, where: str) -> Any:
    if value is MISSING:
        raise misfit(value, "a value", where)
    return value


def nothing(value: Any, where: str) -> None:
    if value is not None:
        raise misfit(value, "null", where)


def time(value: Any, where: str) -> datetime:
    """Return an aware time; text without an offset means UTC."""
    try:
        found = datetime.fromisoformat(text(value, where))
    except ValueError:
        raise misfit(value, "a time as in ISO 8601", where) from None
    return found if found.tzinfo is not None else found.replace(tzinfo=timezone.utc)


def day(value: Any, where: str) -> date:
    try:
        return date.fromisoformat(text(value, where))
    except ValueError:
        raise misfit(value, "a date as in ISO 8601", where) from None


def uuid(value: Any, where: str) -> UUID:
    try:
        return UUID(text(value, where))
    except ValueError:
        raise misfit(value, "a UUID", where) from None


def array(value: Any, where: str) -> list[Any]:
    if not isinstance(value, list):
        raise misfit(value, "an array", where)
    return value


def members(value: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise misfit(value, "an object", where)
    return value


def union(value: Any, where: str, *readers: Callable[[Any], Any]) -> Any:
    """Return what the first reader makes of `value`; of several models that fit, the one that knows most of its members."""
    best: Any = None
    least = -1
    for reader in readers:
        try:
            found = reader(value)
        except ValueError:
            continue
        unknown = getattr(found, "additional_properties", None)
        if not unknown:
            return found
        if best is None or len(unknown) < least:
            best, least = found, len(unknown)
    if best is None:
        raise misfit(value, "one of several forms", where)
    return best


# ----------------------------------------------------------------------------------------------------------- requests


def plain(value: Any, where: str) -> Any:
    """Return the JSON form of a value.

    Raises:
        TypeError: the value has none.
        ValueError: a time has no time zone: nobody but its maker knows which one it means.
    """
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError(f"{where}: the time has no time zone; give it one, as in time.astimezone()")
        return value.astimezone(timezone.utc).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, Mapping):
        return {str(key): plain(item, f"{where}[{str(key)!r}]") for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, (bytes, bytearray, memoryview)):
        return [plain(item, f"{where}[{index}]") for index, item in enumerate(value)]
    to_dict = getattr(value, "to_dict", None)
    if to_dict is not None:
        return to_dict()
    raise TypeError(f"{where}: a {type(value).__name__} does not fit into JSON")


class _Null:
    def __repr__(self) -> str:
        return "null"


NULL: Any = _Null()  # what a member of a body is that must be given and may be null


def body(*values: tuple[str, Any]) -> dict[str, Any]:
    """Return a JSON object; a member that is None is left out."""
    return {name: None if value is NULL else plain(value, name) for name, value in values if value is not None}


def items(name: str, value: Any) -> list[Any] | None:
    """Return a list that was given, or None.

    Raises:
        TypeError: it is no list; a string would become a list of its letters.
    """
    if value is None:
        return None
    if isinstance(value, (str, bytes, bytearray, memoryview)) or not isinstance(value, Sequence):
        raise TypeError(f"{name}: must be a list, not {type(value).__name__}; write [{name}] for a single one")
    return list(value)


def segment(name: str, value: Any, safe: str = "") -> str:
    """Return a path parameter, percent-encoded.

    Raises:
        ValueError: it is empty, or it would make the request go to another path.
    """
    found = _scalar(name, value)
    if not found:
        raise ValueError(f"{name}: must not be empty; it is a part of the address")
    if not {".", ".."}.isdisjoint(found.split("/") if safe else (found,)):
        raise ValueError(f"{name}: must not be or hold '.' or '..'; it is a part of the address")
    return quote(found, safe=safe)


def query(*values: tuple[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return query parameters; None is left out, a list is repeated."""
    found: list[tuple[str, str]] = []
    for name, value in values:
        if value is None:
            continue
        if isinstance(value, (list, tuple)):
            found += [(name, _scalar(name, item)) for item in value]
        else:
            found.append((name, _scalar(name, value)))
    return tuple(found)


def headers(*values: tuple[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return header parameters; None is left out.

    Raises:
        ValueError: a value holds what no header may hold, such as a line break.
    """
    found: list[tuple[str, str]] = []
    for name, value in values:
        if value is None:
            continue
        line = _scalar(name, value)
        if not (line.isascii() and line.isprintable()):
            raise ValueError(f"{name}: a header holds printable ASCII only, no line breaks")
        found.append((name, line))
    return tuple(found)


def files(*values: tuple[str, str, bytes | None, str]) -> tuple[tuple[str, tuple[str, bytes, str]], ...]:
    """Return the parts of a multipart body: field, file name, content, media type; None is left out.

    The bytes stay as they are: whoever sends them chooses a boundary that does not occur in them.
    """
    found: list[tuple[str, tuple[str, bytes, str]]] = []
    for field, filename, content, media_type in values:
        if content is None:
            continue
        if not isinstance(content, (bytes, bytearray, memoryview)):
            raise TypeError(f"{field}: must be bytes, not {type(content).__name__}")
        found.append((field, (filename, bytes(content), media_type)))
    return tuple(found)


def _scalar(name: str, value: Any) -> str:
    found = plain(value, name)
    if isinstance(found, bool):
        return "true" if found else "false"
    if isinstance(found, (str, int, float)):
        return str(found)
    raise TypeError(f"{name}: must be text, a number, true or false, not {type(value).__name__}")
