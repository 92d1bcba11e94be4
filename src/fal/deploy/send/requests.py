"""The requests of a deploy: first as plain dicts that a plan can show, then as messages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..package.hashing import HashedFile
from ..resolve.draft import Draft

if TYPE_CHECKING:
    from fal._gen.proto import controller_pb2 as pb

Fields = dict[str, Any]
# What decides where an environment is built; the rest only matters once something runs.
_BUILD_MACHINE = (
    "machine_types",
    "machine_type",
    "num_gpus",
    "base_image",
    "scheduler",
    "scheduler_options",
    "valid_regions",
)


def environment(draft: Draft, requirements: Mapping[str, str], *, force: bool) -> Fields:
    """Return the environment definition, local requirements replaced by what was uploaded for them."""
    configuration = dict(draft.configuration)
    for key in ("requirements", "pip"):
        if configuration.get(key):
            configuration[key] = _rewrite(configuration[key], requirements)
    if isinstance(configuration.get("image"), Mapping):
        configuration["image"] = {k: v for k, v in configuration["image"].items() if k != "local_ignore"}
    if draft.kind == "container" and not configuration.get("requirements"):
        configuration.pop("requirements", None)
    return {"kind": draft.kind, "configuration": configuration, "force": force}


def _rewrite(requirements: list[Any], known: Mapping[str, str]) -> list[Any]:
    return [known.get(item, item) if isinstance(item, str) else _rewrite(item, known) for item in requirements]


def _machine(draft: Draft, keys: Sequence[str] | None = None) -> Fields:
    machine = {key: value for key, value in draft.machine.items() if value is not None}
    if machine.get("machine_types"):
        machine["machine_type"] = machine["machine_types"][0]  # servers before fallback lists read this one
    machine.setdefault("scheduler_options", {})
    return {key: value for key, value in machine.items() if keys is None or key in keys}


def _files(files: Iterable[HashedFile]) -> list[Fields]:
    return [{"hash": item.hash, "relative_path": item.file.relative_path} for item in files]


def build_fields(draft: Draft, alias: str, files: list[HashedFile], requirements: Mapping[str, str]) -> Fields:
    """Return what BuildEnvironment is sent."""
    fields: Fields = {
        "environments": [environment(draft, requirements, force=draft.force_env_build)],
        "machine_requirements": _machine(draft, _BUILD_MACHINE),
        "files": _files(files),
        "application_name": alias,
    }
    if draft.options.environment_name is not None:
        fields["environment_name"] = draft.options.environment_name
    if draft.settings.get("secrets") is not None:
        fields["secrets"] = {"names": list(draft.settings["secrets"])}
    return fields


def probe_fields(draft: Draft, alias: str, files: list[HashedFile], requirements: Mapping[str, str]) -> Fields:
    """Return what Run is sent to read the metadata of an entry point: as private or public as the app itself."""
    fields: Fields = {
        "environments": [environment(draft, requirements, force=False)],
        "machine_requirements": _machine(draft),
        "entrypoint": f"{draft.entrypoint}.build_metadata",
        "files": _files(files),
        "application_name": alias,
        "auth_mode": draft.auth_mode or "private",
        "build_environment": False,
    }
    if draft.options.environment_name is not None:
        fields["environment_name"] = draft.options.environment_name
    if draft.settings.get("secrets") is not None:
        fields["secrets"] = {"names": list(draft.settings["secrets"])}
    if draft.settings.get("data_mounts"):
        fields["data_mounts"] = list(draft.settings["data_mounts"])
    if draft.settings.get("volumes"):
        fields["volumes"] = _volumes(draft.settings["volumes"])
    return fields


def register_fields(
    draft: Draft, alias: str, files: list[HashedFile], requirements: Mapping[str, str], metadata: Mapping[str, Any]
) -> Fields:
    """Return what RegisterApplication is sent."""
    options, settings = draft.options, draft.settings
    known = dict(metadata)
    if options.message is not None:
        known["message"] = options.message
    if options.annotations:
        known["annotations"] = dict(options.annotations)
    fields: Fields = {
        "environments": [environment(draft, requirements, force=False)],
        "machine_requirements": _machine(draft),
        "application_name": alias,
        "deployment_strategy": draft.strategy,
        "scale": draft.reset_scale,
        "files": _files(files),
        "build_environment": False,
    }
    if draft.function is not None:
        fields["function"] = {"method": "cloudpickle", "definition": draft.function}
    if draft.entrypoint is not None:
        fields["entrypoint"] = f"{draft.entrypoint}.run_local"
    for key, value in (
        ("metadata", known or None),
        ("auth_mode", draft.auth_mode),
        ("source_code", draft.source_code),
        ("environment_name", options.environment_name),
        ("attach_to_deployment", options.attach_to_deployment),
    ):
        if value is not None:
            fields[key] = value
    for key, value in settings.items():
        if key == "secrets":
            fields[key] = {"names": list(value)}
        elif key == "volumes":
            fields[key] = _volumes(value)
        else:
            fields[key] = value
    return fields


def _volumes(volumes: Mapping[str, str]) -> list[Fields]:
    return [{"volume_name": name, "mount_path": path} for name, path in volumes.items()]


# ------------------------------------------------------------------------------------------------- dicts to messages


def _common(fields: Fields) -> Fields:
    """Replace the nested dicts that the three requests share by messages."""
    from fal._gen import convert, models

    made = dict(fields)
    made["environments"] = [convert.environment_definition(**item) for item in fields["environments"]]
    made["machine_requirements"] = convert.machine_requirements(**fields["machine_requirements"])
    made["files"] = [convert.file(**item) for item in fields["files"]]
    if "secrets" in fields:
        made["secrets"] = convert.secrets_config(**fields["secrets"])
    if "auth_mode" in fields:
        made["auth_mode"] = _member(models.AuthMode, fields["auth_mode"])
    if "volumes" in fields:
        made["volumes"] = [convert.volume_mount(**item) for item in fields["volumes"]]
    return made


def _member(kind: Any, value: str) -> Any:
    """Return the member of an open enum with this value."""
    return kind(value)


def build_request(fields: Fields) -> pb.BuildEnvironmentRequest:
    """Return the message of `build_fields`."""
    from fal._gen import convert

    return convert.build_environment_request(**_common(fields))


def probe_request(fields: Fields) -> pb.HostedRun:
    """Return the message of `probe_fields`."""
    from fal._gen import convert

    return convert.hosted_run(**_common(fields))


def register_request(fields: Fields) -> pb.RegisterApplicationRequest:
    """Return the message of `register_fields`."""
    from fal._gen import convert, models

    made = _common(fields)
    made["deployment_strategy"] = _member(models.DeploymentStrategy, fields["deployment_strategy"])
    if "function" in fields:
        made["function"] = convert.serialized_object(was_it_raised=False, **fields["function"])
    if "health_check_config" in fields:
        health = dict(fields["health_check_config"])
        if "method" in health:
            health["method"] = _member(models.HealthCheckMethod, health["method"])
        made["health_check_config"] = convert.application_health_check_config(**health)
    if "skip_retry_conditions" in fields:
        made["skip_retry_conditions"] = [
            _member(models.RetryCondition, item) for item in fields["skip_retry_conditions"]
        ]
    return convert.register_application_request(**made)
