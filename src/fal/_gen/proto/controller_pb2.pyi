# Generated from spec/; do not edit: correct the specification, the mapping or the template, then run `just generate`.
from collections.abc import Iterable
from typing import Final, Literal

from google.protobuf import struct_pb2, timestamp_pb2
from google.protobuf.descriptor import FileDescriptor
from google.protobuf.internal.containers import RepeatedCompositeFieldContainer, RepeatedScalarFieldContainer
from google.protobuf.internal.enum_type_wrapper import EnumTypeWrapper
from google.protobuf.message import Message

from fal._gen.proto import common_pb2, server_pb2

DESCRIPTOR: FileDescriptor

ApplicationAuthMode: EnumTypeWrapper
PRIVATE: Final[int]
PUBLIC: Final[int]
SHARED: Final[int]

DeploymentStrategy: EnumTypeWrapper
RECREATE: Final[int]
ROLLING: Final[int]

RetryCondition: EnumTypeWrapper
TIMEOUT: Final[int]
CLIENT_ERROR: Final[int]
SERVER_ERROR: Final[int]
CONNECTION_ERROR: Final[int]

class AliasInfo(Message):
    ALIAS_FIELD_NUMBER: Final = 1
    REVISION_FIELD_NUMBER: Final = 2
    AUTH_MODE_FIELD_NUMBER: Final = 3
    MAX_CONCURRENCY_FIELD_NUMBER: Final = 4
    MAX_MULTIPLEXING_FIELD_NUMBER: Final = 5
    KEEP_ALIVE_FIELD_NUMBER: Final = 6
    ACTIVE_RUNNERS_FIELD_NUMBER: Final = 7
    MIN_CONCURRENCY_FIELD_NUMBER: Final = 8
    MACHINE_TYPES_FIELD_NUMBER: Final = 9
    REQUEST_TIMEOUT_FIELD_NUMBER: Final = 10
    STARTUP_TIMEOUT_FIELD_NUMBER: Final = 11
    VALID_REGIONS_FIELD_NUMBER: Final = 12
    CONCURRENCY_BUFFER_FIELD_NUMBER: Final = 13
    CONCURRENCY_BUFFER_PERC_FIELD_NUMBER: Final = 14
    SCALING_DELAY_SECONDS_FIELD_NUMBER: Final = 15
    ENVIRONMENT_NAME_FIELD_NUMBER: Final = 16
    IS_ROLLING_FIELD_NUMBER: Final = 17
    REQUEST_START_TIMEOUT_FIELD_NUMBER: Final = 18
    alias: str
    revision: str
    auth_mode: int
    max_concurrency: int
    max_multiplexing: int
    keep_alive: int
    active_runners: int
    min_concurrency: int
    @property
    def machine_types(self) -> RepeatedScalarFieldContainer[str]: ...
    request_timeout: int
    startup_timeout: int
    @property
    def valid_regions(self) -> RepeatedScalarFieldContainer[str]: ...
    concurrency_buffer: int
    concurrency_buffer_perc: int
    scaling_delay_seconds: int
    environment_name: str
    is_rolling: bool
    request_start_timeout: int
    def __init__(
        self,
        *,
        alias: str | None = ...,
        revision: str | None = ...,
        auth_mode: int | None = ...,
        max_concurrency: int | None = ...,
        max_multiplexing: int | None = ...,
        keep_alive: int | None = ...,
        active_runners: int | None = ...,
        min_concurrency: int | None = ...,
        machine_types: Iterable[str] | None = ...,
        request_timeout: int | None = ...,
        startup_timeout: int | None = ...,
        valid_regions: Iterable[str] | None = ...,
        concurrency_buffer: int | None = ...,
        concurrency_buffer_perc: int | None = ...,
        scaling_delay_seconds: int | None = ...,
        environment_name: str | None = ...,
        is_rolling: bool | None = ...,
        request_start_timeout: int | None = ...,
    ) -> None: ...
    def HasField(
        self,
        field_name: Literal[
            "request_timeout",
            "startup_timeout",
            "concurrency_buffer",
            "concurrency_buffer_perc",
            "scaling_delay_seconds",
            "environment_name",
            "request_start_timeout",
        ],
    ) -> bool: ...
    def ClearField(
        self,
        field_name: Literal[
            "alias",
            "revision",
            "auth_mode",
            "max_concurrency",
            "max_multiplexing",
            "keep_alive",
            "active_runners",
            "min_concurrency",
            "machine_types",
            "request_timeout",
            "startup_timeout",
            "valid_regions",
            "concurrency_buffer",
            "concurrency_buffer_perc",
            "scaling_delay_seconds",
            "environment_name",
            "is_rolling",
            "request_start_timeout",
        ],
    ) -> None: ...

class ApplicationHealthCheckConfig(Message):
    Method: EnumTypeWrapper
    GET: Final[int]
    POST: Final[int]

    PATH_FIELD_NUMBER: Final = 1
    START_PERIOD_SECONDS_FIELD_NUMBER: Final = 2
    TIMEOUT_SECONDS_FIELD_NUMBER: Final = 3
    FAILURE_THRESHOLD_FIELD_NUMBER: Final = 4
    CALL_REGULARLY_FIELD_NUMBER: Final = 5
    ALLOW_ON_BUSY_FIELD_NUMBER: Final = 6
    METHOD_FIELD_NUMBER: Final = 7
    path: str
    start_period_seconds: int
    timeout_seconds: int
    failure_threshold: int
    call_regularly: bool
    allow_on_busy: bool
    method: int
    def __init__(
        self,
        *,
        path: str | None = ...,
        start_period_seconds: int | None = ...,
        timeout_seconds: int | None = ...,
        failure_threshold: int | None = ...,
        call_regularly: bool | None = ...,
        allow_on_busy: bool | None = ...,
        method: int | None = ...,
    ) -> None: ...
    def HasField(
        self,
        field_name: Literal[
            "start_period_seconds",
            "timeout_seconds",
            "failure_threshold",
            "call_regularly",
            "allow_on_busy",
            "method",
        ],
    ) -> bool: ...
    def ClearField(
        self,
        field_name: Literal[
            "path",
            "start_period_seconds",
            "timeout_seconds",
            "failure_threshold",
            "call_regularly",
            "allow_on_busy",
            "method",
        ],
    ) -> None: ...

