"""The transports over asyncio, and what the async callers of one client share.

Method for method the same as `grpc.GrpcTransport`, `http.HttpTransport` and `shared.Shared`, so that the async caller, which is
generated from the sync one, finds what it expects. Connections belong to an event loop: each loop gets its own.
"""

from __future__ import annotations

import asyncio
import gc
import os
import threading
import time
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar
from weakref import WeakKeyDictionary, WeakSet

from fal._core import proxies
from fal._core.options import read_certificates
from fal._core.secret import Sealed
from fal._core.shared import Shared
from fal._core.sse import MESSAGE, Event, EventParser, payload
from fal.exceptions import ClientClosed, FalServerlessException

if TYPE_CHECKING:
    import grpc.aio
    import httpx

    from fal._core.settings import Settings
    from fal._gen.method import Method, Operation

T = TypeVar("T")


class _OfThisLoop:
    """What cannot be copied or pickled: a copy of half an event loop would be the result."""

    def __reduce_ex__(self, _: Any) -> NoReturn:
        raise TypeError("connections are not copied: they belong to an event loop; make a client where it is needed")


class AsyncGrpcTransport(_OfThisLoop):
    """The channel of one client on one event loop."""

    def __init__(self, target: str, *, secure: bool, ca_cert: bytes | None, proxy: str | None) -> None:
        import grpc.aio

        from fal._core.forking import gate

        self._target = target
        self._secure = secure
        self._ca_cert = ca_cert
        self._proxy = Sealed(proxy)
        self._channel: grpc.aio.Channel | None = None
        self._errors = (grpc.aio.UsageError, grpc.aio.BaseError)
        self._callables: dict[str, Callable[..., Any]] = {}
        self.gate = gate
        self._loop = running_loop()
        self.closed = False
        gate.idle.add(self)
        self._connect()  # here, where certificates that cannot be used are told

    async def unary(
        self, method: Method[Any, Any], request: Any, timeout: float | None, metadata: Sequence[tuple[str, str]]
    ) -> Any:
        await self.gate.enter_async()
        try:
            with self.telling():
                return await self._callable(method)(request, timeout=timeout, metadata=metadata)
        finally:
            self.gate.leave()

    async def open(
        self, method: Method[Any, Any], request: Any, timeout: float | None, metadata: Sequence[tuple[str, str]]
    ) -> AsyncAnswers:
        await self.gate.enter_async(stream=True)
        try:
            with self.telling():
                return AsyncAnswers(self, self._callable(method)(request, timeout=timeout, metadata=metadata))
        except BaseException:
            self.gate.leave(stream=True)
            raise

    def rest(self, patience: float) -> bool:
        """Let go of the channel, whose poller is always inside the core; the next call makes another one."""
        done = threading.Event()

        def let_go() -> None:
            self._channel = None
            self._callables = {}
            gc.collect()  # calls that have ended still hold their channel
            done.set()

        if self._channel is None:
            return True
        if self._loop.is_running() and asyncio._get_running_loop() is not self._loop:
            # On its own thread: else the loop might be at work on what the poller has just told.
            with suppress(RuntimeError):  # it has just ended
                self._loop.call_soon_threadsafe(let_go)
                done.wait(patience)
        else:
            let_go()
        return done.is_set()

    def is_down(self) -> bool:
        from fal._core.grpc import is_down

        return is_down(getattr(self._channel, "_channel", None))

    async def close(self) -> None:
        self.closed = True
        channel, self._channel = self._channel, None
        self._callables = {}
        if channel is not None:
            await channel.close()

    @contextmanager
    def telling(self) -> Iterator[None]:
        """Raise a ValueError for a closed channel and for what cannot be sent, as the sync half of grpc does."""
        usage, any_of_them = self._errors
        try:
            yield
        except usage as error:
            raise ValueError(str(error)) from None
        except any_of_them as error:
            raise ValueError(f"grpc refuses it ({type(error).__name__})") from None
        except asyncio.CancelledError:
            # The end of a channel cancels its calls, too; that is not the task's own cancellation.
            task = asyncio.current_task()
            if not self.closed or (task is not None and task.cancelling()):
                raise
            raise ValueError("the channel was closed") from None

    def _connect(self) -> grpc.aio.Channel:
        import grpc.aio

        from fal._core.grpc import host_of, keep_core, options, target_uri, tls_credentials

        if self._channel is None:
            keep_core()
            if self.closed:
                raise ValueError("the channel is closed")
            chosen, target = options(host_of(self._target), self._proxy.value), target_uri(self._target)
            if self._secure:
                self._channel = grpc.aio.secure_channel(target, tls_credentials(self._ca_cert), options=chosen)
            else:
                self._channel = grpc.aio.insecure_channel(target, options=chosen)
        return self._channel

    def _callable(self, method: Method[Any, Any]) -> Callable[..., Any]:
        if method.path not in self._callables:
            channel = self._connect()
            make: Any = channel.unary_stream if method.server_streaming else channel.unary_unary
            self._callables[method.path] = make(
                method.path,
                request_serializer=method.request.SerializeToString,
            )
        return self._callables[method.path]


