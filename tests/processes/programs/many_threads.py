"""Share one client between 64 threads, each of which must get its own answers: many_threads.py KIND ROUNDS.

Threads of the async client have an event loop each; after them, 64 tasks share one loop.
"""

from __future__ import annotations

import asyncio
import sys
import threading

from tests.processes.programs.clients import acall_both, call_both, close, make

THREADS = 64


def main(kind: str, rounds: str) -> None:
    client = make(kind)
    failed: list[BaseException] = []

    def in_a_thread(number: int) -> None:
        async def on_its_loop() -> None:
            for turn in range(int(rounds)):
                await acall_both(client, f"t{number}-{turn}")

        try:
            if kind == "async":
                asyncio.run(on_its_loop())
            else:
                for turn in range(int(rounds)):
                    call_both(client, f"t{number}-{turn}")
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=in_a_thread, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if kind == "async":

        async def tasks() -> None:
            await asyncio.gather(*(acall_both(client, f"task{number}") for number in range(THREADS)))

        asyncio.run(tasks())
    close(client)
    assert not failed, (len(failed), failed[0])
    print("each had its own")


if __name__ == "__main__":
    main(*sys.argv[1:])
