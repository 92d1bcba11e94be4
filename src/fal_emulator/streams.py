"""The RPCs that stream: building, deploying, running."""

from __future__ import annotations

import queue
import threading
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from fal._gen.proto import common_pb2
from fal._gen.proto import controller_pb2 as pb

from . import answers, requests
from .engine import BuildError, EngineError, Job, RunResult
from .faults import Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import grpc

    from .deployment import Deployment

    OnLog = Callable[[common_pb2.Log], None]

T = TypeVar("T")


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
    requests.files(request, deployment.store.blob_path)
    requests.secrets(request)
    try:
        for item in _follow(lambda on_log: deployment.build(name, definition, on_log)):
            if isinstance(item, _Done):
                status = pb.HostedRunStatus(state=pb.HostedRunStatus.SUCCESS)
                yield pb.BuildEnvironmentResult(env_id=item.value, status=status)
            else:
                yield pb.BuildEnvironmentResult(logs=item)
    except BuildError as error:
        status = pb.HostedRunStatus(state=pb.HostedRunStatus.INTERNAL_FAILURE)
        yield pb.BuildEnvironmentResult(status=status, logs=[answers.log(str(error), "ERROR", "BUILDER")])


def register_application(
    deployment: Deployment, request: pb.RegisterApplicationRequest
) -> Iterator[pb.RegisterApplicationResult]:
    """Deploy: the logs as they come, then the revision and where it answers."""
    deploy = deployment.prepare(request)
    try:
        for item in _follow(deploy):
            if isinstance(item, _Done):
                revision, urls = item.value
                result = pb.RegisterApplicationResultType(application_id=revision.application_id)
                yield pb.RegisterApplicationResult(result=result, service_urls=urls, env_id=revision.env_id)
            else:
                yield pb.RegisterApplicationResult(logs=item)
    except EngineError as error:
        raise Fault("FAILED_PRECONDITION", str(error)) from None


def run(deployment: Deployment, request: pb.HostedRun, context: grpc.ServicerContext) -> Iterator[pb.HostedRunResult]:
    """Call a function once: its logs as they come, then what it returned or raised."""
    name, environment = deployment.named(request, "run")
    definition = requests.definition(request)
    requests.machine(request)
    function, entrypoint = requests.callable_of(request, definition)
    setup = requests.serialized("setup_func", request.setup_func) if request.HasField("setup_func") else None
    job = Job(
        owner=deployment.owner,
        definition=definition,
        function=function,
        entrypoint=entrypoint,
        setup_function=setup,
        files=requests.files(request, deployment.store.blob_path),
        environment_name=environment,
        secrets=requests.secrets(request),
    )
    run_id = str(uuid.uuid4())
    # A function that serves never returns: what ends it is that nobody listens any more.
    gone = threading.Event()
    if not context.add_callback(gone.set):
        return

    def work(on_log: OnLog) -> RunResult:
        steps = deployment.engine.run(job)
        for step in steps:
            if isinstance(step, RunResult):
                return step
            on_log(deployment.log(name, None, *step, source="USER"))
        raise AssertionError("a run ends with a result")

    def message(**fields: Any) -> pb.HostedRunResult:
        return pb.HostedRunResult(run_id=run_id, **fields)

    try:
        for item in _follow(work):
            if isinstance(item, _Done):
                status = pb.HostedRunStatus(state=pb.HostedRunStatus.SUCCESS)
                yield message(status=status, return_value=_returned(item.value))
            else:
                yield message(status=pb.HostedRunStatus(state=pb.HostedRunStatus.IN_PROGRESS), logs=item)
    except EngineError as error:
        status = pb.HostedRunStatus(state=pb.HostedRunStatus.INTERNAL_FAILURE)
        yield message(status=status, logs=[answers.log(str(error), "ERROR", "BRIDGE")])


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
    items: queue.SimpleQueue[common_pb2.Log | _Done[T] | BaseException] = queue.SimpleQueue()

    def call() -> None:
        try:
            items.put(_Done(work(items.put)))
        except BaseException as error:
            items.put(error)

    threading.Thread(target=call, name="stream", daemon=True).start()
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
        if isinstance(item, BaseException):
            raise item
        if isinstance(item, _Done):
            yield item
            return
