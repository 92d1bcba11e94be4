"""The deploy methods of the client."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any, Unpack

    from fal._core.caller import Caller
    from fal.deploy import AppRef, AuthMode, DeployEvent, DeploymentResult, DeployPlan, RunResult, Strategy
    from fal.deploy.options import DeployArguments, ResultHandler


class Deploying:
    """Deploys apps."""

    _caller: Caller

    def deploy(
        self,
        app_ref: AppRef | DeployPlan = None,
        *,
        app_name: str | None = None,
        auth: AuthMode | None = None,
        strategy: Strategy | None = None,
        reset_scale: bool | None = None,
        message: str | None = None,
        annotations: Mapping[str, str] | None = None,
        environment_name: str | None = None,
        attach_to_deployment: bool | None = None,
        force_env_build: bool = False,
        timeout: float | None = None,
        result_handler: ResultHandler | None = None,
        build_result_handler: ResultHandler | None = None,
        on_event: Callable[[DeployEvent], object] | None = None,
        root: str | os.PathLike[str] | None = None,
    ) -> DeploymentResult:
        """Deploy an app and return when its revision is registered.

        Settings that are left out come from pyproject.toml, then from the app.

        Args:
            app_ref: "file.py", "file.py::MyApp", the name of an app in pyproject.toml, or a plan of `plan_deploy`. None
                takes the only app of pyproject.toml, or the only Python file of the folder.
            app_name: The name to deploy under.
            auth: Who may call the app: "public", "private" or "shared".
            strategy: "rolling" (the default) starts the new runners first, "recreate" stops the old first.
            reset_scale: Whether to reset the app's scaling to what its source says; otherwise it is kept.
            message: A message to keep with the revision, up to 2048 characters.
            annotations: Names and values to keep with the revision.
            environment_name: The environment to deploy to; None is the main one.
            attach_to_deployment: Whether to follow a rolling deployment to its end.
            force_env_build: Whether to build the environment even if it already exists.
            timeout: How long the whole deploy may take, in seconds.
            result_handler: Called with every step of the environment's build (`BuildEnvironmentResult`) and of the
                registration (`RegisterApplicationResult`).
            build_result_handler: Called with the steps of the build instead of `result_handler`.
            on_event: Called with every event, as `deploy_events` yields them.
            root: The folder to look for pyproject.toml in; None is the working directory.

        Returns:
            The revision, the name, the addresses and the auth mode.

        Raises:
            InvalidInput: An argument is malformed. A ValueError.
            DeployError: The app was not found, not loaded, not built or not rolled out; the class says which.
            FalServerlessException: The platform refused the call or could not be reached.

        Example:
            # Auto-discover from pyproject.toml
            client.deploy()

            # Deploy from a file path
            client.deploy("path/to/myfile.py")

            # Deploy a specific class
            client.deploy("path/to/myfile.py::MyApp")

            # With options
            client.deploy(
                app_ref="path/to/myfile.py::MyApp",
                app_name="myapp",
                auth="public",
                strategy="rolling",
            )
        """
        from fal.deploy import deploy

        return deploy(
            self._caller,
            app_ref,
            app_name=app_name,
            auth=auth,
            strategy=strategy,
            reset_scale=reset_scale,
            message=message,
            annotations=annotations,
            environment_name=environment_name,
            attach_to_deployment=attach_to_deployment,
            force_env_build=force_env_build,
            timeout=timeout,
            result_handler=result_handler,
            build_result_handler=build_result_handler,
            on_event=on_event,
            root=root,
        )

    def plan_deploy(self, app_ref: AppRef = None, **arguments: Unpack[DeployArguments]) -> DeployPlan:
        """Return what a deploy would do, without changing anything. `deploy(plan)` then does it.

        Args:
            app_ref: As for `deploy`.
            arguments: Those of `deploy`, except for its callbacks.

        Returns:
            The plan.

        Raises:
            InvalidInput: An argument is malformed. A ValueError.
            DeployError: The app was not found or not loaded.
            FalServerlessException: The platform refused the call or could not be reached.

        Example:
            plan = client.plan_deploy("path/to/myfile.py::MyApp")
            print(plan)
            client.deploy(plan)
        """
        from fal.deploy import plan_deploy

        return plan_deploy(self._caller, app_ref, **arguments)

    def deploy_events(
        self, app_ref: AppRef | DeployPlan = None, **arguments: Unpack[DeployArguments]
    ) -> Iterator[DeployEvent]:
        """Deploy an app and yield its events as they happen. Closing the iterator cancels the deploy.

        Args:
            app_ref: As for `deploy`.
            arguments: Those of `deploy`, except for its callbacks.

        Yields:
            Events; the last one carries the result.

        Raises:
            InvalidInput: An argument is malformed. A ValueError.
            DeployError: The app was not found, not loaded, not built or not rolled out.
            FalServerlessException: The platform refused the call or could not be reached.

        Example:
            for event in client.deploy_events("path/to/myfile.py::MyApp"):
                print(event)
        """
        from fal.deploy import deploy_events

        return deploy_events(self._caller, app_ref, **arguments)

    def run(
        self,
        app_ref: AppRef = None,
        *,
        app_name: str | None = None,
        auth: AuthMode | None = None,
        environment_name: str | None = None,
        force_env_build: bool = False,
        machine_type: str | None = None,
        forward_compat: bool = False,
        limit_max_requests: int | None = None,
        timeout: float | None = None,
        on_event: Callable[[DeployEvent], object] | None = None,
        root: str | os.PathLike[str] | None = None,
    ) -> RunResult:
        """Run a function once, or an app for as long as this call lasts, and return when it has ended.

        Nothing is deployed. Interrupting the call, e.g. with Ctrl-C, ends the run.

        Args:
            app_ref: "file.py", "file.py::function", "file.py::MyApp" or the name of an app in pyproject.toml. None takes the
                only app of pyproject.toml, or the only Python file of the folder.
            app_name: The name to run under; None takes that of the function or app.
            auth: Who may call the app meanwhile: "public" (the default), "private" or "shared".
            environment_name: The environment to run in; None is the main one.
            force_env_build: Whether to build the environment even when it is already there.
            machine_type: The machine to run on, instead of what the source says.
            forward_compat: Whether to run on nodes that preview the next version of the platform.
            limit_max_requests: How many requests an app answers before it ends; None sets no limit.
            timeout: How long the run may take, in seconds; None sets no limit.
            on_event: Called with every event: what is built, the addresses of the app, its log.
            root: The folder to look for pyproject.toml in.

        Returns:
            What the function returned.

        Raises:
            InvalidInput: An argument is malformed. A ValueError.
            DeployError: The app was not found, not loaded or not built, or what was run failed; the class says which.
            FalServerlessException: The platform refused, or was not reached.

        Example:
            result = client.run("path/to/functions.py::add")
            print(result.value)
        """
        from fal.deploy import run

        return run(
            self._caller,
            app_ref,
            on_event=on_event,
            app_name=app_name,
            auth=auth,
            environment_name=environment_name,
            force_env_build=force_env_build,
            machine_type=machine_type,
            forward_compat=forward_compat,
            limit_max_requests=limit_max_requests,
            timeout=timeout,
            root=root,
        )

    def run_local(
        self,
        app_ref: AppRef = None,
        *,
        exposed_port: int | None = None,
        exposed_metrics_port: int | None = None,
        limit_max_requests: int | None = None,
        root: str | os.PathLike[str] | None = None,
    ) -> Any:
        """Call a function in this process, or serve an app from it until Ctrl-C. Nothing is sent.

        Args:
            app_ref: As for `run`; an app or function of a Python file.
            exposed_port: The port of the endpoints; 8080 when left out.
            exposed_metrics_port: The port of /metrics; 9090 when left out.
            limit_max_requests: How many requests an app answers before it ends; None sets no limit.
            root: The folder to look for pyproject.toml in.

        Returns:
            What the function returned; None for an app.

        Raises:
            DeployError: The app was not found or not loaded.

        Example:
            print(client.run_local("path/to/functions.py::add"))
        """
        from fal.deploy import run_local

        return run_local(
            app_ref,
            exposed_port=exposed_port,
            exposed_metrics_port=exposed_metrics_port,
            limit_max_requests=limit_max_requests,
            root=root,
        )
