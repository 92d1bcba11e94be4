"""Webhooks: the answers to queued calls, delivered to this machine."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from functools import cached_property
from typing import TYPE_CHECKING, Any

import httpx

from ..model.checks import local_url
from ..model.faults import invalid
from ..state.queue_store import until_stored

if TYPE_CHECKING:
    from ..model.records import QueueEntry
    from ..state.queue_store import QueueStore
    from ..state.webhook_key import WebhookKey

_log = logging.getLogger("fal_emulator.webhooks")
_log.addHandler(logging.NullHandler())
_MOST_DELIVERIES = 10
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 900.0  # seconds
_TIMEOUT = 15.0  # seconds for a receiver to take a webhook


def checked_webhook(address: str) -> str:
    """Return the address of a webhook.

    Raises:
        Fault: It is none, or that of another machine.
    """
    try:
        local_url(address)
    except ValueError as error:
        raise invalid("fal_webhook", str(error)) from None
    return address


class Webhooks:
    """Delivers answers, again and again until they are taken. All methods belong to the engine's event loop.

    Args:
        store: Where queued calls and answers are.
        key: Signs them.
    """

    def __init__(self, store: QueueStore, key: WebhookKey) -> None:
        self._store = store
        self._key = key
        self._tasks: set[asyncio.Task[None]] = set()

    @cached_property
    def _client(self) -> httpx.AsyncClient:
        # It loads the roots of TLS, which takes a while: nobody may ever ask for a webhook.
        return httpx.AsyncClient(trust_env=False, follow_redirects=False, timeout=_TIMEOUT)

    def deliver_later(self, entry: QueueEntry) -> None:
        """Begin to deliver an answer, if there is something to deliver."""
        if entry.webhook is not None and entry.deliver_at is not None:
            task = asyncio.create_task(self._deliver(entry, entry.webhook), name=f"webhook of {entry.id}")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Stop; what was not taken is delivered by the next process."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if "_client" in vars(self):
            await self._client.aclose()

    async def _deliver(self, entry: QueueEntry, address: str) -> None:
        body = json.dumps(_payload(entry, self._store.content(entry.id))).encode()
        while entry.deliver_at is not None:
            await asyncio.sleep(max(0.0, entry.deliver_at - time.time()))
            entry.deliveries += 1
            failure = await self._post(entry.id, address, body)
            if failure is None:
                entry.deliver_at = None
            elif entry.deliveries >= _MOST_DELIVERIES:
                entry.deliver_at = None
                _log.error("webhook of %s was not accepted by %s: %s; not retried", entry.id, address, failure)
            else:
                pause = min(_FIRST_PAUSE * 2.0 ** (entry.deliveries - 1), _LONGEST_PAUSE)
                entry.deliver_at = time.time() + pause
                _log.warning(
                    "webhook of %s was not accepted by %s: %s; retried in %g s", entry.id, address, failure, pause
                )
            await until_stored(lambda: self._store.save(entry))

    async def _post(self, request_id: str, address: str, body: bytes) -> str | None:
        """Call a webhook once; return what went wrong."""
        headers = self._key.headers(request_id, int(time.time()), body)
        try:
            answer = await self._client.post(
                address, content=body, headers={**headers, "content-type": "application/json"}
            )
        except httpx.HTTPError as error:
            return type(error).__name__
        return None if answer.is_success else f"HTTP {answer.status_code}"


def _payload(entry: QueueEntry, content: bytes) -> dict[str, Any]:
    """Return what a webhook says, as the platform words it."""
    payload: dict[str, Any] = {
        "request_id": entry.id,
        "gateway_request_id": entry.id,
        "status": "OK" if entry.error is None else "ERROR",
    }
    if entry.error is not None:
        payload["error"] = entry.error
    try:
        payload["payload"] = json.loads(content) if content else None
    except ValueError:
        payload |= {"payload": None, "payload_error": "the response of the app is not JSON"}
    return payload
