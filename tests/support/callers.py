"""Callers, made with the options that clients take."""

from __future__ import annotations

from typing import Any

from fal._core.options import CallOptions, async_transport_options, call_options, transport_options
from fal._core.settings import Settings

_OF_CALLS = ("timeout", "max_retries", "headers", "request_id")
_OF_TIME = ("clock", "sleep")


def made_of(settings: Settings, *, asynchronous: bool = False, **options: Any) -> dict[str, Any]:
    """Return the arguments of a caller, sync or async."""
    calls = {name: options.pop(name) for name in _OF_CALLS if name in options}
    time = {name: options.pop(name) for name in _OF_TIME if name in options}
    transport = async_transport_options if asynchronous else transport_options
    return {
        "settings": settings,
        "options": call_options(CallOptions(), **calls),
        "transport": transport(settings, **options),
        **time,
    }
