"""Call a function once, in a process of its environment."""

from __future__ import annotations

import asyncio
import json
import queue
import uuid
from concurrent.futures import CancelledError
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .errors import RunError
from .launcher import keep_code

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from concurrent.futures import Future

    from .launcher import Launcher
    from .process import RunnerProcess


@dataclass(frozen=True)
class Job:
    """One call.

    Args:
        owner: The account.
        definition: The environment, as on the wire.
        function: A pickled callable; or else `entrypoint`.
        entrypoint: `package.module:Symbol.attribute`.
        setup_function: A pickled callable whose result is the first argument.
        input: A pickled value that is the (next) argument.
        files: App files, hash and relative path each.
        environment_name: Whose secrets.
        secrets: The names of those to expose; None exposes the default ones.
    """

    owner: str
    definition: Mapping[str, Any]
    function: bytes | None = field(default=None, repr=False)
    entrypoint: str | None = None
    setup_function: bytes | None = field(default=None, repr=False)
    input: bytes | None = field(default=None, repr=False)
    files: Sequence[tuple[str, str]] = ()
    environment_name: str = "main"
    secrets: Sequence[str] | None = None


@dataclass(frozen=True)
class RunResult:
    """What a call gave: a pickled value, or the exception that it raised."""

    content: bytes = field(repr=False)
    raised: bool = False
    type_name: str | None = None
    message: str | None = None
    traceback: str | None = None


class Run:
    """A job under way: iterate it for its lines with their levels, then its result.

    Args:
        job: What to call.
        launcher: Prepares the process.
        loop: Where it is watched.
        places: Taken while its process lives: how many of several jobs run at a time.

    Raises:
        BuildError: While iterating: the environment cannot be built.
        RunError: While iterating: the process ended without a result, or was cancelled.
    """

    def __init__(
        self, job: Job, launcher: Launcher, loop: asyncio.AbstractEventLoop, places: asyncio.Semaphore
    ) -> None:
        self._items: queue.SimpleQueue[tuple[str, str] | Future[RunResult]] = queue.SimpleQueue()

        def on_log(line: str, level: str) -> None:
            self._items.put((line, level))

        async def run() -> RunResult:
            async with places:
                return await _run(job, launcher, on_log)

        self._future = asyncio.run_coroutine_threadsafe(run(), loop)
        self._future.add_done_callback(self._items.put)
        self._ended = False

    def __iter__(self) -> Run:
        return self

    def __next__(self) -> tuple[str, str] | RunResult:
        if self._ended:
            raise StopIteration
        item = self._items.get()
        if isinstance(item, tuple):
            return item
        self._ended = True
        try:
            return item.result()
        except CancelledError:
            raise RunError("the run was cancelled") from None

    def cancel(self) -> None:
        """End the process; may be called from any thread."""
        self._future.cancel()


async def _run(job: Job, launcher: Launcher, on_log: Any) -> RunResult:
    name = f"run-{uuid.uuid4()}"
    folder = launcher.make_folder(name)

    def on_line(line: str, level: str, _: str | None = None) -> None:
        on_log(line, level)

    try:
        process = await launcher.process(job.definition, job.files, folder, on_line)
    except BaseException:
        launcher.remove_folder(name)
        raise
    port, metrics_port = launcher.free_ports(name)
    result = folder / "result"
    orders = {
        "entrypoint": job.entrypoint,
        "function": keep_code(folder / "function.pickle", job.function),
        "setup_function": keep_code(folder / "setup.pickle", job.setup_function),
        "input": keep_code(folder / "input.pickle", job.input),
        "arguments": {"exposed_port": port, "exposed_metrics_port": metrics_port},
        "result": str(result),
    }
    try:
        await process.start(
            orders,
            launcher.variables(job.owner, job.environment_name, job.secrets, folder, on_log),
            () if process.container is not None else launcher.files(job.files),
        )
        status = await process.wait()
        if not result.exists():
            raise RunError(f"the function's process ended with status {status} and returned no result")
        header, _, content = result.read_bytes().partition(b"\n")
        text = json.loads(header)
        return RunResult(content, text["raised"], text.get("type"), text.get("message"), text.get("traceback"))
    except (ValueError, OSError) as error:
        raise RunError(str(error)) from error
    finally:
        process.kill()
        await asyncio.shield(_clear_away(process, launcher, name))


async def _clear_away(process: RunnerProcess, launcher: Launcher, name: str) -> None:
    if process.pid is not None:
        await process.wait()
    await asyncio.to_thread(launcher.remove_folder, name)
