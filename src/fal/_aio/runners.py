# Generated from fal.api.runners; do not edit. Regenerate with: just generate
"""Runners, the machines that run apps: `client.runners`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fal._aio._namespace import AsyncNamespace
from fal._core import arguments
from fal._gen import convert, rpc
from fal.api import _gpus
from fal.api import _spans as spans
from fal.api._namespace import nothing
from fal.api._waiting import Patience
from fal.api.runners import _ENDED, _EXAMPLE

if TYPE_CHECKING:
    # Inside the class, `list` is the method.
    from builtins import list as List
    from datetime import datetime
    from typing import Literal

    from fal._gen.rest.models.serverless_runner_history import ServerlessRunnerHistory
    from fal.api._gpus import GpuUsage
    from fal.api._spans import Bucket
    from fal.sdk import RunnerInfo


class AsyncRunnersNamespace(AsyncNamespace):
    """List, stop and kill runners.

    Example:
        from fal.api import AsyncServerlessClient

        client = AsyncServerlessClient()
        runners = await client.runners.list()
        await client.runners.stop("runner-id")
    """

    async def list(self, *, since: datetime | None = None) -> List[RunnerInfo]:
        """List the runners of all apps, including those that are starting.

        Args:
            since: Only runners that started at this time or later. A time without a zone is local time.

        Returns:
            One entry for each runner.

        Raises:
            InvalidType: `since` is not a datetime. A TypeError.
            FalServerlessException: The platform refused the call or could not be reached.

        Example:
            from datetime import datetime, timedelta

            all_runners = await client.runners.list()
            recent = await client.runners.list(since=datetime.now() - timedelta(minutes=10))
        """
        return await self._call(
            rpc.LIST_RUNNERS,
            convert.list_runners_request(list_pending=True, start_time=arguments.moment("since", since)),
            lambda answer: [convert.runner_info(runner) for runner in answer.runners],
        )

    async def history(
        self,
        app_name: str,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        bucket: Bucket | None = None,
        aggregation: Literal["max", "avg"] = "max",
        environment_name: str | None = None,
    ) -> ServerlessRunnerHistory:
        """Count the runners of an app over time.

        Args:
            app_name: The name of the app.
            since: Start of the range; None leaves it to the platform. A time without a zone is local time.
            until: End of the range, exclusive; None is now.
            bucket: The length of a step: "minute", "hour", "day", "week" or "month"; None chooses by the length of the range.
            aggregation: The value of a step: the largest count, "max", or the average, "avg".
            environment_name: The environment of the app; None is the main one.

        Returns:
            The counts in `history`: running, idle, pending and draining runners per step, earliest first.

        Raises:
            InvalidInput: An argument is malformed or unknown. A ValueError.
            NotFound: There is no such app.
            FalServerlessException: The platform refused the call or could not be reached.

        Example:
            for step in (await client.runners.history("my-app", bucket="hour")).history:
                print(step.timestamp, step.running, step.idle)
        """
        full = arguments.app("app_name", app_name, arguments.optional_environment(environment_name))
        narrowed = spans.span(since, until)
        timeframe = spans.choice("bucket", bucket, spans.BUCKETS)
        wanted = arguments.one_of("aggregation", aggregation, ("max", "avg"))
        from fal._gen import rest

        owner = (await self._send(rest.get_current_user())).nickname
        return await self._send(
            rest.serverless_get_runner_history(owner, full, timeframe=timeframe, aggregation=wanted, **narrowed)
        )

    async def stop(self, runner_id: str, replace_first: bool = False) -> None:
        """Stop a runner gracefully: it finishes its requests and takes no new ones.

        Args:
            runner_id: The id of the runner.
            replace_first: Whether to start another runner before this one stops.

        Raises:
            NotFound: There is no such runner.
            FalServerlessException: The platform refused the call or could not be reached.

        Example:
            await client.runners.stop("runner-id")
        """
        request = convert.stop_runner_request(
            runner_id=arguments.identifier("runner_id", runner_id, _EXAMPLE),
            replace_first=arguments.flag("replace_first", replace_first),
        )
        await self._call(rpc.STOP_RUNNER, request, nothing)

    async def kill(self, runner_id: str) -> None:
        """Kill a runner at once; its requests fail.

        Args:
            runner_id: The id of the runner.

        Raises:
            NotFound: There is no such runner.
            FalServerlessException: The platform refused the call or could not be reached.

        Example:
            await client.runners.kill("runner-id")
        """
        request = convert.kill_runner_request(runner_id=arguments.identifier("runner_id", runner_id, _EXAMPLE))
        await self._call(rpc.KILL_RUNNER, request, nothing)

    async def wait_until_stopped(self, runner_id: str, *, timeout: float = 600.0) -> None:
        """Wait until a runner has ended.

        Args:
            runner_id: The id of the runner.
            timeout: How long to wait, in seconds.

        Raises:
            DeadlineExceeded: The runner did not end in time. A TimeoutError.
            FalServerlessException: The platform refused the call or could not be reached.

        Example:
            await client.runners.stop("runner-id")
            await client.runners.wait_until_stopped("runner-id", timeout=60)
        """
        patience = Patience(timeout)
        wanted = arguments.identifier("runner_id", runner_id, _EXAMPLE)
        while True:
            runner = next((runner for runner in await self.list() if runner.runner_id == wanted), None)
            if runner is None or runner.state in _ENDED:
                return
            await self._pause(patience.next(f"runner {wanted!r} is {runner.state}"))

    async def gpus(self) -> GpuUsage:
        """Count the GPUs that all runners use.

        Returns:
            The counts by GPU type, and their total.

        Raises:
            FalServerlessException: The platform refused the call or could not be reached.

        Example:
            usage = await client.runners.gpus()
            print(usage["total"], usage["gpus"])
        """
        from fal._gen import rest  # loaded here, as few scripts need the REST operations

        return _gpus.of_all(await self._send(rest.get_user_metrics()))
