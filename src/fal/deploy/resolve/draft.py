"""The merged settings of one app from code, pyproject.toml and arguments."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from fal._gen.proto import controller_pb2 as pb
from fal.app.runtime.service import METRICS_PORT, SERVE_PORT
from fal.app.settings import DEFAULT_IGNORE, ENVIRONMENT_KEYS, FUNCTION_DEFAULTS
from fal.exceptions import ProjectError

from ..locate.reference import Target
from ..options import DeployOptions, check_attach
from ..paths import expand
from .environment import Configuration, Environment, Image
from .images import image_from_table
from .merging import ApplicationSettings, Settings, merge_requirements

LOCAL_PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"


@dataclass(frozen=True, slots=True)
class FileSelection:
    """Which files of a folder go along. `ignore` holds regular expressions, a leading `!` takes files back in."""

    paths: tuple[str, ...]
    ignore: tuple[str, ...]
    context: Path
    app_file: Path | None = None  # the bundle carries it already
    # Dockerfile sources are globs; app_files are names.
    globs: bool = False


@dataclass(slots=True, kw_only=True)
class Draft:
    """One deploy, complete except for what only the platform knows. Its repr shows neither code nor logins."""

    name: str
    options: DeployOptions
    strategy: str
    reset_scale: bool
    auth_mode: str | None
    environment: Environment
    machine: pb.MachineRequirements
    application: ApplicationSettings
    requirements_base: Path
    source: Path | None = None
    symbol: str | None = None
    source_code: str | None = field(default=None, repr=False)
    function: bytes | None = field(default=None, repr=False)
    entrypoint: str | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    endpoints: list[str] = field(default_factory=list)
    files: FileSelection | None = None
    team: str | None = None
    force_env_build: bool = False
    warnings: list[str] = field(default_factory=list)
    inputs: list[Path] = field(default_factory=list)

    @property
    def serves_isolate(self) -> bool:
        """Whether the platform runs our callable, rather than only the image's own command."""
        image = self.environment.image
        return image is None or image.get("use_isolate") is not False


def draft_from_table(target: Target, options: DeployOptions) -> Draft:
    """Return the draft of an app that has no source file here: an entry point, an image, or both."""
    table = dict(target.table or {})
    assert target.project is not None
    assert target.table_name is not None
    root = target.project.root
    entrypoint = table.get("python_entry_point")
    settings = Settings.from_table(table, root)
    settings.machine.setdefault("machine_types", FUNCTION_DEFAULTS["machine_type"])
    settings.machine.setdefault("keep_alive", FUNCTION_DEFAULTS["keep_alive"])
    configuration: Configuration = {"python_version": table.get("python_version") or LOCAL_PYTHON}
    if "requirements" in table:
        configuration["requirements"] = table["requirements"]
    kind = "virtualenv"
    files = None
    inputs = [target.project.file]
    if "image" in table:
        kind = "container"
        image = image_from_table(table["image"], root, use_isolate=None if entrypoint else False)
        configuration["image"] = image
        files = image_files(image)
        if "dockerfile" in table["image"]:
            inputs.append(root / table["image"]["dockerfile"])
    elif table.get("app_files"):
        files = _table_files(table, root, root)
    application = settings.application_settings()
    check = application.health_check_config
    if check is not None and not entrypoint and not check.HasField("method"):
        check.method = pb.ApplicationHealthCheckConfig.GET  # an image of one's own answers plain GET
    draft = Draft(
        name=options.app_name or table.get("name") or target.table_name,
        options=options,
        strategy=_strategy(options, table),
        reset_scale=_reset_scale(options, table),
        auth_mode=_auth(options, table, None),
        environment=Environment(kind, configuration),
        machine=settings.machine_requirements(),
        application=application,
        requirements_base=settings.requirements_base or root,
        entrypoint=entrypoint,
        endpoints=[] if entrypoint else ["/"],
        files=files,
        team=table.get("team"),
        force_env_build=options.force_env_build,
        inputs=inputs,
    )
    _finish_machine(draft, serve=bool(entrypoint))
    return draft


