"""The platform API, below `/v1`, from what happened on this control plane."""

# ruff: noqa: ARG001, ARG002 - Starlette decides the signatures

from __future__ import annotations

import asyncio
import base64
import binascii
import json
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, PlainTextResponse, Response

from ..model import figures
from ..model.faults import Fault, Invalid, not_found, unforeseen
from .http import HANDLERS, authorized, json_object, member
from .logs import entry
from .periods import Period, moment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from starlette.datastructures import QueryParams
    from starlette.requests import Request

    from ..engine.engine import Engine
    from ..model.records import Alias, Event, RequestRecord
    from ..state.keyring import Keyring
    from ..state.store import Store
    from .logs import LogRoutes
    from .volume import Volume

T = TypeVar("T")

_LONGEST_ALIAS = 255
_KEYS = 10_000  # idempotency keys that are remembered
_MOST = 100_000  # requests and events that one answer is made from
_PAYLOAD = frozenset(
    {
        *("job_id", "machine_type", "reason", "state", "new_application_id", "old_application_id", "old_config"),
        *("new_config", "old_app_auth_mode", "new_app_auth_mode", "actor"),
    }
)
_STATUSES = {"success": (0, 399), "user_error": (400, 499), "error": (500, 999)}
_EXPANSIONS = ("payloads", "billing")
_FORMS = ("time_series", "summary")
_SCOPE = "API"  # of the keys that the platform API knows