class ApplicationInfo(Message):
    APPLICATION_ID_FIELD_NUMBER: Final = 1
    MAX_CONCURRENCY_FIELD_NUMBER: Final = 2
    MAX_MULTIPLEXING_FIELD_NUMBER: Final = 3
    KEEP_ALIVE_FIELD_NUMBER: Final = 4
    ACTIVE_RUNNERS_FIELD_NUMBER: Final = 6
    MIN_CONCURRENCY_FIELD_NUMBER: Final = 7
    MACHINE_TYPES_FIELD_NUMBER: Final = 8
    REQUEST_TIMEOUT_FIELD_NUMBER: Final = 9
    STARTUP_TIMEOUT_FIELD_NUMBER: Final = 10
    VALID_REGIONS_FIELD_NUMBER: Final = 11
    CONCURRENCY_BUFFER_FIELD_NUMBER: Final = 12
    CREATED_AT_FIELD_NUMBER: Final = 13
    CONCURRENCY_BUFFER_PERC_FIELD_NUMBER: Final = 14
    SCALING_DELAY_SECONDS_FIELD_NUMBER: Final = 15
    ENVIRONMENT_NAME_FIELD_NUMBER: Final = 16
    REQUEST_START_TIMEOUT_FIELD_NUMBER: Final = 17
    application_id: str
    max_concurrency: int
    max_multiplexing: int
    keep_alive: int
    active_runners: int
    min_concurrency: int
    @property
    def machine_types(self) -> RepeatedScalarFieldContainer[str]: ...
    request_timeout: int
    startup_timeout: int
    @property
    def valid_regions(self) -> RepeatedScalarFieldContainer[str]: ...
    concurrency_buffer: int
    @property
    def created_at(self) -> timestamp_pb2.Timestamp: ...
    concurrency_buffer_perc: int
    scaling_delay_seconds: int
    environment_name: str
    request_start_timeout: int
    def __init__(
        self,
        *,
        application_id: str | None = ...,
        max_concurrency: int | None = ...,
        max_multiplexing: int | None = ...,
        keep_alive: int | None = ...,
        active_runners: int | None = ...,
        min_concurrency: int | None = ...,
        machine_types: Iterable[str] | None = ...,
        request_timeout: int | None = ...,
        startup_timeout: int | None = ...,
        valid_regions: Iterable[str] | None = ...,
        concurrency_buffer: int | None = ...,
        created_at: timestamp_pb2.Timestamp | None = ...,
        concurrency_buffer_perc: int | None = ...,
        scaling_delay_seconds: int | None = ...,
        environment_name: str | None = ...,
        request_start_timeout: int | None = ...,
    ) -> None: ...
    def HasField(
        self,
        field_name: Literal[
            "request_timeout",
            "startup_timeout",
            "concurrency_buffer",
            "created_at",
            "concurrency_buffer_perc",
            "scaling_delay_seconds",
            "environment_name",
            "request_start_timeout",
        ],
    ) -> bool: ...
    def ClearField(
        self,
        field_name: Literal[
            "application_id",
            "max_concurrency",
            "max_multiplexing",
            "keep_alive",
            "active_runners",
            "min_concurrency",
            "machine_types",
            "request_timeout",
            "startup_timeout",
            "valid_regions",
            "concurrency_buffer",
            "created_at",
            "concurrency_buffer_perc",
            "scaling_delay_seconds",
            "environment_name",
            "request_start_timeout",
        ],
    ) -> None: ...

class BuildEnvironmentRequest(Message):
    ENVIRONMENTS_FIELD_NUMBER: Final = 1
    MACHINE_REQUIREMENTS_FIELD_NUMBER: Final = 2
    FILES_FIELD_NUMBER: Final = 3
    ENVIRONMENT_NAME_FIELD_NUMBER: Final = 4
    APPLICATION_NAME_FIELD_NUMBER: Final = 5
    SECRETS_FIELD_NUMBER: Final = 6
    @property
    def environments(self) -> RepeatedCompositeFieldContainer[server_pb2.EnvironmentDefinition]: ...
    @property
    def machine_requirements(self) -> MachineRequirements: ...
    @property
    def files(self) -> RepeatedCompositeFieldContainer[File]: ...
    environment_name: str
    application_name: str
    @property
    def secrets(self) -> SecretsConfig: ...
    def __init__(
        self,
        *,
        environments: Iterable[server_pb2.EnvironmentDefinition] | None = ...,
        machine_requirements: MachineRequirements | None = ...,
        files: Iterable[File] | None = ...,
        environment_name: str | None = ...,
        application_name: str | None = ...,
        secrets: SecretsConfig | None = ...,
    ) -> None: ...
    def HasField(
        self,
        field_name: Literal[
            "machine_requirements",
            "environment_name",
            "application_name",
            "secrets",
        ],
    ) -> bool: ...
    def ClearField(
        self,
        field_name: Literal[
            "environments",
            "machine_requirements",
            "files",
            "environment_name",
            "application_name",
            "secrets",
        ],
    ) -> None: ...

class BuildEnvironmentResult(Message):
    ENV_ID_FIELD_NUMBER: Final = 1
    STATUS_FIELD_NUMBER: Final = 2
    LOGS_FIELD_NUMBER: Final = 3
    env_id: str
    @property
    def status(self) -> HostedRunStatus: ...
    @property
    def logs(self) -> RepeatedCompositeFieldContainer[common_pb2.Log]: ...
    def __init__(
        self,
        *,
        env_id: str | None = ...,
        status: HostedRunStatus | None = ...,
        logs: Iterable[common_pb2.Log] | None = ...,
    ) -> None: ...
    def HasField(self, field_name: Literal["status",]) -> bool: ...
    def ClearField(
        self,
        field_name: Literal[
            "env_id",
            "status",
            "logs",
        ],
    ) -> None: ...

class CreateEnvironmentRequest(Message):
    NAME_FIELD_NUMBER: Final = 1
    DESCRIPTION_FIELD_NUMBER: Final = 2
    name: str
    description: str
    def __init__(
        self,
        *,
        name: str | None = ...,
        description: str | None = ...,
    ) -> None: ...
    def HasField(self, field_name: Literal["description",]) -> bool: ...
    def ClearField(
        self,
        field_name: Literal[
            "name",
            "description",
        ],
    ) -> None: ...

class CreateEnvironmentResponse(Message):
    ENVIRONMENT_FIELD_NUMBER: Final = 1
    @property
    def environment(self) -> EnvironmentInfo: ...
    def __init__(
        self,
        *,
        environment: EnvironmentInfo | None = ...,
    ) -> None: ...
    def HasField(self, field_name: Literal["environment",]) -> bool: ...
    def ClearField(self, field_name: Literal["environment",]) -> None: ...

class CreateUserKeyRequest(Message):
    Scope: EnumTypeWrapper
    ADMIN: Final[int]
    API: Final[int]

    SCOPE_FIELD_NUMBER: Final = 1
    ALIAS_FIELD_NUMBER: Final = 2
    POLICY_PRESET_FIELD_NUMBER: Final = 5
    POLICY_FIELD_NUMBER: Final = 6
    scope: int
    alias: str
    policy_preset: str
    @property
    def policy(self) -> KeyPolicy: ...
    def __init__(
        self,
        *,
        scope: int | None = ...,
        alias: str | None = ...,
        policy_preset: str | None = ...,
        policy: KeyPolicy | None = ...,
    ) -> None: ...
    def HasField(
        self,
        field_name: Literal[
            "scope",
            "alias",
            "policy_preset",
            "policy",
        ],
    ) -> bool: ...
    def ClearField(
        self,
        field_name: Literal[
            "scope",
            "alias",
            "policy_preset",
            "policy",
        ],
    ) -> None: ...

class CreateUserKeyResponse(Message):
    KEY_SECRET_FIELD_NUMBER: Final = 1
    KEY_ID_FIELD_NUMBER: Final = 2
    key_secret: str
    key_id: str
    def __init__(
        self,
        *,
        key_secret: str | None = ...,
        key_id: str | None = ...,
    ) -> None: ...
    def ClearField(
        self,
        field_name: Literal[
            "key_secret",
            "key_id",
        ],
    ) -> None: ...

class DeleteAliasRequest(Message):
    ALIAS_FIELD_NUMBER: Final = 1
    ENVIRONMENT_NAME_FIELD_NUMBER: Final = 2
    alias: str
    environment_name: str
    def __init__(
        self,
        *,
        alias: str | None = ...,
        environment_name: str | None = ...,
    ) -> None: ...
    def HasField(self, field_name: Literal["environment_name",]) -> bool: ...
    def ClearField(
        self,
        field_name: Literal[
            "alias",
            "environment_name",
        ],
    ) -> None: ...

class DeleteAliasResult(Message):
    REVISION_FIELD_NUMBER: Final = 1
    revision: str
    def __init__(
        self,
        *,
        revision: str | None = ...,
    ) -> None: ...
    def ClearField(self, field_name: Literal["revision",]) -> None: ...

