# Generated from spec/; do not edit: correct the specification, the mapping or the template, then run `just generate`.
"""Google's well-known types, to and from Python's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from google.protobuf import struct_pb2, timestamp_pb2

SECOND = timedelta(seconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def to_datetime(m: timestamp_pb2.Timestamp) -> datetime:
    """Return the time, aware and in UTC, to the microsecond."""
    return _EPOCH + timedelta(0, m.seconds, m.nanos // 1000)


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
    return {key: fields[key].string_value or _value(fields[key]) for key in fields}


def to_struct(value: Mapping[str, Any]) -> struct_pb2.Struct:
    """Return the wire form of a free-form object.

    Raises:
        ValueError: when a value is of a type that JSON does not have.
    """
    found = struct_pb2.Struct()
    found.update({key: _plain(key, item) for key, item in value.items()})
    return found


def _value(m: struct_pb2.Value) -> Any:
    kind = m.WhichOneof("kind")
    if kind == "number_value":
        number = m.number_value
        return int(number) if number.is_integer() else number
    if kind == "struct_value":
        return to_dict(m.struct_value)
    if kind == "list_value":
        return [_value(item) for item in m.list_value.values]
    if kind is None or kind == "null_value":
        return None
    return getattr(m, kind)


def _plain(place: str, value: Any) -> Any:
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, Mapping):
        return {str(key): _plain(f"{place}.{key}", item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(f"{place}[{index}]", item) for index, item in enumerate(value)]
    raise ValueError(f"{place}: a {type(value).__name__} does not fit into JSON")
