# Generated from spec/; do not edit. Regenerate with: just generate
"""From JSON to Python's values and back. A value that does not fit raises ValueError, which names its place."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from typing import Any, Final
from urllib.parse import quote, urlencode
from uuid import UUID

_ODD_TIME: Final = re.compile(
    r"(?P<start>(?P<year>\+?\d{4,9})-\d\d-\d\d[T ]\d\d:\d\d):(?P<seconds>\d\d)(?:\.\d+)?(?P<offset>Z|[+-]\d\d:?\d\d)?"
)

# ----------------------------------------------------------------------------------------------------------- responses


def load(body: bytes) -> Any:
    """Return what a JSON body holds."""
    try:
        return json.loads(body)
    except ValueError as error:
        # json's own error carries the whole body along.
        raise ValueError(f"the body is not JSON: {str(error) or type(error).__name__}") from None
    except RecursionError:
        raise ValueError("the body is nested too deeply") from None


def decode(body: bytes, where: str, headers: Mapping[str, str] | None = None) -> str:
    """Return a body of text, in the charset that the headers name: UTF-8 where none does."""
    said = next((value for name, value in (headers or {}).items() if name.lower() == "content-type"), "")
    match = re.search(r";\s*charset=[\"']?([\w.:-]+)", said, re.IGNORECASE)
    charset = match[1] if match else "utf-8"
    try:
        return body.decode(charset)
    except (UnicodeError, LookupError):
        raise ValueError(f"{where}: the body is not text in {charset.upper()}") from None


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
    """Return a number as it was sent: one without a fraction stays an int, and keeps all its digits."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value
    raise misfit(value, "a number", where)


def decimal(value: Any, where: str) -> Decimal:
    """Return a number with the digits that were sent: the shortest text of a float is what the server has written."""
    checked = number(value, where)
    return Decimal(value) if isinstance(value, int) else Decimal(repr(checked))


def boolean(value: Any, where: str) -> bool:
    if not isinstance(value, bool):
        raise misfit(value, "true or false", where)
    return value


def anything(value: Any, where: str) -> Any:
    if value is MISSING:
        raise misfit(value, "a value", where)
    return value


def nothing(value: Any, where: str) -> Any:
    """Return None, which is all that the value may be."""
    if value is not None:
        raise misfit(value, "null", where)
    return None


def time(value: Any, where: str) -> datetime:
    """Return an aware time; text without an offset means UTC.

    RFC 3339 has times that Python has not: a leap second is the second after it, and a year that is too late the last moment.
    """
    written = text(value, where).strip().upper()
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return _odd_time(written, value, where)
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=timezone.utc)


def _odd_time(written: str, value: str, where: str) -> datetime:
    match = _ODD_TIME.fullmatch(written)
    if match is None:
        raise misfit(value, "a time as in ISO 8601", where)
    year = match["year"].lstrip("+0")
    if len(year) > 4:
        return datetime.max.replace(tzinfo=timezone.utc)
    if not year:
        return datetime.min.replace(tzinfo=timezone.utc)
    if match["seconds"] != "60":
        raise misfit(value, "a time as in ISO 8601", where)
    try:
        return time(f"{match['start']}:59{match['offset'] or ''}", where) + timedelta(seconds=1)
    except OverflowError:
        return datetime.max.replace(tzinfo=timezone.utc)


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
            result = reader(value)
        except ValueError:
            continue
        unknown = getattr(result, "additional_properties", None)
        if not unknown:
            return result
        if best is None or len(unknown) < least:
            best, least = result, len(unknown)
    if best is None:
        raise misfit(value, "one of several forms", where)
    return best


@dataclass(frozen=True)
class UnknownVariant:
    """A form of a union that this version does not know: `tag` says what it is, `data` holds all of it."""

    tag: Any
    data: Mapping[str, Any]

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return dict(self.data)


def tagged(
    value: Any, where: str, member: str, classes: Mapping[Any, Callable[[Any], Any]], *others: Callable[[Any], Any]
) -> Any:
    """Return what the class makes of `value` that its tag names; `others` read what has no tag."""
    if not isinstance(value, Mapping):
        return union(value, where, *others)
    tag = value.get(member, MISSING)
    reader = _named(tag, classes)
    if reader is not None:
        return reader(value)
    if others:
        try:
            return union(value, where, *others)
        except ValueError:
            pass
    if tag is MISSING:
        raise misfit(tag, f"the member {member!r}", where)
    return UnknownVariant(tag, value)


