"""Requests to apps and their queues, and the responses: plain computation, for both clients."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from fal._gen.method import Operation, Policy
from fal._sentences import shown
from fal.exceptions import FalServerlessException, InvalidInput, InvalidType

# A request may be sent again only when it never left; what only asks may be sent again anyway.
_SUBMIT = Policy(deadline=60.0, attempt_timeout=None, idempotent=False, retry_on=frozenset({"connect"}), max_attempts=5)
_ASK = Policy(
    deadline=60.0,
    attempt_timeout=30.0,
    idempotent=True,
    retry_on=frozenset({"429", "502", "503", "504", "connect"}),
    max_attempts=5,
)
_READ_FAILURE = replace(_ASK, retry_on=frozenset({"429", "connect"}))  # the app's own answer does not change
_STREAM = Policy(
    deadline=3600.0, attempt_timeout=None, idempotent=False, retry_on=frozenset({"connect"}), max_attempts=5
)
# An app may answer with any of these, also after it failed.
_ANSWERED = frozenset(range(200, 300))


@dataclass(frozen=True)
class Queued:
    """The request waits.

    Attributes:
        position: How many requests are ahead of it; None when the platform does not say.
    """

    position: int | None


@dataclass(frozen=True)
class InProgress:
    """The app is working on it.

    Attributes:
        logs: What the app has printed, when it was asked for.
    """

    logs: list[dict[str, Any]] | None


@dataclass(frozen=True)
class Completed:
    """The request is completed.

    Attributes:
        logs: What the app has printed, when it was asked for.
        error: What went wrong, if something did.
        error_type: The kind of that error.
    """

    logs: list[dict[str, Any]] | None
    error: str | None = None
    error_type: str | None = None


Status = Queued | InProgress | Completed


@dataclass(frozen=True)
class Ticket:
    """The response of the queue to a new request."""

    request_id: str


def address(base: str, app: str, path: str = "") -> str:
    """Return where an app is called.

    Args:
        base: The host of apps, or of queues.
        app: Owner and name: "owner/my-app"; what follows is the path of an endpoint.
        path: More of the path.

    Raises:
        InvalidInput: It is not a path.
    """
    if not isinstance(path, str):
        raise InvalidType(f"path must be a str, not {type(path).__name__}")
    parts = [part for part in f"{app}/{path}".split("/") if part]
    for argument, given in (("app", app), ("path", path)):
        if {".", ".."} & set(given.split("/")) or not given.isprintable() or "?" in given or "#" in given:
            raise InvalidInput(
                f"{argument}: {shown(given)} is not a path below an app; pass the path of an endpoint, such as '/generate'"
            )
    return "/".join([base.rstrip("/"), *(quote(part, safe="") for part in parts)])


def submit(url: str, arguments: object, *, webhook_url: str | None = None) -> Operation[Ticket]:
    """Queue a request, whose result is posted to `webhook_url`."""
    params = [] if webhook_url is None else [("fal_webhook", webhook_url)]
    body = input_of(arguments)
    return Operation("submit", "POST", url, _SUBMIT, _ticket, params=params, json=body, success=_ANSWERED)


def status(url: str, *, logs: bool) -> Operation[Status]:
    """Get the status of a request."""
    params = [("logs", "1" if logs else "0")]
    return Operation("status", "GET", f"{url}/status", _ASK, _status, params=params, success=_ANSWERED)


def result(url: str, *, failed: bool) -> Operation[Any]:
    """Get the result of a request; `failed` when the queue says that the app did."""
    return Operation("result", "GET", url, _READ_FAILURE if failed else _ASK, content, success=_ANSWERED)


def explain(error: FalServerlessException, app: str, request_id: str) -> None:
    """Add to an error that an app answered the id of its request, and what the app's owner can do."""
    if error.http_status is None:
        return
    error.request_id = request_id
    name = app.split("/")[-1]
    if error.http_status == 504:
        error.hint = f"Give the app more time for a request: client.apps.scale({name!r}, request_timeout=SECONDS)."
    elif error.http_status >= 500:
        error.hint = f"The log of the request may say why: client.logs.history({name!r}, request_id={request_id!r})."


def cancel(url: str) -> Operation[None]:
    """Cancel a request."""
    return Operation("cancel", "PUT", f"{url}/cancel", _ASK, _confirmed, success=_ANSWERED)


def stream(url: str, arguments: object) -> Operation[Any]:
    """Call a streaming endpoint."""
    return Operation("stream", "POST", url, _STREAM, content, json=input_of(arguments), stream=True, success=_ANSWERED)


def input_of(arguments: object) -> dict[str, Any]:
    """Return the input of an app as it is sent.

    Raises:
        InvalidInput: It is not a dict, or cannot be sent as JSON.
    """
    if not isinstance(arguments, Mapping):
        raise InvalidType(
            f"arguments must be a dict, not {type(arguments).__name__}; pass the fields of the app's input"
        )
    try:
        json.dumps(arguments, allow_nan=False, ensure_ascii=False).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidInput(f"arguments: cannot be sent as JSON: {error}") from None
    return dict(arguments)


def content(_: int, headers: Mapping[str, str], body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        if "json" in headers.get("content-type", ""):
            raise ValueError("the response is not valid JSON, although its content type says so") from None
        return body  # an app may answer with anything


def _ticket(_: int, headers: Mapping[str, str], body: bytes) -> Ticket:
    ticket = content(_, headers, body)
    if not isinstance(ticket, dict) or not isinstance(ticket.get("request_id"), str):
        raise ValueError("the queue returned no request_id")
    return Ticket(ticket["request_id"])


def _status(_: int, headers: Mapping[str, str], body: bytes) -> Status:
    fields = content(_, headers, body)
    name = fields.get("status") if isinstance(fields, dict) else None
    if name == "IN_QUEUE":
        return Queued(fields.get("queue_position"))
    if name == "IN_PROGRESS":
        return InProgress(fields.get("logs"))
    if name == "COMPLETED":
        return Completed(fields.get("logs"), fields.get("error"), fields.get("error_type"))
    raise ValueError("the queue returned an unknown status")


def _confirmed(_: int, headers: Mapping[str, str], body: bytes) -> None:
    if not isinstance(content(_, headers, body), dict):
        raise ValueError("the queue did not confirm that it was asked not to finish the request")
