"""Requests to apps: `client.requests`."""

from __future__ import annotations

import uuid
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from fal._core import arguments
from fal.api import _spans as spans
from fal.api._namespace import Namespace
from fal.api._pager import Pager
from fal.exceptions import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from fal._gen.rest.models.serverless_request import ServerlessRequest
    from fal._gen.rest.models.serverless_requests_response import ServerlessRequestsResponse

_PAGE = 100  # requests per page, the platform's maximum
_STATUSES = ("success", "error", "user_error")
_ORDERS = ("ended_at", "duration")


class RequestsNamespace(Namespace):
    """Read which requests apps handled, how they ended, and how long they took.

    Example:
        from fal.api import SyncServerlessClient

        client = SyncServerlessClient()
        for request in client.requests.list("my-app", status="error"):
            print(request.request_id, request.status_code, request.duration)
    """

    def list(
        self,
        app_name: str | Sequence[str],
        *,
        status: Literal["success", "error", "user_error"] | None = None,
        request_id: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        sort_by: Literal["ended_at", "duration"] = "ended_at",
        payloads: bool = False,
        billing: bool = False,
        environment_name: str | None = None,
    ) -> Pager[ServerlessRequest]:
        """Return the requests that apps handled, newest or longest first; pages are fetched as needed.

        Args:
            app_name: The apps.
            status: Only requests that ended this way: "success", "error" (of the app) or "user_error" (of its caller).
            request_id: Only the request of this id.
            since: Only requests from this time on. A time without a zone is local time.
            until: Only requests before this time.
            sort_by: The order: "ended_at", the newest first, or "duration", the longest first.
            payloads: Whether to include input and output, if the platform keeps them.
            billing: Whether to include `billable_units`.
            environment_name: The environment of the apps; None is the main one.

        Returns:
            The requests; durations are in seconds.

        Raises:
            InvalidInput: An argument is malformed or unknown. A ValueError.
            NotFound: There is no such app.
            FalServerlessException: The platform refused the call or could not be reached.

        Example:
            slowest = next(client.requests.list("my-app", sort_by="duration"))
        """
        names = spans.names("app_name", app_name, arguments.optional_environment(environment_name))
        narrowed: dict[str, Any] = {
            **spans.span(since, until),
            "status": spans.choice("status", status, _STATUSES),
            "sort_by": spans.choice("sort_by", sort_by, _ORDERS),
            "request_id": None if request_id is None else _id(request_id),
            "expand": [
                *(["payloads"] if arguments.flag("payloads", payloads) else []),
                *(["billing"] if arguments.flag("billing", billing) else []),
            ],
        }
        from fal._gen import rest

        page = partial(rest.serverless_list_requests_by_endpoint, limit=_PAGE, **narrowed)
        return Pager(
            self._account_pages(
                lambda owner, cursor: page(endpoint_id=[f"{owner}/{name}" for name in names], cursor=cursor), _read
            )
        )


def _id(value: str) -> str:
    text = arguments.identifier(
        "request_id", value, "the id of a request, from the x-fal-request-id header of a response"
    )
    try:
        return str(uuid.UUID(text))
    except ValueError:
        raise InvalidInput(f"request_id={text!r} is not a UUID; pass the x-fal-request-id of a response") from None


def _read(page: ServerlessRequestsResponse) -> Iterable[ServerlessRequest]:
    return page.items
