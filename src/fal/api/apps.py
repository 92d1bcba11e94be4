"""Deployed apps: `client.apps`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fal._core import arguments
from fal._gen import convert, rpc
from fal.api import _gpus
from fal.api._calling import Calling
from fal.api._namespace import nothing
from fal.api._queues import Queues
from fal.api._revisions import Revisions
from fal.api._waiting import Patience, Rollout
from fal.exceptions import FailedPrecondition, NotFound, RolloutFailed
from fal.sdk import DeploymentStrategy, RunnerState

if TYPE_CHECKING:
    # Inside the class, `list` is the method.
    from builtins import list as List
    from collections.abc import Sequence
    from datetime import datetime

    from fal._gen.rest.models.serverless_app import ServerlessApp
    from fal.api._gpus import GpuUsage
    from fal.api._revisions import StrategyName
    from fal.sdk import AliasInfo, ApplicationInfo, RunnerInfo


class AppsNamespace(Revisions, Queues, Calling):
    """List, call, scale, roll out, repoint and delete apps; look after their queues.

    Names are accepted as they are listed: with `environment_name`, both "my-app" and "my-app--staging" mean the same app.

    Example:
        from fal.api import SyncServerlessClient

        client = SyncServerlessClient()
        apps = client.apps.list()
        client.apps.scale("my-app", max_concurrency=10)
    """

    def list(self, *, filter: str | None = None, environment_name: str | None = None) -> List[AliasInfo]:
        """List the apps.

        Args:
            filter: Only apps whose name contains this text.
            environment_name: Only apps of this environment.

        Returns:
            One entry for each app. Its alias is what runners, logs and addresses call it, with `--environment` behind it
            outside of the main environment, and every method takes it.

        Raises:
            InvalidInput: An argument is malformed. A ValueError.
            FalServerlessException: The platform refused the call or could not be reached.

        Example:
            apps = client.apps.list()
            filtered = client.apps.list(filter="stable")
        """
        wanted = arguments.optional_text("filter", filter)
        environment = arguments.optional_environment(environment_name)
        apps = self._call(
            rpc.LIST_ALIASES,
            convert.list_aliases_request(environment_name=environment),
            lambda answer: [convert.alias_info(alias) for alias in answer.aliases],
        )
        return [app for app in apps if wanted in app.alias] if wanted else apps

    def details(self, *, search: str | None = None, environment_name: str | None = None) -> List[ServerlessApp]:
        """List the apps as the platform API describes them: with endpoints and the time of the last change.

        Args:
            search: Only apps whose name contains this text, in any case.
            environment_name: Only apps of this environment.

        Returns:
            One entry for each app; durations are in seconds.

        Raises:
            InvalidInput: An argument is malformed. A ValueError.
            FalServerlessException: The platform refused the call or could not be reached.

        Example:
            for app in client.apps.details():
                print(app.endpoint_id, app.endpoints, app.updated_at)
        """
        wanted = arguments.optional_text("search", search)
        environment = arguments.optional_environment(environment_name)
        from fal._gen import rest

        return self._send(rest.serverless_list_apps(search=wanted, environment=environment, expand="endpoints")).apps

    def runners(
        self,
        app_name: str,
        *,
        since: datetime | None = None,
        state: List[str] | List[RunnerState] | None = None,
        environment_name: str | None = None,
    ) -> List[RunnerInfo]:
        """List the runners of an app, including those that are starting.

        Args:
            app_name: The name of the app.
            since: Only runners that started at this time or later. A time without a zone is local time.
            state: Only runners in one of these states, e.g. ["running"], in any case. "terminated" also finds DEAD
                runners, "failure_delay" is another name for CRASH_BACKOFF, and "all" matches every runner.
            environment_name: The environment of the app; None is the main one.

        Returns:
            One entry for each runner.

        Raises:
            InvalidInput: An argument is malformed, or a state is unknown. A ValueError.
            NotFound: There is no such app.
            FalServerlessException: The platform refused the call or could not be reached.

        Example:
            from datetime import datetime, timedelta

            runners = client.apps.runners("my-app")
            recent = client.apps.runners("my-app", since=datetime.now() - timedelta(hours=1))
            running = client.apps.runners("my-app", state=["running"])
        """
        environment = arguments.optional_environment(environment_name)
        states = arguments.states("state", state)
        request = convert.list_alias_runners_request(
            alias=arguments.app("app_name", app_name, environment),
            list_pending=True,
            start_time=arguments.moment("since", since),
            environment_name=environment,
        )
        runners = self._call(
            rpc.LIST_ALIAS_RUNNERS,
            request,
            lambda rows: rows,
        )
        return runners if states is None else [runner for runner in runners if runner.state in states]

    def scale(
        self,
        app_name: str,
        *,
        keep_alive: int | None = None,
        max_multiplexing: int | None = None,
        max_concurrency: int | None = None,
        min_concurrency: int | None = None,
        concurrency_buffer: int | None = None,
        concurrency_buffer_perc: int | None = None,
        scaling_delay: int | None = None,
        request_timeout: int | None = None,
        request_start_timeout: int | None = None,
        startup_timeout: int | None = None,
        machine_types: List[str] | None = None,
        regions: List[str] | None = None,
        environment_name: str | None = None,
    ) -> AliasInfo:
        """Change the scaling of an app; settings that are left out keep their values.

        Args:
            app_name: The name of the app.
            keep_alive: How long an idle runner is kept, in seconds.
            max_multiplexing: How many requests a runner handles at a time.
            max_concurrency: The maximum number of runners.
            min_concurrency: The minimum number of runners.
            concurrency_buffer: How many runners to keep ready beyond those that are needed.
            concurrency_buffer_perc: The same as a percentage of those that are needed; the larger of the two applies.
            scaling_delay: How long a request waits before a runner is added for it, in seconds.
            request_timeout: How long a request may take, in seconds.
            request_start_timeout: How long a request may wait for a runner, in seconds; 0 removes the limit.
            startup_timeout: How long a runner may take to start, in seconds.
            machine_types: The allowed machine types in order of preference, e.g. ["GPU-H100"].
            regions: The allowed regions, e.g. ["us-east"].
            environment_name: The environment of the app; None is the main one.

        Returns:
            The app after the change.

        Raises:
            InvalidInput: An argument is malformed, negative, or an empty list. A ValueError.
            InvalidType: An argument is of the wrong type. A TypeError.
            NotFound: There is no such app.
            FalServerlessException: The platform refused the call or could not be reached.

        Example:
            client.apps.scale(
                "my-app",
                keep_alive=300,
                max_concurrency=10,
                min_concurrency=1,
                machine_types=["GPU-H100", "GPU-H200"],
            )
        """
        environment = arguments.optional_environment(environment_name)
        changes = arguments.scaling(
            keep_alive=keep_alive,
            max_multiplexing=max_multiplexing,
            max_concurrency=max_concurrency,
            min_concurrency=min_concurrency,
            concurrency_buffer=concurrency_buffer,
            concurrency_buffer_perc=concurrency_buffer_perc,
            scaling_delay=scaling_delay,
            request_timeout=request_timeout,
            request_start_timeout=request_start_timeout,
            startup_timeout=startup_timeout,
            machine_types=machine_types,
            regions=regions,
        )
        request = convert.update_application_request(
            application_name=arguments.app("app_name", app_name, environment), environment_name=environment, **changes
        )
        return self._call(rpc.UPDATE_APPLICATION, request, lambda answer: convert.alias_info(answer.alias_info))

    def rollout(self, app_name: str, *, force: bool = False, environment_name: str | None = None) -> None:
        """Replace the runners of an app with new ones of the same revision.

        Args:
            app_name: The name of the app.
            force: Whether to stop the old runners at once instead of after their requests.
            environment_name: The environment of the app; None is the main one.

        Raises:
            NotFound: There is no such app.
            FalServerlessException: The platform refused the call or could not be reached.

        Example:
            client.apps.rollout("my-app")
        """
        environment = arguments.optional_environment(environment_name)
        request = convert.rollout_application_request(
            application_name=arguments.app("app_name", app_name, environment),
            force=arguments.flag("force", force),
            environment_name=environment,
        )
        self._call(rpc.ROLLOUT_APPLICATION, request, nothing)

    def gpus(self, app_name: str) -> GpuUsage:
        """Count the GPUs that the runners of one app use.

        Args:
            app_name: The name of the app, with its owner ("acme/my-app") or without.

        Returns:
            The counts by GPU type, and their total.

        Raises:
            NotFound: No app has the name.
            InvalidInput: Several owners have an app of that name. A ValueError.
            FalServerlessException: The platform refused the call or could not be reached.

        Example:
            usage = client.apps.gpus("my-app")
            print(usage["total"], usage["gpus"])
        """
        name = arguments.identifier("app_name", app_name, 'the name of an app, e.g. "acme/my-app"')
        from fal._gen import rest  # loaded here, as few scripts need the REST operations

        return _gpus.of_app(self._send(rest.get_user_metrics()), name)

    def rollback(
        self,
        app_name: str,
        *,
        strategy: DeploymentStrategy | StrategyName = "rolling",
        environment_name: str | None = None,
    ) -> AliasInfo:
        """Point an app at the revision before the current one; from the oldest one, at the newest.

        Args:
            app_name: The name of the app.
            strategy: "rolling" starts the new runners first, "recreate" stops the old ones first.
            environment_name: The environment of the app; None is the main one.

        Returns:
            The app after the change.

        Raises:
            NotFound: There is no such app.
            FailedPrecondition: There is no other revision.
            FalServerlessException: The platform refused the call or could not be reached.

        Example:
            app = client.apps.rollback("my-app")
            print(app.revision)
        """
        arguments.member("strategy", strategy, DeploymentStrategy)
        environment = arguments.optional_environment(environment_name)
        alias = arguments.app("app_name", app_name, environment)
        app = _named(alias, self.list(environment_name=environment))
        earlier = _before(app.revision, self.revisions(app_name, environment_name=environment))
        if earlier is None:
            raise FailedPrecondition(
                f"app {app_name!r} has no other revision",
                hint="See client.apps.revisions(); client.apps.set_revision() takes any of them.",
            )
        # Who may call the app belongs to the app, so it survives a rollback.
        return self.set_revision(
            app_name,
            earlier.application_id,
            auth=app.auth_mode if app.auth_mode.is_known else None,
            strategy=strategy,
            environment_name=environment,
        )

    def wait_until_ready(
        self, app_name: str, *, timeout: float = 600.0, environment_name: str | None = None
    ) -> AliasInfo:
        """Wait until an app has finished its rollout and has its minimum number of active runners.

        Args:
            app_name: The name of the app.
            timeout: How long to wait, in seconds.
            environment_name: The environment of the app; None is the main one.

        Returns:
            The app once it is ready.

        Raises:
            DeadlineExceeded: The app was not ready in time; the message says what was missing. A TimeoutError.
            RolloutFailed: The revision of the app does not serve: its runners failed, and maybe an older one keeps serving.
            NotFound: There is no such app.
            FalServerlessException: The platform refused the call or could not be reached.

        Example:
            client.apps.rollout("my-app")
            app = client.apps.wait_until_ready("my-app", timeout=300)
        """
        patience = Patience(timeout)
        environment = arguments.optional_environment(environment_name)
        alias = arguments.app("app_name", app_name, environment)
        failed = ""
        while True:
            app = _named(alias, self.list(environment_name=environment))
            rollout = Rollout(app, [] if app.is_rolling else self.runners(app_name, environment_name=environment))
            if rollout.is_ready:
                return app
            # Apps and runners are listed one after the other, so one look may see a change half done.
            if rollout.has_failed and failed == app.revision:
                raise RolloutFailed(
                    f"revision {app.revision} of app {alias!r} is not serving: its rollout failed{rollout.still}",
                    hint="client.logs.history() shows what its runners wrote; client.apps.rollback() returns to an earlier one.",
                )
            failed = app.revision if rollout.has_failed else ""
            self._pause(patience.next(f"app {alias!r} {rollout.state}"))

    def delete(self, app_name: str, *, environment_name: str | None = None) -> str:
        """Delete an app: its runners stop and its address no longer answers. Its revisions are kept.

        Args:
            app_name: The name of the app.
            environment_name: The environment of the app; None is the main one.

        Returns:
            The revision that the app pointed at.

        Raises:
            NotFound: There is no such app.
            FalServerlessException: The platform refused the call or could not be reached.

        Example:
            revision = client.apps.delete("my-app")
        """
        environment = arguments.optional_environment(environment_name)
        request = convert.delete_alias_request(
            alias=arguments.app("app_name", app_name, environment), environment_name=environment
        )
        return self._call(rpc.DELETE_ALIAS, request, lambda answer: answer.revision)


def _named(name: str, apps: Sequence[AliasInfo]) -> AliasInfo:
    match = next((app for app in apps if app.alias == name), None)
    if match is None:
        raise NotFound(f"no app {name!r}", hint="See client.apps.list().")
    return match


def _before(current: str, revisions: Sequence[ApplicationInfo]) -> ApplicationInfo | None:
    """Return the newest revision that is older than the current one, or when none is, the newest of the others."""
    now = next((each.created_at for each in revisions if each.application_id == current), None)
    if now is None:
        return None
    others = [
        (each.created_at, each) for each in revisions if each.created_at is not None and each.application_id != current
    ]
    older = [pair for pair in others if pair[0] < now]
    return max(older or others, key=lambda pair: pair[0])[1] if others else None
