"""A worker process with one device, which handles the runner's requests."""

from __future__ import annotations

import asyncio
import inspect
import os
import sys
import threading
import traceback
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from . import wire

if TYPE_CHECKING:
    import torch


class DistributedWorker:
    """Derive from it: load the model in `setup`, and handle one request in `__call__`.

    Every worker gets every request; what that of rank 0 returns is the result.

    Attributes:
        rank: Which of the workers it is.
        world_size: How many there are.

    Example:
        class Worker(DistributedWorker):
            def setup(self, **kwargs):
                self.model = load().to(self.device)

            def __call__(self, prompt, **kwargs):
                return self.model(prompt)
    """

    def __init__(self, rank: int = 0, world_size: int = 1) -> None:
        self.rank = rank
        self.world_size = world_size
        self._send: Callable[[bytes], None] | None = None
        self._loop = asyncio.new_event_loop()
        self._pool = ThreadPoolExecutor(thread_name_prefix="fal-worker")

    @property
    def device(self) -> torch.device:
        """The device of this worker: a GPU of its own, or the CPU."""
        import torch

        return torch.device("cuda", self.rank) if torch.cuda.is_available() else torch.device("cpu")

    @property
    def running(self) -> bool:
        """Whether the worker takes requests."""
        return self._send is not None

    def setup(self, **kwargs: Any) -> Any:
        """Load what requests need; runs once, in every worker. May be async.

        Args:
            kwargs: What `DistributedRunner.start` was given.
        """

    def teardown(self) -> Any:
        """Release what `setup` acquired. May be async."""

    def __call__(self, streaming: bool = False, **kwargs: Any) -> Any:
        """Handle one request. May be async.

        Args:
            streaming: Whether pieces are wanted before the result, by `add_streaming_result`.
            kwargs: The request.
        """
        raise NotImplementedError(f"{type(self).__name__} has no __call__: that is the method that handles a request")

    def add_streaming_result(self, result: Any, image_format: str = "jpeg", as_text_event: bool = False) -> None:
        """Send a piece of the result while the rest is still being made.

        Args:
            result: The piece.
            image_format: How images are encoded in text events.
            as_text_event: Whether to send it as the text of a server-sent event.
        """
        self._report(wire.PIECE, wire.text_event(result, image_format) if as_text_event else result)

    def add_streaming_error(self, error: Exception) -> None:
        """End the caller's stream with an error."""
        self._report(wire.FAILED, f"{type(error).__name__}: {error}")

    def rank_print(self, message: str, debug: bool = False) -> None:
        """Print a line that says which worker it comes from.

        Args:
            message: The line.
            debug: Whether it is only printed where FAL_DEBUG is set.
        """
        if not debug or os.getenv("FAL_DEBUG"):
            print(f"[rank {self.rank}] {message}", flush=True)

    def submit(self, coro: Coroutine[Any, Any, Any]) -> Future[Any]:
        """Run a coroutine beside what the worker does."""
        return self._pool.submit(asyncio.run, coro)

    def run_in_worker(self, func: Callable[..., Any], *args: Any, **kwargs: Any) -> Future[Any]:
        """Call a function in a thread of this worker."""
        return self._pool.submit(func, *args, **kwargs)

    def _report(self, kind: str, content: Any = None) -> None:
        if self._send is not None:
            self._send(wire.pack(kind, content))

    def _finish(self, value: Any) -> Any:
        return self._loop.run_until_complete(value) if inspect.isawaitable(value) else value


def work(cls: type[DistributedWorker], rank: int, options: dict[str, Any]) -> None:
    """Run a worker until the runner ends.

    Args:
        cls: Its class.
        rank: Which one it is.
        options: What the runner says: addresses, sizes, and what `setup` gets.
    """
    threading.Thread(target=_end_with_the_runner, daemon=True).start()
    import torch
    import torch.distributed as dist
    import zmq

    cuda = torch.cuda.is_available()
    if cuda and options["set_device"] is not False:
        torch.cuda.set_device(rank)
    socket = zmq.Context.instance().socket(zmq.DEALER)
    socket.setsockopt(zmq.IDENTITY, b"%d" % rank)
    socket.setsockopt(zmq.LINGER, 1000)
    socket.connect(options["address"])
    lock = threading.Lock()  # pieces may be sent from threads of the author's

    def send(message: bytes) -> None:
        with lock:
            socket.send_multipart([options["token"], message])

    worker = cls(rank, options["world_size"])
    try:
        dist.init_process_group(
            "nccl" if cuda else "gloo",
            init_method=f"tcp://{options['master']}",
            rank=rank,
            world_size=options["world_size"],
            timeout=timedelta(seconds=options["timeout"]),
        )
        worker._send = send
        worker._finish(worker.setup(**options["setup"]))
        worker._report(wire.READY)
        while True:
            kind, payload = wire.unpack(socket.recv())
            if kind == wire.END:
                break
            _do(worker, payload)
        worker._finish(worker.teardown())
    except Exception:
        send(wire.pack(wire.FAILED, traceback.format_exc()))
        raise
    finally:
        socket.close()
        if dist.is_initialized():
            dist.destroy_process_group()


def _end_with_the_runner() -> None:
    """Wait for the end of the standard input: a runner that was killed could not tell its workers."""
    sys.stdin.buffer.read()
    os._exit(1)


def _do(worker: DistributedWorker, payload: dict[str, Any]) -> None:
    try:
        worker._report(wire.RESULT, worker._finish(worker(**payload)))
    except Exception as error:
        traceback.print_exc()
        worker._report(wire.FAILED, f"{type(error).__name__}: {error}")
