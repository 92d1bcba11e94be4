"""Calls of an app over one websocket: HTTP over WebSockets, as the platform documents it."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from fal._core.hosts import Endpoint, is_loopback, is_platform, parse
from fal._core.secret import MaskedStr
from fal._core.settings import is_true
from fal._core.transport.statuses import from_http
from fal.api._app_requests import address, input_of
from fal.app.errors import MissingDependencyError
from fal.exceptions import DataLoss, DeadlineExceeded, Unavailable

if TYPE_CHECKING:
    from websockets.sync.client import ClientConnection

    from fal.api import SyncServerlessClient

_OPEN_TIMEOUT = 90.0  # seconds; a runner may have to start
# What a websocket says of its handshake holds the key.
_SILENT = logging.Logger("fal.apps.ws")
_SILENT.disabled = True


class AppSocket:
    """An open websocket to an app. Answers come in the order in which the inputs were sent."""

    def __init__(self, connection: ClientConnection, timeout: float) -> None:
        self._connection = connection
        self._timeout = timeout

    def run(self, arguments: Mapping[str, Any]) -> bytes:
        """Send an input, and return the answer to it."""
        self.send(arguments)
        return self.recv()

    def send(self, arguments: Mapping[str, Any]) -> None:
        """Send an input.

        Args:
            arguments: The input, as the app's endpoint takes it.

        Raises:
            InvalidInput: It is not a dict, or cannot be sent as JSON.
            Unavailable: The app has closed the connection.
        """
        from websockets import ConnectionClosed

        content = json.dumps(input_of(arguments))
        try:
            self._connection.send(content)
        except ConnectionClosed as error:
            raise Unavailable(f"the app has closed the connection: {error}") from None

    def recv(self) -> bytes:
        """Return the next answer, whole.

        Raises:
            FalServerlessException: The app answered with an error, or not in time.
        """
        return b"".join(self.stream())

    def stream(self) -> Iterator[bytes]:
        """Yield the parts of the next answer as they come.

        Raises:
            FalServerlessException: The app answered with an error, or not in time.
        """
        start = _message(self._next())
        if start is None or start["type"] != "start":
            raise DataLoss("the response does not begin with its status")
        status, parts = int(start.get("status", 200)), self._parts(start["request_id"])
        if status >= 400:
            raise from_http(status, b"".join(parts).decode("utf-8", "replace"), request_id=start["request_id"])
        yield from parts

    def _parts(self, request_id: str) -> Iterator[bytes]:
        while True:
            part = self._next()
            end = _message(part)
            if end is not None and end["request_id"] == request_id:
                return
            yield part.encode() if isinstance(part, str) else part

    def _next(self) -> str | bytes:
        from websockets import ConnectionClosed

        try:
            return self._connection.recv(timeout=self._timeout)
        except TimeoutError:
            raise DeadlineExceeded(f"no part of the response arrived within {self._timeout:g} seconds") from None
        except ConnectionClosed as error:
            raise Unavailable(f"the app has closed the connection: {error}") from None


def _message(part: str | bytes) -> dict[str, Any] | None:
    """Return a part that is about the answer; None when it belongs to it."""
    if not isinstance(part, str):
        return None
    try:
        message = json.loads(part)
    except ValueError:
        return None
    about = isinstance(message, dict) and message.get("type") in ("start", "end") and "request_id" in message
    return message if about else None


def _place(run_url: str) -> Endpoint:
    """Return where websockets go, beside where calls go."""
    plaintext = "ISOLATE_TEST_MODE" if is_true(os.environ.get("ISOLATE_TEST_MODE")) else None
    if named := os.environ.get("FAL_WS_RUN_HOST"):
        return parse(named, "variable FAL_WS_RUN_HOST", plaintext=plaintext, path_allowed=True)
    run = parse(run_url, "run_host", path_allowed=True)
    return replace(run, host=f"ws.{run.host}") if is_platform(run.host) else replace(run, path=f"{run.path}/ws")


@contextmanager
def connect(client: SyncServerlessClient, app_id: str, path: str, timeout: float) -> Iterator[AppSocket]:
    """Open a websocket to an app, for as long as the block lasts.

    Raises:
        MissingDependencyError: The package `websockets` is not installed.
        FalServerlessException: The app cannot be reached, or refuses.
    """
    try:
        from websockets.exceptions import InvalidHandshake, InvalidStatus
        from websockets.sync.client import connect as opened
    except ModuleNotFoundError:
        raise MissingDependencyError(
            "fal.apps.ws needs the package 'websockets', which is not installed; install it with pip", name="websockets"
        ) from None
    settings = client._caller.settings
    place = _place(settings.run_url)
    base = place.url.replace("http", "ws", 1)
    headers = [(name, MaskedStr(value).reveal()) for name, value in settings.credentials.http_headers()]
    try:
        connection = opened(
            address(base, client.apps._target(app_id, None), path),
            additional_headers=headers,
            open_timeout=_OPEN_TIMEOUT,
            proxy=None if is_loopback(place.host) else True,
            max_size=None,
            logger=_SILENT,
        )
    except InvalidStatus as error:
        raise from_http(
            error.response.status_code, bytes(error.response.body or b"").decode("utf-8", "replace")
        ) from None
    except (InvalidHandshake, OSError) as error:
        raise Unavailable(f"{place.host} cannot be reached: {error}") from None
    with connection:
        yield AppSocket(connection, timeout)
