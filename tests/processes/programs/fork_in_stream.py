"""Fork while a stream over gRPC is open, for which no fork waits: fork_in_stream.py KIND.

The child hears at once that it cannot call over gRPC nor read the stream, calls over REST, and ends. The parent's stream and
calls go on. While the fork happens, another thread holds the lock of the call, as those of gRPC do for moments.
"""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import grpc.aio
from grpc._channel import _MultiThreadedRendezvous

from fal._gen import convert, rpc
from fal.exceptions import FalServerlessException
from tests.processes.programs.clients import acall_both, call_both, make

DONE = 7


def fork(child: Callable[[], None]) -> None:
    pid = os.fork()
    if pid == 0:
        for api in (grpc, grpc.aio):
            api.insecure_channel = opened  # type: ignore[attr-defined]
        child()
        sys.exit(DONE)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == DONE


def opened(*_: object, **__: object) -> None:
    raise AssertionError("a child that must stay out of gRPC opened a channel")


@contextmanager
def lock_held() -> Iterator[None]:
    """Let another thread hold the lock of the one stream of this process."""
    # Just the lock: whoever has the call itself would keep it from being freed.
    (lock,) = (each._state.condition for each in gc.get_objects() if isinstance(each, _MultiThreadedRendezvous))
    held, over = threading.Event(), threading.Event()

    def hold() -> None:
        with lock:
            held.set()
            over.wait()

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait()
    yield
    over.set()
    thread.join()


def refused(error: BaseException | None) -> None:
    assert isinstance(error, FalServerlessException), error
    assert "was forked while gRPC calls were in progress" in str(error), error


def caught(act: Callable[[], object]) -> BaseException | None:
    try:
        act()
    except Exception as error:
        return error
    return None


def build(client: Any) -> Any:
    return client._caller.stream(rpc.BUILD_ENVIRONMENT, convert.build_environment_request(application_name="short"))


def sync() -> None:
    client = make("sync")
    answers = build(client)
    next(answers)

    def child() -> None:
        refused(caught(lambda: next(answers)))
        answers.close()
        for mine in (client, make("sync")):
            refused(caught(mine.apps.list))
            assert mine.logs.history("child")[0].message == "child"

    with lock_held():
        fork(child)
    assert list(answers) == []
    call_both(client, "parent")
    client.close()


def on_a_loop() -> None:
    client = make("async")
    opened, forked = threading.Event(), threading.Event()

    async def parent() -> None:
        answers = build(client)
        await anext(answers)
        opened.set()
        await asyncio.to_thread(forked.wait)
        assert [answer async for answer in answers] == []
        await acall_both(client, "parent")
        await client.close()

    async def calls() -> None:
        for mine in (client, make("async")):
            refused((await asyncio.gather(mine.apps.list(), return_exceptions=True))[0])
            assert (await mine.logs.history("child"))[0].message == "child"

    thread = threading.Thread(target=asyncio.run, args=(parent(),))
    thread.start()
    opened.wait()
    fork(lambda: asyncio.run(calls()))
    forked.set()
    thread.join()


if __name__ == "__main__":
    if sys.argv[1] == "sync":
        sync()
    else:
        on_a_loop()
    print("parent goes on")