class DeleteApplicationRequest(Message):
    APPLICATION_ID_FIELD_NUMBER: Final = 1
    application_id: str
    def __init__(
        self,
        *,
        application_id: str | None = ...,
    ) -> None: ...
    def ClearField(self, field_name: Literal["application_id",]) -> None: ...

class DeleteApplicationResult(Message):
    def __init__(
        self,
    ) -> None: ...

class DeleteEnvironmentRequest(Message):
    NAME_FIELD_NUMBER: Final = 1
    name: str
    def __init__(
        self,
        *,
        name: str | None = ...,
    ) -> None: ...
    def ClearField(self, field_name: Literal["name",]) -> None: ...

class DeleteEnvironmentResponse(Message):
    def __init__(
        self,
    ) -> None: ...

class EnvironmentInfo(Message):
    NAME_FIELD_NUMBER: Final = 1
    DESCRIPTION_FIELD_NUMBER: Final = 2
    IS_DEFAULT_FIELD_NUMBER: Final = 3
    CREATED_AT_FIELD_NUMBER: Final = 4
    name: str
    description: str
    is_default: bool
    @property
    def created_at(self) -> timestamp_pb2.Timestamp: ...
    def __init__(
        self,
        *,
        name: str | None = ...,
        description: str | None = ...,
        is_default: bool | None = ...,
        created_at: timestamp_pb2.Timestamp | None = ...,
    ) -> None: ...
    def HasField(
        self,
        field_name: Literal[
            "description",
            "created_at",
        ],
    ) -> bool: ...
    def ClearField(
        self,
        field_name: Literal[
            "name",
            "description",
            "is_default",
            "created_at",
        ],
    ) -> None: ...

class File(Message):
    HASH_FIELD_NUMBER: Final = 1
    RELATIVE_PATH_FIELD_NUMBER: Final = 2
    hash: str
    relative_path: str
    def __init__(
        self,
        *,
        hash: str | None = ...,
        relative_path: str | None = ...,
    ) -> None: ...
    def ClearField(
        self,
        field_name: Literal[
            "hash",
            "relative_path",
        ],
    ) -> None: ...

class HostedMap(Message):
    ENVIRONMENTS_FIELD_NUMBER: Final = 1
    MACHINE_REQUIREMENTS_FIELD_NUMBER: Final = 2
    FUNCTION_FIELD_NUMBER: Final = 3
    ENTRYPOINT_FIELD_NUMBER: Final = 5
    INPUTS_FIELD_NUMBER: Final = 4
    RUN_ON_MAIN_THREAD_FIELD_NUMBER: Final = 6
    @property
    def environments(self) -> RepeatedCompositeFieldContainer[server_pb2.EnvironmentDefinition]: ...
    @property
    def machine_requirements(self) -> MachineRequirements: ...
    @property
    def function(self) -> common_pb2.SerializedObject: ...
    entrypoint: str
    @property
    def inputs(self) -> RepeatedCompositeFieldContainer[common_pb2.SerializedObject]: ...
    run_on_main_thread: bool
    def __init__(
        self,
        *,
        environments: Iterable[server_pb2.EnvironmentDefinition] | None = ...,
        machine_requirements: MachineRequirements | None = ...,
        function: common_pb2.SerializedObject | None = ...,
        entrypoint: str | None = ...,
        inputs: Iterable[common_pb2.SerializedObject] | None = ...,
        run_on_main_thread: bool | None = ...,
    ) -> None: ...
    def HasField(
        self,
        field_name: Literal[
            "machine_requirements",
            "function",
            "entrypoint",
            "run_on_main_thread",
        ],
    ) -> bool: ...
    def ClearField(
        self,
        field_name: Literal[
            "environments",
            "machine_requirements",
            "function",
            "entrypoint",
            "inputs",
            "run_on_main_thread",
        ],
    ) -> None: ...
    def WhichOneof(
        self, oneof_group: Literal["callable"]
    ) -> (
        Literal[
            "function",
            "entrypoint",
        ]
        | None
    ): ...

class HostedRun(Message):
    ENVIRONMENTS_FIELD_NUMBER: Final = 1
    MACHINE_REQUIREMENTS_FIELD_NUMBER: Final = 2
    FUNCTION_FIELD_NUMBER: Final = 3
    ENTRYPOINT_FIELD_NUMBER: Final = 12
    SETUP_FUNC_FIELD_NUMBER: Final = 4
    FILES_FIELD_NUMBER: Final = 5
    ENVIRONMENT_NAME_FIELD_NUMBER: Final = 6
    APPLICATION_NAME_FIELD_NUMBER: Final = 7
    AUTH_MODE_FIELD_NUMBER: Final = 8
    FETCH_OPENAPI_FIELD_NUMBER: Final = 9
    DATA_MOUNTS_FIELD_NUMBER: Final = 10
    SECRETS_FIELD_NUMBER: Final = 11
    RUN_ON_MAIN_THREAD_FIELD_NUMBER: Final = 13
    BUILD_ENVIRONMENT_FIELD_NUMBER: Final = 14
    ENV_ID_FIELD_NUMBER: Final = 15
    HEALTH_CHECK_CONFIG_FIELD_NUMBER: Final = 16
    VOLUMES_FIELD_NUMBER: Final = 17
    @property
    def environments(self) -> RepeatedCompositeFieldContainer[server_pb2.EnvironmentDefinition]: ...
    @property
    def machine_requirements(self) -> MachineRequirements: ...
    @property
    def function(self) -> common_pb2.SerializedObject: ...
    entrypoint: str
    @property
    def setup_func(self) -> common_pb2.SerializedObject: ...
    @property
    def files(self) -> RepeatedCompositeFieldContainer[File]: ...
    environment_name: str
    application_name: str
    auth_mode: int
    fetch_openapi: bool
    @property
    def data_mounts(self) -> RepeatedScalarFieldContainer[str]: ...
    @property
    def secrets(self) -> SecretsConfig: ...
    run_on_main_thread: bool
    build_environment: bool
    env_id: str
    @property
    def health_check_config(self) -> ApplicationHealthCheckConfig: ...
    @property
    def volumes(self) -> RepeatedCompositeFieldContainer[VolumeMount]: ...
    def __init__(
        self,
        *,
        environments: Iterable[server_pb2.EnvironmentDefinition] | None = ...,
        machine_requirements: MachineRequirements | None = ...,
        function: common_pb2.SerializedObject | None = ...,
        entrypoint: str | None = ...,
        setup_func: common_pb2.SerializedObject | None = ...,
        files: Iterable[File] | None = ...,
        environment_name: str | None = ...,
        application_name: str | None = ...,
        auth_mode: int | None = ...,
        fetch_openapi: bool | None = ...,
        data_mounts: Iterable[str] | None = ...,
        secrets: SecretsConfig | None = ...,
        run_on_main_thread: bool | None = ...,
        build_environment: bool | None = ...,
        env_id: str | None = ...,
        health_check_config: ApplicationHealthCheckConfig | None = ...,
        volumes: Iterable[VolumeMount] | None = ...,
    ) -> None: ...
    def HasField(
        self,
        field_name: Literal[
            "machine_requirements",
            "function",
            "entrypoint",
            "setup_func",
            "environment_name",
            "application_name",
            "auth_mode",
            "fetch_openapi",
            "secrets",
            "run_on_main_thread",
            "build_environment",
            "env_id",
            "health_check_config",
        ],
    ) -> bool: ...
    def ClearField(
        self,
        field_name: Literal[
            "environments",
            "machine_requirements",
            "function",
            "entrypoint",
            "setup_func",
            "files",
            "environment_name",
            "application_name",
            "auth_mode",
            "fetch_openapi",
            "data_mounts",
            "secrets",
            "run_on_main_thread",
            "build_environment",
            "env_id",
            "health_check_config",
            "volumes",
        ],
    ) -> None: ...
    def WhichOneof(
        self, oneof_group: Literal["callable"]
    ) -> (
        Literal[
            "function",
            "entrypoint",
        ]
        | None
    ): ...

