"""A TCP proxy that breaks the connections it carries, at the very byte that it is told, and counts each time it does."""

from __future__ import annotations

import selectors
import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NamedTuple

from tests.support.waiting import LIMIT

CAN_COME_BACK = hasattr(socket, "SO_REUSEPORT")
"""Whether a proxy may go down and come up again under the same port."""


class Fault(NamedTuple):
    """What happens to a connection.

    Args:
        kind: "reset", "close", "silence", "half-open", "drip", "garbage", or "none".
        side: The direction whose bytes are counted, "request" or "answer"; of "half-open", the one that is shut.
        after: How many bytes of it pass before; 0 strikes as soon as the connection is accepted.
        first: How many connections it happens to, one after the other; None for all.
        pause: Of "drip", the seconds between two bytes.
        say: Of "garbage", what the client hears before the connection is closed.
    """

    kind: str
    side: str = "request"
    after: int = 0
    first: int | None = None
    pause: float = 0.0
    say: bytes = b""


NO_FAULT = Fault("none")


class FaultProxy:
    """Carries connections on loopback to `target`, a port. While it is down, connections are refused.

    Its port stays its own: a socket that is bound, but does not listen, holds it.
    """

    def __init__(self, target: int, fault: Fault = NO_FAULT, *, up: bool = True) -> None:
        self.target = target
        self.fault = fault
        self.fired = 0
        self.carried = {"request": 0, "answer": 0}
        self._lock = threading.Lock()
        self._live: set[_Connection] = set()
        self._threads: list[threading.Thread] = []
        self._listener: socket.socket | None = None
        self._held = _bound(0)
        self.port: int = self._held.getsockname()[1]
        if up:
            self.up()

    def up(self) -> None:
        listener = _bound(self.port) if CAN_COME_BACK else self._held
        listener.listen(128)
        listener.settimeout(0.5)  # where its shutdown does not wake who waits for it
        self._listener = listener
        self._acceptor = self._start(self._accept, listener)

    def down(self, kind: str = "reset") -> None:
        """Take no more connections, and break those that are there."""
        listener, self._listener = self._listener, None
        if listener is not None:
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            self._acceptor.join(10)  # or it could take connections of whoever gets the same descriptor next
            listener.close()
        self.strike(kind)

    def strike(self, kind: str) -> None:
        """Break every connection that is there, now."""
        with self._lock:
            live = list(self._live)
        for connection in live:
            connection.order(kind)
        for connection in live:
            connection.obeyed.wait(10)

    def close(self) -> None:
        self.down("stop")
        self._held.close()
        for thread in self._threads:
            thread.join(LIMIT)

    def count(self) -> None:
        with self._lock:
            self.fired += 1

    def _start(self, work: Callable[[Any], None], about: Any) -> threading.Thread:
        thread = threading.Thread(target=work, args=(about,), daemon=True)
        self._threads.append(thread)
        thread.start()
        return thread

    def _accept(self, listener: socket.socket) -> None:
        while self._listener is listener:
            try:
                near, _ = listener.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            with self._lock:
                fault = self.fault
                struck = fault.kind != "none" and (fault.first is None or self.fired < fault.first)
                connection = _Connection(self, near, fault if struck else None)
                self._live.add(connection)
            if self._listener is not listener:
                connection.order("reset")  # it came about while the proxy went down
            self._start(self._serve, connection)

    def _serve(self, connection: _Connection) -> None:
        try:
            with suppress(OSError):
                connection.run()
        finally:
            with self._lock:
                self._live.discard(connection)
            connection.end()


