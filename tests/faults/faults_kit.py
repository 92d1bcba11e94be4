"""What is called through broken connections, and what every call must be however it ends."""

from __future__ import annotations

import asyncio
import inspect
import itertools
import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, NamedTuple

import grpc

from fal._aio.caller import AsyncCaller
from fal._core.caller import Caller
from fal._core.frames import forget_frames
from fal._core.settings import resolve
from fal._gen import convert, rest, rpc, servicer
from fal._gen.proto import common_pb2
from fal._gen.proto import controller_pb2 as pb
from fal.exceptions import ConnectionFailed, FalServerlessException
from tests.faults.fault_proxy import Fault, FaultProxy
from tests.faults.raw_servers import name_in
from tests.support.callers import made_of
from tests.support.servers import KEY, Handler, http_serving, serving

GRACE = 10.0
"""Seconds beyond its deadline that a call may take on a machine that does much else at the time."""
TOGETHER = 16
"""Calls at a time."""
_NUMBERS = itertools.count()


def new_name() -> str:
    return f"named-{next(_NUMBERS)}"


# --------------------------------------------------------------------------------------------------------- the server


class Executed(servicer.IsolateControllerServicer):
    """Counts what it does, by the name in the request, over both wires."""

    def __init__(self) -> None:
        self.executed: Counter[str] = Counter()

    def CreateUserKey(
        self, request: pb.CreateUserKeyRequest, context: grpc.ServicerContext
    ) -> pb.CreateUserKeyResponse:
        self.executed[request.alias] += 1
        return created(request.alias)

    def ListApplications(
        self, request: pb.ListApplicationsRequest, context: grpc.ServicerContext
    ) -> pb.ListApplicationsResult:
        self.executed[request.application_name] += 1
        return listed(request.application_name)

    def RegisterApplication(
        self, request: pb.RegisterApplicationRequest, context: grpc.ServicerContext
    ) -> Iterator[pb.RegisterApplicationResult]:
        self.executed[request.application_name] += 1
        yield from registered(request.application_name)

    def rest(self, handler: Handler) -> None:
        request = handler.asked
        name = name_in(request.target.encode() + request.body)
        if name is None:  # half of a request is none
            handler.reply(400, b"no name")
            return
        self.executed[name] += 1
        if request.target.startswith("/logs/stream"):
            handler.begin(Content_Type="text/event-stream", Transfer_Encoding="chunked")
            for event in events(name):
                handler.wfile.write(b"%x\r\n%s\r\n" % (len(event), event))
            handler.wfile.write(b"0\r\n\r\n")
        elif request.method == "POST":
            handler.reply(201, json.dumps(key(name)).encode())
        else:
            handler.reply(200, json.dumps(page(name)).encode())


def created(name: str) -> pb.CreateUserKeyResponse:
    return pb.CreateUserKeyResponse(key_id=f"for {name}", key_secret="s")


def listed(name: str) -> pb.ListApplicationsResult:
    return pb.ListApplicationsResult(applications=[pb.ApplicationInfo(application_id=f"of {name}")])


def registered(name: str) -> Iterator[pb.RegisterApplicationResult]:
    for number in range(2):
        yield pb.RegisterApplicationResult(logs=[common_pb2.Log(message=f"{name} {number}")])
    yield pb.RegisterApplicationResult(result=pb.RegisterApplicationResultType(application_id=f"of {name}"))


def key(name: str) -> dict[str, Any]:
    return {"key_id": f"for {name}", "key": "k", "key_secret": "s"}


def page(name: str) -> dict[str, Any]:
    return {"has_more": False, "keys": [], "next_cursor": f"of {name}"}


def events(name: str) -> Iterator[bytes]:
    for number in range(3):
        line = {"app": "a", "level": "INFO", "message": f"{name} {number}", "timestamp": "2026-01-02T03:04:05Z"}
        yield f"data: {json.dumps(line)}\n\n".encode()


Serving = tuple[Executed, dict[str, int]]
"""What counts, and the ports by wire."""


@contextmanager
def platform() -> Iterator[Serving]:
    """Serve both wires."""
    server = Executed()
    with serving(server) as grpc_port, http_serving(server.rest) as (rest_port, _):
        yield server, {"grpc": grpc_port, "rest": rest_port}


# ------------------------------------------------------------------------------------------------- what is called


class Exchange(NamedTuple):
    """One call: how it is made, its method's name, and what it must give.

    Args:
        make: Makes it, given a caller, a name, a timeout and the server's address; of an async caller it returns what is awaited.
        method: The RPC or operation that an error names.
        repeats: Whether the call may be sent again after it may have arrived.
        proper: What it must give for a name.
    """

    wire: str
    method: str
    repeats: bool
    make: Callable[[Any, str, float, str], Any]
    proper: Callable[[str], Any]

    @property
    def reads_all(self) -> bool:
        """Whether it gets through one fault wherever that strikes: not a stream, which is not begun anew once it runs."""
        return self.repeats and self.method != "stream_logs"


