"""The table of settings: name, type, range, default, destination and owner of each.

App classes, `fal.function`, the keys of pyproject.toml, the merging of the three, plans, `apps.scale`, the local control
plane, docs/settings.md and the generator's check of the surface read it from here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from fal._sentences import meant

from . import checks as c
from .errors import AppDefinitionError
from .runtime.service import METRICS_PORT, SERVE_PORT


class Group(Enum):
    """The group of a setting, and with it the message that carries it."""

    MACHINE = "where it runs"  # MachineRequirements
    SCALE = "how it scales"  # MachineRequirements, and UpdateApplicationRequest at run time
    ENVIRONMENT = "what it runs in"  # EnvironmentDefinition
    FILES = "what goes along"  # chosen on the deploying machine
    APP = "how it behaves"  # RegisterApplicationRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One setting, by the name that users write.

    Attributes:
        check: Checks a value.
        words: Its description, for the documentation.
        wire: Its name in the message of its group.
        result: Its name in `AliasInfo`, for one of scale.
        in_app: The default of an App.
        in_function: The default of a function.
        on_platform: The platform's own default.
        of_code: A scale setting that a new revision always sets; the others stay as the operator left them.
        in_file: Whether it is a key of pyproject.toml.
        keyword: Whether it is a class keyword only, as its name is too common for an attribute.
    """

    name: str
    check: c.Check
    group: Group
    words: str
    wire: str
    result: str
    in_app: Any = None
    in_function: Any = None
    on_platform: Any = None
    of_code: bool = False
    in_file: bool = True
    keyword: bool = False


def _setting(
    name: str, check: c.Check, group: Group, words: str, *, wire: str = "", result: str = "", **more: Any
) -> Setting:
    return Setting(name=name, check=check, group=group, words=words, wire=wire or name, result=result or name, **more)


DEFAULT_IGNORE = (r"\.pyc$", r"__pycache__/", r"\.git/", r"\.DS_Store$")
_STORAGE = {"storage_region": "us-east"}

