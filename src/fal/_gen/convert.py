# Generated from spec/; do not edit. Regenerate with: just generate
"""Messages to models, and arguments to messages. None stays unset; a message's own zero stays zero."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fal._gen.builders.application_health_check_config import application_health_check_config
    from fal._gen.builders.build_environment_request import build_environment_request
    from fal._gen.builders.create_environment_request import create_environment_request
    from fal._gen.builders.create_user_key_request import create_user_key_request
    from fal._gen.builders.delete_alias_request import delete_alias_request
    from fal._gen.builders.delete_application_request import delete_application_request
    from fal._gen.builders.delete_environment_request import delete_environment_request
    from fal._gen.builders.environment_definition import environment_definition
    from fal._gen.builders.file import file
    from fal._gen.builders.hosted_run import hosted_run
    from fal._gen.builders.key_policy import key_policy
    from fal._gen.builders.kill_runner_request import kill_runner_request
    from fal._gen.builders.list_alias_runners_request import list_alias_runners_request
    from fal._gen.builders.list_aliases_request import list_aliases_request
    from fal._gen.builders.list_applications_request import list_applications_request
    from fal._gen.builders.list_environments_request import list_environments_request
    from fal._gen.builders.list_runners_request import list_runners_request
    from fal._gen.builders.list_secrets_request import list_secrets_request
    from fal._gen.builders.list_user_keys_request import list_user_keys_request
    from fal._gen.builders.machine_requirements import machine_requirements
    from fal._gen.builders.register_application_request import register_application_request
    from fal._gen.builders.revoke_user_key_request import revoke_user_key_request
    from fal._gen.builders.rollout_application_request import rollout_application_request
    from fal._gen.builders.secrets_config import secrets_config
    from fal._gen.builders.serialized_object import serialized_object
    from fal._gen.builders.set_alias_request import set_alias_request
    from fal._gen.builders.set_secret_request import set_secret_request
    from fal._gen.builders.shell_runner_input import shell_runner_input
    from fal._gen.builders.stop_runner_request import stop_runner_request
    from fal._gen.builders.terminal_size import terminal_size
    from fal._gen.builders.update_application_request import update_application_request
    from fal._gen.builders.volume_mount import volume_mount
    from fal._gen.readers.alias_info import alias_info
    from fal._gen.readers.application_info import application_info
    from fal._gen.readers.build_environment_result import build_environment_result
    from fal._gen.readers.environment_info import environment_info
    from fal._gen.readers.hosted_run_result import hosted_run_result
    from fal._gen.readers.hosted_run_status import hosted_run_status
    from fal._gen.readers.log import log
    from fal._gen.readers.register_application_result import register_application_result
    from fal._gen.readers.register_application_result_type import register_application_result_type
    from fal._gen.readers.runner_info import runner_info, runner_info_rows
    from fal._gen.readers.serverless_secret import serverless_secret
    from fal._gen.readers.service_urls import service_urls
    from fal._gen.readers.user_key_info import user_key_info

__all__ = [
    "application_health_check_config",
    "build_environment_request",
    "create_environment_request",
    "create_user_key_request",
    "delete_alias_request",
    "delete_application_request",
    "delete_environment_request",
    "environment_definition",
    "file",
    "hosted_run",
    "key_policy",
    "kill_runner_request",
    "list_alias_runners_request",
    "list_aliases_request",
    "list_applications_request",
    "list_environments_request",
    "list_runners_request",
    "list_secrets_request",
    "list_user_keys_request",
    "machine_requirements",
    "register_application_request",
    "revoke_user_key_request",
    "rollout_application_request",
    "secrets_config",
    "serialized_object",
    "set_alias_request",
    "set_secret_request",
    "shell_runner_input",
    "stop_runner_request",
    "terminal_size",
    "update_application_request",
    "volume_mount",
    "alias_info",
    "application_info",
    "build_environment_result",
    "environment_info",
    "hosted_run_result",
    "hosted_run_status",
    "log",
    "register_application_result",
    "register_application_result_type",
    "runner_info",
    "runner_info_rows",
    "serverless_secret",
    "service_urls",
    "user_key_info",
]

_MODULES: dict[str, str] = {
    "application_health_check_config": "builders.application_health_check_config",
    "build_environment_request": "builders.build_environment_request",
    "create_environment_request": "builders.create_environment_request",
    "create_user_key_request": "builders.create_user_key_request",
    "delete_alias_request": "builders.delete_alias_request",
    "delete_application_request": "builders.delete_application_request",
    "delete_environment_request": "builders.delete_environment_request",
    "environment_definition": "builders.environment_definition",
    "file": "builders.file",
    "hosted_run": "builders.hosted_run",
    "key_policy": "builders.key_policy",
    "kill_runner_request": "builders.kill_runner_request",
    "list_alias_runners_request": "builders.list_alias_runners_request",
    "list_aliases_request": "builders.list_aliases_request",
    "list_applications_request": "builders.list_applications_request",
    "list_environments_request": "builders.list_environments_request",
    "list_runners_request": "builders.list_runners_request",
    "list_secrets_request": "builders.list_secrets_request",
    "list_user_keys_request": "builders.list_user_keys_request",
    "machine_requirements": "builders.machine_requirements",
    "register_application_request": "builders.register_application_request",
    "revoke_user_key_request": "builders.revoke_user_key_request",
    "rollout_application_request": "builders.rollout_application_request",
    "secrets_config": "builders.secrets_config",
    "serialized_object": "builders.serialized_object",
    "set_alias_request": "builders.set_alias_request",
    "set_secret_request": "builders.set_secret_request",
    "shell_runner_input": "builders.shell_runner_input",
    "stop_runner_request": "builders.stop_runner_request",
    "terminal_size": "builders.terminal_size",
    "update_application_request": "builders.update_application_request",
    "volume_mount": "builders.volume_mount",
    "alias_info": "readers.alias_info",
    "application_info": "readers.application_info",
    "build_environment_result": "readers.build_environment_result",
    "environment_info": "readers.environment_info",
    "hosted_run_result": "readers.hosted_run_result",
    "hosted_run_status": "readers.hosted_run_status",
    "log": "readers.log",
    "register_application_result": "readers.register_application_result",
    "register_application_result_type": "readers.register_application_result_type",
    "runner_info": "readers.runner_info",
    "runner_info_rows": "readers.runner_info",
    "serverless_secret": "readers.serverless_secret",
    "service_urls": "readers.service_urls",
    "user_key_info": "readers.user_key_info",
}

# Hidden from type checkers, so that a misspelt name is an error to them.
if not TYPE_CHECKING:

    def __getattr__(name):
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(importlib.import_module(f"{__package__}.{_MODULES[name]}"), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted(__all__)