class HostedRunResult(Message):
    RUN_ID_FIELD_NUMBER: Final = 1
    STATUS_FIELD_NUMBER: Final = 2
    LOGS_FIELD_NUMBER: Final = 3
    RETURN_VALUE_FIELD_NUMBER: Final = 4
    SERVICE_URLS_FIELD_NUMBER: Final = 5
    ENV_ID_FIELD_NUMBER: Final = 6
    run_id: str
    @property
    def status(self) -> HostedRunStatus: ...
    @property
    def logs(self) -> RepeatedCompositeFieldContainer[common_pb2.Log]: ...
    @property
    def return_value(self) -> common_pb2.SerializedObject: ...
    @property
    def service_urls(self) -> ServiceURLs: ...
    env_id: str
    def __init__(
        self,
        *,
        run_id: str | None = ...,
        status: HostedRunStatus | None = ...,
        logs: Iterable[common_pb2.Log] | None = ...,
        return_value: common_pb2.SerializedObject | None = ...,
        service_urls: ServiceURLs | None = ...,
        env_id: str | None = ...,
    ) -> None: ...
    def HasField(
        self,
        field_name: Literal[
            "status",
            "return_value",
            "service_urls",
            "env_id",
        ],
    ) -> bool: ...
    def ClearField(
        self,
        field_name: Literal[
            "run_id",
            "status",
            "logs",
            "return_value",
            "service_urls",
            "env_id",
        ],
    ) -> None: ...

class HostedRunStatus(Message):
    State: EnumTypeWrapper
    IN_PROGRESS: Final[int]
    SUCCESS: Final[int]
    INTERNAL_FAILURE: Final[int]

    STATE_FIELD_NUMBER: Final = 1
    state: int
    def __init__(
        self,
        *,
        state: int | None = ...,
    ) -> None: ...
    def ClearField(self, field_name: Literal["state",]) -> None: ...

class InteractiveRunRequest(Message):
    HOSTED_RUN_FIELD_NUMBER: Final = 1
    @property
    def hosted_run(self) -> HostedRun: ...
    def __init__(
        self,
        *,
        hosted_run: HostedRun | None = ...,
    ) -> None: ...
    def HasField(self, field_name: Literal["hosted_run",]) -> bool: ...
    def ClearField(self, field_name: Literal["hosted_run",]) -> None: ...

class InteractiveRunResponse(Message):
    HOSTED_RUN_RESULT_FIELD_NUMBER: Final = 1
    @property
    def hosted_run_result(self) -> HostedRunResult: ...
    def __init__(
        self,
        *,
        hosted_run_result: HostedRunResult | None = ...,
    ) -> None: ...
    def HasField(self, field_name: Literal["hosted_run_result",]) -> bool: ...
    def ClearField(self, field_name: Literal["hosted_run_result",]) -> None: ...

class KeyPolicy(Message):
    PERMISSIONS_FIELD_NUMBER: Final = 1
    @property
    def permissions(self) -> RepeatedScalarFieldContainer[str]: ...
    def __init__(
        self,
        *,
        permissions: Iterable[str] | None = ...,
    ) -> None: ...
    def ClearField(self, field_name: Literal["permissions",]) -> None: ...

class KillRunnerRequest(Message):
    RUNNER_ID_FIELD_NUMBER: Final = 1
    runner_id: str
    def __init__(
        self,
        *,
        runner_id: str | None = ...,
    ) -> None: ...
    def ClearField(self, field_name: Literal["runner_id",]) -> None: ...

class KillRunnerResponse(Message):
    def __init__(
        self,
    ) -> None: ...

class ListAliasRunnersRequest(Message):
    ALIAS_FIELD_NUMBER: Final = 1
    LIST_PENDING_FIELD_NUMBER: Final = 2
    START_TIME_FIELD_NUMBER: Final = 3
    ENVIRONMENT_NAME_FIELD_NUMBER: Final = 4
    alias: str
    list_pending: bool
    @property
    def start_time(self) -> timestamp_pb2.Timestamp: ...
    environment_name: str
    def __init__(
        self,
        *,
        alias: str | None = ...,
        list_pending: bool | None = ...,
        start_time: timestamp_pb2.Timestamp | None = ...,
        environment_name: str | None = ...,
    ) -> None: ...
    def HasField(
        self,
        field_name: Literal[
            "list_pending",
            "start_time",
            "environment_name",
        ],
    ) -> bool: ...
    def ClearField(
        self,
        field_name: Literal[
            "alias",
            "list_pending",
            "start_time",
            "environment_name",
        ],
    ) -> None: ...

class ListAliasRunnersResponse(Message):
    RUNNERS_FIELD_NUMBER: Final = 1
    @property
    def runners(self) -> RepeatedCompositeFieldContainer[RunnerInfo]: ...
    def __init__(
        self,
        *,
        runners: Iterable[RunnerInfo] | None = ...,
    ) -> None: ...
    def ClearField(self, field_name: Literal["runners",]) -> None: ...

class ListAliasesRequest(Message):
    ENVIRONMENT_NAME_FIELD_NUMBER: Final = 1
    environment_name: str
    def __init__(
        self,
        *,
        environment_name: str | None = ...,
    ) -> None: ...
    def HasField(self, field_name: Literal["environment_name",]) -> bool: ...
    def ClearField(self, field_name: Literal["environment_name",]) -> None: ...

class ListAliasesResult(Message):
    ALIASES_FIELD_NUMBER: Final = 1
    @property
    def aliases(self) -> RepeatedCompositeFieldContainer[AliasInfo]: ...
    def __init__(
        self,
        *,
        aliases: Iterable[AliasInfo] | None = ...,
    ) -> None: ...
    def ClearField(self, field_name: Literal["aliases",]) -> None: ...

class ListApplicationsRequest(Message):
    APPLICATION_NAME_FIELD_NUMBER: Final = 1
    ENVIRONMENT_NAME_FIELD_NUMBER: Final = 2
    application_name: str
    environment_name: str
    def __init__(
        self,
        *,
        application_name: str | None = ...,
        environment_name: str | None = ...,
    ) -> None: ...
    def HasField(
        self,
        field_name: Literal[
            "application_name",
            "environment_name",
        ],
    ) -> bool: ...
    def ClearField(
        self,
        field_name: Literal[
            "application_name",
            "environment_name",
        ],
    ) -> None: ...

class ListApplicationsResult(Message):
    APPLICATIONS_FIELD_NUMBER: Final = 1
    @property
    def applications(self) -> RepeatedCompositeFieldContainer[ApplicationInfo]: ...
    def __init__(
        self,
        *,
        applications: Iterable[ApplicationInfo] | None = ...,
    ) -> None: ...
    def ClearField(self, field_name: Literal["applications",]) -> None: ...

class ListEnvironmentsRequest(Message):
    def __init__(
        self,
    ) -> None: ...

