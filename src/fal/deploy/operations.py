"""The three operations: deploy, the same as an iterator of events, and a plan."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Mapping
from contextlib import closing
from typing import TYPE_CHECKING, Any

from fal.exceptions import InvalidInput

from .deadline import Deadline
from .events import DeployEvent, Failed, RolledOut
from .execute import Execution, ResultHandler
from .live import for_team
from .options import AppRef, AuthMode, DeployOptions, Strategy, check_options
from .plan import DeployPlan, make_plan, take_plan
from .prepare import prepare
from .result import DeploymentResult

if TYPE_CHECKING:
    from fal._core.caller import Caller


def plan_deploy(
    caller: Caller,
    app_ref: AppRef = None,
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
    root: str | os.PathLike[str] | None = None,
    timeout: float | None = None,
) -> DeployPlan:
    """Say what `deploy` would do, without doing it. The arguments are those of `deploy`."""
    options = check_options(
        app_name=app_name,
        auth=auth,
        strategy=strategy,
        reset_scale=reset_scale,
        message=message,
        annotations=annotations,
        environment_name=environment_name,
        attach_to_deployment=attach_to_deployment,
        force_env_build=force_env_build,
        root=root,
        timeout=timeout,
    )
    deadline = Deadline(options.timeout)
    prepared = prepare(app_ref, options)
    return make_plan(caller, prepared, deadline)


def deploy_events(
    caller: Caller,
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
    root: str | os.PathLike[str] | None = None,
    timeout: float | None = None,
    result_handler: ResultHandler | None = None,
    build_result_handler: ResultHandler | None = None,
) -> Generator[DeployEvent, None, None]:
    """Deploy, and yield what happens. The last event is RolledOut with the result; closing the iterator gives up."""
    options = check_options(
        app_name=app_name,
        auth=auth,
        strategy=strategy,
        reset_scale=reset_scale,
        message=message,
        annotations=annotations,
        environment_name=environment_name,
        attach_to_deployment=attach_to_deployment,
        force_env_build=force_env_build,
        root=root,
        timeout=timeout,
    )
    if isinstance(app_ref, DeployPlan):
        _check_only_a_plan(options)
    return _events(caller, app_ref, options, result_handler, build_result_handler or result_handler)


def deploy(
    caller: Caller,
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
    root: str | os.PathLike[str] | None = None,
    timeout: float | None = None,
    on_event: Callable[[DeployEvent], object] | None = None,
    result_handler: ResultHandler | None = None,
    build_result_handler: ResultHandler | None = None,
) -> DeploymentResult:
    """Deploy an app and return the new revision.

    Args:
        caller: Who makes the calls.
        app_ref: `file.py`, `file.py::Name`, a path, an app name of pyproject.toml, a `(path, name)` tuple, a plan, or
            None to find the app in the project.
        app_name: Deploy under this name.
        auth: public, private or shared.
        strategy: rolling (start the new revision, then stop the old) or recreate (the other way round).
        reset_scale: True replaces live scale settings by the app's own.
        message: A text to keep with the revision, up to 2048 characters.
        annotations: Up to 32 texts by name to keep with the revision.
        environment_name: Deploy into this environment.
        attach_to_deployment: True follows a rolling deploy until it has ended.
        force_env_build: Build the environment even when an equal one exists.
        root: The project folder, instead of the nearest one above the working directory.
        timeout: Seconds for the whole deploy.
        on_event: Called with every event.
        result_handler: Called with every message of the build's and the registration's streams.
        build_result_handler: Called with those of the build instead.

    Raises:
        DeployError: The app cannot be found, loaded, built or rolled out; the subclass says why.
        InvalidInput, InvalidType: An argument is wrong; nothing was sent.
        FalServerlessException: The platform refused, or could not be reached.
    """
    events = deploy_events(
        caller,
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
        root=root,
        timeout=timeout,
        result_handler=result_handler,
        build_result_handler=build_result_handler,
    )
    result: DeploymentResult | None = None
    with closing(events):  # an interrupt or a failing callback cancels what is under way
        for event in events:
            if on_event is not None:
                on_event(event)
            if isinstance(event, RolledOut):
                result = event.result
    assert result is not None
    return result


def _events(
    caller: Caller,
    app_ref: AppRef | DeployPlan,
    options: DeployOptions,
    register_handler: ResultHandler | None,
    build_handler: ResultHandler | None,
) -> Generator[DeployEvent, None, None]:
    deadline = Deadline(options.timeout)
    try:
        if isinstance(app_ref, DeployPlan):
            prepared = take_plan(caller, app_ref, deadline)
        else:
            prepared = prepare(app_ref, options)
    except Exception as error:
        yield Failed(app_name=options.app_name or "", phase="prepare", error=error)
        raise
    execution = Execution(
        for_team(caller, prepared.draft.team),
        prepared,
        deadline,
        build_handler=build_handler,
        register_handler=register_handler,
    )
    yield from execution.events()


def _check_only_a_plan(options: DeployOptions) -> None:
    default: Any = DeployOptions(timeout=options.timeout)
    given = [name for name in DeployOptions.__slots__ if getattr(options, name) != getattr(default, name)]
    if given:
        raise InvalidInput(f"a plan is deployed as it is; give {', '.join(given)} to plan_deploy instead")
