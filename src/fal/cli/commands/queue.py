"""`fal queue`: the requests that wait for an app."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fal.cli._output import Done, Facts, Output
from fal.cli._tree import queue

if TYPE_CHECKING:
    from fal.cli._session import Session


@queue.command("size", calls=["apps.queue"], flags={"by_caller": ["--by-user"]})
def size(session: Session, **options: Any) -> Output:
    """Show how many requests wait for an app."""
    queue = session.client.apps.queue(**options)
    data: dict[str, object] = {"size": queue.waiting, "in_progress": queue.in_progress}
    facts: dict[str, object] = {"Waiting": queue.waiting}
    if queue.in_progress is not None:
        facts["In progress"] = queue.in_progress
    if options["by_caller"]:
        data["by_user"] = queue.by_caller or {}
        facts |= {f"  {caller}": count for caller, count in (queue.by_caller or {}).items()}
    return Facts(facts, data)


@queue.command(
    "flush",
    calls=["apps.flush_queue"],
    flags={"caller": ["--caller-user-id"]},
    metavars={"caller": "ID"},
    destructive=True,
)
def flush(session: Session, **options: Any) -> Output:
    session.client.apps.flush_queue(**options)
    return Done(f"Deleted the requests that were waiting for {options['app_name']}.", app_name=options["app_name"])


@queue.command("drain", calls=["apps.wait_until_drained"])
def drain(session: Session, **options: Any) -> Output:
    """Wait until no request waits for an app or is being processed."""
    session.client.apps.wait_until_drained(**options)
    return Done(f"The queue of {options['app_name']} is empty.", app_name=options["app_name"], size=0)
