"""What the callers of one client have in common: two lazy transports, and whether they are closed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from fal._core import proxies
from fal._core.hosts import host_of, port_of
from fal._core.locks import ForkSafeLock
from fal._core.options import TransportOptions, read_certificates
from fal.exceptions import ClientClosed

if TYPE_CHECKING:
    from fal._core.settings import Settings
    from fal._core.transport.grpc_channel import ChannelFactory
    from fal._core.transport.grpc_sync import GrpcTransport
    from fal._core.transport.http_client import HttpSettings
    from fal._core.transport.http_sync import HttpTransport

T = TypeVar("T")


def channel_factory(settings: Settings, options: TransportOptions) -> ChannelFactory:
    """Return what opens the gRPC channel, sync or async; files are read for it.

    Raises:
        ConfigurationError: The host cannot be reached this way.
    """
    from fal._core.transport.grpc_channel import ChannelFactory

    target, secure, proxy = settings.grpc_target, settings.grpc_secure, options.proxy.value
    # Asked here, where an error is not taken for one of the connection.
    proxies.check_plaintext(host_of(target), secure=secure, proxy=proxy)
    if proxy is None:
        proxies.for_grpc(host_of(target), port_of(target))
    return ChannelFactory(
        target,
        secure=secure,
        ca_cert=read_certificates(options.grpc_ca_file) if secure else None,
        proxy=proxy,
        keepalive=options.keepalive,
        custom=options.grpc_options,
    )


def http_settings(settings: Settings, options: TransportOptions) -> HttpSettings:
    """Return how an HTTP transport, sync or async, reaches the hosts."""
    from fal._core.transport.http_client import HttpSettings

    return HttpSettings(
        settings.rest_hosts,
        ca_file=options.ca_file,
        proxy=options.proxy.value,
        custom=options.http_transport,
    )


class Connections:
    """The transports of one client, made by the first call that needs them."""

    def __init__(self, settings: Settings, options: TransportOptions) -> None:
        self._settings = settings
        self._options = options
        self._lock = ForkSafeLock()
        self._grpc: GrpcTransport | None = None
        self._http: HttpTransport | None = None
        self.closed = False
        self.team_lock = ForkSafeLock()

    def blocking(self, call: Callable[[], T]) -> T:
        """Return what a call gives that may wait for a file or a login."""
        return call()

    @property
    def way_out(self) -> tuple[str | None, str | None]:
        """The proxy to go through and the file of certificates to trust, for what has no transport here."""
        return self._options.proxy.value, self._options.ca_file

    def grpc(self) -> GrpcTransport:
        self._check_open()
        if self._grpc is None:
            from fal._core.transport.grpc_sync import GrpcTransport

            with self._lock:
                self._check_open()  # closed meanwhile: nobody would close what is made now
                if self._grpc is None:
                    self._grpc = GrpcTransport(channel_factory(self._settings, self._options))
        return self._grpc

    def http(self) -> HttpTransport:
        self._check_open()
        if self._http is None:
            from fal._core.transport.http_sync import HttpTransport

            with self._lock:
                self._check_open()
                if self._http is None:
                    self._http = HttpTransport(http_settings(self._settings, self._options))
        return self._http

    def close(self) -> None:
        with self._lock:
            self.closed = True
            transports = (self._grpc, self._http)
        for transport in transports:
            if transport is not None:
                transport.close()

    def _check_open(self) -> None:
        if self.closed:
            raise ClientClosed("the client is closed", hint="Create a new one.")
