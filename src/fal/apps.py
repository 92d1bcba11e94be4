"""Call apps by their names, with the key of the environment or the profile.

Each function is one of `client.apps`, of a client that is made for the settings as they are; those that end in `_async` are for
asyncio. A script that calls often, or with other settings, makes a `SyncServerlessClient` itself.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import aclosing, contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from fal.api import AsyncServerlessClient, SyncServerlessClient
from fal.api._app_requests import Completed as Completed
from fal.api._app_requests import InProgress as InProgress
from fal.api._app_requests import Queued as Queued
from fal.api._app_requests import Status as Status
from fal.api._calling import RequestHandle as _RequestHandle

if TYPE_CHECKING:
    from fal._aio._calling import AsyncRequestHandle
    from fal._app_socket import AppSocket

# Clients by the settings that they were made with: a variable that changes makes another one.
_KEPT = 4


class RequestHandle(_RequestHandle):
    """A request that an app's queue has taken; made by `submit`, or anew from the two things that `submit` told.

    Args:
        app_id: "owner/name", or the name of an app of this account.
        request_id: The id that the queue gave it.

    Example:
        print(fal.apps.RequestHandle("me/my-app", "request-id").get())
    """

    def __init__(self, app_id: str, request_id: str) -> None:
        super().__init__(_client().apps, app_id, request_id)

    @property
    def app_id(self) -> str:
        """Owner and name of the app."""
        return self.app


def run(app_id: str, arguments: Mapping[str, Any], *, path: str = "", timeout: float = 3600.0) -> Any:
    """Call an app over its queue, and return the result.

    Args:
        app_id: "owner/name", or the name of an app of this account.
        arguments: The input, as the app's endpoint takes it.
        path: The endpoint; the app's first one when left out.
        timeout: How long to wait, in seconds.

    Raises:
        FalServerlessException: The app failed, or was not reached.

    Example:
        print(fal.apps.run("me/my-app", {"prompt": "a cat"}))
    """
    return _client().apps.run(app_id, arguments, path=path, timeout=timeout)


def submit(
    app_id: str, arguments: Mapping[str, Any], *, path: str = "", webhook_url: str | None = None
) -> RequestHandle:
    """Queue a request to an app, and return a handle to it at once. Arguments as for `run`.

    Args:
        app_id: "owner/name", or the name of an app of this account.
        arguments: The input.
        path: The endpoint.
        webhook_url: Where the platform posts the result, signed, once the request is completed.

    Example:
        handle = fal.apps.submit("me/my-app", {"prompt": "a cat"})
        print(handle.status(), handle.get())
    """
    handle = _client().apps.submit(app_id, arguments, path=path, webhook_url=webhook_url)
    return RequestHandle(handle.app, handle.request_id)


def subscribe(
    app_id: str,
    arguments: Mapping[str, Any],
    *,
    path: str = "",
    on_queue_update: Callable[[Status], object] | None = None,
    with_logs: bool = False,
    timeout: float = 3600.0,
) -> Any:
    """Call an app over its queue, follow its status, and return the result. Arguments as for `run`.

    Args:
        app_id: "owner/name", or the name of an app of this account.
        arguments: The input.
        path: The endpoint.
        on_queue_update: Called with each `Queued`, `InProgress` and `Completed`.
        with_logs: Whether they include what the app has printed.
        timeout: How long to wait, in seconds.
    """
    options: dict[str, Any] = {"on_queue_update": on_queue_update, "with_logs": with_logs, "timeout": timeout}
    return _client().apps.subscribe(app_id, arguments, path=path, **options)


def stream(app_id: str, arguments: Mapping[str, Any], *, path: str = "") -> Iterator[Any]:
    """Call a streaming endpoint and yield the chunks of its response: parsed JSON, or bytes. Arguments as for `run`.

    Example:
        for piece in fal.apps.stream("me/my-app", {"prompt": "a cat"}, path="/stream"):
            print(piece)
    """
    return _client().apps.stream(app_id, arguments, path=path)


def status(app_id: str, request_id: str, *, logs: bool = False) -> Status:
    """Return the status of a queued request.

    Args:
        app_id: "owner/name", or the name of an app of this account.
        request_id: The id that the queue gave it.
        logs: Whether to include what the app has printed.
    """
    return _client().apps.status(app_id, request_id, logs=logs)


def result(app_id: str, request_id: str) -> Any:
    """Return the result of a queued request that is completed. Arguments as for `status`."""
    return _client().apps.result(app_id, request_id)


def cancel(app_id: str, request_id: str) -> None:
    """Cancel a queued request. Arguments as for `status`."""
    _client().apps.cancel(app_id, request_id)


@contextmanager
def ws(app_id: str, *, path: str = "", timeout: float = 3600.0) -> Iterator[AppSocket]:
    """Call an app over one websocket, for as long as the block lasts; needs the package `websockets`.

    Args:
        app_id: "owner/name", or the name of an app of this account.
        path: The endpoint, any that takes POST; the app's first one when left out.
        timeout: How long to wait for each part of an answer, in seconds.

    Yields:
        What sends inputs and receives answers, in order: `send`, `recv`, `run` and `stream`.

    Raises:
        FalServerlessException: The app was not reached, or refused.

    Example:
        with fal.apps.ws("me/my-app") as connection:
            for prompt in ("a cat", "a dog"):
                connection.send({"prompt": prompt})
            print(connection.recv(), connection.recv())
    """
    from fal._app_socket import connect

    with connect(_client(), app_id, path, timeout) as connection:
        yield connection


async def run_async(app_id: str, arguments: Mapping[str, Any], *, path: str = "", timeout: float = 3600.0) -> Any:
    """Do what `run` does, for asyncio."""
    return await _async_client().apps.run(app_id, arguments, path=path, timeout=timeout)


async def submit_async(
    app_id: str, arguments: Mapping[str, Any], *, path: str = "", webhook_url: str | None = None
) -> AsyncRequestHandle:
    """Do what `submit` does, for asyncio."""
    return await _async_client().apps.submit(app_id, arguments, path=path, webhook_url=webhook_url)


async def subscribe_async(
    app_id: str,
    arguments: Mapping[str, Any],
    *,
    path: str = "",
    on_queue_update: Callable[[Status], object] | None = None,
    with_logs: bool = False,
    timeout: float = 3600.0,
) -> Any:
    """Do what `subscribe` does, for asyncio."""
    options: dict[str, Any] = {"on_queue_update": on_queue_update, "with_logs": with_logs, "timeout": timeout}
    return await _async_client().apps.subscribe(app_id, arguments, path=path, **options)


async def stream_async(app_id: str, arguments: Mapping[str, Any], *, path: str = "") -> AsyncIterator[Any]:
    """Do what `stream` does, for asyncio."""
    async with aclosing(_async_client().apps.stream(app_id, arguments, path=path)) as pieces:
        async for piece in pieces:
            yield piece


async def status_async(app_id: str, request_id: str, *, logs: bool = False) -> Status:
    """Do what `status` does, for asyncio."""
    return await _async_client().apps.status(app_id, request_id, logs=logs)


async def result_async(app_id: str, request_id: str) -> Any:
    """Do what `result` does, for asyncio."""
    return await _async_client().apps.result(app_id, request_id)


async def cancel_async(app_id: str, request_id: str) -> None:
    """Do what `cancel` does, for asyncio."""
    await _async_client().apps.cancel(app_id, request_id)


def _client() -> SyncServerlessClient:
    return _clients(_settings())[0]


def _async_client() -> AsyncServerlessClient:
    return _clients(_settings())[1]


def _settings() -> tuple[tuple[str, str], ...]:
    return tuple(sorted(item for item in os.environ.items() if item[0].startswith(("FAL_", "ISOLATE_"))))


@lru_cache(maxsize=_KEPT)
def _clients(_: tuple[tuple[str, str], ...]) -> tuple[SyncServerlessClient, AsyncServerlessClient]:
    return SyncServerlessClient(), AsyncServerlessClient()
