"""Checks of the values in requests. Every fault names its field."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import httpx

from fal._core.hosts import is_loopback
from fal.app.checks import RETRY_CONDITIONS, InvalidValue
from fal.app.settings import PLATFORM_DEFAULTS, SCALE, SETTINGS

from . import limits
from .faults import Fault, invalid
from .records import DEFAULT_ENVIRONMENT, Alias

if TYPE_CHECKING:
    from collections.abc import Mapping

SEPARATOR = "--"
_APP_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?")
_ENVIRONMENT_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")
_SECRET_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_HEALTH_PATH = re.compile(r"[!-~]+")


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


def local_url(text: str) -> httpx.URL:
    """Return an address that the control plane may call: one of this machine.

    Raises:
        ValueError: It is none, or that of another machine.
    """
    try:
        url = httpx.URL(text)
        is_ours = url.scheme in ("http", "https") and is_loopback(url.host)
    except (httpx.InvalidURL, ValueError):
        raise ValueError("is not an address") from None
    if not is_ours:
        raise ValueError(
            "is elsewhere, and the local control plane calls this machine alone: http:// or https://, then 127.0.0.1, "
            "[::1] or localhost"
        )
    if url.port is not None and not 0 < url.port < 2**16:
        raise ValueError(f"has the port {url.port}, and ports are numbers from 1 to 65535")
    return url


def checked_retries(field: str, text: str) -> dict[str, int]:
    """Return how often a request is tried again, by the condition that it ended in.

    Raises:
        Fault: It is not of the form {"timeout": {"retries": 2}}.
    """
    try:
        config = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise invalid(field, f"is not JSON ({error})") from None
    if not isinstance(config, dict) or not config:
        raise invalid(field, 'is not of the form {"timeout": {"retries": 2}}')
    counts: dict[str, int] = {}
    for condition, rule in config.items():
        retries = rule.get("retries") if isinstance(rule, dict) else None
        if condition not in RETRY_CONDITIONS:
            raise invalid(field, f"{condition!r} is not one of {', '.join(RETRY_CONDITIONS)}")
        if not isinstance(retries, int) or isinstance(retries, bool) or retries < 0:
            raise invalid(field, f"{condition}.retries is {retries!r}, not a whole number of at least 0")
        counts[condition] = retries
    return counts


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


def setting(field: str, value: Any, name: str) -> Any:
    """Return the value of a setting, checked as the SDK checks it.

    Raises:
        Fault: It does not fit.
    """
    try:
        return SETTINGS[name].check(field, value)
    except InvalidValue as error:
        raise invalid(error.name, error.fault) from None


def scaling(values: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return the scale settings that a message of the wire sets, by their names in `AliasInfo`.

    Args:
        values: Those of the message that are set, under their names on the wire.
        prefix: What stands before the names in the text of a fault.

    Raises:
        Fault: A value does not fit.
    """
    return {
        row.result: setting(prefix + row.wire, values[row.wire], name)
        for name, row in SCALE.items()
        if row.wire in values
    }


def check_concurrency(alias: Alias) -> None:
    """Make sure that the limits of an alias fit together.

    Raises:
        Fault: They do not.
    """
    least, most = alias.scaling.get("min_concurrency"), alias.scaling.get("max_concurrency")
    if least is not None and most is not None and least > most:
        raise invalid("min_concurrency", f"{least} is more than max_concurrency, which is {most}")


def deployed_scaling(code: Mapping[str, Any], before: Alias | None, *, reset: bool) -> dict[str, Any]:
    """Return the scaling of an alias after a deploy.

    Args:
        code: What the new revision asks for, as `scaling` returned it.
        before: The alias as it was; None when it is new.
        reset: Whether the revision replaces all, or only what belongs to the code.
    """
    values = dict(PLATFORM_DEFAULTS)
    for row in SCALE.values():
        if before is not None and not reset and not row.of_code:
            kept = before.scaling.get(row.result)
            values[row.result] = values[row.result] if kept is None else kept
        elif row.result in code:
            values[row.result] = code[row.result]
    if values["min_concurrency"] > values["max_concurrency"]:
        # Nobody asked for a maximum: a minimum above the default one raises it.
        if "max_concurrency" in code:
            raise Fault(
                "INVALID_ARGUMENT",
                f"machine_requirements.min_concurrency: {values['min_concurrency']} is more than max_concurrency, "
                f"which is {values['max_concurrency']}",
            )
        values["max_concurrency"] = values["min_concurrency"]
    return values
