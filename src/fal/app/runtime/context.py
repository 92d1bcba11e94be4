"""What an endpoint can know about the current request."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

REQUEST_ID = "x-fal-request-id"
ENDPOINT = "x-fal-endpoint"
LIFECYCLE = "x-fal-object-lifecycle-preference"
CDN_TOKEN = "x-fal-cdn-token"
UPLOAD_POLICY = "x-app-fal-upload-policy"


@dataclass(frozen=True)
class RequestContext:
    """The current request.

    Attributes:
        request_id: Id of the request on the platform, or None.
        endpoint: Endpoint that the caller named, or None.
        lifecycle_preference: How long to keep produced files, as the caller asked, or None.
        headers: All headers, names in lower case.
    """

    request_id: str | None = None
    endpoint: str | None = None
    lifecycle_preference: dict[str, Any] | None = None
    headers: dict[str, str] = field(default_factory=dict, repr=False)  # may hold credentials

    @classmethod
    def from_headers(cls, headers: Mapping[str, str]) -> RequestContext:
        """Read the context off the headers of a request."""
        try:
            preference = json.loads(headers.get(LIFECYCLE, "null"))
        except ValueError:
            preference = None
        return cls(
            request_id=headers.get(REQUEST_ID),
            endpoint=headers.get(ENDPOINT),
            lifecycle_preference=preference if isinstance(preference, dict) else None,
            headers=dict(headers),
        )


current: ContextVar[RequestContext | None] = ContextVar("fal_current_request", default=None)


class _Served:
    """The app that this process serves."""

    app: Any = None


served = _Served()
