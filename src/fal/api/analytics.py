"""Counts and durations of requests over time: `client.analytics`."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from fal._core import arguments
from fal._gen.rest.models.serverless_endpoint_analytics import ServerlessEndpointAnalytics
from fal.api import _spans as spans
from fal.api._namespace import Namespace
from fal.api._pager import Pager

if TYPE_CHECKING:
    # Inside the class, `list` is the method.
    from builtins import list as List
    from collections.abc import Iterable, Sequence

    from fal._gen.rest.models.serverless_analytics_response import ServerlessAnalyticsResponse
    from fal.api._spans import Bucket

# Any figure that a response can contain can be requested.
_FIGURES = tuple(
    field.name
    for field in dataclasses.fields(ServerlessEndpointAnalytics)
    if field.name not in ("endpoint_id", "additional_properties")
)


@dataclass(frozen=True, kw_only=True)
class AnalyticsEntry(ServerlessEndpointAnalytics):
    """The figures of one app for one step. Durations are in seconds; figures that were not requested are None."""

    # When the step begins.
    bucket: datetime


class AnalyticsNamespace(Namespace):
    """Read how many requests apps answered, how fast, and how many failed.

    Example:
        from fal.api import SyncServerlessClient

        client = SyncServerlessClient()
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
    ) -> Pager[AnalyticsEntry]:
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
        return Pager(
            self._account_pages(
                lambda owner, cursor: page(endpoint_id=[f"{owner}/{name}" for name in names], cursor=cursor), _read
            )
        )

    def summary(
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
            print(client.analytics.summary("my-app")[0].error_count)
        """
        names = spans.names("app_name", app_name, arguments.optional_environment(environment_name))
        expand = ["summary", *_wanted(figures)]
        when = spans.steps(since, until, None, None)
        from fal._gen import rest

        owner = self._owner()
        ids = [f"{owner}/{name}" for name in names]
        return self._send(rest.serverless_get_analytics(endpoint_id=ids, expand=expand, **when)).summary or []


def _wanted(figures: Sequence[str] | None) -> Sequence[str]:
    if figures is None:
        return _FIGURES
    given = arguments.items("figures", figures, empty="pass at least one figure, or None for all") or []
    return [arguments.one_of(f"figures[{index}]", name, _FIGURES) for index, name in enumerate(given)]


def _read(page: ServerlessAnalyticsResponse) -> Iterable[AnalyticsEntry]:
    for step in page.time_series or ():
        for entry in step.results:
            yield AnalyticsEntry(bucket=step.bucket, **vars(entry))
