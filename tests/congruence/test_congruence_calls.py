"""Each case of the table, by the peer and by both of our clients: the same requests and the same results, or a reason why not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from google.protobuf import json_format

from fal._gen import rpc
from tests.congruence.case import Case
from tests.congruence.cases import CALLS
from tests.congruence.ledger import Ledger
from tests.congruence.recorder import plain
from tests.congruence.sides import Trio, trio

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def three() -> Iterator[Trio]:
    with trio() as started:
        yield started


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return Ledger("calls")


@pytest.mark.parametrize("case", CALLS.values(), ids=lambda case: case.name)
def test_a_call_is_congruent(three: Trio, ledger: Ledger, case: Case) -> None:
    outcomes = three.run(case)
    ledger.check(case.name, outcomes)
    if case.request is not None:
        name, request = case.request
        expected = plain(json_format.ParseDict(dict(request), rpc.METHODS[name].request()))
        for side, outcome in outcomes.items():
            sent = [(call["rpc"].rpartition("/")[2], call["request"]) for call in outcome["calls"]]
            assert sent == [(name, expected)], side


def test_every_intended_difference_was_seen(ledger: Ledger) -> None:
    if len(ledger.checked) < len(CALLS):
        pytest.skip("not every case ran")
    assert ledger.unused() == []
    ledger.write_evidence()
