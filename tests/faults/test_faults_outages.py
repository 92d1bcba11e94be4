"""Servers that are down, go down while they work, come back, or never stay up, and connections that die between two calls."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
import pytest

from fal._aio.caller import AsyncCaller
from fal._core.caller import Caller
from fal._gen import convert
from fal._gen.proto import controller_pb2 as pb
from fal.api import AsyncServerlessClient, SyncServerlessClient
from fal.exceptions import ConnectionFailed, FalServerlessException
from tests.faults.fault_proxy import CAN_COME_BACK, FaultProxy
from tests.faults.faults_kit import (
    EXCHANGES,
    Ended,
    Exchange,
    Executed,
    Outcome,
    Serving,
    call,
    listed,
    one,
    one_async,
    one_of,
    one_of_async,
    settings_of,
)
from tests.support.servers import KEY, Handler, http_serving, serving

Count = Callable[[str, Sequence[Outcome]], None]
COMES_BACK = pytest.mark.skipif(not CAN_COME_BACK, reason="no socket can hold a port here that another one listens on")


def refusals(ended: Ended) -> int:
    """Return how many attempts met a port that nothing listens on; only the client sees that."""
    failed = isinstance(ended.value, FalServerlessException)
    return int(ended.value.attempts) if failed and "refused" in str(ended.value) else 0


def test_a_server_that_is_down(kind: str, whole: bool, serving_both: Serving, count: Count) -> None:
    proxies = [
        (exchange, FaultProxy(9, up=False)) for exchange in EXCHANGES.values() for _ in range(16 if whole else 1)
    ]

    def outcome(exchange: Exchange, proxy: FaultProxy, ended: Ended) -> Outcome:
        proxy.close()
        result = Outcome(ended.name, exchange, ended.value, refusals(ended), max(0.0, ended.took - 10.0)).check(0)
        assert isinstance(result.value, ConnectionFailed), str(result.value)
        assert result.fired, str(result.value)
        assert "Nothing listens there" in str(result.value)
        return result

    def work(pair: tuple[Exchange, FaultProxy]) -> Outcome:
        return outcome(*pair, one(pair[0], pair[1].port, 10.0))

    async def work_async(pair: tuple[Exchange, FaultProxy]) -> Outcome:
        return outcome(*pair, await one_async(pair[0], pair[1].port, 10.0))

    count("refused", call(kind, proxies, work, work_async))


@COMES_BACK
def test_a_server_that_comes_up_between_two_attempts(
    kind: str, whole: bool, serving_both: Serving, count: Count
) -> None:
    """What was refused provably never left, so that a create is sent again, too."""
    server, ports = serving_both
    exchanges = [exchange for exchange in EXCHANGES.values() if exchange.method != "upload"] * (16 if whole else 1)
    timeout = 20.0

    class Rising(FaultProxy):
        """Comes up in the first pause of a call, which lasts long enough for grpc to ask anew."""

        pauses = 0

        def wait(self) -> float:
            self.pauses += 1
            if self.pauses == 1:
                self.up()
            return 0.5

        def slept(self, _: float) -> None:
            time.sleep(self.wait())

        async def slept_async(self, _: float) -> None:
            await asyncio.sleep(self.wait())

    def outcome(exchange: Exchange, proxy: Rising, ended: Ended) -> Outcome:
        proxy.close()
        result = Outcome(ended.name, exchange, ended.value, proxy.pauses, max(0.0, ended.took - timeout))
        assert not result.failed, str(ended.value)
        return result.check(server.executed[ended.name])

    def work(exchange: Exchange) -> Outcome:
        proxy = Rising(ports[exchange.wire], up=False)
        url = f"http://127.0.0.1:{proxy.port}"
        caller = Caller(settings_of(exchange.wire, url), sleep=proxy.slept)
        ended = one_of(caller, exchange, url, timeout)
        caller.close()
        return outcome(exchange, proxy, ended)

    async def work_async(exchange: Exchange) -> Outcome:
        proxy = Rising(ports[exchange.wire], up=False)
        url = f"http://127.0.0.1:{proxy.port}"
        caller = AsyncCaller(settings_of(exchange.wire, url), sleep=proxy.slept_async)
        ended = await one_of_async(caller, exchange, url, timeout)
        await caller.close()
        return await asyncio.to_thread(outcome, exchange, proxy, ended)

    count("refused at first", call(kind, exchanges, work, work_async))


class Slow(Executed):
    """Does what it is asked to, but answers nothing before the gate opens."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Event()
        self.entered = threading.Semaphore(0)

    def _enter(self) -> None:
        self.entered.release()
        self.gate.wait(60)

    def CreateUserKey(
        self, request: pb.CreateUserKeyRequest, context: grpc.ServicerContext
    ) -> pb.CreateUserKeyResponse:
        answer = super().CreateUserKey(request, context)
        self._enter()
        return answer

    def ListApplications(
        self, request: pb.ListApplicationsRequest, context: grpc.ServicerContext
    ) -> pb.ListApplicationsResult:
        answer = super().ListApplications(request, context)
        self._enter()
        return answer

    def RegisterApplication(
        self, request: pb.RegisterApplicationRequest, context: grpc.ServicerContext
    ) -> Iterator[pb.RegisterApplicationResult]:
        first, *rest = super().RegisterApplication(request, context)
        yield first
        self._enter()
        yield from rest

    def rest(self, handler: Handler) -> None:
        self._enter()
        super().rest(handler)


