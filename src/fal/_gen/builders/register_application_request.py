# Generated from spec/; do not edit. Regenerate with: just generate
"""From arguments to `controller.RegisterApplicationRequest` of the wire."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from fal._gen import models, wellknown
from fal._gen.proto import common_pb2, controller_pb2, server_pb2


def register_application_request(
    *,
    environments: Iterable[server_pb2.EnvironmentDefinition] | None = None,
    machine_requirements: controller_pb2.MachineRequirements | None = None,
    function: common_pb2.SerializedObject | None = None,
    entrypoint: str | None = None,
    setup_func: common_pb2.SerializedObject | None = None,
    application_name: str | None = None,
    auth_mode: models.AuthMode | None = None,
    max_concurrency: int | None = None,
    metadata: Mapping[str, Any] | None = None,
    deployment_strategy: models.DeploymentStrategy | None = None,
    scale: bool | None = None,
    private_logs: bool | None = None,
    files: Iterable[controller_pb2.File] | None = None,
    source_code: str | None = None,
    health_check_path: str | None = None,
    environment_name: str | None = None,
    health_check_config: controller_pb2.ApplicationHealthCheckConfig | None = None,
    skip_retry_conditions: Iterable[models.RetryCondition] | None = None,
    termination_grace_period_seconds: int | None = None,
    fetch_openapi: bool | None = None,
    data_mounts: Iterable[str] | None = None,
    secrets: controller_pb2.SecretsConfig | None = None,
    run_on_main_thread: bool | None = None,
    build_environment: bool | None = None,
    env_id: str | None = None,
    retry_config: str | None = None,
    attach_to_deployment: bool | None = None,
    volumes: Iterable[controller_pb2.VolumeMount] | None = None,
) -> controller_pb2.RegisterApplicationRequest:
    return controller_pb2.RegisterApplicationRequest(
        environments=environments,
        machine_requirements=machine_requirements,
        function=function,
        entrypoint=entrypoint,
        setup_func=setup_func,
        application_name=application_name,
        auth_mode=None if auth_mode is None else auth_mode.number,
        max_concurrency=max_concurrency,
        metadata=None if metadata is None else wellknown.to_struct(metadata),
        deployment_strategy=None if deployment_strategy is None else deployment_strategy.number,
        scale=scale,
        private_logs=private_logs,
        files=files,
        source_code=source_code,
        health_check_path=health_check_path,
        environment_name=environment_name,
        health_check_config=health_check_config,
        skip_retry_conditions=None if skip_retry_conditions is None else [v.number for v in skip_retry_conditions],
        termination_grace_period_seconds=termination_grace_period_seconds,
        fetch_openapi=fetch_openapi,
        data_mounts=data_mounts,
        secrets=secrets,
        run_on_main_thread=run_on_main_thread,
        build_environment=build_environment,
        env_id=env_id,
        retry_config=retry_config,
        attach_to_deployment=attach_to_deployment,
        volumes=volumes,
    )
