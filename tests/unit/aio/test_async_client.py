"""What only the async client does: cancellation, event loops, streams, and deploys that are given up."""

from __future__ import annotations

import asyncio
import inspect
import socket
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Iterator
from contextlib import aclosing, contextmanager, suppress
from pathlib import Path
from typing import Any

import grpc
import pytest

import fal.api
from fal._gen.proto import controller_pb2 as pb
from fal.api import AsyncServerlessClient, SyncServerlessClient
from fal.exceptions import ClientClosed, DeadlineExceeded, InvalidInput, NotFound
from tests.support.servers import Platform, tcp_serving
from tests.support.waiting import LIMIT

KEY = "id:secret"


class Server(Platform):
    """A controller that holds what is asked of the environment "slow" until it is released."""

    def __init__(self) -> None:
        super().__init__()
        self.started = threading.Event()
        self.cancelled = threading.Event()
        self.hold = threading.Event()

    @property
    def options(self) -> dict[str, Any]:
        return {**self.hosts, "api_key": KEY}

    @property
    def names(self) -> list[str]:
        return [call.name for call in self.calls]

    def ListAliases(self, request: Any, context: Any) -> Any:
        if request.environment_name == "slow":
            context.add_callback(self.cancelled.set)
            self.started.set()
            self.hold.wait(LIMIT)
        return pb.ListAliasesResult()

    def DeleteAlias(self, request: Any, context: Any) -> Any:
        context.abort(grpc.StatusCode.NOT_FOUND, "no such app")


@pytest.fixture
def server() -> Iterator[Server]:
    result = Server()
    with result.serving():
        yield result
        result.hold.set()


async def until(event: threading.Event) -> None:
    assert await asyncio.to_thread(event.wait, LIMIT)


def test_cancelling_the_task_cancels_the_call_on_the_server(server: Server) -> None:
    async def go() -> None:
        async with AsyncServerlessClient(**server.options) as client:
            task = asyncio.create_task(client.apps.list(environment_name="slow"))
            await until(server.started)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await until(server.cancelled)
            server.hold.set()
            assert await client.apps.list() == []

    asyncio.run(go())


def test_closing_the_client_during_a_call_does_not_cancel_the_task(server: Server) -> None:
    async def go() -> None:
        client = AsyncServerlessClient(**server.options)
        task = asyncio.create_task(client.apps.list(environment_name="slow"))
        await until(server.started)
        await client.close()
        with pytest.raises(ClientClosed, match="during the call"):
            await task
        with pytest.raises(ClientClosed):
            await client.apps.list()
        await client.close()

    asyncio.run(go())


def test_a_timeout_around_a_call_is_a_timeout_of_asyncio(server: Server) -> None:
    async def go() -> None:
        async with AsyncServerlessClient(**server.options) as client:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.2):
                    await client.apps.list(environment_name="slow")
            with pytest.raises(DeadlineExceeded) as caught:
                await client.with_options(timeout=0.2).apps.list(environment_name="slow")
            assert caught.value.method == "ListAliases"

    asyncio.run(go())


def test_one_client_works_on_several_loops_one_after_the_other(server: Server) -> None:
    client = AsyncServerlessClient(**server.options)

    async def go() -> None:
        assert await client.apps.list() == []

    for _ in range(3):
        asyncio.run(go())
    asyncio.run(client.close())
    assert server.names == ["ListAliases"] * 3


def test_one_client_works_on_several_loops_at_the_same_time(server: Server) -> None:
    client = AsyncServerlessClient(**server.options)
    failed: list[BaseException] = []

    async def go() -> None:
        await asyncio.gather(*(client.keys.list() for _ in range(10)))

    def in_a_thread() -> None:
        try:
            asyncio.run(go())
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=in_a_thread) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LIMIT)
    assert failed == []
    assert server.names == ["ListUserKeys"] * 40
    asyncio.run(client.close())


def test_calls_of_one_loop_run_at_the_same_time(server: Server) -> None:
    async def go() -> None:
        async with AsyncServerlessClient(**server.options) as client:
            slow = asyncio.create_task(client.apps.list(environment_name="slow"))
            await until(server.started)
            assert await client.runners.list() == []  # while the other one waits
            assert not slow.done()
            server.hold.set()
            assert await slow == []

    asyncio.run(go())


def test_errors_are_those_of_the_sync_client(server: Server) -> None:
    async def go() -> None:
        async with AsyncServerlessClient(**server.options) as client:
            with pytest.raises(NotFound) as caught:
                await client.apps.delete("nope")
            assert caught.value.method == "DeleteAlias"
            with pytest.raises(InvalidInput):
                await client.keys.create()

    asyncio.run(go())
    with SyncServerlessClient(**server.options) as sync, pytest.raises(NotFound):
        sync.apps.delete("nope")


def test_wrong_arguments_of_a_stream_are_refused_at_once() -> None:
    async def go() -> None:
        async with AsyncServerlessClient(api_key=KEY, host="http://127.0.0.1:1") as client:
            with pytest.raises(InvalidInput):
                client.logs.stream(environment_name="staging")
            with pytest.raises(InvalidInput):
                client.deploy_events("app.py", auth="everyone")  # type: ignore[arg-type]

    asyncio.run(go())


