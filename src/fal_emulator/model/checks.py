"""Values of requests: whether they are possible, and what they mean. Every fault names its field."""

from __future__ import annotations

import re
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from . import limits
from .faults import Fault, invalid
from .records import DEFAULT_ENVIRONMENT, Alias

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SEPARATOR = "--"
_APP_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?")
_ENVIRONMENT_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")
_SECRET_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_MACHINE_TYPE = re.compile(r"XS|S|M|L|XL|GPU-[A-Z0-9][A-Z0-9-]*|GPU")
_REGION = re.compile(r"[a-z]+(-[a-z]+)+(-?[0-9]+)?")
_HEALTH_PATH = re.compile(r"[!-~]+")
_LARGEST = 2**31 - 1

# The least and the greatest value of each number of a scaling, under its name on the wire.
_LIMITS: dict[str, tuple[int, int]] = {
    "keep_alive": (0, _LARGEST),
    "max_multiplexing": (1, _LARGEST),
    "max_concurrency": (1, _LARGEST),
    "min_concurrency": (0, _LARGEST),
    "concurrency_buffer": (0, _LARGEST),
    "concurrency_buffer_perc": (0, 100),
    "scaling_delay_seconds": (0, _LARGEST),
    "request_timeout": (1, _LARGEST),
    "request_start_timeout": (0, _LARGEST),  # 0 removes it
    "startup_timeout": (1, _LARGEST),
    "exposed_port": (1, 65535),
    "metrics_port": (1, 65535),
    "num_gpus": (0, 1024),
}
_RECORD_NAME = {"scaling_delay_seconds": "scaling_delay"}

# What an alias has where neither its revision nor a change of scale says something: the platform's defaults.
DEFAULT_SCALING: dict[str, Any] = {
    "keep_alive": 10,
    "min_concurrency": 0,
    "max_concurrency": 2,
    "max_multiplexing": 1,
    "concurrency_buffer": 0,
    "concurrency_buffer_perc": 0,
    "scaling_delay": 0,
    "request_timeout": 3600,
    "request_start_timeout": None,
    "startup_timeout": 600,
    "machine_types": ("XS",),
    "valid_regions": (),
}
# These belong to the code: a new revision brings its own. The others stay with the alias until they are reset.
_OF_THE_CODE = frozenset({"max_multiplexing", "startup_timeout", "machine_types"})


def app_name(field: str, name: str, environment_field: str | None) -> tuple[str, str]:
    """Return the full name of an app and its environment, which callers may give by suffix, by field, or by both.

    Args:
        field: The field of the name.
        name: With or without the environment's suffix.
        environment_field: What the field `environment_name` says; None when it is unset.

    Raises:
        Fault: The name is not one that an app can have.
    """
    if not name:
        raise invalid(field, "is empty: name the app")
    base, separator, suffix = name.rpartition(SEPARATOR)
    if environment_field is None:
        environment = suffix if separator else DEFAULT_ENVIRONMENT
    else:
        environment = environment_name("environment_name", environment_field)
    if not (separator and suffix == environment):
        base = name
    if not _APP_NAME.fullmatch(base) or SEPARATOR in base or len(base) > limits.LONGEST_NAME:
        raise invalid(
            field,
            f"{name!r} is not a name of an app in environment {environment!r}: use up to {limits.LONGEST_NAME} letters, "
            f"digits, '-', '_' and '.'; {SEPARATOR!r} only stands before the environment's name",
        )
    return base if environment == DEFAULT_ENVIRONMENT else f"{base}{SEPARATOR}{environment}", environment


def environment_name(field: str, name: str) -> str:
    """Return the name of an environment.

    Raises:
        Fault: It is not one that an environment can have.
    """
    if not _ENVIRONMENT_NAME.fullmatch(name) or SEPARATOR in name or len(name) > limits.LONGEST_NAME:
        raise invalid(
            field,
            f"{name!r} is not a name of an environment: use up to {limits.LONGEST_NAME} lower-case letters, digits and "
            "single '-'",
        )
    return name


def secret_name(field: str, name: str) -> str:
    """Return the name of a secret, which becomes an environment variable.

    Raises:
        Fault: It is not one that a secret can have.
    """
    if not _SECRET_NAME.fullmatch(name) or len(name) > limits.LONGEST_NAME:
        raise invalid(
            field,
            f"{name!r} is not a name of a secret: use up to {limits.LONGEST_NAME} letters, digits and '_', as in API_KEY",
        )
    return name


def secret_value(field: str, value: str) -> str:
    """Return the value of a secret.

    Raises:
        Fault: No environment variable can hold it.
    """
    if "\0" in value:
        raise invalid(field, "holds a NUL character, which no environment variable can hold")
    if len(value) > limits.LONGEST_SECRET:
        raise invalid(field, f"is {len(value)} characters long; the limit is {limits.LONGEST_SECRET}")
    return value


