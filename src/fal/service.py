"""Call another service through code that the generator made of its specification.

`python -m generator init` writes such code. What this module adds is how it is sent: base addresses, credentials, deadlines,
retries, and the errors of `fal.exceptions`, sync and async.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from typing import Any, Protocol, Self, TypeVar, cast

from fal._core import arguments, hosts
from fal._core.auth import Credentials
from fal._core.options import CallOptions, TransportOptions
from fal._core.secret import MaskedStr, Sealed
from fal._core.settings import Settings
from fal.exceptions import InvalidType

__all__ = ["AsyncService", "Service"]

_HINTS = {
    "UNAUTHENTICATED": "Check the `headers` that say who calls.",
    "PERMISSION_DENIED": "Check the `headers` that say who calls, and what they are allowed to do.",
    "DEADLINE_EXCEEDED": "Give it more time with `timeout`.",
}
T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Operation(Protocol[T_co]):
    """A REST operation of a generated package, ready to be sent."""

    @property
    def name(self) -> str: ...
    @property
    def parse(self) -> Callable[[int, Mapping[str, str], bytes], T_co]: ...


class Method(Protocol[T_co]):
    """An RPC of a generated package."""

    @property
    def name(self) -> str: ...
    @property
    def server_streaming(self) -> bool: ...
    @property
    def response(self) -> type[T_co]: ...


class HeaderCredentials(Credentials):
    """Headers that say who calls, sent over HTTP as they are, and over gRPC with their names in lower case."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._headers: Sealed[list[tuple[str, str]]] = Sealed(
            [(name, MaskedStr(text)) for name, text in headers.items()]
        )

    def _secrets(self) -> list[MaskedStr]:
        return [MaskedStr(text) for _, text in self._headers.value]

    def http_headers(self) -> list[tuple[str, str]]:
        return self._headers.value

    def grpc_metadata(self) -> list[tuple[str, str]]:
        return [(name.lower(), text) for name, text in self._headers.value]

    @property
    def kind(self) -> str:
        return "headers"


def _settings(
    base_url: str | None, grpc_target: str | None, headers: Mapping[str, str] | None, others: Mapping[str, str] | None
) -> Settings:
    if base_url is None and grpc_target is None:
        raise ValueError("pass base_url, grpc_target or both: the addresses to call")
    given = []
    if base_url is not None:
        given.append(hosts.parse(base_url, "argument base_url", plaintext=None, path_allowed=True))
    if grpc_target is not None:
        given.append(hosts.parse(grpc_target, "argument grpc_target", plaintext=None))
    base, grpc = given[0], given[-1]
    named = {
        name: hosts.parse(url, f"argument hosts, {name}", plaintext=None, path_allowed=True).url
        for name, url in (others or {}).items()
    }
    return Settings(
        grpc_target=grpc.target,
        grpc_secure=grpc.secure,
        rest_url=base.url,
        run_url=base.url,
        queue_url=base.url,
        platform_url=base.url,
        team=None,
        profile=None,
        credentials=HeaderCredentials(headers or {}),
        sources={},
        other_hosts=named,
        hints=_HINTS,
    )


def _options(timeout: float | None, max_retries: int | None) -> CallOptions:
    return CallOptions(timeout=arguments.optional_seconds("timeout", timeout), max_retries=max_retries)


def _itself(answer: T) -> T:
    return answer


def _of_kind(method: Method[Any], *, streams: bool) -> Any:
    """Return a method that answers as it is called: once, or piece by piece."""
    if method.server_streaming is streams:
        return method
    says, call = ("once", "call") if streams else ("piece by piece", "stream")
    raise InvalidType(f"method: {method.name} answers {says}; pass it to {call}()")


