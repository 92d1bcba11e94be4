"""Start the workers, send them requests, and collect their results."""

from __future__ import annotations

import asyncio
import contextlib
import pickle
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import AsyncGenerator, AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import wire
from .worker import DistributedWorker, work

if TYPE_CHECKING:
    import zmq.asyncio

# Reads where to find modules, then what to do, from its standard input.
_CHILD = "; ".join(
    [
        "import pickle, sys",
        "sys.path[:], finders = pickle.load(sys.stdin.buffer)",
        "sys.meta_path[:0] = pickle.loads(finders)",
        "work, arguments = pickle.load(sys.stdin.buffer)",
        "work(*arguments)",
    ]
)
_POLL = 0.5  # seconds between two looks at whether the workers live
_GRACE = 5.0  # seconds for the others after one has failed: they may wait for it forever


class DistributedError(RuntimeError):
    """A worker failed, or has died."""


class DistributedRunner:
    """Workers, one process for each device of this runner.

    Args:
        worker_cls: What each of them is.
        world_size: How many there are; usually as many as the app has GPUs.
        master_addr: Where torch.distributed meets.
        master_port: The port of that; a free one when it is taken.
        worker_addr: Where the workers are talked to.
        worker_port: The port of that; a free one when left out.
        timeout: Seconds that an operation across the workers may take.
        keepalive_payload: A request that is made when none has come for a while.
        keepalive_interval: Seconds of that while; nothing is made when left out.
        cwd: The folder that the workers are in.
        set_device: False leaves the choice of the GPU to the workers.

    Example:
        class App(fal.App):
            machine_type = "GPU-H100"
            num_gpus = 2

            async def setup(self):
                self.runner = DistributedRunner(Worker, world_size=self.num_gpus)
                await self.runner.start()

            @fal.endpoint("/")
            async def run(self, input: Input) -> Output:
                return await self.runner.invoke(input.model_dump())
    """

    def __init__(
        self,
        worker_cls: type[DistributedWorker] = DistributedWorker,
        world_size: int = 1,
        master_addr: str = "127.0.0.1",
        master_port: int = 29500,
        worker_addr: str = "127.0.0.1",
        worker_port: int | None = None,
        timeout: int = 86400,
        keepalive_payload: dict[str, Any] | None = None,
        keepalive_interval: float | None = None,
        cwd: str | Path | None = None,
        set_device: bool | None = None,
    ) -> None:
        if isinstance(world_size, bool) or not isinstance(world_size, int) or world_size < 1:
            raise ValueError(f"world_size: {world_size!r} is not a number of workers; pass at least 1")
        self.worker_cls = worker_cls
        self.world_size = world_size
        self._master = (master_addr, master_port)
        self._worker = (worker_addr, worker_port)
        self._timeout = timeout
        self._keepalive = (keepalive_payload or {}, keepalive_interval)
        self._cwd = cwd
        self._set_device = set_device
        self._token = secrets.token_bytes(16)
        self._processes: list[subprocess.Popen[bytes]] = []
        self._socket: zmq.asyncio.Socket | None = None
        self._one_at_a_time = asyncio.Lock()
        self._last = time.monotonic()
        self._idle: asyncio.Task[None] | None = None

    async def start(self, timeout: float = 1800, **kwargs: Any) -> None:
        """Start the workers, and return when all of them are set up.

        Args:
            timeout: How long that may take, in seconds.
            kwargs: Given to `setup` of every worker.

        Raises:
            DistributedError: One failed, or was not ready in time.
        """
        import zmq
        import zmq.asyncio

        if self._processes:
            raise DistributedError("the workers are already running; stop() ends them")
        listening = self._socket = zmq.asyncio.Context.instance().socket(zmq.ROUTER)
        listening.setsockopt(zmq.LINGER, 0)
        host, port = self._worker
        if port is None:
            port = listening.bind_to_random_port(f"tcp://{host}")
        else:
            listening.bind(f"tcp://{host}:{port}")
        options = {
            "address": f"tcp://{host}:{port}",
            "master": f"{self._master[0]}:{_free_port(*self._master)}",
            "world_size": self.world_size,
            "timeout": self._timeout,
            "token": self._token,
            "set_device": self._set_device,
            "setup": kwargs,
        }
        try:
            async with asyncio.timeout(timeout):
                for rank in range(self.world_size):
                    self._processes.append(await asyncio.to_thread(self._spawn, rank, options))
                ready: set[int] = set()
                while len(ready) < self.world_size:
                    rank, kind, content = await self._receive()
                    if kind == wire.FAILED:
                        raise DistributedError(f"worker {rank} could not be set up:\n{content}")
                    ready.add(rank)
        except TimeoutError:
            self.terminate()
            raise DistributedError(f"the workers were not ready within {timeout:g} seconds") from None
        except BaseException:
            self.terminate()
            raise
        if self._keepalive[1] is not None:
            self._idle = asyncio.create_task(self._keep_alive(self._keepalive[1]))

    async def invoke(self, payload: dict[str, Any] | None = None, timeout: float | None = None) -> Any:
        """Run a request on all workers, and return the result of rank 0.

        Args:
            payload: The request: keyword arguments of the workers' `__call__`.
            timeout: How long it may take, in seconds.

        Raises:
            DistributedError: A worker failed.
            TimeoutError: It took too long; the workers are ended, since they still work on it.
        """
        result: Any = None
        async with contextlib.aclosing(self._pieces(payload or {}, timeout, None)) as pieces:
            async for kind, content in pieces:
                if kind == wire.RESULT:
                    result = content
        return result

    async def stream(
        self,
        payload: dict[str, Any] | None = None,
        timeout: float | None = None,
        streaming_timeout: float | None = None,
        as_text_events: bool = False,
    ) -> AsyncIterator[Any]:
        """Run a request on all workers, and yield the pieces that they send, then the result.

        Args:
            payload: The request; the workers get `streaming=True` besides.
            timeout: How long it may take, in seconds.
            streaming_timeout: How long it may take until the next piece.
            as_text_events: Whether to yield the text of server-sent events.

        Raises:
            DistributedError: A worker failed.
            TimeoutError: It took too long; the workers are ended, since they still work on it.
        """
        request = {**(payload or {}), "streaming": True}
        async with contextlib.aclosing(self._pieces(request, timeout, streaming_timeout)) as pieces:
            async for _, content in pieces:
                ready = isinstance(content, bytes) and content.startswith(b"data: ")
                yield wire.text_event(content) if as_text_events and not ready else content

    async def stop(self, timeout: float = 10) -> None:
        """End the workers when they have done their requests.

        Args:
            timeout: How long to wait for them, in seconds; then they are killed.
        """
        if self._idle is not None:
            self._idle.cancel()
        if self._socket is not None and self.is_alive():
            async with self._one_at_a_time:
                for rank in range(self.world_size):
                    await self._socket.send_multipart([b"%d" % rank, wire.pack(wire.END)])
                until = time.monotonic() + timeout
                while self.is_alive() and time.monotonic() < until:
                    await asyncio.sleep(0.05)
        self.terminate(0)

    def terminate(self, timeout: float = 10) -> None:
        """End the workers at once.

        Args:
            timeout: How long they may take to end by themselves, in seconds; then they are killed.
        """
        for process in self._processes:
            process.terminate()
        until = time.monotonic() + timeout
        for process in self._processes:
            try:
                process.wait(max(0.0, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            if process.stdin is not None:
                with contextlib.suppress(BrokenPipeError):
                    process.stdin.close()
        self._processes = []
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def is_alive(self) -> bool:
        """Return whether all workers run."""
        return bool(self._processes) and all(process.poll() is None for process in self._processes)

    def ensure_alive(self) -> None:
        """Raise when a worker does not run.

        Raises:
            DistributedError: It has died, or was never started.
        """
        dead = {rank: process.returncode for rank, process in enumerate(self._processes) if process.poll() is not None}
        if dead:
            died = ", ".join(f"worker {rank} (status {status})" for rank, status in dead.items())
            raise DistributedError(f"{died} died; its output is in the log")
        if not self._processes:
            raise DistributedError("the workers are not running; start() starts them")

    async def _pieces(
        self, payload: dict[str, Any], timeout: float | None, between: float | None
    ) -> AsyncGenerator[tuple[str, Any], None]:
        """Yield the pieces and the result of a request; giving up early ends the workers, which are still working on it."""
        async with self._one_at_a_time:
            self.ensure_alive()
            assert self._socket is not None
            waiting, result = set(range(self.world_size)), None
            try:
                until = None if timeout is None else time.monotonic() + timeout
                failed_at: float | None = None
                for rank in range(self.world_size):
                    await self._socket.send_multipart([b"%d" % rank, wire.pack(wire.CALL, payload)])
                failure = ""
                while waiting:
                    now = time.monotonic()
                    left = None if until is None else until - now
                    grace = None if failed_at is None else failed_at + _GRACE - now
                    limit = min((limit for limit in (left, between, grace) if limit is not None), default=None)
                    try:
                        async with asyncio.timeout(limit):
                            rank, kind, content = await self._receive()
                    except TimeoutError:
                        if failed_at is None:
                            raise
                        raise DistributedError(f"{failure}; the others were waiting for it and were stopped") from None
                    if kind == wire.PIECE:
                        yield kind, content
                        continue
                    waiting.discard(rank)
                    if kind == wire.FAILED:
                        failure, failed_at = failure or f"worker {rank}: {content}", failed_at or time.monotonic()
                    elif rank == 0:
                        result = content
                if failure:
                    raise DistributedError(failure)
            finally:
                if waiting:
                    self.terminate(0)
                self._last = time.monotonic()
        yield wire.RESULT, result

    async def _receive(self) -> tuple[int, str, Any]:
        assert self._socket is not None
        while True:
            if not await self._socket.poll(_POLL * 1000):
                self.ensure_alive()
                continue
            identity, token, message = await self._socket.recv_multipart()
            if secrets.compare_digest(token, self._token):  # anybody on this machine can reach the port
                return int(identity), *wire.unpack(message)

    async def _keep_alive(self, interval: float) -> None:
        while True:
            await asyncio.sleep(max(0.0, self._last + interval - time.monotonic()))
            if time.monotonic() - self._last >= interval:
                await self.invoke(self._keepalive[0])

    def _spawn(self, rank: int, options: dict[str, Any]) -> subprocess.Popen[bytes]:
        """Start a process that finds the same modules: those of a bundle are only in memory."""
        import cloudpickle  # type: ignore[import-untyped]  # it has no annotations

        ours = [finder for finder in sys.meta_path if type(finder).__module__ == "_fal_bundle"]
        process = subprocess.Popen([sys.executable, "-c", _CHILD], stdin=subprocess.PIPE, cwd=self._cwd)
        assert process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            pickle.dump((sys.path, cloudpickle.dumps(ours)), process.stdin)
            process.stdin.write(cloudpickle.dumps((work, (self.worker_cls, rank, options))))
            process.stdin.flush()
        return process  # its standard input stays open for as long as this process lives, whatever ends it


def _free_port(host: str, wanted: int) -> int:
    with socket.socket() as probe:
        try:
            probe.bind((host, wanted))
        except OSError:
            probe.bind((host, 0))
        return int(probe.getsockname()[1])
