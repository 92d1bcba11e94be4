# Generated from spec/; do not edit: correct the specification, the mapping or the template, then run `just generate`.
"""The messages of controller.proto."""

# What this file imports has to be in the pool before it.
from google.protobuf import struct_pb2 as struct_pb2
from google.protobuf import timestamp_pb2 as timestamp_pb2
from google.protobuf.internal.enum_type_wrapper import EnumTypeWrapper

from fal._gen import descriptors
from fal._gen.proto import common_pb2 as common_pb2
from fal._gen.proto import server_pb2 as server_pb2

DESCRIPTOR = descriptors.register(
    "fal/_gen/proto/controller.proto",
    b"\n\x1ffal/_gen/proto/controller.proto\x12\x19fal._gen.proto.controller\x1a\x1bfal/_gen/proto/common.proto\x1a\x1cgoogle/protobuf/struct.proto\x1a\x1fgoogle/protobuf/timestamp.proto\x1a\x1bfal/_gen/proto/server.protob\x06proto3",
    b'"\xb7\x05\n\tAliasInfo\x12\r\n\x05alias\x18\x01 \x01(\t\x12\x10\n\x08revision\x18\x02 \x01(\t\x12A\n\tauth_mode\x18\x03 \x01(\x0e2..fal._gen.proto.controller.ApplicationAuthMode\x12\x17\n\x0fmax_concurrency\x18\x04 \x01(\x05\x12\x18\n\x10max_multiplexing\x18\x05 \x01(\x05\x12\x12\n\nkeep_alive\x18\x06 \x01(\x05\x12\x16\n\x0eactive_runners\x18\x07 \x01(\x05\x12\x17\n\x0fmin_concurrency\x18\x08 \x01(\x05\x12\x15\n\rmachine_types\x18\t \x03(\t\x12\x1c\n\x0frequest_timeout\x18\n \x01(\x05H\x04\x88\x01\x01\x12\x1c\n\x0fstartup_timeout\x18\x0b \x01(\x05H\x06\x88\x01\x01\x12\x15\n\rvalid_regions\x18\x0c \x03(\t\x12\x1f\n\x12concurrency_buffer\x18\r \x01(\x05H\x00\x88\x01\x01\x12$\n\x17concurrency_buffer_perc\x18\x0e \x01(\x05H\x01\x88\x01\x01\x12"\n\x15scaling_delay_seconds\x18\x0f \x01(\x05H\x05\x88\x01\x01\x12\x1d\n\x10environment_name\x18\x10 \x01(\tH\x02\x88\x01\x01\x12\x12\n\nis_rolling\x18\x11 \x01(\x08\x12"\n\x15request_start_timeout\x18\x12 \x01(\x05H\x03\x88\x01\x01B\x15\n\x13_concurrency_bufferB\x1a\n\x18_concurrency_buffer_percB\x13\n\x11_environment_nameB\x18\n\x16_request_start_timeoutB\x12\n\x10_request_timeoutB\x18\n\x16_scaling_delay_secondsB\x12\n\x10_startup_timeout',
    b'"\xab\x03\n\x1cApplicationHealthCheckConfig\x12\x0c\n\x04path\x18\x01 \x01(\t\x12!\n\x14start_period_seconds\x18\x02 \x01(\x05H\x04\x88\x01\x01\x12\x1c\n\x0ftimeout_seconds\x18\x03 \x01(\x05H\x05\x88\x01\x01\x12\x1e\n\x11failure_threshold\x18\x04 \x01(\x05H\x02\x88\x01\x01\x12\x1b\n\x0ecall_regularly\x18\x05 \x01(\x08H\x01\x88\x01\x01\x12\x1a\n\rallow_on_busy\x18\x06 \x01(\x08H\x00\x88\x01\x01\x12S\n\x06method\x18\x07 \x01(\x0e2>.fal._gen.proto.controller.ApplicationHealthCheckConfig.MethodH\x03\x88\x01\x01"\x1b\n\x06Method\x12\x07\n\x03GET\x10\x00\x12\x08\n\x04POST\x10\x01B\x10\n\x0e_allow_on_busyB\x11\n\x0f_call_regularlyB\x14\n\x12_failure_thresholdB\t\n\x07_methodB\x17\n\x15_start_period_secondsB\x12\n\x10_timeout_seconds',
    b'"\x8d\x05\n\x0fApplicationInfo\x12\x16\n\x0eapplication_id\x18\x01 \x01(\t\x12\x17\n\x0fmax_concurrency\x18\x02 \x01(\x05\x12\x18\n\x10max_multiplexing\x18\x03 \x01(\x05\x12\x12\n\nkeep_alive\x18\x04 \x01(\x05\x12\x16\n\x0eactive_runners\x18\x06 \x01(\x05\x12\x17\n\x0fmin_concurrency\x18\x07 \x01(\x05\x12\x15\n\rmachine_types\x18\x08 \x03(\t\x12\x1c\n\x0frequest_timeout\x18\t \x01(\x05H\x04\x88\x01\x01\x12\x1c\n\x0fstartup_timeout\x18\n \x01(\x05H\x06\x88\x01\x01\x12\x15\n\rvalid_regions\x18\x0b \x03(\t\x12\x1f\n\x12concurrency_buffer\x18\x0c \x01(\x05H\x00\x88\x01\x01\x12.\n\ncreated_at\x18\r \x01(\x0b2\x1a.google.protobuf.Timestamp\x12$\n\x17concurrency_buffer_perc\x18\x0e \x01(\x05H\x01\x88\x01\x01\x12"\n\x15scaling_delay_seconds\x18\x0f \x01(\x05H\x05\x88\x01\x01\x12\x1d\n\x10environment_name\x18\x10 \x01(\tH\x02\x88\x01\x01\x12"\n\x15request_start_timeout\x18\x11 \x01(\x05H\x03\x88\x01\x01B\x15\n\x13_concurrency_bufferB\x1a\n\x18_concurrency_buffer_percB\x13\n\x11_environment_nameB\x18\n\x16_request_start_timeoutB\x12\n\x10_request_timeoutB\x18\n\x16_scaling_delay_secondsB\x12\n\x10_startup_timeout',
    b'"\xa6\x03\n\x17BuildEnvironmentRequest\x12;\n\x0cenvironments\x18\x01 \x03(\x0b2%.fal._gen.proto.EnvironmentDefinition\x12Q\n\x14machine_requirements\x18\x02 \x01(\x0b2..fal._gen.proto.controller.MachineRequirementsH\x02\x88\x01\x01\x12.\n\x05files\x18\x03 \x03(\x0b2\x1f.fal._gen.proto.controller.File\x12\x1d\n\x10environment_name\x18\x04 \x01(\tH\x01\x88\x01\x01\x12\x1d\n\x10application_name\x18\x05 \x01(\tH\x00\x88\x01\x01\x12>\n\x07secrets\x18\x06 \x01(\x0b2(.fal._gen.proto.controller.SecretsConfigH\x03\x88\x01\x01B\x13\n\x11_application_nameB\x13\n\x11_environment_nameB\x17\n\x15_machine_requirementsB\n\n\x08_secrets',
    b'"\x97\x01\n\x16BuildEnvironmentResult\x12\x0e\n\x06env_id\x18\x01 \x01(\t\x12?\n\x06status\x18\x02 \x01(\x0b2*.fal._gen.proto.controller.HostedRunStatusH\x00\x88\x01\x01\x12!\n\x04logs\x18\x03 \x03(\x0b2\x13.fal._gen.proto.LogB\t\n\x07_status',
    b'"R\n\x18CreateEnvironmentRequest\x12\x0c\n\x04name\x18\x01 \x01(\t\x12\x18\n\x0bdescription\x18\x02 \x01(\tH\x00\x88\x01\x01B\x0e\n\x0c_description',
    b'"\\\n\x19CreateEnvironmentResponse\x12?\n\x0benvironment\x18\x01 \x01(\x0b2*.fal._gen.proto.controller.EnvironmentInfo',
    b'"\x9e\x02\n\x14CreateUserKeyRequest\x12M\n\x05scope\x18\x01 \x01(\x0e25.fal._gen.proto.controller.CreateUserKeyRequest.ScopeB\x02\x18\x01H\x03\x88\x01\x01\x12\x12\n\x05alias\x18\x02 \x01(\tH\x00\x88\x01\x01\x12\x1a\n\rpolicy_preset\x18\x05 \x01(\tH\x02\x88\x01\x01\x129\n\x06policy\x18\x06 \x01(\x0b2$.fal._gen.proto.controller.KeyPolicyH\x01\x88\x01\x01"\x1b\n\x05Scope\x12\t\n\x05ADMIN\x10\x00\x12\x07\n\x03API\x10\x01B\x08\n\x06_aliasB\t\n\x07_policyB\x10\n\x0e_policy_presetB\x08\n\x06_scope',
    b'";\n\x15CreateUserKeyResponse\x12\x12\n\nkey_secret\x18\x01 \x01(\t\x12\x0e\n\x06key_id\x18\x02 \x01(\t',
    b'"W\n\x12DeleteAliasRequest\x12\r\n\x05alias\x18\x01 \x01(\t\x12\x1d\n\x10environment_name\x18\x02 \x01(\tH\x00\x88\x01\x01B\x13\n\x11_environment_name',
    b'"%\n\x11DeleteAliasResult\x12\x10\n\x08revision\x18\x01 \x01(\t',
    b'"2\n\x18DeleteApplicationRequest\x12\x16\n\x0eapplication_id\x18\x01 \x01(\t',
    b'"\x19\n\x17DeleteApplicationResult',
    b'"(\n\x18DeleteEnvironmentRequest\x12\x0c\n\x04name\x18\x01 \x01(\t',
    b'"\x1b\n\x19DeleteEnvironmentResponse',
    b'"\x8d\x01\n\x0fEnvironmentInfo\x12\x0c\n\x04name\x18\x01 \x01(\t\x12\x18\n\x0bdescription\x18\x02 \x01(\tH\x00\x88\x01\x01\x12\x12\n\nis_default\x18\x03 \x01(\x08\x12.\n\ncreated_at\x18\x04 \x01(\x0b2\x1a.google.protobuf.TimestampB\x0e\n\x0c_description',
    b'"+\n\x04File\x12\x0c\n\x04hash\x18\x01 \x01(\t\x12\x15\n\rrelative_path\x18\x02 \x01(\t',
    b'"\xf6\x02\n\tHostedMap\x12;\n\x0cenvironments\x18\x01 \x03(\x0b2%.fal._gen.proto.EnvironmentDefinition\x12Q\n\x14machine_requirements\x18\x02 \x01(\x0b2..fal._gen.proto.controller.MachineRequirementsH\x01\x88\x01\x01\x124\n\x08function\x18\x03 \x01(\x0b2 .fal._gen.proto.SerializedObjectH\x00\x12\x14\n\nentrypoint\x18\x05 \x01(\tH\x00\x120\n\x06inputs\x18\x04 \x03(\x0b2 .fal._gen.proto.SerializedObject\x12\x1f\n\x12run_on_main_thread\x18\x06 \x01(\x08H\x02\x88\x01\x01B\n\n\x08callableB\x17\n\x15_machine_requirementsB\x15\n\x13_run_on_main_thread',
    b'"\x8d\x08\n\tHostedRun\x12;\n\x0cenvironments\x18\x01 \x03(\x0b2%.fal._gen.proto.EnvironmentDefinition\x12Q\n\x14machine_requirements\x18\x02 \x01(\x0b2..fal._gen.proto.controller.MachineRequirementsH\x08\x88\x01\x01\x124\n\x08function\x18\x03 \x01(\x0b2 .fal._gen.proto.SerializedObjectH\x00\x12\x14\n\nentrypoint\x18\x0c \x01(\tH\x00\x129\n\nsetup_func\x18\x04 \x01(\x0b2 .fal._gen.proto.SerializedObjectH\x0b\x88\x01\x01\x12.\n\x05files\x18\x05 \x03(\x0b2\x1f.fal._gen.proto.controller.File\x12\x1d\n\x10environment_name\x18\x06 \x01(\tH\x05\x88\x01\x01\x12\x1d\n\x10application_name\x18\x07 \x01(\tH\x01\x88\x01\x01\x12F\n\tauth_mode\x18\x08 \x01(\x0e2..fal._gen.proto.controller.ApplicationAuthModeH\x02\x88\x01\x01\x12\x1a\n\rfetch_openapi\x18\t \x01(\x08H\x06\x88\x01\x01\x12\x13\n\x0bdata_mounts\x18\n \x03(\t\x12>\n\x07secrets\x18\x0b \x01(\x0b2(.fal._gen.proto.controller.SecretsConfigH\n\x88\x01\x01\x12\x1f\n\x12run_on_main_thread\x18\r \x01(\x08H\t\x88\x01\x01\x12\x1e\n\x11build_environment\x18\x0e \x01(\x08H\x03\x88\x01\x01\x12\x13\n\x06env_id\x18\x0f \x01(\tH\x04\x88\x01\x01\x12Y\n\x13health_check_config\x18\x10 \x01(\x0b27.fal._gen.proto.controller.ApplicationHealthCheckConfigH\x07\x88\x01\x01\x127\n\x07volumes\x18\x11 \x03(\x0b2&.fal._gen.proto.controller.VolumeMountB\n\n\x08callableB\x13\n\x11_application_nameB\x0c\n\n_auth_modeB\x14\n\x12_build_environmentB\t\n\x07_env_idB\x13\n\x11_environment_nameB\x10\n\x0e_fetch_openapiB\x16\n\x14_health_check_configB\x17\n\x15_machine_requirementsB\x15\n\x13_run_on_main_threadB\n\n\x08_secretsB\r\n\x0b_setup_func',
    b'"\xd2\x02\n\x0fHostedRunResult\x12\x0e\n\x06run_id\x18\x01 \x01(\t\x12?\n\x06status\x18\x02 \x01(\x0b2*.fal._gen.proto.controller.HostedRunStatusH\x03\x88\x01\x01\x12!\n\x04logs\x18\x03 \x03(\x0b2\x13.fal._gen.proto.Log\x12;\n\x0creturn_value\x18\x04 \x01(\x0b2 .fal._gen.proto.SerializedObjectH\x01\x88\x01\x01\x12A\n\x0cservice_urls\x18\x05 \x01(\x0b2&.fal._gen.proto.controller.ServiceURLsH\x02\x88\x01\x01\x12\x13\n\x06env_id\x18\x06 \x01(\tH\x00\x88\x01\x01B\t\n\x07_env_idB\x0f\n\r_return_valueB\x0f\n\r_service_urlsB\t\n\x07_status',
    b'"\x8f\x01\n\x0fHostedRunStatus\x12?\n\x05state\x18\x01 \x01(\x0e20.fal._gen.proto.controller.HostedRunStatus.State";\n\x05State\x12\x0f\n\x0bIN_PROGRESS\x10\x00\x12\x0b\n\x07SUCCESS\x10\x01\x12\x14\n\x10INTERNAL_FAILURE\x10\x02',
    b'"Q\n\x15InteractiveRunRequest\x128\n\nhosted_run\x18\x01 \x01(\x0b2$.fal._gen.proto.controller.HostedRun',
    b'"_\n\x16InteractiveRunResponse\x12E\n\x11hosted_run_result\x18\x01 \x01(\x0b2*.fal._gen.proto.controller.HostedRunResult',
    b'" \n\tKeyPolicy\x12\x13\n\x0bpermissions\x18\x01 \x03(\t',
    b'"&\n\x11KillRunnerRequest\x12\x11\n\trunner_id\x18\x01 \x01(\t',
    b'"\x14\n\x12KillRunnerResponse',
    b'"\xcc\x01\n\x17ListAliasRunnersRequest\x12\r\n\x05alias\x18\x01 \x01(\t\x12\x19\n\x0clist_pending\x18\x02 \x01(\x08H\x01\x88\x01\x01\x123\n\nstart_time\x18\x03 \x01(\x0b2\x1a.google.protobuf.TimestampH\x02\x88\x01\x01\x12\x1d\n\x10environment_name\x18\x04 \x01(\tH\x00\x88\x01\x01B\x13\n\x11_environment_nameB\x0f\n\r_list_pendingB\r\n\x0b_start_time',
    b'"R\n\x18ListAliasRunnersResponse\x126\n\x07runners\x18\x01 \x03(\x0b2%.fal._gen.proto.controller.RunnerInfo',
    b'"H\n\x12ListAliasesRequest\x12\x1d\n\x10environment_name\x18\x01 \x01(\tH\x00\x88\x01\x01B\x13\n\x11_environment_name',
    b'"J\n\x11ListAliasesResult\x125\n\x07aliases\x18\x01 \x03(\x0b2$.fal._gen.proto.controller.AliasInfo',
    b'"\x81\x01\n\x17ListApplicationsRequest\x12\x1d\n\x10application_name\x18\x01 \x01(\tH\x00\x88\x01\x01\x12\x1d\n\x10environment_name\x18\x02 \x01(\tH\x01\x88\x01\x01B\x13\n\x11_application_nameB\x13\n\x11_environment_name',
    b'"Z\n\x16ListApplicationsResult\x12@\n\x0capplications\x18\x01 \x03(\x0b2*.fal._gen.proto.controller.ApplicationInfo',
    b'"\x19\n\x17ListEnvironmentsRequest',
    b'"\\\n\x18ListEnvironmentsResponse\x12@\n\x0cenvironments\x18\x01 \x03(\x0b2*.fal._gen.proto.controller.EnvironmentInfo',
    b'"\x84\x01\n\x12ListRunnersRequest\x12\x19\n\x0clist_pending\x18\x01 \x01(\x08H\x00\x88\x01\x01\x123\n\nstart_time\x18\x02 \x01(\x0b2\x1a.google.protobuf.TimestampH\x01\x88\x01\x01B\x0f\n\r_list_pendingB\r\n\x0b_start_time',
    b'"M\n\x13ListRunnersResponse\x126\n\x07runners\x18\x01 \x03(\x0b2%.fal._gen.proto.controller.RunnerInfo',
    b'"H\n\x12ListSecretsRequest\x12\x1d\n\x10environment_name\x18\x01 \x01(\tH\x00\x88\x01\x01B\x13\n\x11_environment_name',
    b'"I\n\x13ListSecretsResponse\x122\n\x07secrets\x18\x01 \x03(\x0b2!.fal._gen.proto.controller.Secret',
    b'"\x15\n\x13ListUserKeysRequest',
    b'"Q\n\x14ListUserKeysResponse\x129\n\tuser_keys\x18\x01 \x03(\x0b2&.fal._gen.proto.controller.UserKeyInfo',
    b'"\xa6\x07\n\x13MachineRequirements\x12\x1d\n\x0cmachine_type\x18\x01 \x01(\tB\x02\x18\x01H\x05\x88\x01\x01\x12\x17\n\nkeep_alive\x18\x02 \x01(\x05H\x04\x88\x01\x01\x12\x17\n\nbase_image\x18\x03 \x01(\tH\x00\x88\x01\x01\x12\x19\n\x0cexposed_port\x18\x04 \x01(\x05H\x03\x88\x01\x01\x12\x16\n\tscheduler\x18\x05 \x01(\tH\x0e\x88\x01\x01\x12\x1d\n\x10max_multiplexing\x18\x06 \x01(\x05H\x07\x88\x01\x01\x127\n\x11scheduler_options\x18\x08 \x01(\x0b2\x17.google.protobuf.StructH\x0f\x88\x01\x01\x12\x1c\n\x0fmax_concurrency\x18\t \x01(\x05H\x06\x88\x01\x01\x12\x1c\n\x0fmin_concurrency\x18\n \x01(\x05H\t\x88\x01\x01\x12\x15\n\rmachine_types\x18\x0b \x03(\t\x12\x15\n\x08num_gpus\x18\x0c \x01(\x05H\n\x88\x01\x01\x12\x1c\n\x0frequest_timeout\x18\r \x01(\x05H\x0c\x88\x01\x01\x12\x1c\n\x0fstartup_timeout\x18\x0e \x01(\x05H\x10\x88\x01\x01\x12\x1f\n\x12concurrency_buffer\x18\x0f \x01(\x05H\x01\x88\x01\x01\x12$\n\x17concurrency_buffer_perc\x18\x10 \x01(\x05H\x02\x88\x01\x01\x12"\n\x15scaling_delay_seconds\x18\x11 \x01(\x05H\r\x88\x01\x01\x12\x15\n\rvalid_regions\x18\x12 \x03(\t\x12\x19\n\x0cmetrics_port\x18\x13 \x01(\x05H\x08\x88\x01\x01\x12"\n\x15request_start_timeout\x18\x14 \x01(\x05H\x0b\x88\x01\x01B\r\n\x0b_base_imageB\x15\n\x13_concurrency_bufferB\x1a\n\x18_concurrency_buffer_percB\x0f\n\r_exposed_portB\r\n\x0b_keep_aliveB\x0f\n\r_machine_typeB\x12\n\x10_max_concurrencyB\x13\n\x11_max_multiplexingB\x0f\n\r_metrics_portB\x12\n\x10_min_concurrencyB\x0b\n\t_num_gpusB\x18\n\x16_request_start_timeoutB\x12\n\x10_request_timeoutB\x18\n\x16_scaling_delay_secondsB\x0c\n\n_schedulerB\x14\n\x12_scheduler_optionsB\x12\n\x10_startup_timeout',
    b'"\xaa\r\n\x1aRegisterApplicationRequest\x12;\n\x0cenvironments\x18\x01 \x03(\x0b2%.fal._gen.proto.EnvironmentDefinition\x12Q\n\x14machine_requirements\x18\x02 \x01(\x0b2..fal._gen.proto.controller.MachineRequirementsH\x0b\x88\x01\x01\x124\n\x08function\x18\x03 \x01(\x0b2 .fal._gen.proto.SerializedObjectH\x00\x12\x14\n\nentrypoint\x18\x15 \x01(\tH\x00\x129\n\nsetup_func\x18\x04 \x01(\x0b2 .fal._gen.proto.SerializedObjectH\x13\x88\x01\x01\x12\x1d\n\x10application_name\x18\x05 \x01(\tH\x01\x88\x01\x01\x12F\n\tauth_mode\x18\x06 \x01(\x0e2..fal._gen.proto.controller.ApplicationAuthModeH\x03\x88\x01\x01\x12 \n\x0fmax_concurrency\x18\x07 \x01(\x05B\x02\x18\x01H\x0c\x88\x01\x01\x12.\n\x08metadata\x18\x08 \x01(\x0b2\x17.google.protobuf.StructH\r\x88\x01\x01\x12O\n\x13deployment_strategy\x18\t \x01(\x0e2-.fal._gen.proto.controller.DeploymentStrategyH\x05\x88\x01\x01\x12\x12\n\x05scale\x18\n \x01(\x08H\x11\x88\x01\x01\x12\x19\n\x0cprivate_logs\x18\x0b \x01(\x08H\x0e\x88\x01\x01\x12.\n\x05files\x18\x0c \x03(\x0b2\x1f.fal._gen.proto.controller.File\x12\x18\n\x0bsource_code\x18\r \x01(\tH\x14\x88\x01\x01\x12\x1e\n\x11health_check_path\x18\x0e \x01(\tH\n\x88\x01\x01\x12\x1d\n\x10environment_name\x18\x0f \x01(\tH\x07\x88\x01\x01\x12Y\n\x13health_check_config\x18\x10 \x01(\x0b27.fal._gen.proto.controller.ApplicationHealthCheckConfigH\t\x88\x01\x01\x12H\n\x15skip_retry_conditions\x18\x11 \x03(\x0e2).fal._gen.proto.controller.RetryCondition\x12-\n termination_grace_period_seconds\x18\x12 \x01(\x05H\x15\x88\x01\x01\x12\x1a\n\rfetch_openapi\x18\x13 \x01(\x08H\x08\x88\x01\x01\x12\x13\n\x0bdata_mounts\x18\x14 \x03(\t\x12>\n\x07secrets\x18\x16 \x01(\x0b2(.fal._gen.proto.controller.SecretsConfigH\x12\x88\x01\x01\x12\x1f\n\x12run_on_main_thread\x18\x17 \x01(\x08H\x10\x88\x01\x01\x12\x1e\n\x11build_environment\x18\x18 \x01(\x08H\x04\x88\x01\x01\x12\x13\n\x06env_id\x18\x19 \x01(\tH\x06\x88\x01\x01\x12\x19\n\x0cretry_config\x18\x1a \x01(\tH\x0f\x88\x01\x01\x12!\n\x14attach_to_deployment\x18\x1b \x01(\x08H\x02\x88\x01\x01\x127\n\x07volumes\x18\x1c \x03(\x0b2&.fal._gen.proto.controller.VolumeMountB\n\n\x08callableB\x13\n\x11_application_nameB\x17\n\x15_attach_to_deploymentB\x0c\n\n_auth_modeB\x14\n\x12_build_environmentB\x16\n\x14_deployment_strategyB\t\n\x07_env_idB\x13\n\x11_environment_nameB\x10\n\x0e_fetch_openapiB\x16\n\x14_health_check_configB\x14\n\x12_health_check_pathB\x17\n\x15_machine_requirementsB\x12\n\x10_max_concurrencyB\x0b\n\t_metadataB\x0f\n\r_private_logsB\x0f\n\r_retry_configB\x15\n\x13_run_on_main_threadB\x08\n\x06_scaleB\n\n\x08_secretsB\r\n\x0b_setup_funcB\x0e\n\x0c_source_codeB#\n!_termination_grace_period_seconds',
    b'"\x8c\x02\n\x19RegisterApplicationResult\x12!\n\x04logs\x18\x01 \x03(\x0b2\x13.fal._gen.proto.Log\x12M\n\x06result\x18\x02 \x01(\x0b28.fal._gen.proto.controller.RegisterApplicationResultTypeH\x01\x88\x01\x01\x12A\n\x0cservice_urls\x18\x03 \x01(\x0b2&.fal._gen.proto.controller.ServiceURLsH\x02\x88\x01\x01\x12\x13\n\x06env_id\x18\x04 \x01(\tH\x00\x88\x01\x01B\t\n\x07_env_idB\t\n\x07_resultB\x0f\n\r_service_urls',
    b'"7\n\x1dRegisterApplicationResultType\x12\x16\n\x0eapplication_id\x18\x01 \x01(\t',
    b'"&\n\x14RevokeUserKeyRequest\x12\x0e\n\x06key_id\x18\x01 \x01(\t',
    b'"\x17\n\x15RevokeUserKeyResponse',
    b'"\x87\x01\n\x19RolloutApplicationRequest\x12\x18\n\x10application_name\x18\x01 \x01(\t\x12\x12\n\x05force\x18\x02 \x01(\x08H\x01\x88\x01\x01\x12\x1d\n\x10environment_name\x18\x03 \x01(\tH\x00\x88\x01\x01B\x13\n\x11_environment_nameB\x08\n\x06_force',
    b'"\x1a\n\x18RolloutApplicationResult',
    b'"\xfa\x04\n\nRunnerInfo\x12\x11\n\trunner_id\x18\x01 \x01(\t\x12\x1a\n\x12in_flight_requests\x18\x02 \x01(\x05\x12!\n\x14expiration_countdown\x18\x03 \x01(\x05H\x00\x88\x01\x01\x12\x0e\n\x06uptime\x18\x04 \x01(\x02\x127\n\x11external_metadata\x18\x05 \x01(\x0b2\x17.google.protobuf.StructH\x01\x88\x01\x01\x12\x10\n\x08revision\x18\x06 \x01(\t\x12\r\n\x05alias\x18\x07 \x01(\t\x12?\n\x05state\x18\x08 \x01(\x0e2+.fal._gen.proto.controller.RunnerInfo.StateH\x02\x88\x01\x01\x12G\n\x0breplacement\x18\t \x01(\x0e22.fal._gen.proto.controller.RunnerInfo.ReplaceState\x12\x14\n\x0cmachine_type\x18\n \x01(\t"A\n\x0cReplaceState\x12\x0e\n\nNO_REPLACE\x10\x00\x12\x10\n\x0cWILL_REPLACE\x10\x01\x12\x0f\n\x0bDID_REPLACE\x10\x02"\x93\x01\n\x05State\x12\x0b\n\x07RUNNING\x10\x00\x12\x0b\n\x07PENDING\x10\x01\x12\t\n\x05SETUP\x10\x02\x12\x08\n\x04DEAD\x10\x03\x12\x0f\n\x0bDOCKER_PULL\x10\x04\x12\x0c\n\x08DRAINING\x10\x05\x12\x0f\n\x0bTERMINATING\x10\x06\x12\x0e\n\nTERMINATED\x10\x07\x12\x08\n\x04IDLE\x10\x08\x12\x11\n\rFAILURE_DELAY\x10\tB\x17\n\x15_expiration_countdownB\x14\n\x12_external_metadataB\x08\n\x06_state',
    b'"\xc4\x01\n\x06Secret\x12\x0c\n\x04name\x18\x01 \x01(\t\x125\n\x0ccreated_time\x18\x02 \x01(\x0b2\x1a.google.protobuf.TimestampH\x00\x88\x01\x01\x12\x1d\n\x10environment_name\x18\x03 \x01(\tH\x02\x88\x01\x01\x12\x1c\n\x0fdefault_exposed\x18\x04 \x01(\x08H\x01\x88\x01\x01B\x0f\n\r_created_timeB\x12\n\x10_default_exposedB\x13\n\x11_environment_name',
    b'"\x1e\n\rSecretsConfig\x12\r\n\x05names\x18\x01 \x03(\t',
    b'"V\n\x0bServiceURLs\x12\x12\n\nplayground\x18\x01 \x01(\t\x12\x0b\n\x03run\x18\x02 \x01(\t\x12\r\n\x05queue\x18\x03 \x01(\t\x12\n\n\x02ws\x18\x04 \x01(\t\x12\x0b\n\x03log\x18\x05 \x01(\t',
    b'"\xa5\x02\n\x0fSetAliasRequest\x12\r\n\x05alias\x18\x01 \x01(\t\x12\x10\n\x08revision\x18\x02 \x01(\t\x12F\n\tauth_mode\x18\x03 \x01(\x0e2..fal._gen.proto.controller.ApplicationAuthModeH\x00\x88\x01\x01\x12\x1d\n\x10environment_name\x18\x04 \x01(\tH\x02\x88\x01\x01\x12O\n\x13deployment_strategy\x18\x05 \x01(\x0e2-.fal._gen.proto.controller.DeploymentStrategyH\x01\x88\x01\x01B\x0c\n\n_auth_modeB\x16\n\x14_deployment_strategyB\x13\n\x11_environment_name',
    b'"J\n\x0eSetAliasResult\x128\n\nalias_info\x18\x01 \x01(\x0b2$.fal._gen.proto.controller.AliasInfo',
    b'"\xa4\x01\n\x10SetSecretRequest\x12\x0c\n\x04name\x18\x01 \x01(\t\x12\x12\n\x05value\x18\x02 \x01(\tH\x02\x88\x01\x01\x12\x1d\n\x10environment_name\x18\x03 \x01(\tH\x01\x88\x01\x01\x12\x1c\n\x0fdefault_exposed\x18\x04 \x01(\x08H\x00\x88\x01\x01B\x12\n\x10_default_exposedB\x13\n\x11_environment_nameB\x08\n\x06_value',
    b'"\x13\n\x11SetSecretResponse',
    b"\"\xba\x01\n\x10ShellRunnerInput\x12\x11\n\trunner_id\x18\x01 \x01(\t\x12\x0c\n\x04data\x18\x02 \x01(\x0c\x12\r\n\x05close\x18\x03 \x01(\x08\x12>\n\x08tty_size\x18\x04 \x01(\x0b2'.fal._gen.proto.controller.TerminalSizeH\x01\x88\x01\x01\x12\x0f\n\x07command\x18\x05 \x03(\t\x12\x10\n\x03tty\x18\x06 \x01(\x08H\x00\x88\x01\x01B\x06\n\x04_ttyB\x0b\n\t_tty_size",
    b'"v\n\x11ShellRunnerOutput\x12\x0c\n\x04data\x18\x01 \x01(\x0c\x12\r\n\x05close\x18\x02 \x01(\x08\x12\x16\n\texit_code\x18\x03 \x01(\x05H\x00\x88\x01\x01\x12\x13\n\x06stream\x18\x04 \x01(\x05H\x01\x88\x01\x01B\x0c\n\n_exit_codeB\t\n\x07_stream',
    b'"=\n\x11StopRunnerRequest\x12\x11\n\trunner_id\x18\x01 \x01(\t\x12\x15\n\rreplace_first\x18\x02 \x01(\x08',
    b'"\x14\n\x12StopRunnerResponse',
    b'"-\n\x0cTerminalSize\x12\x0e\n\x06height\x18\x01 \x01(\x05\x12\r\n\x05width\x18\x02 \x01(\x05',
    b'"\xb0\x05\n\x18UpdateApplicationRequest\x12\x18\n\x10application_name\x18\x01 \x01(\t\x12\x17\n\nkeep_alive\x18\x02 \x01(\x05H\x03\x88\x01\x01\x12\x1d\n\x10max_multiplexing\x18\x03 \x01(\x05H\x05\x88\x01\x01\x12\x1c\n\x0fmax_concurrency\x18\x04 \x01(\x05H\x04\x88\x01\x01\x12\x1c\n\x0fmin_concurrency\x18\x05 \x01(\x05H\x06\x88\x01\x01\x12\x15\n\rvalid_regions\x18\x06 \x03(\t\x12\x15\n\rmachine_types\x18\x07 \x03(\t\x12\x1c\n\x0frequest_timeout\x18\x08 \x01(\x05H\x08\x88\x01\x01\x12\x1c\n\x0fstartup_timeout\x18\t \x01(\x05H\n\x88\x01\x01\x12\x1f\n\x12concurrency_buffer\x18\n \x01(\x05H\x00\x88\x01\x01\x12$\n\x17concurrency_buffer_perc\x18\x0b \x01(\x05H\x01\x88\x01\x01\x12"\n\x15scaling_delay_seconds\x18\x0c \x01(\x05H\t\x88\x01\x01\x12\x1d\n\x10environment_name\x18\r \x01(\tH\x02\x88\x01\x01\x12"\n\x15request_start_timeout\x18\x0e \x01(\x05H\x07\x88\x01\x01B\x15\n\x13_concurrency_bufferB\x1a\n\x18_concurrency_buffer_percB\x13\n\x11_environment_nameB\r\n\x0b_keep_aliveB\x12\n\x10_max_concurrencyB\x13\n\x11_max_multiplexingB\x12\n\x10_min_concurrencyB\x18\n\x16_request_start_timeoutB\x12\n\x10_request_timeoutB\x18\n\x16_scaling_delay_secondsB\x12\n\x10_startup_timeout',
    b'"S\n\x17UpdateApplicationResult\x128\n\nalias_info\x18\x01 \x01(\x0b2$.fal._gen.proto.controller.AliasInfo',
    b'"\xa2\x01\n\x0bUserKeyInfo\x12\x0e\n\x06key_id\x18\x01 \x01(\t\x12.\n\ncreated_at\x18\x02 \x01(\x0b2\x1a.google.protobuf.Timestamp\x12D\n\x05scope\x18\x03 \x01(\x0e25.fal._gen.proto.controller.CreateUserKeyRequest.Scope\x12\r\n\x05alias\x18\x04 \x01(\t',
    b'"6\n\x0bVolumeMount\x12\x13\n\x0bvolume_name\x18\x01 \x01(\t\x12\x12\n\nmount_path\x18\x02 \x01(\t',
    b"*:\n\x13ApplicationAuthMode\x12\x0b\n\x07PRIVATE\x10\x00\x12\n\n\x06PUBLIC\x10\x01\x12\n\n\x06SHARED\x10\x02",
    b"*/\n\x12DeploymentStrategy\x12\x0c\n\x08RECREATE\x10\x00\x12\x0b\n\x07ROLLING\x10\x01",
    b"*W\n\x0eRetryCondition\x12\x0b\n\x07TIMEOUT\x10\x00\x12\x10\n\x0cCLIENT_ERROR\x10\x01\x12\x10\n\x0cSERVER_ERROR\x10\x02\x12\x14\n\x10CONNECTION_ERROR\x10\x03",
)

