"""The rules of `[tool.fal]`: every key, its type, and what may not stand together."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..options import AUTH_MODES, STRATEGIES

REGIONS = ("us-west", "us-central", "us-east", "eu-north", "eu-west")
RETRY_CONDITIONS = ("timeout", "server_error", "connection_error")
_INT32 = 2**31 - 1

Key = tuple[str, ...]
Check = Callable[[Any], "str | None"]  # what is wrong with a value, or None


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault: the path of the key, and what to do about it."""

    key: Key
    text: str


def nearest(name: str, known: Iterable[str]) -> str:
    """Return a hint at the known name most like `name`, or an empty text."""
    found = difflib.get_close_matches(str(name).replace("-", "_"), list(known), n=1, cutoff=0.6)
    return f"; did you mean {found[0]!r}?" if found else ""


def _kind(value: object) -> str:
    names = {bool: "a boolean", int: "an integer", float: "a float", str: "a string", list: "a list", dict: "a table"}
    return names.get(type(value), f"a {type(value).__name__}")


def _string(value: Any) -> str | None:
    if not isinstance(value, str):
        return f"must be a string, not {_kind(value)}"
    return None if value.strip() else "must not be empty"


def _strings(value: Any) -> str | None:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return None
    return f"must be a list of strings, not {_kind(value)}" if not isinstance(value, list) else "must hold only strings"


def _string_or_strings(value: Any) -> str | None:
    if isinstance(value, str):
        return _string(value)
    return "must be a string or a list of strings" if _strings(value) or not value else None


def _requirements(value: Any) -> str | None:
    if _strings(value) is None:
        return None
    if isinstance(value, list) and all(_strings(item) is None for item in value):
        return None
    return "must be a list of strings, or a list of such lists (layers)"


def _boolean(value: Any) -> str | None:
    return None if isinstance(value, bool) else f"must be true or false, not {_kind(value)}"


def _integer(low: int = 0, high: int = _INT32) -> Check:
    def check(value: Any) -> str | None:
        if isinstance(value, bool) or not isinstance(value, int):
            return f"must be an integer, not {_kind(value)}"
        return None if low <= value <= high else f"must be between {low} and {high}, not {value}"

    return check


def _table(value: Any) -> str | None:
    return None if isinstance(value, dict) else f"must be a table, not {_kind(value)}"


def _one_of(allowed: tuple[str, ...]) -> Check:
    def check(value: Any) -> str | None:
        if not isinstance(value, str):
            return f"must be one of {', '.join(allowed)}, not {_kind(value)}"
        if value.strip().lower() in allowed:
            return None
        return f"is {value!r}; use one of {', '.join(allowed)}{nearest(value, allowed)}"

    return check


def _all_of(allowed: tuple[str, ...]) -> Check:
    def check(value: Any) -> str | None:
        if wrong := _strings(value):
            return wrong
        bad = [item for item in value if item not in allowed]
        hint = nearest(bad[0], allowed) if bad else ""
        return f"holds {', '.join(map(repr, bad))}; use only {', '.join(allowed)}{hint}" if bad else None

    return check


def _entry_point(value: Any) -> str | None:
    if wrong := _string(value):
        return wrong
    module, colon, symbol = value.partition(":")
    if colon and all(part.isidentifier() for part in [*module.split("."), *symbol.split(".")]):
        return None
    return f"is {value!r}; write it as '<module>:<symbol>'"


def _volumes(value: Any) -> str | None:
    if wrong := _table(value):
        return wrong
    bad = [name for name, path in value.items() if not (isinstance(path, str) and path.startswith("/"))]
    return f"must map each volume to an absolute path; look at {', '.join(map(repr, bad))}" if bad else None


def _retry_config(value: Any) -> str | None:
    if wrong := _table(value):
        return wrong
    if not value:
        return "must name at least one condition, as in { timeout = { retries = 1 } }"
    for condition, rule in value.items():
        if condition not in RETRY_CONDITIONS:
            hint = nearest(condition, RETRY_CONDITIONS)
            return f"has the condition {condition!r}; use {', '.join(RETRY_CONDITIONS)}{hint}"
        if not isinstance(rule, dict) or set(rule) != {"retries"}:
            return f"needs {condition} = {{ retries = <number> }}"
        if isinstance(rule["retries"], bool) or not isinstance(rule["retries"], int):
            return f"needs an integer for {condition}.retries"
    return None


_COUNT = _integer()
_HEALTH_CHECK: dict[str, Check] = {
    "path": _string,
    "start_period_seconds": _COUNT,
    "timeout_seconds": _COUNT,
    "failure_threshold": _COUNT,
    "call_regularly": _boolean,
    "method": _one_of(("get", "post")),
}
_IMAGE: dict[str, Check] = {
    "dockerfile": _string,
    "image": _string,
    "build_args": _table,
    "secrets": _table,
    "registries": _table,
    "entrypoint": _string_or_strings,
    "cmd": _string_or_strings,
}
APP_KEYS: dict[str, Check] = {
    "ref": _string,
    "python_entry_point": _entry_point,
    "image": _table,
    "name": _string,
    "auth": _one_of(AUTH_MODES),
    "deployment_strategy": _one_of(STRATEGIES),
    "team": _string,
    "requirements": _requirements,
    "requirements_context_dir": _string,
    "python_version": _string,
    "app_files": _strings,
    "app_files_ignore": _strings,
    "app_files_context_dir": _string,
    "min_concurrency": _COUNT,
    "max_concurrency": _COUNT,
    "max_multiplexing": _COUNT,
    "concurrency_buffer": _COUNT,
    "concurrency_buffer_perc": _COUNT,
    "scaling_delay": _COUNT,
    "request_timeout": _COUNT,
    "request_start_timeout": _COUNT,
    "startup_timeout": _COUNT,
    "machine_type": _string_or_strings,
    "num_gpus": _COUNT,
    "keep_alive": _COUNT,
    "termination_grace_period_seconds": _COUNT,
    "private_logs": _boolean,
    "regions": _all_of(REGIONS),
    "secrets": _strings,
    "data_mounts": _strings,
    "volumes": _volumes,
    "exposed_port": _integer(0, 65535),
    "metrics_port": _integer(0, 65535),
    "_scheduler": _string,
    "_scheduler_options": _table,
    "skip_retry_conditions": _all_of(RETRY_CONDITIONS),
    "retry_config": _retry_config,
    "health_check": _table,
    "no_scale": _boolean,
    "app_scale_settings": _boolean,
}


