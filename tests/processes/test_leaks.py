"""Nothing is left of a call or of a client, over both wires, of successes, of failures and of streams that are closed early."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

import pytest

from tests.processes.process_kit import A_LEAK, CLIENT, Platform, run

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="open files and memory are read from /proc")
SLOW = pytest.mark.slow


def left(server: Platform, *arguments: str) -> dict[str, Any]:
    ended = run("leaks", *arguments, environ=server.environ(), limit=1500)
    assert (ended.status, ended.noise) == (0, "")
    body: dict[str, Any] = json.loads(ended.told[0])
    assert (body["files"], body["threads"], body["tasks"]) == (0, 0, 0)
    return body


def test_some_calls_leave_nothing(server: Platform, kind: str) -> None:
    assert left(server, kind, "calls", "400")["allocated"] < A_LEAK


@SLOW
def test_a_leak_would_be_seen(server: Platform, kind: str) -> None:
    assert left(server, kind, "calls", "1600", str(A_LEAK))["allocated"] > A_LEAK


@SLOW
@pytest.mark.timeout(1600)
def test_ten_thousand_calls_leave_nothing(server: Platform, kind: str, evidence: Callable[..., None]) -> None:
    result = left(server, kind, "calls", "10000")
    assert result["allocated"] < A_LEAK and result["resident"] < A_LEAK
    evidence(f"calls of the {kind} client", **result)


@SLOW
@pytest.mark.timeout(1600)
@pytest.mark.parametrize("what", ["clients", "dropped"])
def test_five_hundred_clients_leave_nothing(
    server: Platform, kind: str, what: str, evidence: Callable[..., None]
) -> None:
    result = left(server, kind, what, "500")
    assert result["allocated"] < CLIENT and result["resident"] < CLIENT
    evidence(f"{kind} clients, {'closed' if what == 'clients' else 'dropped unclosed'}", **result)
