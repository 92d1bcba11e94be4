"""The RPCs that stream: building, deploying, running."""

from __future__ import annotations

import os
import queue
import threading
import uuid
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Generic, TypeVar

from fal._gen.proto import common_pb2
from fal._gen.proto import controller_pb2 as pb

from ..engine.errors import BuildError, EngineError
from ..engine.run import Job, RunResult
from ..model.faults import invalid
from ..state.logs import LogQuery
from . import messages, requests
from .threads import in_thread
from .wire import enum_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import grpc

    from ..engine.run import Run
    from ..model.records import Revision
    from .deployment import Deployment

    OnLog = Callable[[common_pb2.Log], None]

T = TypeVar("T")
_IN_PROGRESS = pb.HostedRunStatus(state=pb.HostedRunStatus.IN_PROGRESS)
_SUCCESS = pb.HostedRunStatus(state=pb.HostedRunStatus.SUCCESS)
# What serves has no value to give back, and callers that wait for the end want one: the pickle of None, written out
# because nothing but runners has to do with pickles.
_NOTHING = common_pb2.SerializedObject(method="cloudpickle", definition=b"\x80\x04N.")
_LINES_AT_ONCE = 1000


@dataclass(frozen=True)
class _Done(Generic[T]):
    value: T


def build_environment(
    deployment: Deployment, request: pb.BuildEnvironmentRequest
) -> Iterator[pb.BuildEnvironmentResult]:
    """Build an environment: its logs as they come, then its id and how it ended."""
    name, _ = deployment.named(request, "build")
    definition = requests.definition(request)
    requests.machine(request)
    files = requests.files(request, deployment.store.blob_path)
    requests.secrets(request)
    try:
        for item in _follow(lambda on_log: deployment.build(name, definition, on_log, files=files)):
            if isinstance(item, _Done):
                yield pb.BuildEnvironmentResult(env_id=item.value, status=_SUCCESS)
            else:
                yield pb.BuildEnvironmentResult(logs=item)
    except BuildError as error:
        status = pb.HostedRunStatus(state=pb.HostedRunStatus.INTERNAL_FAILURE)
        yield pb.BuildEnvironmentResult(status=status, logs=[messages.log(str(error), "ERROR", "BUILDER")])


def register_application(
    deployment: Deployment, request: pb.RegisterApplicationRequest
) -> Iterator[pb.RegisterApplicationResult]:
    """Deploy: the logs as they come, then the revision and where it answers."""
    for item in _follow(deployment.prepare(request)):
        if isinstance(item, _Done):
            revision, urls = item.value
            result = pb.RegisterApplicationResultType(application_id=revision.application_id)
            yield pb.RegisterApplicationResult(result=result, service_urls=urls, env_id=revision.env_id)
        else:
            yield pb.RegisterApplicationResult(logs=item)


def run(deployment: Deployment, request: pb.HostedRun, context: grpc.ServicerContext) -> Iterator[pb.HostedRunResult]:
    """Call a function once: its logs as they come, then what it returned or raised.

    A function that serves never returns: it runs for as long as the caller listens.
    """
    name, environment = deployment.named(request, "run")
    definition = requests.definition(request)
    function, entrypoint = requests.callable_of(request, definition)
    machine = requests.machine(request)
    run_id = str(uuid.uuid4())
    steps = (
        _serve(
            deployment,
            requests.ephemeral_revision(request, deployment.owner, environment, deployment.store),
            request,
            context,
        )
        if requests.serves(entrypoint, machine)
        else _call(
            deployment,
            name,
            Job(
                owner=deployment.owner,
                definition=definition,
                function=function,
                entrypoint=entrypoint,
                setup_function=(
                    requests.serialized("setup_func", request.setup_func) if request.HasField("setup_func") else None
                ),
                files=requests.files(request, deployment.store.blob_path),
                environment_name=environment,
                secrets=requests.secrets(request),
            ),
            context,
        )
    )
    try:
        for step in steps:
            step.run_id = run_id
            yield step
    except EngineError as error:
        yield _failed(run_id, error)


def interactive_run(
    deployment: Deployment, given: Iterator[pb.InteractiveRunRequest], context: grpc.ServicerContext
) -> Iterator[pb.InteractiveRunResponse]:
    """Run the inputs of the caller one after another, as `run` does."""
    for request in given:
        for step in run(deployment, request.hosted_run, context):
            yield pb.InteractiveRunResponse(hosted_run_result=step)


