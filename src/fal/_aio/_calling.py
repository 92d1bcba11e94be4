# Generated from fal.api._calling; do not edit. Regenerate with: just generate
"""Calls to apps: a part of `client.apps`."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from fal._aio._namespace import AsyncNamespace
from fal._core import arguments as arguments_of
from fal._sentences import shown
from fal.api._calling import _FIRST_PAUSE, _GOES_ON, _LONGEST_WAIT, _without_path
from fal.api._waiting import Patience
from fal.exceptions import FalServerlessException, InvalidInput

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Mapping

    from fal.api._app_requests import Status


class AsyncRequestHandle:
    """A request that an app's queue has taken; made by `client.apps.submit`.

    Attributes:
        app: Owner and name of the app.
        request_id: The id that the queue gave it.
    """

    def __init__(self, calling: AsyncCalling, app: str, request_id: str) -> None:
        self._calling = calling
        self.app = _without_path(app)
        self.request_id = request_id

    def __repr__(self) -> str:
        return f"{type(self).__name__}(app={self.app!r}, request_id={self.request_id!r})"

    async def status(self, *, logs: bool = False) -> Status:
        """Return the status of the request.

        Args:
            logs: Whether to include what the app has printed.
        """
        return await self._calling.status(self.app, self.request_id, logs=logs)

    async def get(self, *, timeout: float = _LONGEST_WAIT) -> Any:
        """Wait for the result and return it.

        Args:
            timeout: How long to wait, in seconds.

        Raises:
            DeadlineExceeded: There is no result in time. The request continues, and can be waited for again.
            FalServerlessException: The app failed.

        Example:
            handle = await client.apps.submit("my-app", {"prompt": "a cat"})
            print(await handle.get(timeout=600))
        """
        return await self._calling._awaited(self.app, self.request_id, timeout, None, False)

    async def fetch_result(self) -> Any:
        """Return the result of a request that is completed.

        Raises:
            FalServerlessException: It is not, or the app failed.
        """
        return await self._calling.result(self.app, self.request_id)

    async def cancel(self) -> None:
        """Cancel the request. One that the app is already processing ends only if the app allows it."""
        await self._calling.cancel(self.app, self.request_id)

    async def iter_events(self, *, logs: bool = False, timeout: float = _LONGEST_WAIT) -> AsyncGenerator[Status, None]:
        """Yield the status of the request repeatedly until it is completed.

        Args:
            logs: Whether to include what the app has printed.
            timeout: How long to wait, in seconds.

        Raises:
            DeadlineExceeded: It is not completed in time.
        """
        from fal.api._app_requests import Completed

        patience = Patience(timeout, first=_FIRST_PAUSE)
        while True:
            status = await self._calling.status(self.app, self.request_id, logs=logs)
            yield status
            if isinstance(status, Completed):
                return
            await self._calling._pause(patience.next(f"request {self.request_id} is not completed", hint=_GOES_ON))


class AsyncCalling(AsyncNamespace):
    """What `client.apps` knows about calling apps."""

    async def run(
        self,
        app: str,
        arguments: Mapping[str, Any],
        *,
        path: str = "",
        timeout: float = _LONGEST_WAIT,
        environment_name: str | None = None,
    ) -> Any:
        """Call an app over its queue, and return the result.

        Args:
            app: The name of an app of this account, or "owner/name".
            arguments: The input, as the app's endpoint takes it.
            path: The endpoint, such as "/generate"; the app's first one when left out.
            timeout: How long to wait, in seconds. The request continues after that; one made by `submit` can be cancelled.
            environment_name: The environment of the app; None is the main one.

        Returns:
            The response of the endpoint: parsed JSON, or bytes.

        Raises:
            InvalidInput: An argument is malformed. A ValueError.
            NotFound: There is no such app or endpoint.
            DeadlineExceeded: There is no result in time.
            FalServerlessException: The app failed, or was not reached.

        Example:
            print(await client.apps.run("my-app", {"prompt": "a cat"}))
        """
        return await self.subscribe(app, arguments, path=path, timeout=timeout, environment_name=environment_name)

    async def subscribe(
        self,
        app: str,
        arguments: Mapping[str, Any],
        *,
        path: str = "",
        on_enqueue: Callable[[str], object] | None = None,
        on_queue_update: Callable[[Status], object] | None = None,
        with_logs: bool = False,
        timeout: float = _LONGEST_WAIT,
        environment_name: str | None = None,
    ) -> Any:
        """Call an app over its queue, follow its status, and return the result.

        Args:
            app: The name of an app of this account, or "owner/name".
            arguments: The input, as the app's endpoint takes it.
            path: The endpoint; the app's first one when left out.
            on_enqueue: Called with the id of the request once the queue has taken it; `cancel` takes that id.
            on_queue_update: Called with each `Queued`, `InProgress` and `Completed`.
            with_logs: Whether they include what the app has printed.
            timeout: How long to wait, in seconds.
            environment_name: The environment of the app; None is the main one.

        Returns:
            The response of the endpoint: parsed JSON, or bytes.

        Raises:
            DeadlineExceeded: There is no result in time.
            FalServerlessException: The app failed, or was not reached.

        Example:
            await client.apps.subscribe("my-app", {"prompt": "a cat"}, on_queue_update=print, with_logs=True)
        """
        patience = Patience(timeout, first=_FIRST_PAUSE)  # wrong values are refused before anything is sent
        handle = await self.submit(app, arguments, path=path, environment_name=environment_name)
        if on_enqueue is not None:
            on_enqueue(handle.request_id)
        return await self._awaited(handle.app, handle.request_id, timeout, on_queue_update, with_logs, patience)

    async def submit(
        self,
        app: str,
        arguments: Mapping[str, Any],
        *,
        path: str = "",
        webhook_url: str | None = None,
        environment_name: str | None = None,
    ) -> AsyncRequestHandle:
        """Queue a request to an app, and return at once.

        Args:
            app: The name of an app of this account, or "owner/name".
            arguments: The input, as the app's endpoint takes it.
            path: The endpoint; the app's first one when left out.
            webhook_url: Where the platform posts the result, signed, once the request is completed.
            environment_name: The environment of the app; None is the main one.

        Returns:
            A handle to look at the request, wait for it and cancel it.

        Raises:
            InvalidInput: An argument is malformed. A ValueError.
            FalServerlessException: The platform refused the call or could not be reached.

        Example:
            handle = await client.apps.submit("my-app", {"prompt": "a cat"})
            print(handle.request_id, await handle.status())
        """
        from fal.api import _app_requests as requests

        webhook = None if webhook_url is None else arguments_of.url("webhook_url", webhook_url)
        target = await self._target(app, environment_name)
        url = requests.address(self.client._caller.settings.queue_url, target, path)
        ticket = await self._send(requests.submit(url, arguments, webhook_url=webhook))
        return AsyncRequestHandle(self, target, ticket.request_id)

    async def status(
        self, app: str, request_id: str, *, logs: bool = False, environment_name: str | None = None
    ) -> Status:
        """Return the status of a queued request.

        Args:
            app: The name of an app of this account, or "owner/name".
            request_id: The id that the queue gave it.
            logs: Whether to include what the app has printed.
            environment_name: The environment of the app; None is the main one.

        Returns:
            `Queued`, `InProgress` or `Completed`.

        Raises:
            NotFound: There is no such request.
            FalServerlessException: The platform refused the call or could not be reached.

        Example:
            print(await client.apps.status("my-app", "request-id"))
        """
        from fal.api import _app_requests as requests

        wanted = arguments_of.flag("logs", logs)
        return await self._send(requests.status(await self._request(app, request_id, environment_name), logs=wanted))

    async def result(self, app: str, request_id: str, *, environment_name: str | None = None) -> Any:
        """Return the result of a queued request that is completed.

        Args:
            app: The name of an app of this account, or "owner/name".
            request_id: The id that the queue gave it.
            environment_name: The environment of the app; None is the main one.

        Returns:
            The response of the endpoint: parsed JSON, or bytes.

        Raises:
            FalServerlessException: It is not completed, or the app failed.

        Example:
            print(await client.apps.result("my-app", "request-id"))
        """
        return await self._result(app, request_id, environment_name, failed=False)

    async def cancel(self, app: str, request_id: str, *, environment_name: str | None = None) -> None:
        """Cancel a queued request. One that an app is already processing ends only if the app allows it.

        Args:
            app: The name of an app of this account, or "owner/name".
            request_id: The id that the queue gave it.
            environment_name: The environment of the app; None is the main one.

        Raises:
            FalServerlessException: It is completed, or the platform was not reached.

        Example:
            await client.apps.cancel("my-app", "request-id")
        """
        from fal.api import _app_requests as requests

        await self._send(requests.cancel(await self._request(app, request_id, environment_name)))

    async def stream(
        self,
        app: str,
        arguments: Mapping[str, Any],
        *,
        path: str = "/stream",
        environment_name: str | None = None,
    ) -> AsyncGenerator[Any, None]:
        """Call a streaming endpoint and yield the chunks of its response. Closing the iterator ends the call.

        Args:
            app: The name of an app of this account, or "owner/name".
            arguments: The input, as the app's endpoint takes it.
            path: The endpoint.
            environment_name: The environment of the app; None is the main one.

        Yields:
            Each chunk: parsed JSON, or bytes.

        Raises:
            FalServerlessException: The app failed, or was not reached.

        Example:
            async for piece in client.apps.stream("my-app", {"prompt": "a cat"}):
                print(piece)
        """
        from fal.api import _app_requests as requests

        url = requests.address(self.client._caller.settings.run_url, await self._target(app, environment_name), path)
        body = aclosing(self._stream(requests.stream(url, arguments)))
        async with body as arriving:
            async for piece in arriving:
                yield piece

    async def _awaited(
        self,
        app: str,
        request_id: str,
        timeout: float,
        on_queue_update: Callable[[Status], object] | None,
        logs: bool,
        patience: Patience | None = None,
    ) -> Any:
        from fal.api._app_requests import Completed

        left = patience or Patience(timeout, first=_FIRST_PAUSE)
        while True:
            status = await self.status(app, request_id, logs=logs)
            if on_queue_update is not None:
                on_queue_update(status)
            if isinstance(status, Completed):
                return await self._result(app, request_id, None, failed=status.error is not None)
            await self._pause(left.next(f"request {request_id} is not completed", hint=_GOES_ON))

    async def _result(self, app: str, request_id: str, environment_name: str | None, *, failed: bool) -> Any:
        from fal.api import _app_requests as requests

        operation = requests.result(await self._request(app, request_id, environment_name), failed=failed)
        try:
            return await self._send(operation)
        except FalServerlessException as error:
            requests.explain(error, app, request_id)
            raise

    async def _request(self, app: str, request_id: str, environment_name: str | None) -> str:
        from fal.api import _app_requests as requests

        one = arguments_of.identifier("request_id", request_id, "the request_id of a handle")
        target = _without_path(await self._target(app, environment_name))
        return requests.address(self.client._caller.settings.queue_url, target, f"requests/{one}")

    async def _target(self, app: str, environment_name: str | None) -> str:
        """Return owner and name of an app; the owner is looked up once."""
        environment = arguments_of.optional_environment(environment_name)
        whole = app.strip("/") if isinstance(app, str) else app
        if isinstance(whole, str) and "://" in whole:
            raise InvalidInput(
                f'app={shown(app)} is an address; pass the name of the app, e.g. "my-app" or "owner/my-app"'
            )
        if isinstance(whole, str) and "/" in whole:
            owner, _, name = whole.partition("/")
            named, slash, path = name.partition("/")
            owner = arguments_of.identifier("app", owner, 'its owner before the slash: "owner/name"')
            return f"{owner}/{arguments_of.app('app', named, environment)}{slash}{path}"
        name = arguments_of.app("app", whole, environment)
        return f"{await self._owner()}/{name}"