class _Connection:
    """One connection, both directions of it in one thread: only then does a reset go out as one."""

    def __init__(self, proxy: FaultProxy, near: socket.socket, fault: Fault | None) -> None:
        self._proxy = proxy
        self._near = near
        self._far: socket.socket | None = None
        self._fault = fault
        self._left = fault.after if fault else -1
        self._orders, self._heard = socket.socketpair()
        self._kinds: list[str] = []
        self._stopped = threading.Event()
        self.obeyed = threading.Event()
        self._shut: str | None = None
        self._dripping = False

    def order(self, kind: str) -> None:
        """Have the connection broken by the thread that it belongs to."""
        self._kinds.append(kind)
        self._stopped.set()
        with suppress(OSError):
            self._orders.send(b"!")

    def run(self) -> None:
        if self._left == 0 and self._strike_now():
            return
        self._far = socket.create_connection(("127.0.0.1", self._proxy.target))
        with selectors.DefaultSelector() as ready:
            ready.register(self._heard, selectors.EVENT_READ)
            ready.register(self._near, selectors.EVENT_READ)
            ready.register(self._far, selectors.EVENT_READ)
            open_ends = 2
            while open_ends:
                for key, _ in ready.select():
                    if key.fileobj is self._heard:
                        self._obey()
                        return
                    if self._carry(key.fileobj):  # type: ignore[arg-type]
                        continue
                    ready.unregister(key.fileobj)
                    open_ends -= 1

    def end(self) -> None:
        for end in (self._near, self._far, self._orders, self._heard):
            if end is not None:
                end.close()
        self.obeyed.set()

    def _carry(self, source: socket.socket) -> bool:
        """Carry what there is; return whether more may come from this end."""
        assert self._far is not None
        sink, side = (self._far, "request") if source is self._near else (self._near, "answer")
        chunk = source.recv(65536)
        if not chunk:
            with suppress(OSError):
                sink.shutdown(socket.SHUT_WR)
            return False
        self._proxy.carried[side] += len(chunk)
        if side == self._shut:
            return True  # nobody hears it
        fault = self._fault
        if fault is None or side != fault.side:
            sink.sendall(chunk)
            return True
        if self._left > 0:
            passed, chunk = chunk[: self._left], chunk[self._left :]
            self._left -= len(passed)
            sink.sendall(passed)
            if self._left == 0 and self._strike_now():
                raise ConnectionAbortedError
        if self._dripping:
            for place in range(len(chunk)):
                sink.sendall(chunk[place : place + 1])
                if self._stopped.wait(fault.pause):
                    break
        elif chunk and side != self._shut:
            sink.sendall(chunk)
        return True

    def _strike_now(self) -> bool:
        """Do what the fault says; return whether the connection is over with it."""
        assert self._fault is not None
        self._proxy.count()
        return self._break(self._fault.kind)

    def _break(self, kind: str) -> bool:
        fault = self._fault
        if kind == "drip":
            self._dripping = True
            return False
        if kind == "half-open" and self._far is not None:
            assert fault is not None
            self._shut = fault.side
            (self._far if fault.side == "request" else self._near).shutdown(socket.SHUT_WR)
            return False
        if kind == "half-open":  # before anything came: there is no other end yet
            self._near.shutdown(socket.SHUT_WR)
        if kind in ("half-open", "silence"):
            self._heard.recv(1)  # both ends stay open and nothing comes through, until it is ended
        elif kind == "garbage":
            assert fault is not None
            self._say(fault.say)
        elif kind == "reset":
            for end in (self._near, self._far):
                if end is not None:
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    end.close()
        return True  # whoever serves it closes it

    def _say(self, text: bytes) -> None:
        self._near.recv(65536)
        self._near.sendall(text)
        self._near.shutdown(socket.SHUT_WR)
        with selectors.DefaultSelector() as ready:
            ready.register(self._heard, selectors.EVENT_READ)
            ready.register(self._near, selectors.EVENT_READ)
            # Closed at once, the connection would be reset, and what was said would be lost.
            while all(key.fileobj is self._near for key, _ in ready.select()) and self._near.recv(65536):
                pass

    def _obey(self) -> None:
        self._heard.recv(1)
        kind = self._kinds[0]
        if kind != "stop":
            self._proxy.count()
            if kind == "silence":
                self.obeyed.set()
            self._break(kind)


def _bound(port: int) -> socket.socket:
    made = socket.socket()
    if CAN_COME_BACK:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    made.bind(("127.0.0.1", port))
    return made
