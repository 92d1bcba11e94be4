"""Calls that are repeated, and work that ends when its caller goes."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.requests import Request

from fal.exceptions import RequestCancelledException
from fal.toolkit.utils.endpoint import cancel_on_disconnect
from fal.toolkit.utils.retry import retry


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses between calls, none of which is made."""
    made: list[float] = []

    async def sleep(seconds: float) -> None:
        made.append(seconds)

    # The names of that module alone: other threads of this process sleep, too.
    monkeypatch.setattr("fal.toolkit.utils.retry.time", SimpleNamespace(sleep=made.append))
    monkeypatch.setattr("fal.toolkit.utils.retry.asyncio", SimpleNamespace(sleep=sleep))
    return made


class Flaky:
    """Fails a few times, and says then how often it was called."""

    def __init__(self, failures: int) -> None:
        self.failures = failures
        self.calls = 0

    def call(self, error: type[Exception] = OSError) -> int:
        self.calls += 1
        if self.calls <= self.failures:
            raise error(f"call {self.calls}")
        return self.calls


def run(flaky: Flaky, decorate: Any, *, on_loop: bool, error: type[Exception] = OSError) -> int:
    async def called() -> int:
        return flaky.call(error)

    calls: int = asyncio.run(decorate(called)()) if on_loop else decorate(flaky.call)(error)
    return calls


@pytest.mark.parametrize("on_loop", [False, True])
@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, [1, 2]),
        ({"base_delay": 3.0, "max_delay": 4.0}, [3, 4]),
        ({"base_delay": 3.0, "backoff_type": "fixed"}, [3, 3]),
    ],
)
def test_what_fails_is_called_again(
    pauses: list[float], options: dict[str, Any], expected: list[float], on_loop: bool
) -> None:
    assert run(Flaky(2), retry(max_retries=3, **options), on_loop=on_loop) == 3
    assert pauses == expected


@pytest.mark.parametrize("on_loop", [False, True])
def test_it_is_called_so_often_and_no_more(pauses: list[float], on_loop: bool) -> None:
    flaky = Flaky(9)
    with pytest.raises(OSError, match="call 3"):
        run(flaky, retry(max_retries=3), on_loop=on_loop)
    assert (flaky.calls, len(pauses)) == (3, 2)


@pytest.mark.parametrize("on_loop", [False, True])
def test_an_error_that_does_not_go_away_is_raised_at_once(pauses: list[float], on_loop: bool) -> None:
    flaky = Flaky(9)
    with pytest.raises(KeyError):
        run(flaky, retry(should_retry=lambda error: isinstance(error, OSError)), on_loop=on_loop, error=KeyError)
    assert (flaky.calls, pauses) == (1, [])


def test_pauses_may_vary(pauses: list[float]) -> None:
    run(Flaky(2), retry(max_retries=3, base_delay=10.0, backoff_type="fixed", jitter=True), on_loop=False)
    assert all(5 <= pause <= 15 for pause in pauses)


def test_no_call_at_all_is_refused() -> None:
    with pytest.raises(ValueError, match="max_retries: 0 is less than one call"):
        retry(max_retries=0)


def request_of(gone: asyncio.Event) -> Request:
    async def receive() -> dict[str, Any]:
        await gone.wait()
        return {"type": "http.disconnect"}

    return Request({"type": "http", "headers": []}, receive)


def test_work_ends_when_its_caller_goes() -> None:
    async def main() -> list[str]:
        gone, seen = asyncio.Event(), []

        async def work() -> None:
            async with cancel_on_disconnect(request_of(gone)):
                try:
                    gone.set()
                    await asyncio.Event().wait()
                finally:
                    seen.append("cleaned up")

        with pytest.raises(RequestCancelledException):
            await work()
        await asyncio.sleep(0)  # a cancellation that was left over would strike here
        return seen

    assert asyncio.run(main()) == ["cleaned up"]


def test_work_whose_caller_stays_goes_on() -> None:
    async def main() -> int:
        async with cancel_on_disconnect(request_of(asyncio.Event())):
            return 3

    assert asyncio.run(main()) == 3


def test_another_cancellation_stays_what_it_is() -> None:
    async def main() -> None:
        begun = asyncio.Event()

        async def work() -> None:
            async with cancel_on_disconnect(request_of(asyncio.Event())):
                begun.set()
                await asyncio.Event().wait()

        task = asyncio.create_task(work())
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
