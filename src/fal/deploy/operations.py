"""The operations: deploy, deploy with an iterator of events, plan, and run."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from fal._core import arguments as check
from fal._core.frames import forget_frames
from fal.exceptions import FalServerlessException, InvalidInput

from .deadline import Deadline
from .events import DeployEvent, Failed, Finished, RolledOut
from .options import AppRef, DeployOptions, ResultHandler
from .package.prepare import prepare
from .plan import DeployPlan, make_plan, take_plan
from .result import DeploymentResult, RunResult
from .send.execute import Execution
from .send.live import for_team

if TYPE_CHECKING:
    from typing import Unpack

    from fal._core.call import Watcher
    from fal._core.caller import Caller

    from .options import DeployArguments

E = TypeVar("E", bound=DeployEvent)


def plan_deploy(caller: Caller, app_ref: AppRef = None, **arguments: Unpack[DeployArguments]) -> DeployPlan:
    """Return what `deploy` would do, without doing it."""
    options = DeployOptions.of("plan_deploy", arguments)
    deadline = Deadline(options.timeout)
    try:
        return make_plan(caller, prepare(app_ref, options), deadline)
    except FalServerlessException as error:
        raise forget_frames(error) from error.__cause__


def deploy_events(
    caller: Caller,
    app_ref: AppRef | DeployPlan = None,
    *,
    result_handler: ResultHandler | None = None,
    build_result_handler: ResultHandler | None = None,
    **arguments: Unpack[DeployArguments],
) -> Generator[DeployEvent, None, None]:
    """Deploy and yield events. The last event is RolledOut with the result; closing the iterator cancels the deploy."""
    options = DeployOptions.of("deploy_events", arguments)
    if isinstance(app_ref, DeployPlan):
        _check_only_a_plan(options)
    return _watched(caller, app_ref, options, result_handler, build_result_handler or result_handler)


def deploy(
    caller: Caller,
    app_ref: AppRef | DeployPlan = None,
    *,
    on_event: Callable[[DeployEvent], object] | None = None,
    result_handler: ResultHandler | None = None,
    build_result_handler: ResultHandler | None = None,
    **arguments: Unpack[DeployArguments],
) -> DeploymentResult:
    """Deploy an app and return the new revision.

    Args:
        caller: Who makes the calls.
        app_ref: `file.py`, `file.py::Name`, a path, an app name of pyproject.toml, a `(path, name)` tuple, a plan, or
            None to find the app in the project.
        on_event: Called with every event.
        result_handler: Called with every message of the build and of the registration.
        build_result_handler: Called with those of the build instead.
        arguments: What `DeployArguments` says.

    Raises:
        DeployError: The app cannot be found, loaded, built or rolled out; the subclass says why.
        InvalidInput, InvalidType: An argument is wrong; nothing was sent.
        FalServerlessException: The platform refused the call or could not be reached.
    """
    events = deploy_events(
        caller,
        app_ref,
        result_handler=result_handler,
        build_result_handler=build_result_handler,
        **arguments,
    )
    return _last(events, RolledOut, on_event).result


def _last(
    events: Generator[DeployEvent, None, None], kind: type[E], on_event: Callable[[DeployEvent], object] | None
) -> E:
    """Hand on every event, and return the last one, which is of this kind."""
    event: DeployEvent | None = None
    with closing(events):  # an interrupt or a failing callback cancels what is under way
        for event in events:
            if on_event is not None:
                on_event(event)
    assert isinstance(event, kind)
    return event


def _watched(
    caller: Caller,
    app_ref: AppRef | DeployPlan,
    options: DeployOptions,
    register_handler: ResultHandler | None,
    build_handler: ResultHandler | None,
) -> Generator[DeployEvent, None, None]:
    """Yield the events of a deploy, and tell those who watch the caller."""
    watchers: list[Watcher] = []
    listeners: list[Callable[[DeployEvent | None], None]] = []
    for watcher in caller.options.watchers:
        begin = None if watcher.ended else getattr(watcher, "begin_deploy", None)
        if begin is not None:
            watcher, listener = begin()
            listeners.append(listener)
        watchers.append(watcher)
    if listeners:
        caller = caller.with_options(replace(caller.options, watchers=tuple(watchers)))
    try:
        with closing(_events(caller, app_ref, options, register_handler, build_handler)) as events:
            for event in events:
                for listener in listeners:
                    listener(event)
                yield event
    finally:
        for listener in listeners:
            listener(None)  # of one that has ended already, it says nothing


def run_events(
    caller: Caller,
    app_ref: AppRef = None,
    *,
    machine_type: str | None = None,
    forward_compat: bool = False,
    limit_max_requests: int | None = None,
    **arguments: Unpack[DeployArguments],
) -> Generator[DeployEvent, None, None]:
    """Run a function or an app on the platform, and yield what happens. The last event is Finished with the result."""
    options = DeployOptions.of("run_events", arguments)
    if machine_type is not None:
        check.identifier("machine_type", machine_type, "XS")
    check.flag("forward_compat", forward_compat)
    if limit_max_requests is not None and not check.count("limit_max_requests", limit_max_requests):
        raise InvalidInput("limit_max_requests=0 would serve no request; pass 1 or more")
    return _run_events(caller, app_ref, options, machine_type, forward_compat, limit_max_requests)


def _run_events(
    caller: Caller,
    app_ref: AppRef,
    options: DeployOptions,
    machine_type: str | None,
    forward_compat: bool,
    limit_max_requests: int | None,
) -> Generator[DeployEvent, None, None]:
    from .send.running import RunExecution

    deadline = Deadline(options.timeout)
    try:
        prepared = prepare(app_ref, options, limit_max_requests=limit_max_requests)
        machine = prepared.draft.machine
        if machine_type is not None:
            machine.machine_types[:] = [machine_type]
        if forward_compat:
            machine.scheduler_options.update({"forward_compat": True})
        caller = for_team(caller, prepared.draft.team)
        yield from RunExecution(caller, prepared, deadline, auth=options.auth or "public").events()
    except FalServerlessException as error:
        raise forget_frames(error) from error.__cause__


def run(
    caller: Caller,
    app_ref: AppRef = None,
    *,
    on_event: Callable[[DeployEvent], object] | None = None,
    **arguments: Any,
) -> RunResult:
    """Run a function or an app on the platform, and return when it has ended; see `run_events` for the arguments."""
    return _last(run_events(caller, app_ref, **arguments), Finished, on_event).result


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
        if isinstance(error, FalServerlessException):
            forget_frames(error)
        yield Failed(app_name=options.app_name or "", phase="prepare", error=error)
        raise
    execution = Execution(
        for_team(caller, prepared.draft.team),
        prepared,
        deadline,
        build_handler=build_handler,
        register_handler=register_handler,
    )
    try:
        yield from execution.events()
    except FalServerlessException as error:
        raise forget_frames(error) from error.__cause__


def _check_only_a_plan(options: DeployOptions) -> None:
    default: Any = DeployOptions(timeout=options.timeout)
    given = [name for name in DeployOptions.__slots__ if getattr(options, name) != getattr(default, name)]
    if given:
        raise InvalidInput(f"a plan is deployed as it is; pass {', '.join(given)} to plan_deploy instead")
