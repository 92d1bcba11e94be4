# Generated from spec/; do not edit. Regenerate with: just generate
"""From arguments to `controller.HostedRun` of the wire."""

from __future__ import annotations

from collections.abc import Iterable

from fal._gen import models
from fal._gen.proto import common_pb2, controller_pb2, server_pb2


def hosted_run(
    *,
    environments: Iterable[server_pb2.EnvironmentDefinition] | None = None,
    machine_requirements: controller_pb2.MachineRequirements | None = None,
    function: common_pb2.SerializedObject | None = None,
    entrypoint: str | None = None,
    setup_func: common_pb2.SerializedObject | None = None,
    files: Iterable[controller_pb2.File] | None = None,
    environment_name: str | None = None,
    application_name: str | None = None,
    auth_mode: models.AuthMode | None = None,
    fetch_openapi: bool | None = None,
    data_mounts: Iterable[str] | None = None,
    secrets: controller_pb2.SecretsConfig | None = None,
    run_on_main_thread: bool | None = None,
    build_environment: bool | None = None,
    env_id: str | None = None,
    health_check_config: controller_pb2.ApplicationHealthCheckConfig | None = None,
    volumes: Iterable[controller_pb2.VolumeMount] | None = None,
) -> controller_pb2.HostedRun:
    return controller_pb2.HostedRun(
        environments=environments,
        machine_requirements=machine_requirements,
        function=function,
        entrypoint=entrypoint,
        setup_func=setup_func,
        files=files,
        environment_name=environment_name,
        application_name=application_name,
        auth_mode=None if auth_mode is None else auth_mode.number,
        fetch_openapi=fetch_openapi,
        data_mounts=data_mounts,
        secrets=secrets,
        run_on_main_thread=run_on_main_thread,
        build_environment=build_environment,
        env_id=env_id,
        health_check_config=health_check_config,
        volumes=volumes,
    )
