# Generated from fal.api.analytics; do not edit. Regenerate with: just generate
"""How apps answer: counts and durations of requests over time: `client.analytics`."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from fal._aio._namespace import AsyncNamespace
from fal._core import arguments
from fal._gen.rest.models.serverless_endpoint_analytics import ServerlessEndpointAnalytics
from fal.api import _spans as spans
from fal.api._rows import AsyncRows
from fal.api.analytics import AnalyticsEntry, _read, _wanted

if TYPE_CHECKING:
    # Inside the class, `list` is the method.
    from builtins import list as List
    from collections.abc import Sequence
    from datetime import datetime

    from fal.api._spans import Bucket


class AsyncAnalyticsNamespace(AsyncNamespace):
    """Read how many requests apps answered, how fast, and how many failed.

    Example:
        from fal.api import AsyncServerlessClient

        client = AsyncServerlessClient()
        for entry in client.analytics.list("my-app", figures=["request_count", "p95_duration"]):
            print(entry.bucket, entry.request_count, entry.p95_duration)
    """

    def list(
        self,
        app_name: str | Sequence[str],
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        bucket: Bucket | None = None,
        time_zone: str | None = None,
        figures: Sequence[str] | None = None,
        environment_name: str | None = None,
    ) -> AsyncRows[AnalyticsEntry]:
        """Return figures over time, one row for each step and app; pages are read as they are asked for.

        Args:
            app_name: The apps.
            since: From this time on; None is 24 hours ago. A time without a zone is local time.
            until: Up to this time, which is not part of it; None is now.
            bucket: How long a step is: "minute", "hour", "day", "week" or "month"; None chooses by the span.
            time_zone: The name of the time zone in which days begin, e.g. "Europe/Berlin"; None is UTC.
            figures: The members of an entry to ask for, e.g. ["request_count", "p50_duration"]; None asks for all.
            environment_name: The environment of the apps; None is the main one.

        Returns:
            The rows, the earliest step first; durations are in seconds.

        Raises:
            InvalidInput: An argument is malformed or not known. A ValueError.
            NotFound: There is no such app.
            FalServerlessException: The platform refused, or was not reached.

        Example:
            rows = client.analytics.list("my-app", bucket="hour").to_rows()
        """
        names = spans.names("app_name", app_name, arguments.optional_environment(environment_name))
        when = spans.steps(since, until, bucket, time_zone)
        expand = ["time_series", *_wanted(figures)]
        from fal._gen import rest

        ask = partial(rest.serverless_get_analytics, expand=expand, **when)
        return AsyncRows(
            self._account_pages(
                lambda owner, cursor: ask(endpoint_id=[f"{owner}/{name}" for name in names], cursor=cursor), _read
            )
        )

    async def summary(
        self,
        app_name: str | Sequence[str],
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        figures: Sequence[str] | None = None,
        environment_name: str | None = None,
    ) -> List[ServerlessEndpointAnalytics]:
        """Return the figures of a whole span, one entry for each app.

        Args:
            app_name: The apps.
            since: From this time on; None is 24 hours ago. A time without a zone is local time.
            until: Up to this time, which is not part of it; None is now.
            figures: The members of an entry to ask for; None asks for all.
            environment_name: The environment of the apps; None is the main one.

        Returns:
            The entries; durations are in seconds.

        Raises:
            InvalidInput: An argument is malformed or not known. A ValueError.
            NotFound: There is no such app.
            FalServerlessException: The platform refused, or was not reached.

        Example:
            print((await client.analytics.summary("my-app"))[0].error_count)
        """
        names = spans.names("app_name", app_name, arguments.optional_environment(environment_name))
        expand = ["summary", *_wanted(figures)]
        when = spans.steps(since, until, None, None)
        from fal._gen import rest

        owner = (await self._send(rest.get_current_user())).nickname
        ids = [f"{owner}/{name}" for name in names]
        return (await self._send(rest.serverless_get_analytics(endpoint_id=ids, expand=expand, **when))).summary or []
