"""What an HTTP exchange ended with, turned into errors of ours."""

from __future__ import annotations

import json
import math
import os
import re
import socket
import ssl
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from fal._core.retry import Failure
from fal._core.transport.statuses import advice, from_http, is_untrusted
from fal.exceptions import (
    ConnectionFailed,
    DataLoss,
    DeadlineExceeded,
    FalServerlessException,
    InvalidInput,
    Unavailable,
)

_BROKE_OFF = "What answers failed in the middle. Of an app, client.logs.history(...) may say why."
_DETAIL = 2000  # characters of an error body that go into an error
_FAULTS = 20  # of a list of faults, how many go into an error
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")


def failure(error: Exception, name: str, request_id: str) -> Failure:
    """Turn what httpx raises into ours."""
    about: Any = {"method": name, "request_id": request_id}
    reason = describe(error)
    if isinstance(error, httpx.ConnectTimeout | httpx.PoolTimeout):
        return Failure(DeadlineExceeded(f"no connection in time: {reason}", **about), "connect", sent=False)
    if isinstance(error, FalServerlessException):
        error.method, error.request_id = name, request_id
        return Failure(error, "refused here", sent=False, pushback=-1.0)
    if isinstance(error, httpx.InvalidURL | httpx.UnsupportedProtocol):
        return Failure(InvalidInput("the address is not a URL", **about), "refused here", sent=False, pushback=-1.0)
    if isinstance(error, httpx.TooManyRedirects):
        looped = FalServerlessException(
            f"the server redirects in a loop: {reason}",
            hint="It does not answer this call: check the host, and its path.",
            **about,
        )
        return Failure(looped, "redirected", sent=True)
    if isinstance(error, httpx.ProxyError):
        hint = "Check proxy= and the proxy variables of the environment."
        return Failure(ConnectionFailed(f"the proxy refused: {reason}", hint=hint, **about), "connect", sent=False)
    if isinstance(error, httpx.ConnectError):
        failed = ConnectionFailed(f"no connection: {reason}", hint=advice(reason), **about)
        return Failure(failed, "connect", sent=False, pushback=-1.0 if is_untrusted(reason) else None)
    if isinstance(error, httpx.TimeoutException):
        return Failure(DeadlineExceeded(f"no response in time: {reason}", **about), "timeout", sent=True)
    if isinstance(error, httpx.TransportError):
        broke_off = _BROKE_OFF if "without sending complete" in reason else None
        return Failure(Unavailable(f"the connection broke: {reason}", hint=broke_off, **about), "503", sent=True)
    mapped = DataLoss(f"the response cannot be read: {reason}", **about)
    return Failure(mapped, "damaged", sent=True)


def describe(error: Exception) -> str:
    """Return the message of an error and of the system error below it, which over asyncio the error itself omits."""
    message = str(error) or type(error).__name__
    below: BaseException = error
    while (cause := below.__cause__ or next(iter(below.args), None)) and isinstance(cause, BaseException):
        # httpcore cuts the chain and keeps what is below as an argument; of a group, there is one for each address.
        below = cause.exceptions[0] if isinstance(cause, BaseExceptionGroup) else cause
    if isinstance(below, OSError) and below.errno is not None:
        resolving = isinstance(below, socket.gaierror | ssl.SSLError)
        reason = str(below.strerror) if resolving else os.strerror(below.errno)
        if reason.casefold() not in message.casefold():
            return f"{message}: {reason}"
    return message


def refusal(status: int, headers: Mapping[str, str], body: bytes, name: str, request_id: str) -> Failure:
    """Turn an unsuccessful response into a failure."""
    given = headers.get("x-fal-request-id", "")
    about: Any = {"method": name, "request_id": given if _REQUEST_ID.fullmatch(given) else request_id}
    error = from_http(status, _detail(body), **about)
    if 300 <= status < 400:
        error = FalServerlessException(
            f"the server redirects to {_shown_place(headers.get('location'))}, which is not followed",
            http_status=status,
            hint="Credentials are only sent to the host that was configured; check the host.",
            **about,
        )
    return Failure(error, str(status), sent=True, pushback=_retry_after(headers))


def _shown_place(location: str | None) -> str:
    """Return where a redirect leads, without a login or a query, which may be a permission."""
    if not location:
        return "another place"
    try:
        url = httpx.URL(location)
    except httpx.InvalidURL:
        return "an invalid address"
    return repr(str(url.copy_with(userinfo=b"", query=None, fragment=None))[:_DETAIL])


def _detail(body: bytes) -> str:
    """Return what a server says of an error: its `detail`, the message of its `error`, its `status`, or the text."""
    try:
        content = json.loads(body)
        detail = content.get("detail", content) if isinstance(content, dict) else content
        if isinstance(detail, dict) and isinstance(detail.get("error"), dict):
            detail = detail["error"].get("message", detail)  # as the platform API says it
        elif isinstance(detail, dict) and detail.keys() == {"status"}:
            detail = str(detail["status"]).replace("_", " ").lower()  # as the queue says it
        if isinstance(detail, list):
            message = "; ".join(_fault(item) for item in detail[:_FAULTS])
        else:
            message = detail if isinstance(detail, str) else json.dumps(detail)
    except (ValueError, RecursionError):
        message = " ".join(body[: 4 * _DETAIL].decode("utf-8", "replace").split())
    return message[:_DETAIL]


def _fault(item: Any) -> str:
    """Return what a list of faults says of one argument."""
    if isinstance(item, dict) and "msg" in item:
        where = item.get("loc")
        place = ".".join(str(part) for part in where if part != "body") if isinstance(where, list) else ""
        return f"{place}: {item['msg']}" if place else str(item["msg"])
    return item if isinstance(item, str) else json.dumps(item)


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Return how long the server asks to wait, in seconds: it says so as a number, or as a date. A malformed value is ignored."""
    text = headers.get("retry-after")
    if text is None:
        return None
    try:
        seconds = float(text)
    except ValueError:
        try:
            at = parsedate_to_datetime(text).timestamp()
        except (ValueError, OverflowError, TypeError, IndexError):
            return None
        seconds = max(0.0, at - time.time())
    return None if math.isnan(seconds) or seconds < 0 else seconds
