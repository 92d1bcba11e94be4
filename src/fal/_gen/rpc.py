# Generated from spec/; do not edit. Regenerate with: just generate
"""Every RPC, with the path that the wire knows it by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fal._gen import convert, policy
from fal._gen.method import Method
from fal._gen.proto import controller_pb2

if TYPE_CHECKING:
    from fal._gen.models import RunnerInfo

# Build an environment; stream its logs.
BUILD_ENVIRONMENT: Method[controller_pb2.BuildEnvironmentRequest, controller_pb2.BuildEnvironmentResult] = Method(
    name="BuildEnvironment",
    path="/controller.IsolateController/BuildEnvironment",
    types=lambda: (controller_pb2.BuildEnvironmentRequest, controller_pb2.BuildEnvironmentResult),
    client_streaming=False,
    server_streaming=True,
    policy=policy.BUILD_ENVIRONMENT,
)
# Make an environment.
CREATE_ENVIRONMENT: Method[controller_pb2.CreateEnvironmentRequest, controller_pb2.CreateEnvironmentResponse] = Method(
    name="CreateEnvironment",
    path="/controller.IsolateController/CreateEnvironment",
    types=lambda: (controller_pb2.CreateEnvironmentRequest, controller_pb2.CreateEnvironmentResponse),
    client_streaming=False,
    server_streaming=False,
    policy=policy.CREATE_ENVIRONMENT,
)
# Mint an API key.
CREATE_USER_KEY: Method[controller_pb2.CreateUserKeyRequest, controller_pb2.CreateUserKeyResponse] = Method(
    name="CreateUserKey",
    path="/controller.IsolateController/CreateUserKey",
    types=lambda: (controller_pb2.CreateUserKeyRequest, controller_pb2.CreateUserKeyResponse),
    client_streaming=False,
    server_streaming=False,
    policy=policy.CREATE_USER_KEY,
)
# Delete an alias.
DELETE_ALIAS: Method[controller_pb2.DeleteAliasRequest, controller_pb2.DeleteAliasResult] = Method(
    name="DeleteAlias",
    path="/controller.IsolateController/DeleteAlias",
    types=lambda: (controller_pb2.DeleteAliasRequest, controller_pb2.DeleteAliasResult),
    client_streaming=False,
    server_streaming=False,
    policy=policy.DELETE_ALIAS,
)
# Delete a revision.
DELETE_APPLICATION: Method[controller_pb2.DeleteApplicationRequest, controller_pb2.DeleteApplicationResult] = Method(
    name="DeleteApplication",
    path="/controller.IsolateController/DeleteApplication",
    types=lambda: (controller_pb2.DeleteApplicationRequest, controller_pb2.DeleteApplicationResult),
    client_streaming=False,
    server_streaming=False,
    policy=policy.DELETE_APPLICATION,
)
# Delete an environment.
DELETE_ENVIRONMENT: Method[controller_pb2.DeleteEnvironmentRequest, controller_pb2.DeleteEnvironmentResponse] = Method(
    name="DeleteEnvironment",
    path="/controller.IsolateController/DeleteEnvironment",
    types=lambda: (controller_pb2.DeleteEnvironmentRequest, controller_pb2.DeleteEnvironmentResponse),
    client_streaming=False,
    server_streaming=False,
    policy=policy.DELETE_ENVIRONMENT,
)
# As Run, with messages in both directions.
INTERACTIVE_RUN: Method[controller_pb2.InteractiveRunRequest, controller_pb2.InteractiveRunResponse] = Method(
    name="InteractiveRun",
    path="/controller.IsolateController/InteractiveRun",
    types=lambda: (controller_pb2.InteractiveRunRequest, controller_pb2.InteractiveRunResponse),
    client_streaming=True,
    server_streaming=True,
    policy=policy.INTERACTIVE_RUN,
)
# End a runner at once.
KILL_RUNNER: Method[controller_pb2.KillRunnerRequest, controller_pb2.KillRunnerResponse] = Method(
    name="KillRunner",
    path="/controller.IsolateController/KillRunner",
    types=lambda: (controller_pb2.KillRunnerRequest, controller_pb2.KillRunnerResponse),
    client_streaming=False,
    server_streaming=False,
    policy=policy.KILL_RUNNER,
)
# List the runners of one application.
LIST_ALIAS_RUNNERS: Method[controller_pb2.ListAliasRunnersRequest, list[RunnerInfo]] = Method(
    name="ListAliasRunners",
    path="/controller.IsolateController/ListAliasRunners",
    types=lambda: (controller_pb2.ListAliasRunnersRequest, controller_pb2.ListAliasRunnersResponse),
    client_streaming=False,
    server_streaming=False,
    policy=policy.LIST_ALIAS_RUNNERS,
    rows=lambda answer: convert.runner_info_rows(1, answer),
)
# List aliases.
LIST_ALIASES: Method[controller_pb2.ListAliasesRequest, controller_pb2.ListAliasesResult] = Method(
    name="ListAliases",
    path="/controller.IsolateController/ListAliases",
    types=lambda: (controller_pb2.ListAliasesRequest, controller_pb2.ListAliasesResult),
    client_streaming=False,
    server_streaming=False,
    policy=policy.LIST_ALIASES,
)
# List revisions.
LIST_APPLICATIONS: Method[controller_pb2.ListApplicationsRequest, controller_pb2.ListApplicationsResult] = Method(
    name="ListApplications",
    path="/controller.IsolateController/ListApplications",
    types=lambda: (controller_pb2.ListApplicationsRequest, controller_pb2.ListApplicationsResult),
    client_streaming=False,
    server_streaming=False,
    policy=policy.LIST_APPLICATIONS,
)
# List environments.
LIST_ENVIRONMENTS: Method[controller_pb2.ListEnvironmentsRequest, controller_pb2.ListEnvironmentsResponse] = Method(
    name="ListEnvironments",
    path="/controller.IsolateController/ListEnvironments",
    types=lambda: (controller_pb2.ListEnvironmentsRequest, controller_pb2.ListEnvironmentsResponse),
    client_streaming=False,
    server_streaming=False,
    policy=policy.LIST_ENVIRONMENTS,
)
# List all runners.
LIST_RUNNERS: Method[controller_pb2.ListRunnersRequest, list[RunnerInfo]] = Method(
    name="ListRunners",
    path="/controller.IsolateController/ListRunners",
    types=lambda: (controller_pb2.ListRunnersRequest, controller_pb2.ListRunnersResponse),
    client_streaming=False,
    server_streaming=False,
    policy=policy.LIST_RUNNERS,
    rows=lambda answer: convert.runner_info_rows(1, answer),
)
# List secrets.
LIST_SECRETS: Method[controller_pb2.ListSecretsRequest, controller_pb2.ListSecretsResponse] = Method(
    name="ListSecrets",
    path="/controller.IsolateController/ListSecrets",
    types=lambda: (controller_pb2.ListSecretsRequest, controller_pb2.ListSecretsResponse),
    client_streaming=False,
    server_streaming=False,
    policy=policy.LIST_SECRETS,
)
# List API keys.
LIST_USER_KEYS: Method[controller_pb2.ListUserKeysRequest, controller_pb2.ListUserKeysResponse] = Method(
    name="ListUserKeys",
    path="/controller.IsolateController/ListUserKeys",
    types=lambda: (controller_pb2.ListUserKeysRequest, controller_pb2.ListUserKeysResponse),
    client_streaming=False,
    server_streaming=False,
    policy=policy.LIST_USER_KEYS,
)
# Call one callable on many inputs.
MAP: Method[controller_pb2.HostedMap, controller_pb2.HostedRunResult] = Method(
    name="Map",
    path="/controller.IsolateController/Map",
    types=lambda: (controller_pb2.HostedMap, controller_pb2.HostedRunResult),
    client_streaming=False,
    server_streaming=True,
    policy=policy.MAP,
)
# Deploy: make a revision and point its alias at it.
REGISTER_APPLICATION: Method[controller_pb2.RegisterApplicationRequest, controller_pb2.RegisterApplicationResult] = (
    Method(
        name="RegisterApplication",
        path="/controller.IsolateController/RegisterApplication",
        types=lambda: (controller_pb2.RegisterApplicationRequest, controller_pb2.RegisterApplicationResult),
        client_streaming=False,
        server_streaming=True,
        policy=policy.REGISTER_APPLICATION,
    )
)
# Revoke an API key.
REVOKE_USER_KEY: Method[controller_pb2.RevokeUserKeyRequest, controller_pb2.RevokeUserKeyResponse] = Method(
    name="RevokeUserKey",
    path="/controller.IsolateController/RevokeUserKey",
    types=lambda: (controller_pb2.RevokeUserKeyRequest, controller_pb2.RevokeUserKeyResponse),
    client_streaming=False,
    server_streaming=False,
    policy=policy.REVOKE_USER_KEY,
)
# Replace the runners of an application.
ROLLOUT_APPLICATION: Method[controller_pb2.RolloutApplicationRequest, controller_pb2.RolloutApplicationResult] = Method(
    name="RolloutApplication",
    path="/controller.IsolateController/RolloutApplication",
    types=lambda: (controller_pb2.RolloutApplicationRequest, controller_pb2.RolloutApplicationResult),
    client_streaming=False,
    server_streaming=False,
    policy=policy.ROLLOUT_APPLICATION,
)
# Build, start and call a callable once; stream what it says.
RUN: Method[controller_pb2.HostedRun, controller_pb2.HostedRunResult] = Method(
    name="Run",
    path="/controller.IsolateController/Run",
    types=lambda: (controller_pb2.HostedRun, controller_pb2.HostedRunResult),
    client_streaming=False,
    server_streaming=True,
    policy=policy.RUN,
)
# Point an alias at a revision.
SET_ALIAS: Method[controller_pb2.SetAliasRequest, controller_pb2.SetAliasResult] = Method(
    name="SetAlias",
    path="/controller.IsolateController/SetAlias",
    types=lambda: (controller_pb2.SetAliasRequest, controller_pb2.SetAliasResult),
    client_streaming=False,
    server_streaming=False,
    policy=policy.SET_ALIAS,
)
# Set or delete a secret.
SET_SECRET: Method[controller_pb2.SetSecretRequest, controller_pb2.SetSecretResponse] = Method(
    name="SetSecret",
    path="/controller.IsolateController/SetSecret",
    types=lambda: (controller_pb2.SetSecretRequest, controller_pb2.SetSecretResponse),
    client_streaming=False,
    server_streaming=False,
    policy=policy.SET_SECRET,
)
# Open a shell on a runner.
SHELL_RUNNER: Method[controller_pb2.ShellRunnerInput, controller_pb2.ShellRunnerOutput] = Method(
    name="ShellRunner",
    path="/controller.IsolateController/ShellRunner",
    types=lambda: (controller_pb2.ShellRunnerInput, controller_pb2.ShellRunnerOutput),
    client_streaming=True,
    server_streaming=True,
    policy=policy.SHELL_RUNNER,
)
# Stop a runner gracefully.
STOP_RUNNER: Method[controller_pb2.StopRunnerRequest, controller_pb2.StopRunnerResponse] = Method(
    name="StopRunner",
    path="/controller.IsolateController/StopRunner",
    types=lambda: (controller_pb2.StopRunnerRequest, controller_pb2.StopRunnerResponse),
    client_streaming=False,
    server_streaming=False,
    policy=policy.STOP_RUNNER,
)
# Change the scaling of an application.
UPDATE_APPLICATION: Method[controller_pb2.UpdateApplicationRequest, controller_pb2.UpdateApplicationResult] = Method(
    name="UpdateApplication",
    path="/controller.IsolateController/UpdateApplication",
    types=lambda: (controller_pb2.UpdateApplicationRequest, controller_pb2.UpdateApplicationResult),
    client_streaming=False,
    server_streaming=False,
    policy=policy.UPDATE_APPLICATION,
)

METHODS: dict[str, Method[Any, Any]] = {
    "BuildEnvironment": BUILD_ENVIRONMENT,
    "CreateEnvironment": CREATE_ENVIRONMENT,
    "CreateUserKey": CREATE_USER_KEY,
    "DeleteAlias": DELETE_ALIAS,
    "DeleteApplication": DELETE_APPLICATION,
    "DeleteEnvironment": DELETE_ENVIRONMENT,
    "InteractiveRun": INTERACTIVE_RUN,
    "KillRunner": KILL_RUNNER,
    "ListAliasRunners": LIST_ALIAS_RUNNERS,
    "ListAliases": LIST_ALIASES,
    "ListApplications": LIST_APPLICATIONS,
    "ListEnvironments": LIST_ENVIRONMENTS,
    "ListRunners": LIST_RUNNERS,
    "ListSecrets": LIST_SECRETS,
    "ListUserKeys": LIST_USER_KEYS,
    "Map": MAP,
    "RegisterApplication": REGISTER_APPLICATION,
    "RevokeUserKey": REVOKE_USER_KEY,
    "RolloutApplication": ROLLOUT_APPLICATION,
    "Run": RUN,
    "SetAlias": SET_ALIAS,
    "SetSecret": SET_SECRET,
    "ShellRunner": SHELL_RUNNER,
    "StopRunner": STOP_RUNNER,
    "UpdateApplication": UPDATE_APPLICATION,
}