@contextmanager
def event_server() -> Iterator[tuple[int, threading.Event]]:
    """Answer a request with two events and then nothing more, until the client hangs up."""
    ended = threading.Event()

    def serve(connection: socket.socket) -> None:
        connection.recv(65536)
        head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
        line = b'{"timestamp": "2026-01-01T00:00:00+00:00", "level": "info", "message": "m", "app": "a"}'
        connection.sendall(head + b"data: " + line + b"\n\ndata: " + line + b"\n\n")
        connection.settimeout(LIMIT)
        with suppress(ConnectionError):
            assert connection.recv(1) == b""
        ended.set()

    with tcp_serving(serve) as port:
        yield port, ended


@pytest.mark.parametrize("how", ["close", "cancel"])
def test_the_end_of_a_stream_ends_its_request(how: str) -> None:
    async def go(port: int) -> None:
        options: dict[str, Any] = {"host": "http://127.0.0.1:1", "rest_host": f"http://127.0.0.1:{port}"}
        async with AsyncServerlessClient(**options, api_key=KEY) as client:
            lines: Any = client.logs.stream()
            if how == "close":
                async with aclosing(lines):
                    assert [(await anext(lines)).message for _ in range(2)] == ["m", "m"]
            else:
                seen: list[Any] = []

                async def read() -> None:
                    async for line in lines:
                        seen.append(line)

                task = asyncio.create_task(read())
                while len(seen) < 2:
                    await asyncio.sleep(0.01)
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task

    with event_server() as (port, ended):
        asyncio.run(go(port))
        assert ended.wait(LIMIT)


APP = """
import fal

class Hello(fal.App):
    @fal.endpoint("/")
    def run(self) -> str:
        return "hello"
"""


def test_a_deploy_that_is_cancelled_ends(server: Server, tmp_path: Path) -> None:
    """What the deploy asks first is held by the server: cancelling does not wait for the answer."""
    (tmp_path / "app.py").write_text(APP)

    async def go() -> None:
        async with AsyncServerlessClient(**server.options) as client:
            task = asyncio.create_task(client.plan_deploy(str(tmp_path / "app.py"), environment_name="slow"))
            await until(server.started)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await until(server.cancelled)

    asyncio.run(go())


def test_callbacks_of_a_deploy_run_on_the_loop_and_may_be_coroutines(tmp_path: Path) -> None:
    from fal import exceptions

    (tmp_path / "app.py").write_text(APP)
    seen: list[tuple[str, int]] = []

    async def told(event: object) -> None:
        await asyncio.sleep(0)
        seen.append((type(event).__name__, threading.get_ident()))

    async def go() -> None:
        options: dict[str, Any] = {"host": "http://127.0.0.1:1", "api_key": KEY, "timeout": 2}
        async with AsyncServerlessClient(**options) as client:
            with pytest.raises(exceptions.FalServerlessException):
                await client.deploy(str(tmp_path / "app.py"), on_event=told)

    asyncio.run(go())
    assert seen[0][0] == "Discovered"
    assert {where for _, where in seen} == {threading.get_ident()}


def test_importing_it_loads_neither_grpc_nor_httpx_nor_asyncio() -> None:
    program = (
        "import sys; from fal.api import AsyncServerlessClient; "
        "print(sorted({'grpc', 'httpx', 'asyncio', 'typing'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", program], capture_output=True, text=True, check=False, env=_path()
    )
    assert done.stdout.strip() == "[]", done.stderr


def _path() -> dict[str, str]:
    return {"PYTHONPATH": str(Path(fal.api.__file__).parents[2])}


def public(owner: object) -> dict[str, Any]:
    return {name: getattr(owner, name) for name in dir(owner) if not name.startswith("_")}


NAMESPACES = ["apps", "environments", "files", "keys", "logs", "runners", "secrets", "teams"]


@pytest.mark.parametrize("where", ["", *NAMESPACES])
def test_the_surface_is_that_of_the_sync_client(where: str) -> None:
    clients = [SyncServerlessClient(api_key=KEY), AsyncServerlessClient(api_key=KEY)]
    sync, config = (public(getattr(each, where) if where else each) for each in clients)
    assert sync.keys() == config.keys()
    for name, method in sync.items():
        if not inspect.ismethod(method):
            continue
        ours, theirs = inspect.signature(config[name]), inspect.signature(method)
        assert list(ours.parameters.values()) == list(theirs.parameters.values()), name
        assert (inspect.getdoc(config[name]) or "").splitlines()[0] == (inspect.getdoc(method) or "").splitlines()[0]
        returned = str(theirs.return_annotation)
        if returned.startswith(("Iterator[", "Pager[")):
            assert ours.return_annotation == f"Async{returned}", name
        elif returned.startswith("Generator["):
            assert inspect.isasyncgenfunction(config[name]), name
        elif name not in ("auth_info", "on", "shell", "with_options"):
            assert inspect.iscoroutinefunction(config[name]), name
            assert str(ours.return_annotation).removeprefix("Async") == returned, name


def test_the_types_say_so() -> None:
    """Checked by the type checkers, not run."""

    async def typed(client: AsyncServerlessClient) -> None:
        made: Awaitable[tuple[str, str]] = client.keys.create(scope="api")
        await made
        lines: AsyncIterator[Any] = client.logs.stream("my-app")
        async for line in lines:
            print(line.message)
        alias: str = (await client.apps.scale("my-app", max_concurrency=1)).alias
        print(alias)

    assert inspect.iscoroutinefunction(typed)
