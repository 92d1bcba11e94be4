"""Wait for something until Ctrl-C: interrupted.py KIND WHAT [APP]. Then tell how long leaving took and which threads are left."""

from __future__ import annotations

import asyncio
import gc
import signal
import sys
import threading
from collections.abc import Callable, Coroutine
from typing import Any

from fal._gen import convert, rpc
from tests.processes.programs.clients import make

APP = sys.argv[3] if len(sys.argv) > 3 else ""


def _build(client: Any) -> Any:
    return client._caller.stream(rpc.BUILD_ENVIRONMENT, convert.build_environment_request(application_name="endless"))


def _told(*_: object) -> None:
    print("reading")  # grpc never ends a call that Ctrl-C meets while it is begun


def _read_all(answers: Any) -> None:
    for _ in answers:
        _told()


SYNC: dict[str, Callable[[Any], object]] = {
    "call over gRPC": lambda client: client.apps.list(environment_name="slow"),
    "call over REST": lambda client: client.logs.history("slow"),
    "pause over gRPC": lambda client: client.apps.list(environment_name="busy"),
    "pause over REST": lambda client: client.logs.history("busy"),
    "stream over gRPC": lambda client: _read_all(_build(client)),
    "stream over REST": lambda client: list(client.logs.stream("endless")),
    "deploy": lambda client: client.deploy(APP, build_result_handler=_told),
}


async def _read(answers: Any, seen: Callable[[], object] = lambda: None) -> None:
    async for _ in answers:
        seen()


ASYNC: dict[str, Callable[[Any], Coroutine[Any, Any, object]]] = {
    "call over gRPC": lambda client: client.apps.list(environment_name="slow"),
    "call over REST": lambda client: client.logs.history("slow"),
    "pause over gRPC": lambda client: client.apps.list(environment_name="busy"),
    "pause over REST": lambda client: client.logs.history("busy"),
    "stream over gRPC": lambda client: _read(_build(client), _told),
    "stream over REST": lambda client: _read(client.logs.stream("endless")),
    "deploy": lambda client: client.deploy(APP, build_result_handler=_told),
}


def tell_pauses(client: Any) -> None:
    """Say when a retry pauses: nothing else tells it from outside."""
    pause = client._caller._sleep

    def told(seconds: float) -> Any:
        print("pausing")
        return pause(seconds)

    client._caller._sleep = told


def main(kind: str, what: str) -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it
    try:
        if kind == "sync":
            with make(kind) as client:
                tell_pauses(client)
                SYNC[what](client)
        else:

            async def go() -> None:
                async with make(kind) as client:
                    tell_pauses(client)
                    await ASYNC[what](client)

            asyncio.run(go())
    except KeyboardInterrupt:
        pass  # while it is handled, its frames hold the call
    else:
        raise AssertionError("it ended by itself")
    gc.collect()
    for thread in threading.enumerate():
        if thread is not threading.main_thread():
            thread.join(5)  # one that is about to end may take its time on a busy machine
    print(sorted(thread.name for thread in threading.enumerate()))
    raise KeyboardInterrupt


if __name__ == "__main__":
    main(*sys.argv[1:3])
