"""Fork ROUNDS times with a client that was used, or is at work: fork.py KIND (fork|multiprocessing) (after|during) ROUNDS.

Each child makes calls with the client that it inherited and with one of its own, closes both, and ends as programs end.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from contextlib import nullcontext
from typing import Any

from fal._core.transport import forking
from tests.processes.programs.clients import busy, close, make, work

DONE = 7


def child(kind: str, inherited: Any) -> None:
    work(inherited, "inherited")
    own = make(kind)
    work(own, "own")
    work(inherited, "again")
    close(own)
    close(inherited)
    sys.exit(DONE)


def by_fork(kind: str, client: Any) -> int:
    pid = os.fork()
    if pid == 0:
        child(kind, client)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def by_multiprocessing(kind: str, client: Any) -> int:
    process = multiprocessing.get_context("fork").Process(target=child, args=(kind, client))
    process.start()
    process.join()
    code = process.exitcode
    process.close()
    return -1 if code is None else code


def main(kind: str, how: str, when: str, rounds: str) -> None:
    forking.PATIENCE = 60.0  # on a busy machine, calls take as long as they take
    fork = by_fork if how == "fork" else by_multiprocessing
    client = make(kind)
    work(client, "before")
    with busy(client) if when == "during" else nullcontext():
        codes = [fork(kind, client) for _ in range(int(rounds))]
    assert codes == [DONE] * int(rounds), codes
    work(client, "after")
    close(client)
    print("parent goes on")


if __name__ == "__main__":
    main(*sys.argv[1:])
