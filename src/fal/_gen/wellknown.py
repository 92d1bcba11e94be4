# Generated from spec/; do not edit. Regenerate with: just generate
"""Google's well-known types, to and from Python's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

from google.protobuf import struct_pb2, timestamp_pb2

SECOND = timedelta(seconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_EARLIEST = datetime.min.replace(tzinfo=timezone.utc)
_LATEST = datetime.max.replace(tzinfo=timezone.utc)


def to_datetime(m: timestamp_pb2.Timestamp) -> datetime:
    """Return the time, aware and in UTC, to the microsecond; the nearest that there is, of one that Python has no date for."""
    try:
        return _EPOCH + timedelta(0, m.seconds, m.nanos // 1000)
    except OverflowError:
        return _LATEST if m.seconds > 0 else _EARLIEST


def moment(m: timestamp_pb2.Timestamp) -> datetime | None:
    """Return the time, None of one that is absent or zero: the zero of the wire means "unknown", never 1970."""
    return to_datetime(m) if m.seconds or m.nanos else None


def span(seconds: float) -> timedelta:
    """Return a number of seconds as a timedelta: the longest one for more than that, and zero for NaN."""
    try:
        return SECOND * seconds
    except OverflowError:
        return timedelta.max if seconds > 0 else timedelta.min
    except ValueError:
        return timedelta()


def to_timestamp(value: datetime) -> timestamp_pb2.Timestamp:
    """Return the wire form of an aware time.

    Raises:
        ValueError: when the time is naive: nobody but its maker knows which zone it means.
    """
    if value.tzinfo is None:
        raise ValueError("the time has no time zone")
    since = value - _EPOCH
    return timestamp_pb2.Timestamp(seconds=since.days * 86400 + since.seconds, nanos=since.microseconds * 1000)


def to_dict(m: struct_pb2.Struct) -> dict[str, Any]:
    """Return a free-form object. The wire has only doubles; a whole one comes back as int, as in JSON."""
    fields = m.fields
    # Most values are texts: asking for that first takes half as long as asking for the kind.
    return {key: fields[key].string_value or to_plain(fields[key]) for key in fields}


def to_struct(value: Mapping[str, Any]) -> struct_pb2.Struct:
    """Return the wire form of a free-form object.

    Raises:
        ValueError: when a value is of a type that JSON does not have.
    """
    message = struct_pb2.Struct()
    message.update({key: _plain(key, item) for key, item in value.items()})
    return message


def to_plain(m: struct_pb2.Value) -> Any:
    """Return a free-form value; a whole number comes back as int, as in JSON."""
    kind = m.WhichOneof("kind")
    if kind == "number_value":
        number = m.number_value
        return int(number) if number.is_integer() else number
    if kind == "struct_value":
        return to_dict(m.struct_value)
    if kind == "list_value":
        return to_list(m.list_value)
    if kind is None or kind == "null_value":
        return None
    return getattr(m, kind)


def to_list(m: struct_pb2.ListValue) -> list[Any]:
    return [to_plain(item) for item in m.values]


def to_value(value: Any) -> struct_pb2.Value:
    """Return the wire form of a free-form value.

    Raises:
        ValueError: when it is of a type that JSON does not have.
    """
    return to_struct({"value": value}).fields["value"]


def to_list_value(value: Sequence[Any]) -> struct_pb2.ListValue:
    """Return the wire form of a free-form list.

    Raises:
        ValueError: when a value is of a type that JSON does not have.
    """
    return to_value(list(value)).list_value


def _plain(place: str, value: Any) -> Any:
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, Mapping):
        return {str(key): _plain(f"{place}.{key}", item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(f"{place}[{index}]", item) for index, item in enumerate(value)]
    raise ValueError(f"{place}: a {type(value).__name__} does not fit into JSON")