def draft_from_spec(target: Target, spec: Any, source_code: str, symbol: str, options: DeployOptions) -> Draft:
    """Return the draft of an app that was loaded from a file, with its part of pyproject.toml merged in."""
    assert target.file is not None
    table = dict(target.table or {})
    root = target.project.root if target.project else target.file.parent
    settings = Settings.from_spec(spec, target.file.parent)
    where = f"{symbol} in {target.file.name}"
    settings.fill(Settings.from_table(table, root), spec.explicit, where)
    environment = Environment(spec.environment_kind, cast("Configuration", dict(spec.environment)))
    inputs = [target.file, *([target.project.file] if target.project else [])]
    if "image" in table:
        if environment.kind != "virtualenv":
            raise ProjectError(
                f"{where} sets its own {environment.kind} environment and pyproject.toml sets an image; keep one of them"
            )
        kept = {key: value for key, value in spec.environment.items() if key in ENVIRONMENT_KEYS["container"]}
        image = image_from_table(table["image"], root, use_isolate=None)
        environment = Environment("container", cast("Configuration", {"image": image, **kept}))
        if "dockerfile" in table["image"]:
            inputs.append(root / table["image"]["dockerfile"])
    configuration = environment.configuration
    if "python_version" in table and "python_version" not in spec.explicit:
        configuration["python_version"] = table["python_version"]
    for key in ("python_version", "app_files"):
        if key in table and key in spec.explicit and table[key] != getattr(spec, key):
            settings.warnings.append(f"{key} of pyproject.toml is not used: {where} sets {key} itself")
    configuration["python_version"] = configuration.get("python_version") or LOCAL_PYTHON
    if "requirements" in table:
        final = environment.requirements
        own = final if environment.kind == "conda" else spec.own_requirements
        environment.requirements = merge_requirements(own, table["requirements"], final, where)
    draft = Draft(
        name=options.app_name or table.get("name") or target.table_name or spec.name,
        options=options,
        strategy=_strategy(options, table),
        reset_scale=_reset_scale(options, table),
        auth_mode=_auth(options, table, spec.auth_mode),
        environment=environment,
        machine=settings.machine_requirements(),
        application=settings.application_settings(),
        requirements_base=settings.requirements_base or (root if "requirements" in table else target.file.parent),
        source=target.file,
        symbol=symbol,
        source_code=source_code,
        endpoints=list(spec.endpoints),
        team=table.get("team"),
        force_env_build=options.force_env_build or spec.force_env_build,
        warnings=list(settings.warnings),
        inputs=inputs,
    )
    draft.files = _spec_files(draft, spec, table, root, target.file)
    _finish_machine(draft, serve=spec.serve)
    return draft


def _strategy(options: DeployOptions, table: Mapping[str, Any]) -> str:
    strategy: str = options.strategy or table.get("deployment_strategy", "rolling")
    check_attach(options.attach_to_deployment, strategy)
    return strategy


def _reset_scale(options: DeployOptions, table: Mapping[str, Any]) -> bool:
    """Return whether scaling is reset: the argument, else the file, else not."""
    if options.reset_scale is not None:
        return options.reset_scale
    return not table["no_scale"] if "no_scale" in table else table.get("app_scale_settings", False)


def _auth(options: DeployOptions, table: Mapping[str, Any], in_code: str | None) -> str | None:
    return options.auth or table.get("auth") or in_code


def _finish_machine(draft: Draft, *, serve: bool) -> None:
    machine = draft.machine
    if serve and not machine.HasField("exposed_port"):
        machine.exposed_port = SERVE_PORT
    if not draft.serves_isolate:
        machine.ClearField("metrics_port")
    elif machine.HasField("exposed_port") and not machine.HasField("metrics_port"):
        machine.metrics_port = METRICS_PORT


def image_files(image: Image) -> FileSelection | None:
    """Return the context files that building an image needs."""
    sources = image.get("docker_files_list") or []
    if not sources:
        return None
    return FileSelection(
        tuple(sources),
        tuple(image.get("local_ignore", image.get("docker_ignore") or ())),
        Path(image.get("docker_context_dir") or "."),
        globs=True,
    )


def _table_files(table: Mapping[str, Any], root: Path, default_context: Path) -> FileSelection:
    context = table.get("app_files_context_dir")
    return FileSelection(
        tuple(table["app_files"]),
        tuple(table.get("app_files_ignore", DEFAULT_IGNORE)),
        expand(context, root) if context else default_context,
    )


def _spec_files(draft: Draft, spec: Any, table: Mapping[str, Any], root: Path, file: Path) -> FileSelection | None:
    wanted = spec.app_files or table.get("app_files")
    image = draft.environment.image
    if image is not None:
        if wanted:
            raise ProjectError(
                f"{draft.symbol} has app_files and a container image; COPY the files in the Dockerfile instead"
            )
        return image_files(image)
    if not wanted:
        return None
    if spec.app_files:
        context = expand(spec.app_files_context_dir or ".", file.parent)
        ignore = spec.app_files_ignore
        selection = FileSelection(tuple(spec.app_files), tuple(DEFAULT_IGNORE if ignore is None else ignore), context)
    else:
        selection = _table_files(table, root, file.parent)
    return FileSelection(selection.paths, selection.ignore, selection.context, app_file=file)
