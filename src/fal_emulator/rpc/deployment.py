"""Deployments: build the environment, roll out the revision, and point the alias at it."""

from __future__ import annotations

import contextlib
import sqlite3
import uuid
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from fal._gen.proto import common_pb2
from fal._gen.proto import controller_pb2 as pb

from ..engine.errors import BuildError
from ..model import checks
from ..model.faults import Fault, invalid
from ..model.records import Alias
from . import messages, requests
from .threads import in_thread
from .wire import enum_name

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from concurrent.futures import Future

    from ..engine.engine import Engine
    from ..model.addresses import Addresses
    from ..model.records import Revision
    from ..state.store import Store

    OnLog = Callable[[common_pb2.Log], None]
    Deploy = Callable[[OnLog], tuple[Revision, pb.ServiceURLs]]


class Deployment:
    """Builds environments and rolls out revisions.

    Args:
        store: The state.
        engine: Runs the apps.
        addresses: The addresses of the control plane.
    """

    def __init__(self, store: Store, engine: Engine, addresses: Addresses) -> None:
        self.store = store
        self.engine = engine
        self.owner = store.account.nickname
        self._addresses = addresses

    def named(self, request: pb.BuildEnvironmentRequest | pb.HostedRun, default: str) -> tuple[str, str]:
        """Return the full name and the environment of what is built or run, which need not have a name.

        Raises:
            Fault: The name is not possible, or its environment does not exist.
        """
        given = request.application_name if request.HasField("application_name") else default
        environment = request.environment_name if request.HasField("environment_name") else None
        name, environment = checks.app_name("application_name", given, environment)
        self.store.require_environment(self.owner, environment)
        return name, environment

    def log(self, app: str, revision: str | None, line: str, level: str, *, source: str) -> common_pb2.Log:
        """Store a line of a build or a run, and return it for the stream."""
        moment = datetime.now(UTC)
        self.store.append_log(
            owner=self.owner, app=app, revision=revision, runner_id=None,
            level=level, source=source, message=line, timestamp=moment,
        )  # fmt: skip
        return messages.log(line, level, source, moment)

    def build(
        self,
        app: str,
        definition: Mapping[str, Any],
        on_log: OnLog,
        revision: str | None = None,
        files: Sequence[tuple[str, str]] = (),
    ) -> str:
        """Build an environment and return its id; blocks.

        Raises:
            BuildError: It cannot be built.
        """

        def report(line: str, level: str) -> None:
            on_log(self.log(app, revision, line, level, source="BUILDER"))

        try:
            return self.engine.build(definition, report, force=bool(definition.get("force")), files=files)
        except BuildError as error:
            if revision is None:  # there is no deploy yet that would tell
                self._note(app, "deployment_failed", str(uuid.uuid4()), reason=str(error))
            raise

    def prepare(self, request: pb.RegisterApplicationRequest) -> Deploy:
        """Check a request to register, before anything is done; return what does it.

        Raises:
            Fault: A value is not possible.
        """
        environment = request.environment_name if request.HasField("environment_name") else None
        name, environment = checks.app_name("application_name", request.application_name, environment)
        self.store.require_environment(self.owner, environment)
        revision = requests.revision(request, self.owner, name, environment, self.store.blob_path)
        auth_mode = enum_name(pb.ApplicationAuthMode, "auth_mode", request)
        strategy = enum_name(pb.DeploymentStrategy, "deployment_strategy", request) or "rolling"
        attached = request.attach_to_deployment if request.HasField("attach_to_deployment") else None
        if attached and strategy != "rolling":
            raise invalid("attach_to_deployment", "only a rolling deployment can be followed")
        detached = attached is False and strategy == "rolling"
        scaling = checks.scaling(revision.machine, "machine_requirements.")
        builds = request.build_environment or not request.HasField("build_environment")
        reset = request.scale

        def change(before: Alias | None) -> Alias:
            return Alias(
                owner=self.owner,
                alias=name,
                environment_name=environment,
                revision=revision.application_id,
                auth_mode=auth_mode or (before.auth_mode if before is not None else "private"),
                deployment_strategy=strategy,
                scaling=checks.deployed_scaling(scaling, before, reset=reset),
            )

        change(self.store.alias(self.owner, name))  # what it will refuse, it refuses before anything is built

        def deploy(on_log: OnLog) -> tuple[Revision, pb.ServiceURLs]:
            self._note(name, "deployment_started", revision.application_id, message=revision.metadata.get("message"))
            try:
                result = carry_out(on_log)
            except Exception as error:
                self._note(name, "deployment_failed", revision.application_id, reason=str(error))
                raise
            self._note(name, "deployment_ended", revision.application_id)
            return result

        def carry_out(on_log: OnLog) -> tuple[Revision, pb.ServiceURLs]:
            made = revision
            definition = {**revision.definition, "force": request.environments[0].force}
            if builds:
                made = replace(
                    revision, env_id=self.build(name, definition, on_log, revision.application_id, revision.files)
                )
            if detached and self.store.alias(self.owner, name) is not None:
                self.begin_roll_out(made, name, change, on_log)
            else:
                self.roll_out(made, name, strategy, change, on_log)
            return made, self._addresses.service_urls(self.owner, name)

        return deploy

    def roll_out(
        self, revision: Revision, name: str, strategy: str, change: Callable[[Alias | None], Alias], on_log: OnLog
    ) -> None:
        """Let a revision take over an alias; blocks until it serves.

        Args:
            revision: It need not be in the store yet.
            name: The full name of the app.
            strategy: `rolling` or `recreate`.
            change: Given the alias as it is, if it is, returns it as it shall be.
            on_log: Called with the output of the new runners.

        Raises:
            EngineError: It did not become healthy; the revision before keeps serving.
        """

        def report(line: str, level: str) -> None:
            on_log(messages.log(line, level, "USER"))

        self._warn_of_mounts(revision, name, on_log)

        def commit() -> None:
            self.store.point(self.owner, name, revision.application_id, change)

        self.store.add_revision(revision)
        try:
            self.engine.deploy(self.owner, name, revision.application_id, strategy, report, commit)
        finally:
            # Nothing of a rollout that failed stays; one that succeeded is not pending any more.
            self.store.drop_pending_revision(revision.application_id)

    def begin_roll_out(
        self, revision: Revision, name: str, change: Callable[[Alias | None], Alias], on_log: OnLog
    ) -> None:
        """Point an alias that exists at a revision; its runners take over when they are healthy, and nobody waits.

        Args:
            revision: It need not be in the store yet.
            name: The full name of the app.
            change: Given the alias as it is, returns it as it shall be.
            on_log: Called with what this machine does not support.
        """
        self._warn_of_mounts(revision, name, on_log)
        self.store.add_revision(revision)
        try:
            self.store.point(self.owner, name, revision.application_id, change)
        finally:
            self.store.drop_pending_revision(revision.application_id)
        self.engine.apply(self.owner, name)

    def _note(self, app: str, category: str, revision: str, **details: str | None) -> None:
        actor = {"nickname": self.owner}
        self.store.activity.note(app, category, new_application_id=revision, actor=actor, **details)

    def _warn_of_mounts(self, revision: Revision, name: str, on_log: OnLog) -> None:
        for mounts, text in (
            (revision.data_mounts, "data_mounts are registered, but runners here see the whole data volume."),
            (revision.volumes, "volumes are registered, but nothing is mounted on this machine."),
        ):
            if mounts:
                on_log(self.log(name, revision.application_id, text, "WARNING", source="BRIDGE"))

    def serve(self, revision: Revision, auth_mode: str, build: bool) -> Future[pb.ServiceURLs]:
        """Deploy a revision under its own id, for as long as the caller listens; all that is said is in the logs.

        Args:
            revision: What `requests.ephemeral_revision` made.
            auth_mode: `private`, `public` or `shared`.
            build: Whether to build its environment first.

        Returns:
            Where it answers, once it does.
        """
        name = revision.application_name
        scaling = checks.deployed_scaling(checks.scaling(revision.machine), None, reset=True)
        # Its runner stays for as long as the caller listens, even without requests.
        scaling["min_concurrency"] = max(1, scaling["min_concurrency"])

        def change(_: Alias | None) -> Alias:
            return Alias(
                self.owner, name, revision.environment_name, name, auth_mode=auth_mode, ephemeral=True, scaling=scaling
            )

        def work() -> pb.ServiceURLs:
            if build:
                self.build(name, revision.definition, _ignore, name, revision.files)
            self.roll_out(revision, name, "rolling", change, _ignore)
            return self._addresses.service_urls(self.owner, name)

        return in_thread(work)

    def withdraw(self, revision: Revision) -> None:
        """Take back what `serve` has deployed."""
        name = revision.application_name
        # It may never have come so far; or the control plane is stopping, and its next start clears up.
        with contextlib.suppress(Fault, sqlite3.ProgrammingError, RuntimeError):
            self.store.delete_alias(self.owner, name)
            self.engine.apply(self.owner, name)
            self.store.delete_revision(self.owner, name)

    def point(
        self, name: str, environment: str, revision: Revision, *, auth_mode: str | None, strategy: str | None
    ) -> Alias:
        """Point an alias at a revision that was deployed before, making the alias when it is new.

        Raises:
            Fault: The revision does not exist (any more).
        """
        scaling = checks.scaling(revision.machine)

        def change(before: Alias | None) -> Alias:
            fresh = Alias(self.owner, name, environment, revision.application_id)
            return replace(
                before or fresh,
                revision=revision.application_id,
                auth_mode=auth_mode or (before or fresh).auth_mode,
                deployment_strategy=strategy or (before or fresh).deployment_strategy,
                scaling=checks.deployed_scaling(scaling, before, reset=False),
            )

        return self.store.point(self.owner, name, revision.application_id, change)


def _ignore(log: common_pb2.Log) -> None:
    """Ignore a line: the caller reads the log store."""
