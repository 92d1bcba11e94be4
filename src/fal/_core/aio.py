"""The transports over asyncio, and what the async callers of one client share.

Method for method the same as `grpc.GrpcTransport`, `http.HttpTransport` and `shared.Shared`, so that the async caller, which is
generated from the sync one, finds what it expects. Connections belong to an event loop: each loop gets its own.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar
from weakref import WeakKeyDictionary, WeakSet

from fal._core import proxies
from fal._core.options import read_certificates
from fal._core.secret import Sealed
from fal._core.shared import Shared
from fal._core.sse import Event, EventParser, payload
from fal.exceptions import ClientClosed

if TYPE_CHECKING:
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

        from fal._core.grpc import host_of, options, target_uri, tls_credentials

        chosen = options(host_of(target), proxy)
        if secure:
            self._channel = grpc.aio.secure_channel(target_uri(target), tls_credentials(ca_cert), options=chosen)
        else:
            self._channel = grpc.aio.insecure_channel(target_uri(target), options=chosen)
        self._errors = (grpc.aio.UsageError, grpc.aio.BaseError)
        self._callables: dict[str, Callable[..., Any]] = {}
        self.closed = False

    async def unary(
        self, method: Method[Any, Any], request: Any, timeout: float | None, metadata: Sequence[tuple[str, str]]
    ) -> Any:
        with self.telling():
            return await self._callable(method)(request, timeout=timeout, metadata=metadata)

    async def open(
        self, method: Method[Any, Any], request: Any, timeout: float | None, metadata: Sequence[tuple[str, str]]
    ) -> AsyncAnswers:
        with self.telling():
            return AsyncAnswers(self, self._callable(method)(request, timeout=timeout, metadata=metadata))

    def is_down(self) -> bool:
        from fal._core.grpc import is_down

        return is_down(getattr(self._channel, "_channel", None))

    async def close(self) -> None:
        self.closed = True
        await self._channel.close()

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

    def _callable(self, method: Method[Any, Any]) -> Callable[..., Any]:
        if method.path not in self._callables:
            make: Any = self._channel.unary_stream if method.server_streaming else self._channel.unary_unary
            self._callables[method.path] = make(
                method.path,
                request_serializer=method.request.SerializeToString,
            )
        return self._callables[method.path]


class AsyncAnswers:
    """The answers of a streaming call."""

    def __init__(self, transport: AsyncGrpcTransport, call: Any) -> None:
        self._transport = transport
        self._call = call
        self._answers = call.__aiter__()

    def __aiter__(self) -> AsyncAnswers:
        return self

    async def __anext__(self) -> Any:
        with self._transport.telling():
            return await self._answers.__anext__()

    def cancel(self) -> None:
        self._call.cancel()


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
        self._ready: deque[Event] = deque()

    async def next_data(self) -> bytes | None:
        while True:
            while self._ready:
                data = payload(self._ready.popleft())
                if data is not None:
                    return data
            async with _deadline(self._limit):
                chunk = await anext(self._chunks, None)
            if chunk is None or not self._events:
                return chunk
            self._ready.extend(self._parser.feed(chunk))

    async def rest(self) -> bytes:
        async with _deadline(self._limit):
            body = await self._response.aread()
        await self.end()
        return body

    async def end(self) -> None:
        await self._response.aclose()


class _Loop(_OfThisLoop):
    """What belongs to one event loop."""

    def __init__(self) -> None:
        self.pid = os.getpid()
        self.grpc: AsyncGrpcTransport | None = None
        self.http: AsyncHttpTransport | None = None
        self.team_lock = asyncio.Lock()

    async def close(self) -> None:
        for transport in (self.grpc, self.http):
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
        running = asyncio.get_running_loop()
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
        loop = asyncio.get_running_loop()
        found = self._loops.get(loop)
        if found is None or found.pid != os.getpid():
            found = self._loops[loop] = _Loop()
        return found

    def _ready(self) -> None:
        if self.closed:
            raise ClientClosed("the client is closed", hint="Make a new one.")


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
