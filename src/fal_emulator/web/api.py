"""The local JSON API behind the page; docs/local-api.md describes it."""

# ruff: noqa: ARG002 - Starlette decides the signatures

from __future__ import annotations

import asyncio
import base64
import dataclasses
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from fal._version import __version__

from ..engine.scaling import Scaling
from ..model.faults import Invalid, not_found
from ..rest.http import HANDLERS
from . import charts
from .deploys import deploy, deploys

if TYPE_CHECKING:
    from starlette.requests import Request

    from ..engine.engine import Engine
    from ..engine.queue import QueuedRequest
    from ..model.addresses import Addresses
    from ..model.records import Alias, RequestRecord, Revision, RunnerRecord
    from ..rest.app import Rest
    from ..state.store import Store

_MOST_SHOWN = 200
_MOST_MINUTES = 24 * 60
_LONGEST_TEXT = 8 * 2**20  # bytes


class Api:
    """The operations of the page. Who may call them is the page's business.

    Args:
        store: The state.
        engine: Runs the apps.
        addresses: The addresses of the control plane.
        rest: Has the operations for logs and files.
        state: What is shown as the place of the state.
    """

    def __init__(self, store: Store, engine: Engine, addresses: Addresses, rest: Rest, state: str) -> None:
        self._store = store
        self._engine = engine
        self._addresses = addresses
        self._state = state
        self._owner = store.account.nickname
        self.app = Starlette(
            exception_handlers=HANDLERS,
            routes=[
                Route("/session", self._session),
                Route("/apps", self._apps),
                Route("/apps/{app}", self._app),
                Route("/apps/{app}/openapi", self._openapi),
                Route("/apps/{app}/rollout", self._rollout, methods=["POST"]),
                Route("/apps/{app}/flush", self._flush, methods=["POST"]),
                Route("/runners", self._runners),
                Route("/runners/{runner_id}/stop", self._stop, methods=["POST"]),
                Route("/runners/{runner_id}/kill", self._kill, methods=["POST"]),
                Route("/deploys", self._deploys),
                Route("/deploys/{revision}", self._deploy),
                Route("/requests", self._requests),
                Route("/requests/{request_id}", self._request),
                Route("/requests/{request_id}/cancel", self._cancel, methods=["POST"]),
                Route("/logs", rest.logs.history),
                Route("/logs/stream", rest.logs.stream),
                Route("/keys", self._keys),
                Route("/secrets", self._secrets),
                Route("/environments", self._environments),
                Route("/files/list/{path:path}", rest.volume.listing),
                Route("/files/file/{path:path}", rest.volume.get),
                Route("/uploads", rest.objects.initiate, methods=["POST"]),
                Route("/metrics", self._metrics),
            ],
        )

    async def _session(self, request: Request) -> Response:
        return JSONResponse(
            {"account": self._owner, "version": __version__, "host": self._addresses.host, "state": self._state}
        )

    # apps

    async def _apps(self, request: Request) -> Response:
        aliases = [alias for alias in self._store.aliases(self._owner, None) if not alias.ephemeral]
        runners = self._alive()
        return JSONResponse([self._shown(alias, runners) for alias in aliases])

    async def _app(self, request: Request) -> Response:
        alias = self._alias(request)
        runners = self._alive()
        revisions = self._store.revisions(self._owner, alias.alias, None)
        return JSONResponse(
            self._shown(alias, runners)
            | {
                "runner_list": [_runner(runner) for runner in runners if runner.alias == alias.alias],
                "revisions": [_revision(revision, alias) for revision in revisions],
            }
        )

    async def _openapi(self, request: Request) -> Response:
        revision = self._store.revision(self._alias(request).revision)
        return JSONResponse({} if revision is None else revision.metadata.get("openapi") or {})

    async def _rollout(self, request: Request) -> Response:
        self._engine.rollout(self._owner, self._alias(request).alias)
        return JSONResponse({})

    async def _flush(self, request: Request) -> Response:
        return JSONResponse({"flushed": self._engine.queue_flush(self._owner, self._alias(request).alias)})

    # runners

    async def _runners(self, request: Request) -> Response:
        runners = await asyncio.to_thread(self._engine.runners, self._owner)
        return JSONResponse([_runner(runner) for runner in runners[:_MOST_SHOWN]])

    async def _stop(self, request: Request) -> Response:
        return self._end(request, self._engine.stop)

    async def _kill(self, request: Request) -> Response:
        return self._end(request, self._engine.kill)

    def _end(self, request: Request, end: Any) -> Response:
        runner_id = request.path_params["runner_id"]
        try:
            end(self._owner, runner_id)
        except KeyError:
            raise not_found("runner", runner_id) from None
        return JSONResponse({})

    # deploys, requests, metrics

    async def _deploys(self, request: Request) -> Response:
        return JSONResponse(deploys(self._store.activity, limit=_MOST_SHOWN))

    async def _deploy(self, request: Request) -> Response:
        revision = request.path_params["revision"]
        deploys = await asyncio.to_thread(deploy, self._store.activity, self._store.logs, self._owner, revision)
        if deploys is None:
            raise not_found("deploy", revision)
        return JSONResponse(deploys)

    async def _requests(self, request: Request) -> Response:
        ended = await asyncio.to_thread(self._store.activity.requests, limit=_MOST_SHOWN)
        shown = sorted([*self._store.activity.live(), *ended], key=lambda record: record.sent_at, reverse=True)
        return JSONResponse([self._request_shown(record) for record in shown[:_MOST_SHOWN]])

    async def _request(self, request: Request) -> Response:
        record = await asyncio.to_thread(self._recorded, request.path_params["request_id"])
        queued = self._engine.fleet.queue.get(record.request_id)
        return JSONResponse(
            self._request_shown(record)
            | {
                "attempts": None if queued is None else queued.attempts,
                "result": None if queued is None else _result(queued, self._engine.fleet.queue.content(queued)),
            }
        )

    async def _cancel(self, request: Request) -> Response:
        request_id = request.path_params["request_id"]
        queue = self._engine.fleet.queue
        queued = queue.get(request_id)
        if queued is None or not queue.cancel(queued):
            raise not_found("queued request that has not ended", request_id)
        return JSONResponse({})

    async def _metrics(self, request: Request) -> Response:
        text = request.query_params.get("minutes", "60")
        if not text.isdecimal() or not 1 <= int(text) <= _MOST_MINUTES:
            raise Invalid(f"must be a whole number from 1 to {_MOST_MINUTES}", "query", "minutes")
        minutes = int(text)
        return JSONResponse(await asyncio.to_thread(charts.series, self._store.activity, minutes, time.time()))

    # settings

    async def _keys(self, request: Request) -> Response:
        return JSONResponse(
            [
                {
                    "key_id": key.key_id,
                    "description": key.description,
                    "preset": key.preset,
                    "permissions": sorted(key.permissions),
                    "created_at": key.created_at.isoformat(),
                }
                for key in self._store.keys(self._owner)
            ]
        )

    async def _secrets(self, request: Request) -> Response:
        return JSONResponse(
            [
                {
                    "name": secret.name,
                    "environment": secret.environment_name,
                    "created_at": secret.created_at.isoformat(),
                }
                for secret in self._store.secrets(self._owner, None)
            ]
        )

    async def _environments(self, request: Request) -> Response:
        return JSONResponse(
            [
                {"name": one.name, "description": one.description, "created_at": one.created_at.isoformat()}
                for one in self._store.environments(self._owner)
            ]
        )

    # inside

    def _alias(self, request: Request) -> Alias:
        name = request.path_params["app"]
        alias = self._store.alias(self._owner, name)
        if alias is None:
            raise not_found("app", name)
        return alias

    def _alive(self) -> list[RunnerRecord]:
        return [runner for runner in self._engine.runners(self._owner) if runner.ended_at is None]

    def _shown(self, alias: Alias, runners: list[RunnerRecord]) -> dict[str, Any]:
        states: dict[str, int] = {}
        for runner in runners:
            if runner.alias == alias.alias:
                states[runner.state] = states.get(runner.state, 0) + 1
        queue = self._engine.queue_size(self._owner, alias.alias)
        urls = self._addresses.service_urls(self._owner, alias.alias)
        revision = self._store.revision(alias.revision)
        scaling = Scaling.of(alias.scaling, {} if revision is None else revision.machine)
        return {
            "name": alias.alias,
            "environment": alias.environment_name,
            "revision": alias.revision,
            "auth_mode": alias.auth_mode,
            "runners": states,
            "queue": {"waiting": queue["queue_size"], "in_progress": queue["in_progress"]},
            "scaling": {**dataclasses.asdict(scaling), "machine_types": list(alias.scaling.get("machine_types", ()))},
            "urls": {"run": urls.run, "queue": urls.queue, "ws": urls.ws},
        }

    def _request_shown(self, record: RequestRecord) -> dict[str, Any]:
        state = "COMPLETED" if record.ended_at is not None else "IN_PROGRESS" if record.started_at else "IN_QUEUE"
        queued = self._engine.fleet.queue.get(record.request_id) if record.queued and state == "IN_QUEUE" else None
        position = None if queued is None else self._engine.fleet.queue.position(queued)
        return {
            "request_id": record.request_id,
            "app": record.app,
            "path": record.path,
            "queued": record.queued,
            "state": state,
            "position": position,
            "status_code": record.status,
            "sent_at": iso(record.sent_at),
            "started_at": iso(record.started_at),
            "duration": record.duration,
            "runner_id": record.runner_id,
            "error": record.error,
        }

    def _recorded(self, request_id: str) -> RequestRecord:
        live = (record for record in self._store.activity.live() if record.request_id == request_id)
        ended = self._store.activity.requests(request_id=request_id, limit=1)
        request = next(live, next(iter(ended), None))
        if request is None:
            raise not_found("request", request_id)
        return request