class ListEnvironmentsResponse(Message):
    ENVIRONMENTS_FIELD_NUMBER: Final = 1
    @property
    def environments(self) -> RepeatedCompositeFieldContainer[EnvironmentInfo]: ...
    def __init__(
        self,
        *,
        environments: Iterable[EnvironmentInfo] | None = ...,
    ) -> None: ...
    def ClearField(self, field_name: Literal["environments",]) -> None: ...

class ListRunnersRequest(Message):
    LIST_PENDING_FIELD_NUMBER: Final = 1
    START_TIME_FIELD_NUMBER: Final = 2
    list_pending: bool
    @property
    def start_time(self) -> timestamp_pb2.Timestamp: ...
    def __init__(
        self,
        *,
        list_pending: bool | None = ...,
        start_time: timestamp_pb2.Timestamp | None = ...,
    ) -> None: ...
    def HasField(
        self,
        field_name: Literal[
            "list_pending",
            "start_time",
        ],
    ) -> bool: ...
    def ClearField(
        self,
        field_name: Literal[
            "list_pending",
            "start_time",
        ],
    ) -> None: ...

class ListRunnersResponse(Message):
    RUNNERS_FIELD_NUMBER: Final = 1
    @property
    def runners(self) -> RepeatedCompositeFieldContainer[RunnerInfo]: ...
    def __init__(
        self,
        *,
        runners: Iterable[RunnerInfo] | None = ...,
    ) -> None: ...
    def ClearField(self, field_name: Literal["runners",]) -> None: ...

class ListSecretsRequest(Message):
    ENVIRONMENT_NAME_FIELD_NUMBER: Final = 1
    environment_name: str
    def __init__(
        self,
        *,
        environment_name: str | None = ...,
    ) -> None: ...
    def HasField(self, field_name: Literal["environment_name",]) -> bool: ...
    def ClearField(self, field_name: Literal["environment_name",]) -> None: ...

class ListSecretsResponse(Message):
    SECRETS_FIELD_NUMBER: Final = 1
    @property
    def secrets(self) -> RepeatedCompositeFieldContainer[Secret]: ...
    def __init__(
        self,
        *,
        secrets: Iterable[Secret] | None = ...,
    ) -> None: ...
    def ClearField(self, field_name: Literal["secrets",]) -> None: ...

class ListUserKeysRequest(Message):
    def __init__(
        self,
    ) -> None: ...

class ListUserKeysResponse(Message):
    USER_KEYS_FIELD_NUMBER: Final = 1
    @property
    def user_keys(self) -> RepeatedCompositeFieldContainer[UserKeyInfo]: ...
    def __init__(
        self,
        *,
        user_keys: Iterable[UserKeyInfo] | None = ...,
    ) -> None: ...
    def ClearField(self, field_name: Literal["user_keys",]) -> None: ...

class MachineRequirements(Message):
    MACHINE_TYPE_FIELD_NUMBER: Final = 1
    KEEP_ALIVE_FIELD_NUMBER: Final = 2
    BASE_IMAGE_FIELD_NUMBER: Final = 3
    EXPOSED_PORT_FIELD_NUMBER: Final = 4
    SCHEDULER_FIELD_NUMBER: Final = 5
    MAX_MULTIPLEXING_FIELD_NUMBER: Final = 6
    SCHEDULER_OPTIONS_FIELD_NUMBER: Final = 8
    MAX_CONCURRENCY_FIELD_NUMBER: Final = 9
    MIN_CONCURRENCY_FIELD_NUMBER: Final = 10
    MACHINE_TYPES_FIELD_NUMBER: Final = 11
    NUM_GPUS_FIELD_NUMBER: Final = 12
    REQUEST_TIMEOUT_FIELD_NUMBER: Final = 13
    STARTUP_TIMEOUT_FIELD_NUMBER: Final = 14
    CONCURRENCY_BUFFER_FIELD_NUMBER: Final = 15
    CONCURRENCY_BUFFER_PERC_FIELD_NUMBER: Final = 16
    SCALING_DELAY_SECONDS_FIELD_NUMBER: Final = 17
    VALID_REGIONS_FIELD_NUMBER: Final = 18
    METRICS_PORT_FIELD_NUMBER: Final = 19
    REQUEST_START_TIMEOUT_FIELD_NUMBER: Final = 20
    machine_type: str
    keep_alive: int
    base_image: str
    exposed_port: int
    scheduler: str
    max_multiplexing: int
    @property
    def scheduler_options(self) -> struct_pb2.Struct: ...
    max_concurrency: int
    min_concurrency: int
    @property
    def machine_types(self) -> RepeatedScalarFieldContainer[str]: ...
    num_gpus: int
    request_timeout: int
    startup_timeout: int
    concurrency_buffer: int
    concurrency_buffer_perc: int
    scaling_delay_seconds: int
    @property
    def valid_regions(self) -> RepeatedScalarFieldContainer[str]: ...
    metrics_port: int
    request_start_timeout: int
    def __init__(
        self,
        *,
        machine_type: str | None = ...,
        keep_alive: int | None = ...,
        base_image: str | None = ...,
        exposed_port: int | None = ...,
        scheduler: str | None = ...,
        max_multiplexing: int | None = ...,
        scheduler_options: struct_pb2.Struct | None = ...,
        max_concurrency: int | None = ...,
        min_concurrency: int | None = ...,
        machine_types: Iterable[str] | None = ...,
        num_gpus: int | None = ...,
        request_timeout: int | None = ...,
        startup_timeout: int | None = ...,
        concurrency_buffer: int | None = ...,
        concurrency_buffer_perc: int | None = ...,
        scaling_delay_seconds: int | None = ...,
        valid_regions: Iterable[str] | None = ...,
        metrics_port: int | None = ...,
        request_start_timeout: int | None = ...,
    ) -> None: ...
    def HasField(
        self,
        field_name: Literal[
            "machine_type",
            "keep_alive",
            "base_image",
            "exposed_port",
            "scheduler",
            "max_multiplexing",
            "scheduler_options",
            "max_concurrency",
            "min_concurrency",
            "num_gpus",
            "request_timeout",
            "startup_timeout",
            "concurrency_buffer",
            "concurrency_buffer_perc",
            "scaling_delay_seconds",
            "metrics_port",
            "request_start_timeout",
        ],
    ) -> bool: ...
    def ClearField(
        self,
        field_name: Literal[
            "machine_type",
            "keep_alive",
            "base_image",
            "exposed_port",
            "scheduler",
            "max_multiplexing",
            "scheduler_options",
            "max_concurrency",
            "min_concurrency",
            "machine_types",
            "num_gpus",
            "request_timeout",
            "startup_timeout",
            "concurrency_buffer",
            "concurrency_buffer_perc",
            "scaling_delay_seconds",
            "valid_regions",
            "metrics_port",
            "request_start_timeout",
        ],
    ) -> None: ...