def _whole(stream: Any) -> Any:
    """Return all that a stream gives; of an async one, what is awaited for it."""

    async def gathered(values: AsyncIterator[Any]) -> list[Any]:
        return [value async for value in values]

    return gathered(stream) if inspect.isasyncgen(stream) else list(stream)


def _rest_create(caller: Any, name: str, timeout: float, url: str) -> Any:
    return caller.send(rest.create_api_key(alias=name), timeout=timeout)


EXCHANGES: dict[str, Exchange] = {
    "grpc create": Exchange(
        "grpc",
        "CreateUserKey",
        False,
        lambda caller, name, timeout, url: caller.call(
            rpc.CREATE_USER_KEY, convert.create_user_key_request(alias=name), lambda m: m.key_id, timeout=timeout
        ),
        lambda name: f"for {name}",
    ),
    "grpc read": Exchange(
        "grpc",
        "ListApplications",
        True,
        lambda caller, name, timeout, url: caller.call(
            rpc.LIST_APPLICATIONS,
            convert.list_applications_request(application_name=name),
            lambda m: [item.application_id for item in m.applications],
            timeout=timeout,
        ),
        lambda name: [f"of {name}"],
    ),
    "grpc stream": Exchange(
        "grpc",
        "RegisterApplication",
        False,
        lambda caller, name, timeout, url: _whole(
            caller.stream(
                rpc.REGISTER_APPLICATION, pb.RegisterApplicationRequest(application_name=name), timeout=timeout
            )
        ),
        lambda name: list(registered(name)),
    ),
    "rest create": Exchange(
        "rest",
        "create_api_key",
        False,
        _rest_create,
        lambda name: rest.create_api_key(alias=name).parse(201, {}, json.dumps(key(name)).encode()),
    ),
    "rest read": Exchange(
        "rest",
        "list_api_keys",
        True,
        lambda caller, name, timeout, url: caller.send(rest.list_api_keys(cursor=name), timeout=timeout),
        lambda name: rest.list_api_keys().parse(200, {}, json.dumps(page(name)).encode()),
    ),
    "rest stream": Exchange(
        "rest",
        "stream_logs",
        True,
        lambda caller, name, timeout, url: _whole(caller.send_stream(rest.stream_logs(search=name), timeout=timeout)),
        lambda name: [rest.stream_logs().parse(200, {}, event[6:]) for event in events(name)],
    ),
    "rest upload": Exchange(
        "rest",
        "upload",
        False,
        lambda caller, name, timeout, url: caller.put_url(f"{url}/upload", name.encode(), timeout=timeout),
        lambda name: 200,
    ),
}
KINDS = ("sync", "async")


# ------------------------------------------------------------------------------------------------------ the outcomes


class Outcome(NamedTuple):
    """How one call through faults ended.

    Args:
        name: The name that it was sent with.
        exchange: Which call it was.
        value: Its result, or its error.
        fired: How many faults were injected into it.
        over: How long it took beyond its deadline, in seconds; never less than 0.
    """

    name: str
    exchange: Exchange
    value: Any
    fired: int
    over: float

    @property
    def failed(self) -> bool:
        return isinstance(self.value, FalServerlessException)

    @property
    def word(self) -> str:
        return type(self.value).__name__ if self.failed else "result"

    def check(self, executed: int) -> Outcome:
        """Check what must hold of every call, whatever was done to it.

        Args:
            executed: How often the server did what the call asks for.
        """
        assert self.over <= GRACE, f"{self.exchange.method} took {self.over:.1f} s more than it had"
        if not self.exchange.repeats:
            assert executed <= 1, f"{self.exchange.method} was executed {executed} times"
        if self.failed:
            error = self.value
            assert (error.method, bool(error.request_id)) == (self.exchange.method, True), str(error)
            assert error.attempts >= 1
            attempts = "1 attempt" if error.attempts == 1 else f"{error.attempts} attempts"
            assert all(part in str(error) for part in (error.method, f"request {error.request_id}", attempts))
            assert "topsecret" not in f"{error} {error!r}"
            assert error.__cause__ is None or isinstance(error.__cause__, FalServerlessException)
            if isinstance(error, ConnectionFailed) and not self.exchange.repeats:
                assert executed == 0, "what failed to connect was executed"
        else:
            result = self.value[0] if self.exchange.method == "upload" else self.value
            assert result == self.exchange.proper(self.name)
            assert executed >= 1
        return self


class Case(NamedTuple):
    """A call that a fault is injected into."""

    exchange: Exchange
    fault: Fault
    timeout: float


def settings_of(wire: str, url: str) -> Any:
    """Return settings that lead to a server over one wire, and nowhere over the other."""
    hosts = {"grpc": url, "rest": url, "rest" if wire == "grpc" else "grpc": "http://127.0.0.1:9"}
    return resolve(
        host=hosts["grpc"],
        rest_host=hosts["rest"],
        platform_host=hosts["rest"] + "/",
        api_key=KEY,
        environ={"FAL_CONFIG_PATH": "/nonexistent"},
    )


