"""The REST operations."""

# ruff: noqa: ARG001, ARG002 - Starlette decides the signatures

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route

from ..model.faults import Invalid, not_found
from ..state.logs import LogQuery
from .app_files import AppFiles
from .http import HANDLERS, authorized
from .logs import LogRoutes
from .objects import Objects
from .platform import Platform
from .texts import Texts
from .tokens import AppTokens, StorageTokens
from .uploads import Uploads
from .volume import Volume

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.requests import Request

    from ..engine.engine import Engine
    from ..model.addresses import Addresses
    from ..state.keyring import Keyring
    from ..state.store import Store

# First segments of REST paths: no account can have such a name.
RESERVED = frozenset(
    {"applications", "files", "health", "logs", "metrics", "queue", "runners", "storage", "tokens", "users", "v1"}
)
_SHOWN_LINES = 1000


class Rest:
    """The REST operations of one account.

    Args:
        store: The state.
        engine: Runs the apps.
        keyring: The keys and their permissions.
        addresses: The addresses of the control plane.
        folder: The state directory.
    """

    def __init__(self, store: Store, engine: Engine, keyring: Keyring, addresses: Addresses, folder: Path) -> None:
        self._store = store
        self._engine = engine
        self._account = store.account
        self.tokens = AppTokens()
        storage_tokens = StorageTokens(addresses)
        uploads = Uploads(folder / "uploads")
        files = AppFiles(store, uploads)
        self.volume = volume = Volume(folder / "volume", uploads)
        self.objects = objects = Objects(folder / "objects", addresses, storage_tokens)
        self.logs = logs = LogRoutes(store)
        texts = Texts(folder / "texts", storage_tokens)

        platform = Platform(store, engine, keyring, logs, volume)

        def route(method: str, path: str, permission: str, endpoint: Any) -> Route:
            return authorized(keyring, path, [method], permission, endpoint)

        self.app = Starlette(
            exception_handlers=HANDLERS,
            routes=[
                Route("/health", _healthy),
                Route("/.well-known/jwks.json", self._webhook_keys),
                route("GET", "/users/current", "account:read", self._current_user),
                route("GET", "/users/teams", "account:read", self._teams),
                route("GET", "/applications/metrics", "metrics:read", self._metrics),
                route("GET", "/applications/{user}/{app}/metadata", "apps:read", self._metadata),
                route("GET", "/applications/{user}/{app}/queue", "apps:read", self._queue),
                route("DELETE", "/applications/{user}/{app}/queue", "apps:write", self._flush),
                route("GET", "/applications/{user}/{app}/logs", "logs:read", self._log_page),
                route("GET", "/runners/{runner_id}", "runners:read", self._runner),
                route("POST", "/runners/{runner_id}/stop", "runners:write", self._stop_runner),
                route("POST", "/logs/history", "logs:read", logs.history),
                route("POST", "/logs/stream", "logs:read", logs.stream),
                route("POST", "/files/missing_hashes", "files:write", files.missing),
                route("POST", "/files/app/multipart/{hash}/initiate", "files:write", files.initiate),
                route("POST", "/files/app/multipart/{hash}/{upload_id}/complete", "files:write", files.complete),
                route("POST", "/files/app/multipart/{hash}/{upload_id}/cancel", "files:write", files.cancel),
                route("PUT", "/files/app/multipart/{hash}/{upload_id}/{number}", "files:write", files.part),
                route("GET", "/files/list/{path:path}", "files:read", volume.listing),
                route("GET", "/files/file/{path:path}", "files:read", volume.get),
                route("DELETE", "/files/file/{path:path}", "files:write", volume.delete),
                route("POST", "/files/rename/{path:path}", "files:write", volume.rename),
                route("POST", "/files/file/local/{path:path}", "files:write", volume.put),
                route("POST", "/files/file/url/{path:path}", "files:write", volume.fetch),
                route("POST", "/files/file/multipart/{path:path}/initiate", "files:write", volume.initiate),
                route("POST", "/files/file/multipart/{path:path}/{upload_id}/complete", "files:write", volume.complete),
                route("POST", "/files/file/multipart/{path:path}/{upload_id}/cancel", "files:write", volume.cancel),
                route("PUT", "/files/file/multipart/{path:path}/{upload_id}/{number}", "files:write", volume.part),
                route("POST", "/tokens/", "apps:call", self.tokens.create),
                route("POST", "/storage/auth/token", "files:write", storage_tokens.create),
                route("POST", "/storage/upload/initiate", "files:write", objects.initiate),
                route("POST", "/storage/upload/initiate-multipart", "files:write", objects.initiate),
                # The addresses of stored objects are as hard to guess as keys, and are used by tools that have none.
                Route("/storage/objects/{object_id}/{name}", objects.put, methods=["PUT"]),
                Route("/storage/objects/{object_id}/{name}", objects.get, methods=["GET"]),
                Mount("/v1", platform.app),
                route("GET", "/metrics", "metrics:read", platform.metrics),
                Route("/storage/objects/{object_id}/{name}/complete", objects.complete, methods=["POST"]),
                Route("/storage/objects/{object_id}/{name}/{number:int}", objects.put_part, methods=["PUT"]),
                # These take a token in place of a key.
                Route("/files/upload", objects.upload, methods=["POST"]),
                Route("/storage/texts/get/{store}/{key:path}", texts.get, methods=["GET"]),
                Route("/storage/texts/set/{store}/{key:path}", texts.set, methods=["PUT"]),
                Route("/storage/texts/delete/{store}/{key:path}", texts.delete, methods=["DELETE"]),
            ],
        )

    async def _webhook_keys(self, request: Request) -> Response:
        return JSONResponse(self._store.webhook_key.public_keys())

    async def _current_user(self, request: Request) -> Response:
        return JSONResponse(
            {
                "full_name": f"{self._account.nickname} (local control plane)",
                "nickname": self._account.nickname,
                "user_id": self._account.user_id,
                "is_personal": True,
                "is_locked": False,
                "lock_reason": None,
                "members": [],
                "is_paying": False,
            }
        )

    async def _teams(self, request: Request) -> Response:
        return JSONResponse(
            [
                {
                    "nickname": self._account.nickname,
                    "full_name": f"{self._account.nickname} (local control plane)",
                    "user_id": self._account.user_id,
                    "is_personal": True,
                    "is_org": False,
                    "lock_reason": None,
                }
            ]
        )

    async def _metrics(self, request: Request) -> Response:
        return JSONResponse(self._engine.metrics(self._account.nickname))

    async def _metadata(self, request: Request) -> Response:
        wanted = request.path_params["app"]
        alias = self._store.alias(self._owner(request), wanted)
        revision = self._store.revision(wanted if alias is None else alias.revision)
        if revision is None:
            raise not_found("app", wanted)
        return JSONResponse(revision.metadata)

    async def _queue(self, request: Request) -> Response:
        owner, app = self._app(request)
        size = self._engine.queue_size(owner, app)
        if request.query_params.get("by_user", "false").lower() not in ("1", "true"):
            size = {name: value for name, value in size.items() if name != "by_user"}
        return JSONResponse(size)

    async def _flush(self, request: Request) -> Response:
        owner, app = self._app(request)
        caller = request.query_params.get("caller_user_id")
        # The queue knows callers by their nickname.
        nickname = self._account.nickname if caller == self._account.user_id else caller
        return JSONResponse({"flushed": self._engine.queue_flush(owner, app, nickname)})

    async def _log_page(self, request: Request) -> Response:
        owner, app = self._app(request)
        query = LogQuery(owner, apps=(app,))
        lines = await asyncio.to_thread(self._store.logs.lines, query, _SHOWN_LINES, newest_first=True)
        return PlainTextResponse(
            "".join(f"{line.timestamp.isoformat()} {line.level:7} {line.message}\n" for line in reversed(lines))
        )

    async def _runner(self, request: Request) -> Response:
        runner_id = request.path_params["runner_id"]
        runners = await asyncio.to_thread(self._engine.runners, self._account.nickname)
        for runner in runners:
            if runner.runner_id == runner_id:
                return JSONResponse(
                    {
                        "runner_id": runner_id,
                        "alias": runner.alias,
                        "revision": runner.revision,
                        "state": runner.state,
                        "machine_type": runner.machine_type,
                        "started_at": (runner.started_at or runner.created_at).isoformat(),
                        "ended_at": None if runner.ended_at is None else runner.ended_at.isoformat(),
                    }
                )
        raise not_found("runner", runner_id)

    async def _stop_runner(self, request: Request) -> Response:
        runner_id = request.path_params["runner_id"]
        text = request.query_params.get("replace_first", "false").lower()
        if text not in ("true", "false", "1", "0"):
            raise Invalid("must be true or false", "query", "replace_first")
        self._engine.stop(self._account.nickname, runner_id, text in ("true", "1"))
        return JSONResponse({})

    def _owner(self, request: Request) -> str:
        user = str(request.path_params["user"])
        if user not in (self._account.nickname, self._account.user_id):
            raise not_found("account", user)
        return self._account.nickname

    def _app(self, request: Request) -> tuple[str, str]:
        owner, app = self._owner(request), str(request.path_params["app"])
        if self._store.alias(owner, app) is None:
            raise not_found("app", app)
        return owner, app


async def _healthy(request: Request) -> Response:
    return JSONResponse({"status": "ok"})
