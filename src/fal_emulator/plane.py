"""The life of a control plane: from an empty folder to one port that answers, and back."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import io
import json
import os
import re
import shutil
import socket
import stat
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import grpc
import uvicorn

from fal._gen.servicer import add_to_server

from .engine.engine import Engine
from .gateway.app import Gateway
from .model import limits
from .model.addresses import Addresses
from .model.faults import Fault, invalid
from .model.permissions import require
from .model.private_files import FILE_MODE, FOLDER_MODE, open_private, private_folder, replacing
from .rest.app import RESERVED, Rest
from .rpc.controller import Controller
from .rpc.deployment import Deployment
from .rpc.interceptor import AuthInterceptor
from .server.http_protocol import BoundedProtocol
from .server.multiplexer import PortMultiplexer
from .server.router import Router
from .state.keyring import Keyring
from .state.store import Store
from .web.api import Api
from .web.page import Page
from .web.sessions import Sessions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from fal.api import SyncServerlessClient

Isolation = Literal["venv", "inline"]

_LOOPBACK = "127.0.0.1"
_NICKNAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,62}[A-Za-z0-9])?")
# Threads for RPCs; a deploy or a run holds one for as long as it takes.
_RPC_THREADS = 128
_GRACE = 1.0  # seconds for what is under way when the control plane stops
_LONGEST_SOCKET_PATH = 100
# What a state directory holds of ours; whatever else lies there is somebody's own.
_OWN = frozenset(
    {"admin-key", "blobs", "environments", "lock", "objects", "runners", "sockets", "texts", "uploads", "volume"}
    | {f"{name}.db{suffix}" for name in ("state", "history", "activity") for suffix in ("", "-wal", "-shm", "-journal")}
)


class Plane:
    """A control plane that is running. `start` makes one.

    Attributes:
        host: `http://127.0.0.1:<port>`: gRPC, REST and apps.
        port: The one port.
        key: `<id>:<secret>` of a key that may do everything.
        state: The folder with all that it remembers.
    """

    def __init__(self, *, port: int, state: Path | None, isolation: Isolation, nickname: str | None) -> None:
        self._temporary = state is None
        self.state = Path(tempfile.mkdtemp(prefix="fal-")) if state is None else Path(state).absolute()
        self._cleanup = contextlib.ExitStack()
        try:
            self._open(port, isolation, nickname)
        except BaseException:
            self._cleanup.close()
            raise

    def _open(self, port: int, isolation: Isolation, nickname: str | None) -> None:
        if self._temporary:
            self._cleanup.callback(shutil.rmtree, self.state, ignore_errors=True)
        _take_over(self.state)
        self._cleanup.enter_context(_only_one(self.state))
        listener = self._cleanup.enter_context(_bound(port))
        self.port = int(listener.getsockname()[1])
        self._addresses = Addresses(self.port)
        # A temporary state ends with this process: it need not survive a loss of power.
        self._store = Store(self.state, nickname=nickname, durable=not self._temporary)
        self._cleanup.callback(self._store.close)
        keyring = Keyring(self._store)
        self.key = ":".join(keyring.admin_key(self.state))
        sockets = self._cleanup.enter_context(_socket_folder(self.state))
        server = _Server(self._store, keyring, self._addresses, self.state, sockets, isolation, self.key)
        self._cleanup.callback(server.stop)
        self._sessions = server.sessions
        server.start(listener)

    @property
    def host(self) -> str:
        """The base of gRPC, REST, and requests to apps."""
        return self._addresses.host

    def page_link(self) -> str:
        """Return an address that opens the web page once, within ten minutes.

        Example:
            >>> webbrowser.open(plane.page_link())
        """
        return self._sessions.new_link()

    def env(self) -> dict[str, str]:
        """Return the environment variables that point any fal client at this control plane."""
        return self._addresses.env(self.key)

    def client(self, **options: Any) -> SyncServerlessClient:
        """Return a client of this control plane; close it, or use it in a `with` statement.

        Args:
            options: Further arguments of `SyncServerlessClient`.

        Example:
            >>> with fal_emulator.start() as plane, plane.client() as client:
            ...     client.keys.list()
        """
        from fal.api import SyncServerlessClient

        chosen: dict[str, Any] = {"host": self.host, "api_key": self.key, **options}
        return SyncServerlessClient(**chosen)

    def write_ready_file(self, path: Path) -> None:
        """Write what a client needs to know, all at once and for nobody else to read.

        Args:
            path: JSON with `host`, `rest`, `run`, `queue`, `key`, `env`, `state` and `pid`.
        """
        content = {
            "host": self.host,
            "rest": self.host,
            "run": self.host,
            "queue": self._addresses.queue,
            "key": self.key,
            "env": self.env(),
            "state": str(self.state),
            "pid": os.getpid(),
        }
        with replacing(path) as file:
            file.write(json.dumps(content, indent=2).encode())

    def close(self) -> None:
        """Stop all runners and both servers, and remove a temporary state. It may be called again."""
        self._cleanup.close()

    def __enter__(self) -> Plane:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Plane(host={self.host!r}, state={str(self.state)!r})"


def start(
    *,
    port: int = 0,
    state: Path | str | None = None,
    isolation: Isolation = "venv",
    nickname: str | None = None,
) -> Plane:
    """Start a local control plane in this process.

    Args:
        port: Where it listens, on the loopback interface alone; 0 takes a port that is free.
        state: The folder of what it remembers; None takes a temporary one, which `close` removes.
        isolation: `venv` builds an environment for each app; `inline` runs apps with this interpreter and what is
            installed for it, which is quicker.
        nickname: The name of the account; None is that of the state, or `local`.

    Returns:
        The control plane, which answers already. Close it, or use it in a `with` statement.

    Raises:
        Fault: The state is in use, or was written by another version; or an argument is not possible.
        OSError: The port is taken, or the folder cannot be written.

    Example:
        >>> with fal_emulator.start() as plane:
        ...     client = plane.client()
    """
    if not 0 <= port <= 65535:
        raise invalid("port", f"{port} is not a number from 0 to 65535")
    if isolation not in ("venv", "inline"):
        raise invalid("isolation", f"{isolation!r} is neither 'venv' nor 'inline'")
    if nickname is not None and (not _NICKNAME.fullmatch(nickname) or nickname in RESERVED):
        raise invalid("nickname", f"{nickname!r} is not possible: use letters and digits, '-' and '_' between them")
    return Plane(port=port, state=None if state is None else Path(state), isolation=isolation, nickname=nickname)


class _Server:
    """Both servers and the engine, in a thread with an event loop."""

    def __init__(
        self,
        store: Store,
        keyring: Keyring,
        addresses: Addresses,
        state: Path,
        sockets: Path,
        isolation: Isolation,
        key: str,
    ) -> None:
        self._engine = Engine(store, state, isolation=isolation, variables=addresses.env(keyring.runner_key()))
        owner = store.account.nickname
        gateway = Gateway(self._engine, lambda header: _caller(keyring, owner, header))
        rest = Rest(store, self._engine, keyring, addresses, state)
        self.sessions = Sessions(addresses.host)
        api = Api(store, self._engine, addresses, rest, str(state))
        page = Page(self.sessions, api.app, gateway, key)
        self._http = uvicorn.Server(
            uvicorn.Config(
                Router(rest.app, gateway, page, owner, lambda header: _known(keyring, header)),
                uds=str(sockets / "http"),
                http=BoundedProtocol,
                h11_max_incomplete_event_size=limits.LARGEST_HEAD,
                ws="websockets-sansio",
                ws_max_size=limits.LARGEST_FRAME_IN,
                lifespan="off",
                log_config=None,
                log_level="critical",
                access_log=False,
                proxy_headers=False,
                server_header=False,
                # Longer than clients keep idle connections, so that it is they who close them.
                timeout_keep_alive=120,
                timeout_graceful_shutdown=1,
            )
        )
        self._threads = ThreadPoolExecutor(_RPC_THREADS, thread_name_prefix="rpc")
        self._grpc = grpc.server(
            self._threads,
            interceptors=[AuthInterceptor(keyring)],
            options=_grpc_options(),
            maximum_concurrent_rpcs=limits.MOST_CALLS,
        )
        deployment = Deployment(store, self._engine, addresses)
        add_to_server(Controller(store, self._engine, keyring, deployment), self._grpc)
        self._grpc.add_insecure_port(f"unix:{sockets / 'grpc'}")
        self._multiplexer = PortMultiplexer(grpc=sockets / "grpc", http=sockets / "http", most=limits.connections())
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

    async def _main(self, listener: socket.socket, started: threading.Event) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        serving: asyncio.Task[None] | None = None
        try:
            await self._engine.start()
            self._grpc.start()
            serving = asyncio.create_task(self._http.serve())
            while not self._http.started:
                await asyncio.sleep(0.002)
                if serving.done():
                    await serving
                    raise RuntimeError("the HTTP server did not start")
            await self._multiplexer.listen(listener)
            started.set()
            await self._stop.wait()
        finally:
            self._multiplexer.stop_listening()
            calls_ended = self._grpc.stop(_GRACE)
            await self._engine.close()
            await asyncio.to_thread(calls_ended.wait, 2 * _GRACE)
            self._http.should_exit = True
            if serving is not None:
                await serving
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
    """Tell whether a key is valid, whatever it may do."""
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


def _take_over(folder: Path) -> None:
    """Close a state directory to everybody else, also one that was there before.

    Raises:
        Fault: Somebody else put something there, which might lead anywhere.
        OSError: It belongs to somebody else.
    """
    private_folder(folder)
    mine = {os.geteuid(), folder.stat().st_uid}
    for path in (folder / name for name in _OWN if os.path.lexists(folder / name)):
        found = path.lstat()
        if found.st_uid not in mine:
            raise Fault("FAILED_PRECONDITION", f"{path} belongs to another user of this machine: use another directory")
        if stat.S_ISDIR(found.st_mode):
            path.chmod(FOLDER_MODE)
        elif stat.S_ISREG(found.st_mode):
            path.chmod(FILE_MODE)


@contextlib.contextmanager
def _only_one(state: Path) -> Iterator[None]:
    """Hold the lock of a state directory; it ends with the process, however that ends."""
    with io.TextIOWrapper(open_private(state / "lock", "a+b")) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip()
            raise Fault(
                "FAILED_PRECONDITION",
                f"the state directory {state} is in use by another local control plane"
                f"{f' (process {holder})' if holder else ''}: stop that one, or use another directory",
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


@contextlib.contextmanager
def _bound(port: int) -> Iterator[socket.socket]:
    """Hold a port of the loopback interface, without listening yet."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((_LOOPBACK, port))
        yield listener


@contextlib.contextmanager
def _socket_folder(state: Path) -> Iterator[Path]:
    """Make an empty folder for the inner sockets, to which nobody else has access."""
    folder = state / "sockets"
    shutil.rmtree(folder, ignore_errors=True)
    if len(str(folder)) > _LONGEST_SOCKET_PATH - len("/http"):
        folder = Path(tempfile.mkdtemp(prefix="fal-"))
    else:
        private_folder(folder)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
