"""Queued calls: submit, follow, fetch and cancel."""

from __future__ import annotations

import asyncio
import json
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus

from ..engine.queue import RETRY_CONFIG
from ..engine.webhooks import checked_webhook
from ..model import limits
from ..model.checks import checked_retries
from ..model.faults import invalid, refused
from ..model.records import QueueEntry
from ..server.asgi import header
from .target import outgoing

if TYPE_CHECKING:
    from ..engine.queue import QueuedRequest, RequestQueue
    from ..server.asgi import Scope
    from .exchange import Exchange
    from .target import Target


_WEBHOOK = "fal_webhook="
_LOOK_AGAIN = 0.05  # seconds


class QueueRoutes:
    """The paths of queued calls.

    Args:
        queue: Where they wait.
    """

    def __init__(self, queue: RequestQueue) -> None:
        self._queue = queue
        self._arriving = 0  # bytes of requests that are about to be queued

    async def serve(self, target: Target, caller: str | None, exchange: Exchange) -> None:
        """Serve one request.

        Raises:
            Fault: It cannot be queued, or names none that is.
        """
        method = str(exchange.scope["method"])
        parts = [part for part in target.path.split("/") if part]
        if method == "POST" and parts[:1] != ["requests"]:
            body = await self._whole_body(exchange)
            accepted = self._queue.submit(_entry(exchange, target, caller, body), body or None)
            addresses = _addresses(target, exchange.scope, accepted)
            await exchange.answer(200, {**addresses, "gateway_request_id": accepted.id})
            return
        if len(parts) not in (2, 3, 4) or parts[0] != "requests":
            raise refused(
                404, "POST to the app to queue a request; GET .../requests/<request_id>[/status[/stream]] to follow it"
            )
        queued = self._queue.find(target.owner, target.alias, parts[1])
        if queued is None:
            raise refused(404, f"request {parts[1]!r} not found")
        action = "/".join(parts[2:])
        if action == "" and method == "GET":
            await self._result(queued, exchange)
        elif action == "status" and method == "GET":
            exchange.is_poll = True
            await exchange.answer(200 if queued.state == "COMPLETED" else 202, self._status(target, queued, exchange))
        elif action == "status/stream" and method == "GET":
            await exchange.while_connected(self._stream_status(target, queued, exchange))
        elif action == "cancel" and method == "PUT":
            if self._queue.cancel(queued):
                await exchange.answer(200, {"status": "CANCELLATION_REQUESTED"})
            else:
                await exchange.answer(400, {"status": "ALREADY_COMPLETED"})
        else:
            raise refused(405, f"{method} is not allowed here")

    def _status(self, target: Target, queued: QueuedRequest, exchange: Exchange) -> dict[str, Any]:
        query = exchange.scope["query_string"]
        logs = b"logs=1" in query or b"logs=true" in query.lower()
        return self._queue.status(queued, logs=logs) | _addresses(target, exchange.scope, queued)

    async def _stream_status(self, target: Target, queued: QueuedRequest, exchange: Exchange) -> None:
        """Send an event whenever the status has changed, down to the last one."""
        headers = [(b"content-type", b"text/event-stream"), (b"cache-control", b"no-store"), *exchange.marks]
        await exchange.send({"type": "http.response.start", "status": 200, "headers": headers})
        sent: dict[str, Any] | None = None
        while sent is None or sent["status"] != "COMPLETED":
            if sent is not None:
                await asyncio.sleep(_LOOK_AGAIN)
            now = self._status(target, queued, exchange)
            if now != sent:
                sent = now
                event = f"data: {json.dumps(sent)}\n\n".encode()
                await exchange.send({"type": "http.response.body", "body": event, "more_body": True})
        await exchange.send({"type": "http.response.body", "body": b""})

    async def _whole_body(self, exchange: Exchange) -> bytes:
        content = bytearray()
        try:
            async for chunk in exchange.chunks():
                content += chunk
                self._arriving += len(chunk)
                if len(content) > limits.LARGEST_QUEUED:
                    raise refused(413, f"a queued request may hold at most {limits.LARGEST_QUEUED} bytes")
                if self._arriving + self._queue.held > limits.MOST_QUEUED_BYTES:
                    raise refused(
                        429, f"all queued requests may hold at most {limits.MOST_QUEUED_BYTES} bytes: try again later"
                    )
        finally:
            self._arriving -= len(content)
        return bytes(content)

    async def _result(self, queued: QueuedRequest, exchange: Exchange) -> None:
        if queued.state != "COMPLETED" or queued.status is None:
            raise refused(400, f"Request is still in progress ({queued.state})")
        content = self._queue.content(queued)
        own = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in queued.answer_headers]
        headers = [(b"content-length", str(len(content)).encode()), *own, *exchange.marks]
        await exchange.send({"type": "http.response.start", "status": queued.status, "headers": headers})
        await exchange.send({"type": "http.response.body", "body": content})


def _entry(exchange: Exchange, target: Target, caller: str | None, body: bytes) -> QueueEntry:
    """Return what is queued for a request.

    Raises:
        Fault: One of its headers, or the address of its webhook, is not possible.
    """
    request = outgoing(exchange, target, caller, body)
    path, _, query = request.target.decode("latin-1").partition("?")
    # What is meant for the queue is not the app's business.
    kept = [part for part in query.split("&") if part and not part.startswith(_WEBHOOK)]
    webhook = next((part[len(_WEBHOOK) :] for part in query.split("&") if part.startswith(_WEBHOOK)), None)
    priority = header(exchange.scope, b"x-fal-queue-priority") or "normal"
    if priority not in ("normal", "low"):
        raise invalid("x-fal-queue-priority", f"{priority[:80]!r} is neither 'normal' nor 'low'")
    retries = header(exchange.scope, RETRY_CONFIG.encode())
    if retries is not None and caller == target.owner:
        checked_retries(RETRY_CONFIG, retries)
    within = exchange.start_timeout
    return QueueEntry(
        id=exchange.id,
        owner=target.owner,
        alias=target.alias,
        caller=caller,
        method=request.method,
        target=path + ("?" + "&".join(kept) if kept else ""),
        headers=[(name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers],
        size=len(body),
        low_priority=priority == "low",
        webhook=None if webhook is None else checked_webhook(unquote_plus(webhook)),
        expires_at=None if within is None else time.time() + within,
    )


def _addresses(target: Target, scope: Scope, queued: QueuedRequest) -> dict[str, Any]:
    host = header(scope, b"host") or "127.0.0.1"
    prefix = "" if host.startswith("queue.") else "/queue"
    base = f"{scope.get('scheme', 'http')}://{host}{prefix}/{target.owner}/{target.alias}/requests/{queued.id}"
    return {
        "request_id": queued.id,
        "response_url": base,
        "status_url": f"{base}/status",
        "cancel_url": f"{base}/cancel",
    }
