"""Read messages of the wire with attention to what they leave unset."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from google.protobuf.struct_pb2 import Struct

from fal._gen.wellknown import to_datetime, to_dict

from ..model.faults import invalid

if TYPE_CHECKING:
    from datetime import datetime

    from google.protobuf.message import Message
    from google.protobuf.timestamp_pb2 import Timestamp


# The years 1 to 9999, in seconds since 1970.
_EARLIEST, _LATEST = -62_135_596_800, 253_402_300_799


def set_fields(message: Message) -> dict[str, Any]:
    """Return the fields that a message sets: scalars, lists of scalars, and free-form objects."""
    fields: dict[str, Any] = {}
    for field, value in message.ListFields():
        if field.message_type is None:
            scalar = isinstance(value, (str, bytes, bool, int, float))
            fields[field.name] = value if scalar else list(value)
        elif isinstance(value, Struct):
            fields[field.name] = to_dict(value)
    return fields


def enum_name(enum: Any, field: str, message: Message) -> str | None:
    """Return the name of an enum's value in lower case; None when the field is unset.

    Raises:
        Fault: The number stands for nothing.
    """
    if not message.HasField(field):
        return None
    number = getattr(message, field)
    if number not in enum.values():
        names = ", ".join(f"{name} ({value})" for name, value in enum.items())
        raise invalid(field, f"{number} is not one of {names}")
    return str(enum.Name(number)).lower()


def moment(field: str, value: Timestamp) -> datetime:
    """Return a time.

    Raises:
        Fault: It is one that no calendar knows.
    """
    if not _EARLIEST <= value.seconds <= _LATEST:
        raise invalid(field, f"{value.seconds} seconds since 1970 is not a time")
    return to_datetime(value)
