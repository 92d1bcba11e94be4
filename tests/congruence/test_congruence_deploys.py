"""Each deploy of the table, by the peer and by both of our clients: the same requests, the same results, and the same app."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.congruence.case import Case
from tests.congruence.cases import DEPLOYS
from tests.congruence.ledger import Ledger
from tests.congruence.sides import Deployer, deployer

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def three() -> Iterator[Deployer]:
    with deployer() as started:
        yield started


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return Ledger("deploys")


@pytest.mark.parametrize("case", DEPLOYS.values(), ids=lambda case: case.name)
def test_a_deploy_is_congruent(three: Deployer, ledger: Ledger, case: Case) -> None:
    ledger.check(case.name, three.run(case))


def test_every_intended_difference_was_seen(ledger: Ledger) -> None:
    if len(ledger.checked) < len(DEPLOYS):
        pytest.skip("not every case ran")
    assert ledger.unused() == []
    ledger.write_evidence()
