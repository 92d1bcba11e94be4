"""The three operations for asyncio. A deploy reads, hashes and packs files for most of its time, so it works in a thread."""

from __future__ import annotations

import asyncio
import contextvars
import inspect
import time
from collections.abc import AsyncGenerator, Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, TypeVar

from fal._core.caller import Caller

from . import local, operations
from .events import Finished, RolledOut

if TYPE_CHECKING:
    from typing import Unpack

    from fal._aio.caller import AsyncCaller

    from .events import DeployEvent
    from .options import AppRef, DeployArguments, ResultHandler
    from .plan import DeployPlan
    from .result import DeploymentResult, RunResult

T = TypeVar("T")
E = TypeVar("E", bound="DeployEvent")

_PATIENCE = 10.0  # seconds that a deploy that was given up has to clean up, before nobody waits for it any more


async def plan_deploy(caller: AsyncCaller, app_ref: AppRef = None, **arguments: Unpack[DeployArguments]) -> DeployPlan:
    """Return what `deploy` would do, without doing it."""
    worker = _Worker(caller)
    try:
        return await worker.run(lambda: operations.plan_deploy(worker.caller, app_ref, **arguments))
    finally:
        await worker.end()


def deploy_events(
    caller: AsyncCaller,
    app_ref: AppRef | DeployPlan = None,
    *,
    result_handler: ResultHandler | None = None,
    build_result_handler: ResultHandler | None = None,
    **arguments: Unpack[DeployArguments],
) -> AsyncGenerator[DeployEvent, None]:
    """Deploy and yield events. The last event is RolledOut with the result; closing the iterator cancels the deploy."""
    worker = _Worker(caller)
    # Wrong arguments are refused here, not by the first step.
    events = operations.deploy_events(
        worker.caller,
        app_ref,
        result_handler=_on_the_loop(result_handler),
        build_result_handler=_on_the_loop(build_result_handler),
        **arguments,
    )
    return _events(worker, events)


async def deploy(
    caller: AsyncCaller,
    app_ref: AppRef | DeployPlan = None,
    *,
    on_event: Callable[[DeployEvent], object] | None = None,
    result_handler: ResultHandler | None = None,
    build_result_handler: ResultHandler | None = None,
    **arguments: Unpack[DeployArguments],
) -> DeploymentResult:
    """Deploy an app and return the new revision. Callbacks run on the event loop and may be coroutine functions."""
    events = deploy_events(
        caller,
        app_ref,
        result_handler=result_handler,
        build_result_handler=build_result_handler,
        **arguments,
    )
    return (await _last(events, RolledOut, on_event)).result


async def run(
    caller: AsyncCaller,
    app_ref: AppRef = None,
    *,
    on_event: Callable[[DeployEvent], object] | None = None,
    **arguments: Any,
) -> RunResult:
    """Run a function or an app on the platform. The callback runs on the event loop, and may be a coroutine function."""
    worker = _Worker(caller)
    events = _events(worker, operations.run_events(worker.caller, app_ref, **arguments))
    return (await _last(events, Finished, on_event)).result


async def _last(
    events: AsyncGenerator[DeployEvent, None], kind: type[E], on_event: Callable[[DeployEvent], object] | None
) -> E:
    """Hand on every event, and return the last one, which is of this kind."""
    event: DeployEvent | None = None
    async with aclosing(events):
        async for event in events:
            if on_event is not None:
                await _waited(on_event(event))
    assert isinstance(event, kind)
    return event


async def run_local(app_ref: AppRef = None, **arguments: Any) -> Any:
    """Run a function or an app in a thread of this process."""
    return await asyncio.to_thread(local.run_local, app_ref, **arguments)


async def _events(worker: _Worker, events: Generator[DeployEvent, None, None]) -> AsyncGenerator[DeployEvent, None]:
    try:
        while (event := await worker.run(lambda: next(events, None))) is not None:
            yield event
    finally:
        await worker.end(events.close)


class _Worker:
    """A thread with a sync caller and connections of its own; closing them ends what the thread waits for."""

    def __init__(self, caller: AsyncCaller) -> None:
        self._connections = caller._connections.for_thread()
        self.caller = object.__new__(Caller)
        self.caller.__dict__.update(vars(caller), _connections=self._connections, _sleep=time.sleep)
        self._threads = ThreadPoolExecutor(1, "fal-deploy")
        # One for all steps: what traces a call of several steps leaves in the context that it entered.
        self._context = contextvars.copy_context()
        self._busy = False

    async def run(self, work: Callable[[], T]) -> T:
        self._busy = True
        result = await asyncio.get_running_loop().run_in_executor(self._threads, self._context.run, work)
        self._busy = False
        return result

    async def end(self, clean_up: Callable[[], object] = lambda: None) -> None:
        """Interrupt what is under way, then clean up in the same thread."""
        if self._busy:
            self._connections.close()
        last = asyncio.wrap_future(self._threads.submit(self._context.run, clean_up))
        self._threads.shutdown(wait=False)
        try:
            await asyncio.wait({last}, timeout=_PATIENCE)
        finally:
            self._connections.close()


def _on_the_loop(handler: ResultHandler | None) -> ResultHandler | None:
    """Return a handler for the thread that calls `handler` on the running loop and waits for it."""
    if handler is None:
        return None
    loop = asyncio.get_running_loop()

    def handle(message: Any) -> None:
        asyncio.run_coroutine_threadsafe(_called(handler, message), loop).result()

    return handle


async def _called(handler: Callable[[Any], object], message: Any) -> None:
    await _waited(handler(message))


async def _waited(awaitable: object) -> None:
    if inspect.isawaitable(awaitable):
        await awaitable
