"""Events of apps: `client.events`."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from fal._core import arguments
from fal.api import _spans as spans
from fal.api._namespace import Namespace
from fal.api._pager import Pager

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from fal._gen.rest.models.serverless_app_event import ServerlessAppEvent
    from fal._gen.rest.models.serverless_app_event_category import ServerlessAppEventCategory
    from fal._gen.rest.models.serverless_app_events_response import ServerlessAppEventsResponse

_PAGE = 1000  # events per page, the platform's maximum


class EventsNamespace(Namespace):
    """Read what happened to apps: deploys, changed settings, and starting and ending runners.

    Example:
        from fal.api import SyncServerlessClient

        client = SyncServerlessClient()
        for event in client.events.list("my-app", categories=["deployment_failed"]):
            print(event.created_at, event.category, event.payload.reason)
    """

    def list(
        self,
        app_name: str,
        *,
        categories: Sequence[ServerlessAppEventCategory | str] | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        environment_name: str | None = None,
    ) -> Pager[ServerlessAppEvent]:
        """Return what happened to an app, newest first; pages are fetched as needed.

        Args:
            app_name: The name of the app.
            categories: Only events of these kinds, e.g. ["runner_failed"]; None returns all.
            since: Start of the range. A time without a zone is local time.
            until: End of the range, exclusive.
            environment_name: The environment of the app; None is the main one.

        Returns:
            The events.

        Raises:
            InvalidInput: An argument is malformed or unknown. A ValueError.
            NotFound: There is no such app.
            FalServerlessException: The platform refused the call or could not be reached.

        Example:
            latest = next(client.events.list("my-app"))
        """
        full = arguments.app("app_name", app_name, arguments.optional_environment(environment_name))
        given = arguments.items("categories", categories, empty="pass at least one category, or None for all")
        from fal._gen.rest.models.serverless_app_event_category import ServerlessAppEventCategory

        kinds = given and [
            arguments.one_of(f"categories[{index}]", kind, [str(known.value) for known in ServerlessAppEventCategory])
            for index, kind in enumerate(given)
        ]
        when = spans.span(since, until)
        from fal._gen import rest

        page = partial(rest.serverless_list_app_events, name=full, category=kinds, limit=_PAGE, **when)
        return Pager(self._account_pages(lambda owner, cursor: page(owner=owner, cursor=cursor), _read))


def _read(page: ServerlessAppEventsResponse) -> Iterable[ServerlessAppEvent]:
    return page.events
