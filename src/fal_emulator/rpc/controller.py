"""The gRPC service of the control plane."""

# ruff: noqa: ARG002 - gRPC decides the signatures

from __future__ import annotations

from typing import TYPE_CHECKING

from fal._gen.proto import controller_pb2 as pb
from fal._gen.servicer import IsolateControllerServicer

from ..model import checks
from ..model.faults import invalid, not_found
from . import messages
from .shell import shell_runner
from .streams import build_environment, interactive_run, map_inputs, register_application, run
from .wire import enum_name, moment, set_fields

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import grpc

    from ..engine.engine import Engine
    from ..model.records import Alias, RunnerRecord
    from ..state.keyring import Keyring
    from ..state.store import Store
    from .deployment import Deployment

_PENDING = frozenset({"PENDING", "DOCKER_PULL", "SETUP"})
_SCOPES = {pb.CreateUserKeyRequest.ADMIN: "FULL", pb.CreateUserKeyRequest.API: "API"}


class Controller(IsolateControllerServicer):
    """Answers every RPC of one account. The interceptor decides who may call it.

    Args:
        store: The state.
        engine: Runs the apps.
        keyring: The keys and their permissions.
        deployment: Builds and rolls out apps.
    """

    def __init__(self, store: Store, engine: Engine, keyring: Keyring, deployment: Deployment) -> None:
        self._store = store
        self._engine = engine
        self._keyring = keyring
        self._deployment = deployment
        self._owner = store.account.nickname

    # keys

    def CreateUserKey(
        self, request: pb.CreateUserKeyRequest, context: grpc.ServicerContext
    ) -> pb.CreateUserKeyResponse:
        """Mint an API key that may do no more than the one it is asked for with."""
        given = [name for name in ("policy_preset", "policy", "scope") if request.HasField(name)]  # type: ignore[arg-type,unused-ignore]
        if len(given) != 1:
            what = "none was" if not given else f"{' and '.join(given)} were"
            raise invalid("policy_preset", f"exactly one of policy_preset, policy and scope is needed; {what} given")
        preset = request.policy_preset if given == ["policy_preset"] else None
        if given == ["scope"]:
            if request.scope not in _SCOPES:
                raise invalid("scope", f"{request.scope} is neither ADMIN nor API")
            preset = _SCOPES[request.scope]
        minter = self._keyring.from_metadata(context.invocation_metadata())
        key_id, secret = self._keyring.mint(request.alias, preset, request.policy.permissions, minter=minter)
        return pb.CreateUserKeyResponse(key_secret=secret, key_id=key_id)

    def ListUserKeys(self, request: pb.ListUserKeysRequest, context: grpc.ServicerContext) -> pb.ListUserKeysResponse:
        """List API keys."""
        return pb.ListUserKeysResponse(user_keys=map(messages.user_key, self._store.keys(self._owner)))

    def RevokeUserKey(
        self, request: pb.RevokeUserKeyRequest, context: grpc.ServicerContext
    ) -> pb.RevokeUserKeyResponse:
        """Revoke an API key, at once."""
        self._store.revoke_key(self._owner, checks.identifier("key_id", request.key_id))
        return pb.RevokeUserKeyResponse()

    # environments

    def ListEnvironments(
        self, request: pb.ListEnvironmentsRequest, context: grpc.ServicerContext
    ) -> pb.ListEnvironmentsResponse:
        """List environments."""
        environments = self._store.environments(self._owner)
        return pb.ListEnvironmentsResponse(environments=map(messages.environment, environments))

    def CreateEnvironment(
        self, request: pb.CreateEnvironmentRequest, context: grpc.ServicerContext
    ) -> pb.CreateEnvironmentResponse:
        """Create an environment."""
        name = checks.environment_name("name", request.name)
        description = request.description if request.HasField("description") else None
        made = self._store.add_environment(self._owner, name, description)
        return pb.CreateEnvironmentResponse(environment=messages.environment(made))

    def DeleteEnvironment(
        self, request: pb.DeleteEnvironmentRequest, context: grpc.ServicerContext
    ) -> pb.DeleteEnvironmentResponse:
        """Delete an environment with its apps and secrets."""
        for alias in self._store.delete_environment(self._owner, checks.identifier("name", request.name)):
            self._engine.apply(self._owner, alias)
        return pb.DeleteEnvironmentResponse()

    # secrets

    def SetSecret(self, request: pb.SetSecretRequest, context: grpc.ServicerContext) -> pb.SetSecretResponse:
        """Set a secret, or delete it when no value is given."""
        name = checks.secret_name("name", request.name)
        environment = _environment(request) or "main"
        if request.HasField("value"):
            exposed = request.default_exposed if request.HasField("default_exposed") else None
            value = checks.secret_value("value", request.value)
            self._store.set_secret(self._owner, environment, name, value, exposed)
        else:
            self._store.delete_secret(self._owner, environment, name)
        return pb.SetSecretResponse()

    def ListSecrets(self, request: pb.ListSecretsRequest, context: grpc.ServicerContext) -> pb.ListSecretsResponse:
        """List secrets, without their values."""
        secrets = self._store.secrets(self._owner, _environment(request))
        return pb.ListSecretsResponse(secrets=map(messages.secret, secrets))

    # apps

    def ListAliases(self, request: pb.ListAliasesRequest, context: grpc.ServicerContext) -> pb.ListAliasesResult:
        """List deployed apps."""
        aliases = [a for a in self._store.aliases(self._owner, _environment(request)) if not a.ephemeral]
        runners = self._live_runners()
        return pb.ListAliasesResult(aliases=[self._alias(alias, runners) for alias in aliases])

    def SetAlias(self, request: pb.SetAliasRequest, context: grpc.ServicerContext) -> pb.SetAliasResult:
        """Point an alias at a revision."""
        name, environment = self._name("alias", request.alias, request)
        revision = self._store.revision(checks.identifier("revision", request.revision))
        if revision is None or revision.owner != self._owner:
            raise not_found("revision", request.revision)
        alias = self._deployment.point(
            name,
            environment,
            revision,
            auth_mode=enum_name(pb.ApplicationAuthMode, "auth_mode", request),
            strategy=enum_name(pb.DeploymentStrategy, "deployment_strategy", request),
        )
        self._engine.apply(self._owner, name)
        return pb.SetAliasResult(alias_info=self._alias(alias))

    def DeleteAlias(self, request: pb.DeleteAliasRequest, context: grpc.ServicerContext) -> pb.DeleteAliasResult:
        """Delete an alias; its runners stop, its revisions stay."""
        name, _ = self._name("alias", request.alias, request)
        revision = self._store.delete_alias(self._owner, name)
        self._engine.apply(self._owner, name)
        return pb.DeleteAliasResult(revision=revision)

    def UpdateApplication(
        self, request: pb.UpdateApplicationRequest, context: grpc.ServicerContext
    ) -> pb.UpdateApplicationResult:
        """Change the scaling of an app: only the fields that were sent."""
        name, _ = self._name("application_name", request.application_name, request)
        changes = checks.scaling(set_fields(request))
        before = self._existing(name)
        alias = self._store.update_alias(self._owner, name, checks.check_concurrency, changes)
        self._store.activity.note(
            name,
            "config_changed",
            old_config={field: before.scaling.get(field) for field in changes},
            new_config={field: alias.scaling[field] for field in changes},
        )
        self._engine.apply(self._owner, name)
        return pb.UpdateApplicationResult(alias_info=self._alias(alias))

    def RolloutApplication(
        self, request: pb.RolloutApplicationRequest, context: grpc.ServicerContext
    ) -> pb.RolloutApplicationResult:
        """Begin to replace the runners of an app."""
        name, _ = self._name("application_name", request.application_name, request)
        self._existing(name)
        self._engine.rollout(self._owner, name, request.force)
        return pb.RolloutApplicationResult()

    def ListApplications(
        self, request: pb.ListApplicationsRequest, context: grpc.ServicerContext
    ) -> pb.ListApplicationsResult:
        """List revisions, of one app when it is named."""
        name, environment = None, _environment(request)
        if request.HasField("application_name"):
            name, environment = self._name("application_name", request.application_name, request)
        revisions = self._store.revisions(self._owner, name, environment)
        runners = self._live_runners()
        return pb.ListApplicationsResult(
            applications=[
                messages.application(
                    revision,
                    checks.deployed_scaling(checks.scaling(revision.machine), None, reset=True),
                    active_runners=sum(runner.revision == revision.application_id for runner in runners),
                )
                for revision in revisions
            ]
        )

    def DeleteApplication(
        self, request: pb.DeleteApplicationRequest, context: grpc.ServicerContext
    ) -> pb.DeleteApplicationResult:
        """Delete a revision that no alias points at."""
        self._store.delete_revision(self._owner, checks.identifier("application_id", request.application_id))
        return pb.DeleteApplicationResult()

    # runners

    def ListAliasRunners(
        self, request: pb.ListAliasRunnersRequest, context: grpc.ServicerContext
    ) -> pb.ListAliasRunnersResponse:
        """List the runners of one app."""
        name, _ = self._name("alias", request.alias, request)
        self._existing(name)
        runners = _selected(self._engine.runners(self._owner, name), request)
        return pb.ListAliasRunnersResponse(runners=map(messages.runner, runners))

    def ListRunners(self, request: pb.ListRunnersRequest, context: grpc.ServicerContext) -> pb.ListRunnersResponse:
        """List the runners of all apps."""
        runners = _selected(self._engine.runners(self._owner), request)
        return pb.ListRunnersResponse(runners=map(messages.runner, runners))

    def StopRunner(self, request: pb.StopRunnerRequest, context: grpc.ServicerContext) -> pb.StopRunnerResponse:
        """Stop a runner after it has finished what it is doing."""
        runner_id = checks.identifier("runner_id", request.runner_id)
        self._engine.stop(self._owner, runner_id, request.replace_first)
        return pb.StopRunnerResponse()

    def KillRunner(self, request: pb.KillRunnerRequest, context: grpc.ServicerContext) -> pb.KillRunnerResponse:
        """End a runner at once."""
        runner_id = checks.identifier("runner_id", request.runner_id)
        self._engine.kill(self._owner, runner_id)
        return pb.KillRunnerResponse()

    def ShellRunner(
        self, request: Iterator[pb.ShellRunnerInput], context: grpc.ServicerContext
    ) -> Iterator[pb.ShellRunnerOutput]:
        """Talk to a program on a runner."""
        return shell_runner(self._engine, self._owner, request, context)

    # streams

    def BuildEnvironment(
        self, request: pb.BuildEnvironmentRequest, context: grpc.ServicerContext
    ) -> Iterator[pb.BuildEnvironmentResult]:
        """Build an environment; stream its logs."""
        return build_environment(self._deployment, request)

    def RegisterApplication(
        self, request: pb.RegisterApplicationRequest, context: grpc.ServicerContext
    ) -> Iterator[pb.RegisterApplicationResult]:
        """Deploy; stream the logs of the build and of the first runners, then the result."""
        return register_application(self._deployment, request)

    def Run(self, request: pb.HostedRun, context: grpc.ServicerContext) -> Iterator[pb.HostedRunResult]:
        """Call a function once, or serve an app for as long as the caller listens."""
        return run(self._deployment, request, context)

    def InteractiveRun(
        self, request: Iterator[pb.InteractiveRunRequest], context: grpc.ServicerContext
    ) -> Iterator[pb.InteractiveRunResponse]:
        """Run one thing after another, as they come."""
        return interactive_run(self._deployment, request, context)

    def Map(self, request: pb.HostedMap, context: grpc.ServicerContext) -> Iterator[pb.HostedRunResult]:
        """Call a function once for each input."""
        return map_inputs(self._deployment, request, context)

    # inside

    def _name(self, field: str, name: str, request: _Named) -> tuple[str, str]:
        full, environment = checks.app_name(field, name, _environment(request))
        self._store.require_environment(self._owner, environment)
        return full, environment

    def _existing(self, name: str) -> Alias:
        alias = self._store.alias(self._owner, name)
        if alias is None:
            raise not_found("app", name)
        return alias

    def _live_runners(self) -> list[RunnerRecord]:
        return [runner for runner in self._engine.runners(self._owner) if runner.ended_at is None]

    def _alias(self, alias: Alias, runners: Iterable[RunnerRecord] | None = None) -> pb.AliasInfo:
        live = self._live_runners() if runners is None else runners
        return messages.alias(
            alias,
            active_runners=sum(runner.alias == alias.alias for runner in live),
            is_rolling=self._engine.is_rolling(self._owner, alias.alias),
        )


if TYPE_CHECKING:
    _Named = (
        pb.SetSecretRequest
        | pb.ListSecretsRequest
        | pb.ListAliasesRequest
        | pb.SetAliasRequest
        | pb.DeleteAliasRequest
        | pb.UpdateApplicationRequest
        | pb.RolloutApplicationRequest
        | pb.ListApplicationsRequest
        | pb.ListAliasRunnersRequest
    )


def _environment(request: _Named) -> str | None:
    if not request.HasField("environment_name"):
        return None
    return checks.environment_name("environment_name", request.environment_name)


def _selected(
    runners: list[RunnerRecord], request: pb.ListRunnersRequest | pb.ListAliasRunnersRequest
) -> list[RunnerRecord]:
    """Leave out pending runners unless asked for, and what ended unless asked since when."""
    if not request.HasField("start_time"):
        runners = [runner for runner in runners if runner.ended_at is None]
    else:
        since = moment("start_time", request.start_time)
        runners = [runner for runner in runners if (runner.started_at or runner.created_at) >= since]
    if not request.list_pending:
        runners = [runner for runner in runners if runner.state not in _PENDING]
    return runners
