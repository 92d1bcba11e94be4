"""Figures of requests and runners."""

from __future__ import annotations

import math

from fal_emulator.model.figures import FIGURES, analytics, phases, quantile, runner_counts
from fal_emulator.model.records import Event, RequestRecord


def request(
    sent: float, started: float | None, ended: float, status: int | None = 200, *, cold: bool = False
) -> RequestRecord:
    return RequestRecord(
        f"{sent}-{ended}", "app", "/", queued=False, sent_at=sent, started_at=started, ended_at=ended, status=status,
        runner_id="r", cold=cold,
    )  # fmt: skip


def events(*happened: tuple[str, float]) -> list[Event]:
    return [Event("app", name, {"job_id": "r", "machine_type": "S"}, at) for name, at in happened]


def test_a_quantile_is_one_of_the_values() -> None:
    assert quantile([], 0.5) is None
    assert quantile([1.0], 0.99) == 1.0
    assert quantile([1.0, 2.0, 3.0, 4.0], 0.5) == 3.0


def test_counts_by_status() -> None:
    result = analytics(
        [
            request(0, 1, 3),
            request(0, 2, 3, 404),
            request(0, 2, 3, 500),
            request(0, 2, 3, 504, cold=True),
            request(0, None, 3, 502),
        ],
        FIGURES,
    )
    assert result["request_count"] == 5
    assert result["success_count"] == 1
    assert result["user_error_count"] == 1
    assert result["error_count"] == 3
    assert result["runtime_error_count"] == 1
    assert result["timeout_error_count"] == 1
    assert result["connection_error_count"] == 1
    assert result["startup_error_count"] == 1
    assert result["cold_boot_count"] == 1
    assert result["p50_cold_boot_duration"] == 2
    assert result["total_billable_duration"] == 2 + 1 + 1 + 1
    assert result["p99_duration"] == 2


def test_of_no_requests_there_are_counts_alone() -> None:
    assert analytics([], ["request_count", "p50_duration"]) == {"request_count": 0}


def test_the_life_of_a_runner() -> None:
    lives = phases(
        events(
            ("runner_finished", 9),
            ("runner_pending", 1),
            ("runner_setup", 2),
            ("runner_started", 4),
            ("runner_draining", 7),
        )
    )
    assert [(life.state, life.begin, life.end) for life in lives] == [
        ("pending", 1, 2), ("pending", 2, 4), ("ready", 4, 7), ("draining", 7, 9),
    ]  # fmt: skip
    assert {life.machine_type for life in lives} == {"S"}


def test_a_runner_that_lives_has_no_end() -> None:
    (life,) = phases(events(("runner_started", 4)))
    assert life.end == math.inf


def test_runners_are_counted_by_what_they_do() -> None:
    lives = phases(
        events(("runner_pending", 0), ("runner_started", 10), ("runner_draining", 40), ("runner_finished", 50))
    )
    busy = [request(9, 20, 30)]
    assert runner_counts(lives, busy, 0, 60, largest=True) == {"running": 1, "idle": 1, "pending": 1, "draining": 1}
    assert runner_counts(lives, busy, 0, 100, largest=False) == {
        "running": 0.1, "idle": 0.2, "pending": 0.1, "draining": 0.1,
    }  # fmt: skip
    assert runner_counts(lives, busy, 60, 70, largest=True) == {"running": 0, "idle": 0, "pending": 0, "draining": 0}


def test_one_runner_after_the_other_is_never_two() -> None:
    first = [Event("app", "runner_started", {"job_id": "1"}, 0), Event("app", "runner_finished", {"job_id": "1"}, 10)]
    second = [Event("app", "runner_started", {"job_id": "2"}, 10)]
    assert runner_counts(phases([*first, *second]), [], 0, 20, largest=True)["idle"] == 1