def tagged_below(
    value: Any,
    where: str,
    path: tuple[str, ...],
    classes: Mapping[Any, Callable[[Any], Any]],
    *forms: Callable[[Any], Any],
) -> Any:
    """Return what the class makes of `value` that the tag at a path names; what has no tag is read as any of `forms`."""
    tag = value
    for name in path:
        tag = tag.get(name, MISSING) if isinstance(tag, Mapping) else MISSING
    if tag is MISSING:
        return union(value, where, *forms)
    reader = _named(tag, classes)
    return UnknownVariant(tag, value) if reader is None else reader(value)


def _named(tag: Any, classes: Mapping[Any, Callable[[Any], Any]]) -> Callable[[Any], Any] | None:
    # True is no 1.
    return next(
        (made for known, made in classes.items() if tag == known and isinstance(tag, bool) is isinstance(known, bool)),
        None,
    )


def only(members: Mapping[str, tuple[Any, ...]], reader: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return a reader that refuses an object whose members have other values than a form's own."""

    def read(value: Any) -> Any:
        if isinstance(value, Mapping):
            for name, values in members.items():
                if name in value and value[name] not in values:
                    raise misfit(value[name], "another value", name)
        return reader(value)

    return read


# ----------------------------------------------------------------------------------------------------------- requests


def plain(value: Any, where: str) -> Any:
    """Return the JSON form of a value.

    Raises:
        TypeError: the value has none.
        ValueError: a time has no time zone: nobody but its maker knows which one it means; or a Decimal has more digits than
            readers of JSON keep, or is not finite.
    """
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError(f"{where}: the time has no time zone; give it one, as in time.astimezone()")
        return value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Decimal):
        if not value.is_finite() or Decimal(repr(float(value))) != value:
            raise ValueError(
                f"{where}: {value} is not a number that JSON keeps; send a finite one of at most 15 digits"
            )
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


NULL: Any = _Null()  # what a member of a body is that is sent as null


class Unset(Enum):
    """The type of `UNSET`."""

    UNSET = "unset"

    def __repr__(self) -> str:
        return "UNSET"


UNSET: Final = Unset.UNSET  # what an argument is that is left out, where None means null


def body(*values: tuple[str, Any]) -> dict[str, Any]:
    """Return a JSON object; a member that is None or UNSET is left out."""
    return {
        name: None if value is NULL else plain(value, name)
        for name, value in values
        if value is not None and value is not UNSET
    }


def items(name: str, value: Any) -> list[Any] | None:
    """Return a list that was given, or None.

    Raises:
        TypeError: it is not a list; a string would become a list of its letters.
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
    segment = _scalar(name, value)
    if not segment:
        raise ValueError(f"{name}: must not be empty; it is a part of the address")
    if not {".", ".."}.isdisjoint(segment.split("/") if safe else (segment,)):
        raise ValueError(f"{name}: must not be or hold '.' or '..'; it is a part of the address")
    return quote(segment, safe=safe)


def expanded(name: str, value: Any, style: str, explode: bool) -> str:
    """Return a list, an object or what has a style of its own as a path parameter; each name and each value is percent-encoded.

    Raises:
        ValueError: nothing is in it, or it would make the request go to another path.
    """
    content = plain(value, name)
    start, between = {"simple": ("", ","), "label": (".", "."), "matrix": (";", ";")}[style]
    named = style == "matrix"
    if isinstance(content, Mapping):
        pairs = [
            (quote(str(key), safe=""), quote(_scalar(name, item), safe=""))
            for key, item in content.items()
            if item is not None
        ]
        parts = ["=".join(pair) for pair in pairs] if explode else [part for pair in pairs for part in pair]
        named = named and not explode
    else:
        parts = [quote(_scalar(name, item), safe="") for item in (content if isinstance(content, list) else [content])]
    if not any(parts):
        raise ValueError(f"{name}: must not be empty; it is a part of the address")
    if not explode:
        parts = [",".join(parts)]
    text = start + between.join(f"{name}={part}" for part in parts) if named else start + between.join(parts)
    if text in (".", ".."):
        raise ValueError(f"{name}: must not be or hold '.' or '..'; it is a part of the address")
    return text


def query(*values: tuple[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return query parameters; None is left out, a list is repeated."""
    pairs: list[tuple[str, str]] = []
    for name, value in values:
        if value is None:
            continue
        if isinstance(value, (list, tuple)):
            pairs += [(name, _scalar(name, item)) for item in value]
        else:
            pairs.append((name, _scalar(name, value)))
    return tuple(pairs)


