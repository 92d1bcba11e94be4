# Generated from spec/; do not edit. Regenerate with: just generate
from builtins import bool as _bool
from builtins import bytes as _bytes
from builtins import float as _float
from builtins import int as _int
from builtins import property as _property
from builtins import str as _str
from collections.abc import Iterable as _Iterable
from typing import Final as _Final
from typing import Literal as _Literal

from google.protobuf import struct_pb2 as _struct_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.descriptor import FileDescriptor as _FileDescriptor
from google.protobuf.internal.containers import (
    RepeatedCompositeFieldContainer as _RepeatedComposite,
)
from google.protobuf.internal.containers import (
    RepeatedScalarFieldContainer as _RepeatedScalar,
)
from google.protobuf.internal.enum_type_wrapper import EnumTypeWrapper as _EnumTypeWrapper
from google.protobuf.message import Message as _Message

from fal._gen.proto import common_pb2 as _common_pb2
from fal._gen.proto import server_pb2 as _server_pb2

DESCRIPTOR: _FileDescriptor

ApplicationAuthMode: _EnumTypeWrapper
PRIVATE: _Final[_int]
PUBLIC: _Final[_int]
SHARED: _Final[_int]

DeploymentStrategy: _EnumTypeWrapper
RECREATE: _Final[_int]
ROLLING: _Final[_int]

RetryCondition: _EnumTypeWrapper
TIMEOUT: _Final[_int]
CLIENT_ERROR: _Final[_int]
SERVER_ERROR: _Final[_int]
CONNECTION_ERROR: _Final[_int]

