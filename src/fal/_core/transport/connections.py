"""What the callers of one client have in common: two lazy transports, and whether they are closed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from fal._core import proxies
from fal._core.hosts import host_of
from fal._core.locks import ForkSafeLock
from fal._core.options import read_certificates
from fal._core.secret import Sealed
from fal.exceptions import ClientClosed

if TYPE_CHECKING:
    from fal._core.settings import Settings
    from fal._core.transport.grpc_sync import GrpcTransport
    from fal._core.transport.http_sync import HttpTransport

T = TypeVar("T")


class Connections:
    """The transports of one client, made by the first call that needs them."""

    def __init__(
        self, settings: Settings, ca_file: str | None, proxy: str | None, *, grpc_ca_file: str | None = None
    ) -> None:
        self._settings = settings
        self._ca_file = ca_file
        self._grpc_ca_file = grpc_ca_file or ca_file
        self._proxy = Sealed(proxy)
        self._lock = ForkSafeLock()
        self._grpc: GrpcTransport | None = None
        self._http: HttpTransport | None = None
        self.closed = False
        self.team_lock = ForkSafeLock()

    def ask(self, question: Callable[[], T]) -> T:
        """Ask credentials for what a call carries; a stored login may have to be refreshed for it."""
        return question()

    @property
    def way_out(self) -> tuple[str | None, str | None]:
        """The proxy to go through and the file of certificates to trust, for what has no transport here."""
        return self._proxy.value, self._ca_file

    def grpc(self) -> GrpcTransport:
        self._ready()
        if self._grpc is None:
            from fal._core.transport.grpc_sync import GrpcTransport

            # Asked here, where an error is not taken for one of the connection.
            host, proxy = host_of(self._settings.grpc_target), self._proxy.value
            proxies.check_plaintext(host, secure=self._settings.grpc_secure, proxy=proxy)
            if proxy is None:
                proxies.for_grpc(host)
            with self._lock:
                self._ready()  # closed meanwhile: nobody would close what is made now
                if self._grpc is None:
                    self._grpc = GrpcTransport(
                        self._settings.grpc_target,
                        secure=self._settings.grpc_secure,
                        ca_cert=read_certificates(self._grpc_ca_file) if self._settings.grpc_secure else None,
                        proxy=self._proxy.value,
                    )
        return self._grpc

    def http(self) -> HttpTransport:
        self._ready()
        if self._http is None:
            from fal._core.transport.http_sync import HttpTransport

            with self._lock:
                self._ready()
                if self._http is None:
                    self._http = HttpTransport(
                        self._settings.rest_hosts, ca_file=self._ca_file, proxy=self._proxy.value
                    )
        return self._http

    def close(self) -> None:
        with self._lock:
            self.closed = True
            found = (self._grpc, self._http)
        for transport in found:
            if transport is not None:
                transport.close()

    def _ready(self) -> None:
        if self.closed:
            raise ClientClosed("the client is closed", hint="Make a new one.")
