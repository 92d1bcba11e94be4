"""A server of both wires, and a place to count what was injected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

import pytest

from tests.faults.faults_kit import KINDS, Outcome, Serving, platform
from tests.support.evidence import note


@pytest.fixture(scope="session")
def serving_both() -> Iterator[Serving]:
    with platform() as server:
        yield server


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """Each kind of client in turn."""
    return str(request.param)


@pytest.fixture(params=["sample", pytest.param("whole", marks=[pytest.mark.slow, pytest.mark.timeout(900)])])
def whole(request: pytest.FixtureRequest) -> bool:
    """Whether to inject every fault; a plain run takes a sample."""
    return bool(request.param == "whole")


@pytest.fixture
def count(kind: str) -> Callable[[str, Sequence[Outcome]], None]:
    """Return what notes how calls ended, for the page of evidence."""

    def write(what: str, outcomes: Sequence[Outcome]) -> None:
        for wire in sorted({outcome.exchange.wire for outcome in outcomes}):
            of_wire = [outcome for outcome in outcomes if outcome.exchange.wire == wire]
            note(
                what,
                wire=wire,
                client=kind,
                injected=sum(outcome.fired for outcome in of_wire),
                outcomes=Counter(outcome.word for outcome in of_wire),
                over=max(outcome.over for outcome in of_wire),
            )

    return write
