"""The page that `just faults` writes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.faults.report import LEAST, page


def noted(**changes: Any) -> dict[str, Any]:
    entry = {
        "what": "reset",
        "wire": "grpc",
        "client": "sync",
        "injected": LEAST,
        "outcomes": {"result": 2},
        "over": 0.5,
    }
    return {**entry, **changes}


def test_counts_of_one_fault_are_added_up() -> None:
    result = page([noted(), noted(client="async", wire="rest", injected=1, outcomes={"Unavailable": 3}, over=1.25)])
    assert "| reset | grpc, rest | 10,001 | 5 | 3 Unavailable, 2 result |" in result
    assert "**10,001**, into 5 calls: 1 async client over REST, 10,000 sync client over gRPC." in result
    assert "**1.25 s**" in result


def test_a_run_that_injects_too_little_is_not_evidence() -> None:
    with pytest.raises(SystemExit, match="only 9,999 faults"):
        page([noted(injected=LEAST - 1)])
