"""Raw responses: `client.with_raw_response`."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, TypeVar

from fal._core.call import CallInfo, Record
from fal.exceptions import InvalidInput

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class RawResponse(Generic[T]):
    """What a method returned, and how its calls ended.

    Attributes:
        parsed: What the method returns otherwise.
        calls: Each RPC and REST request of the method that was answered, in order. Of a method whose results come one by one, it
            grows while they are read.
    """

    parsed: T
    calls: Sequence[CallInfo]

    @property
    def _last(self) -> CallInfo:
        if not self.calls:
            raise InvalidInput(
                "nothing has been answered, so there is no response",
                hint="Not every method makes a call, and results that come one by one have to be read: see calls.",
            )
        return self.calls[-1]

    @property
    def method(self) -> str:
        """The RPC or REST operation of the last call."""
        return self._last.method

    @property
    def status(self) -> str | int:
        """How the last call ended: "OK" of an RPC, the HTTP status of a REST request."""
        return self._last.status

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers of the last response; for an RPC, its initial and trailing metadata."""
        return self._last.headers

    @property
    def request_id(self) -> str:
        """The id that the last call was sent with."""
        return self._last.request_id

    @property
    def attempts(self) -> int:
        """How often the last call was sent."""
        return self._last.attempts

    @property
    def elapsed(self) -> timedelta:
        """How long all calls took, attempts and pauses included."""
        return sum((call.elapsed for call in self.calls), timedelta())


class Raw(Generic[P, T]):
    """A method of a namespace, which returns a RawResponse."""

    def __init__(self, method: Callable[Concatenate[Any, P], T]) -> None:
        self._name = method.__name__

    def __get__(self, raw: RawNamespace, owner: object = None) -> Callable[P, RawResponse[T]]:
        return raw._recorded(self._name)


class AsyncRaw(Generic[P, T]):
    """The same of an async namespace."""

    def __init__(self, method: Callable[Concatenate[Any, P], Coroutine[Any, Any, T]]) -> None:
        self._name = method.__name__

    def __get__(self, raw: RawNamespace, owner: object = None) -> Callable[P, Awaitable[RawResponse[T]]]:
        return raw._recorded(self._name)


class RawIterator(Raw[P, T]):
    """A method whose results come one by one, of a sync or an async namespace."""

    def __get__(self, raw: RawNamespace, owner: object = None) -> Callable[P, RawResponse[T]]:
        return raw._recorded(self._name, growing=True)


class RawNamespace:
    """The methods of a namespace, which return a RawResponse here."""

    def __init__(self, client: Any, name: str) -> None:
        self._client = client
        self._name = name

    def _recorded(self, name: str, *, growing: bool = False) -> Callable[..., Any]:
        def recorded(*args: Any, **options: Any) -> Any:
            record = Record()
            client = self._client._with_record(record)
            result = getattr(getattr(client, self._name), name)(*args, **options)
            if inspect.isawaitable(result):
                return _awaited(result, record)
            return RawResponse(result, record.calls if growing else tuple(record.calls))

        return recorded


class RawClient:
    """What `client.with_raw_response` is made of."""

    def __init__(self, client: Any) -> None:
        self._client = client

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            raise AttributeError(f"{name!r} is not a namespace with raw responses")


async def _awaited(result: Awaitable[T], record: Record) -> RawResponse[T]:
    parsed = await result
    return RawResponse(parsed, tuple(record.calls))


__all__ = ["CallInfo", "RawResponse"]
