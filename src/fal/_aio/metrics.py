# Generated from fal.api.metrics; do not edit. Regenerate with: just generate
"""The current metrics of apps: `client.metrics`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fal._aio._namespace import AsyncNamespace
from fal.api.metrics import Metric, parse

if TYPE_CHECKING:
    # Inside the class, `list` is the method.
    from builtins import list as List


class AsyncMetricsNamespace(AsyncNamespace):
    """Read the current metrics of apps, as text for Prometheus or parsed.

    Example:
        from fal.api import AsyncServerlessClient

        client = AsyncServerlessClient()
        for metric in await client.metrics.list():
            print(metric.name, metric.labels, metric.value)
    """

    async def text(self) -> str:
        """Return the current metrics in the exposition format of Prometheus.

        Returns:
            The text.

        Raises:
            FalServerlessException: The platform refused the call or could not be reached.

        Example:
            print(await client.metrics.text())
        """
        from fal._gen import rest

        return await self._send(rest.serverless_get_metrics())

    async def list(self) -> List[Metric]:
        """Return the current metrics.

        Returns:
            One entry for each measured value, in the order of the platform.

        Raises:
            DataLoss: The response is not in the format of Prometheus.
            FalServerlessException: The platform refused the call or could not be reached.

        Example:
            running = sum(metric.value for metric in await client.metrics.list() if metric.name == "fal_app_runner_count")
        """
        return parse(await self.text())
