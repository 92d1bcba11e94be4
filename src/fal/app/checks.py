"""Checks of single values: one wording per mistake, however the value was given."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from fal._sentences import meant, shown

from .errors import AppDefinitionError

Check = Callable[[str, Any], Any]  # (name, value) -> the value in its normal form

KINDS = ("virtualenv", "conda", "container")
AUTH_MODES = ("public", "private", "shared")
STRATEGIES = ("rolling", "recreate")
RETRY_CONDITIONS = ("timeout", "server_error", "connection_error")
RESOLVERS = ("uv", "pip")
LARGEST = 2**31 - 1  # of the integers on the wire
LARGEST_PORT = 65535


class InvalidValue(AppDefinitionError):
    """An invalid value.

    Attributes:
        name: Which value: "keep_alive", "regions[1]".
        fault: What is wrong with it, and how to fix it.
        of_type: Whether it is of the wrong type, rather than out of range.
    """

    def __init__(self, name: str, fault: str, *, of_type: bool = False) -> None:
        super().__init__(f"{name} {fault}")
        self.name = name
        self.fault = fault
        self.of_type = of_type


def fail(name: str, value: object, expected: str) -> InvalidValue:
    """Return the error for a value of the wrong type; it leaves out the value, which may be long or secret."""
    return InvalidValue(name, f"must be {expected}, not {type(value).__name__}", of_type=True)


def text(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise fail(name, value, "a str")
    if not value.strip():
        raise InvalidValue(name, "is empty; leave it out or pass a value")
    return value


def word(name: str, value: Any) -> str:
    """Accept a name as others give it: text without whitespace or control characters."""
    checked = text(name, value)
    if any(character.isspace() or not character.isprintable() for character in checked):
        raise InvalidValue(name, f"is {shown(checked)}, which contains whitespace or control characters; remove them")
    return checked


def flag(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise fail(name, value, "True or False")
    return value


def mapping(name: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise fail(name, value, "a dict with str keys")
    return dict(value)


def function(name: str, value: Any) -> Any:
    if not callable(value):
        raise fail(name, value, "a function")
    return value


def image(name: str, value: Any) -> Any:
    if not callable(getattr(value, "get_copy_add_sources", None)):
        raise fail(name, value, "a fal.ContainerImage")
    return value


def health_check_config(name: str, value: Any) -> Any:
    if not isinstance(getattr(value, "path", None), str):
        raise fail(name, value, "a fal.sdk.ApplicationHealthCheckConfig")
    return value


def integer(least: int, unit: str = "", most: int = LARGEST) -> Check:
    """Return a check for whole numbers in a range."""
    of, units = (f" of {unit}", f" {unit}") if unit else ("", "")

    def check(name: str, value: Any) -> int:
        try:
            number = operator.index(value)
        except TypeError:
            raise fail(name, value, f"a whole number{of}") from None
        if isinstance(value, bool):
            raise fail(name, value, f"a whole number{of}")
        if not least <= number <= most:
            raise InvalidValue(name, f"must be between {least} and {most}{units}, not {shown(number)}")
        return number

    return check


seconds = integer(0, "seconds")
port = integer(1, most=LARGEST_PORT)


def choice(*allowed: str) -> Callable[[str, Any], str]:
    """Return a check for one of a few words, in any case; an enum member stands for its value."""
    spelled = {word.lower(): word for word in allowed}

    def check(name: str, value: Any) -> str:
        given = getattr(value, "value", value)
        if not isinstance(given, str):
            raise fail(name, value, f"one of {', '.join(allowed)}")
        chosen = spelled.get(given.strip().lower())
        if chosen is None:
            hint = meant(given.strip().lower(), spelled)
            raise InvalidValue(name, f"is {given!r}; use one of {', '.join(allowed)}{hint}")
        return chosen

    return check


def listed(item: Callable[[str, Any], str]) -> Callable[[str, Any], list[str]]:
    """Return a check for a list; a single str is refused, as it would be split into letters."""

    def check(name: str, value: Any) -> list[str]:
        if isinstance(value, str):
            raise InvalidValue(
                name, f"must be a list of str, not a single str; write {name}=[{str(value)!r}]", of_type=True
            )
        if isinstance(value, (set, frozenset)):
            raise InvalidValue(name, f"must be a list of str; a {type(value).__name__} has no order", of_type=True)
        if isinstance(value, (bytes, bytearray, Mapping)) or not isinstance(value, Iterable):
            raise fail(name, value, "a list of str")
        return [item(f"{name}[{index}]", one) for index, one in enumerate(value)]

    return check


texts = listed(text)
words = listed(word)


def word_or_words(name: str, value: Any) -> list[str]:
    """Accept one name or a list of names in order of preference; the result is always a list."""
    if isinstance(value, str):
        return [word(name, value)]
    names = words(name, value)
    if not names:
        raise InvalidValue(name, "is an empty list; leave it out or pass at least one")
    return names


def command(name: str, value: Any) -> str | list[str]:
    """Accept a command as one text, or as a list of its words."""
    return text(name, value) if isinstance(value, str) else word_or_words(name, value)


def requirements(name: str, value: Any) -> list[str] | list[list[str]]:
    """Accept a flat list of requirements, or a list of lists: one install layer each."""
    if isinstance(value, (list, tuple)) and any(isinstance(item, (list, tuple)) for item in value):
        if not all(isinstance(item, (list, tuple)) for item in value):
            raise InvalidValue(name, "mixes str and lists; pass only str, or only lists (one install layer each)")
        return [texts(f"{name}[{index}]", layer) for index, layer in enumerate(value)]
    return texts(name, value)


def python_version(name: str, value: Any) -> str:
    parts = text(name, value).split(".")
    if not 2 <= len(parts) <= 3 or not all(part.isdigit() for part in parts):
        raise InvalidValue(name, f"is {value!r}, which is not a Python version; write it like '3.12'")
    return str(value)


def entry_point(name: str, value: Any) -> str:
    """Accept where an installed app is: "<module>:<symbol>"."""
    module, colon, symbol = text(name, value).partition(":")
    if not colon or not all(part.isidentifier() for part in [*module.split("."), *symbol.split(".")]):
        raise InvalidValue(name, f"is {value!r}; write it as '<module>:<symbol>'")
    return str(value)


def volumes(name: str, value: Any) -> dict[str, str]:
    """Accept {volume name: absolute path it is mounted at}."""
    mounts = mapping(name, value)
    for volume, path in mounts.items():
        text(f"{name} name", volume)
        if not text(f"{name}[{volume!r}]", path).startswith("/"):
            raise InvalidValue(f"{name}[{volume!r}]", f"is {path!r}; pass an absolute path such as '/volumes/{volume}'")
    return mounts


retry_conditions = listed(choice(*RETRY_CONDITIONS))


def retry_config(name: str, value: Any) -> dict[str, dict[str, int]]:
    """Accept {condition: {"retries": n}} or a RetryConfig; negative numbers of retries count as none."""
    to_dict = getattr(value, "to_dict", None)
    entries = mapping(name, to_dict() if callable(to_dict) else value)
    if not entries:
        raise InvalidValue(name, f"is empty; pass at least one of {', '.join(RETRY_CONDITIONS)}")
    checked: dict[str, dict[str, int]] = {}
    for condition, entry in entries.items():
        known = choice(*RETRY_CONDITIONS)(f"{name} condition", condition)
        if not isinstance(entry, Mapping) or set(entry) != {"retries"}:
            raise InvalidValue(f"{name}[{condition!r}]", "must have the form {'retries': 2}")
        retries = integer(-LARGEST, most=LARGEST)(f"{name}[{condition!r}]['retries']", entry["retries"])
        checked[known] = {"retries": max(retries, 0)}
    return checked


def environment(name: str, value: Any) -> str:
    """Accept the name of an environment; its separator would make another app of the name it is appended to."""
    checked = word(name, value)
    if "--" in checked:
        raise InvalidValue(name, f"is {checked!r}; leave out '--', which separates apps from environments")
    return checked


def health_path(name: str, value: Any) -> str:
    """Accept the path of a health check."""
    path = text(name, value)
    if not re.fullmatch(r"[!-~]+", path):
        raise InvalidValue(name, f"is {path!r}; use ASCII, and percent-encode spaces and other characters")
    return path
