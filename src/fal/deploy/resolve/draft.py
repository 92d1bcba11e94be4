"""The merged settings of one app from code, pyproject.toml and arguments."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fal.app.runtime.service import METRICS_PORT, SERVE_PORT
from fal.app.settings import DEFAULT_IGNORE, ENVIRONMENT_KEYS, FUNCTION_DEFAULTS
from fal.exceptions import ProjectError

from ..locate.reference import Target
from ..options import DeployOptions, check_attach
from ..paths import expand
from .images import image_from_table
from .merging import Settings, merge_requirements

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
    kind: str
    configuration: dict[str, Any] = field(repr=False)
    machine: dict[str, Any]
    settings: dict[str, Any]
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
        image = self.configuration.get("image") if self.kind == "container" else None
        return not (isinstance(image, Mapping) and image.get("use_isolate") is False)


def draft_from_table(target: Target, options: DeployOptions) -> Draft:
    """Return the draft of an app that has no source file here: an entry point, an image, or both."""
    table = dict(target.table or {})
    assert target.project is not None
    assert target.table_name is not None
    root = target.project.root
    entrypoint = table.get("python_entry_point")
    settings = Settings.from_table(table, root)
    machine = dict(settings.machine)
    machine.setdefault("machine_types", FUNCTION_DEFAULTS["machine_type"])
    machine.setdefault("keep_alive", FUNCTION_DEFAULTS["keep_alive"])
    configuration: dict[str, Any] = {"python_version": table.get("python_version") or LOCAL_PYTHON}
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
    if entrypoint:
        machine.setdefault("exposed_port", SERVE_PORT)
    health = settings.other.get("health_check_config")
    if health and not entrypoint:
        health.setdefault("method", "get")  # an image of one's own answers plain GET
    draft = Draft(
        name=options.app_name or table.get("name") or target.table_name,
        options=options,
        **_how(options, table),
        auth_mode=_auth(options, table, None),
        kind=kind,
        configuration=configuration,
        machine=machine,
        settings=settings.other,
        requirements_base=settings.requirements_base or root,
        entrypoint=entrypoint,
        endpoints=[] if entrypoint else ["/"],
        files=files,
        team=table.get("team"),
        force_env_build=options.force_env_build,
        inputs=inputs,
    )
    _finish_machine(draft)
    return draft


def draft_from_spec(target: Target, spec: Any, source_code: str, symbol: str, options: DeployOptions) -> Draft:
    """Return the draft of an app that was loaded from a file, with its part of pyproject.toml merged in."""
    assert target.file is not None
    table = dict(target.table or {})
    root = target.project.root if target.project else target.file.parent
    settings = Settings.from_spec(spec, target.file.parent)
    where = f"{symbol} in {target.file.name}"
    settings.fill(Settings.from_table(table, root), spec.explicit, where)
    kind, configuration = spec.environment_kind, dict(spec.environment)
    inputs = [target.file, *([target.project.file] if target.project else [])]
    if "image" in table:
        if kind != "virtualenv":
            raise ProjectError(
                f"{where} sets its own {kind} environment and pyproject.toml sets an image; keep one of them"
            )
        image = image_from_table(table["image"], root, use_isolate=None)
        kept = {key: value for key, value in configuration.items() if key in ENVIRONMENT_KEYS["container"]}
        kind, configuration = "container", {"image": image, **kept}
        if "dockerfile" in table["image"]:
            inputs.append(root / table["image"]["dockerfile"])
    if "python_version" in table and "python_version" not in spec.explicit:
        configuration["python_version"] = table["python_version"]
    for key in ("python_version", "app_files"):
        if key in table and key in spec.explicit and table[key] != getattr(spec, key):
            settings.warnings.append(f"{key} of pyproject.toml is not used: {where} sets {key} itself")
    configuration["python_version"] = configuration.get("python_version") or LOCAL_PYTHON
    if "requirements" in table:
        key = "pip" if kind == "conda" else "requirements"
        final = list(configuration.get(key) or [])
        own = final if kind == "conda" else list(spec.own_requirements or [])
        configuration[key] = merge_requirements(own, table["requirements"], final, where)
    draft = Draft(
        name=options.app_name or table.get("name") or target.table_name or spec.name,
        options=options,
        **_how(options, table),
        auth_mode=_auth(options, table, spec.auth_mode),
        kind=kind,
        configuration=configuration,
        machine=settings.machine,
        settings=settings.other,
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
    if spec.serve:
        draft.machine.setdefault("exposed_port", SERVE_PORT)
    _finish_machine(draft)
    return draft


def _how(options: DeployOptions, table: Mapping[str, Any]) -> dict[str, Any]:
    """Return the strategy and whether scaling is reset: the argument, else the file, else the default."""
    strategy = options.strategy or table.get("deployment_strategy", "rolling")
    check_attach(options.attach_to_deployment, strategy)
    in_file = not table["no_scale"] if "no_scale" in table else table.get("app_scale_settings", False)
    return {
        "strategy": strategy,
        "reset_scale": in_file if options.reset_scale is None else options.reset_scale,
    }


def _auth(options: DeployOptions, table: Mapping[str, Any], in_code: str | None) -> str | None:
    return options.auth or table.get("auth") or in_code


def _finish_machine(draft: Draft) -> None:
    machine = draft.machine
    if machine.get("exposed_port") is not None and draft.serves_isolate:
        machine.setdefault("metrics_port", METRICS_PORT)
    if not draft.serves_isolate:
        machine.pop("metrics_port", None)


def image_files(image: Mapping[str, Any]) -> FileSelection | None:
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
    if draft.kind == "container":
        if wanted:
            raise ProjectError(
                f"{draft.symbol} has app_files and a container image; COPY the files in the Dockerfile instead"
            )
        return image_files(draft.configuration["image"])
    if not wanted:
        return None
    if spec.app_files:
        context = expand(spec.app_files_context_dir or ".", file.parent)
        ignore = spec.app_files_ignore
        selection = FileSelection(tuple(spec.app_files), tuple(DEFAULT_IGNORE if ignore is None else ignore), context)
    else:
        selection = _table_files(table, root, file.parent)
    return FileSelection(selection.paths, selection.ignore, selection.context, app_file=file)
