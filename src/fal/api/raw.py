"""Answers with what came along with them: `client.with_raw_response`."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Generic, TypeVar

from fal._core.call import CallInfo, Record
from fal.api._namespace import Namespace
from fal.exceptions import InvalidInput

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class RawResponse(Generic[T]):
    """What a method returned, and how its calls ended.

    Attributes:
        parsed: What the method returns otherwise.
        calls: Each RPC and REST request of the method, in order.
    """

    parsed: T
    calls: tuple[CallInfo, ...]

    @property
    def method(self) -> str:
        """The RPC or REST operation of the last call."""
        return self.calls[-1].method

    @property
    def status(self) -> str | int:
        """How the last call ended: "OK" of an RPC, the HTTP status of a REST request."""
        return self.calls[-1].status

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers of the last answer; of an RPC its metadata, initial and trailing."""
        return self.calls[-1].headers

    @property
    def request_id(self) -> str:
        """The id that the last call was sent with."""
        return self.calls[-1].request_id

    @property
    def attempts(self) -> int:
        """How often the last call was sent."""
        return self.calls[-1].attempts

    @property
    def elapsed(self) -> timedelta:
        """How long all calls took, attempts and pauses included."""
        return sum((call.elapsed for call in self.calls), timedelta())


class RawNamespace:
    """The methods of a namespace, which return a RawResponse here."""

    def __init__(self, client: Any, name: str) -> None:
        self._client = client
        self._name = name

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(getattr(self._client, self._name), name)
        if name.startswith("_") or not callable(method):
            raise AttributeError(f"{self._name} has no method {name!r}")
        if inspect.isgeneratorfunction(method) or inspect.isasyncgenfunction(method):
            raise _no_response(self._name, name)

        def recorded(*args: Any, **options: Any) -> Any:
            record = Record()
            client = self._client._with_record(record)
            found = getattr(getattr(client, self._name), name)(*args, **options)
            if inspect.isawaitable(found):
                return _awaited(found, record)
            if isinstance(found, Iterator | AsyncIterator) or hasattr(found, "to_rows"):
                raise _no_response(self._name, name)
            return RawResponse(found, tuple(record.calls))

        return recorded

    def __dir__(self) -> list[str]:
        return [name for name in dir(getattr(self._client, self._name)) if not name.startswith("_")]


class RawClient:
    """The namespaces of a client, whose methods return a RawResponse here.

    Example:
        raw = client.with_raw_response.apps.list()
        print(raw.status, raw.request_id, raw.attempts, raw.elapsed, len(raw.parsed))
    """

    def __init__(self, client: Any) -> None:
        self._client = client

    def __getattr__(self, name: str) -> RawNamespace:
        if name.startswith("_") or not _is_namespace(getattr(self._client, name)):
            raise AttributeError(f"{name!r} is not a namespace of the client, so it has no raw responses")
        return RawNamespace(self._client, name)


def _is_namespace(value: object) -> bool:
    return isinstance(value, Namespace) or type(value).__name__.endswith("Namespace")


async def _awaited(found: Awaitable[T], record: Record) -> RawResponse[T]:
    parsed = await found
    return RawResponse(parsed, tuple(record.calls))


def _no_response(namespace: str, name: str) -> InvalidInput:
    return InvalidInput(
        f"{namespace}.{name} gives its answers one by one, so it has no single response",
        hint='Use client.on("response", ...) to see its calls.',
    )


__all__ = ["CallInfo", "RawClient", "RawNamespace", "RawResponse"]