@COMES_BACK
@pytest.mark.parametrize("how", ["reset", "close"])
def test_a_server_that_restarts_while_it_works(how: str, kind: str, whole: bool, count: Count) -> None:
    """It has done what it was asked to when it dies; what comes up afterwards knows nothing of that."""
    old, new = Slow(), Executed()
    calls = list(EXCHANGES.values()) * (12 if whole else 1)
    with (
        serving(old, threads=len(calls)) as old_grpc,
        http_serving(old.rest) as (old_rest, _),
        serving(new) as new_grpc,
        http_serving(new.rest) as (new_rest, _),
    ):
        proxies = {"grpc": FaultProxy(old_grpc), "rest": FaultProxy(old_rest)}

        def restart() -> None:
            for _ in calls:
                assert old.entered.acquire(timeout=60)
            for wire, port in (("grpc", new_grpc), ("rest", new_rest)):
                proxies[wire].down(how)
                proxies[wire].target = port
                proxies[wire].up()
            old.gate.set()

        def outcome(exchange: Exchange, ended: Ended) -> Outcome:
            executed = old.executed[ended.name] + new.executed[ended.name]
            over = max(0.0, ended.took - 30.0)
            return Outcome(ended.name, exchange, ended.value, 1, over).check(executed)

        def work(exchange: Exchange) -> Outcome:
            return outcome(exchange, one(exchange, proxies[exchange.wire].port, 30.0))

        async def work_async(exchange: Exchange) -> Outcome:
            return outcome(exchange, await one_async(exchange, proxies[exchange.wire].port, 30.0))

        with ThreadPoolExecutor(1) as restarter:
            restarted = restarter.submit(restart)
            outcomes = call(kind, calls, work, work_async, together=len(calls))
            restarted.result(60)
        fired = [proxy.fired for proxy in proxies.values()]
        for proxy in proxies.values():
            proxy.close()
    assert all(fired)  # calls over grpc to the same place may share a connection
    for outcome_ in outcomes:
        assert outcome_.failed is not outcome_.exchange.repeats, str(outcome_.value)
    count(f"server restarts while it works ({how})", outcomes)


@pytest.mark.parametrize("how", ["reset", "close", "silence"])
def test_a_connection_that_dies_between_two_calls(
    how: str, kind: str, whole: bool, serving_both: Serving, count: Count
) -> None:
    server, ports = serving_both
    exchanges = list(EXCHANGES.values()) * (16 if whole else 1)
    timeout = 0.5 if how == "silence" else 10.0

    def outcome(exchange: Exchange, proxy: FaultProxy, first: Ended, ended: Ended) -> Outcome:
        proxy.close()
        assert not isinstance(first.value, FalServerlessException), str(first.value)
        assert proxy.fired == 1
        over = max(0.0, ended.took - timeout)
        return Outcome(ended.name, exchange, ended.value, proxy.fired, over).check(server.executed[ended.name])

    def work(exchange: Exchange) -> Outcome:
        proxy = FaultProxy(ports[exchange.wire])
        url = f"http://127.0.0.1:{proxy.port}"
        caller = Caller(settings_of(exchange.wire, url))
        first = one_of(caller, exchange, url, 20.0)
        proxy.strike(how)
        ended = one_of(caller, exchange, url, timeout)
        caller.close()
        return outcome(exchange, proxy, first, ended)

    async def work_async(exchange: Exchange) -> Outcome:
        proxy = FaultProxy(ports[exchange.wire])
        url = f"http://127.0.0.1:{proxy.port}"
        caller = AsyncCaller(settings_of(exchange.wire, url))
        first = await one_of_async(caller, exchange, url, 20.0)
        await asyncio.to_thread(proxy.strike, how)
        ended = await one_of_async(caller, exchange, url, timeout)
        await caller.close()
        return await asyncio.to_thread(outcome, exchange, proxy, first, ended)

    outcomes = call(kind, exchanges, work, work_async)
    if how != "silence":
        assert not any(outcome.failed for outcome in outcomes if outcome.exchange.reads_all)
    count(f"{how} between two calls", outcomes)


