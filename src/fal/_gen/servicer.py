# Generated from spec/; do not edit. Regenerate with: just generate
"""The server's side: a class to derive from, and how to put it on a gRPC server."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NoReturn

import grpc

from fal._gen import rpc
from fal._gen.method import Method
from fal._gen.proto import controller_pb2


def _unimplemented(name: str, context: grpc.ServicerContext) -> NoReturn:
    context.abort(grpc.StatusCode.UNIMPLEMENTED, f"{name} is not implemented by this server")
    raise AssertionError("abort raises")


class IsolateControllerServicer:
    """Derive from this class and override what the server does; the rest answers UNIMPLEMENTED and says so."""

    def BuildEnvironment(
        self,
        request: controller_pb2.BuildEnvironmentRequest,
        context: grpc.ServicerContext,
    ) -> Iterator[controller_pb2.BuildEnvironmentResult]:
        """Build an environment; stream its logs."""
        _unimplemented("BuildEnvironment", context)

    def CreateEnvironment(
        self,
        request: controller_pb2.CreateEnvironmentRequest,
        context: grpc.ServicerContext,
    ) -> controller_pb2.CreateEnvironmentResponse:
        """Make an environment."""
        _unimplemented("CreateEnvironment", context)

    def CreateUserKey(
        self,
        request: controller_pb2.CreateUserKeyRequest,
        context: grpc.ServicerContext,
    ) -> controller_pb2.CreateUserKeyResponse:
        """Mint an API key."""
        _unimplemented("CreateUserKey", context)

    def DeleteAlias(
        self,
        request: controller_pb2.DeleteAliasRequest,
        context: grpc.ServicerContext,
    ) -> controller_pb2.DeleteAliasResult:
        """Delete an alias."""
        _unimplemented("DeleteAlias", context)

    def DeleteApplication(
        self,
        request: controller_pb2.DeleteApplicationRequest,
        context: grpc.ServicerContext,
    ) -> controller_pb2.DeleteApplicationResult:
        """Delete a revision."""
        _unimplemented("DeleteApplication", context)

    def DeleteEnvironment(
        self,
        request: controller_pb2.DeleteEnvironmentRequest,
        context: grpc.ServicerContext,
    ) -> controller_pb2.DeleteEnvironmentResponse:
        """Delete an environment."""
        _unimplemented("DeleteEnvironment", context)

    def InteractiveRun(
        self,
        request: Iterator[controller_pb2.InteractiveRunRequest],
        context: grpc.ServicerContext,
    ) -> Iterator[controller_pb2.InteractiveRunResponse]:
        """As Run, with messages in both directions."""
        _unimplemented("InteractiveRun", context)

    def KillRunner(
        self,
        request: controller_pb2.KillRunnerRequest,
        context: grpc.ServicerContext,
    ) -> controller_pb2.KillRunnerResponse:
        """End a runner at once."""
        _unimplemented("KillRunner", context)

    def ListAliasRunners(
        self,
        request: controller_pb2.ListAliasRunnersRequest,
        context: grpc.ServicerContext,
    ) -> controller_pb2.ListAliasRunnersResponse:
        """List the runners of one application."""
        _unimplemented("ListAliasRunners", context)

    def ListAliases(
        self,
        request: controller_pb2.ListAliasesRequest,
        context: grpc.ServicerContext,
    ) -> controller_pb2.ListAliasesResult:
        """List aliases."""
        _unimplemented("ListAliases", context)

    def ListApplications(
        self,
        request: controller_pb2.ListApplicationsRequest,
        context: grpc.ServicerContext,
    ) -> controller_pb2.ListApplicationsResult:
        """List revisions."""
        _unimplemented("ListApplications", context)

    def ListEnvironments(
        self,
        request: controller_pb2.ListEnvironmentsRequest,
        context: grpc.ServicerContext,
    ) -> controller_pb2.ListEnvironmentsResponse:
        """List environments."""
        _unimplemented("ListEnvironments", context)

    def ListRunners(
        self,
        request: controller_pb2.ListRunnersRequest,
        context: grpc.ServicerContext,
    ) -> controller_pb2.ListRunnersResponse:
        """List all runners."""
        _unimplemented("ListRunners", context)

    def ListSecrets(
        self,
        request: controller_pb2.ListSecretsRequest,
        context: grpc.ServicerContext,
    ) -> controller_pb2.ListSecretsResponse:
        """List secrets."""
        _unimplemented("ListSecrets", context)

    def ListUserKeys(
        self,
        request: controller_pb2.ListUserKeysRequest,
        context: grpc.ServicerContext,
    ) -> controller_pb2.ListUserKeysResponse:
        """List API keys."""
        _unimplemented("ListUserKeys", context)

    def Map(
        self,
        request: controller_pb2.HostedMap,
        context: grpc.ServicerContext,
    ) -> Iterator[controller_pb2.HostedRunResult]:
        """Call one callable on many inputs."""
        _unimplemented("Map", context)

    def RegisterApplication(
        self,
        request: controller_pb2.RegisterApplicationRequest,
        context: grpc.ServicerContext,
    ) -> Iterator[controller_pb2.RegisterApplicationResult]:
        """Deploy: make a revision and point its alias at it."""
        _unimplemented("RegisterApplication", context)

    def RevokeUserKey(
        self,
        request: controller_pb2.RevokeUserKeyRequest,
        context: grpc.ServicerContext,
    ) -> controller_pb2.RevokeUserKeyResponse:
        """Revoke an API key."""
        _unimplemented("RevokeUserKey", context)

    def RolloutApplication(
        self,
        request: controller_pb2.RolloutApplicationRequest,
        context: grpc.ServicerContext,
    ) -> controller_pb2.RolloutApplicationResult:
        """Replace the runners of an application."""
        _unimplemented("RolloutApplication", context)

    def Run(
        self,
        request: controller_pb2.HostedRun,
        context: grpc.ServicerContext,
    ) -> Iterator[controller_pb2.HostedRunResult]:
        """Build, start and call a callable once; stream what it says."""
        _unimplemented("Run", context)

    def SetAlias(
        self,
        request: controller_pb2.SetAliasRequest,
        context: grpc.ServicerContext,
    ) -> controller_pb2.SetAliasResult:
        """Point an alias at a revision."""
        _unimplemented("SetAlias", context)

    def SetSecret(
        self,
        request: controller_pb2.SetSecretRequest,
        context: grpc.ServicerContext,
    ) -> controller_pb2.SetSecretResponse:
        """Set or delete a secret."""
        _unimplemented("SetSecret", context)

    def ShellRunner(
        self,
        request: Iterator[controller_pb2.ShellRunnerInput],
        context: grpc.ServicerContext,
    ) -> Iterator[controller_pb2.ShellRunnerOutput]:
        """Open a shell on a runner."""
        _unimplemented("ShellRunner", context)

    def StopRunner(
        self,
        request: controller_pb2.StopRunnerRequest,
        context: grpc.ServicerContext,
    ) -> controller_pb2.StopRunnerResponse:
        """Stop a runner gracefully."""
        _unimplemented("StopRunner", context)

    def UpdateApplication(
        self,
        request: controller_pb2.UpdateApplicationRequest,
        context: grpc.ServicerContext,
    ) -> controller_pb2.UpdateApplicationResult:
        """Change the scaling of an application."""
        _unimplemented("UpdateApplication", context)


_METHODS: dict[type[Any], dict[str, Method[Any, Any]]] = {
    IsolateControllerServicer: {
        "BuildEnvironment": rpc.BUILD_ENVIRONMENT,
        "CreateEnvironment": rpc.CREATE_ENVIRONMENT,
        "CreateUserKey": rpc.CREATE_USER_KEY,
        "DeleteAlias": rpc.DELETE_ALIAS,
        "DeleteApplication": rpc.DELETE_APPLICATION,
        "DeleteEnvironment": rpc.DELETE_ENVIRONMENT,
        "InteractiveRun": rpc.INTERACTIVE_RUN,
        "KillRunner": rpc.KILL_RUNNER,
        "ListAliasRunners": rpc.LIST_ALIAS_RUNNERS,
        "ListAliases": rpc.LIST_ALIASES,
        "ListApplications": rpc.LIST_APPLICATIONS,
        "ListEnvironments": rpc.LIST_ENVIRONMENTS,
        "ListRunners": rpc.LIST_RUNNERS,
        "ListSecrets": rpc.LIST_SECRETS,
        "ListUserKeys": rpc.LIST_USER_KEYS,
        "Map": rpc.MAP,
        "RegisterApplication": rpc.REGISTER_APPLICATION,
        "RevokeUserKey": rpc.REVOKE_USER_KEY,
        "RolloutApplication": rpc.ROLLOUT_APPLICATION,
        "Run": rpc.RUN,
        "SetAlias": rpc.SET_ALIAS,
        "SetSecret": rpc.SET_SECRET,
        "ShellRunner": rpc.SHELL_RUNNER,
        "StopRunner": rpc.STOP_RUNNER,
        "UpdateApplication": rpc.UPDATE_APPLICATION,
    },
}


def add_to_server(servicer: IsolateControllerServicer, server: grpc.Server) -> None:
    """Make `server` answer every RPC of a service with the method of that name of `servicer`."""
    for kind, methods in _METHODS.items():
        if isinstance(servicer, kind):
            _add(servicer, methods, server)


def _add(servicer: object, methods: dict[str, Method[Any, Any]], server: grpc.Server) -> None:
    handlers: dict[str, dict[str, Any]] = {}
    for python, method in methods.items():
        make = {
            (False, False): grpc.unary_unary_rpc_method_handler,
            (False, True): grpc.unary_stream_rpc_method_handler,
            (True, False): grpc.stream_unary_rpc_method_handler,
            (True, True): grpc.stream_stream_rpc_method_handler,
        }[method.client_streaming, method.server_streaming]
        _, service, name = method.path.split("/")
        handlers.setdefault(service, {})[name] = make(
            getattr(servicer, python),
            request_deserializer=method.request.FromString,
            response_serializer=method.response.SerializeToString,
        )
    for service, by_name in handlers.items():
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, by_name),))
