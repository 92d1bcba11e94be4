"""How apps answer: counts and durations of requests over time: `client.analytics`."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from fal._core import arguments
from fal._gen.rest.models.serverless_endpoint_analytics import ServerlessEndpointAnalytics
from fal.api import _spans as spans
from fal.api._namespace import Namespace
from fal.api._rows import Rows

if TYPE_CHECKING:
    # Inside the class, `list` is the method.
    from builtins import list as List
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from fal._gen.rest.models.serverless_analytics_response import ServerlessAnalyticsResponse
    from fal.api._spans import Bucket

# What can be asked for is what an answer can hold.
_FIGURES = tuple(
    field.name
    for field in dataclasses.fields(ServerlessEndpointAnalytics)
    if field.name not in ("endpoint_id", "additional_properties")
)


@dataclass(frozen=True, kw_only=True)
class AnalyticsEntry(ServerlessEndpointAnalytics):
    """The figures of one app within one step of time. Durations are in seconds; what was not asked for is None."""

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
    ) -> Rows[AnalyticsEntry]:
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
        return Rows(
            self._account_pages(
                lambda owner, cursor: ask(endpoint_id=[f"{owner}/{name}" for name in names], cursor=cursor), _read
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
            print(client.analytics.summary("my-app")[0].error_count)
        """
        names = spans.names("app_name", app_name, arguments.optional_environment(environment_name))
        expand = ["summary", *_wanted(figures)]
        when = spans.steps(since, until, None, None)
        from fal._gen import rest

        owner = self._send(rest.get_current_user()).nickname
        ids = [f"{owner}/{name}" for name in names]
        return self._send(rest.serverless_get_analytics(endpoint_id=ids, expand=expand, **when)).summary or []


def _wanted(figures: Sequence[str] | None) -> Sequence[str]:
    if figures is None:
        return _FIGURES
    given = arguments.items("figures", figures, empty="name a figure, or pass None for all") or []
    return [arguments.one_of(f"figures[{index}]", name, _FIGURES) for index, name in enumerate(given)]


def _read(page: ServerlessAnalyticsResponse) -> Iterable[AnalyticsEntry]:
    for step in page.time_series or ():
        for entry in step.results:
            yield AnalyticsEntry(bucket=step.bucket, **vars(entry))
