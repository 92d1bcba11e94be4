"""The rules of `[tool.fal]`: every key, its type, and which keys exclude each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fal._sentences import meant
from fal.app import checks as c
from fal.app.settings import SETTINGS

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: the path of the key, and how to fix it."""

    key: Key
    text: str


_HEALTH_CHECK: dict[str, c.Check] = {
    "path": c.health_path,
    "start_period_seconds": c.seconds,
    "timeout_seconds": c.seconds,
    "failure_threshold": c.integer(0, "failures"),
    "call_regularly": c.flag,
    "method": c.choice("get", "post"),
}
_IMAGE: dict[str, c.Check] = {
    "dockerfile": c.text,
    "image": c.text,
    "build_args": c.mapping,
    "secrets": c.mapping,
    "registries": c.mapping,
    "entrypoint": c.command,
    "cmd": c.command,
}
APP_KEYS: dict[str, c.Check] = {
    "ref": c.text,
    "python_entry_point": c.entry_point,
    "image": c.mapping,
    "name": c.text,
    "auth": c.choice(*c.AUTH_MODES),
    "deployment_strategy": c.choice(*c.STRATEGIES),
    "team": c.text,
    **{name: setting.check for name, setting in SETTINGS.items() if setting.in_file},
    "health_check": c.mapping,
    "no_scale": c.flag,
    "app_scale_settings": c.flag,
}


def check_tool_table(table: Any, folder: Path) -> tuple[dict[str, dict[str, Any]], list[Problem]]:
    """Check a whole `[tool.fal]` table.

    Returns:
        The app tables by name, and every problem found in any of them.
    """
    base: Key = ("tool", "fal")
    if not isinstance(table, dict):
        return {}, [_no_table(base, table)]
    problems = []
    for key in table:
        if key != "apps":
            problems.append(_unknown(base, key, ["apps"]))
    apps = table.get("apps", {})
    if not isinstance(apps, dict):
        return {}, [*problems, _no_table((*base, "apps"), apps)]
    for name, app in apps.items():
        problems += _check_app((*base, "apps", name), app, folder)
    return apps, problems


def _check_app(at: Key, app: Any, folder: Path) -> list[Problem]:
    if not isinstance(app, dict):
        return [_no_table(at, app)]
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


def _check_keys(at: Key, table: dict[str, Any], known: Mapping[str, c.Check]) -> list[Problem]:
    """Check the values of a table, and replace each by its normal form."""
    problems = []
    for key, value in table.items():
        check = known.get(key)
        if check is None:
            problems.append(_unknown(at, key, known))
            continue
        try:
            table[key] = check(key, value)
        except c.InvalidValue as error:
            problems.append(Problem((*at, key), f"{error.name.removeprefix(key).lstrip()} {error.fault}".lstrip()))
    return problems


def _no_table(at: Key, value: object) -> Problem:
    return Problem(at, f"must be a table, not {type(value).__name__}; write [{'.'.join(at)}]")


def _unknown(at: Key, key: str, known: Iterable[str]) -> Problem:
    return Problem((*at, key), f"is not a known key{meant(key.replace('-', '_'), known)}")


def _check_together(at: Key, app: Mapping[str, Any]) -> list[Problem]:
    problems = []
    if "ref" in app and "python_entry_point" in app:
        problems.append(Problem((*at, "ref"), "cannot be combined with python_entry_point; keep one of them"))
    if not {"ref", "python_entry_point", "image"} & set(app):
        problems.append(Problem(at, "needs ref, python_entry_point or image"))
    if "app_files_context_dir" in app and "app_files" not in app:
        problems.append(Problem((*at, "app_files_context_dir"), "needs app_files, too"))
    if "image" in app and app.get("app_files"):
        problems.append(
            Problem((*at, "app_files"), "cannot be combined with image; COPY the files in the Dockerfile instead")
        )
    if "no_scale" in app and "app_scale_settings" in app and app["no_scale"] == app["app_scale_settings"]:
        problems.append(Problem((*at, "no_scale"), "contradicts app_scale_settings; keep app_scale_settings"))
    return problems


def _check_image(at: Key, image: dict[str, Any], folder: Path) -> list[Problem]:
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
        text = (folder / name).read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return [Problem(at, f"names the file {name!r}, which does not exist below the project folder")]
    except (OSError, ValueError) as error:
        return [Problem(at, f"names the file {name!r}, which cannot be read: {error}")]
    return [] if text.strip() else [Problem(at, f"names the file {name!r}, which is empty")]
