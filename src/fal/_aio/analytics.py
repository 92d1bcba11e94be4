# Generated from fal.api.analytics; do not edit. Regenerate with: just generate
"""Counts and durations of requests over time: `client.analytics`."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from fal._aio._namespace import AsyncNamespace
from fal._core import arguments
from fal._gen.rest.models.serverless_endpoint_analytics import ServerlessEndpointAnalytics
from fal.api import _spans as spans
from fal.api._pager import AsyncPager
from fal.api.analytics import AnalyticsEntry, _read, _wanted

if TYPE_CHECKING:
    # Inside the class, `list` is the method.
    from builtins import list as List
    from collections.abc import Sequence

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
    ) -> AsyncPager[AnalyticsEntry]:
        """Return figures over time, one row per step and app; pages are fetched as needed.

        Args:
            app_name: The apps.
            since: Start of the range; None is 24 hours ago. A time without a zone is local time.
            until: End of the range, exclusive; None is now.
            bucket: The length of a step: "minute", "hour", "day", "week" or "month"; None chooses by the length of the range.
            time_zone: The name of the time zone in which days begin, e.g. "Europe/Berlin"; None is UTC.
            figures: The figures to request, e.g. ["request_count", "p50_duration"]; None requests all.
            environment_name: The environment of the apps; None is the main one.

        Returns:
            The rows, earliest step first; durations are in seconds.

        Raises:
            InvalidInput: An argument is malformed or unknown. A ValueError.
            NotFound: There is no such app.
            FalServerlessException: The platform refused the call or could not be reached.

        Example:
            rows = client.analytics.list("my-app", bucket="hour").to_rows()
        """
        names = spans.names("app_name", app_name, arguments.optional_environment(environment_name))
        when = spans.steps(since, until, bucket, time_zone)
        expand = ["time_series", *_wanted(figures)]
        from fal._gen import rest

        page = partial(rest.serverless_get_analytics, expand=expand, **when)
        return AsyncPager(
            self._account_pages(
                lambda owner, cursor: page(endpoint_id=[f"{owner}/{name}" for name in names], cursor=cursor), _read
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
        """Return the figures of the whole range, one entry per app.

        Args:
            app_name: The apps.
            since: Start of the range; None is 24 hours ago. A time without a zone is local time.
            until: End of the range, exclusive; None is now.
            figures: The figures to request; None requests all.
            environment_name: The environment of the apps; None is the main one.

        Returns:
            The entries; durations are in seconds.

        Raises:
            InvalidInput: An argument is malformed or unknown. A ValueError.
            NotFound: There is no such app.
            FalServerlessException: The platform refused the call or could not be reached.

        Example:
            print((await client.analytics.summary("my-app"))[0].error_count)
        """
        names = spans.names("app_name", app_name, arguments.optional_environment(environment_name))
        expand = ["summary", *_wanted(figures)]
        when = spans.steps(since, until, None, None)
        from fal._gen import rest

        owner = await self._owner()
        ids = [f"{owner}/{name}" for name in names]
        return (await self._send(rest.serverless_get_analytics(endpoint_id=ids, expand=expand, **when))).summary or []