ApplicationAuthMode = EnumTypeWrapper(DESCRIPTOR.enum_types_by_name["ApplicationAuthMode"])
PRIVATE = 0
PUBLIC = 1
SHARED = 2

DeploymentStrategy = EnumTypeWrapper(DESCRIPTOR.enum_types_by_name["DeploymentStrategy"])
RECREATE = 0
ROLLING = 1

RetryCondition = EnumTypeWrapper(DESCRIPTOR.enum_types_by_name["RetryCondition"])
TIMEOUT = 0
CLIENT_ERROR = 1
SERVER_ERROR = 2
CONNECTION_ERROR = 3

AliasInfo = descriptors.message(DESCRIPTOR.message_types_by_name["AliasInfo"], __name__)
ApplicationHealthCheckConfig = descriptors.message(
    DESCRIPTOR.message_types_by_name["ApplicationHealthCheckConfig"], __name__
)
ApplicationInfo = descriptors.message(DESCRIPTOR.message_types_by_name["ApplicationInfo"], __name__)
BuildEnvironmentRequest = descriptors.message(DESCRIPTOR.message_types_by_name["BuildEnvironmentRequest"], __name__)
BuildEnvironmentResult = descriptors.message(DESCRIPTOR.message_types_by_name["BuildEnvironmentResult"], __name__)
CreateEnvironmentRequest = descriptors.message(DESCRIPTOR.message_types_by_name["CreateEnvironmentRequest"], __name__)
CreateEnvironmentResponse = descriptors.message(DESCRIPTOR.message_types_by_name["CreateEnvironmentResponse"], __name__)
CreateUserKeyRequest = descriptors.message(DESCRIPTOR.message_types_by_name["CreateUserKeyRequest"], __name__)
CreateUserKeyResponse = descriptors.message(DESCRIPTOR.message_types_by_name["CreateUserKeyResponse"], __name__)
DeleteAliasRequest = descriptors.message(DESCRIPTOR.message_types_by_name["DeleteAliasRequest"], __name__)
DeleteAliasResult = descriptors.message(DESCRIPTOR.message_types_by_name["DeleteAliasResult"], __name__)
DeleteApplicationRequest = descriptors.message(DESCRIPTOR.message_types_by_name["DeleteApplicationRequest"], __name__)
DeleteApplicationResult = descriptors.message(DESCRIPTOR.message_types_by_name["DeleteApplicationResult"], __name__)
DeleteEnvironmentRequest = descriptors.message(DESCRIPTOR.message_types_by_name["DeleteEnvironmentRequest"], __name__)
DeleteEnvironmentResponse = descriptors.message(DESCRIPTOR.message_types_by_name["DeleteEnvironmentResponse"], __name__)
EnvironmentInfo = descriptors.message(DESCRIPTOR.message_types_by_name["EnvironmentInfo"], __name__)
File = descriptors.message(DESCRIPTOR.message_types_by_name["File"], __name__)
HostedMap = descriptors.message(DESCRIPTOR.message_types_by_name["HostedMap"], __name__)
HostedRun = descriptors.message(DESCRIPTOR.message_types_by_name["HostedRun"], __name__)
HostedRunResult = descriptors.message(DESCRIPTOR.message_types_by_name["HostedRunResult"], __name__)
HostedRunStatus = descriptors.message(DESCRIPTOR.message_types_by_name["HostedRunStatus"], __name__)
InteractiveRunRequest = descriptors.message(DESCRIPTOR.message_types_by_name["InteractiveRunRequest"], __name__)
InteractiveRunResponse = descriptors.message(DESCRIPTOR.message_types_by_name["InteractiveRunResponse"], __name__)
KeyPolicy = descriptors.message(DESCRIPTOR.message_types_by_name["KeyPolicy"], __name__)
KillRunnerRequest = descriptors.message(DESCRIPTOR.message_types_by_name["KillRunnerRequest"], __name__)
KillRunnerResponse = descriptors.message(DESCRIPTOR.message_types_by_name["KillRunnerResponse"], __name__)
ListAliasRunnersRequest = descriptors.message(DESCRIPTOR.message_types_by_name["ListAliasRunnersRequest"], __name__)
ListAliasRunnersResponse = descriptors.message(DESCRIPTOR.message_types_by_name["ListAliasRunnersResponse"], __name__)
ListAliasesRequest = descriptors.message(DESCRIPTOR.message_types_by_name["ListAliasesRequest"], __name__)
ListAliasesResult = descriptors.message(DESCRIPTOR.message_types_by_name["ListAliasesResult"], __name__)
ListApplicationsRequest = descriptors.message(DESCRIPTOR.message_types_by_name["ListApplicationsRequest"], __name__)
ListApplicationsResult = descriptors.message(DESCRIPTOR.message_types_by_name["ListApplicationsResult"], __name__)
ListEnvironmentsRequest = descriptors.message(DESCRIPTOR.message_types_by_name["ListEnvironmentsRequest"], __name__)
ListEnvironmentsResponse = descriptors.message(DESCRIPTOR.message_types_by_name["ListEnvironmentsResponse"], __name__)
ListRunnersRequest = descriptors.message(DESCRIPTOR.message_types_by_name["ListRunnersRequest"], __name__)
ListRunnersResponse = descriptors.message(DESCRIPTOR.message_types_by_name["ListRunnersResponse"], __name__)
ListSecretsRequest = descriptors.message(DESCRIPTOR.message_types_by_name["ListSecretsRequest"], __name__)
ListSecretsResponse = descriptors.message(DESCRIPTOR.message_types_by_name["ListSecretsResponse"], __name__)
ListUserKeysRequest = descriptors.message(DESCRIPTOR.message_types_by_name["ListUserKeysRequest"], __name__)
ListUserKeysResponse = descriptors.message(DESCRIPTOR.message_types_by_name["ListUserKeysResponse"], __name__)
MachineRequirements = descriptors.message(DESCRIPTOR.message_types_by_name["MachineRequirements"], __name__)
RegisterApplicationRequest = descriptors.message(
    DESCRIPTOR.message_types_by_name["RegisterApplicationRequest"], __name__
)
RegisterApplicationResult = descriptors.message(DESCRIPTOR.message_types_by_name["RegisterApplicationResult"], __name__)
RegisterApplicationResultType = descriptors.message(
    DESCRIPTOR.message_types_by_name["RegisterApplicationResultType"], __name__
)
RevokeUserKeyRequest = descriptors.message(DESCRIPTOR.message_types_by_name["RevokeUserKeyRequest"], __name__)
RevokeUserKeyResponse = descriptors.message(DESCRIPTOR.message_types_by_name["RevokeUserKeyResponse"], __name__)
RolloutApplicationRequest = descriptors.message(DESCRIPTOR.message_types_by_name["RolloutApplicationRequest"], __name__)
RolloutApplicationResult = descriptors.message(DESCRIPTOR.message_types_by_name["RolloutApplicationResult"], __name__)
RunnerInfo = descriptors.message(DESCRIPTOR.message_types_by_name["RunnerInfo"], __name__)
Secret = descriptors.message(DESCRIPTOR.message_types_by_name["Secret"], __name__)
SecretsConfig = descriptors.message(DESCRIPTOR.message_types_by_name["SecretsConfig"], __name__)
ServiceURLs = descriptors.message(DESCRIPTOR.message_types_by_name["ServiceURLs"], __name__)
SetAliasRequest = descriptors.message(DESCRIPTOR.message_types_by_name["SetAliasRequest"], __name__)
SetAliasResult = descriptors.message(DESCRIPTOR.message_types_by_name["SetAliasResult"], __name__)
SetSecretRequest = descriptors.message(DESCRIPTOR.message_types_by_name["SetSecretRequest"], __name__)
SetSecretResponse = descriptors.message(DESCRIPTOR.message_types_by_name["SetSecretResponse"], __name__)
ShellRunnerInput = descriptors.message(DESCRIPTOR.message_types_by_name["ShellRunnerInput"], __name__)
ShellRunnerOutput = descriptors.message(DESCRIPTOR.message_types_by_name["ShellRunnerOutput"], __name__)
StopRunnerRequest = descriptors.message(DESCRIPTOR.message_types_by_name["StopRunnerRequest"], __name__)
StopRunnerResponse = descriptors.message(DESCRIPTOR.message_types_by_name["StopRunnerResponse"], __name__)
TerminalSize = descriptors.message(DESCRIPTOR.message_types_by_name["TerminalSize"], __name__)
UpdateApplicationRequest = descriptors.message(DESCRIPTOR.message_types_by_name["UpdateApplicationRequest"], __name__)
UpdateApplicationResult = descriptors.message(DESCRIPTOR.message_types_by_name["UpdateApplicationResult"], __name__)
UserKeyInfo = descriptors.message(DESCRIPTOR.message_types_by_name["UserKeyInfo"], __name__)
VolumeMount = descriptors.message(DESCRIPTOR.message_types_by_name["VolumeMount"], __name__)
