# Generated from spec/; do not edit: correct the specification, the mapping or the template, then run `just generate`.
"""Messages to models, and arguments to messages. None stays unset; a message's own zero stays zero."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from fal._gen import drafts, models, wellknown
from fal._gen.open_enum import Numbered
from fal._gen.proto import common_pb2, controller_pb2, server_pb2

# ------------------------------------------------------------------------------------------------------------ reading

_AuthMode = Numbered(models.AuthMode)
_HostedRunState = Numbered(models.HostedRunState)
_KeyScope = Numbered(models.KeyScope)
_LogLevel = Numbered(models.LogLevel)
_LogSource = Numbered(models.LogSource)
_ReplaceState = Numbered(models.ReplaceState)
_RunnerState = Numbered(models.RunnerState)


def alias_info(m: controller_pb2.AliasInfo) -> models.AliasInfo:
    return drafts.alias_info(
        m.alias,
        m.revision,
        _AuthMode[m.auth_mode],
        m.keep_alive,
        m.max_concurrency,
        m.max_multiplexing,
        m.active_runners,
        m.min_concurrency,
        concurrency_buffer_
        if (concurrency_buffer_ := m.concurrency_buffer) or m.HasField("concurrency_buffer")
        else None,
        concurrency_buffer_perc_
        if (concurrency_buffer_perc_ := m.concurrency_buffer_perc) or m.HasField("concurrency_buffer_perc")
        else None,
        scaling_delay_seconds_
        if (scaling_delay_seconds_ := m.scaling_delay_seconds) or m.HasField("scaling_delay_seconds")
        else None,
        list(m.machine_types),
        request_timeout_ if (request_timeout_ := m.request_timeout) or m.HasField("request_timeout") else None,
        startup_timeout_ if (startup_timeout_ := m.startup_timeout) or m.HasField("startup_timeout") else None,
        list(m.valid_regions),
        environment_name_ if (environment_name_ := m.environment_name) or m.HasField("environment_name") else None,
        m.is_rolling,
        request_start_timeout_
        if (request_start_timeout_ := m.request_start_timeout) or m.HasField("request_start_timeout")
        else None,
    )


def application_info(m: controller_pb2.ApplicationInfo) -> models.ApplicationInfo:
    return drafts.application_info(
        m.application_id,
        m.keep_alive,
        m.max_concurrency,
        m.max_multiplexing,
        m.active_runners,
        m.min_concurrency,
        concurrency_buffer_
        if (concurrency_buffer_ := m.concurrency_buffer) or m.HasField("concurrency_buffer")
        else None,
        concurrency_buffer_perc_
        if (concurrency_buffer_perc_ := m.concurrency_buffer_perc) or m.HasField("concurrency_buffer_perc")
        else None,
        scaling_delay_seconds_
        if (scaling_delay_seconds_ := m.scaling_delay_seconds) or m.HasField("scaling_delay_seconds")
        else None,
        list(m.machine_types),
        request_timeout_ if (request_timeout_ := m.request_timeout) or m.HasField("request_timeout") else None,
        startup_timeout_ if (startup_timeout_ := m.startup_timeout) or m.HasField("startup_timeout") else None,
        list(m.valid_regions),
        wellknown.moment(m.created_at),
        environment_name_ if (environment_name_ := m.environment_name) or m.HasField("environment_name") else None,
        request_start_timeout_
        if (request_start_timeout_ := m.request_start_timeout) or m.HasField("request_start_timeout")
        else None,
    )


def build_environment_result(m: controller_pb2.BuildEnvironmentResult) -> models.BuildEnvironmentResult:
    return drafts.build_environment_result(
        m.env_id,
        hosted_run_status(m.status) if m.HasField("status") else None,
        [log(v) for v in m.logs],
    )


def environment_info(m: controller_pb2.EnvironmentInfo) -> models.EnvironmentInfo:
    return drafts.environment_info(
        m.name,
        description_ if (description_ := m.description) or m.HasField("description") else None,
        m.is_default,
        wellknown.moment(m.created_at),
    )


def hosted_run_result(m: controller_pb2.HostedRunResult) -> models.HostedRunResult:
    return drafts.hosted_run_result(
        m.run_id,
        hosted_run_status(m.status) if m.HasField("status") else None,
        [log(v) for v in m.logs],
        service_urls(m.service_urls) if m.HasField("service_urls") else None,
        env_id_ if (env_id_ := m.env_id) or m.HasField("env_id") else None,
    )


def hosted_run_status(m: controller_pb2.HostedRunStatus) -> models.HostedRunStatus:
    return drafts.hosted_run_status(
        _HostedRunState[m.state],
    )


def log(m: common_pb2.Log) -> models.Log:
    return drafts.log(
        m.message,
        _LogLevel[m.level],
        _LogSource[m.source],
        wellknown.moment(m.timestamp),
    )


def register_application_result(m: controller_pb2.RegisterApplicationResult) -> models.RegisterApplicationResult:
    return drafts.register_application_result(
        register_application_result_type(m.result) if m.HasField("result") else None,
        [log(v) for v in m.logs],
        service_urls(m.service_urls) if m.HasField("service_urls") else None,
        env_id_ if (env_id_ := m.env_id) or m.HasField("env_id") else None,
    )


def register_application_result_type(
    m: controller_pb2.RegisterApplicationResultType,
) -> models.RegisterApplicationResultType:
    return drafts.register_application_result_type(
        m.application_id,
    )


def runner_info(m: controller_pb2.RunnerInfo) -> models.RunnerInfo:
    return drafts.runner_info(
        m.runner_id,
        m.in_flight_requests,
        expiration_countdown_
        if (expiration_countdown_ := m.expiration_countdown) or m.HasField("expiration_countdown")
        else None,
        wellknown.span(m.uptime),
        wellknown.to_dict(m.external_metadata) if m.HasField("external_metadata") else {},
        m.revision,
        m.alias,
        _RunnerState[state_] if (state_ := m.state) or m.HasField("state") else None,
        m.machine_type,
        _ReplaceState[m.replacement],
    )


def serverless_secret(m: controller_pb2.Secret) -> models.ServerlessSecret:
    return drafts.serverless_secret(
        m.name,
        wellknown.moment(m.created_time),
        environment_name_ if (environment_name_ := m.environment_name) or m.HasField("environment_name") else None,
        default_exposed_ if (default_exposed_ := m.default_exposed) or m.HasField("default_exposed") else None,
    )


def service_urls(m: controller_pb2.ServiceURLs) -> models.ServiceURLs:
    return drafts.service_urls(
        m.playground,
        m.run,
        m.queue,
        m.ws,
        m.log,
    )


def user_key_info(m: controller_pb2.UserKeyInfo) -> models.UserKeyInfo:
    return drafts.user_key_info(
        m.key_id,
        wellknown.moment(m.created_at),
        _KeyScope[m.scope],
        m.alias,
    )


# ------------------------------------------------------------------------------------------------------------ writing


def application_health_check_config(
    *,
    path: str,
    start_period_seconds: int | None = None,
    timeout_seconds: int | None = None,
    failure_threshold: int | None = None,
    call_regularly: bool | None = None,
    allow_on_busy: bool | None = None,
    method: models.HealthCheckMethod | None = None,
) -> controller_pb2.ApplicationHealthCheckConfig:
    return controller_pb2.ApplicationHealthCheckConfig(
        path=path,
        start_period_seconds=start_period_seconds,
        timeout_seconds=timeout_seconds,
        failure_threshold=failure_threshold,
        call_regularly=call_regularly,
        allow_on_busy=allow_on_busy,
        method=None if method is None else method.number,
    )


def build_environment_request(
    *,
    environments: Iterable[server_pb2.EnvironmentDefinition] | None = None,
    machine_requirements: controller_pb2.MachineRequirements | None = None,
    files: Iterable[controller_pb2.File] | None = None,
    environment_name: str | None = None,
    application_name: str | None = None,
    secrets: controller_pb2.SecretsConfig | None = None,
) -> controller_pb2.BuildEnvironmentRequest:
    return controller_pb2.BuildEnvironmentRequest(
        environments=environments,
        machine_requirements=machine_requirements,
        files=files,
        environment_name=environment_name,
        application_name=application_name,
        secrets=secrets,
    )


def create_environment_request(
    *,
    name: str,
    description: str | None = None,
) -> controller_pb2.CreateEnvironmentRequest:
    return controller_pb2.CreateEnvironmentRequest(
        name=name,
        description=description,
    )


def create_user_key_request(
    *,
    scope: models.KeyScope | None = None,
    alias: str | None = None,
    policy_preset: str | None = None,
    policy: controller_pb2.KeyPolicy | None = None,
) -> controller_pb2.CreateUserKeyRequest:
    return controller_pb2.CreateUserKeyRequest(
        scope=None if scope is None else scope.number,
        alias=alias,
        policy_preset=policy_preset,
        policy=policy,
    )


def delete_alias_request(
    *,
    alias: str,
    environment_name: str | None = None,
) -> controller_pb2.DeleteAliasRequest:
    return controller_pb2.DeleteAliasRequest(
        alias=alias,
        environment_name=environment_name,
    )


def delete_application_request(
    *,
    application_id: str,
) -> controller_pb2.DeleteApplicationRequest:
    return controller_pb2.DeleteApplicationRequest(
        application_id=application_id,
    )


def delete_environment_request(
    *,
    name: str,
) -> controller_pb2.DeleteEnvironmentRequest:
    return controller_pb2.DeleteEnvironmentRequest(
        name=name,
    )


def environment_definition(
    *,
    kind: str,
    force: bool,
    configuration: Mapping[str, Any] | None = None,
) -> server_pb2.EnvironmentDefinition:
    return server_pb2.EnvironmentDefinition(
        kind=kind,
        force=force,
        configuration=None if configuration is None else wellknown.to_struct(configuration),
    )


def file(
    *,
    hash: str,
    relative_path: str,
) -> controller_pb2.File:
    return controller_pb2.File(
        hash=hash,
        relative_path=relative_path,
    )


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


def key_policy(
    *,
    permissions: Iterable[str] | None = None,
) -> controller_pb2.KeyPolicy:
    return controller_pb2.KeyPolicy(
        permissions=permissions,
    )


def kill_runner_request(
    *,
    runner_id: str,
) -> controller_pb2.KillRunnerRequest:
    return controller_pb2.KillRunnerRequest(
        runner_id=runner_id,
    )


def list_alias_runners_request(
    *,
    alias: str,
    list_pending: bool | None = None,
    start_time: datetime | None = None,
    environment_name: str | None = None,
) -> controller_pb2.ListAliasRunnersRequest:
    return controller_pb2.ListAliasRunnersRequest(
        alias=alias,
        list_pending=list_pending,
        start_time=None if start_time is None else wellknown.to_timestamp(start_time),
        environment_name=environment_name,
    )


def list_aliases_request(
    *,
    environment_name: str | None = None,
) -> controller_pb2.ListAliasesRequest:
    return controller_pb2.ListAliasesRequest(
        environment_name=environment_name,
    )


def list_applications_request(
    *,
    application_name: str | None = None,
    environment_name: str | None = None,
) -> controller_pb2.ListApplicationsRequest:
    return controller_pb2.ListApplicationsRequest(
        application_name=application_name,
        environment_name=environment_name,
    )


def list_environments_request() -> controller_pb2.ListEnvironmentsRequest:
    return controller_pb2.ListEnvironmentsRequest()


def list_runners_request(
    *,
    list_pending: bool | None = None,
    start_time: datetime | None = None,
) -> controller_pb2.ListRunnersRequest:
    return controller_pb2.ListRunnersRequest(
        list_pending=list_pending,
        start_time=None if start_time is None else wellknown.to_timestamp(start_time),
    )


def list_secrets_request(
    *,
    environment_name: str | None = None,
) -> controller_pb2.ListSecretsRequest:
    return controller_pb2.ListSecretsRequest(
        environment_name=environment_name,
    )


def list_user_keys_request() -> controller_pb2.ListUserKeysRequest:
    return controller_pb2.ListUserKeysRequest()


def machine_requirements(
    *,
    machine_type: str | None = None,
    keep_alive: int | None = None,
    base_image: str | None = None,
    exposed_port: int | None = None,
    scheduler: str | None = None,
    max_multiplexing: int | None = None,
    scheduler_options: Mapping[str, Any] | None = None,
    max_concurrency: int | None = None,
    min_concurrency: int | None = None,
    machine_types: Iterable[str] | None = None,
    num_gpus: int | None = None,
    request_timeout: int | None = None,
    startup_timeout: int | None = None,
    concurrency_buffer: int | None = None,
    concurrency_buffer_perc: int | None = None,
    scaling_delay_seconds: int | None = None,
    valid_regions: Iterable[str] | None = None,
    metrics_port: int | None = None,
    request_start_timeout: int | None = None,
) -> controller_pb2.MachineRequirements:
    return controller_pb2.MachineRequirements(
        machine_type=machine_type,
        keep_alive=keep_alive,
        base_image=base_image,
        exposed_port=exposed_port,
        scheduler=scheduler,
        max_multiplexing=max_multiplexing,
        scheduler_options=None if scheduler_options is None else wellknown.to_struct(scheduler_options),
        max_concurrency=max_concurrency,
        min_concurrency=min_concurrency,
        machine_types=machine_types,
        num_gpus=num_gpus,
        request_timeout=request_timeout,
        startup_timeout=startup_timeout,
        concurrency_buffer=concurrency_buffer,
        concurrency_buffer_perc=concurrency_buffer_perc,
        scaling_delay_seconds=scaling_delay_seconds,
        valid_regions=valid_regions,
        metrics_port=metrics_port,
        request_start_timeout=request_start_timeout,
    )


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


def revoke_user_key_request(
    *,
    key_id: str,
) -> controller_pb2.RevokeUserKeyRequest:
    return controller_pb2.RevokeUserKeyRequest(
        key_id=key_id,
    )


def rollout_application_request(
    *,
    application_name: str,
    force: bool | None = None,
    environment_name: str | None = None,
) -> controller_pb2.RolloutApplicationRequest:
    return controller_pb2.RolloutApplicationRequest(
        application_name=application_name,
        force=force,
        environment_name=environment_name,
    )


def secrets_config(
    *,
    names: Iterable[str] | None = None,
) -> controller_pb2.SecretsConfig:
    return controller_pb2.SecretsConfig(
        names=names,
    )


def serialized_object(
    *,
    method: str,
    definition: bytes,
    was_it_raised: bool,
    stringized_traceback: str | None = None,
    exception_type_name: str | None = None,
    exception_message: str | None = None,
) -> common_pb2.SerializedObject:
    return common_pb2.SerializedObject(
        method=method,
        definition=definition,
        was_it_raised=was_it_raised,
        stringized_traceback=stringized_traceback,
        exception_type_name=exception_type_name,
        exception_message=exception_message,
    )


def set_alias_request(
    *,
    alias: str,
    revision: str,
    auth_mode: models.AuthMode | None = None,
    environment_name: str | None = None,
    deployment_strategy: models.DeploymentStrategy | None = None,
) -> controller_pb2.SetAliasRequest:
    return controller_pb2.SetAliasRequest(
        alias=alias,
        revision=revision,
        auth_mode=None if auth_mode is None else auth_mode.number,
        environment_name=environment_name,
        deployment_strategy=None if deployment_strategy is None else deployment_strategy.number,
    )


def set_secret_request(
    *,
    name: str,
    value: str | None = None,
    environment_name: str | None = None,
    default_exposed: bool | None = None,
) -> controller_pb2.SetSecretRequest:
    return controller_pb2.SetSecretRequest(
        name=name,
        value=value,
        environment_name=environment_name,
        default_exposed=default_exposed,
    )


def shell_runner_input(
    *,
    runner_id: str,
    data: bytes,
    close: bool,
    tty_size: controller_pb2.TerminalSize | None = None,
    command: Iterable[str] | None = None,
    tty: bool | None = None,
) -> controller_pb2.ShellRunnerInput:
    return controller_pb2.ShellRunnerInput(
        runner_id=runner_id,
        data=data,
        close=close,
        tty_size=tty_size,
        command=command,
        tty=tty,
    )


def stop_runner_request(
    *,
    runner_id: str,
    replace_first: bool,
) -> controller_pb2.StopRunnerRequest:
    return controller_pb2.StopRunnerRequest(
        runner_id=runner_id,
        replace_first=replace_first,
    )


def terminal_size(
    *,
    height: int,
    width: int,
) -> controller_pb2.TerminalSize:
    return controller_pb2.TerminalSize(
        height=height,
        width=width,
    )


def update_application_request(
    *,
    application_name: str,
    keep_alive: int | None = None,
    max_multiplexing: int | None = None,
    max_concurrency: int | None = None,
    min_concurrency: int | None = None,
    valid_regions: Iterable[str] | None = None,
    machine_types: Iterable[str] | None = None,
    request_timeout: int | None = None,
    startup_timeout: int | None = None,
    concurrency_buffer: int | None = None,
    concurrency_buffer_perc: int | None = None,
    scaling_delay_seconds: int | None = None,
    environment_name: str | None = None,
    request_start_timeout: int | None = None,
) -> controller_pb2.UpdateApplicationRequest:
    return controller_pb2.UpdateApplicationRequest(
        application_name=application_name,
        keep_alive=keep_alive,
        max_multiplexing=max_multiplexing,
        max_concurrency=max_concurrency,
        min_concurrency=min_concurrency,
        valid_regions=valid_regions,
        machine_types=machine_types,
        request_timeout=request_timeout,
        startup_timeout=startup_timeout,
        concurrency_buffer=concurrency_buffer,
        concurrency_buffer_perc=concurrency_buffer_perc,
        scaling_delay_seconds=scaling_delay_seconds,
        environment_name=environment_name,
        request_start_timeout=request_start_timeout,
    )


def volume_mount(
    *,
    volume_name: str,
    mount_path: str,
) -> controller_pb2.VolumeMount:
    return controller_pb2.VolumeMount(
        volume_name=volume_name,
        mount_path=mount_path,
    )