def headers(*values: tuple[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return header parameters; None is left out.

    Raises:
        ValueError: a value holds what no header may hold, such as a line break.
    """
    pairs: list[tuple[str, str]] = []
    for name, value in values:
        if value is None:
            continue
        line = _scalar(name, value)
        if not (line.isascii() and line.isprintable()):
            raise ValueError(f"{name}: a header holds printable ASCII only, no line breaks")
        pairs.append((name, line))
    return tuple(pairs)


def joined(value: Any, separator: str = ",", *, pairs: bool = False) -> str | None:
    """Return a list, or the names and values of an object, as one text; None stays None. `pairs`: as `name=value`."""
    if value is None:
        return None
    content = plain(value, "value")
    if isinstance(content, Mapping):
        named = [(name, _scalar(name, item)) for name, item in content.items() if item is not None]
        content = ["=".join(pair) for pair in named] if pairs else [part for pair in named for part in pair]
    if isinstance(content, list):
        return separator.join(_scalar("value", item) for item in content)
    return _scalar("value", content)


def nested(name: str, value: Any) -> tuple[tuple[str, Any], ...]:
    """Return an object as `name[key]=value` pairs, at every depth."""
    if value is None:
        return ()
    content = plain(value, name)
    if not isinstance(content, (Mapping, list)):
        return ((name, content),)
    if isinstance(content, list):
        return (
            ((name, content),)
            if not any(isinstance(item, (Mapping, list)) for item in content)
            else tuple(pair for index, item in enumerate(content) for pair in nested(f"{name}[{index}]", item))
        )
    return tuple(pair for key, item in content.items() for pair in nested(f"{name}[{key}]", item))


def spread(value: Any) -> tuple[tuple[str, Any], ...]:
    """Return the members of an object as parameters of their own."""
    content = {} if value is None else plain(value, "value")
    if not isinstance(content, Mapping):
        raise TypeError(f"an object was expected, not {type(value).__name__}")
    return tuple((str(name), item) for name, item in content.items())


def text_of(value: Any, where: str) -> str | None:
    """Return a value as a JSON text; None stays None."""
    return None if value is None else json.dumps(plain(value, where), ensure_ascii=False, separators=(",", ":"))


def cookies(*values: tuple[str, Any]) -> str | None:
    """Return the Cookie header; None when there is nothing to send."""
    return "; ".join(f"{name}={quote(text, safe='')}" for name, text in query(*values)) or None


def form(*values: tuple[str, Any]) -> bytes:
    """Return a form as it is sent; None is left out, a list is repeated, an object is a JSON text."""
    flat = [
        (name, text_of(value, name) if isinstance(value, Mapping) or hasattr(value, "to_dict") else value)
        for name, value in values
    ]
    return urlencode(query(*flat)).encode("ascii")


def content(name: str, value: Any) -> bytes | None:
    """Return a body as it is sent; text as UTF-8."""
    if value is None or isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return value.encode("utf-8")
    if isinstance(value, (bytearray, memoryview)):
        return bytes(value)
    raise TypeError(f"{name}: must be bytes, not {type(value).__name__}")


def part(name: str, value: Any, media_type: str | None) -> Any:
    """Return one part of a multipart body that is not a file: its bytes, a list of them, or None."""
    if value is None:
        return None
    content = plain(value, name)
    if media_type is not None and "json" in media_type:
        return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    return (
        [_scalar(name, item).encode() for item in content]
        if isinstance(content, list)
        else _scalar(name, content).encode()
    )


def files(
    *values: tuple[str, str | None, Any, str | None],
) -> tuple[tuple[str, tuple[str | None, bytes, str | None]], ...]:
    """Return the parts of a multipart body: field, file name, content, media type; None is left out, a list is repeated.

    The bytes stay as they are: the transport chooses a boundary that does not occur in them.
    """
    parts: list[tuple[str, tuple[str | None, bytes, str | None]]] = []
    for field, filename, given, media_type in values:
        if given is None:
            continue
        for item in given if isinstance(given, (list, tuple)) else [given]:
            if not isinstance(item, (bytes, bytearray, memoryview)):
                raise TypeError(f"{field}: must be bytes, not {type(item).__name__}")
            parts.append((field, (filename, bytes(item), media_type)))
    return tuple(parts)


def _scalar(name: str, value: Any) -> str:
    content = plain(value, name)
    if isinstance(content, bool):
        return "true" if content else "false"
    if isinstance(content, (str, int, float)):
        return str(content)
    raise TypeError(f"{name}: must be text, a number, true or false, not {type(value).__name__}")
