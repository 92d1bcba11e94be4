"""`fal logs`: what apps wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fal.cli._tree import reading

if TYPE_CHECKING:
    from fal.cli._output import Output
    from fal.cli._session import Session


@reading.command(
    "logs",
    calls=["logs.history", "logs.stream"],
    without=["limit"],
    flags={
        "follow": ["--follow", "-f"],
        "lines": ["--lines", "-n"],
        "runner_id": ["--runner"],
        "request_id": ["--request"],
    },
    metavars={"lines": "N", "runner_id": "ID", "request_id": "ID"},
    examples=[
        "fal logs my-app --follow",
        "fal logs my-app --since 2h --level ERROR",
        "fal logs my-app --follow --json | jq .message",
    ],
)
def logs(session: Session, *, follow: bool = False, lines: str | None = None, **filters: Any) -> Output:
    """Show what an app wrote: stored lines, or with --follow new ones as they come.

    Args:
        follow: Follow lines as they are written, until Ctrl-C; starts a minute ago unless --since says otherwise.
        lines: Only the newest N lines; +N for the oldest.
    """
    from fal.cli._logs import answer

    return answer(session, follow=follow, lines=lines, **filters)
