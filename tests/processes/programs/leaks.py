"""Make many calls, or many clients, and tell what is left of them: leaks.py KIND (calls|clients|dropped) COUNT [LEAK].

Told is a line of JSON: by how many the open files, threads and tasks grew after a warm-up, and by how many bytes for each call or
client, in the second half of them, what Python allocated (tracemalloc) and what the process has in memory. LEAK bytes are kept of
each, to see that a leak shows.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
import threading
import time
import tracemalloc
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from fal._gen import convert, rpc
from fal.exceptions import NotFound
from tests.processes.programs.clients import acall_both, call_both, make

WARM_UP = 200
OPENED = Path("/proc/self/fd")
LEAK = int(sys.argv[4]) if len(sys.argv) > 4 else 0
KEPT: list[bytes] = []


def build(client: Any, name: str) -> Any:
    return client._caller.stream(rpc.BUILD_ENVIRONMENT, convert.build_environment_request(application_name=name))


def calls(client: Any) -> list[Callable[[], object]]:
    """Return what is done in turn: each wire, successes and failures, streams that are read and that are closed early."""

    def fails(act: Callable[[], object]) -> Callable[[], object]:
        def acted() -> None:
            try:
                act()
            except NotFound:
                return
            raise AssertionError("it did not fail")

        return acted

    def closed_early(make_stream: Callable[[], Any]) -> Callable[[], object]:
        def acted() -> None:
            stream = make_stream()
            next(stream)
            stream.close()

        return acted

    return [
        lambda: client.apps.list(environment_name="one"),
        lambda: client.logs.history("one"),
        fails(lambda: client.apps.delete("missing")),
        fails(lambda: client.logs.history("missing")),
        lambda: list(build(client, "short")),
        lambda: list(client.logs.stream("short")),
        closed_early(lambda: build(client, "endless")),
        closed_early(lambda: client.logs.stream("endless")),
    ]


def acalls(client: Any) -> list[Callable[[], Awaitable[object]]]:
    def fails(act: Callable[[], Awaitable[object]]) -> Callable[[], Awaitable[object]]:
        async def acted() -> None:
            try:
                await act()
            except NotFound:
                return
            raise AssertionError("it did not fail")

        return acted

    async def read(stream: Any) -> None:
        async for _ in stream:
            pass

    async def close_early(stream: Any) -> None:
        await anext(stream)
        await stream.aclose()

    return [
        lambda: client.apps.list(environment_name="one"),
        lambda: client.logs.history("one"),
        fails(lambda: client.apps.delete("missing")),
        fails(lambda: client.logs.history("missing")),
        lambda: read(build(client, "short")),
        lambda: read(client.logs.stream("short")),
        lambda: close_early(build(client, "endless")),
        lambda: close_early(client.logs.stream("endless")),
    ]


def leak() -> None:
    if LEAK:
        KEPT.append(bytes(LEAK))


class Looks:
    """How much there is now."""

    def __init__(self) -> None:
        self.all: list[dict[str, int]] = []

    def look(self) -> None:
        gc.collect()
        until = time.monotonic() + 60
        while self.all and self._files() > self.all[0]["files"] and time.monotonic() < until:
            time.sleep(0.05)  # the core closes its sockets in threads of its own
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        self.all.append(
            {
                "files": self._files(),
                "threads": threading.active_count(),
                "tasks": len(asyncio.all_tasks()) if asyncio._get_running_loop() else 0,
                "allocated": tracemalloc.get_traced_memory()[0],
                "resident": pages * 4096,
            }
        )

    def _files(self) -> int:
        return len(list(OPENED.iterdir()))

    def tell(self, count: int) -> None:
        warm, half, end = self.all
        print(
            json.dumps(
                {
                    "count": count,
                    **{
                        name: max(0, half[name] - warm[name], end[name] - warm[name])
                        for name in ("files", "threads", "tasks")
                    },
                    **{name: (end[name] - half[name]) / (count / 2) for name in ("allocated", "resident")},
                }
            )
        )


def sync(what: str, count: int, looks: Looks) -> None:
    def one_client() -> None:
        with make("sync") as client:
            call_both(client, "one")

    client = make("sync")
    acts = calls(client) if what == "calls" else [one_client]
    for number in (min(WARM_UP, count), count // 2, count // 2):
        for turn in range(number):
            acts[turn % len(acts)]()
            leak()
        looks.look()
    client.close()


async def on_a_loop(what: str, count: int, looks: Looks) -> None:
    # The default executor starts threads as they are needed, up to its limit: with a limit of one there is nothing to grow.
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))

    async def one_client() -> None:
        async with make("async") as client:
            await acall_both(client, "one")

    async with make("async") as client:
        acts = acalls(client) if what == "calls" else [one_client]
        for number in (min(WARM_UP, count), count // 2, count // 2):
            for turn in range(number):
                await acts[turn % len(acts)]()
                leak()
            looks.look()


def dropped(kind: str, count: int, looks: Looks) -> None:
    """Make clients that nobody closes."""
    for number in (min(WARM_UP, count), count // 2, count // 2):
        for _ in range(number):
            if kind == "sync":
                call_both(make(kind), "one")
            else:
                asyncio.run(acall_both(make(kind), "one"))
        looks.look()


def main(kind: str, what: str, count: str) -> None:
    looks = Looks()
    tracemalloc.start()
    if what == "dropped":
        dropped(kind, int(count), looks)
    elif kind == "sync":
        sync(what, int(count), looks)
    else:
        asyncio.run(on_a_loop(what, int(count), looks))
    looks.tell(int(count))


if __name__ == "__main__":
    main(*sys.argv[1:4])
