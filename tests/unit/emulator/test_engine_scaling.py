"""How many runners there are, and how many requests each takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fal_emulator.engine.backoff import Backoff, BackoffPolicy
from fal_emulator.engine.scaling import Scaling
from tests.support.engine import Held, Lab, lab, release, server
from tests.support.waiting import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Lab]:
    with lab(tmp_path) as engine_lab:
        yield engine_lab


def waiting(here: Lab) -> int:
    """Return how many requests wait for a runner."""
    return int(here.engine.metrics("me")["summary"]["total_queue_size"])


def pids(calls: list[Held]) -> set[int]:
    """Return the processes that answer, once the calls are released."""
    return {response.json()["pid"] for response in release(calls)}


@pytest.mark.parametrize(
    ("settings", "requests", "runners"),
    [
        ({}, 0, 0),
        ({}, 1, 1),
        ({"max_concurrency": 3}, 9, 3),
        ({"min_concurrency": 2}, 0, 2),
        ({"max_multiplexing": 4, "max_concurrency": 10}, 9, 3),
        ({"concurrency_buffer": 2, "max_concurrency": 10}, 3, 5),
        ({"concurrency_buffer_perc": 50, "max_concurrency": 10}, 3, 5),
        ({"concurrency_buffer": 1, "concurrency_buffer_perc": 100, "max_concurrency": 10}, 3, 6),
    ],
)
def test_the_number_of_runners(settings: dict[str, int], requests: int, runners: int) -> None:
    assert Scaling(**settings).desired(requests) == runners


def test_the_first_source_that_sets_a_value_gives_it() -> None:
    machine = {"keep_alive": 5, "max_concurrency": 7, "scaling_delay_seconds": 3}
    result = Scaling.of({"keep_alive": 0, "max_concurrency": None}, machine)
    assert (result.keep_alive, result.max_concurrency, result.scaling_delay, result.startup_timeout) == (0, 7, 3, 600)


def test_delays_grow_and_are_forgotten_after_a_stable_time() -> None:
    backoff = Backoff(BackoffPolicy(first=1, longest=5, stable_after=60))
    assert backoff.delay(100) == 0
    delays = []
    for _ in range(5):
        backoff.crashed(100, served=0)
        delays.append(backoff.delay(100))
    assert delays == [1, 2, 4, 5, 5]
    assert backoff.delay(103) == 2
    assert backoff.delay(200) == 0
    backoff.crashed(300, served=61)
    assert backoff.delay(300) == 1


def test_runners_start_on_demand_and_end_after_keep_alive(here: Lab) -> None:
    here.deploy(here.add(server()), keep_alive=600)
    first = here.get().json()["pid"]
    assert here.get().json()["pid"] == first
    eventually(lambda: here.states() == ["IDLE"])
    here.set(keep_alive=0.1)
    eventually(lambda: here.states() == [])
    ended = here.engine.runners("me", "app")
    assert [r.state for r in ended] == ["TERMINATED"]
    assert ended[0].ended_at is not None
    assert here.get().json()["pid"] != first


def test_the_countdown_of_an_idle_runner_shows(here: Lab) -> None:
    here.deploy(here.add(server()), keep_alive=1000)
    countdown = eventually(lambda: here.live()[0].expiration_countdown)
    assert 900 <= countdown <= 1000
    here.set(min_concurrency=1)
    assert here.live()[0].expiration_countdown is None
    here.set(min_concurrency=0)
    assert here.live()[0].expiration_countdown
    here.engine.stop("me", here.live()[0].runner_id)
    eventually(lambda: here.live() == [])
    assert here.engine.runners("me")[0].expiration_countdown is None, "what has ended does not expire"


def test_one_runner_takes_as_many_requests_as_max_multiplexing(here: Lab) -> None:
    here.deploy(here.add(server()), max_concurrency=1, max_multiplexing=2)
    calls = [here.hold() for _ in range(3)]
    eventually(lambda: waiting(here) == 1)
    assert [runner.in_flight for runner in here.live()] == [2]
    assert [response.status_code for response in release(calls)] == [200, 200, 200]


def test_more_requests_start_more_runners_up_to_max_concurrency(here: Lab) -> None:
    here.deploy(here.add(server()), max_concurrency=2, keep_alive=30)
    calls = [here.hold() for _ in range(4)]
    eventually(lambda: here.states() == ["RUNNING", "RUNNING"])
    eventually(lambda: waiting(here) == 2)
    assert len(pids(calls)) == 2


def test_min_concurrency_is_kept_and_scaling_down_retires_the_rest(here: Lab) -> None:
    here.deploy(here.add(server()), min_concurrency=2, max_concurrency=3, keep_alive=0)
    eventually(lambda: here.states() == ["IDLE", "IDLE"])
    here.engine.kill("me", here.live()[0].runner_id)
    eventually(lambda: here.states() == ["IDLE", "IDLE"])
    here.set(min_concurrency=1)
    eventually(lambda: here.states() == ["IDLE"])


def test_a_buffer_of_runners_is_kept_beyond_the_requests(here: Lab) -> None:
    here.deploy(here.add(server()), concurrency_buffer=1, max_concurrency=5)
    call = here.hold()
    eventually(lambda: here.states() == ["IDLE", "RUNNING"])
    assert call.release().status_code == 200


def test_scaling_delay_gives_the_runners_there_are_a_chance(here: Lab) -> None:
    here.deploy(here.add(server()), max_concurrency=3, scaling_delay=600)
    calls = [here.hold() for _ in range(3)]
    eventually(lambda: waiting(here) == 2)
    assert len(pids(calls)) == 1
    here.set(scaling_delay=0.2)
    calls = [here.hold() for _ in range(2)]
    eventually(lambda: here.states() == ["RUNNING", "RUNNING"])
    assert len(pids(calls)) == 2


def test_metrics_count_runners_and_gpus(here: Lab) -> None:
    here.deploy(here.add(server(), machine={"machine_types": ["GPU-H100"], "num_gpus": 2}), "big")
    here.deploy(here.add(server(), machine={"machine_types": ["S"]}), "small")
    result = here.engine.metrics("me")
    assert result["apps"]["me/big"] == {
        "runner_count": 1,
        "gpu_count": 2,
        "queue_size": 0,
        "gpu_count_by_type": {"GPU-H100": 2},
        "cpu_count": 0,
        "cpu_count_by_type": {},
    }
    assert result["summary"] == {
        "total_runners": 2,
        "total_gpus": 2,
        "total_queue_size": 0,
        "total_gpu_by_type": {"GPU-H100": 2},
        "total_cpus": 1,
        "total_cpu_by_type": {"S": 1},
    }
    assert here.engine.metrics("nobody")["apps"] == {}
