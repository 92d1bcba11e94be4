"""The REST operations for logs: pages of the past, and a stream of what comes."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response, StreamingResponse

from ..model import limits
from ..model.faults import Invalid, not_found
from ..state.logs import SEVERITY, LogQuery
from .http import json_body

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    from starlette.requests import Request

    from ..model.records import LogLine
    from ..state.store import Store

_LARGEST_PAGE = 10_000
_STREAMED_AT_ONCE = 1000
_HEARTBEAT = 15.0  # seconds
_RUN_SOURCES = {"grpc-run": "USER", "grpc-register": "USER", "gateway": "USER", "cron": "USER"}
_STREAMS = ("STDOUT", "STDERR")
_LABELS = {"fal_job_id": "runner_ids", "fal_runner_id": "runner_ids", "fal_source": "sources", "level": "levels"}


class LogRoutes:
    """The REST operations for logs.

    Args:
        store: Where logs are.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._logs = store.logs
        self._owner = store.account.nickname

    async def history(self, request: Request) -> Response:
        """Return one page of the past, with the mark at which the next one begins."""
        query = await self.query(request)
        size = _number(request, "page_size", 100, _LARGEST_PAGE)
        direction = request.query_params.get("direction", "desc")
        if direction not in ("asc", "desc"):
            raise Invalid("must be asc or desc", "query", "direction")
        newest_first = direction == "desc"
        lines = await asyncio.to_thread(self._logs.lines, query, size + 1, newest_first=newest_first)
        more, lines = len(lines) > size, lines[:size]
        page: dict[str, Any] = {"items": [entry(line) for line in lines], "next_until": None, "next_since": None}
        if more and newest_first:
            page["next_until"] = lines[-1].timestamp.isoformat()
        elif more:
            page["next_since"] = (lines[-1].timestamp + timedelta(microseconds=1)).isoformat()
        return JSONResponse(page)

    async def stream(self, request: Request) -> Response:
        """Send lines as they come, from `since` (now, when it is absent) until the caller disconnects or `until` is reached."""
        return self.followed(await self.query(request))

    def followed(self, query: LogQuery) -> Response:
        """Return a stream of lines: from the beginning of the query, or from now on where it has none."""
        if query.since is None:
            query = replace(query, after=self._logs.last_number)
        return StreamingResponse(
            self._events(query), media_type="text/event-stream", headers={"cache-control": "no-cache"}
        )

    async def _events(self, query: LogQuery) -> AsyncIterator[str]:
        loop = asyncio.get_running_loop()
        news = asyncio.Event()

        def wake() -> None:
            loop.call_soon_threadsafe(news.set)

        yield ": streaming\n\n"
        with self._logs.listening(wake):
            while not self._logs.closed:
                news.clear()
                lines = await asyncio.to_thread(self._logs.lines, query, _STREAMED_AT_ONCE)
                for line in lines:
                    yield f"data: {json.dumps(entry(line))}\n\n"
                if lines:
                    query = replace(query, after=lines[-1].number)
                elif query.until is not None and query.until <= datetime.now(UTC):
                    return
                else:
                    try:
                        async with asyncio.timeout(_until(query.until)):
                            await news.wait()
                    except TimeoutError:
                        yield ": still here\n\n"

    async def query(self, request: Request, *, since: str = "since", until: str = "until") -> LogQuery:
        """Return which lines a request asks for.

        Args:
            request: The request.
            since, until: What the parameters for the span are called.

        Raises:
            Fault: A value is not possible, or an app that is named has never been there.
        """
        params = request.query_params
        # Apps may be named as in their addresses.
        apps = tuple(name.removeprefix(f"{self._owner}/") for name in params.getlist("app_id"))
        for name in apps:
            await asyncio.to_thread(self.check_app, name)
        query = LogQuery(
            self._owner,
            since=_moment(request, since),
            until=_moment(request, until),
            apps=apps,
            request_id=params.get("request_id"),
            endpoint=params.get("endpoint"),
            revision=params.get("revision"),
            runner_ids=None if params.get("job_id") is None else (params["job_id"],),
            levels=_levels(params.get("level")),
            sources=_sources(params.get("run_source")),
            search=params.get("search"),
            traceback=params.get("traceback", "false").lower() in ("true", "1"),
        )
        filters = await json_body(request)
        if filters is None:
            return query
        if not isinstance(filters, list):
            raise Invalid("must be a list of label filters", "body")
        if len(filters) > limits.MOST_LABELS:
            raise Invalid(f"holds more than {limits.MOST_LABELS} label filters", "body")
        for index, label in enumerate(filters):
            query = _filtered(query, label, index)
        return query

    def check_app(self, app: str) -> None:
        """Refuse the name of an app that has neither been deployed nor written anything: nothing would say it is right.

        Raises:
            Fault: There has been no such app.
        """
        known = self._store.alias(self._owner, app) or self._store.revision(app)
        if known is None and not self._logs.lines(LogQuery(self._owner, apps=(app,)), 1):
            raise not_found("app", app)


