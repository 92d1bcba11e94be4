"""Waiting: until it is so, or until the time is up."""

from __future__ import annotations

from typing import Any

import pytest

from fal import exceptions
from fal._gen.proto import controller_pb2 as pb
from fal.api import SyncServerlessClient, _waiting


class Clock:
    """A clock that only pauses move."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.pauses: list[float] = []

    def monotonic(self) -> float:
        return self.now

    def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds


@pytest.fixture
def clock(client: SyncServerlessClient, monkeypatch: pytest.MonkeyPatch) -> Clock:
    result = Clock()
    monkeypatch.setattr(_waiting, "time", result)
    monkeypatch.setattr(client.apps, "_pause", result.pause)
    monkeypatch.setattr(client.runners, "_pause", result.pause)
    return result


def _app(*, rolling: bool, active: int) -> pb.ListAliasesResult:
    app = pb.AliasInfo(alias="my-app", is_rolling=rolling, active_runners=active, min_concurrency=2)
    return pb.ListAliasesResult(aliases=[pb.AliasInfo(alias="other"), app])


def test_an_app_that_is_ready_is_not_waited_for(client: SyncServerlessClient, wire: Any, clock: Clock) -> None:
    wire.answers["ListAliases"] = _app(rolling=False, active=2)
    assert client.apps.wait_until_ready("my-app").active_runners == 2
    assert clock.pauses == []


def test_an_app_is_waited_for_while_it_rolls_out(
    client: SyncServerlessClient, wire: Any, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    states = [_app(rolling=True, active=2), _app(rolling=False, active=1), _app(rolling=False, active=2)]
    wire.answers["ListAliases"] = states[0]

    def pause(seconds: float) -> None:
        clock.pause(seconds)
        wire.answers["ListAliases"] = states[len(clock.pauses)]

    monkeypatch.setattr(client.apps, "_pause", pause)
    assert not client.apps.wait_until_ready("my-app").is_rolling
    assert len([name for name, _ in wire.calls if name == "ListAliases"]) == 3
    assert clock.pauses[0] < clock.pauses[1]


def test_the_error_says_what_was_waited_for(client: SyncServerlessClient, wire: Any, clock: Clock) -> None:
    wire.answers["ListAliases"] = _app(rolling=True, active=1)
    with pytest.raises(
        TimeoutError, match="'my-app' is rolling out: 1 of at least 2 runners are active after 30 seconds"
    ):
        client.apps.wait_until_ready("my-app", timeout=30)
    assert sum(clock.pauses) == pytest.approx(30)
    assert max(clock.pauses) == 5


def test_an_app_that_is_not_there_is_not_waited_for(client: SyncServerlessClient, wire: Any, clock: Clock) -> None:
    with pytest.raises(exceptions.NotFound, match="no app 'my-app'"):
        client.apps.wait_until_ready("my-app")
    assert clock.pauses == []


@pytest.mark.parametrize("end", [None, pb.RunnerInfo.DEAD, pb.RunnerInfo.TERMINATED])
def test_a_runner_is_waited_for_until_it_has_ended(
    client: SyncServerlessClient, wire: Any, clock: Clock, monkeypatch: pytest.MonkeyPatch, end: Any
) -> None:
    def listing(state: Any) -> pb.ListRunnersResponse:
        return pb.ListRunnersResponse(runners=[] if state is None else [pb.RunnerInfo(runner_id="a", state=state)])

    wire.answers["ListRunners"] = listing(pb.RunnerInfo.DRAINING)

    def pause(seconds: float) -> None:
        clock.pause(seconds)
        wire.answers["ListRunners"] = listing(end)

    monkeypatch.setattr(client.runners, "_pause", pause)
    client.runners.wait_until_stopped("a")
    assert len(clock.pauses) == 1


def test_a_runner_that_does_not_end_is_named(client: SyncServerlessClient, wire: Any, clock: Clock) -> None:
    wire.answers["ListRunners"] = pb.ListRunnersResponse(
        runners=[pb.RunnerInfo(runner_id="a", state=pb.RunnerInfo.DRAINING)]
    )
    with pytest.raises(exceptions.DeadlineExceeded, match="runner 'a' is DRAINING after 9 seconds"):
        client.runners.wait_until_stopped("a", timeout=9)


@pytest.mark.parametrize(
    ("timeout", "error"),
    [(0, ValueError), (-1, ValueError), (float("inf"), ValueError), ("9", TypeError), (True, TypeError)],
)
def test_a_timeout_is_a_positive_number(
    client: SyncServerlessClient, wire: Any, timeout: Any, error: type[Exception]
) -> None:
    with pytest.raises(error, match="timeout"):
        client.apps.wait_until_ready("my-app", timeout=timeout)
    assert wire.calls == []


def _runners(*pairs: tuple[str, str]) -> pb.ListAliasRunnersResponse:
    return pb.ListAliasRunnersResponse(
        runners=[
            pb.RunnerInfo(runner_id=str(number), revision=revision, state=pb.RunnerInfo.State.Value(state))
            for number, (revision, state) in enumerate(pairs)
        ]
    )


@pytest.mark.parametrize(
    ("runners", "told"),
    [
        ([("old", "RUNNING"), ("old", "IDLE")], "revision old still serves"),
        ([("new", "FAILURE_DELAY"), ("new", "FAILURE_DELAY")], "its rollout failed"),
    ],
)
def test_a_rollout_that_failed_is_not_an_app_that_is_ready(
    client: SyncServerlessClient, wire: Any, clock: Clock, runners: list[tuple[str, str]], told: str
) -> None:
    app = pb.AliasInfo(alias="my-app", revision="new", active_runners=2, min_concurrency=2)
    wire.answers |= {"ListAliases": pb.ListAliasesResult(aliases=[app]), "ListAliasRunners": _runners(*runners)}
    with pytest.raises(exceptions.RolloutFailed, match=told):
        client.apps.wait_until_ready("my-app")


def test_runners_that_end_are_not_counted(client: SyncServerlessClient, wire: Any, clock: Clock) -> None:
    app = pb.AliasInfo(alias="my-app", revision="new", active_runners=2, min_concurrency=2)
    ends = _runners(("new", "RUNNING"), ("new", "TERMINATING"))
    wire.answers |= {"ListAliases": pb.ListAliasesResult(aliases=[app]), "ListAliasRunners": ends}
    with pytest.raises(exceptions.DeadlineExceeded):
        client.apps.wait_until_ready("my-app", timeout=3)


def test_one_look_between_two_changes_is_not_a_failure(
    client: SyncServerlessClient, wire: Any, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = pb.AliasInfo(alias="my-app", revision="new", active_runners=1, min_concurrency=1)
    looks = [_runners(("old", "RUNNING")), _runners(("old", "RUNNING"), ("new", "SETUP")), _runners(("new", "IDLE"))]
    wire.answers |= {"ListAliases": pb.ListAliasesResult(aliases=[app]), "ListAliasRunners": looks[0]}

    def pause(seconds: float) -> None:
        clock.pause(seconds)
        wire.answers["ListAliasRunners"] = looks[len(clock.pauses)]

    monkeypatch.setattr(client.apps, "_pause", pause)
    assert client.apps.wait_until_ready("my-app").revision == "new"
    assert len(clock.pauses) == 2


def test_an_app_that_may_have_no_runners_is_ready_without_any(
    client: SyncServerlessClient, wire: Any, clock: Clock
) -> None:
    app = pb.AliasInfo(alias="my-app", revision="new")
    wire.answers |= {"ListAliases": pb.ListAliasesResult(aliases=[app]), "ListAliasRunners": _runners(("", "RUNNING"))}
    assert client.apps.wait_until_ready("my-app").revision == "new"
    wire.answers["ListAliasRunners"] = _runners(("new", "FAILURE_DELAY"))
    with pytest.raises(exceptions.RolloutFailed):
        client.apps.wait_until_ready("my-app")
    assert len(clock.pauses) == 1