class RegisterApplicationRequest(Message):
    ENVIRONMENTS_FIELD_NUMBER: Final = 1
    MACHINE_REQUIREMENTS_FIELD_NUMBER: Final = 2
    FUNCTION_FIELD_NUMBER: Final = 3
    ENTRYPOINT_FIELD_NUMBER: Final = 21
    SETUP_FUNC_FIELD_NUMBER: Final = 4
    APPLICATION_NAME_FIELD_NUMBER: Final = 5
    AUTH_MODE_FIELD_NUMBER: Final = 6
    MAX_CONCURRENCY_FIELD_NUMBER: Final = 7
    METADATA_FIELD_NUMBER: Final = 8
    DEPLOYMENT_STRATEGY_FIELD_NUMBER: Final = 9
    SCALE_FIELD_NUMBER: Final = 10
    PRIVATE_LOGS_FIELD_NUMBER: Final = 11
    FILES_FIELD_NUMBER: Final = 12
    SOURCE_CODE_FIELD_NUMBER: Final = 13
    HEALTH_CHECK_PATH_FIELD_NUMBER: Final = 14
    ENVIRONMENT_NAME_FIELD_NUMBER: Final = 15
    HEALTH_CHECK_CONFIG_FIELD_NUMBER: Final = 16
    SKIP_RETRY_CONDITIONS_FIELD_NUMBER: Final = 17
    TERMINATION_GRACE_PERIOD_SECONDS_FIELD_NUMBER: Final = 18
    FETCH_OPENAPI_FIELD_NUMBER: Final = 19
    DATA_MOUNTS_FIELD_NUMBER: Final = 20
    SECRETS_FIELD_NUMBER: Final = 22
    RUN_ON_MAIN_THREAD_FIELD_NUMBER: Final = 23
    BUILD_ENVIRONMENT_FIELD_NUMBER: Final = 24
    ENV_ID_FIELD_NUMBER: Final = 25
    RETRY_CONFIG_FIELD_NUMBER: Final = 26
    ATTACH_TO_DEPLOYMENT_FIELD_NUMBER: Final = 27
    VOLUMES_FIELD_NUMBER: Final = 28
    @property
    def environments(self) -> RepeatedCompositeFieldContainer[server_pb2.EnvironmentDefinition]: ...
    @property
    def machine_requirements(self) -> MachineRequirements: ...
    @property
    def function(self) -> common_pb2.SerializedObject: ...
    entrypoint: str
    @property
    def setup_func(self) -> common_pb2.SerializedObject: ...
    application_name: str
    auth_mode: int
    max_concurrency: int
    @property
    def metadata(self) -> struct_pb2.Struct: ...
    deployment_strategy: int
    scale: bool
    private_logs: bool
    @property
    def files(self) -> RepeatedCompositeFieldContainer[File]: ...
    source_code: str
    health_check_path: str
    environment_name: str
    @property
    def health_check_config(self) -> ApplicationHealthCheckConfig: ...
    @property
    def skip_retry_conditions(self) -> RepeatedScalarFieldContainer[int]: ...
    termination_grace_period_seconds: int
    fetch_openapi: bool
    @property
    def data_mounts(self) -> RepeatedScalarFieldContainer[str]: ...
    @property
    def secrets(self) -> SecretsConfig: ...
    run_on_main_thread: bool
    build_environment: bool
    env_id: str
    retry_config: str
    attach_to_deployment: bool
    @property
    def volumes(self) -> RepeatedCompositeFieldContainer[VolumeMount]: ...
    def __init__(
        self,
        *,
        environments: Iterable[server_pb2.EnvironmentDefinition] | None = ...,
        machine_requirements: MachineRequirements | None = ...,
        function: common_pb2.SerializedObject | None = ...,
        entrypoint: str | None = ...,
        setup_func: common_pb2.SerializedObject | None = ...,
        application_name: str | None = ...,
        auth_mode: int | None = ...,
        max_concurrency: int | None = ...,
        metadata: struct_pb2.Struct | None = ...,
        deployment_strategy: int | None = ...,
        scale: bool | None = ...,
        private_logs: bool | None = ...,
        files: Iterable[File] | None = ...,
        source_code: str | None = ...,
        health_check_path: str | None = ...,
        environment_name: str | None = ...,
        health_check_config: ApplicationHealthCheckConfig | None = ...,
        skip_retry_conditions: Iterable[int] | None = ...,
        termination_grace_period_seconds: int | None = ...,
        fetch_openapi: bool | None = ...,
        data_mounts: Iterable[str] | None = ...,
        secrets: SecretsConfig | None = ...,
        run_on_main_thread: bool | None = ...,
        build_environment: bool | None = ...,
        env_id: str | None = ...,
        retry_config: str | None = ...,
        attach_to_deployment: bool | None = ...,
        volumes: Iterable[VolumeMount] | None = ...,
    ) -> None: ...
    def HasField(
        self,
        field_name: Literal[
            "machine_requirements",
            "function",
            "entrypoint",
            "setup_func",
            "application_name",
            "auth_mode",
            "max_concurrency",
            "metadata",
            "deployment_strategy",
            "scale",
            "private_logs",
            "source_code",
            "health_check_path",
            "environment_name",
            "health_check_config",
            "termination_grace_period_seconds",
            "fetch_openapi",
            "secrets",
            "run_on_main_thread",
            "build_environment",
            "env_id",
            "retry_config",
            "attach_to_deployment",
        ],
    ) -> bool: ...
    def ClearField(
        self,
        field_name: Literal[
            "environments",
            "machine_requirements",
            "function",
            "entrypoint",
            "setup_func",
            "application_name",
            "auth_mode",
            "max_concurrency",
            "metadata",
            "deployment_strategy",
            "scale",
            "private_logs",
            "files",
            "source_code",
            "health_check_path",
            "environment_name",
            "health_check_config",
            "skip_retry_conditions",
            "termination_grace_period_seconds",
            "fetch_openapi",
            "data_mounts",
            "secrets",
            "run_on_main_thread",
            "build_environment",
            "env_id",
            "retry_config",
            "attach_to_deployment",
            "volumes",
        ],
    ) -> None: ...
    def WhichOneof(
        self, oneof_group: Literal["callable"]
    ) -> (
        Literal[
            "function",
            "entrypoint",
        ]
        | None
    ): ...

class RegisterApplicationResult(Message):
    LOGS_FIELD_NUMBER: Final = 1
    RESULT_FIELD_NUMBER: Final = 2
    SERVICE_URLS_FIELD_NUMBER: Final = 3
    ENV_ID_FIELD_NUMBER: Final = 4
    @property
    def logs(self) -> RepeatedCompositeFieldContainer[common_pb2.Log]: ...
    @property
    def result(self) -> RegisterApplicationResultType: ...
    @property
    def service_urls(self) -> ServiceURLs: ...
    env_id: str
    def __init__(
        self,
        *,
        logs: Iterable[common_pb2.Log] | None = ...,
        result: RegisterApplicationResultType | None = ...,
        service_urls: ServiceURLs | None = ...,
        env_id: str | None = ...,
    ) -> None: ...
    def HasField(
        self,
        field_name: Literal[
            "result",
            "service_urls",
            "env_id",
        ],
    ) -> bool: ...
    def ClearField(
        self,
        field_name: Literal[
            "logs",
            "result",
            "service_urls",
            "env_id",
        ],
    ) -> None: ...

class RegisterApplicationResultType(Message):
    APPLICATION_ID_FIELD_NUMBER: Final = 1
    application_id: str
    def __init__(
        self,
        *,
        application_id: str | None = ...,
    ) -> None: ...
    def ClearField(self, field_name: Literal["application_id",]) -> None: ...

class RevokeUserKeyRequest(Message):
    KEY_ID_FIELD_NUMBER: Final = 1
    key_id: str
    def __init__(
        self,
        *,
        key_id: str | None = ...,
    ) -> None: ...
    def ClearField(self, field_name: Literal["key_id",]) -> None: ...

class RevokeUserKeyResponse(Message):
    def __init__(
        self,
    ) -> None: ...

class RolloutApplicationRequest(Message):
    APPLICATION_NAME_FIELD_NUMBER: Final = 1
    FORCE_FIELD_NUMBER: Final = 2
    ENVIRONMENT_NAME_FIELD_NUMBER: Final = 3
    application_name: str
    force: bool
    environment_name: str
    def __init__(
        self,
        *,
        application_name: str | None = ...,
        force: bool | None = ...,
        environment_name: str | None = ...,
    ) -> None: ...
    def HasField(
        self,
        field_name: Literal[
            "force",
            "environment_name",
        ],
    ) -> bool: ...
    def ClearField(
        self,
        field_name: Literal[
            "application_name",
            "force",
            "environment_name",
        ],
    ) -> None: ...