def _filtered(query: LogQuery, label: Any, index: int) -> LogQuery:
    """Narrow a query by the condition on one label."""
    if not isinstance(label, dict) or not isinstance(label.get("key"), str):
        raise Invalid("a label filter with a key is needed", "body", index)
    value = label.get("value")
    values = (value,) if isinstance(value, str) else tuple(value) if isinstance(value, list) else ()
    if not values or not all(isinstance(item, str) for item in values):
        raise Invalid("must be a string, or a list of strings", "body", index, "value")
    if len(values) > limits.MOST_LABELS:
        raise Invalid(f"holds more than {limits.MOST_LABELS} strings", "body", index, "value")
    condition = label.get("condition_type", "equals")
    field = _LABELS.get(label["key"])
    if condition in ("not_equals", "not_in") and field == "runner_ids":
        without = tuple({*query.without_runner_ids, *values})
        if len(without) > limits.MOST_LABELS:
            raise Invalid(f"leaves out more than {limits.MOST_LABELS} runners", "body", index, "value")
        return replace(query, without_runner_ids=without)
    if field is None or condition not in ("equals", "in"):
        raise Invalid(
            f"{label['key']!r} with {condition!r} is not possible: the labels here are {', '.join(_LABELS)}, with "
            "equals and in; those of runners also with not_equals and not_in",
            "body",
            index,
            "key",
        )
    if field != "runner_ids":
        values = tuple(item.upper() for item in values)
    before: Iterable[str] | None = getattr(query, field)
    narrowed: Any = {field: values if before is None else tuple(set(values) & set(before))}
    return replace(query, **narrowed)


def entry(line: LogLine) -> dict[str, Any]:
    labels = {"fal_source": line.source.lower()}
    if line.runner_id is not None:
        labels |= {"fal_job_id": line.runner_id, "fal_runner_id": line.runner_id}
    if line.request_id is not None:
        labels |= {"fal_request_id": line.request_id, "fal_endpoint": line.endpoint or "/"}
    entry = {
        "timestamp": line.timestamp.isoformat(),
        "level": line.level,
        "message": line.message,
        "app": line.app,
        "labels": labels,
    }
    return entry if line.revision is None else entry | {"revision": line.revision}


def _until(until: datetime | None) -> float:
    if until is None:
        return _HEARTBEAT
    return min(_HEARTBEAT, max(0.0, (until - datetime.now(UTC)).total_seconds()))


def _levels(level: str | None) -> tuple[str, ...] | None:
    """Return the levels that are asked for by the least one, or by one of the streams of an app."""
    if level is None:
        return None
    name = level.upper()
    if name not in SEVERITY:
        raise Invalid(f"{level[:40]!r} is none of {', '.join(SEVERITY)}", "query", "level")
    if name in _STREAMS:
        return (name,)
    return tuple(each for each, severity in SEVERITY.items() if severity >= SEVERITY[name])


def _sources(run_source: str | None) -> tuple[str, ...] | None:
    if run_source is None:
        return None
    if run_source not in _RUN_SOURCES:
        raise Invalid(f"must be one of {', '.join(_RUN_SOURCES)}", "query", "run_source")
    return (_RUN_SOURCES[run_source],)


def _number(request: Request, name: str, default: int, greatest: int) -> int:
    text = request.query_params.get(name, str(default))
    if not (text.isascii() and text.isdecimal() and len(text) < 10) or not 1 <= int(text) <= greatest:
        raise Invalid(f"must be a number from 1 to {greatest}", "query", name)
    return int(text)


def _moment(request: Request, name: str) -> datetime | None:
    text = request.query_params.get(name)
    if text is None:
        return None
    try:
        # A "+" that was not encoded has become a space.
        time = datetime.fromisoformat(text.replace(" +", "+").replace(" ", "+") if "T" in text else text)
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Invalid("must be a time in ISO 8601", "query", name) from None