# fmt: off
_ROWS = (
    _setting("machine_type", c.word_or_words, Group.MACHINE, "A machine type, or several in order of preference.",
             wire="machine_types", in_app=["S"], in_function=["XS"]),
    _setting("machine_types", c.words, Group.SCALE, "Machine types in order of preference.",
             on_platform=("XS",), of_code=True, in_file=False),
    _setting("num_gpus", c.integer(0, "GPUs"), Group.MACHINE, "GPUs of each machine."),
    _setting("regions", c.words, Group.SCALE, "Regions that runners may be in; the platform knows which exist.",
             wire="valid_regions", result="valid_regions", on_platform=()),
    _setting("_base_image", c.text, Group.MACHINE, "The base image of a virtual environment.",
             wire="base_image", in_file=False, keyword=True),
    _setting("_scheduler", c.text, Group.MACHINE, "The scheduler that places runners.",
             wire="scheduler", in_app="nomad"),
    _setting("_scheduler_options", c.mapping, Group.MACHINE, "Options of that scheduler.",
             wire="scheduler_options", in_app=_STORAGE),
    _setting("exposed_port", c.port, Group.MACHINE, "The port that requests go to.", in_app=SERVE_PORT, keyword=True),
    _setting("metrics_port", c.port, Group.MACHINE,
             f"The port of /metrics; {METRICS_PORT} where one of requests is exposed."),

    _setting("keep_alive", c.seconds, Group.SCALE, "Seconds that an idle runner is kept.",
             in_app=60, in_function=10, on_platform=10),
    _setting("min_concurrency", c.integer(0, "runners"), Group.SCALE, "Minimum number of runners.",
             on_platform=0),
    _setting("max_concurrency", c.integer(1, "runners"), Group.SCALE, "Maximum number of runners.",
             on_platform=2),
    _setting("concurrency_buffer", c.integer(0, "runners"), Group.SCALE,
             "Runners kept ready beyond those that are needed.", on_platform=0),
    _setting("concurrency_buffer_perc", c.integer(0, "percent"), Group.SCALE,
             "The same as a percentage of those that are needed; the larger of the two applies.", on_platform=0),
    _setting("scaling_delay", c.seconds, Group.SCALE, "Seconds that a request waits before a runner is added for it.",
             wire="scaling_delay_seconds", on_platform=0),
    _setting("max_multiplexing", c.integer(1, "requests"), Group.SCALE, "Requests that a runner handles at a time.",
             on_platform=1, of_code=True),
    _setting("request_timeout", c.integer(1, "seconds"), Group.SCALE, "Seconds that a request may take.",
             on_platform=3600),
    _setting("request_start_timeout", c.seconds, Group.SCALE,
             "Seconds that a request may wait for a runner; 0 removes the limit."),
    _setting("startup_timeout", c.integer(1, "seconds"), Group.SCALE, "Seconds that a runner may take to start.",
             on_platform=600, of_code=True),

    _setting("kind", c.choice(*c.KINDS), Group.ENVIRONMENT, "virtualenv, conda or container.", in_file=False),
    _setting("image", c.image, Group.ENVIRONMENT, "A container image.", in_file=False),
    _setting("python_version", c.python_version, Group.ENVIRONMENT, "The Python of the environment, like 3.12."),
    _setting("requirements", c.requirements, Group.ENVIRONMENT, "Requirements for pip, flat or in layers."),
    _setting("resolver", c.choice(*c.RESOLVERS), Group.ENVIRONMENT, "The installer of the requirements: uv or pip.",
             in_app="uv", in_file=False),
    _setting("compile_bytecode", c.flag, Group.ENVIRONMENT, "Whether installed packages are compiled to bytecode.",
             in_file=False, keyword=True),
    _setting("env_dict", c.mapping, Group.ENVIRONMENT, "A conda environment, as a dict.", in_file=False, keyword=True),
    _setting("env_yml", lambda name, value: c.text(name, str(value)), Group.ENVIRONMENT,
             "The file of a conda environment.", in_file=False, keyword=True),
    _setting("env_yml_str", c.text, Group.ENVIRONMENT, "The text of a conda environment file.", in_file=False, keyword=True),
    _setting("packages", c.texts, Group.ENVIRONMENT, "Packages for conda.", in_file=False, keyword=True),
    _setting("pip", c.texts, Group.ENVIRONMENT, "Packages for pip in a conda environment.",
             in_file=False, keyword=True),
    _setting("channels", c.texts, Group.ENVIRONMENT, "Channels of conda.", in_file=False, keyword=True),
    _setting("force_env_build", c.flag, Group.ENVIRONMENT, "Whether to build the environment even if it exists.",
             in_file=False, keyword=True),

    _setting("requirements_context_dir", c.text, Group.FILES, "The folder that local requirements are relative to."),
    _setting("local_python_modules", c.texts, Group.FILES, "Modules to include besides those that are found.",
             in_file=False),
    _setting("app_files", c.texts, Group.FILES, "Files and folders that the app reads."),
    _setting("app_files_ignore", c.texts, Group.FILES, "Regular expressions of paths to leave out.",
             in_app=list(DEFAULT_IGNORE), in_function=list(DEFAULT_IGNORE)),
    _setting("app_files_context_dir", c.text, Group.FILES, "The folder that app_files are relative to."),

    _setting("secrets", c.texts, Group.APP, "Names of the secrets that the app sees."),
    _setting("data_mounts", c.texts, Group.APP, "Folders of the shared data that the app sees."),
    _setting("volumes", c.volumes, Group.APP, "Volumes by name, and the absolute paths to mount them at."),
    _setting("private_logs", c.flag, Group.APP, "Whether to hide logs from callers."),
    _setting("skip_retry_conditions", c.retry_conditions, Group.APP, "Failures after which a request is not retried."),
    _setting("retry_config", c.retry_config, Group.APP, "How often a request is retried, by kind of failure."),
    _setting("termination_grace_period_seconds", c.seconds, Group.APP,
             "Seconds that a runner has to stop."),
    _setting("health_check_config", c.health_check_config, Group.APP,
             "The health check of a function with its own server.", in_file=False, keyword=True),
    _setting("metadata", c.mapping, Group.APP, "Further metadata of the app.", in_file=False, keyword=True),
)
# fmt: on
SETTINGS: dict[str, Setting] = {row.name: row for row in _ROWS}
SCALE: dict[str, Setting] = {name: row for name, row in SETTINGS.items() if row.group is Group.SCALE}

APP_DEFAULTS: dict[str, Any] = {name: row.in_app for name, row in SETTINGS.items() if row.in_app is not None}
# Those of the defaults that an app replaces all at once when it sets `host_kwargs`, as older apps do.
IN_HOST_KWARGS = frozenset({"keep_alive", "resolver", "_scheduler", "_scheduler_options"})
FUNCTION_DEFAULTS: dict[str, Any] = {
    name: row.in_function for name, row in SETTINGS.items() if row.in_function is not None
}
PLATFORM_DEFAULTS: dict[str, Any] = {row.result: row.on_platform for row in SCALE.values()}
"""What an alias has by its names in `AliasInfo`, where neither its revision nor a change of scale says something."""

# The settings of each kind of environment.
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
        AppDefinitionError: A name is unknown, or the value of a setting is invalid.
    """
    checked: dict[str, Any] = {}
    for name, value in values.items():
        setting = SETTINGS.get(name)
        if setting is None:
            hint = meant(name, [*SETTINGS, *extra])
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