class Platform:
    """The operations of the platform API about past events.

    Args:
        store: The state.
        engine: Runs the apps.
        keyring: The keys and their permissions.
        logs: Reads log lines.
        volume: Holds the files of the data volume.
    """

    def __init__(self, store: Store, engine: Engine, keyring: Keyring, logs: LogRoutes, volume: Volume) -> None:
        self._store = store
        self._keyring = keyring
        self._logs = logs
        self._volume = volume
        self._engine = engine
        self._owner = store.account.nickname
        self._carried_out: dict[tuple[str, str, str | None], None] = {}
        app = "/serverless/apps/{owner}/{name}"
        operations = [
            ("GET", "/serverless/apps", "apps:read", self.apps),
            ("GET", f"{app}/queue", "apps:read", self.queue),
            ("DELETE", f"{app}/queue", "apps:write", self.flush_queue),
            ("GET", f"{app}/events", "apps:read", self.events),
            ("GET", f"{app}/revisions", "apps:read", self.revisions),
            ("GET", f"{app}/runners/history", "runners:read", self.runner_history),
            ("GET", "/serverless/requests/by-endpoint", "apps:read", self.requests),
            ("GET", "/serverless/analytics", "metrics:read", self.analytics),
            ("GET", "/serverless/usage", "metrics:read", self.usage),
            ("GET", "/serverless/metrics", "metrics:read", self.metrics),
            ("POST", "/serverless/logs/history", "logs:read", self.log_history),
            ("POST", "/serverless/logs/stream", "logs:read", self.log_stream),
            ("GET", "/serverless/files/list", "files:read", self.files),
            ("GET", "/serverless/files/list/{path:path}", "files:read", self.files),
            ("GET", "/serverless/files/file/{path:path}", "files:read", volume.get),
            ("POST", "/serverless/files/file/url/{path:path}", "files:write", volume.fetch),
            ("POST", "/serverless/files/file/local/{path:path}", "files:write", volume.put),
            ("GET", "/keys", "keys:read", self.keys),
            ("POST", "/keys", "keys:write", self.create_key),
            ("DELETE", "/keys/{key_id}", "keys:write", self.delete_key),
        ]
        self.app = Starlette(
            exception_handlers=_HANDLERS,
            routes=[
                authorized(keyring, path, [method], permission, operation)
                for method, path, permission, operation in operations
            ],
        )

    async def apps(self, request: Request) -> Response:
        """List the deployed apps with their settings."""
        query = request.query_params
        expand = _listed(query, "expand")
        aliases = [alias for alias in self._store.aliases(self._owner, query.get("environment")) if not alias.ephemeral]
        wanted = query.get("search", "").casefold()
        shown = [self._app(alias, "endpoints" in expand) for alias in aliases if wanted in alias.alias.casefold()]
        return JSONResponse({"apps": shown})

    async def queue(self, request: Request) -> Response:
        """Count the requests that wait for an app."""
        alias = self._alias(request)
        return JSONResponse({"queue_size": self._engine.queue_size(self._owner, alias.alias)["queue_size"]})

    async def flush_queue(self, request: Request) -> Response:
        """Drop the requests that wait for an app."""
        alias = self._alias(request).alias
        self._once(request, lambda: self._engine.queue_flush(self._owner, alias))
        return Response(status_code=204)

    async def events(self, request: Request) -> Response:
        """List what happened to an app, the newest first; one that was deleted, or never rolled out, had events too."""
        name, query = self._own(request), request.query_params
        page = _Page.of(query, 50, 1000)
        events = await asyncio.to_thread(
            self._store.activity.events,
            name,
            since=_seconds(query, "start"),
            until=page.until(_seconds(query, "end")),
            categories=_listed(query, "category") or None,
            limit=page.limit + 1,
            offset=page.offset,
        )
        if not events:
            await asyncio.to_thread(self._logs.check_app, name)
        shown = page.answer("events", map(_event, events))
        return JSONResponse(shown | {"endpoint_id": f"{self._owner}/{name}"})

    async def revisions(self, request: Request) -> Response:
        """List the revisions of an app, the newest first."""
        alias = self._alias(request)
        page = _Page.of(request.query_params, 50, 100)
        revisions = [
            revision
            for revision in self._store.revisions(self._owner, alias.alias, None)
            if revision.created_at.timestamp() <= page.at
        ]
        serving = self._engine.serving(self._owner, alias.alias) or alias.revision
        rolling = self._engine.is_rolling(self._owner, alias.alias)

        def status(revision: str) -> str:
            if revision != alias.revision or revision == serving:
                return "deployed"
            return "deploying" if rolling else "failed"

        shown = [
            {
                "revision_id": revision.application_id,
                "created_at": revision.created_at.isoformat(),
                "is_current": revision.application_id == serving,
                "message": revision.metadata.get("message"),
                "annotations": revision.metadata.get("annotations"),
                "status": status(revision.application_id),
                "deployed_by": self._owner,
            }
            for revision in page.of_all(revisions)
        ]
        return JSONResponse(page.answer("revisions", shown) | {"endpoint_id": self._endpoint(alias)})

    async def runner_history(self, request: Request) -> Response:
        """Count the runners of an app over time."""
        alias, query = self._alias(request), request.query_params
        period = Period.of(query, time.time())
        aggregation = query.get("aggregation", "max")
        if aggregation not in ("max", "avg"):
            raise Invalid("must be max or avg", "query", "aggregation")
        lives = figures.phases(await self._runner_events(alias.alias))
        requests = await self._ended([alias.alias], period) + self._store.activity.live()
        history = [
            {"timestamp": begin.isoformat()}
            | figures.runner_counts(lives, requests, begin.timestamp(), end.timestamp(), largest=aggregation == "max")
            for begin, end in period.steps()
        ]
        return JSONResponse(
            {
                "endpoint_id": self._endpoint(alias),
                "timeframe": period.timeframe,
                "aggregation": aggregation,
                "history": history,
            }
        )

    async def requests(self, request: Request) -> Response:
        """List the requests to endpoints, the last or the longest first."""
        query = request.query_params
        page = _Page.of(query, 50, 100)
        order, status = query.get("sort_by", "ended_at"), query.get("status")
        if order not in ("ended_at", "duration"):
            raise Invalid("must be ended_at or duration", "query", "sort_by")
        if status is not None and status not in _STATUSES:
            raise Invalid("must be success, error or user_error", "query", "status")
        expand = _expansions(query, _EXPANSIONS)
        apps = await self._endpoints(query)

        def answer() -> dict[str, Any]:
            requests = self._store.activity.requests(
                apps,
                since=_seconds(query, "start"),
                until=page.until(_seconds(query, "end")),
                request_id=query.get("request_id"),
                statuses=None if status is None else _STATUSES[status],
                limit=page.limit + 1,
                offset=page.offset,
                order=order,
            )
            return page.answer("items", (self._request(record, expand) for record in requests))

        return JSONResponse(await asyncio.to_thread(answer))

    async def analytics(self, request: Request) -> Response:
        """Return request counts and durations of endpoints over time."""
        query = request.query_params
        apps = await self._endpoints(query)
        page = _Page.of(query, 1000, 10_000)
        period = Period.of(query, page.at)
        expand = _expansions(query, (*_FORMS, *figures.FIGURES)) or ["time_series", "request_count"]
        if not set(expand) & set(_FORMS) or not set(expand) & set(figures.FIGURES):
            raise Invalid("must name time_series or summary, and at least one figure", "query", "expand")
        requests = await self._ended(apps, period)

        def results(begin: float, end: float) -> list[dict[str, Any]]:
            entries = []
            for app in apps:
                own = [r for r in requests if r.app == app and r.ended_at is not None and begin <= r.ended_at < end]
                entries.append({"endpoint_id": f"{self._owner}/{app}"} | figures.analytics(own, expand))
            return entries

        return JSONResponse(_series(page, period, expand, results))

    async def usage(self, request: Request) -> Response:
        """Return the usage: seconds of runners, which cost nothing on this machine."""
        query = request.query_params
        page = _Page.of(query, 1000, 10_000)
        period = Period.of(query, page.at)
        expand = _expansions(query, _FORMS) or ["time_series"]
        apps = _listed(query, "app")
        wanted = query.get("search", "").casefold()
        lives = [
            life
            for life in figures.phases(await self._runner_events(None))
            if (not apps or life.app in apps) and wanted in life.app.casefold()
        ]
        now = time.time()

        def results(begin: float, end: float) -> list[dict[str, Any]]:
            seconds: dict[tuple[str, str], float] = {}
            for life in lives:
                used = figures.overlap(life.begin, min(life.end, now), begin, end)
                if used:
                    seconds[life.app, life.machine_type] = seconds.get((life.app, life.machine_type), 0) + used
            return [self._used(app, machine, quantity) for (app, machine), quantity in sorted(seconds.items())]

        return JSONResponse(_series(page, period, expand, results))

    async def metrics(self, request: Request) -> Response:
        """Return the current metrics of the apps, in the format of Prometheus."""
        apps = self._engine.metrics(self._owner)["apps"]
        lines: list[str] = []
        for name, about in (
            ("runner_count", "Runners of the app."),
            ("queue_size", "Requests that wait for a runner."),
        ):
            lines += [f"# HELP fal_app_{name} {about}", f"# TYPE fal_app_{name} gauge"]
            lines += [f'fal_app_{name}{{app="{app}"}} {values[name]}' for app, values in sorted(apps.items())]
        return PlainTextResponse("\n".join([*lines, ""]))

    async def log_history(self, request: Request) -> Response:
        """Return log lines, the newest first."""
        page = _Page.of(request.query_params, 100, 1000)
        query = await self._logs.query(request, since="start", until="end")
        query = replace(query, until=query.until or datetime.fromtimestamp(page.at, UTC))
        lines = await asyncio.to_thread(self._store.logs.lines, query, page.limit + page.offset + 1, newest_first=True)
        return JSONResponse(page.answer("items", map(entry, page.of_all(lines))))

    async def log_stream(self, request: Request) -> Response:
        """Send log lines as they come."""
        return self._logs.followed(await self._logs.query(request, since="start", until="end"))

    async def files(self, request: Request) -> Response:
        """List a folder of the data volume."""
        entries = await self._volume.entries(request.path_params.get("path", ""))
        for file in entries:
            file["updated_time"] = file["created_time"] = _iso(file["updated_time"])
        return JSONResponse(entries)

    async def keys(self, request: Request) -> Response:
        """List the API keys of the account that are for calling apps: it knows no others."""
        page = _Page.of(request.query_params, 100, 1000)
        creator = {"creator_nickname": self._owner} if _expansions(request.query_params, ("creator_info",)) else {}
        keys = [
            key
            for key in self._store.keys(self._owner)
            if key.preset == _SCOPE and key.created_at.timestamp() <= page.at
        ]
        shown = [
            {"key_id": key.key_id, "alias": key.description, "scope": _SCOPE, "created_at": key.created_at.isoformat()}
            | creator
            for key in page.of_all(keys)
        ]
        return JSONResponse(page.answer("keys", shown))

    async def create_key(self, request: Request) -> Response:
        """Create an API key."""
        alias = member(await json_object(request), "alias", str, "body")
        if not 1 <= len(alias) <= _LONGEST_ALIAS:
            raise Invalid(f"must hold 1 to {_LONGEST_ALIAS} characters", "body", "alias")
        minter = self._keyring.from_header(request.headers.get("authorization"))
        key_id, secret = self._keyring.mint(alias, _SCOPE, minter=minter)
        return JSONResponse({"key_id": key_id, "key_secret": secret, "key": f"{key_id}:{secret}"}, 201)

    async def delete_key(self, request: Request) -> Response:
        """Delete an API key."""
        self._once(request, lambda: self._store.revoke_key(self._owner, request.path_params["key_id"]))
        return Response(status_code=204)

    # inside

    def _once(self, request: Request, carry_out: Callable[[], object]) -> None:
        """Carry out a request, unless one with the same idempotency key was; keys are known until the process ends."""
        key = request.headers.get("idempotency-key")
        known = (request.method, request.url.path, key)
        if key is None or known not in self._carried_out:
            carry_out()
        if key is not None:
            self._carried_out[known] = None
            while len(self._carried_out) > _KEYS:
                del self._carried_out[next(iter(self._carried_out))]

    def _app(self, alias: Alias, endpoints: bool) -> dict[str, Any]:
        from ..engine.scaling import Scaling

        revision = self._store.revision(alias.revision)
        machine = {} if revision is None else revision.machine
        scaling = Scaling.of(alias.scaling, machine)
        kinds = [
            *alias.scaling.get("machine_types", ()),
            *(machine.get("machine_types") or ()),
            str(machine.get("machine_type") or "XS"),
        ]
        shown = {
            "endpoint_id": self._endpoint(alias),
            "name": alias.alias,
            "owner": self._owner,
            "environment": alias.environment_name,
            "machine_type": kinds[0],
            "auth_mode": alias.auth_mode,
            "keep_alive": scaling.keep_alive,
            "min_concurrency": scaling.min_concurrency,
            "max_concurrency": scaling.max_concurrency,
            "request_timeout": scaling.request_timeout,
            "startup_timeout": scaling.startup_timeout,
            "valid_regions": list(alias.scaling.get("valid_regions", ())),
            "updated_at": (datetime.now(UTC) if revision is None else revision.created_at).isoformat(),
        }
        if endpoints:
            document = {} if revision is None else revision.metadata.get("openapi") or {}
            shown["endpoints"] = [f"{self._endpoint(alias)}{path}".rstrip("/") for path in document.get("paths", {})]
        return shown

    def _request(self, record: RequestRecord, expand: Sequence[str]) -> dict[str, Any]:
        assert record.ended_at is not None
        shown: dict[str, Any] = {
            "request_id": record.request_id,
            "endpoint_id": f"{self._owner}/{record.app}",
            "started_at": _iso(record.started_at or record.ended_at),
            "sent_at": _iso(record.sent_at),
            "ended_at": _iso(record.ended_at),
            "status_code": record.status,
            "duration": record.duration,
            "runner_id": record.runner_id,
        }
        if "billing" in expand:
            shown["billable_units"] = record.duration
        if "payloads" in expand and record.queued:
            with suppress(ValueError):  # of bytes, or of what has been forgotten, there is none
                shown["json_output"] = json.loads(self._store.queue.content(record.request_id))
        return shown

    def _used(self, app: str, machine: str, quantity: float) -> dict[str, Any]:
        alias = self._store.alias(self._owner, app)
        return {
            "app": app,
            "environment": None if alias is None else alias.environment_name,
            "machine_type": machine,
            "unit": "second",
            "quantity": quantity,
            "unit_price": 0,
            "percent_discount": None,
            "cost_subtotal": 0,
            "cost_discount": 0,
            "cost_total": 0,
            "cost": 0,
            "currency": "USD",
            "is_surge": False,
        }

    async def _runner_events(self, app: str | None) -> list[Event]:
        kinds = figures.RUNNER_EVENTS
        return await asyncio.to_thread(self._store.activity.events, app, categories=kinds, limit=_MOST)

    async def _ended(self, apps: Sequence[str], period: Period) -> list[RequestRecord]:
        return await asyncio.to_thread(
            self._store.activity.requests,
            apps,
            since=period.start.timestamp(),
            until=period.end.timestamp(),
            limit=_MOST,
        )

    def _endpoint(self, alias: Alias) -> str:
        return f"{self._owner}/{alias.alias}"

    def _own(self, request: Request) -> str:
        """Return the name of an app of this account."""
        owner, name = request.path_params["owner"], request.path_params["name"]
        if owner != self._owner:
            raise not_found("app", f"{owner}/{name}")
        return str(name)

    def _alias(self, request: Request) -> Alias:
        name = self._own(request)
        alias = self._store.alias(self._owner, name)
        if alias is None:
            raise not_found("app", f"{self._owner}/{name}")
        return alias

    async def _endpoints(self, query: QueryParams) -> list[str]:
        """Return the names of apps from `owner/name` or `owner/name/path`."""
        given = _listed(query, "endpoint_id")
        if not given:
            raise Invalid("Field required", "query", "endpoint_id")
        endpoints = []
        for text in given:
            owner, _, path = text.partition("/")
            name = path.split("/")[0]
            if owner != self._owner or not name:
                raise not_found("endpoint", text)
            await asyncio.to_thread(self._logs.check_app, name)
            endpoints.append(name)
        return list(dict.fromkeys(endpoints))


