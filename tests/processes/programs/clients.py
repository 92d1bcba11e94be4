"""Clients of either kind, and calls over both wires that must bring what was asked for."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from fal.api import AsyncServerlessClient, SyncServerlessClient


def make(kind: str) -> Any:
    return SyncServerlessClient() if kind == "sync" else AsyncServerlessClient()


def call_both(client: SyncServerlessClient, name: str) -> None:
    """Make a call over each wire."""
    assert [app.alias for app in client.apps.list(environment_name=name)] == [f"app-{name}"]
    assert [line.message for line in client.logs.history(name)] == [name]


async def acall_both(client: AsyncServerlessClient, name: str) -> None:
    assert [app.alias for app in await client.apps.list(environment_name=name)] == [f"app-{name}"]
    assert [line.message for line in await client.logs.history(name)] == [name]


def work(client: Any, name: str) -> None:
    """Make a call over each wire with a client of either kind, from where no event loop runs."""
    if isinstance(client, SyncServerlessClient):
        call_both(client, name)
    else:
        asyncio.run(acall_both(client, name))


def close(client: Any) -> None:
    if isinstance(client, SyncServerlessClient):
        client.close()
    else:
        asyncio.run(client.close())


@contextmanager
def busy(client: Any, threads: int = 4) -> Iterator[list[int]]:
    """Keep a client calling in the background; yield how many calls came back, by thread."""
    counts = [0] * threads
    failed: list[BaseException] = []
    over = threading.Event()

    def forever(number: int) -> None:
        try:
            while not over.is_set():
                call_both(client, f"t{number}")
                counts[number] += 2
        except BaseException as error:
            failed.append(error)

    async def all_at_once() -> None:
        async def one(number: int) -> None:
            while not over.is_set():
                await acall_both(client, f"t{number}")
                counts[number] += 2

        await asyncio.gather(*(one(number) for number in range(threads)))

    def on_a_loop() -> None:
        try:
            asyncio.run(all_at_once())
        except BaseException as error:
            failed.append(error)

    sync = isinstance(client, SyncServerlessClient)
    targets = [lambda n=n: forever(n) for n in range(threads)] if sync else [on_a_loop]
    workers = [threading.Thread(target=target) for target in targets]
    for worker in workers:
        worker.start()
    try:
        while not all(counts) and not failed:
            over.wait(0.01)
        yield counts
    finally:
        over.set()
        for worker in workers:
            worker.join(30)
    assert not any(worker.is_alive() for worker in workers), "a thread hangs"
    assert not failed, failed