class Service:
    """A service that is called with generated operations and RPCs. Safe to share between threads.

    Args:
        base_url: Where the REST operations are, as in https://host/v1; None is where the RPCs are.
        grpc_target: Where the RPCs are, as in host:443; None is where the REST operations are. Plain connections go to this
            machine only.
        headers: Who calls, as in {"Authorization": "Bearer …"}; shown nowhere.
        hosts: Where operations are that the specification puts on a server of their own: the server as it is written there, and
            the address to call. The headers go there too.
        timeout: Seconds that a call may take, retries included, instead of what its policy says.
        max_retries: The maximum number of retries, instead of the policy's.

    Example:
        with Service("https://api.example", headers={"Authorization": "Bearer token"}) as service:
            print(type(service).__name__)
    """

    def __init__(
        self,
        base_url: str | None = None,
        *,
        grpc_target: str | None = None,
        headers: Mapping[str, str] | None = None,
        hosts: Mapping[str, str] | None = None,
        timeout: float | None = None,
        max_retries: int | None = None,
    ) -> None:
        from fal._core.caller import Caller

        settings = _settings(base_url, grpc_target, headers, hosts)
        self._caller = Caller(settings, _options(timeout, max_retries), TransportOptions())

    def send(self, operation: Operation[T], *, timeout: float | None = None) -> T:
        """Send a REST operation and return its answer.

        Args:
            operation: What a generated function returned.
            timeout: Seconds that this call may take.

        Raises:
            FalServerlessException: The call failed; nothing else is raised.
        """
        return cast("T", self._caller.send(cast("Any", operation), timeout=timeout))

    def events(self, operation: Operation[T]) -> Iterator[T]:
        """Send a REST operation and yield its events, as they come."""
        return cast("Iterator[T]", self._caller.send_stream(cast("Any", operation)))

    def call(self, method: Method[T], request: Any, *, timeout: float | None = None) -> T:
        """Call an RPC and return its answer.

        Args:
            method: A constant of the generated `rpc`.
            request: Its message.
            timeout: Seconds that this call may take.

        Raises:
            FalServerlessException: The call failed; nothing else is raised.
        """
        return cast("T", self._caller.call(_of_kind(method, streams=False), request, _itself, timeout=timeout))

    def stream(self, method: Method[T], request: Any) -> Iterator[T]:
        """Call an RPC that streams, and yield its answers as they come."""
        return cast("Iterator[T]", self._caller.stream(_of_kind(method, streams=True), request))

    def close(self) -> None:
        """Close the connections. A second call does nothing."""
        self._caller.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class AsyncService:
    """The same for asyncio: see `Service`."""

    def __init__(
        self,
        base_url: str | None = None,
        *,
        grpc_target: str | None = None,
        headers: Mapping[str, str] | None = None,
        hosts: Mapping[str, str] | None = None,
        timeout: float | None = None,
        max_retries: int | None = None,
    ) -> None:
        from fal._aio.caller import AsyncCaller

        settings = _settings(base_url, grpc_target, headers, hosts)
        self._caller = AsyncCaller(settings, _options(timeout, max_retries), TransportOptions())

    async def send(self, operation: Operation[T], *, timeout: float | None = None) -> T:
        """Send a REST operation and return its answer; see `Service.send`."""
        return cast("T", await self._caller.send(cast("Any", operation), timeout=timeout))

    def events(self, operation: Operation[T]) -> AsyncIterator[T]:
        """Send a REST operation and yield its events, as they come."""
        return cast("AsyncIterator[T]", self._caller.send_stream(cast("Any", operation)))

    async def call(self, method: Method[T], request: Any, *, timeout: float | None = None) -> T:
        """Call an RPC and return its answer; see `Service.call`."""
        return cast("T", await self._caller.call(_of_kind(method, streams=False), request, _itself, timeout=timeout))

    def stream(self, method: Method[T], request: Any) -> AsyncIterator[T]:
        """Call an RPC that streams, and yield its answers as they come."""
        return cast("AsyncIterator[T]", self._caller.stream(_of_kind(method, streams=True), request))

    async def close(self) -> None:
        """Close the connections. A second call does nothing."""
        await self._caller.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()