def iso(seconds: float | None) -> str | None:
    """Return a time as text, None for none."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat()


def _result(queued: QueuedRequest, content: bytes) -> dict[str, Any] | None:
    """Return a kept answer, with a text when it is one; None when there is none yet."""
    if queued.state != "COMPLETED":
        return None
    kind = dict(queued.answer_headers).get("content-type", "")
    try:
        text = content[:_LONGEST_TEXT].decode() if "json" in kind or kind.startswith("text/") else None
    except UnicodeDecodeError:
        text = None
    if text is not None:
        return {"content_type": kind, "text": text}
    data = base64.b64encode(content[:_LONGEST_TEXT]).decode()
    return {"content_type": kind, "url": f"data:{kind or 'application/octet-stream'};base64,{data}"}


def _runner(record: RunnerRecord) -> dict[str, Any]:
    began = record.started_at or record.created_at
    return {
        "runner_id": record.runner_id,
        "app": record.alias,
        "state": record.state,
        "revision": record.revision,
        "machine_type": record.machine_type,
        "in_flight": record.in_flight,
        "started_at": began.isoformat(),
        "ended_at": None if record.ended_at is None else record.ended_at.isoformat(),
        "uptime": round(((record.ended_at or datetime.now(UTC)) - began).total_seconds()),
        "reason": record.metadata.get("reason"),
    }


def _revision(revision: Revision, alias: Alias) -> dict[str, Any]:
    return {
        "revision": revision.application_id,
        "created_at": revision.created_at.isoformat(),
        "is_current": revision.application_id == alias.revision,
        "message": revision.metadata.get("message"),
    }