class RolloutApplicationResult(Message):
    def __init__(
        self,
    ) -> None: ...

class RunnerInfo(Message):
    ReplaceState: EnumTypeWrapper
    NO_REPLACE: Final[int]
    WILL_REPLACE: Final[int]
    DID_REPLACE: Final[int]

    State: EnumTypeWrapper
    RUNNING: Final[int]
    PENDING: Final[int]
    SETUP: Final[int]
    DEAD: Final[int]
    DOCKER_PULL: Final[int]
    DRAINING: Final[int]
    TERMINATING: Final[int]
    TERMINATED: Final[int]
    IDLE: Final[int]
    FAILURE_DELAY: Final[int]

    RUNNER_ID_FIELD_NUMBER: Final = 1
    IN_FLIGHT_REQUESTS_FIELD_NUMBER: Final = 2
    EXPIRATION_COUNTDOWN_FIELD_NUMBER: Final = 3
    UPTIME_FIELD_NUMBER: Final = 4
    EXTERNAL_METADATA_FIELD_NUMBER: Final = 5
    REVISION_FIELD_NUMBER: Final = 6
    ALIAS_FIELD_NUMBER: Final = 7
    STATE_FIELD_NUMBER: Final = 8
    REPLACEMENT_FIELD_NUMBER: Final = 9
    MACHINE_TYPE_FIELD_NUMBER: Final = 10
    runner_id: str
    in_flight_requests: int
    expiration_countdown: int
    uptime: float
    @property
    def external_metadata(self) -> struct_pb2.Struct: ...
    revision: str
    alias: str
    state: int
    replacement: int
    machine_type: str
    def __init__(
        self,
        *,
        runner_id: str | None = ...,
        in_flight_requests: int | None = ...,
        expiration_countdown: int | None = ...,
        uptime: float | None = ...,
        external_metadata: struct_pb2.Struct | None = ...,
        revision: str | None = ...,
        alias: str | None = ...,
        state: int | None = ...,
        replacement: int | None = ...,
        machine_type: str | None = ...,
    ) -> None: ...
    def HasField(
        self,
        field_name: Literal[
            "expiration_countdown",
            "external_metadata",
            "state",
        ],
    ) -> bool: ...
    def ClearField(
        self,
        field_name: Literal[
            "runner_id",
            "in_flight_requests",
            "expiration_countdown",
            "uptime",
            "external_metadata",
            "revision",
            "alias",
            "state",
            "replacement",
            "machine_type",
        ],
    ) -> None: ...

class Secret(Message):
    NAME_FIELD_NUMBER: Final = 1
    CREATED_TIME_FIELD_NUMBER: Final = 2
    ENVIRONMENT_NAME_FIELD_NUMBER: Final = 3
    DEFAULT_EXPOSED_FIELD_NUMBER: Final = 4
    name: str
    @property
    def created_time(self) -> timestamp_pb2.Timestamp: ...
    environment_name: str
    default_exposed: bool
    def __init__(
        self,
        *,
        name: str | None = ...,
        created_time: timestamp_pb2.Timestamp | None = ...,
        environment_name: str | None = ...,
        default_exposed: bool | None = ...,
    ) -> None: ...
    def HasField(
        self,
        field_name: Literal[
            "created_time",
            "environment_name",
            "default_exposed",
        ],
    ) -> bool: ...
    def ClearField(
        self,
        field_name: Literal[
            "name",
            "created_time",
            "environment_name",
            "default_exposed",
        ],
    ) -> None: ...

class SecretsConfig(Message):
    NAMES_FIELD_NUMBER: Final = 1
    @property
    def names(self) -> RepeatedScalarFieldContainer[str]: ...
    def __init__(
        self,
        *,
        names: Iterable[str] | None = ...,
    ) -> None: ...
    def ClearField(self, field_name: Literal["names",]) -> None: ...

class ServiceURLs(Message):
    PLAYGROUND_FIELD_NUMBER: Final = 1
    RUN_FIELD_NUMBER: Final = 2
    QUEUE_FIELD_NUMBER: Final = 3
    WS_FIELD_NUMBER: Final = 4
    LOG_FIELD_NUMBER: Final = 5
    playground: str
    run: str
    queue: str
    ws: str
    log: str
    def __init__(
        self,
        *,
        playground: str | None = ...,
        run: str | None = ...,
        queue: str | None = ...,
        ws: str | None = ...,
        log: str | None = ...,
    ) -> None: ...
    def ClearField(
        self,
        field_name: Literal[
            "playground",
            "run",
            "queue",
            "ws",
            "log",
        ],
    ) -> None: ...

class SetAliasRequest(Message):
    ALIAS_FIELD_NUMBER: Final = 1
    REVISION_FIELD_NUMBER: Final = 2
    AUTH_MODE_FIELD_NUMBER: Final = 3
    ENVIRONMENT_NAME_FIELD_NUMBER: Final = 4
    DEPLOYMENT_STRATEGY_FIELD_NUMBER: Final = 5
    alias: str
    revision: str
    auth_mode: int
    environment_name: str
    deployment_strategy: int
    def __init__(
        self,
        *,
        alias: str | None = ...,
        revision: str | None = ...,
        auth_mode: int | None = ...,
        environment_name: str | None = ...,
        deployment_strategy: int | None = ...,
    ) -> None: ...
    def HasField(
        self,
        field_name: Literal[
            "auth_mode",
            "environment_name",
            "deployment_strategy",
        ],
    ) -> bool: ...
    def ClearField(
        self,
        field_name: Literal[
            "alias",
            "revision",
            "auth_mode",
            "environment_name",
            "deployment_strategy",
        ],
    ) -> None: ...

class SetAliasResult(Message):
    ALIAS_INFO_FIELD_NUMBER: Final = 1
    @property
    def alias_info(self) -> AliasInfo: ...
    def __init__(
        self,
        *,
        alias_info: AliasInfo | None = ...,
    ) -> None: ...
    def HasField(self, field_name: Literal["alias_info",]) -> bool: ...
    def ClearField(self, field_name: Literal["alias_info",]) -> None: ...

class SetSecretRequest(Message):
    NAME_FIELD_NUMBER: Final = 1
    VALUE_FIELD_NUMBER: Final = 2
    ENVIRONMENT_NAME_FIELD_NUMBER: Final = 3
    DEFAULT_EXPOSED_FIELD_NUMBER: Final = 4
    name: str
    value: str
    environment_name: str
    default_exposed: bool
    def __init__(
        self,
        *,
        name: str | None = ...,
        value: str | None = ...,
        environment_name: str | None = ...,
        default_exposed: bool | None = ...,
    ) -> None: ...
    def HasField(
        self,
        field_name: Literal[
            "value",
            "environment_name",
            "default_exposed",
        ],
    ) -> bool: ...
    def ClearField(
        self,
        field_name: Literal[
            "name",
            "value",
            "environment_name",
            "default_exposed",
        ],
    ) -> None: ...

class SetSecretResponse(Message):
    def __init__(
        self,
    ) -> None: ...

