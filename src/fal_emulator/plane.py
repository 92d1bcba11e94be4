"""The life cycle of a control plane."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import callers
from .model.addresses import Addresses
from .model.faults import invalid
from .model.private_files import replacing
from .rest.app import RESERVED
from .server.multiplexer import listening_socket
from .serving import Isolation, Server
from .state.folder import taken
from .state.keyring import Keyring
from .state.logs import LogQuery
from .state.store import Store
from .state.transfer import export_state, import_state

__all__ = ["Plane", "Snapshot", "import_state", "start"]

if TYPE_CHECKING:
    from types import TracebackType

    from fal.api import SyncServerlessClient

    from .server.injection import Faults

_MOST_LINES = 1000
_NICKNAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,62}[A-Za-z0-9])?")


@dataclass(frozen=True)
class Snapshot:
    """The saved state of a control plane."""

    folder: Path = field(repr=False)


class Plane:
    """A control plane that is running. `start` makes one.

    Attributes:
        host: `http://127.0.0.1:<port>`: gRPC, REST and apps.
        port: The one port.
        key: `<id>:<secret>` of a key with all permissions.
        state: The folder with its state.
    """

    def __init__(self, *, port: int, state: Path | None, isolation: Isolation, nickname: str | None) -> None:
        self._temporary = state is None
        self.state = Path(tempfile.mkdtemp(prefix="fal-")) if state is None else Path(state).resolve()
        self._cleanup = contextlib.ExitStack()
        try:
            self._open(port, isolation, nickname)
        except BaseException:
            self._cleanup.close()
            raise

    def _open(self, port: int, isolation: Isolation, nickname: str | None) -> None:
        if self._temporary:
            self._cleanup.callback(shutil.rmtree, self.state, ignore_errors=True)
        self._cleanup.enter_context(taken(self.state))
        listener = self._cleanup.enter_context(listening_socket(port))
        self.port = int(listener.getsockname()[1])
        certificates = self.state / "certificates"
        self._addresses = Addresses(self.port, certificates / "authority.pem", certificates / "bundle.pem")
        # A temporary state ends with this process: it need not survive a loss of power.
        self._store = Store(self.state, nickname=nickname, durable=not self._temporary)
        self._cleanup.callback(self._store.close)
        keyring = Keyring(self._store)
        self.key = ":".join(keyring.admin_key(self.state))
        server = Server(self._store, keyring, self._addresses, self.state, isolation, self.key)
        self._cleanup.callback(server.stop)
        self._server = server
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
        return self._server.sessions.new_link()

    @property
    def faults(self) -> Faults:
        """The faults to inject, for tests; see `Faults`."""
        return self._server.faults

    def reset(self) -> None:
        """Delete all apps, secrets, environments, files, queued calls, logs and keys, except for the first key.

        It takes milliseconds: environments that were built for apps stay.

        Example:
            >>> plane.reset()
        """
        self._server.reset()

    def snapshot(self) -> Snapshot:
        """Save apps, keys, secrets, environments and files as they are now, until this control plane is closed.

        Example:
            >>> prepared = plane.snapshot()
        """
        folder = Path(self._cleanup.enter_context(tempfile.TemporaryDirectory(prefix="fal-snapshot-")))
        self._store.save(folder)
        return Snapshot(folder)

    def restore(self, snapshot: Snapshot) -> None:
        """Restore a snapshot of this control plane.

        All runners end, and the apps start again when they are called; logs and queued calls are deleted.

        Args:
            snapshot: What `snapshot` returned.

        Example:
            >>> plane.restore(prepared)
        """
        self._server.restore(snapshot.folder)

    def export(self, file: Path | str) -> None:
        """Export apps, keys, secrets, environments and files to a file, which `import_state` reads.

        Args:
            file: A compressed tar archive of mode 0600. It holds the values of secrets.

        Raises:
            OSError: The file cannot be written.

        Example:
            >>> plane.export("plane.tar.gz")
        """
        export_state(self.state, Path(file))

    def log_lines(self, after: int = 0) -> tuple[list[str], int]:
        """Return the output of apps, builds and runners, and a number to continue from.

        Args:
            after: The number that an earlier call returned; 0 is the beginning.

        Example:
            >>> lines, number = plane.log_lines()
        """
        query = LogQuery(self._store.account.nickname, after=after)
        lines = self._store.logs.lines(query, _MOST_LINES)
        return [f"[{line.app}] {line.level:7} {line.message}" for line in lines], self._store.logs.last_number

    def env(self) -> dict[str, str]:
        """Return the environment variables that point any fal client at this control plane."""
        self._server.wait_for_certificates()
        return self._addresses.env(self.key) | callers.variables()

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
        """Write the ready file for clients, atomically, with mode 0600.

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
