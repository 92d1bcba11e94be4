"""A connection that breaks at any byte of a call: no hang, no error but ours, and nothing that changes things happens twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import pytest

from tests.faults.fault_proxy import Fault
from tests.faults.faults_kit import EXCHANGES, Case, Outcome, Serving, places, recovered, through_faults

Count = Callable[[str, Sequence[Outcome]], None]


@pytest.mark.parametrize("how", ["reset", "close"])
def test_a_call_whose_connection_breaks_at_any_byte(
    how: str, kind: str, whole: bool, serving_both: Serving, count: Count
) -> None:
    outcomes = through_faults(
        kind,
        serving_both,
        [
            # A read meets one fault, and is to get through; a write meets one each time that it would be sent.
            Case(exchange, Fault(how, side, after, 1 if exchange.repeats else None), 10.0)
            for exchange, side, after in places(serving_both, kept=None if whole else 3)
        ],
    )
    assert sum(outcome.fired for outcome in outcomes) >= 0.9 * len(outcomes)
    recovered(outcomes)
    count(f"{how} at every byte", outcomes)


@pytest.mark.parametrize("how", ["reset", "close"])
def test_a_call_whose_connection_breaks_every_time(
    how: str, kind: str, whole: bool, serving_both: Serving, count: Count
) -> None:
    spots = places(serving_both, upto=0.5, kept=16 if whole else 1)
    outcomes = through_faults(kind, serving_both, [Case(spot[0], Fault(how, *spot[1:]), 1.0) for spot in spots])
    assert all(outcome.failed for outcome in outcomes)
    count(f"{how} of every attempt", outcomes)


def test_a_call_that_is_met_by_silence_ends_with_its_time(
    kind: str, whole: bool, serving_both: Serving, count: Count
) -> None:
    through = partial(through_faults, kind, serving_both)
    at_once = [
        Case(exchange, Fault("silence"), 0.4) for exchange in EXCHANGES.values() for _ in range(24 if whole else 1)
    ]
    midway = [
        Case(exchange, Fault("silence", side, after), 0.4)
        for exchange, side, after in places(serving_both, upto=0.5, kept=24 if whole else 1)
        if after
    ]
    for what, cases in (("silence after accepting", at_once), ("silence midway", midway)):
        outcomes = through(cases)
        assert {outcome.word for outcome in outcomes} == {"DeadlineExceeded"}
        count(what, outcomes)


def test_a_connection_that_is_shut_in_one_direction(
    kind: str, whole: bool, serving_both: Serving, count: Count
) -> None:
    cases = [
        Case(exchange, Fault("half-open", side, after), 0.6)
        for exchange, side, after in places(serving_both, kept=40 if whole else 2)
    ]
    outcomes = through_faults(kind, serving_both, cases)
    assert any(outcome.failed for outcome in outcomes)
    count("one direction shut", outcomes)


def test_an_answer_that_drips_costs_no_more_than_the_timeout(
    kind: str, whole: bool, serving_both: Serving, count: Count
) -> None:
    """A byte now and then keeps each read alive, but not the call."""
    slow, quick = (0.2, 0.6), (0.0005, 30.0)
    for pause, timeout in (slow, quick):
        outcomes = through_faults(
            kind,
            serving_both,
            [
                Case(exchange, Fault("drip", side, after, pause=pause), timeout)
                for exchange, side, after in places(serving_both, upto=0.4, kept=6 if whole else 1)
                if after
            ],
        )
        words = {outcome.word for outcome in outcomes}
        assert words == ({"result"} if timeout > 1 else {"DeadlineExceeded"})
        count("slow drip, in time" if timeout > 1 else "slow drip, too slow", outcomes)


HTTP1, TLS_ALERT = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", b"\x15\x03\x03\x00\x02\x02\x28"
SSH = b"SSH-2.0-OpenSSH_9.6\r\n"
GO_AWAY_AT_ONCE = b"\x00\x00\x00\x04\x00\x00\x00\x00\x00" + b"\x00\x00\x08\x07" + bytes(13)


def test_a_server_that_speaks_something_else(kind: str, whole: bool, serving_both: Serving, count: Count) -> None:
    outcomes = through_faults(
        kind,
        serving_both,
        [
            Case(exchange, Fault("garbage", say=said), 0.8)
            for exchange in EXCHANGES.values()
            for said in (HTTP1, TLS_ALERT, SSH, GO_AWAY_AT_ONCE, bytes(64), b"")
            for _ in range(8 if whole else 1)
        ],
    )
    assert all(outcome.failed for outcome in outcomes)
    count("another protocol", outcomes)
