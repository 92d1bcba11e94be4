"""The three requests of a deploy, as the messages that are sent; a plan shows the same ones."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from fal._gen import convert, models
from fal._gen.proto import common_pb2, server_pb2
from fal._gen.proto import controller_pb2 as pb

from ..resolve.draft import Draft
from ..resolve.environment import Configuration, Environment, Requirements, is_layered, layers

if TYPE_CHECKING:
    from ..package.hashing import HashedFile

# What decides where an environment is built; the rest only matters once something runs.
_BUILD_MACHINE = ("machine_types", "num_gpus", "base_image", "scheduler", "scheduler_options", "valid_regions")


def build_request(
    draft: Draft, alias: str, files: Iterable[HashedFile], requirements: Mapping[str, str]
) -> pb.BuildEnvironmentRequest:
    """Return what BuildEnvironment is sent; local requirements are replaced by what was uploaded for them."""
    return convert.build_environment_request(
        environments=[_environment(draft, requirements, force=draft.force_env_build)],
        machine_requirements=_machine(draft, only=_BUILD_MACHINE),
        files=_files(files),
        application_name=alias,
        environment_name=draft.options.environment_name,
        secrets=_secrets(draft),
    )


def probe_request(
    draft: Draft, alias: str, files: Iterable[HashedFile], requirements: Mapping[str, str]
) -> pb.HostedRun:
    """Return what Run is sent to read the metadata of an entry point: as private or public as the app itself."""
    entrypoint = f"{draft.entrypoint}.build_metadata"
    return _hosted(draft, alias, files, requirements, entrypoint=entrypoint, auth=draft.auth_mode or "private")


def run_request(
    draft: Draft, alias: str, files: Iterable[HashedFile], requirements: Mapping[str, str], auth: str
) -> pb.HostedRun:
    """Return what Run is sent to call a function or to serve an app, for as long as the caller listens."""
    entrypoint = None if draft.entrypoint is None else f"{draft.entrypoint}.run_local"
    return _hosted(draft, alias, files, requirements, entrypoint=entrypoint, function=_function(draft), auth=auth)


def _hosted(
    draft: Draft,
    alias: str,
    files: Iterable[HashedFile],
    requirements: Mapping[str, str],
    *,
    entrypoint: str | None,
    function: common_pb2.SerializedObject | None = None,
    auth: str,
) -> pb.HostedRun:
    return convert.hosted_run(
        environments=[_environment(draft, requirements, force=False)],
        machine_requirements=_machine(draft),
        function=function,
        entrypoint=entrypoint,
        files=_files(files),
        application_name=alias,
        environment_name=draft.options.environment_name,
        auth_mode=models.AuthMode(auth),
        build_environment=False,
        secrets=_secrets(draft),
        data_mounts=draft.application.data_mounts,
        health_check_config=draft.application.health_check_config,
        volumes=_volumes(draft),
    )


def register_request(
    draft: Draft, alias: str, files: Iterable[HashedFile], requirements: Mapping[str, str], metadata: Mapping[str, Any]
) -> pb.RegisterApplicationRequest:
    """Return what RegisterApplication is sent."""
    options, application = draft.options, draft.application
    known = dict(metadata)
    if options.message is not None:
        known["message"] = options.message
    if options.annotations:
        known["annotations"] = dict(options.annotations)
    retries = application.retry_config
    return convert.register_application_request(
        environments=[_environment(draft, requirements, force=False)],
        machine_requirements=_machine(draft),
        function=_function(draft),
        entrypoint=None if draft.entrypoint is None else f"{draft.entrypoint}.run_local",
        application_name=alias,
        environment_name=options.environment_name,
        auth_mode=None if draft.auth_mode is None else models.AuthMode(draft.auth_mode),
        deployment_strategy=models.DeploymentStrategy(draft.strategy),
        scale=draft.reset_scale,
        attach_to_deployment=options.attach_to_deployment,
        files=_files(files),
        source_code=draft.source_code,
        build_environment=False,
        metadata=known or None,
        health_check_config=application.health_check_config,
        skip_retry_conditions=[models.RetryCondition(item) for item in application.skip_retry_conditions],
        retry_config=None if retries is None else json.dumps(retries, sort_keys=True),
        termination_grace_period_seconds=application.termination_grace_period_seconds,
        private_logs=application.private_logs,
        secrets=_secrets(draft),
        data_mounts=application.data_mounts,
        volumes=_volumes(draft),
    )


def _environment(draft: Draft, uploaded: Mapping[str, str], *, force: bool) -> server_pb2.EnvironmentDefinition:
    environment = draft.environment
    configuration: Configuration = {**environment.configuration}
    image = environment.image
    if image is not None:
        configuration["image"] = {**image}
        configuration["image"].pop("local_ignore", None)
    sent = Environment(environment.kind, configuration)
    if environment.requirements:
        sent.requirements = _rewrite(environment.requirements, uploaded)
    elif image is not None:
        configuration.pop("requirements", None)
    return convert.environment_definition(kind=sent.kind, configuration=configuration, force=force)


def _rewrite(requirements: Requirements, uploaded: Mapping[str, str]) -> Requirements:
    rewritten = [[uploaded.get(text, text) for text in layer] for layer in layers(requirements)]
    return rewritten if is_layered(requirements) else rewritten[0]


def _machine(draft: Draft, *, only: Collection[str] | None = None) -> pb.MachineRequirements:
    machine = pb.MachineRequirements()
    machine.CopyFrom(draft.machine)
    for field, _ in draft.machine.ListFields():
        if only is not None and field.name not in only:
            machine.ClearField(field.name)  # type: ignore[arg-type]
    if machine.machine_types:
        machine.machine_type = machine.machine_types[0]  # servers before fallback lists read the single machine type
    return machine


def _files(files: Iterable[HashedFile]) -> list[pb.File]:
    return [convert.file(hash=item.hash, relative_path=item.file.relative_path) for item in files]


def _function(draft: Draft) -> common_pb2.SerializedObject | None:
    if draft.function is None:
        return None
    return convert.serialized_object(method="cloudpickle", definition=draft.function, was_it_raised=False)


def _secrets(draft: Draft) -> pb.SecretsConfig | None:
    names = draft.application.secrets
    return None if names is None else convert.secrets_config(names=names)


def _volumes(draft: Draft) -> list[pb.VolumeMount]:
    mounts = draft.application.volumes
    return [convert.volume_mount(volume_name=name, mount_path=path) for name, path in mounts.items()]