_TYPES = {
    401: "authorization_error",
    403: "authorization_error",
    404: "not_found",
    429: "rate_limited",
    501: "not_implemented",
}


async def _on_error(request: Request, error: Exception) -> Response:
    """Answer an error in the form of the platform API."""
    if isinstance(error, HTTPException):
        status, message = error.status_code, error.detail
    else:
        fault = error if isinstance(error, Fault) else unforeseen(error)
        status, message = 400 if fault.status == 422 else fault.status, str(fault)
        if isinstance(fault, Invalid):
            message = f"{'.'.join(map(str, fault.place))} {fault}"
    kind = _TYPES.get(status, "validation_error" if status < 500 else "server_error")
    return JSONResponse({"error": {"type": kind, "message": message}}, status)


_HANDLERS: Any = dict.fromkeys(HANDLERS, _on_error)


def _series(
    page: _Page,
    period: Period,
    expand: Sequence[str],
    results: Callable[[float, float], list[dict[str, Any]]],
) -> dict[str, Any]:
    """Return one page of the steps of a period, and the period as a whole, as far as they are asked for."""
    answer: dict[str, Any] = {"next_cursor": None, "has_more": False}
    if "time_series" in expand:
        steps = page.of_all(list(period.steps()))
        shown = (
            {"bucket": begin.isoformat(), "results": results(begin.timestamp(), end.timestamp())}
            for begin, end in steps
        )
        answer = page.answer("time_series", shown)
    if "summary" in expand:
        answer["summary"] = results(period.start.timestamp(), period.end.timestamp())
    return answer


