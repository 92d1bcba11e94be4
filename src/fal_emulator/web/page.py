"""What the port answers to a browser: the page, its assets, its API, and calls of apps on its behalf."""

from __future__ import annotations

import hmac
import mimetypes
from importlib import resources
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, quote

from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp, Receive, Scope, Send

    from .sessions import Sessions

PREFIX = "/-/"
_CALL = "/-/call/"
# Where apps are told to be tried, and to have their logs: `/-/playground/<app>/<path>` and `/-/logs/<app>`.
_PLACES = ("/-/playground/", "/-/logs/")
_ASSETS = resources.files("fal_emulator.web") / "assets"
_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".html": "text/html"}
# Answers of apps may hold pictures of anywhere; scripts and styles are the page's own.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src * data: blob:; media-src * data: blob:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
_SAFE = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}
_LOCKED = """<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Local control plane</title><link rel="stylesheet" href="/-/assets/style.css"><main><h1>Local control plane</h1>
<p>This page opens with the one-time link that the control plane prints when it starts.</p>
<p>For a new link, run <code>fal local open</code>. Of a control plane that was started otherwise:
<code>curl -X POST -H "Authorization: Key $FAL_KEY" http://$FAL_RUN_HOST/-/link</code></p></main></html>"""


class Page:
    """The ASGI application behind `/` and `/-/`.

    Args:
        sessions: The browsers that may use it.
        api: Answers below `/-/api`.
        gateway: Calls apps.
        key: The first key of the owner: calls of the page are made with it, and whoever has it gets new links.
        known: Tells whether an Authorization header holds a valid key.
    """

    def __init__(
        self, sessions: Sessions, api: ASGIApp, gateway: Any, key: str, known: Callable[[str | None], bool]
    ) -> None:
        self._sessions = sessions
        self._api = api
        self._gateway = gateway
        self._authorization = f"Key {key}".encode()
        self._known = known

    @staticmethod
    def answers(path: str) -> bool:
        """Return whether a path is the page's."""
        return path == "/" or path.startswith(PREFIX)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        headers = {name.lower(): value for name, value in scope["headers"]}
        path = scope["path"]
        admitted = self._sessions.admits(
            headers, reading=scope["type"] == "http" and scope["method"] in ("GET", "HEAD")
        )
        if scope["type"] == "http" and path == "/":
            await self._home(scope, admitted)(scope, receive, send)
        elif scope["type"] == "http" and path.startswith("/-/assets/"):
            await _asset(path.removeprefix("/-/assets/"))(scope, receive, send)
        elif scope["type"] == "http" and path == "/-/link":
            await self._link(scope, headers.get(b"authorization", b""))(scope, receive, send)
        elif scope["type"] == "http" and path.startswith(_PLACES):
            await (_place(path) if admitted else HTMLResponse(_LOCKED, 401, headers=_SAFE))(scope, receive, send)
        elif not admitted:
            await _refuse(scope, receive, send)
        elif path.startswith(_CALL):
            await self._gateway(self._as_owner(scope), receive, send)
        elif scope["type"] == "http":
            await self._api({**scope, "path": path.removeprefix("/-/api")}, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008})

    def _home(self, scope: Scope, admitted: bool) -> Response:
        if scope["method"] not in ("GET", "HEAD"):
            return Response(status_code=405, headers={"allow": "GET, HEAD"})
        token = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        if token:
            cookie = self._sessions.open(token)
            if cookie is not None:
                # The token is used up, and leaves the address bar.
                return RedirectResponse("/", 303, headers={"set-cookie": cookie, **_SAFE})
        if admitted:
            return HTMLResponse((_ASSETS / "index.html").read_bytes(), headers=_SAFE)
        return HTMLResponse(_LOCKED, 401, headers=_SAFE)

    def _link(self, scope: Scope, authorization: bytes) -> Response:
        """Return a new link for whoever has the first key, as nobody needs a page to do anything with that."""
        if scope["method"] != "POST":
            return Response(status_code=405, headers={"allow": "POST"})
        if not hmac.compare_digest(authorization, self._authorization) or not self._known(authorization.decode()):
            detail = (
                "a new link needs the key that the control plane printed, or wrote to its ready file, when it started"
            )
            return JSONResponse({"detail": detail}, 401, headers=_SAFE)
        return JSONResponse({"link": self._sessions.new_link()}, headers=_SAFE)

    def _as_owner(self, scope: Scope) -> Scope:
        """Return the request as one to an app, with the owner's key and without what is the page's own."""
        dropped = (b"authorization", b"cookie", b"x-local-page", b"origin", b"referer")
        headers = [(name, value) for name, value in scope["headers"] if name.lower() not in dropped]
        path = "/" + scope["path"].removeprefix(_CALL)
        raw = scope.get("raw_path") or quote(scope["path"]).encode()
        return {
            **scope,
            "path": path,
            "raw_path": b"/" + raw.removeprefix(_CALL.encode()),
            "headers": [*headers, (b"authorization", self._authorization)],
        }


def _place(path: str) -> Response:
    """Lead to the part of the page that shows the playground or the logs of an app."""
    kind, _, rest = path.removeprefix(PREFIX).partition("/")
    app, _, below = rest.partition("/")
    name = quote(app, safe="")
    place = f"playground/{name}?path=/{quote(below, safe='')}" if kind == "playground" else f"logs?app={name}"
    return RedirectResponse(f"/#/{place}", 303, headers=_SAFE)


def _asset(name: str) -> Response:
    parts = name.split("/")
    file = _ASSETS
    for part in parts:
        file = file / part
    if ".." in parts or "" in parts:
        return Response(status_code=404)
    try:
        content = file.read_bytes()
    except (OSError, ValueError):  # nothing, a folder, or a name that no file can have
        return Response(status_code=404)
    kind = _TYPES.get("." + name.rpartition(".")[2]) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Response(content, media_type=kind, headers=_SAFE)


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008, "reason": "open the page with its one-time link first"})
        return
    detail = b'{"detail": "Open the page with its one-time link first."}'
    await Response(detail, 401, media_type="application/json", headers=_SAFE)(scope, receive, send)
