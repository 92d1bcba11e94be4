"""Everything that a deployment needs to know about an app or function."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .authoring.app import App
from .authoring.define import settings_of
from .authoring.functions import IsolatedFunction
from .authoring.policies import ApplicationHealthCheckConfig
from .bundle.local_modules import text_of
from .bundle.requirements import check_pydantic, merge, serving
from .bundle.source import imported
from .errors import AppDefinitionError, need
from .runtime.app import App as RuntimeApp
from .runtime.routes import Route, routes_of
from .runtime.service import METRICS_PORT, SERVE_PORT
from .settings import (
    APP_DEFAULTS,
    ENVIRONMENT_KEYS,
    FUNCTION_DEFAULTS,
    IN_HOST_KWARGS,
    SETTINGS,
    Group,
    check_together,
    environment_kind,
)


@dataclass(frozen=True)
class AppSpec:
    """An app or function as it is deployed, including defaults.

    Attributes:
        name: Name the app is deployed under.
        kind: "app" for a class, "function" for a function.
        serve: Whether the runtime of this package serves it.
        environment_kind: "virtualenv", "conda" or "container".
        environment: Configuration of that kind, what the runtime needs included.
        own_requirements: The requirements as the author wrote them.
        machine: Machine requirements that are set, by their names on the wire.
        explicit: Names of the settings the author gave.
        auth_mode: Who may call it; None leaves it to the deployment.
        secrets: Names of the secrets it gets; None leaves it to the platform.
        health_check: The health check, when one is declared.
        endpoints: Paths, "/health" included when there is one.
        python_version: Python of the environment: "3.11".
        force_env_build: True builds the environment even when one like it exists.
    """

    name: str
    kind: str
    serve: bool
    environment_kind: str
    environment: dict[str, Any] = field(repr=False)  # may hold registry passwords
    own_requirements: list[str] | list[list[str]]
    machine: dict[str, Any]
    explicit: frozenset[str]
    auth_mode: str | None
    app_files: list[str]
    app_files_ignore: list[str]
    app_files_context_dir: str | None
    requirements_context_dir: str | None
    local_python_modules: list[str]
    secrets: list[str] | None
    data_mounts: list[str] | None
    volumes: dict[str, str] | None
    private_logs: bool | None
    skip_retry_conditions: list[str] | None
    retry_config: dict[str, dict[str, int]] | None
    termination_grace_period_seconds: int | None
    health_check: ApplicationHealthCheckConfig | None
    endpoints: list[str]
    python_version: str
    force_env_build: bool = False
    metadata: dict[str, Any] = field(default_factory=dict)
    uses_isolate: bool = True


def describe(obj: object) -> AppSpec:
    """Describe an App class or a function made by `fal.function`; nothing is sent or started.

    Raises:
        AppDefinitionError: It cannot be deployed as it is; the message says what to change.

    Example:
        >>> describe(App)
        Traceback (most recent call last):
            ...
        fal.app.runtime.errors.AppDefinitionError: App has no endpoint; mark a method with @fal.endpoint('/')
    """
    if isinstance(obj, IsolatedFunction):
        return _describe_function(obj)
    if isinstance(obj, type) and issubclass(obj, App):
        return _describe_app(obj)
    raise _neither(obj)


def _neither(obj: object) -> AppDefinitionError:
    name = getattr(obj, "__name__", type(obj).__name__)
    return AppDefinitionError(f"{name} is neither a fal.App class nor a function decorated with @fal.function")


def metadata(obj: object) -> dict[str, Any]:
    """Return the metadata of the endpoints for the platform: {"openapi": ...}; nothing is started.

    Raises:
        AppDefinitionError: An endpoint cannot be described; the message names it.
        MissingDependencyError: fastapi is not installed.
    """
    if isinstance(obj, IsolatedFunction) or (isinstance(obj, type) and issubclass(obj, App)):
        return obj.build_metadata()
    raise _neither(obj)


def _describe_app(cls: type[App]) -> AppSpec:
    routes = [route for _, route in routes_of(cls)]
    if not routes:
        raise AppDefinitionError(f"{cls.__name__} has no endpoint; mark a method with @fal.endpoint('/')")
    own = settings_of(cls)
    owner = f"class {cls.__name__}"
    check_together(owner, own)
    return _spec(
        owner,
        module=cls.__module__,
        name=cls.app_name or cls.__name__,
        kind="app",
        serve=True,
        own=own,
        defaults=_app_defaults(cls),
        routes=routes,
        auth_mode=cls.app_auth,
        endpoints=list(dict.fromkeys([*(route.path for route in routes), "/health"])),
        health_check=cls.get_health_check_config(),
    )


def _app_defaults(cls: type[App]) -> dict[str, Any]:
    """Return what holds where an app says nothing. Its own `host_kwargs` stand in for those that were in there."""
    if all("host_kwargs" not in vars(klass) for klass in cls.__mro__ if not issubclass(RuntimeApp, klass)):
        return APP_DEFAULTS
    kept = {name: value for name, value in APP_DEFAULTS.items() if name not in IN_HOST_KWARGS}
    return {**kept, "keep_alive": FUNCTION_DEFAULTS["keep_alive"]}


def _describe_function(function: IsolatedFunction[..., Any]) -> AppSpec:
    own = function.settings
    defaults = {**FUNCTION_DEFAULTS, "exposed_port": SERVE_PORT} if function.serve else FUNCTION_DEFAULTS
    name = function.func.__name__
    return _spec(
        f"function {name}",
        module=function.func.__module__,
        name=name,
        kind="function",
        serve=function.serve,
        own={key: value for key, value in own.items() if key != "kind" or value != "virtualenv"},
        defaults=defaults,
        routes=[Route("/")] if function.serve else [],
        auth_mode=None,
        endpoints=["/"],
    )


def _spec(
    owner: str,
    *,
    module: str,
    name: str,
    kind: str,
    serve: bool,
    own: Mapping[str, Any],
    defaults: Mapping[str, Any],
    routes: list[Route],
    auth_mode: str | None,
    endpoints: list[str],
    health_check: ApplicationHealthCheckConfig | None = None,
) -> AppSpec:
    values = {**defaults, **own}
    if "machine_types" in own:
        values.pop("machine_type", None)
    image = values.get("image")
    uses_isolate = image is None or image.use_isolate is not False
    python_version = values.get("python_version") or f"{sys.version_info[0]}.{sys.version_info[1]}"
    machine = {
        setting.wire: values[name]
        for name, setting in SETTINGS.items()
        if setting.group in (Group.MACHINE, Group.SCALE) and values.get(name) is not None
    }
    if "exposed_port" in machine and uses_isolate:
        machine.setdefault("metrics_port", METRICS_PORT)
    environment_of = environment_kind(values)
    return AppSpec(
        name=name,
        kind=kind,
        serve=serve,
        environment_kind=environment_of,
        environment=_environment(owner, environment_of, values, python_version, serve and uses_isolate, routes, module),
        own_requirements=values.get("requirements", []),
        machine=machine,
        explicit=frozenset(own),
        auth_mode=auth_mode,
        app_files=values.get("app_files", []),
        app_files_ignore=values["app_files_ignore"],
        app_files_context_dir=values.get("app_files_context_dir"),
        requirements_context_dir=values.get("requirements_context_dir"),
        local_python_modules=values.get("local_python_modules", []),
        secrets=values.get("secrets"),
        data_mounts=values.get("data_mounts"),
        volumes=values.get("volumes"),
        private_logs=values.get("private_logs"),
        skip_retry_conditions=values.get("skip_retry_conditions"),
        retry_config=values.get("retry_config"),
        termination_grace_period_seconds=values.get("termination_grace_period_seconds"),
        health_check=values.get("health_check_config") or health_check,
        endpoints=endpoints,
        python_version=python_version,
        force_env_build=values.get("force_env_build", False),
        metadata=values.get("metadata", {}),
        uses_isolate=uses_isolate,
    )


def _environment(
    owner: str,
    kind: str,
    values: Mapping[str, Any],
    python_version: str,
    serve: bool,
    routes: list[Route],
    module: str,
) -> dict[str, Any]:
    environment = {name: values[name] for name in sorted(ENVIRONMENT_KEYS[kind]) if values.get(name) is not None}
    environment["python_version"] = python_version
    if "image" in environment:
        environment["image"] = environment["image"].to_dict()
    if "env_yml" in environment:
        environment["env_dict"] = _conda_file(owner, environment.pop("env_yml"))
    if serve:
        where = "pip" if kind == "conda" else "requirements"
        own = environment.get(where, [])
        flat = [item for layer in own for item in (layer if isinstance(layer, list) else [layer])]
        check_pydantic(owner, flat)
        extra = serving(
            flat,
            websocket=any(route.is_websocket for route in routes),
            realtime=any(route.realtime is not None for route in routes),
            imports=imported("", text_of(sys.modules.get(module))),
        )
        environment[where] = merge(own, extra)
    return environment


def _conda_file(owner: str, path: str) -> dict[str, Any]:
    yaml = need("yaml", "reading env_yml")
    try:
        parsed = yaml.safe_load(Path(os.path.expanduser(path)).read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise AppDefinitionError(f"{owner}: env_yml {path!r} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise AppDefinitionError(f"{owner}: env_yml {path!r} is not UTF-8") from None
    except yaml.YAMLError as error:
        raise AppDefinitionError(f"{owner}: env_yml {path!r} is not valid YAML: {error}") from None
    if not isinstance(parsed, dict):
        raise AppDefinitionError(f"{owner}: env_yml {path!r} must hold a mapping, as conda writes it")
    return parsed
