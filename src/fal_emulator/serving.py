"""Both servers and the engine, in a thread with an event loop."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import grpc

from fal._gen.servicer import add_to_server

from .engine.engine import Engine
from .engine.environments import Isolation
from .gateway.app import Gateway
from .model import limits
from .model.faults import Fault
from .model.permissions import require
from .model.private_files import private_folder
from .rest.app import Rest
from .rpc.controller import Controller
from .rpc.deployment import Deployment
from .rpc.interceptor import AuthInterceptor
from .rpc.threads import in_thread
from .server.http_protocol import HttpServer
from .server.injection import Faults
from .server.multiplexer import ALPN, PortMultiplexer, relay_to
from .server.router import Router
from .web.api import Api
from .web.page import Page
from .web.sessions import Sessions

if TYPE_CHECKING:
    import socket
    import ssl
    from collections.abc import Iterator

    from .model.addresses import Addresses
    from .state.keyring import Keyring
    from .state.store import Store

__all__ = ["Isolation", "Server"]

# Threads for RPCs: each call holds one, and what is beyond the limit of calls needs some to be refused.
_RPC_THREADS = limits.MOST_CALLS + 64
_GRACE = 1.0  # seconds for what is under way when the control plane stops
_LONGEST_SOCKET_PATH = 100


class Server:
    """Serves one state on one port.

    Args:
        store: The state.
        keyring: The keys and their permissions.
        addresses: Where it answers.
        state: The state folder.
        isolation: How apps are isolated; see `Engine`.
        key: What the web page uses.
    """

    def __init__(
        self, store: Store, keyring: Keyring, addresses: Addresses, state: Path, isolation: Isolation, key: str
    ) -> None:
        self._state = state
        self._store = store
        self._key = key
        self._engine = Engine(store, state, isolation=isolation, variables=addresses.env(keyring.runner_key()))
        owner = store.account.nickname
        self.faults = Faults(lambda app: self._engine.kill_one(owner, app))
        rest = Rest(store, self._engine, keyring, addresses, state)
        gateway = Gateway(self._engine, lambda header: _caller(keyring, owner, header), rest.tokens.opens)
        self.sessions = Sessions(addresses.host)
        api = Api(store, self._engine, addresses, rest, str(state)).app

        def known(header: str | None) -> bool:
            return _known(keyring, header)

        page = Page(self.sessions, api, gateway, key, known)
        self._http = HttpServer(Router(rest.app, gateway, page, owner, known, self.faults))
        self._threads = ThreadPoolExecutor(_RPC_THREADS, thread_name_prefix="rpc")
        self._interceptor = AuthInterceptor(keyring, self.faults)
        self._grpc = grpc.server(self._threads, interceptors=[self._interceptor], options=_grpc_options())
        deployment = Deployment(store, self._engine, addresses)
        add_to_server(Controller(store, self._engine, keyring, deployment), self._grpc)
        self._certificates = in_thread(lambda: _certificates(state / "certificates"))
        self._multiplexer: PortMultiplexer | None = None
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None

    def start(self, listener: socket.socket) -> None:
        """Serve, and return when requests are answered."""
        started = threading.Event()
        failure: list[BaseException] = []

        def serve() -> None:
            try:
                asyncio.run(self._main(listener, started))
            except BaseException as error:
                failure.append(error)
            finally:
                started.set()

        self._thread = threading.Thread(target=serve, name="fal-control-plane", daemon=True)
        self._thread.start()
        started.wait()
        if failure:
            raise failure[0]

    def stop(self) -> None:
        """Stop serving; blocks until nothing runs any more."""
        if self._loop is not None and self._stop is not None:
            with contextlib.suppress(RuntimeError):  # the loop has ended by itself
                self._loop.call_soon_threadsafe(self._stop.set)
        if self._thread is not None:
            self._thread.join()
        self._threads.shutdown()

    def reset(self) -> None:
        """Forget everything but the account and its key; blocks until nothing of it can be seen."""
        self.faults.clear()
        self._engine.reset(lambda: self._store.reset(self._key.partition(":")[0]))

    def restore(self, folder: Path) -> None:
        """Bring back what the store has saved; blocks until nothing else can be seen."""
        self.faults.clear()
        self._engine.reset(lambda: self._store.restore(folder))

    def wait_for_certificates(self) -> None:
        """Wait until the files of the certificates are there."""
        self._certificates.result()

    def _tls(self) -> ssl.SSLContext:
        return self._certificates.result()

    async def _main(self, listener: socket.socket, started: threading.Event) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        with _socket_folder(self._state) as sockets:
            # An address, where a percent sign begins an escape.
            self._grpc.add_insecure_port(f"unix:{quote(str(sockets / 'grpc'))}")
            self._multiplexer = PortMultiplexer(
                relay_to(sockets / "grpc"), self._http.protocol, tls=self._tls, most=limits.connections()
            )
            try:
                await self._engine.start()
                self._interceptor.start()
                self._grpc.start()
                self._http.start()
                await self._multiplexer.accept_from(listener)
                started.set()
                await self._stop.wait()
            finally:
                self._multiplexer.stop_listening()
                calls_ended = self._grpc.stop(_GRACE)
                await self._engine.close()
                await asyncio.to_thread(calls_ended.wait, 2 * _GRACE)
                await self._http.close()
                self._multiplexer.close()


def _grpc_options() -> list[tuple[str, int]]:
    return [
        ("grpc.max_receive_message_length", limits.LARGEST_MESSAGE),
        # gRPC takes what is less than these.
        ("grpc.max_metadata_size", limits.LARGEST_METADATA + 1),
        ("grpc.absolute_max_metadata_size", limits.LARGEST_METADATA + 1),
        ("grpc.max_send_message_length", -1),
        # Clients keep idle connections alive with pings, every 30 seconds.
        ("grpc.http2.min_ping_interval_without_data_ms", 5000),
        ("grpc.keepalive_permit_without_calls", 1),
        ("grpc.http2.max_ping_strikes", 0),
    ]


def _known(keyring: Keyring, header: str | None) -> bool:
    """Return whether a key is valid, whatever it may do."""
    try:
        keyring.from_header(header)
    except Fault:
        return False
    return True


def _caller(keyring: Keyring, owner: str, header: str | None) -> str | None:
    """Return the account of a key that may call apps."""
    try:
        require(keyring.from_header(header), "apps:call")
    except Fault:
        return None
    return owner


def _certificates(folder: Path) -> ssl.SSLContext:
    # Imported in the thread that needs it: it takes a while, and nobody may ever connect over TLS.
    from .state.certificates import Certificates

    return Certificates(folder).context(ALPN)


@contextlib.contextmanager
def _socket_folder(state: Path) -> Iterator[Path]:
    """Make an empty folder for the inner socket, to which nobody else has access, where its path is not too long."""
    inside = state / "sockets"
    shutil.rmtree(inside, ignore_errors=True)
    if _fits(inside):
        folder = private_folder(inside)
    else:
        elsewhere = next((each for each in (tempfile.gettempdir(), "/tmp") if _fits(Path(each) / "fal-12345678")), None)
        folder = Path(tempfile.mkdtemp(prefix="fal-", dir=elsewhere))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _fits(folder: Path) -> bool:
    return len(bytes(folder / "grpc")) <= _LONGEST_SOCKET_PATH