def call(
    kind: str,
    cases: Sequence[Any],
    work: Callable[[Any], Any],
    work_async: Callable[[Any], Any],
    *,
    together: int = TOGETHER,
) -> list[Any]:
    """Do work for every case, several at a time, in threads or in one event loop; return what comes of each."""
    if kind == "sync":
        with ThreadPoolExecutor(together) as pool:
            return list(pool.map(work, cases))

    async def gather() -> list[Any]:
        places = asyncio.Semaphore(together)

        async def one(case: Any) -> Any:
            async with places:
                return await work_async(case)

        return await asyncio.gather(*map(one, cases))

    return asyncio.run(gather())


class Ended(NamedTuple):
    """How a call ended, and what a watch showed at that moment."""

    name: str
    value: Any
    took: float
    watch: Any


def one(
    exchange: Exchange, port: int, timeout: float, watch: Callable[[], Any] = lambda: None, **options: Any
) -> Ended:
    """Make one call with a caller of its own."""
    url = f"{'https' if options else 'http'}://127.0.0.1:{port}"
    caller = Caller(**made_of(settings_of(exchange.wire, url), **options))
    try:
        return one_of(caller, exchange, url, timeout, watch)
    finally:
        caller.close()


def one_of(
    caller: Caller, exchange: Exchange, url: str, timeout: float, watch: Callable[[], Any] = lambda: None
) -> Ended:
    name, started = new_name(), time.monotonic()
    try:
        result = exchange.make(caller, name, timeout, url)
    except FalServerlessException as error:
        # As the clients do: the frames of an error hold a call, which holds the connection of a channel that is closed.
        result = forget_frames(error)
    return Ended(name, result, time.monotonic() - started, watch())


async def one_async(
    exchange: Exchange, port: int, timeout: float, watch: Callable[[], Any] = lambda: None, **options: Any
) -> Ended:
    url = f"{'https' if options else 'http'}://127.0.0.1:{port}"
    caller = AsyncCaller(**made_of(settings_of(exchange.wire, url), asynchronous=True, **options))
    try:
        return await one_of_async(caller, exchange, url, timeout, watch)
    finally:
        await caller.close()


async def one_of_async(
    caller: AsyncCaller, exchange: Exchange, url: str, timeout: float, watch: Callable[[], Any] = lambda: None
) -> Ended:
    name, started = new_name(), time.monotonic()
    try:
        result = await exchange.make(caller, name, timeout, url)
    except FalServerlessException as error:
        result = forget_frames(error)
    return Ended(name, result, time.monotonic() - started, watch())


def through_faults(kind: str, serving_both: Serving, cases: Iterable[Case], **options: Any) -> list[Outcome]:
    """Make each case's call through a proxy of its own that injects its fault; check and return the outcomes."""
    server, ports = serving_both

    def outcome(case: Case, proxy: FaultProxy, ended: Ended) -> Outcome:
        proxy.close()
        return Outcome(ended.name, case.exchange, ended.value, ended.watch, max(0.0, ended.took - case.timeout))

    def work(case: Case) -> Outcome:
        proxy = FaultProxy(ports[case.exchange.wire], case.fault)
        return outcome(case, proxy, one(case.exchange, proxy.port, case.timeout, lambda: proxy.fired, **options))

    async def work_async(case: Case) -> Outcome:
        proxy = FaultProxy(ports[case.exchange.wire], case.fault)
        ended = await one_async(case.exchange, proxy.port, case.timeout, lambda: proxy.fired, **options)
        return await asyncio.to_thread(outcome, case, proxy, ended)

    outcomes = call(kind, list(cases), work, work_async)
    return [outcome.check(server.executed[outcome.name]) for outcome in outcomes]


def size_of(exchange: Exchange, serving_both: Serving, **options: Any) -> dict[str, int]:
    """Return how many bytes the call takes in either direction when nothing goes wrong."""
    proxy = FaultProxy(serving_both[1][exchange.wire])
    ended = one(exchange, proxy.port, 30.0, lambda: dict(proxy.carried), **options)
    proxy.close()
    assert not isinstance(ended.value, FalServerlessException), ended.value
    carried: dict[str, int] = ended.watch
    return carried


def places(
    serving_both: Serving, *, upto: float = 1.0, kept: int | None = None, **options: Any
) -> Iterator[tuple[Exchange, str, int]]:
    """Yield the places where calls can be broken: which call, in which direction, after how many bytes.

    Args:
        upto: The part of the call in which to break it.
        kept: How many parts of equal length lie between the places of one direction; None for every byte.
    """
    for exchange in EXCHANGES.values():
        for side, size in size_of(exchange, serving_both, **options).items():
            last = int(size * upto)
            yield from (
                (exchange, side, after) for after in range(0, last + 1, 1 if kept is None else max(1, last // kept))
            )


def recovered(outcomes: Sequence[Outcome]) -> None:
    """Check that reads got through, although something broke the first time."""
    reads = [outcome for outcome in outcomes if outcome.exchange.reads_all]
    fine = sum(not outcome.failed for outcome in reads)
    # All pauses of a call may happen to be shorter than grpc takes to connect anew: of 10,000 calls, about one fails then.
    assert fine >= 0.98 * len(reads), [str(outcome.value) for outcome in reads if outcome.failed]
