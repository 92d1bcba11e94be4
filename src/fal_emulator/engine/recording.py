"""The record of one request, while it is under way."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from ..model.records import RequestRecord

if TYPE_CHECKING:
    from ..state.activity import Activity
    from .runner import Runner

GIVEN_UP = 499  # the caller went away before there was an answer


class Recording:
    """Notes what becomes of a request.

    Args:
        activity: Where it is kept.
        request_id: The id of the request.
        app: The full name of the app.
        path: The path below the app.
        queued: Whether it goes through the queue.
    """

    def __init__(self, activity: Activity, request_id: str, app: str, path: str, *, queued: bool) -> None:
        self._activity = activity
        self._id = request_id
        self._arrived = asyncio.get_running_loop().time()
        activity.begin(RequestRecord(request_id, app, path or "/", queued, time.time()))

    def taken_by(self, runner: Runner) -> None:
        """Note the runner that takes the request."""
        self._activity.update(
            self._id,
            runner_id=runner.id,
            revision=runner.revision,
            started_at=time.time(),
            cold=runner.ready_at is not None and runner.ready_at >= self._arrived,
        )

    def end(self, status: int | None, error: str | None = None) -> None:
        """Note the answer; None when the caller did not wait for it."""
        self._activity.end(self._id, status=GIVEN_UP if status is None else status, error=error)
