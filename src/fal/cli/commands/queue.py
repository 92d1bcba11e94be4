"""`fal queue`: the requests that wait for an app."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from fal.cli._answers import Answer, Done, Facts
from fal.cli._tree import queue

if TYPE_CHECKING:
    from fal.cli._session import Session

_PAUSE = 1.0  # seconds between two looks


@queue.command("size", calls=["apps.queue"], flags={"by_caller": ["--by-user"]})
def size(session: Session, **options: Any) -> Answer:
    found = session.client.apps.queue(**options)
    data: dict[str, object] = {"size": found.waiting, "in_progress": found.in_progress}
    facts: dict[str, object] = {"Waiting": found.waiting}
    if found.in_progress is not None:
        facts["In progress"] = found.in_progress
    if options["by_caller"]:
        data["by_user"] = found.by_caller or {}
        facts |= {f"  {caller}": count for caller, count in (found.by_caller or {}).items()}
    return Facts(facts, data)


@queue.command(
    "flush",
    calls=["apps.flush_queue"],
    flags={"caller": ["--caller-user-id"]},
    metavars={"caller": "ID"},
    destructive=True,
)
def flush(session: Session, **options: Any) -> Answer:
    session.client.apps.flush_queue(**options)
    return Done(f"Dropped the requests that waited for {options['app_name']}.", app_name=options["app_name"])


@queue.command("drain", calls=["apps.queue"], without=["by_caller"])
def drain(session: Session, *, timeout: float = 600.0, **options: Any) -> Answer:
    """Wait until no request waits for an app or is being answered.

    Args:
        timeout: How long to wait, in seconds.
    """
    from fal.exceptions import DeadlineExceeded

    end = time.monotonic() + timeout
    while True:
        found = session.client.apps.queue(**options)
        if not found.waiting and not found.in_progress:
            return Done(f"The queue of {options['app_name']} is empty.", app_name=options["app_name"], size=0)
        if time.monotonic() >= end:
            raise DeadlineExceeded(
                f"{found.waiting} requests still wait for {options['app_name']} after {timeout:g} seconds"
            )
        time.sleep(_PAUSE)
