"""The async client, and its caller, behind the face of the sync one, so that one test speaks for both."""

from __future__ import annotations

import asyncio
import functools
import inspect
import threading
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from fal._aio.caller import AsyncCaller
from fal._core.settings import Settings
from fal.api import AsyncServerlessClient
from fal.api._pager import AsyncPager, Pager
from tests.support.callers import made_of
from tests.support.waiting import LIMIT

T = TypeVar("T")


class Loop:
    """An event loop in a thread of its own, that waits for what sync code gives it."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="facade", daemon=True)
        self._thread.start()
        self._faces: dict[int, Facade] = {}

    def face(self, value: Any) -> Any:
        """Return what stands for an object of the async client, always the same; anything else as it is."""
        if not type(value).__module__.startswith("fal._aio"):
            return value
        return self._faces.setdefault(id(value), Facade(value, self))  # which keeps the object, and so its id

    def wait(self, value: Any) -> Any:
        """Return what an awaitable gives; an async iterator as a sync one; anything else as it is."""
        if inspect.isasyncgen(value):
            return self._iterate(value)
        if isinstance(value, AsyncPager):
            return Pager(self._iterate(aiter(value)))
        if not inspect.isawaitable(value):
            return value

        async def waited() -> Any:
            return await value

        return self.run(waited())

    def run(self, coroutine: Any) -> Any:
        future = asyncio.run_coroutine_threadsafe(coroutine, self._loop)
        try:
            return future.result()
        except KeyboardInterrupt:
            future.cancel()
            raise

    def close(self) -> None:
        self.run(self._loop.shutdown_asyncgens())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(LIMIT)
        self._faces.clear()
        self._loop.close()

    def _iterate(self, values: Any) -> Iterator[Any]:
        try:
            while (result := self.run(anext(values, self))) is not self:
                yield result
        finally:
            self.run(values.aclose())


class Facade:
    """Stands for an object of the async client: what it would have to be awaited for is waited for on the loop."""

    def __init__(self, target: Any, loop: Loop) -> None:
        vars(self).update(_target=target, _loop=loop)

    def __getattr__(self, name: str) -> Any:
        result = getattr(self._target, name)
        if inspect.ismethod(result) and not name.startswith("_"):
            return self._method(result)
        return result if name.startswith("_") else self._loop.face(result)

    def __setattr__(self, name: str, value: Any) -> None:
        if inspect.iscoroutinefunction(getattr(self._target, name, None)) and not inspect.iscoroutinefunction(value):
            value = _coroutine_function(value)
        setattr(self._target, name, value)

    def __delattr__(self, name: str) -> None:
        vars(self._target).pop(name, None)

    def __repr__(self) -> str:
        return repr(self._target)

    def __enter__(self) -> Facade:
        return self

    def __exit__(self, *raised: object) -> None:
        self._loop.run(self._target.__aexit__(*raised))

    def _method(self, method: Any) -> Any:
        async def on_the_loop(args: Any, options: Any) -> Any:
            # Called there, too: what looks for the running loop when it is called finds one.
            return method(*args, **options)

        def called(*args: Any, **options: Any) -> Any:
            return self._loop.face(self._loop.wait(self._loop.run(on_the_loop(args, options))))

        return functools.update_wrapper(called, method)


def _coroutine_function(sync: Callable[..., Any]) -> Callable[..., Any]:
    async def called(*args: Any, **options: Any) -> Any:
        return sync(*args, **options)

    return called


def async_client(loop: Loop, **options: Any) -> Any:
    """Make an async client that is used like a sync one."""
    return loop.face(AsyncServerlessClient(**options))


def async_caller(loop: Loop, settings: Settings, **options: Any) -> Any:
    """Make an async caller that is used like a sync one; `sleep` is given as a plain function."""
    if "sleep" in options:
        options["sleep"] = _coroutine_function(options["sleep"])
    return loop.face(AsyncCaller(**made_of(settings, asynchronous=True, **options)))