class AsyncAnswers:
    """The answers of a streaming call. It is over when it was cancelled, also after the last answer."""

    def __init__(self, transport: AsyncGrpcTransport, call: Any) -> None:
        self._transport = transport
        self._call = call
        self._answers = call.__aiter__()
        self._loop = running_loop()
        self._over = False

    def __aiter__(self) -> AsyncAnswers:
        return self

    async def __anext__(self) -> Any:
        check_loop(self._loop)
        with self._transport.telling():
            return await self._answers.__anext__()

    def cancel(self) -> None:
        if self._over:
            return
        self._over = True
        if asyncio._get_running_loop() is self._loop:
            self._call.cancel()
        elif not self._loop.is_closed():  # the end of its loop has ended the call
            self._loop.call_soon_threadsafe(self._call.cancel)
        self._transport.gate.leave(stream=True)


class AsyncHttpTransport(_OfThisLoop):
    """The connections of one client to one REST host on one event loop."""

    def __init__(self, base_url: str, *, ca_file: str | None, proxy: str | None) -> None:
        import httpx

        self._base = httpx.URL(base_url)
        self._ca_file = ca_file
        self._proxy = Sealed(proxy)
        self._clients: dict[tuple[bool, str], httpx.AsyncClient] = {}

    async def send(
        self, operation: Operation[Any], timeout: float | None, headers: Sequence[tuple[str, str]]
    ) -> tuple[int, Mapping[str, str], bytes]:
        async with _deadline(_end(timeout)):
            response = await self._follow(self._request(operation, headers), stream=False)
        del response.stream  # see HttpTransport.send
        return response.status_code, response.headers, response.content

    async def open(
        self, operation: Operation[Any], timeout: float | None, headers: Sequence[tuple[str, str]]
    ) -> AsyncEventStream:
        from fal._core.http import WANTED

        limit = _end(timeout)
        request = self._request(operation, [*headers, WANTED[operation.stream]])
        async with _deadline(limit):
            return AsyncEventStream(await self._follow(request, stream=True), limit, events=operation.stream)

    async def put(
        self, url: str, content: bytes | Iterable[bytes], headers: Sequence[tuple[str, str]], timeout: float | None
    ) -> httpx.Response:
        import httpx

        body = content if isinstance(content, bytes) else b"".join(content)
        client = self._open(httpx.URL(url))
        async with _deadline(_end(timeout)):
            return await client.send(client.build_request("PUT", url, content=body, headers=list(headers)))

    async def close(self) -> None:
        for client in self._clients.values():
            await client.aclose()

    def _request(self, operation: Operation[Any], headers: Sequence[tuple[str, str]]) -> httpx.Request:
        from fal._core.http import build_request

        return build_request(self._open(self._base), self._base, operation, headers)

    def _open(self, url: httpx.URL) -> httpx.AsyncClient:
        from fal._core.http import client_place, connect_async

        place = client_place(url)
        found = self._clients.get(place)
        if found is None:
            found = self._clients[place] = connect_async(url, self._ca_file, self._proxy.value)
        return found

    async def _follow(self, request: httpx.Request, *, stream: bool) -> httpx.Response:
        from fal._core.http import REDIRECTS, redirect_target

        client = self._open(self._base)
        response = await client.send(request, stream=stream)
        for _ in range(REDIRECTS):
            target = redirect_target(request, response)
            if target is None:
                break
            await response.aclose()
            request = target
            response = await client.send(request, stream=stream)
        return response


class AsyncEventStream:
    """A response that is read event by event, or as it comes, all of it under one deadline."""

    def __init__(self, response: httpx.Response, limit: float | None, *, events: bool) -> None:
        self.status = response.status_code
        self.headers = response.headers
        self._response = response
        self._limit = limit
        self._events = events
        self._parser = EventParser()
        self._chunks = response.aiter_bytes()
        self._loop = running_loop()
        self._ready: deque[Event] = deque()

    async def next_event(self) -> Event | None:
        check_loop(self._loop)
        while True:
            while self._ready:
                event = self._ready.popleft()
                if payload(event) is not None:
                    return event
            async with _deadline(self._limit):
                chunk = await anext(self._chunks, None)
            if chunk is None:
                return None
            if not self._events:
                return Event(MESSAGE, chunk, "")
            self._ready.extend(self._parser.feed(chunk))

    async def rest(self) -> bytes:
        async with _deadline(self._limit):
            body = await self._response.aread()
        await self.end()
        return body

    async def end(self) -> None:
        if self._loop is asyncio._get_running_loop():  # which nobody has when the interpreter shuts down
            await self._response.aclose()
        elif self._loop.is_running():
            asyncio.run_coroutine_threadsafe(self._response.aclose(), self._loop)


