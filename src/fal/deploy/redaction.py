"""What may be shown of a request: no secrets, no code, no bytes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any

REDACTED = "***"


def redacted(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return a request as JSON can hold it, without secrets, code or bytes."""
    shown: dict[str, Any] = {}
    for key, value in fields.items():
        if key == "source_code":
            shown[key] = f"<{len(value)} characters>"
        elif key == "function":
            digest = hashlib.sha256(value["definition"]).hexdigest()
            shown[key] = {
                "method": value["method"],
                "definition": f"<{len(value['definition'])} bytes, sha256 {digest}>",
            }
        else:
            shown[key] = _shown(key, value)
    return shown


def _shown(key: str, value: Any) -> Any:
    if key == "image" and isinstance(value, Mapping):
        return {name: _image_part(name, item) for name, item in value.items()}
    if isinstance(value, Mapping):
        return {str(name): _shown(str(name), item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_shown(key, item) for item in value]
    if isinstance(value, str):
        return shown_text(value)
    return value


def _image_part(name: str, value: Any) -> Any:
    if name in {"secrets", "build_args"} and isinstance(value, Mapping):
        return dict.fromkeys(map(str, value), REDACTED)
    if name == "registries" and isinstance(value, Mapping):
        return {host: dict.fromkeys(map(str, login), REDACTED) for host, login in value.items()}
    return _shown(name, value)


_LOGIN = re.compile(r"(\w+://)[^/@\s]+@")


def shown_text(text: str) -> str:
    """Hide the login and the query of addresses: requirements may carry tokens in either."""
    text = _LOGIN.sub(rf"\1{REDACTED}@", text)
    return re.sub(r"(https?://[^\s?#]+)\?[^\s#]+", rf"\1?{REDACTED}", text)