def map_inputs(
    deployment: Deployment, request: pb.HostedMap, context: grpc.ServicerContext
) -> Iterator[pb.HostedRunResult]:
    """Call a function once for each input: a run each, in processes of their own, whose results come in the order of the inputs.

    `max_concurrency` of the machine requirements says how many run at a time; by default one for each processor.
    """
    definition = requests.definition(request)
    function, entrypoint = requests.callable_of(request, definition)
    machine = requests.machine(request)
    if requests.serves(entrypoint, machine):
        raise invalid("function", "serves requests; Map calls functions that return a value")
    jobs = [
        Job(
            owner=deployment.owner,
            definition=definition,
            function=function,
            entrypoint=entrypoint,
            input=requests.serialized(f"inputs[{index}]", value),
        )
        for index, value in enumerate(request.inputs)
    ]
    try:
        for item in _follow(lambda on_log: deployment.build("map", definition, on_log)):
            if not isinstance(item, _Done):
                yield pb.HostedRunResult(status=_IN_PROGRESS, logs=item)
        at_a_time = machine.get("max_concurrency") or os.cpu_count() or 1
        runs = deployment.engine.run_all(jobs, at_a_time=at_a_time)
    except EngineError as error:
        yield _failed(str(uuid.uuid4()), error)
        return
    yield from _in_order(deployment, runs, context)


def _in_order(
    deployment: Deployment, runs: Sequence[Run], context: grpc.ServicerContext
) -> Iterator[pb.HostedRunResult]:
    try:
        for under_way in runs:
            run_id = str(uuid.uuid4())
            try:
                for step in _steps(deployment, "map", under_way, context):
                    step.run_id = run_id
                    yield step
            except EngineError as error:
                yield _failed(run_id, error)
    finally:
        for under_way in runs:
            under_way.cancel()


def _failed(run_id: str, error: EngineError) -> pb.HostedRunResult:
    status = pb.HostedRunStatus(state=pb.HostedRunStatus.INTERNAL_FAILURE)
    return pb.HostedRunResult(run_id=run_id, status=status, logs=[messages.log(str(error), "ERROR", "BRIDGE")])


def _call(deployment: Deployment, name: str, job: Job, context: grpc.ServicerContext) -> Iterator[pb.HostedRunResult]:
    return _steps(deployment, name, deployment.engine.run(job), context)


def _steps(
    deployment: Deployment, name: str, under_way: Run, context: grpc.ServicerContext
) -> Iterator[pb.HostedRunResult]:
    """Yield the output and the result of a run, and end it when the caller disconnects."""
    if not context.add_callback(under_way.cancel):
        under_way.cancel()
    for step in under_way:
        if isinstance(step, RunResult):
            yield pb.HostedRunResult(status=_SUCCESS, return_value=_returned(step))
        else:
            yield pb.HostedRunResult(status=_IN_PROGRESS, logs=[deployment.log(name, None, *step, source="USER")])


def _serve(
    deployment: Deployment, revision: Revision, request: pb.HostedRun, context: grpc.ServicerContext
) -> Iterator[pb.HostedRunResult]:
    """Deploy under an unguessable name, and follow the logs until the caller disconnects or the app has ended."""
    news = threading.Event()
    logs = deployment.store.logs
    query = LogQuery(deployment.owner, revision=revision.application_id)
    build = request.build_environment or not request.HasField("build_environment")
    auth_mode = enum_name(pb.ApplicationAuthMode, "auth_mode", request) or "private"
    serving = deployment.serve(revision, auth_mode, build)
    serving.add_done_callback(lambda _: news.set())
    announced = False
    context.add_callback(news.set)
    try:
        with logs.listening(news.set):
            while context.is_active() and not logs.closed:
                news.clear()
                over = serving.done()
                # Asked before the lines are read: its last ones are among them.
                ended = announced and deployment.engine.returned(deployment.owner, revision.application_name)
                while lines := logs.lines(query, _LINES_AT_ONCE):
                    query = replace(query, after=lines[-1].number)
                    entries = [messages.log(line.message, line.level, line.source, line.timestamp) for line in lines]
                    yield pb.HostedRunResult(status=_IN_PROGRESS, logs=entries)
                if over and not announced:
                    yield pb.HostedRunResult(status=_IN_PROGRESS, service_urls=serving.result())
                    announced = True
                    continue
                if ended:
                    yield pb.HostedRunResult(status=_SUCCESS, return_value=_NOTHING)
                    return
                news.wait()
    finally:
        # Not before the rollout is over, which would otherwise make an alias that nobody takes away.
        serving.add_done_callback(lambda _: deployment.withdraw(revision))


def _returned(result: RunResult) -> common_pb2.SerializedObject:
    return common_pb2.SerializedObject(
        method="cloudpickle",
        definition=result.content,
        was_it_raised=result.raised,
        stringized_traceback=result.traceback,
        exception_type_name=result.type_name,
        exception_message=result.message,
    )


def _follow(work: Callable[[OnLog], T]) -> Iterator[list[common_pb2.Log] | _Done[T]]:
    """Do work in another thread; yield its logs, as many at a time as have come, and at the end its result."""
    items: queue.SimpleQueue[common_pb2.Log | Future[T]] = queue.SimpleQueue()
    in_thread(lambda: work(items.put)).add_done_callback(items.put)
    while True:
        item = items.get()
        logs: list[common_pb2.Log] = []
        while isinstance(item, common_pb2.Log):
            logs.append(item)
            if items.empty():
                break
            item = items.get()
        if logs:
            yield logs
        if isinstance(item, Future):
            yield _Done(item.result())
            return