class ShellRunnerInput(Message):
    RUNNER_ID_FIELD_NUMBER: Final = 1
    DATA_FIELD_NUMBER: Final = 2
    CLOSE_FIELD_NUMBER: Final = 3
    TTY_SIZE_FIELD_NUMBER: Final = 4
    COMMAND_FIELD_NUMBER: Final = 5
    TTY_FIELD_NUMBER: Final = 6
    runner_id: str
    data: bytes
    close: bool
    @property
    def tty_size(self) -> TerminalSize: ...
    @property
    def command(self) -> RepeatedScalarFieldContainer[str]: ...
    tty: bool
    def __init__(
        self,
        *,
        runner_id: str | None = ...,
        data: bytes | None = ...,
        close: bool | None = ...,
        tty_size: TerminalSize | None = ...,
        command: Iterable[str] | None = ...,
        tty: bool | None = ...,
    ) -> None: ...
    def HasField(
        self,
        field_name: Literal[
            "tty_size",
            "tty",
        ],
    ) -> bool: ...
    def ClearField(
        self,
        field_name: Literal[
            "runner_id",
            "data",
            "close",
            "tty_size",
            "command",
            "tty",
        ],
    ) -> None: ...

class ShellRunnerOutput(Message):
    DATA_FIELD_NUMBER: Final = 1
    CLOSE_FIELD_NUMBER: Final = 2
    EXIT_CODE_FIELD_NUMBER: Final = 3
    STREAM_FIELD_NUMBER: Final = 4
    data: bytes
    close: bool
    exit_code: int
    stream: int
    def __init__(
        self,
        *,
        data: bytes | None = ...,
        close: bool | None = ...,
        exit_code: int | None = ...,
        stream: int | None = ...,
    ) -> None: ...
    def HasField(
        self,
        field_name: Literal[
            "exit_code",
            "stream",
        ],
    ) -> bool: ...
    def ClearField(
        self,
        field_name: Literal[
            "data",
            "close",
            "exit_code",
            "stream",
        ],
    ) -> None: ...

class StopRunnerRequest(Message):
    RUNNER_ID_FIELD_NUMBER: Final = 1
    REPLACE_FIRST_FIELD_NUMBER: Final = 2
    runner_id: str
    replace_first: bool
    def __init__(
        self,
        *,
        runner_id: str | None = ...,
        replace_first: bool | None = ...,
    ) -> None: ...
    def ClearField(
        self,
        field_name: Literal[
            "runner_id",
            "replace_first",
        ],
    ) -> None: ...

class StopRunnerResponse(Message):
    def __init__(
        self,
    ) -> None: ...

class TerminalSize(Message):
    HEIGHT_FIELD_NUMBER: Final = 1
    WIDTH_FIELD_NUMBER: Final = 2
    height: int
    width: int
    def __init__(
        self,
        *,
        height: int | None = ...,
        width: int | None = ...,
    ) -> None: ...
    def ClearField(
        self,
        field_name: Literal[
            "height",
            "width",
        ],
    ) -> None: ...

class UpdateApplicationRequest(Message):
    APPLICATION_NAME_FIELD_NUMBER: Final = 1
    KEEP_ALIVE_FIELD_NUMBER: Final = 2
    MAX_MULTIPLEXING_FIELD_NUMBER: Final = 3
    MAX_CONCURRENCY_FIELD_NUMBER: Final = 4
    MIN_CONCURRENCY_FIELD_NUMBER: Final = 5
    VALID_REGIONS_FIELD_NUMBER: Final = 6
    MACHINE_TYPES_FIELD_NUMBER: Final = 7
    REQUEST_TIMEOUT_FIELD_NUMBER: Final = 8
    STARTUP_TIMEOUT_FIELD_NUMBER: Final = 9
    CONCURRENCY_BUFFER_FIELD_NUMBER: Final = 10
    CONCURRENCY_BUFFER_PERC_FIELD_NUMBER: Final = 11
    SCALING_DELAY_SECONDS_FIELD_NUMBER: Final = 12
    ENVIRONMENT_NAME_FIELD_NUMBER: Final = 13
    REQUEST_START_TIMEOUT_FIELD_NUMBER: Final = 14
    application_name: str
    keep_alive: int
    max_multiplexing: int
    max_concurrency: int
    min_concurrency: int
    @property
    def valid_regions(self) -> RepeatedScalarFieldContainer[str]: ...
    @property
    def machine_types(self) -> RepeatedScalarFieldContainer[str]: ...
    request_timeout: int
    startup_timeout: int
    concurrency_buffer: int
    concurrency_buffer_perc: int
    scaling_delay_seconds: int
    environment_name: str
    request_start_timeout: int
    def __init__(
        self,
        *,
        application_name: str | None = ...,
        keep_alive: int | None = ...,
        max_multiplexing: int | None = ...,
        max_concurrency: int | None = ...,
        min_concurrency: int | None = ...,
        valid_regions: Iterable[str] | None = ...,
        machine_types: Iterable[str] | None = ...,
        request_timeout: int | None = ...,
        startup_timeout: int | None = ...,
        concurrency_buffer: int | None = ...,
        concurrency_buffer_perc: int | None = ...,
        scaling_delay_seconds: int | None = ...,
        environment_name: str | None = ...,
        request_start_timeout: int | None = ...,
    ) -> None: ...
    def HasField(
        self,
        field_name: Literal[
            "keep_alive",
            "max_multiplexing",
            "max_concurrency",
            "min_concurrency",
            "request_timeout",
            "startup_timeout",
            "concurrency_buffer",
            "concurrency_buffer_perc",
            "scaling_delay_seconds",
            "environment_name",
            "request_start_timeout",
        ],
    ) -> bool: ...
    def ClearField(
        self,
        field_name: Literal[
            "application_name",
            "keep_alive",
            "max_multiplexing",
            "max_concurrency",
            "min_concurrency",
            "valid_regions",
            "machine_types",
            "request_timeout",
            "startup_timeout",
            "concurrency_buffer",
            "concurrency_buffer_perc",
            "scaling_delay_seconds",
            "environment_name",
            "request_start_timeout",
        ],
    ) -> None: ...

class UpdateApplicationResult(Message):
    ALIAS_INFO_FIELD_NUMBER: Final = 1
    @property
    def alias_info(self) -> AliasInfo: ...
    def __init__(
        self,
        *,
        alias_info: AliasInfo | None = ...,
    ) -> None: ...
    def HasField(self, field_name: Literal["alias_info",]) -> bool: ...
    def ClearField(self, field_name: Literal["alias_info",]) -> None: ...

class UserKeyInfo(Message):
    KEY_ID_FIELD_NUMBER: Final = 1
    CREATED_AT_FIELD_NUMBER: Final = 2
    SCOPE_FIELD_NUMBER: Final = 3
    ALIAS_FIELD_NUMBER: Final = 4
    key_id: str
    @property
    def created_at(self) -> timestamp_pb2.Timestamp: ...
    scope: int
    alias: str
    def __init__(
        self,
        *,
        key_id: str | None = ...,
        created_at: timestamp_pb2.Timestamp | None = ...,
        scope: int | None = ...,
        alias: str | None = ...,
    ) -> None: ...
    def HasField(self, field_name: Literal["created_at",]) -> bool: ...
    def ClearField(
        self,
        field_name: Literal[
            "key_id",
            "created_at",
            "scope",
            "alias",
        ],
    ) -> None: ...

class VolumeMount(Message):
    VOLUME_NAME_FIELD_NUMBER: Final = 1
    MOUNT_PATH_FIELD_NUMBER: Final = 2
    volume_name: str
    mount_path: str
    def __init__(
        self,
        *,
        volume_name: str | None = ...,
        mount_path: str | None = ...,
    ) -> None: ...
    def ClearField(
        self,
        field_name: Literal[
            "volume_name",
            "mount_path",
        ],
    ) -> None: ...
