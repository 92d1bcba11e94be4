"""Every setting of an app or function: its name, how it is checked, and where it goes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from . import checks as c
from .errors import AppDefinitionError, nearest
from .runtime.service import SERVE_PORT


class Setting(NamedTuple):
    """One setting an author can give as a class attribute, class keyword or decorator keyword."""

    check: c.Check
    machine: str | None = None  # name in the machine requirements, when it goes there


SETTINGS: dict[str, Setting] = {
    # where it runs
    "machine_type": Setting(c.text_or_texts, "machine_types"),
    "machine_types": Setting(c.text_or_texts, "machine_types"),
    "num_gpus": Setting(c.integer(1, "GPUs"), "num_gpus"),
    "regions": Setting(c.texts, "valid_regions"),
    "_base_image": Setting(c.text, "base_image"),
    "_scheduler": Setting(c.text, "scheduler"),
    "_scheduler_options": Setting(c.mapping, "scheduler_options"),
    "exposed_port": Setting(c.port, "exposed_port"),
    "metrics_port": Setting(c.port, "metrics_port"),
    # how it scales
    "keep_alive": Setting(c.seconds, "keep_alive"),
    "min_concurrency": Setting(c.integer(0, "runners"), "min_concurrency"),
    "max_concurrency": Setting(c.integer(1, "runners"), "max_concurrency"),
    "concurrency_buffer": Setting(c.integer(0, "runners"), "concurrency_buffer"),
    "concurrency_buffer_perc": Setting(c.integer(0, "percent"), "concurrency_buffer_perc"),
    "scaling_delay": Setting(c.seconds, "scaling_delay"),
    "max_multiplexing": Setting(c.integer(1, "requests"), "max_multiplexing"),
    "request_timeout": Setting(c.seconds, "request_timeout"),
    "request_start_timeout": Setting(c.seconds, "request_start_timeout"),
    "startup_timeout": Setting(c.seconds, "startup_timeout"),
    # what it runs in
    "kind": Setting(c.choice(*c.KINDS)),
    "image": Setting(c.image),
    "python_version": Setting(c.python_version),
    "requirements": Setting(c.requirements),
    "resolver": Setting(c.choice(*c.RESOLVERS)),
    "compile_bytecode": Setting(c.flag),
    "env_dict": Setting(c.mapping),
    "env_yml": Setting(lambda setting, value: c.text(setting, str(value))),
    "env_yml_str": Setting(c.text),
    "packages": Setting(c.texts),
    "pip": Setting(c.texts),
    "channels": Setting(c.texts),
    "force_env_build": Setting(c.flag),
    "requirements_context_dir": Setting(c.text),
    "local_python_modules": Setting(c.texts),
    "app_files": Setting(c.texts),
    "app_files_ignore": Setting(c.texts),
    "app_files_context_dir": Setting(c.text),
    # how it behaves
    "secrets": Setting(c.texts),
    "data_mounts": Setting(c.texts),
    "volumes": Setting(c.volumes),
    "private_logs": Setting(c.flag),
    "skip_retry_conditions": Setting(c.retry_conditions),
    "retry_config": Setting(c.retry_config),
    "termination_grace_period_seconds": Setting(c.seconds),
    "metadata": Setting(c.mapping),
}

APP_DEFAULTS: dict[str, Any] = {
    "machine_type": ["S"],
    "keep_alive": 60,
    "resolver": "uv",
    "_scheduler": "nomad",
    "_scheduler_options": {"storage_region": "us-east"},
    "exposed_port": SERVE_PORT,
}
# Those of the defaults that an app replaces all at once when it sets `host_kwargs`, as older apps do.
IN_HOST_KWARGS = frozenset({"keep_alive", "resolver", "_scheduler", "_scheduler_options"})
FUNCTION_DEFAULTS: dict[str, Any] = {"machine_type": ["XS"], "keep_alive": 10}
DEFAULT_IGNORE = (r"\.pyc$", r"__pycache__/", r"\.git/", r"\.DS_Store$")

# What each kind of environment can be told.
ENVIRONMENT_KEYS: dict[str, frozenset[str]] = {
    "virtualenv": frozenset({"python_version", "requirements", "resolver", "compile_bytecode"}),
    "container": frozenset({"image", "python_version", "requirements", "resolver"}),
    "conda": frozenset({"python_version", "env_dict", "env_yml", "env_yml_str", "packages", "pip", "channels"}),
}
_ALL_ENVIRONMENT_KEYS = frozenset().union(*ENVIRONMENT_KEYS.values())


def check_all(owner: str, values: Mapping[str, Any], *, extra: tuple[str, ...] = ()) -> dict[str, Any]:
    """Check settings by name; None means not given.

    Args:
        owner: Who is being declared, for error messages: "class MyApp", "function f".
        values: The settings as the author wrote them.
        extra: Names that are allowed besides the settings, for the hint on a misspelt name.

    Raises:
        AppDefinitionError: A name is unknown, or a value does not fit its setting.
    """
    checked: dict[str, Any] = {}
    for name, value in values.items():
        setting = SETTINGS.get(name)
        if setting is None:
            hint = nearest(name, [*SETTINGS, *extra])
            raise AppDefinitionError(f"{owner}: {name!r} is not a known setting{hint or '; remove it'}")
        if value is None:
            continue
        try:
            checked[name] = setting.check(name, value)
        except AppDefinitionError as error:
            raise AppDefinitionError(f"{owner}: {error}") from None
    return checked


def check_together(owner: str, values: Mapping[str, Any]) -> None:
    """Check the settings that depend on each other.

    Raises:
        AppDefinitionError: Two settings contradict each other, or a setting belongs to another kind of environment.
    """
    kind = environment_kind(values)
    if values.get("image") is not None and values.get("kind") not in (None, "container"):
        raise AppDefinitionError(f"{owner}: image is set, so kind must be 'container', not {kind!r}; remove kind")
    if kind == "container" and values.get("image") is None:
        raise AppDefinitionError(f"{owner}: kind='container' needs image; set it to a fal.ContainerImage")
    for name in values:
        if name in _ALL_ENVIRONMENT_KEYS and name not in ENVIRONMENT_KEYS[kind]:
            if name == "resolver" and kind == "conda":
                continue  # a default that conda has no use for
            kinds = " or ".join(repr(k) for k, keys in ENVIRONMENT_KEYS.items() if name in keys)
            instead = "; use pip=[...] for packages from PyPI" if name == "requirements" else ""
            raise AppDefinitionError(f"{owner}: {name} belongs to kind {kinds}, but the kind is {kind!r}{instead}")
    if "machine_type" in values and "machine_types" in values and values["machine_type"] != values["machine_types"]:
        raise AppDefinitionError(f"{owner}: machine_type and machine_types are both set; keep one of them")
    if values.get("app_files") and kind == "container":
        raise AppDefinitionError(
            f"{owner}: app_files cannot be used with a container image; COPY them in its Dockerfile"
        )
    if values.get("app_files_context_dir") is not None and not values.get("app_files"):
        raise AppDefinitionError(f"{owner}: app_files_context_dir is set without app_files; add app_files or remove it")
    most, least = values.get("max_concurrency"), values.get("min_concurrency")
    if most is not None and least is not None and least > most:
        raise AppDefinitionError(f"{owner}: min_concurrency={least} is more than max_concurrency={most}; lower it")


def environment_kind(values: Mapping[str, Any]) -> str:
    """Return the kind of environment the settings ask for."""
    if values.get("image") is not None:
        return "container"
    return str(values.get("kind") or "virtualenv")