def check_tool_table(table: Any, folder: Path) -> tuple[dict[str, dict[str, Any]], list[Problem]]:
    """Check a whole `[tool.fal]` table.

    Returns:
        The app tables by name, and every problem found in any of them.
    """
    base: Key = ("tool", "fal")
    if wrong := _table(table):
        return {}, [Problem(base, wrong)]
    problems = []
    for key in table:
        if key != "apps":
            problems.append(Problem((*base, key), f"is not a known key{nearest(key, ['apps'])}"))
    apps = table.get("apps", {})
    if wrong := _table(apps):
        return {}, [*problems, Problem((*base, "apps"), wrong)]
    for name, app in apps.items():
        problems += _check_app((*base, "apps", name), app, folder)
    return apps, problems


def _check_app(at: Key, app: Any, folder: Path) -> list[Problem]:
    if wrong := _table(app):
        return [Problem(at, f"{wrong}; write [{'.'.join(at)}]")]
    if not at[-1].strip():
        return [Problem(at, "must have a name")]
    problems = _check_keys(at, app, APP_KEYS)
    problems += _check_together(at, app)
    if isinstance(app.get("health_check"), dict):
        health = app["health_check"]
        problems += _check_keys((*at, "health_check"), health, _HEALTH_CHECK)
        if "path" not in health:
            problems.append(Problem((*at, "health_check"), "needs a path"))
    if isinstance(app.get("image"), dict):
        problems += _check_image((*at, "image"), app["image"], folder)
    return problems


def _check_keys(at: Key, table: Mapping[str, Any], known: Mapping[str, Check]) -> list[Problem]:
    problems = []
    for key, value in table.items():
        check = known.get(key)
        if check is None:
            problems.append(Problem((*at, key), f"is not a known key{nearest(key, known)}"))
        elif wrong := check(value):
            problems.append(Problem((*at, key), wrong))
    return problems


def _check_together(at: Key, app: Mapping[str, Any]) -> list[Problem]:
    problems = []
    if "ref" in app and "python_entry_point" in app:
        problems.append(Problem((*at, "ref"), "cannot stand beside python_entry_point; keep one of them"))
    if not {"ref", "python_entry_point", "image"} & set(app):
        problems.append(Problem(at, "needs ref, python_entry_point or image to say what to deploy"))
    if "app_files_context_dir" in app and "app_files" not in app:
        problems.append(Problem((*at, "app_files_context_dir"), "needs app_files beside it"))
    if "image" in app and app.get("app_files"):
        problems.append(
            Problem((*at, "app_files"), "cannot stand beside image; COPY the files in the Dockerfile instead")
        )
    if "no_scale" in app and "app_scale_settings" in app and app["no_scale"] == app["app_scale_settings"]:
        problems.append(Problem((*at, "no_scale"), "contradicts app_scale_settings; keep app_scale_settings"))
    return problems


def _check_image(at: Key, image: Mapping[str, Any], folder: Path) -> list[Problem]:
    problems = _check_keys(at, image, _IMAGE)
    dockerfile = image.get("dockerfile")
    if ("dockerfile" in image) == ("image" in image):
        problems.append(Problem(at, "needs exactly one of dockerfile and image"))
    if "dockerfile" not in image:
        for key in ("build_args", "secrets"):
            if key in image:
                problems.append(Problem((*at, key), "only applies to an image built from a dockerfile"))
    if isinstance(dockerfile, str) and dockerfile.strip():
        problems += _check_dockerfile((*at, "dockerfile"), folder, dockerfile)
    for key in ("build_args", "secrets"):
        if isinstance(image.get(key), dict) and not all(isinstance(value, str) for value in image[key].values()):
            problems.append(Problem((*at, key), "must map names to strings"))
    registries = image.get("registries")
    for host, login in registries.items() if isinstance(registries, dict) else ():
        if not isinstance(login, dict) or not all(isinstance(login.get(k), str) for k in ("username", "password")):
            problems.append(Problem((*at, "registries", host), "needs username and password, both strings"))
    return problems


def _check_dockerfile(at: Key, folder: Path, name: str) -> list[Problem]:
    try:
        text = (folder / name).read_text(encoding="utf-8")
    except FileNotFoundError:
        return [Problem(at, f"names the file {name!r}, which does not exist below the project folder")]
    except (OSError, ValueError) as error:
        return [Problem(at, f"names the file {name!r}, which cannot be read: {error}")]
    return [] if text.strip() else [Problem(at, f"names the file {name!r}, which is empty")]
