"""Checks of single settings; every error names the setting, the fault and the fix."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from .errors import AppDefinitionError, nearest

Check = Callable[[str, Any], Any]  # (setting, value) -> the value in its normal form

KINDS = ("virtualenv", "conda", "container")
AUTH_MODES = ("public", "private", "shared")
RETRY_CONDITIONS = ("timeout", "server_error", "connection_error")
RESOLVERS = ("uv", "pip")


def fail(setting: str, value: object, expected: str) -> AppDefinitionError:
    """Say that `setting` is wrong; the value itself is shown only when it cannot be long or secret."""
    shown = repr(value) if isinstance(value, (bool, int, float)) or value is None else type(value).__name__
    return AppDefinitionError(f"{setting} must be {expected}, not {shown}")


def text(setting: str, value: Any) -> str:
    if not isinstance(value, str):
        raise fail(setting, value, "a str")
    if not value.strip():
        raise AppDefinitionError(f"{setting} is empty; leave it out or give a value")
    return value


def flag(setting: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise fail(setting, value, "True or False")
    return value


def mapping(setting: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise fail(setting, value, "a dict with str keys")
    return dict(value)


def function(setting: str, value: Any) -> Any:
    if not callable(value):
        raise fail(setting, value, "a function")
    return value


def image(setting: str, value: Any) -> Any:
    if not callable(getattr(value, "get_copy_add_sources", None)):
        raise fail(setting, value, "a fal.ContainerImage")
    return value


def integer(minimum: int, unit: str = "", maximum: int | None = None) -> Check:
    """Make a check for whole numbers from `minimum` on."""

    def check(setting: str, value: Any) -> int:
        of = f" of {unit}" if unit else ""
        if isinstance(value, float) and math.isfinite(value) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise fail(setting, value, f"a whole number{of}")
        if value < minimum:
            raise AppDefinitionError(f"{setting} must be at least {minimum}{of and ' ' + unit}, not {value}")
        if maximum is not None and value > maximum:
            raise AppDefinitionError(f"{setting} must be at most {maximum}{of and ' ' + unit}, not {value}")
        return value

    return check


seconds = integer(0, "seconds")
port = integer(1, maximum=65535)


def choice(*allowed: str) -> Check:
    """Make a check for one of a few words."""

    def check(setting: str, value: Any) -> str:
        if not isinstance(value, str):
            raise fail(setting, value, f"one of {', '.join(allowed)}")
        if value not in allowed:
            raise AppDefinitionError(
                f"{setting}={value!r} is not known{nearest(value.lower(), allowed)}; use one of {', '.join(allowed)}"
            )
        return value

    return check


def texts(setting: str, value: Any) -> list[str]:
    """Accept a list or tuple of str; a single str is refused, since it would be taken apart into letters."""
    if isinstance(value, str):
        raise AppDefinitionError(f"{setting} must be a list of str, not a single str; write [{value!r}]")
    if not isinstance(value, (list, tuple)):
        raise fail(setting, value, "a list of str")
    for index, item in enumerate(value):
        text(f"{setting}[{index}]", item)
    return list(value)


def text_or_texts(setting: str, value: Any) -> list[str]:
    """Accept one name or a list of names in order of preference; the result is always a list."""
    if isinstance(value, str):
        return [text(setting, value)]
    names = texts(setting, value)
    if not names:
        raise AppDefinitionError(f"{setting} is an empty list; leave it out or name at least one")
    return names


def requirements(setting: str, value: Any) -> list[str] | list[list[str]]:
    """Accept a flat list of requirements, or a list of lists: one install layer each."""
    if isinstance(value, (list, tuple)) and value and all(isinstance(item, (list, tuple)) for item in value):
        return [texts(f"{setting}[{index}]", layer) for index, layer in enumerate(value)]
    if isinstance(value, (list, tuple)) and any(isinstance(item, (list, tuple)) for item in value):
        raise AppDefinitionError(f"{setting} mixes str and lists; give all str, or all lists (one install layer each)")
    return texts(setting, value)


def python_version(setting: str, value: Any) -> str:
    parts = text(setting, value).split(".")
    if not 2 <= len(parts) <= 3 or not all(part.isdigit() for part in parts):
        raise AppDefinitionError(f"{setting}={value!r} is not a Python version; write it like '3.12'")
    return str(value)


def volumes(setting: str, value: Any) -> dict[str, str]:
    """Accept {volume name: absolute path it is mounted at}."""
    mounts = mapping(setting, value)
    for name, path in mounts.items():
        text(f"{setting} name", name)
        if not text(f"{setting}[{name!r}]", path).startswith("/"):
            raise AppDefinitionError(f"{setting}[{name!r}]={path!r} must be an absolute path, like '/volumes/{name}'")
    return mounts


def retry_conditions(setting: str, value: Any) -> list[str]:
    one_of = choice(*RETRY_CONDITIONS)
    if isinstance(value, str):
        raise AppDefinitionError(f"{setting} must be a list of str, not a single str; write [{value!r}]")
    if not isinstance(value, (list, tuple)):
        raise fail(setting, value, "a list of str")
    return [one_of(f"{setting}[{index}]", item) for index, item in enumerate(value)]


def retry_config(setting: str, value: Any) -> dict[str, dict[str, int]]:
    """Accept {condition: {"retries": n}} or a RetryConfig; negative numbers of retries count as none."""
    to_dict = getattr(value, "to_dict", None)
    entries = mapping(setting, to_dict() if callable(to_dict) else value)
    if not entries:
        raise AppDefinitionError(f"{setting} is empty; name a condition out of {', '.join(RETRY_CONDITIONS)}")
    checked: dict[str, dict[str, int]] = {}
    for condition, entry in entries.items():
        choice(*RETRY_CONDITIONS)(f"{setting} condition", condition)
        if not isinstance(entry, Mapping) or set(entry) != {"retries"}:
            raise AppDefinitionError(f"{setting}[{condition!r}] must have the form {{'retries': 2}}")
        retries = entry["retries"]
        if isinstance(retries, bool) or not isinstance(retries, int):
            raise fail(f"{setting}[{condition!r}]['retries']", retries, "a whole number")
        checked[condition] = {"retries": max(retries, 0)}
    return checked
