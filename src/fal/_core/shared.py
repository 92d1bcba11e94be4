"""What the callers of one client have in common: two lazy transports, and whether they are closed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from fal._core.hosts import is_loopback
from fal._core.options import read_certificates
from fal.exceptions import ClientClosed

if TYPE_CHECKING:
    from fal._core.grpc import GrpcTransport
    from fal._core.http import HttpTransport
    from fal._core.settings import Settings

T = TypeVar("T")


class Shared:
    """The transports of one client, made by the first call that needs them."""

    def __init__(self, settings: Settings, ca_file: str | None, proxy: str | None) -> None:
        self._settings = settings
        self._ca_file = ca_file
        self._proxy = proxy
        self._lock = threading.Lock()
        self._grpc: GrpcTransport | None = None
        self._http: HttpTransport | None = None
        self.closed = False
        self.team_lock = threading.Lock()

    def ask(self, question: Callable[[], T]) -> T:
        """Ask credentials for what a call carries; a stored login may have to be refreshed for it."""
        return question()

    def grpc(self) -> GrpcTransport:
        self._ready()
        if self._grpc is None:
            from fal._core.grpc import GrpcTransport

            with self._lock:
                if self._grpc is None:
                    target = self._settings.grpc_target
                    self._grpc = GrpcTransport(
                        target,
                        secure=self._settings.grpc_secure,
                        loopback=is_loopback(urlsplit(f"//{target}").hostname or ""),
                        ca_cert=read_certificates(self._ca_file),
                        proxy=self._proxy,
                    )
        return self._grpc

    def http(self) -> HttpTransport:
        self._ready()
        if self._http is None:
            from fal._core.http import HttpTransport

            with self._lock:
                if self._http is None:
                    self._http = HttpTransport(self._settings.rest_url, ca_file=self._ca_file, proxy=self._proxy)
        return self._http

    def close(self) -> None:
        self.closed = True
        for transport in (self._grpc, self._http):
            if transport is not None:
                transport.close()

    def _ready(self) -> None:
        if self.closed:
            raise ClientClosed("the client is closed", hint="Make a new one.")
