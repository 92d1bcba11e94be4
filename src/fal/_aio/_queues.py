# Generated from fal.api._queues; do not edit. Regenerate with: just generate
"""The requests that wait for an app: a part of `client.apps`."""

from __future__ import annotations

from fal._aio._namespace import AsyncNamespace
from fal._core import arguments
from fal.api._queues import QueueInfo, _idempotency_key
from fal.api._waiting import Patience
from fal.exceptions import DataLoss


class AsyncQueues(AsyncNamespace):
    """The queue methods of `client.apps`."""

    async def queue(self, app_name: str, *, by_caller: bool = False, environment_name: str | None = None) -> QueueInfo:
        """Return the size of an app's queue.

        Args:
            app_name: The name of the app.
            by_caller: Whether to count the requests of each account, too.
            environment_name: The environment of the app; None is the main one.

        Returns:
            The counts.

        Raises:
            NotFound: There is no such app.
            FalServerlessException: The platform refused the call or could not be reached.

        Example:
            print((await client.apps.queue("my-app")).waiting)
        """
        full = arguments.app("app_name", app_name, arguments.optional_environment(environment_name))
        split = arguments.flag("by_caller", by_caller)
        from fal._gen import rest  # loaded here, as few scripts need the REST operations

        # Only True is sent; False is the platform's default.
        info = await self._send(rest.get_app_queue(await self._owner(), full, by_user=split or None))
        waiting = info.size if info.queue_size is None else info.queue_size
        if waiting is None:
            raise DataLoss("the platform did not report how many requests are waiting")
        return QueueInfo(waiting=waiting, in_progress=info.in_progress, by_caller=info.by_user)

    async def wait_until_drained(
        self, app_name: str, *, timeout: float = 600.0, environment_name: str | None = None
    ) -> None:
        """Wait until no request waits for an app, and none is being processed as far as the platform reports.

        Args:
            app_name: The name of the app.
            timeout: How long to wait, in seconds.
            environment_name: The environment of the app; None is the main one.

        Raises:
            NotFound: There is no such app.
            DeadlineExceeded: Requests still wait. A TimeoutError.
            FalServerlessException: The platform refused the call or could not be reached.

        Example:
            await client.apps.wait_until_drained("my-app", timeout=60)
        """
        patience = Patience(timeout)
        while True:
            queue = await self.queue(app_name, environment_name=environment_name)
            if not queue.waiting and not queue.in_progress:
                return
            at_work = f" and {queue.in_progress} are being processed" if queue.in_progress else ""
            await self._pause(patience.next(f"{queue.waiting} requests are waiting for {app_name!r}{at_work}"))

    async def flush_queue(
        self,
        app_name: str,
        *,
        caller: str | None = None,
        environment_name: str | None = None,
        idempotency_key: str | None = None,
    ) -> None:
        """Drop the waiting requests of an app; those being processed continue.

        Args:
            app_name: The name of the app.
            caller: Only requests of this account, as the counts by caller of `queue` name it; None drops all.
            environment_name: The environment of the app; None is the main one.
            idempotency_key: A string of your choice, e.g. a UUID: the platform carries out one call of several with the same key.
                The call is then repeated when its response is lost. Not together with `caller`.

        Raises:
            InvalidInput: An argument is malformed. A ValueError.
            NotFound: There is no such app.
            FalServerlessException: The platform refused the call or could not be reached.

        Example:
            await client.apps.flush_queue("my-app")
        """
        full = arguments.app("app_name", app_name, arguments.optional_environment(environment_name))
        one = None if caller is None else arguments.identifier("caller", caller, "an account that has requests waiting")
        key = None if idempotency_key is None else _idempotency_key(idempotency_key, one)
        from fal._gen import rest

        owner = await self._owner()
        if key is not None:
            await self._send(rest.serverless_flush_app_queue(owner, full, idempotency_key=key))
        else:
            await self._send(rest.flush_app_queue(owner, full, caller_user_id=one))
