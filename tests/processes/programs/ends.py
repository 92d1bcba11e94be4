"""End with an open client, in one of several ways: ends.py KIND HOW. The exit status is 3."""

from __future__ import annotations

import asyncio
import atexit
import sys
import threading
from collections.abc import Callable
from typing import Any

from fal._gen import convert, rpc
from fal.exceptions import Cancelled, ClientClosed
from tests.processes.programs.clients import acall_both, call_both, close, make, work

KEPT: list[Any] = []  # what is still there when the interpreter shuts down


def build(client: Any) -> Any:
    return client._caller.stream(rpc.BUILD_ENVIRONMENT, convert.build_environment_request(application_name="endless"))


def daemon(target: Callable[[], object]) -> None:
    threading.Thread(target=target, daemon=True).start()


def unclosed(client: Any, kind: str) -> None:
    work(client, "last")


def during_calls(client: Any, kind: str) -> None:
    """Daemon threads wait for answers that do not come."""
    if kind == "sync":
        daemon(lambda: client.apps.list(environment_name="slow"))
        daemon(lambda: client.logs.history("slow"))
    else:

        async def both() -> None:
            await asyncio.gather(client.apps.list(environment_name="slow"), client.logs.history("slow"))

        daemon(lambda: asyncio.run(both()))
    print("calling")
    sys.stdin.readline()  # they are held by now


def with_daemons_calling(client: Any, kind: str) -> None:
    """Daemon threads call on and on."""
    called = threading.Semaphore(0)

    def forever() -> None:
        while True:
            call_both(client, "daemon")
            called.release()

    async def forever_on_a_loop() -> None:
        while True:
            await acall_both(client, "daemon")
            called.release()

    for _ in range(4):
        daemon(forever if kind == "sync" else lambda: asyncio.run(forever_on_a_loop()))
    for _ in range(20):
        called.acquire()


def with_streams_open(client: Any, kind: str) -> None:
    streams = [build(client), client.logs.stream("endless")]
    KEPT.extend(streams)
    if kind == "sync":
        assert all(next(stream) for stream in streams)
    else:

        async def first_of_each() -> None:
            for stream in streams:
                await anext(stream)

        asyncio.run(first_of_each())


def with_streams_of_a_loop_that_is_not_closed(client: Any, kind: str) -> None:
    loop = asyncio.new_event_loop()
    KEPT.append(loop)
    for stream in (build(client), client.logs.stream("endless")):
        KEPT.append(stream)
        loop.run_until_complete(anext(stream))


def from_atexit(client: Any, kind: str) -> None:
    def last() -> None:
        work(client, "very-last")
        print("called from atexit")

    atexit.register(last)


def closed_by_another_thread(client: Any, kind: str) -> None:
    """Threads that call hear that the client was closed, and nothing else."""
    raised: list[Any] = []

    def held() -> None:
        try:
            client.apps.list(environment_name="slow")
        except BaseException as error:
            raised.append(error)

    async def held_on_a_loop() -> None:
        calls = [client.apps.list(environment_name="slow") for _ in range(4)]
        raised.extend(item for item in await asyncio.gather(*calls, return_exceptions=True) if item)

    if kind == "sync":
        threads = [threading.Thread(target=held) for _ in range(4)]
    else:
        threads = [threading.Thread(target=asyncio.run, args=(held_on_a_loop(),))]
    for thread in threads:
        thread.start()
    print("calling")
    sys.stdin.readline()
    close(client)
    for thread in threads:
        thread.join(20)
    assert not any(thread.is_alive() for thread in threads)
    assert len(raised) == 4 and all(isinstance(error, ClientClosed | Cancelled) for error in raised), raised


HOW = {
    function.__name__: function
    for function in (
        unclosed,
        during_calls,
        with_daemons_calling,
        with_streams_open,
        with_streams_of_a_loop_that_is_not_closed,
        from_atexit,
        closed_by_another_thread,
    )
}


def main(kind: str, how: str) -> None:
    client = make(kind)
    KEPT.append(client)
    work(client, "first")
    HOW[how](client, kind)
    print("end")
    sys.exit(3)


if __name__ == "__main__":
    main(*sys.argv[1:])
