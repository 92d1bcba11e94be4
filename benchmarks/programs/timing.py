"""What the measured programs say about themselves: lines of a name and a number, in seconds and bytes. Linux only."""

from __future__ import annotations

import time

TYPE_CHECKING = False  # what is loaded here is measured along
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


def say(name: str, number: float) -> None:
    print("FOUND", name, number)


def peak() -> int:
    """Return the most memory that this process has used so far, in bytes.

    What wait() tells a parent is of no use here: it begins with the peak of the process that forked.
    """
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))


def result() -> None:
    """Say that the result is there: when, after how much processor time, and with how much memory."""
    say("moment", time.perf_counter())
    say("cpu", time.process_time())
    say("memory", peak())


def begin_anew() -> None:
    """Let what `peak` returns begin with what is in use now."""
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")


def calls(call: Callable[[], object], count: int) -> None:
    """Make `count` calls after some that are not counted."""
    for _ in range(min(20, count)):
        call()
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(count):
        call()
    say("time", (time.perf_counter() - wall) / count)
    say("cpu", (time.process_time() - cpu) / count)


def threads(call: Callable[[], object], count: int, number: int = 16) -> None:
    """Make `count` calls in each of `number` threads; the time is that of all, by call."""
    import threading

    call()
    ready = threading.Barrier(number + 1)

    def work() -> None:
        call()
        ready.wait()
        for _ in range(count):
            call()

    crew = [threading.Thread(target=work) for _ in range(number)]
    for member in crew:
        member.start()
    ready.wait()
    wall, cpu = time.perf_counter(), time.process_time()
    for member in crew:
        member.join()
    say("time", (time.perf_counter() - wall) / count / number)
    say("cpu", (time.process_time() - cpu) / count / number)


def listing(call: Callable[[], object], count: int) -> None:
    """Make one call and hold what it returns, for its memory; then `count` calls for their time."""
    begin_anew()
    before = peak()
    held = call()
    say("memory", peak() - before)
    del held
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(count):
        call()
    say("time", (time.perf_counter() - wall) / count)
    say("cpu", (time.process_time() - cpu) / count)


async def tasks(call: Callable[[], Awaitable[object]], count: int, number: int = 1) -> None:
    """Make `count` calls in each of `number` tasks of one event loop."""
    import asyncio

    async def work(times: int) -> None:
        for _ in range(times):
            await call()

    await asyncio.gather(*(work(20) for _ in range(number)))
    wall, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*(work(count) for _ in range(number)))
    say("time", (time.perf_counter() - wall) / count / number)
    say("cpu", (time.process_time() - cpu) / count / number)
