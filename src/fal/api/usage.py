"""What was used, and what it costs: `client.usage`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from fal._core import arguments
from fal._gen.rest.models.serverless_usage import ServerlessUsage
from fal.api import _spans as spans
from fal.api._namespace import Namespace
from fal.api._rows import Rows

if TYPE_CHECKING:
    # Inside the class, `list` is the method.
    from builtins import list as List
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from fal._gen.rest.models.serverless_usage_response import ServerlessUsageResponse
    from fal.api._spans import Bucket


@dataclass(frozen=True, kw_only=True)
class UsageEntry(ServerlessUsage):
    """What one app used of one machine type within one step of time. Amounts of money are decimals in `currency`."""

    # When the step begins.
    bucket: datetime


class UsageNamespace(Namespace):
    """Read what was used, and what it costs. It takes an admin key.

    Example:
        from fal.api import SyncServerlessClient

        client = SyncServerlessClient()
        for entry in client.usage.list(bucket="day"):
            print(entry.bucket.date(), entry.app, entry.machine_type, entry.cost_total, entry.currency)
    """

    def list(
        self,
        app_name: str | Sequence[str] | None = None,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        bucket: Bucket | None = None,
        time_zone: str | None = None,
        search: str | None = None,
        environment_name: str | None = None,
    ) -> Rows[UsageEntry]:
        """Return usage over time, one row for each step, app and machine type; pages are read as they are asked for.

        Args:
            app_name: Only these apps; None is all.
            since: From this time on; None is 24 hours ago. A time without a zone is local time.
            until: Up to this time, which is not part of it; None is now.
            bucket: How long a step is: "minute", "hour", "day", "week" or "month"; None chooses by the span.
            time_zone: The name of the time zone in which days begin, e.g. "Europe/Berlin"; None is UTC.
            search: Only apps whose names hold this text.
            environment_name: The environment of the apps that are named; None is the main one.

        Returns:
            The rows, the earliest step first; quantities are in `unit`, amounts of money are decimals in `currency`.

        Raises:
            InvalidInput: An argument is malformed or not known. A ValueError.
            PermissionDenied: The key may not see this, as each row that is asked for says.
            FalServerlessException: The platform refused, or was not reached.

        Example:
            total = sum(entry.cost_total for entry in client.usage.list("my-app"))
        """
        narrowed = _narrowed(app_name, since, until, bucket, time_zone, search, environment_name)
        from fal._gen import rest

        ask = partial(rest.serverless_get_usage, expand=["time_series"], **narrowed)
        return Rows(self._pages(lambda cursor: ask(cursor=cursor), _entries))

    def summary(
        self,
        app_name: str | Sequence[str] | None = None,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        search: str | None = None,
        environment_name: str | None = None,
    ) -> List[ServerlessUsage]:
        """Return the usage of a whole span, one entry for each app and machine type.

        Args:
            app_name: Only these apps; None is all.
            since: From this time on; None is 24 hours ago. A time without a zone is local time.
            until: Up to this time, which is not part of it; None is now.
            search: Only apps whose names hold this text.
            environment_name: The environment of the apps that are named; None is the main one.

        Returns:
            The entries; quantities are in `unit`, amounts of money are decimals in `currency`.

        Raises:
            InvalidInput: An argument is malformed or not known. A ValueError.
            PermissionDenied: The key may not see this.
            FalServerlessException: The platform refused, or was not reached.

        Example:
            for entry in client.usage.summary():
                print(entry.app, entry.machine_type, entry.quantity, entry.unit)
        """
        narrowed = _narrowed(app_name, since, until, None, None, search, environment_name)
        from fal._gen import rest

        return self._send(rest.serverless_get_usage(expand=["summary"], **narrowed)).summary or []


def _narrowed(
    app_name: str | Sequence[str] | None,
    since: datetime | None,
    until: datetime | None,
    bucket: Bucket | None,
    time_zone: str | None,
    search: str | None,
    environment_name: str | None,
) -> dict[str, Any]:
    environment = arguments.optional_environment(environment_name)
    return {
        **spans.steps(since, until, bucket, time_zone),
        "app": None if app_name is None else spans.names("app_name", app_name, environment),
        "search": arguments.optional_text("search", search),
    }


def _entries(page: ServerlessUsageResponse) -> Iterable[UsageEntry]:
    for step in page.time_series or ():
        for entry in step.results:
            yield UsageEntry(bucket=step.bucket, **vars(entry))