def _listed(query: QueryParams, name: str) -> list[str]:
    """Return the values of a parameter that is repeated, or separated by commas, or both."""
    return [value for text in query.getlist(name) for value in text.split(",") if value]


def _expansions(query: QueryParams, known: Sequence[str]) -> list[str]:
    """Return what is to be added to an answer."""
    expand = _listed(query, "expand")
    unknown = next((name for name in expand if name not in known), None)
    if unknown is not None:
        raise Invalid(f"{unknown!r} is not one of {', '.join(known)}", "query", "expand")
    return expand


@dataclass(frozen=True)
class _Page:
    """Where a page is in its listing.

    Args:
        limit: How many entries it has at the most.
        offset: How many are before it.
        at: When the first page was asked for. What came later is on none of the pages: it would shift them.
    """

    limit: int
    offset: int
    at: float

    @classmethod
    def of(cls, query: Mapping[str, str], default: int, most: int) -> _Page:
        text = query.get("limit", str(default))
        if not text.isdecimal() or not 1 <= int(text) <= most:
            raise Invalid(f"must be a whole number from 1 to {most}", "query", "limit")
        cursor = query.get("cursor")
        if not cursor:
            return cls(int(text), 0, time.time())
        try:
            offset, _, at = base64.urlsafe_b64decode(cursor.encode()).decode("ascii").partition(" ")
            return cls(int(text), int(offset), float(at))
        except (ValueError, binascii.Error):
            raise Invalid("is not the next_cursor of a page", "query", "cursor") from None

    def until(self, end: float | None) -> float:
        """Return where the listing ends, by what is asked for."""
        return self.at if end is None else min(end, self.at)

    def of_all(self, entries: Sequence[T]) -> Sequence[T]:
        """Return the entries of the page out of all, and one more if there is."""
        return entries[self.offset : self.offset + self.limit + 1]

    def answer(self, name: str, entries: Iterable[dict[str, Any]]) -> dict[str, Any]:
        """Return the page; of its entries, one more than its limit means that another page follows."""
        shown = list(islice(entries, self.limit + 1))
        more = len(shown) > self.limit
        following = base64.urlsafe_b64encode(f"{self.offset + self.limit} {self.at!r}".encode()).decode()
        return {name: shown[: self.limit], "has_more": more, "next_cursor": following if more else None}


def _event(event: Event) -> dict[str, Any]:
    return {
        "event_id": event.event_id,
        "category": event.category,
        "created_at": _iso(event.created_at),
        "payload": {name: value for name, value in event.payload.items() if name in _PAYLOAD},
    }


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()


def _seconds(query: Mapping[str, str], name: str) -> float | None:
    time = moment(query, name)
    return None if time is None else time.timestamp()