class Flapping:
    """Two proxies that go down and come up again, until they are told to stay up."""

    def __init__(self, ports: dict[str, int], times: int) -> None:
        self.proxies = {wire: FaultProxy(port) for wire, port in ports.items()}
        self.over = threading.Event()
        self._times = times
        self._thread = threading.Thread(target=self._flap, daemon=True)

    def _flap(self) -> None:
        for number in range(self._times):
            for proxy in self.proxies.values():
                proxy.down("reset" if number % 2 else "close")
            self.over.wait(0.03)
            for proxy in self.proxies.values():
                proxy.up()
            self.over.wait(0.1)
        self.over.set()

    def __enter__(self) -> Flapping:
        self._thread.start()
        return self

    def __exit__(self, *raised: object) -> None:
        self._thread.join(120)
        for proxy in self.proxies.values():
            proxy.close()

    @property
    def hosts(self) -> dict[str, Any]:
        result = {wire: f"http://127.0.0.1:{proxy.port}" for wire, proxy in self.proxies.items()}
        return {"host": result["grpc"], "rest_host": result["rest"], "platform_host": result["rest"] + "/"}


def public(client: Any) -> list[Exchange]:
    """Return the calls as a public client makes them; what it does not have is made by its caller."""
    made = {name: exchange for name, exchange in EXCHANGES.items() if name != "rest upload"}
    made["grpc create"] = made["grpc create"]._replace(
        make=lambda caller, name, timeout, url: client.keys.create(scope="api", description=name),
        proper=lambda name: (f"for {name}", "s"),
    )
    made["grpc read"] = made["grpc read"]._replace(
        make=lambda caller, name, timeout, url: client.apps.revisions(name),
        proper=lambda name: [convert.application_info(item) for item in listed(name).applications],
    )
    return list(made.values())


@COMES_BACK
def test_one_client_of_a_server_that_never_stays_up(
    kind: str, whole: bool, serving_both: Serving, count: Count
) -> None:
    server, ports = serving_both
    timeout, outcomes, again = 5.0, [], 30
    options: dict[str, Any] = {"api_key": KEY, "timeout": timeout}

    def outcome(exchange: Exchange, ended: Ended) -> Outcome:
        over = max(0.0, ended.took - timeout)
        result = Outcome(ended.name, exchange, ended.value, refusals(ended), over)
        outcomes.append(result.check(server.executed[ended.name]))
        return result

    with Flapping(ports, 80 if whole else 6) as flapping:
        if kind == "sync":
            with SyncServerlessClient(**options, **flapping.hosts) as client:
                exchanges = public(client)

                def one_call(exchange: Exchange) -> Outcome:
                    return outcome(exchange, one_of(client._caller, exchange, "", timeout))

                def work(place: int) -> None:
                    while not flapping.over.is_set():
                        one_call(exchanges[place % len(exchanges)])
                        place += 1

                with ThreadPoolExecutor(8) as pool:
                    list(pool.map(work, range(8)))
                # Between two attempts to connect, grpc lets up to five seconds pass; a call does not wait for that.
                recovered = [any(not one_call(exchange).failed for _ in range(again)) for exchange in exchanges]
        else:

            async def called() -> list[bool]:
                async with AsyncServerlessClient(**options, **flapping.hosts) as client:
                    exchanges = public(client)

                    async def one_call(exchange: Exchange) -> Outcome:
                        return outcome(exchange, await one_of_async(client._caller, exchange, "", timeout))

                    async def work(place: int) -> None:
                        while not flapping.over.is_set():
                            await one_call(exchanges[place % len(exchanges)])
                            place += 1

                    async def recovers(exchange: Exchange) -> bool:
                        for _ in range(again):
                            if not (await one_call(exchange)).failed:
                                return True
                        return False

                    await asyncio.gather(*map(work, range(8)))
                    return [await recovers(exchange) for exchange in exchanges]

            recovered = asyncio.run(called())
        assert all(recovered), "a client does not find a server that is up again"
        killed = sum(proxy.fired for proxy in flapping.proxies.values())
    outcomes[0] = outcomes[0]._replace(fired=outcomes[0].fired + killed)
    count("flapping", outcomes)
