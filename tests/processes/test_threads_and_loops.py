"""One client for many threads, and one for several event loops."""

from __future__ import annotations

import asyncio
import gc
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from fal._gen import convert, rpc
from fal.api import AsyncServerlessClient
from fal.exceptions import FalServerlessException
from tests.processes.process_kit import Platform, run, soon
from tests.processes.programs.clients import acall_both
from tests.support.waiting import eventually

FOLDER = Path("/proc/self/fd")


def opened() -> int:
    gc.collect()
    return len(list(FOLDER.iterdir()))


@pytest.fixture
def client(server: Platform, monkeypatch: pytest.MonkeyPatch) -> Iterator[AsyncServerlessClient]:
    monkeypatch.setenv("FAL_CONFIG_PATH", os.devnull)
    for name, value in server.environ().items():
        monkeypatch.setenv(name, value)
    result = AsyncServerlessClient()
    yield result
    asyncio.run(result.close())


@pytest.mark.parametrize("rounds", ["2", pytest.param("50", marks=pytest.mark.slow)])
def test_each_of_64_threads_gets_its_own_answers(
    server: Platform, kind: str, rounds: str, evidence: Callable[..., None]
) -> None:
    assert run("many_threads", kind, rounds, environ=server.environ(), limit=300) == (0, ["each had its own"], "")
    evidence(f"calls of 64 threads, answers compared, {kind} client", times=64 * int(rounds) * 2)


def over_grpc(client: Any) -> Any:
    return client._caller.stream(rpc.BUILD_ENVIRONMENT, convert.build_environment_request(application_name="endless"))


def over_rest(client: Any) -> Any:
    return client.logs.stream("endless")


@pytest.mark.parametrize("begin", [over_grpc, over_rest])
@pytest.mark.parametrize("first_loop", ["stopped", "running"])
def test_a_stream_is_not_read_on_another_loop(
    client: AsyncServerlessClient, server: Platform, begin: Any, first_loop: str
) -> None:
    loop = asyncio.new_event_loop()
    stream = begin(client)
    thread = threading.Thread(target=loop.run_forever)
    try:
        assert loop.run_until_complete(anext(stream)) is not None
        soon(server.started)
        if first_loop == "running":
            thread.start()
        with pytest.raises(FalServerlessException, match="belongs to another event loop"):
            asyncio.run(anext(stream))
        asyncio.run(acall_both(client, "elsewhere"))
    finally:
        if thread.ident:
            soon(server.ended)
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
        loop.run_until_complete(client.close())
        loop.close()


def test_without_an_event_loop_of_asyncio_it_says_so(client: AsyncServerlessClient) -> None:
    for coroutine in (client.apps.list(), client.logs.history("app"), anext(client.logs.stream("app"))):
        with pytest.raises(FalServerlessException, match="no asyncio event loop is running here"):
            coroutine.__await__().send(None)  # as another framework would


@pytest.mark.skipif(not FOLDER.exists(), reason="this system does not list open files there")
def test_what_was_opened_for_a_loop_ends_with_it(client: AsyncServerlessClient) -> None:
    asyncio.run(acall_both(client, "first"))
    before = opened()
    loops = 20
    for number in range(loops):
        asyncio.run(acall_both(client, f"loop{number}"))
    # gRPC and the server, which is in this process, close in threads of their own and may keep what they poll with.
    eventually(lambda: opened() < before + loops)
    assert len(client._caller._connections._loops) == 1  # the last one, which the next will clear away