class _Loop(_OfThisLoop):
    """What belongs to one event loop, until the client or the loop ends."""

    def __init__(self) -> None:
        self.pid = os.getpid()
        self.grpc: AsyncGrpcTransport | None = None
        self.http: AsyncHttpTransport | None = None
        self.team_lock = asyncio.Lock()
        self._life = self._until_the_end()
        # The loop hears of an async generator at its first step, and closes those that are left at its own end.
        with suppress(StopIteration):
            self._life.asend(None).send(None)

    async def close(self) -> None:
        await self._life.aclose()

    async def _until_the_end(self) -> AsyncGenerator[None, None]:
        try:
            yield
        finally:
            transports: list[Any] = [self.grpc, self.http]
            self.grpc = self.http = None
            for transport in transports:
                if transport is not None:
                    await transport.close()


class AsyncShared(_OfThisLoop):
    """The transports of one client: one pair for each event loop that it is used from."""

    def __init__(
        self, settings: Settings, ca_file: str | None, proxy: str | None, *, grpc_ca_file: str | None = None
    ) -> None:
        self._settings = settings
        self._ca_file = ca_file
        self._grpc_ca_file = grpc_ca_file or ca_file
        self._proxy = Sealed(proxy)
        self._loops: WeakKeyDictionary[asyncio.AbstractEventLoop, _Loop] = WeakKeyDictionary()
        self._blocking: WeakSet[Shared] = WeakSet()
        self.closed = False

    async def ask(self, question: Callable[[], T]) -> T:
        """Ask credentials for what a call carries."""
        if self._settings.credentials.kind == "login":
            # A stored login may have to be refreshed, under a lock on a file.
            return await asyncio.to_thread(question)
        return question()

    @property
    def team_lock(self) -> asyncio.Lock:
        return self._here().team_lock

    def grpc(self) -> AsyncGrpcTransport:
        here = self._here()
        if here.grpc is None:
            from fal._core.grpc import host_of

            # Asked here, where an error is not taken for one of the connection.
            host, proxy, secure = host_of(self._settings.grpc_target), self._proxy.value, self._settings.grpc_secure
            proxies.check_plaintext(host, secure=secure, proxy=proxy)
            here.grpc = AsyncGrpcTransport(
                self._settings.grpc_target,
                secure=secure,
                ca_cert=read_certificates(self._grpc_ca_file) if secure else None,
                proxy=proxy,
            )
        return here.grpc

    def http(self) -> AsyncHttpTransport:
        here = self._here()
        if here.http is None:
            here.http = AsyncHttpTransport(self._settings.rest_url, ca_file=self._ca_file, proxy=self._proxy.value)
        return here.http

    def blocking(self) -> Shared:
        """Return connections for work that runs in a thread. Closing them ends that work, and so does `close`."""
        self._ready()
        found = Shared(self._settings, self._ca_file, self._proxy.value, grpc_ca_file=self._grpc_ca_file)
        self._blocking.add(found)
        return found

    async def close(self) -> None:
        """Close the connections: those of the running loop before this returns, those of others when they come to it."""
        self.closed = True
        for shared in list(self._blocking):
            shared.close()
        running = running_loop()
        for loop, kept in list(self._loops.items()):
            del self._loops[loop]
            if kept.pid != os.getpid() or loop.is_closed():
                continue
            if loop is running:
                await kept.close()
            elif loop.is_running():
                asyncio.run_coroutine_threadsafe(kept.close(), loop)

    def _here(self) -> _Loop:
        self._ready()
        loop = running_loop()
        found = self._loops.get(loop)
        if found is None or found.pid != os.getpid():
            for other, kept in list(self._loops.items()):
                # What belongs to a loop holds it, so that none would ever go by itself.
                if other.is_closed() and kept.pid == os.getpid():
                    del self._loops[other]
            found = self._loops[loop] = _Loop()
        return found

    def _ready(self) -> None:
        if self.closed:
            raise ClientClosed("the client is closed", hint="Make a new one.")


def running_loop() -> asyncio.AbstractEventLoop:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        raise FalServerlessException(
            "no event loop of asyncio runs here",
            hint="Call it inside asyncio.run(); a forked child needs one of its own.",
        ) from None


def check_loop(own: asyncio.AbstractEventLoop) -> None:
    if running_loop() is not own:
        raise FalServerlessException(
            "the stream belongs to another event loop", hint="Read a stream to its end where it was begun."
        )


def _end(timeout: float | None) -> float | None:
    return None if timeout is None else time.monotonic() + timeout


class _deadline:
    """Like `asyncio.timeout_at`, in monotonic time, with httpx's own exception at its end."""

    def __init__(self, limit: float | None) -> None:
        self._timeout = asyncio.timeout(None if limit is None else max(0.0, limit - time.monotonic()))

    async def __aenter__(self) -> None:
        await self._timeout.__aenter__()

    async def __aexit__(self, *raised: Any) -> None:
        try:
            await self._timeout.__aexit__(*raised)
        except TimeoutError:
            import httpx

            raise httpx.ReadTimeout("the deadline of the call has passed") from None