def identifier(field: str, value: str) -> str:
    """Return an id.

    Raises:
        Fault: It is empty.
    """
    if not value:
        raise invalid(field, "is empty")
    return value


def digest(field: str, value: str) -> str:
    """Return the hash of a file, which becomes a file name.

    Raises:
        Fault: It is not a SHA-256 in lower-case hex.
    """
    if not _DIGEST.fullmatch(value):
        raise invalid(field, f"{value[:80]!r} is not a SHA-256 in 64 lower-case hex digits")
    return value


def relative_path(field: str, value: str) -> str:
    """Return the path of a file below the app's folder.

    Raises:
        Fault: It leads out of that folder, or is not a POSIX path.
    """
    parts = value.split("/")
    if not value or "\0" in value or "\\" in value or any(part in ("", ".", "..") for part in parts):
        raise invalid(field, f"{value[:200]!r} is not a relative POSIX path below the app's folder")
    if (
        len(value.encode()) > limits.LONGEST_PATH
        or max(len(part.encode()) for part in parts) > limits.LONGEST_FILE_NAME
    ):
        raise invalid(
            field,
            f"{value[:200]!r} is too long: the limit is {limits.LONGEST_PATH} bytes, "
            f"and {limits.LONGEST_FILE_NAME} for each part",
        )
    return value


def health_path(field: str, value: str) -> str:
    """Return the path of a health check.

    Raises:
        Fault: It cannot stand in a request.
    """
    if not _HEALTH_PATH.fullmatch(value) or len(value) > limits.LONGEST_HEALTH_PATH:
        raise invalid(
            field,
            f"{value[:200]!r} is not the path of an address: use up to {limits.LONGEST_HEALTH_PATH} characters of "
            "ASCII, with others and spaces percent-encoded",
        )
    return value


def number(field: str, value: int, name: str | None = None) -> int:
    """Return a number of a scaling or of machine requirements.

    Raises:
        Fault: It is out of its range.
    """
    least, greatest = _LIMITS[name or field]
    if not least <= value <= greatest:
        raise invalid(
            field,
            f"{value} is too small: the least is {least}" if value < least else f"{value} is more than {greatest}",
        )
    return value


def machine_types(field: str, values: Iterable[str]) -> tuple[str, ...]:
    """Return machine types, in order of preference.

    Raises:
        Fault: One is not the name of a machine type.
    """
    for value in (found := tuple(values)):
        if not _MACHINE_TYPE.fullmatch(value):
            raise invalid(field, f"{value!r} is not a machine type: use XS, S, M, L, XL or a GPU such as GPU-H100")
    return found


def regions(field: str, values: Iterable[str]) -> tuple[str, ...]:
    """Return regions.

    Raises:
        Fault: One is not the name of a region.
    """
    for value in (found := tuple(values)):
        if not _REGION.fullmatch(value):
            raise invalid(field, f"{value!r} is not a region; an example is us-east")
    return found


def scaling(values: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return the fields of an alias that a message of the wire sets.

    Args:
        values: Those of the message that are set, under their names on the wire.
        prefix: What stands before the names in the text of a fault.

    Raises:
        Fault: A value is not possible.
    """
    found: dict[str, Any] = {}
    for name, value in values.items():
        field = prefix + name
        if name == "machine_types":
            found[name] = machine_types(field, value)
        elif name == "valid_regions":
            found[name] = regions(field, value)
        elif name in _LIMITS:
            found[_RECORD_NAME.get(name, name)] = number(field, value, name)
    names = {f.name for f in fields(Alias)}
    return {name: value for name, value in found.items() if name in names}


def check_concurrency(alias: Alias) -> None:
    """Make sure that the limits of an alias fit together.

    Raises:
        Fault: They do not.
    """
    least, most = alias.min_concurrency, alias.max_concurrency
    if least is not None and most is not None and least > most:
        raise invalid("min_concurrency", f"{least} is more than max_concurrency, which is {most}")


def deployed_scaling(code: Mapping[str, Any], before: Alias | None, *, reset: bool) -> dict[str, Any]:
    """Return the scaling of an alias after a deploy.

    Args:
        code: What the new revision asks for, as `scaling` returned it.
        before: The alias as it was; None when it is new.
        reset: Whether the revision replaces all, or only what belongs to the code.
    """
    found = dict(DEFAULT_SCALING)
    for name in found:
        if before is not None and not reset and name not in _OF_THE_CODE:
            kept = getattr(before, name)
            found[name] = found[name] if kept is None else kept
        elif name in code:
            found[name] = code[name]
    if found["min_concurrency"] > found["max_concurrency"]:
        # Nobody asked for a maximum: a minimum above the default one raises it.
        if "max_concurrency" in code:
            raise Fault(
                "INVALID_ARGUMENT",
                f"machine_requirements.min_concurrency: {found['min_concurrency']} is more than max_concurrency, "
                f"which is {found['max_concurrency']}",
            )
        found["max_concurrency"] = found["min_concurrency"]
    return found
