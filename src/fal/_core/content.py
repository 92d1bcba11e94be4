"""What an HTTP response is, by its headers: the status alone does not show who responded."""

from __future__ import annotations

from collections.abc import Mapping

from fal.exceptions import DataLoss

WEB_PAGE_HINT = "Something else answers in place of the server, such as a login page: check host, proxy and network."
_NO_STREAM_HINT = (
    "An endpoint of an app that does not stream is called with client.apps.run(...). "
    "Otherwise something else answers in place of the server: check host, proxy and network."
)
_WEB_PAGES = ("text/html", "application/xhtml+xml")


def media_type(headers: Mapping[str, str]) -> str:
    return headers.get("content-type", "").partition(";")[0].strip().casefold()


def is_web_page(headers: Mapping[str, str]) -> bool:
    return media_type(headers) in _WEB_PAGES


def check_answer(headers: Mapping[str, str], body: bytes) -> None:
    """Refuse a web page in place of a response.

    Raises:
        DataLoss: It is one.
    """
    if body and is_web_page(headers):
        raise DataLoss("received a web page instead of a response", hint=WEB_PAGE_HINT)


def check_events(headers: Mapping[str, str]) -> None:
    """Refuse a response that is not a stream of events.

    Raises:
        DataLoss: It is something else.
    """
    if media_type(headers) not in ("", "text/event-stream"):
        hint = WEB_PAGE_HINT if is_web_page(headers) else _NO_STREAM_HINT
        raise DataLoss(f"received {media_type(headers)[:40]} instead of a stream of events", hint=hint)
