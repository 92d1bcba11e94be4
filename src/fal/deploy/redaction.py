"""Requests without secrets, code and bytes, to be shown."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from google.protobuf.message import Message

REDACTED = "***"


def redacted(message: Message) -> dict[str, Any]:
    """Return a request as plain JSON values under wire names, without unset fields."""
    from google.protobuf.struct_pb2 import Struct

    from fal._gen.wellknown import to_dict

    shown: dict[str, Any] = {}
    for field in message.DESCRIPTOR.fields:
        value = getattr(message, field.name)
        if field.has_presence and not message.HasField(field.name):
            continue
        if isinstance(value, Struct):
            shown[field.name] = _plain(field.name, to_dict(value))
        elif hasattr(value, "extend"):
            shown[field.name] = [_shown(field, item) for item in value]
        else:
            shown[field.name] = _shown(field, value)
    return shown


def _shown(field: Any, value: Any) -> Any:
    if field.message_type is not None:
        return redacted(value)
    if field.enum_type is not None:
        known = field.enum_type.values_by_number.get(value)
        return known.name.lower() if known else value
    if isinstance(value, bytes):
        return f"<{len(value)} bytes, sha256 {hashlib.sha256(value).hexdigest()}>"
    if field.name == "source_code":
        return f"<{len(value)} characters>"
    return _plain(field.name, value)


def _plain(key: str, value: Any) -> Any:
    if key == "image" and isinstance(value, Mapping):
        return {name: _image_part(name, item) for name, item in value.items()}
    if isinstance(value, Mapping):
        return {str(name): _plain(str(name), item) for name, item in value.items()}
    if isinstance(value, list):
        return [_plain(key, item) for item in value]
    return shown_text(value) if isinstance(value, str) else value


def _image_part(name: str, value: Any) -> Any:
    if name in {"secrets", "build_args"} and isinstance(value, Mapping):
        return dict.fromkeys(map(str, value), REDACTED)
    if name == "registries" and isinstance(value, Mapping):
        return {host: dict.fromkeys(map(str, login), REDACTED) for host, login in value.items()}
    return _plain(name, value)


_LOGIN = re.compile(r"(\w+://)[^/@\s]+@")


def shown_text(text: str) -> str:
    """Hide the login and the query of URLs: requirements may carry tokens in either."""
    text = _LOGIN.sub(rf"\1{REDACTED}@", text)
    return re.sub(r"(https?://[^\s?#]+)\?[^\s#]+", rf"\1?{REDACTED}", text)
