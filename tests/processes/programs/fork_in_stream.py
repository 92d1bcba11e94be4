"""Fork while a stream over gRPC is open, for which no fork waits: fork_in_stream.py KIND.

The child hears at once that it cannot call over gRPC, calls over REST, and ends. The parent's stream and calls go on.
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import Callable
from typing import Any

from fal._gen import convert, rpc
from fal.exceptions import FalServerlessException
from tests.processes.programs.clients import acall_both, call_both, make

DONE = 7


def fork(child: Callable[[], None]) -> None:
    pid = os.fork()
    if pid == 0:
        child()
        sys.exit(DONE)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == DONE


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
        for mine in (client, make("sync")):
            refused(caught(mine.apps.list))
            assert mine.logs.history("child")[0].message == "child"

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