class AliasInfo(_Message):
    ALIAS_FIELD_NUMBER: _Final = 1
    REVISION_FIELD_NUMBER: _Final = 2
    AUTH_MODE_FIELD_NUMBER: _Final = 3
    MAX_CONCURRENCY_FIELD_NUMBER: _Final = 4
    MAX_MULTIPLEXING_FIELD_NUMBER: _Final = 5
    KEEP_ALIVE_FIELD_NUMBER: _Final = 6
    ACTIVE_RUNNERS_FIELD_NUMBER: _Final = 7
    MIN_CONCURRENCY_FIELD_NUMBER: _Final = 8
    MACHINE_TYPES_FIELD_NUMBER: _Final = 9
    REQUEST_TIMEOUT_FIELD_NUMBER: _Final = 10
    STARTUP_TIMEOUT_FIELD_NUMBER: _Final = 11
    VALID_REGIONS_FIELD_NUMBER: _Final = 12
    CONCURRENCY_BUFFER_FIELD_NUMBER: _Final = 13
    CONCURRENCY_BUFFER_PERC_FIELD_NUMBER: _Final = 14
    SCALING_DELAY_SECONDS_FIELD_NUMBER: _Final = 15
    ENVIRONMENT_NAME_FIELD_NUMBER: _Final = 16
    IS_ROLLING_FIELD_NUMBER: _Final = 17
    REQUEST_START_TIMEOUT_FIELD_NUMBER: _Final = 18
    alias: _str
    revision: _str
    auth_mode: _int
    max_concurrency: _int
    max_multiplexing: _int
    keep_alive: _int
    active_runners: _int
    min_concurrency: _int
    @_property
    def machine_types(self) -> _RepeatedScalar[_str]: ...
    request_timeout: _int
    startup_timeout: _int
    @_property
    def valid_regions(self) -> _RepeatedScalar[_str]: ...
    concurrency_buffer: _int
    concurrency_buffer_perc: _int
    scaling_delay_seconds: _int
    environment_name: _str
    is_rolling: _bool
    request_start_timeout: _int
    def __init__(
        self,
        *,
        alias: _str | None = ...,
        revision: _str | None = ...,
        auth_mode: _int | None = ...,
        max_concurrency: _int | None = ...,
        max_multiplexing: _int | None = ...,
        keep_alive: _int | None = ...,
        active_runners: _int | None = ...,
        min_concurrency: _int | None = ...,
        machine_types: _Iterable[_str] | None = ...,
        request_timeout: _int | None = ...,
        startup_timeout: _int | None = ...,
        valid_regions: _Iterable[_str] | None = ...,
        concurrency_buffer: _int | None = ...,
        concurrency_buffer_perc: _int | None = ...,
        scaling_delay_seconds: _int | None = ...,
        environment_name: _str | None = ...,
        is_rolling: _bool | None = ...,
        request_start_timeout: _int | None = ...,
    ) -> None: ...
    def HasField(
        self,
        field_name: _Literal[
            "request_timeout",
            "startup_timeout",
            "concurrency_buffer",
            "concurrency_buffer_perc",
            "scaling_delay_seconds",
            "environment_name",
            "request_start_timeout",
        ],
    ) -> _bool: ...
    def ClearField(
        self,
        field_name: _Literal[
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

class ApplicationHealthCheckConfig(_Message):
    Method: _EnumTypeWrapper
    GET: _Final[_int]
    POST: _Final[_int]

    PATH_FIELD_NUMBER: _Final = 1
    START_PERIOD_SECONDS_FIELD_NUMBER: _Final = 2
    TIMEOUT_SECONDS_FIELD_NUMBER: _Final = 3
    FAILURE_THRESHOLD_FIELD_NUMBER: _Final = 4
    CALL_REGULARLY_FIELD_NUMBER: _Final = 5
    ALLOW_ON_BUSY_FIELD_NUMBER: _Final = 6
    METHOD_FIELD_NUMBER: _Final = 7
    path: _str
    start_period_seconds: _int
    timeout_seconds: _int
    failure_threshold: _int
    call_regularly: _bool
    allow_on_busy: _bool
    method: _int
    def __init__(
        self,
        *,
        path: _str | None = ...,
        start_period_seconds: _int | None = ...,
        timeout_seconds: _int | None = ...,
        failure_threshold: _int | None = ...,
        call_regularly: _bool | None = ...,
        allow_on_busy: _bool | None = ...,
        method: _int | None = ...,
    ) -> None: ...
    def HasField(
        self,
        field_name: _Literal[
            "start_period_seconds",
            "timeout_seconds",
            "failure_threshold",
            "call_regularly",
            "allow_on_busy",
            "method",
        ],
    ) -> _bool: ...
    def ClearField(
        self,
        field_name: _Literal[
            "path",
            "start_period_seconds",
            "timeout_seconds",
            "failure_threshold",
            "call_regularly",
            "allow_on_busy",
            "method",
        ],
    ) -> None: ...

class ApplicationInfo(_Message):
    APPLICATION_ID_FIELD_NUMBER: _Final = 1
    MAX_CONCURRENCY_FIELD_NUMBER: _Final = 2
    MAX_MULTIPLEXING_FIELD_NUMBER: _Final = 3
    KEEP_ALIVE_FIELD_NUMBER: _Final = 4
    ACTIVE_RUNNERS_FIELD_NUMBER: _Final = 6
    MIN_CONCURRENCY_FIELD_NUMBER: _Final = 7
    MACHINE_TYPES_FIELD_NUMBER: _Final = 8
    REQUEST_TIMEOUT_FIELD_NUMBER: _Final = 9
    STARTUP_TIMEOUT_FIELD_NUMBER: _Final = 10
    VALID_REGIONS_FIELD_NUMBER: _Final = 11
    CONCURRENCY_BUFFER_FIELD_NUMBER: _Final = 12
    CREATED_AT_FIELD_NUMBER: _Final = 13
    CONCURRENCY_BUFFER_PERC_FIELD_NUMBER: _Final = 14
    SCALING_DELAY_SECONDS_FIELD_NUMBER: _Final = 15
    ENVIRONMENT_NAME_FIELD_NUMBER: _Final = 16
    REQUEST_START_TIMEOUT_FIELD_NUMBER: _Final = 17
    application_id: _str
    max_concurrency: _int
    max_multiplexing: _int
    keep_alive: _int
    active_runners: _int
    min_concurrency: _int
    @_property
    def machine_types(self) -> _RepeatedScalar[_str]: ...
    request_timeout: _int
    startup_timeout: _int
    @_property
    def valid_regions(self) -> _RepeatedScalar[_str]: ...
    concurrency_buffer: _int
    @_property
    def created_at(self) -> _timestamp_pb2.Timestamp: ...
    concurrency_buffer_perc: _int
    scaling_delay_seconds: _int
    environment_name: _str
    request_start_timeout: _int
    def __init__(
        self,
        *,
        application_id: _str | None = ...,
        max_concurrency: _int | None = ...,
        max_multiplexing: _int | None = ...,
        keep_alive: _int | None = ...,
        active_runners: _int | None = ...,
        min_concurrency: _int | None = ...,
        machine_types: _Iterable[_str] | None = ...,
        request_timeout: _int | None = ...,
        startup_timeout: _int | None = ...,
        valid_regions: _Iterable[_str] | None = ...,
        concurrency_buffer: _int | None = ...,
        created_at: _timestamp_pb2.Timestamp | None = ...,
        concurrency_buffer_perc: _int | None = ...,
        scaling_delay_seconds: _int | None = ...,
        environment_name: _str | None = ...,
        request_start_timeout: _int | None = ...,
    ) -> None: ...
    def HasField(
        self,
        field_name: _Literal[
            "request_timeout",
            "startup_timeout",
            "concurrency_buffer",
            "created_at",
            "concurrency_buffer_perc",
            "scaling_delay_seconds",
            "environment_name",
            "request_start_timeout",
        ],
    ) -> _bool: ...
    def ClearField(
        self,
        field_name: _Literal[
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

class BuildEnvironmentRequest(_Message):
    ENVIRONMENTS_FIELD_NUMBER: _Final = 1
    MACHINE_REQUIREMENTS_FIELD_NUMBER: _Final = 2
    FILES_FIELD_NUMBER: _Final = 3
    ENVIRONMENT_NAME_FIELD_NUMBER: _Final = 4
    APPLICATION_NAME_FIELD_NUMBER: _Final = 5
    SECRETS_FIELD_NUMBER: _Final = 6
    @_property
    def environments(self) -> _RepeatedComposite[_server_pb2.EnvironmentDefinition]: ...
    @_property
    def machine_requirements(self) -> MachineRequirements: ...
    @_property
    def files(self) -> _RepeatedComposite[File]: ...
    environment_name: _str
    application_name: _str
    @_property
    def secrets(self) -> SecretsConfig: ...
    def __init__(
        self,
        *,
        environments: _Iterable[_server_pb2.EnvironmentDefinition] | None = ...,
        machine_requirements: MachineRequirements | None = ...,
        files: _Iterable[File] | None = ...,
        environment_name: _str | None = ...,
        application_name: _str | None = ...,
        secrets: SecretsConfig | None = ...,
    ) -> None: ...
    def HasField(
        self,
        field_name: _Literal[
            "machine_requirements",
            "environment_name",
            "application_name",
            "secrets",
        ],
    ) -> _bool: ...
    def ClearField(
        self,
        field_name: _Literal[
            "environments",
            "machine_requirements",
            "files",
            "environment_name",
            "application_name",
            "secrets",
        ],
    ) -> None: ...

class BuildEnvironmentResult(_Message):
    ENV_ID_FIELD_NUMBER: _Final = 1
    STATUS_FIELD_NUMBER: _Final = 2
    LOGS_FIELD_NUMBER: _Final = 3
    env_id: _str
    @_property
    def status(self) -> HostedRunStatus: ...
    @_property
    def logs(self) -> _RepeatedComposite[_common_pb2.Log]: ...
    def __init__(
        self,
        *,
        env_id: _str | None = ...,
        status: HostedRunStatus | None = ...,
        logs: _Iterable[_common_pb2.Log] | None = ...,
    ) -> None: ...
    def HasField(self, field_name: _Literal["status",]) -> _bool: ...
    def ClearField(
        self,
        field_name: _Literal[
            "env_id",
            "status",
            "logs",
        ],
    ) -> None: ...

class CreateEnvironmentRequest(_Message):
    NAME_FIELD_NUMBER: _Final = 1
    DESCRIPTION_FIELD_NUMBER: _Final = 2
    name: _str
    description: _str
    def __init__(
        self,
        *,
        name: _str | None = ...,
        description: _str | None = ...,
    ) -> None: ...
    def HasField(self, field_name: _Literal["description",]) -> _bool: ...
    def ClearField(
        self,
        field_name: _Literal[
            "name",
            "description",
        ],
    ) -> None: ...

class CreateEnvironmentResponse(_Message):
    ENVIRONMENT_FIELD_NUMBER: _Final = 1
    @_property
    def environment(self) -> EnvironmentInfo: ...
    def __init__(
        self,
        *,
        environment: EnvironmentInfo | None = ...,
    ) -> None: ...
    def HasField(self, field_name: _Literal["environment",]) -> _bool: ...
    def ClearField(self, field_name: _Literal["environment",]) -> None: ...

class CreateUserKeyRequest(_Message):
    Scope: _EnumTypeWrapper
    ADMIN: _Final[_int]
    API: _Final[_int]

    SCOPE_FIELD_NUMBER: _Final = 1
    ALIAS_FIELD_NUMBER: _Final = 2
    POLICY_PRESET_FIELD_NUMBER: _Final = 5
    POLICY_FIELD_NUMBER: _Final = 6
    scope: _int
    alias: _str
    policy_preset: _str
    @_property
    def policy(self) -> KeyPolicy: ...
    def __init__(
        self,
        *,
        scope: _int | None = ...,
        alias: _str | None = ...,
        policy_preset: _str | None = ...,
        policy: KeyPolicy | None = ...,
    ) -> None: ...
    def HasField(
        self,
        field_name: _Literal[
            "scope",
            "alias",
            "policy_preset",
            "policy",
        ],
    ) -> _bool: ...
    def ClearField(
        self,
        field_name: _Literal[
            "scope",
            "alias",
            "policy_preset",
            "policy",
        ],
    ) -> None: ...

class CreateUserKeyResponse(_Message):
    KEY_SECRET_FIELD_NUMBER: _Final = 1
    KEY_ID_FIELD_NUMBER: _Final = 2
    key_secret: _str
    key_id: _str
    def __init__(
        self,
        *,
        key_secret: _str | None = ...,
        key_id: _str | None = ...,
    ) -> None: ...
    def ClearField(
        self,
        field_name: _Literal[
            "key_secret",
            "key_id",
        ],
    ) -> None: ...

class DeleteAliasRequest(_Message):
    ALIAS_FIELD_NUMBER: _Final = 1
    ENVIRONMENT_NAME_FIELD_NUMBER: _Final = 2
    alias: _str
    environment_name: _str
    def __init__(
        self,
        *,
        alias: _str | None = ...,
        environment_name: _str | None = ...,
    ) -> None: ...
    def HasField(self, field_name: _Literal["environment_name",]) -> _bool: ...
    def ClearField(
        self,
        field_name: _Literal[
            "alias",
            "environment_name",
        ],
    ) -> None: ...

class DeleteAliasResult(_Message):
    REVISION_FIELD_NUMBER: _Final = 1
    revision: _str
    def __init__(
        self,
        *,
        revision: _str | None = ...,
    ) -> None: ...
    def ClearField(self, field_name: _Literal["revision",]) -> None: ...

class DeleteApplicationRequest(_Message):
    APPLICATION_ID_FIELD_NUMBER: _Final = 1
    application_id: _str
    def __init__(
        self,
        *,
        application_id: _str | None = ...,
    ) -> None: ...
    def ClearField(self, field_name: _Literal["application_id",]) -> None: ...

class DeleteApplicationResult(_Message):
    def __init__(
        self,
    ) -> None: ...

class DeleteEnvironmentRequest(_Message):
    NAME_FIELD_NUMBER: _Final = 1
    name: _str
    def __init__(
        self,
        *,
        name: _str | None = ...,
    ) -> None: ...
    def ClearField(self, field_name: _Literal["name",]) -> None: ...

class DeleteEnvironmentResponse(_Message):
    def __init__(
        self,
    ) -> None: ...

class EnvironmentInfo(_Message):
    NAME_FIELD_NUMBER: _Final = 1
    DESCRIPTION_FIELD_NUMBER: _Final = 2
    IS_DEFAULT_FIELD_NUMBER: _Final = 3
    CREATED_AT_FIELD_NUMBER: _Final = 4
    name: _str
    description: _str
    is_default: _bool
    @_property
    def created_at(self) -> _timestamp_pb2.Timestamp: ...
    def __init__(
        self,
        *,
        name: _str | None = ...,
        description: _str | None = ...,
        is_default: _bool | None = ...,
        created_at: _timestamp_pb2.Timestamp | None = ...,
    ) -> None: ...
    def HasField(
        self,
        field_name: _Literal[
            "description",
            "created_at",
        ],
    ) -> _bool: ...
    def ClearField(
        self,
        field_name: _Literal[
            "name",
            "description",
            "is_default",
            "created_at",
        ],
    ) -> None: ...

class File(_Message):
    HASH_FIELD_NUMBER: _Final = 1
    RELATIVE_PATH_FIELD_NUMBER: _Final = 2
    hash: _str
    relative_path: _str
    def __init__(
        self,
        *,
        hash: _str | None = ...,
        relative_path: _str | None = ...,
    ) -> None: ...
    def ClearField(
        self,
        field_name: _Literal[
            "hash",
            "relative_path",
        ],
    ) -> None: ...

class HostedMap(_Message):
    ENVIRONMENTS_FIELD_NUMBER: _Final = 1
    MACHINE_REQUIREMENTS_FIELD_NUMBER: _Final = 2
    FUNCTION_FIELD_NUMBER: _Final = 3
    ENTRYPOINT_FIELD_NUMBER: _Final = 5
    INPUTS_FIELD_NUMBER: _Final = 4
    RUN_ON_MAIN_THREAD_FIELD_NUMBER: _Final = 6
    @_property
    def environments(self) -> _RepeatedComposite[_server_pb2.EnvironmentDefinition]: ...
    @_property
    def machine_requirements(self) -> MachineRequirements: ...
    @_property
    def function(self) -> _common_pb2.SerializedObject: ...
    entrypoint: _str
    @_property
    def inputs(self) -> _RepeatedComposite[_common_pb2.SerializedObject]: ...
    run_on_main_thread: _bool
    def __init__(
        self,
        *,
        environments: _Iterable[_server_pb2.EnvironmentDefinition] | None = ...,
        machine_requirements: MachineRequirements | None = ...,
        function: _common_pb2.SerializedObject | None = ...,
        entrypoint: _str | None = ...,
        inputs: _Iterable[_common_pb2.SerializedObject] | None = ...,
        run_on_main_thread: _bool | None = ...,
    ) -> None: ...
    def HasField(
        self,
        field_name: _Literal[
            "machine_requirements",
            "function",
            "entrypoint",
            "run_on_main_thread",
        ],
    ) -> _bool: ...
    def ClearField(
        self,
        field_name: _Literal[
            "environments",
            "machine_requirements",
            "function",
            "entrypoint",
            "inputs",
            "run_on_main_thread",
        ],
    ) -> None: ...
    def WhichOneof(
        self, oneof_group: _Literal["callable"]
    ) -> (
        _Literal[
            "function",
            "entrypoint",
        ]
        | None
    ): ...

class HostedRun(_Message):
    ENVIRONMENTS_FIELD_NUMBER: _Final = 1
    MACHINE_REQUIREMENTS_FIELD_NUMBER: _Final = 2
    FUNCTION_FIELD_NUMBER: _Final = 3
    ENTRYPOINT_FIELD_NUMBER: _Final = 12
    SETUP_FUNC_FIELD_NUMBER: _Final = 4
    FILES_FIELD_NUMBER: _Final = 5
    ENVIRONMENT_NAME_FIELD_NUMBER: _Final = 6
    APPLICATION_NAME_FIELD_NUMBER: _Final = 7
    AUTH_MODE_FIELD_NUMBER: _Final = 8
    FETCH_OPENAPI_FIELD_NUMBER: _Final = 9
    DATA_MOUNTS_FIELD_NUMBER: _Final = 10
    SECRETS_FIELD_NUMBER: _Final = 11
    RUN_ON_MAIN_THREAD_FIELD_NUMBER: _Final = 13
    BUILD_ENVIRONMENT_FIELD_NUMBER: _Final = 14
    ENV_ID_FIELD_NUMBER: _Final = 15
    HEALTH_CHECK_CONFIG_FIELD_NUMBER: _Final = 16
    VOLUMES_FIELD_NUMBER: _Final = 17
    @_property
    def environments(self) -> _RepeatedComposite[_server_pb2.EnvironmentDefinition]: ...
    @_property
    def machine_requirements(self) -> MachineRequirements: ...
    @_property
    def function(self) -> _common_pb2.SerializedObject: ...
    entrypoint: _str
    @_property
    def setup_func(self) -> _common_pb2.SerializedObject: ...
    @_property
    def files(self) -> _RepeatedComposite[File]: ...
    environment_name: _str
    application_name: _str
    auth_mode: _int
    fetch_openapi: _bool
    @_property
    def data_mounts(self) -> _RepeatedScalar[_str]: ...
    @_property
    def secrets(self) -> SecretsConfig: ...
    run_on_main_thread: _bool
    build_environment: _bool
    env_id: _str
    @_property
    def health_check_config(self) -> ApplicationHealthCheckConfig: ...
    @_property
    def volumes(self) -> _RepeatedComposite[VolumeMount]: ...
    def __init__(
        self,
        *,
        environments: _Iterable[_server_pb2.EnvironmentDefinition] | None = ...,
        machine_requirements: MachineRequirements | None = ...,
        function: _common_pb2.SerializedObject | None = ...,
        entrypoint: _str | None = ...,
        setup_func: _common_pb2.SerializedObject | None = ...,
        files: _Iterable[File] | None = ...,
        environment_name: _str | None = ...,
        application_name: _str | None = ...,
        auth_mode: _int | None = ...,
        fetch_openapi: _bool | None = ...,
        data_mounts: _Iterable[_str] | None = ...,
        secrets: SecretsConfig | None = ...,
        run_on_main_thread: _bool | None = ...,
        build_environment: _bool | None = ...,
        env_id: _str | None = ...,
        health_check_config: ApplicationHealthCheckConfig | None = ...,
        volumes: _Iterable[VolumeMount] | None = ...,
    ) -> None: ...
    def HasField(
        self,
        field_name: _Literal[
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
    ) -> _bool: ...
    def ClearField(
        self,
        field_name: _Literal[
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
        self, oneof_group: _Literal["callable"]
    ) -> (
        _Literal[
            "function",
            "entrypoint",
        ]
        | None
    ): ...

class HostedRunResult(_Message):
    RUN_ID_FIELD_NUMBER: _Final = 1
    STATUS_FIELD_NUMBER: _Final = 2
    LOGS_FIELD_NUMBER: _Final = 3
    RETURN_VALUE_FIELD_NUMBER: _Final = 4
    SERVICE_URLS_FIELD_NUMBER: _Final = 5
    ENV_ID_FIELD_NUMBER: _Final = 6
    run_id: _str
    @_property
    def status(self) -> HostedRunStatus: ...
    @_property
    def logs(self) -> _RepeatedComposite[_common_pb2.Log]: ...
    @_property
    def return_value(self) -> _common_pb2.SerializedObject: ...
    @_property
    def service_urls(self) -> ServiceURLs: ...
    env_id: _str
    def __init__(
        self,
        *,
        run_id: _str | None = ...,
        status: HostedRunStatus | None = ...,
        logs: _Iterable[_common_pb2.Log] | None = ...,
        return_value: _common_pb2.SerializedObject | None = ...,
        service_urls: ServiceURLs | None = ...,
        env_id: _str | None = ...,
    ) -> None: ...
    def HasField(
        self,
        field_name: _Literal[
            "status",
            "return_value",
            "service_urls",
            "env_id",
        ],
    ) -> _bool: ...
    def ClearField(
        self,
        field_name: _Literal[
            "run_id",
            "status",
            "logs",
            "return_value",
            "service_urls",
            "env_id",
        ],
    ) -> None: ...

class HostedRunStatus(_Message):
    State: _EnumTypeWrapper
    IN_PROGRESS: _Final[_int]
    SUCCESS: _Final[_int]
    INTERNAL_FAILURE: _Final[_int]

    STATE_FIELD_NUMBER: _Final = 1
    state: _int
    def __init__(
        self,
        *,
        state: _int | None = ...,
    ) -> None: ...
    def ClearField(self, field_name: _Literal["state",]) -> None: ...

class InteractiveRunRequest(_Message):
    HOSTED_RUN_FIELD_NUMBER: _Final = 1
    @_property
    def hosted_run(self) -> HostedRun: ...
    def __init__(
        self,
        *,
        hosted_run: HostedRun | None = ...,
    ) -> None: ...
    def HasField(self, field_name: _Literal["hosted_run",]) -> _bool: ...
    def ClearField(self, field_name: _Literal["hosted_run",]) -> None: ...

class InteractiveRunResponse(_Message):
    HOSTED_RUN_RESULT_FIELD_NUMBER: _Final = 1
    @_property
    def hosted_run_result(self) -> HostedRunResult: ...
    def __init__(
        self,
        *,
        hosted_run_result: HostedRunResult | None = ...,
    ) -> None: ...
    def HasField(self, field_name: _Literal["hosted_run_result",]) -> _bool: ...
    def ClearField(self, field_name: _Literal["hosted_run_result",]) -> None: ...

class KeyPolicy(_Message):
    PERMISSIONS_FIELD_NUMBER: _Final = 1
    @_property
    def permissions(self) -> _RepeatedScalar[_str]: ...
    def __init__(
        self,
        *,
        permissions: _Iterable[_str] | None = ...,
    ) -> None: ...
    def ClearField(self, field_name: _Literal["permissions",]) -> None: ...

class KillRunnerRequest(_Message):
    RUNNER_ID_FIELD_NUMBER: _Final = 1
    runner_id: _str
    def __init__(
        self,
        *,
        runner_id: _str | None = ...,
    ) -> None: ...
    def ClearField(self, field_name: _Literal["runner_id",]) -> None: ...

class KillRunnerResponse(_Message):
    def __init__(
        self,
    ) -> None: ...

class ListAliasRunnersRequest(_Message):
    ALIAS_FIELD_NUMBER: _Final = 1
    LIST_PENDING_FIELD_NUMBER: _Final = 2
    START_TIME_FIELD_NUMBER: _Final = 3
    ENVIRONMENT_NAME_FIELD_NUMBER: _Final = 4
    alias: _str
    list_pending: _bool
    @_property
    def start_time(self) -> _timestamp_pb2.Timestamp: ...
    environment_name: _str
    def __init__(
        self,
        *,
        alias: _str | None = ...,
        list_pending: _bool | None = ...,
        start_time: _timestamp_pb2.Timestamp | None = ...,
        environment_name: _str | None = ...,
    ) -> None: ...
    def HasField(
        self,
        field_name: _Literal[
            "list_pending",
            "start_time",
            "environment_name",
        ],
    ) -> _bool: ...
    def ClearField(
        self,
        field_name: _Literal[
            "alias",
            "list_pending",
            "start_time",
            "environment_name",
        ],
    ) -> None: ...

class ListAliasRunnersResponse(_Message):
    RUNNERS_FIELD_NUMBER: _Final = 1
    @_property
    def runners(self) -> _RepeatedComposite[RunnerInfo]: ...
    def __init__(
        self,
        *,
        runners: _Iterable[RunnerInfo] | None = ...,
    ) -> None: ...
    def ClearField(self, field_name: _Literal["runners",]) -> None: ...

class ListAliasesRequest(_Message):
    ENVIRONMENT_NAME_FIELD_NUMBER: _Final = 1
    environment_name: _str
    def __init__(
        self,
        *,
        environment_name: _str | None = ...,
    ) -> None: ...
    def HasField(self, field_name: _Literal["environment_name",]) -> _bool: ...
    def ClearField(self, field_name: _Literal["environment_name",]) -> None: ...

class ListAliasesResult(_Message):
    ALIASES_FIELD_NUMBER: _Final = 1
    @_property
    def aliases(self) -> _RepeatedComposite[AliasInfo]: ...
    def __init__(
        self,
        *,
        aliases: _Iterable[AliasInfo] | None = ...,
    ) -> None: ...
    def ClearField(self, field_name: _Literal["aliases",]) -> None: ...

class ListApplicationsRequest(_Message):
    APPLICATION_NAME_FIELD_NUMBER: _Final = 1
    ENVIRONMENT_NAME_FIELD_NUMBER: _Final = 2
    application_name: _str
    environment_name: _str
    def __init__(
        self,
        *,
        application_name: _str | None = ...,
        environment_name: _str | None = ...,
    ) -> None: ...
    def HasField(
        self,
        field_name: _Literal[
            "application_name",
            "environment_name",
        ],
    ) -> _bool: ...
    def ClearField(
        self,
        field_name: _Literal[
            "application_name",
            "environment_name",
        ],
    ) -> None: ...

class ListApplicationsResult(_Message):
    APPLICATIONS_FIELD_NUMBER: _Final = 1
    @_property
    def applications(self) -> _RepeatedComposite[ApplicationInfo]: ...
    def __init__(
        self,
        *,
        applications: _Iterable[ApplicationInfo] | None = ...,
    ) -> None: ...
    def ClearField(self, field_name: _Literal["applications",]) -> None: ...

class ListEnvironmentsRequest(_Message):
    def __init__(
        self,
    ) -> None: ...

class ListEnvironmentsResponse(_Message):
    ENVIRONMENTS_FIELD_NUMBER: _Final = 1
    @_property
    def environments(self) -> _RepeatedComposite[EnvironmentInfo]: ...
    def __init__(
        self,
        *,
        environments: _Iterable[EnvironmentInfo] | None = ...,
    ) -> None: ...
    def ClearField(self, field_name: _Literal["environments",]) -> None: ...

class ListRunnersRequest(_Message):
    LIST_PENDING_FIELD_NUMBER: _Final = 1
    START_TIME_FIELD_NUMBER: _Final = 2
    list_pending: _bool
    @_property
    def start_time(self) -> _timestamp_pb2.Timestamp: ...
    def __init__(
        self,
        *,
        list_pending: _bool | None = ...,
        start_time: _timestamp_pb2.Timestamp | None = ...,
    ) -> None: ...
    def HasField(
        self,
        field_name: _Literal[
            "list_pending",
            "start_time",
        ],
    ) -> _bool: ...
    def ClearField(
        self,
        field_name: _Literal[
            "list_pending",
            "start_time",
        ],
    ) -> None: ...

class ListRunnersResponse(_Message):
    RUNNERS_FIELD_NUMBER: _Final = 1
    @_property
    def runners(self) -> _RepeatedComposite[RunnerInfo]: ...
    def __init__(
        self,
        *,
        runners: _Iterable[RunnerInfo] | None = ...,
    ) -> None: ...
    def ClearField(self, field_name: _Literal["runners",]) -> None: ...

class ListSecretsRequest(_Message):
    ENVIRONMENT_NAME_FIELD_NUMBER: _Final = 1
    environment_name: _str
    def __init__(
        self,
        *,
        environment_name: _str | None = ...,
    ) -> None: ...
    def HasField(self, field_name: _Literal["environment_name",]) -> _bool: ...
    def ClearField(self, field_name: _Literal["environment_name",]) -> None: ...

class ListSecretsResponse(_Message):
    SECRETS_FIELD_NUMBER: _Final = 1
    @_property
    def secrets(self) -> _RepeatedComposite[Secret]: ...
    def __init__(
        self,
        *,
        secrets: _Iterable[Secret] | None = ...,
    ) -> None: ...
    def ClearField(self, field_name: _Literal["secrets",]) -> None: ...

class ListUserKeysRequest(_Message):
    def __init__(
        self,
    ) -> None: ...

class ListUserKeysResponse(_Message):
    USER_KEYS_FIELD_NUMBER: _Final = 1
    @_property
    def user_keys(self) -> _RepeatedComposite[UserKeyInfo]: ...
    def __init__(
        self,
        *,
        user_keys: _Iterable[UserKeyInfo] | None = ...,
    ) -> None: ...
    def ClearField(self, field_name: _Literal["user_keys",]) -> None: ...

class MachineRequirements(_Message):
    MACHINE_TYPE_FIELD_NUMBER: _Final = 1
    KEEP_ALIVE_FIELD_NUMBER: _Final = 2
    BASE_IMAGE_FIELD_NUMBER: _Final = 3
    EXPOSED_PORT_FIELD_NUMBER: _Final = 4
    SCHEDULER_FIELD_NUMBER: _Final = 5
    MAX_MULTIPLEXING_FIELD_NUMBER: _Final = 6
    SCHEDULER_OPTIONS_FIELD_NUMBER: _Final = 8
    MAX_CONCURRENCY_FIELD_NUMBER: _Final = 9
    MIN_CONCURRENCY_FIELD_NUMBER: _Final = 10
    MACHINE_TYPES_FIELD_NUMBER: _Final = 11
    NUM_GPUS_FIELD_NUMBER: _Final = 12
    REQUEST_TIMEOUT_FIELD_NUMBER: _Final = 13
    STARTUP_TIMEOUT_FIELD_NUMBER: _Final = 14
    CONCURRENCY_BUFFER_FIELD_NUMBER: _Final = 15
    CONCURRENCY_BUFFER_PERC_FIELD_NUMBER: _Final = 16
    SCALING_DELAY_SECONDS_FIELD_NUMBER: _Final = 17
    VALID_REGIONS_FIELD_NUMBER: _Final = 18
    METRICS_PORT_FIELD_NUMBER: _Final = 19
    REQUEST_START_TIMEOUT_FIELD_NUMBER: _Final = 20
    machine_type: _str
    keep_alive: _int
    base_image: _str
    exposed_port: _int
    scheduler: _str
    max_multiplexing: _int
    @_property
    def scheduler_options(self) -> _struct_pb2.Struct: ...
    max_concurrency: _int
    min_concurrency: _int
    @_property
    def machine_types(self) -> _RepeatedScalar[_str]: ...
    num_gpus: _int
    request_timeout: _int
    startup_timeout: _int
    concurrency_buffer: _int
    concurrency_buffer_perc: _int
    scaling_delay_seconds: _int
    @_property
    def valid_regions(self) -> _RepeatedScalar[_str]: ...
    metrics_port: _int
    request_start_timeout: _int
    def __init__(
        self,
        *,
        machine_type: _str | None = ...,
        keep_alive: _int | None = ...,
        base_image: _str | None = ...,
        exposed_port: _int | None = ...,
        scheduler: _str | None = ...,
        max_multiplexing: _int | None = ...,
        scheduler_options: _struct_pb2.Struct | None = ...,
        max_concurrency: _int | None = ...,
        min_concurrency: _int | None = ...,
        machine_types: _Iterable[_str] | None = ...,
        num_gpus: _int | None = ...,
        request_timeout: _int | None = ...,
        startup_timeout: _int | None = ...,
        concurrency_buffer: _int | None = ...,
        concurrency_buffer_perc: _int | None = ...,
        scaling_delay_seconds: _int | None = ...,
        valid_regions: _Iterable[_str] | None = ...,
        metrics_port: _int | None = ...,
        request_start_timeout: _int | None = ...,
    ) -> None: ...
    def HasField(
        self,
        field_name: _Literal[
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
    ) -> _bool: ...
    def ClearField(
        self,
        field_name: _Literal[
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

class RegisterApplicationRequest(_Message):
    ENVIRONMENTS_FIELD_NUMBER: _Final = 1
    MACHINE_REQUIREMENTS_FIELD_NUMBER: _Final = 2
    FUNCTION_FIELD_NUMBER: _Final = 3
    ENTRYPOINT_FIELD_NUMBER: _Final = 21
    SETUP_FUNC_FIELD_NUMBER: _Final = 4
    APPLICATION_NAME_FIELD_NUMBER: _Final = 5
    AUTH_MODE_FIELD_NUMBER: _Final = 6
    MAX_CONCURRENCY_FIELD_NUMBER: _Final = 7
    METADATA_FIELD_NUMBER: _Final = 8
    DEPLOYMENT_STRATEGY_FIELD_NUMBER: _Final = 9
    SCALE_FIELD_NUMBER: _Final = 10
    PRIVATE_LOGS_FIELD_NUMBER: _Final = 11
    FILES_FIELD_NUMBER: _Final = 12
    SOURCE_CODE_FIELD_NUMBER: _Final = 13
    HEALTH_CHECK_PATH_FIELD_NUMBER: _Final = 14
    ENVIRONMENT_NAME_FIELD_NUMBER: _Final = 15
    HEALTH_CHECK_CONFIG_FIELD_NUMBER: _Final = 16
    SKIP_RETRY_CONDITIONS_FIELD_NUMBER: _Final = 17
    TERMINATION_GRACE_PERIOD_SECONDS_FIELD_NUMBER: _Final = 18
    FETCH_OPENAPI_FIELD_NUMBER: _Final = 19
    DATA_MOUNTS_FIELD_NUMBER: _Final = 20
    SECRETS_FIELD_NUMBER: _Final = 22
    RUN_ON_MAIN_THREAD_FIELD_NUMBER: _Final = 23
    BUILD_ENVIRONMENT_FIELD_NUMBER: _Final = 24
    ENV_ID_FIELD_NUMBER: _Final = 25
    RETRY_CONFIG_FIELD_NUMBER: _Final = 26
    ATTACH_TO_DEPLOYMENT_FIELD_NUMBER: _Final = 27
    VOLUMES_FIELD_NUMBER: _Final = 28
    @_property
    def environments(self) -> _RepeatedComposite[_server_pb2.EnvironmentDefinition]: ...
    @_property
    def machine_requirements(self) -> MachineRequirements: ...
    @_property
    def function(self) -> _common_pb2.SerializedObject: ...
    entrypoint: _str
    @_property
    def setup_func(self) -> _common_pb2.SerializedObject: ...
    application_name: _str
    auth_mode: _int
    max_concurrency: _int
    @_property
    def metadata(self) -> _struct_pb2.Struct: ...
    deployment_strategy: _int
    scale: _bool
    private_logs: _bool
    @_property
    def files(self) -> _RepeatedComposite[File]: ...
    source_code: _str
    health_check_path: _str
    environment_name: _str
    @_property
    def health_check_config(self) -> ApplicationHealthCheckConfig: ...
    @_property
    def skip_retry_conditions(self) -> _RepeatedScalar[_int]: ...
    termination_grace_period_seconds: _int
    fetch_openapi: _bool
    @_property
    def data_mounts(self) -> _RepeatedScalar[_str]: ...
    @_property
    def secrets(self) -> SecretsConfig: ...
    run_on_main_thread: _bool
    build_environment: _bool
    env_id: _str
    retry_config: _str
    attach_to_deployment: _bool
    @_property
    def volumes(self) -> _RepeatedComposite[VolumeMount]: ...
    def __init__(
        self,
        *,
        environments: _Iterable[_server_pb2.EnvironmentDefinition] | None = ...,
        machine_requirements: MachineRequirements | None = ...,
        function: _common_pb2.SerializedObject | None = ...,
        entrypoint: _str | None = ...,
        setup_func: _common_pb2.SerializedObject | None = ...,
        application_name: _str | None = ...,
        auth_mode: _int | None = ...,
        max_concurrency: _int | None = ...,
        metadata: _struct_pb2.Struct | None = ...,
        deployment_strategy: _int | None = ...,
        scale: _bool | None = ...,
        private_logs: _bool | None = ...,
        files: _Iterable[File] | None = ...,
        source_code: _str | None = ...,
        health_check_path: _str | None = ...,
        environment_name: _str | None = ...,
        health_check_config: ApplicationHealthCheckConfig | None = ...,
        skip_retry_conditions: _Iterable[_int] | None = ...,
        termination_grace_period_seconds: _int | None = ...,
        fetch_openapi: _bool | None = ...,
        data_mounts: _Iterable[_str] | None = ...,
        secrets: SecretsConfig | None = ...,
        run_on_main_thread: _bool | None = ...,
        build_environment: _bool | None = ...,
        env_id: _str | None = ...,
        retry_config: _str | None = ...,
        attach_to_deployment: _bool | None = ...,
        volumes: _Iterable[VolumeMount] | None = ...,
    ) -> None: ...
    def HasField(
        self,
        field_name: _Literal[
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
    ) -> _bool: ...
    def ClearField(
        self,
        field_name: _Literal[
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
        self, oneof_group: _Literal["callable"]
    ) -> (
        _Literal[
            "function",
            "entrypoint",
        ]
        | None
    ): ...

class RegisterApplicationResult(_Message):
    LOGS_FIELD_NUMBER: _Final = 1
    RESULT_FIELD_NUMBER: _Final = 2
    SERVICE_URLS_FIELD_NUMBER: _Final = 3
    ENV_ID_FIELD_NUMBER: _Final = 4
    @_property
    def logs(self) -> _RepeatedComposite[_common_pb2.Log]: ...
    @_property
    def result(self) -> RegisterApplicationResultType: ...
    @_property
    def service_urls(self) -> ServiceURLs: ...
    env_id: _str
    def __init__(
        self,
        *,
        logs: _Iterable[_common_pb2.Log] | None = ...,
        result: RegisterApplicationResultType | None = ...,
        service_urls: ServiceURLs | None = ...,
        env_id: _str | None = ...,
    ) -> None: ...
    def HasField(
        self,
        field_name: _Literal[
            "result",
            "service_urls",
            "env_id",
        ],
    ) -> _bool: ...
    def ClearField(
        self,
        field_name: _Literal[
            "logs",
            "result",
            "service_urls",
            "env_id",
        ],
    ) -> None: ...

class RegisterApplicationResultType(_Message):
    APPLICATION_ID_FIELD_NUMBER: _Final = 1
    application_id: _str
    def __init__(
        self,
        *,
        application_id: _str | None = ...,
    ) -> None: ...
    def ClearField(self, field_name: _Literal["application_id",]) -> None: ...

class RevokeUserKeyRequest(_Message):
    KEY_ID_FIELD_NUMBER: _Final = 1
    key_id: _str
    def __init__(
        self,
        *,
        key_id: _str | None = ...,
    ) -> None: ...
    def ClearField(self, field_name: _Literal["key_id",]) -> None: ...

class RevokeUserKeyResponse(_Message):
    def __init__(
        self,
    ) -> None: ...

class RolloutApplicationRequest(_Message):
    APPLICATION_NAME_FIELD_NUMBER: _Final = 1
    FORCE_FIELD_NUMBER: _Final = 2
    ENVIRONMENT_NAME_FIELD_NUMBER: _Final = 3
    application_name: _str
    force: _bool
    environment_name: _str
    def __init__(
        self,
        *,
        application_name: _str | None = ...,
        force: _bool | None = ...,
        environment_name: _str | None = ...,
    ) -> None: ...
    def HasField(
        self,
        field_name: _Literal[
            "force",
            "environment_name",
        ],
    ) -> _bool: ...
    def ClearField(
        self,
        field_name: _Literal[
            "application_name",
            "force",
            "environment_name",
        ],
    ) -> None: ...

class RolloutApplicationResult(_Message):
    def __init__(
        self,
    ) -> None: ...

class RunnerInfo(_Message):
    ReplaceState: _EnumTypeWrapper
    NO_REPLACE: _Final[_int]
    WILL_REPLACE: _Final[_int]
    DID_REPLACE: _Final[_int]

    State: _EnumTypeWrapper
    RUNNING: _Final[_int]
    PENDING: _Final[_int]
    SETUP: _Final[_int]
    DEAD: _Final[_int]
    DOCKER_PULL: _Final[_int]
    DRAINING: _Final[_int]
    TERMINATING: _Final[_int]
    TERMINATED: _Final[_int]
    IDLE: _Final[_int]
    FAILURE_DELAY: _Final[_int]

    RUNNER_ID_FIELD_NUMBER: _Final = 1
    IN_FLIGHT_REQUESTS_FIELD_NUMBER: _Final = 2
    EXPIRATION_COUNTDOWN_FIELD_NUMBER: _Final = 3
    UPTIME_FIELD_NUMBER: _Final = 4
    EXTERNAL_METADATA_FIELD_NUMBER: _Final = 5
    REVISION_FIELD_NUMBER: _Final = 6
    ALIAS_FIELD_NUMBER: _Final = 7
    STATE_FIELD_NUMBER: _Final = 8
    REPLACEMENT_FIELD_NUMBER: _Final = 9
    MACHINE_TYPE_FIELD_NUMBER: _Final = 10
    runner_id: _str
    in_flight_requests: _int
    expiration_countdown: _int
    uptime: _float
    @_property
    def external_metadata(self) -> _struct_pb2.Struct: ...
    revision: _str
    alias: _str
    state: _int
    replacement: _int
    machine_type: _str
    def __init__(
        self,
        *,
        runner_id: _str | None = ...,
        in_flight_requests: _int | None = ...,
        expiration_countdown: _int | None = ...,
        uptime: _float | None = ...,
        external_metadata: _struct_pb2.Struct | None = ...,
        revision: _str | None = ...,
        alias: _str | None = ...,
        state: _int | None = ...,
        replacement: _int | None = ...,
        machine_type: _str | None = ...,
    ) -> None: ...
    def HasField(
        self,
        field_name: _Literal[
            "expiration_countdown",
            "external_metadata",
            "state",
        ],
    ) -> _bool: ...
    def ClearField(
        self,
        field_name: _Literal[
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

class Secret(_Message):
    NAME_FIELD_NUMBER: _Final = 1
    CREATED_TIME_FIELD_NUMBER: _Final = 2
    ENVIRONMENT_NAME_FIELD_NUMBER: _Final = 3
    DEFAULT_EXPOSED_FIELD_NUMBER: _Final = 4
    name: _str
    @_property
    def created_time(self) -> _timestamp_pb2.Timestamp: ...
    environment_name: _str
    default_exposed: _bool
    def __init__(
        self,
        *,
        name: _str | None = ...,
        created_time: _timestamp_pb2.Timestamp | None = ...,
        environment_name: _str | None = ...,
        default_exposed: _bool | None = ...,
    ) -> None: ...
    def HasField(
        self,
        field_name: _Literal[
            "created_time",
            "environment_name",
            "default_exposed",
        ],
    ) -> _bool: ...
    def ClearField(
        self,
        field_name: _Literal[
            "name",
            "created_time",
            "environment_name",
            "default_exposed",
        ],
    ) -> None: ...

class SecretsConfig(_Message):
    NAMES_FIELD_NUMBER: _Final = 1
    @_property
    def names(self) -> _RepeatedScalar[_str]: ...
    def __init__(
        self,
        *,
        names: _Iterable[_str] | None = ...,
    ) -> None: ...
    def ClearField(self, field_name: _Literal["names",]) -> None: ...

class ServiceURLs(_Message):
    PLAYGROUND_FIELD_NUMBER: _Final = 1
    RUN_FIELD_NUMBER: _Final = 2
    QUEUE_FIELD_NUMBER: _Final = 3
    WS_FIELD_NUMBER: _Final = 4
    LOG_FIELD_NUMBER: _Final = 5
    playground: _str
    run: _str
    queue: _str
    ws: _str
    log: _str
    def __init__(
        self,
        *,
        playground: _str | None = ...,
        run: _str | None = ...,
        queue: _str | None = ...,
        ws: _str | None = ...,
        log: _str | None = ...,
    ) -> None: ...
    def ClearField(
        self,
        field_name: _Literal[
            "playground",
            "run",
            "queue",
            "ws",
            "log",
        ],
    ) -> None: ...

class SetAliasRequest(_Message):
    ALIAS_FIELD_NUMBER: _Final = 1
    REVISION_FIELD_NUMBER: _Final = 2
    AUTH_MODE_FIELD_NUMBER: _Final = 3
    ENVIRONMENT_NAME_FIELD_NUMBER: _Final = 4
    DEPLOYMENT_STRATEGY_FIELD_NUMBER: _Final = 5
    alias: _str
    revision: _str
    auth_mode: _int
    environment_name: _str
    deployment_strategy: _int
    def __init__(
        self,
        *,
        alias: _str | None = ...,
        revision: _str | None = ...,
        auth_mode: _int | None = ...,
        environment_name: _str | None = ...,
        deployment_strategy: _int | None = ...,
    ) -> None: ...
    def HasField(
        self,
        field_name: _Literal[
            "auth_mode",
            "environment_name",
            "deployment_strategy",
        ],
    ) -> _bool: ...
    def ClearField(
        self,
        field_name: _Literal[
            "alias",
            "revision",
            "auth_mode",
            "environment_name",
            "deployment_strategy",
        ],
    ) -> None: ...

class SetAliasResult(_Message):
    ALIAS_INFO_FIELD_NUMBER: _Final = 1
    @_property
    def alias_info(self) -> AliasInfo: ...
    def __init__(
        self,
        *,
        alias_info: AliasInfo | None = ...,
    ) -> None: ...
    def HasField(self, field_name: _Literal["alias_info",]) -> _bool: ...
    def ClearField(self, field_name: _Literal["alias_info",]) -> None: ...

class SetSecretRequest(_Message):
    NAME_FIELD_NUMBER: _Final = 1
    VALUE_FIELD_NUMBER: _Final = 2
    ENVIRONMENT_NAME_FIELD_NUMBER: _Final = 3
    DEFAULT_EXPOSED_FIELD_NUMBER: _Final = 4
    name: _str
    value: _str
    environment_name: _str
    default_exposed: _bool
    def __init__(
        self,
        *,
        name: _str | None = ...,
        value: _str | None = ...,
        environment_name: _str | None = ...,
        default_exposed: _bool | None = ...,
    ) -> None: ...
    def HasField(
        self,
        field_name: _Literal[
            "value",
            "environment_name",
            "default_exposed",
        ],
    ) -> _bool: ...
    def ClearField(
        self,
        field_name: _Literal[
            "name",
            "value",
            "environment_name",
            "default_exposed",
        ],
    ) -> None: ...

class SetSecretResponse(_Message):
    def __init__(
        self,
    ) -> None: ...

class ShellRunnerInput(_Message):
    RUNNER_ID_FIELD_NUMBER: _Final = 1
    DATA_FIELD_NUMBER: _Final = 2
    CLOSE_FIELD_NUMBER: _Final = 3
    TTY_SIZE_FIELD_NUMBER: _Final = 4
    COMMAND_FIELD_NUMBER: _Final = 5
    TTY_FIELD_NUMBER: _Final = 6
    runner_id: _str
    data: _bytes
    close: _bool
    @_property
    def tty_size(self) -> TerminalSize: ...
    @_property
    def command(self) -> _RepeatedScalar[_str]: ...
    tty: _bool
    def __init__(
        self,
        *,
        runner_id: _str | None = ...,
        data: _bytes | None = ...,
        close: _bool | None = ...,
        tty_size: TerminalSize | None = ...,
        command: _Iterable[_str] | None = ...,
        tty: _bool | None = ...,
    ) -> None: ...
    def HasField(
        self,
        field_name: _Literal[
            "tty_size",
            "tty",
        ],
    ) -> _bool: ...
    def ClearField(
        self,
        field_name: _Literal[
            "runner_id",
            "data",
            "close",
            "tty_size",
            "command",
            "tty",
        ],
    ) -> None: ...

class ShellRunnerOutput(_Message):
    DATA_FIELD_NUMBER: _Final = 1
    CLOSE_FIELD_NUMBER: _Final = 2
    EXIT_CODE_FIELD_NUMBER: _Final = 3
    STREAM_FIELD_NUMBER: _Final = 4
    data: _bytes
    close: _bool
    exit_code: _int
    stream: _int
    def __init__(
        self,
        *,
        data: _bytes | None = ...,
        close: _bool | None = ...,
        exit_code: _int | None = ...,
        stream: _int | None = ...,
    ) -> None: ...
    def HasField(
        self,
        field_name: _Literal[
            "exit_code",
            "stream",
        ],
    ) -> _bool: ...
    def ClearField(
        self,
        field_name: _Literal[
            "data",
            "close",
            "exit_code",
            "stream",
        ],
    ) -> None: ...

class StopRunnerRequest(_Message):
    RUNNER_ID_FIELD_NUMBER: _Final = 1
    REPLACE_FIRST_FIELD_NUMBER: _Final = 2
    runner_id: _str
    replace_first: _bool
    def __init__(
        self,
        *,
        runner_id: _str | None = ...,
        replace_first: _bool | None = ...,
    ) -> None: ...
    def ClearField(
        self,
        field_name: _Literal[
            "runner_id",
            "replace_first",
        ],
    ) -> None: ...

class StopRunnerResponse(_Message):
    def __init__(
        self,
    ) -> None: ...

class TerminalSize(_Message):
    HEIGHT_FIELD_NUMBER: _Final = 1
    WIDTH_FIELD_NUMBER: _Final = 2
    height: _int
    width: _int
    def __init__(
        self,
        *,
        height: _int | None = ...,
        width: _int | None = ...,
    ) -> None: ...
    def ClearField(
        self,
        field_name: _Literal[
            "height",
            "width",
        ],
    ) -> None: ...

class UpdateApplicationRequest(_Message):
    APPLICATION_NAME_FIELD_NUMBER: _Final = 1
    KEEP_ALIVE_FIELD_NUMBER: _Final = 2
    MAX_MULTIPLEXING_FIELD_NUMBER: _Final = 3
    MAX_CONCURRENCY_FIELD_NUMBER: _Final = 4
    MIN_CONCURRENCY_FIELD_NUMBER: _Final = 5
    VALID_REGIONS_FIELD_NUMBER: _Final = 6
    MACHINE_TYPES_FIELD_NUMBER: _Final = 7
    REQUEST_TIMEOUT_FIELD_NUMBER: _Final = 8
    STARTUP_TIMEOUT_FIELD_NUMBER: _Final = 9
    CONCURRENCY_BUFFER_FIELD_NUMBER: _Final = 10
    CONCURRENCY_BUFFER_PERC_FIELD_NUMBER: _Final = 11
    SCALING_DELAY_SECONDS_FIELD_NUMBER: _Final = 12
    ENVIRONMENT_NAME_FIELD_NUMBER: _Final = 13
    REQUEST_START_TIMEOUT_FIELD_NUMBER: _Final = 14
    application_name: _str
    keep_alive: _int
    max_multiplexing: _int
    max_concurrency: _int
    min_concurrency: _int
    @_property
    def valid_regions(self) -> _RepeatedScalar[_str]: ...
    @_property
    def machine_types(self) -> _RepeatedScalar[_str]: ...
    request_timeout: _int
    startup_timeout: _int
    concurrency_buffer: _int
    concurrency_buffer_perc: _int
    scaling_delay_seconds: _int
    environment_name: _str
    request_start_timeout: _int
    def __init__(
        self,
        *,
        application_name: _str | None = ...,
        keep_alive: _int | None = ...,
        max_multiplexing: _int | None = ...,
        max_concurrency: _int | None = ...,
        min_concurrency: _int | None = ...,
        valid_regions: _Iterable[_str] | None = ...,
        machine_types: _Iterable[_str] | None = ...,
        request_timeout: _int | None = ...,
        startup_timeout: _int | None = ...,
        concurrency_buffer: _int | None = ...,
        concurrency_buffer_perc: _int | None = ...,
        scaling_delay_seconds: _int | None = ...,
        environment_name: _str | None = ...,
        request_start_timeout: _int | None = ...,
    ) -> None: ...
    def HasField(
        self,
        field_name: _Literal[
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
    ) -> _bool: ...
    def ClearField(
        self,
        field_name: _Literal[
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

class UpdateApplicationResult(_Message):
    ALIAS_INFO_FIELD_NUMBER: _Final = 1
    @_property
    def alias_info(self) -> AliasInfo: ...
    def __init__(
        self,
        *,
        alias_info: AliasInfo | None = ...,
    ) -> None: ...
    def HasField(self, field_name: _Literal["alias_info",]) -> _bool: ...
    def ClearField(self, field_name: _Literal["alias_info",]) -> None: ...

class UserKeyInfo(_Message):
    KEY_ID_FIELD_NUMBER: _Final = 1
    CREATED_AT_FIELD_NUMBER: _Final = 2
    SCOPE_FIELD_NUMBER: _Final = 3
    ALIAS_FIELD_NUMBER: _Final = 4
    key_id: _str
    @_property
    def created_at(self) -> _timestamp_pb2.Timestamp: ...
    scope: _int
    alias: _str
    def __init__(
        self,
        *,
        key_id: _str | None = ...,
        created_at: _timestamp_pb2.Timestamp | None = ...,
        scope: _int | None = ...,
        alias: _str | None = ...,
    ) -> None: ...
    def HasField(self, field_name: _Literal["created_at",]) -> _bool: ...
    def ClearField(
        self,
        field_name: _Literal[
            "key_id",
            "created_at",
            "scope",
            "alias",
        ],
    ) -> None: ...

class VolumeMount(_Message):
    VOLUME_NAME_FIELD_NUMBER: _Final = 1
    MOUNT_PATH_FIELD_NUMBER: _Final = 2
    volume_name: _str
    mount_path: _str
    def __init__(
        self,
        *,
        volume_name: _str | None = ...,
        mount_path: _str | None = ...,
    ) -> None: ...
    def ClearField(
        self,
        field_name: _Literal[
            "volume_name",
            "mount_path",
        ],
    ) -> None: ...
