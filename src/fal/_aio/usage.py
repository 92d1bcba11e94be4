# Generated from fal.api.usage; do not edit. Regenerate with: just generate
"""Usage and its costs: `client.usage`."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from fal._aio._namespace import AsyncNamespace
from fal._gen.rest.models.serverless_usage import ServerlessUsage
from fal.api._pager import AsyncPager
from fal.api.usage import UsageEntry, _entries, _narrowed

if TYPE_CHECKING:
    # Inside the class, `list` is the method.
    from builtins import list as List
    from collections.abc import Sequence

    from fal.api._spans import Bucket


class AsyncUsageNamespace(AsyncNamespace):
    """Read usage and its costs. It needs an admin key.

    Example:
        from fal.api import AsyncServerlessClient

        client = AsyncServerlessClient()
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
    ) -> AsyncPager[UsageEntry]:
        """Return usage over time, one row per step, app and machine type; pages are fetched as needed.

        Args:
            app_name: Only these apps; None returns all.
            since: Start of the range; None is 24 hours ago. A time without a zone is local time.
            until: End of the range, exclusive; None is now.
            bucket: The length of a step: "minute", "hour", "day", "week" or "month"; None chooses by the length of the range.
            time_zone: The name of the time zone in which days begin, e.g. "Europe/Berlin"; None is UTC.
            search: Only apps whose names contain this text.
            environment_name: The environment of the apps that are named; None is the main one.

        Returns:
            The rows, earliest step first; quantities are in `unit`, amounts of money are decimals in `currency`.

        Raises:
            InvalidInput: An argument is malformed or unknown, or an environment is named without an app. A ValueError.
            PermissionDenied: The key does not have this permission; raised when rows are fetched.
            FalServerlessException: The platform refused the call or could not be reached.

        Example:
            total = sum(entry.cost_total for entry in client.usage.list("my-app"))
        """
        narrowed = _narrowed(app_name, since, until, bucket, time_zone, search, environment_name)
        from fal._gen import rest

        page = partial(rest.serverless_get_usage, expand=["time_series"], **narrowed)
        return AsyncPager(self._pages(lambda cursor: page(cursor=cursor), _entries))

    async def summary(
        self,
        app_name: str | Sequence[str] | None = None,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        search: str | None = None,
        environment_name: str | None = None,
    ) -> List[ServerlessUsage]:
        """Return the usage of the whole range, one entry per app and machine type.

        Args:
            app_name: Only these apps; None returns all.
            since: Start of the range; None is 24 hours ago. A time without a zone is local time.
            until: End of the range, exclusive; None is now.
            search: Only apps whose names contain this text.
            environment_name: The environment of the apps that are named; None is the main one.

        Returns:
            The entries; quantities are in `unit`, amounts of money are decimals in `currency`.

        Raises:
            InvalidInput: An argument is malformed or unknown, or an environment is named without an app. A ValueError.
            PermissionDenied: The key does not have this permission.
            FalServerlessException: The platform refused the call or could not be reached.

        Example:
            for entry in await client.usage.summary():
                print(entry.app, entry.machine_type, entry.quantity, entry.unit)
        """
        narrowed = _narrowed(app_name, since, until, None, None, search, environment_name)
        from fal._gen import rest

        return (await self._send(rest.serverless_get_usage(expand=["summary"], **narrowed))).summary or []
