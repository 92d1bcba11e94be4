"""New revisions take over when they have proved healthy, and not before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fal_emulator.engine.backoff import BackoffPolicy
from fal_emulator.engine.errors import RolloutError
from tests.support.engine import Lab, lab, release, server, until
from tests.support.waiting import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BROKEN = "lambda: (print('about to fail', flush=True), 1 / 0)"
NEVER = "lambda: time.sleep(60)"


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Lab]:
    with lab(tmp_path) as engine_lab:
        yield engine_lab


def version(here: Lab) -> str:
    return str(here.get().json()["version"])


def test_a_rolling_deploy_moves_the_traffic_without_losing_a_request(here: Lab) -> None:
    here.deploy(here.add(server("1")))
    old = here.live()[0].runner_id
    held = here.hold()
    eventually(lambda: here.live()[0].in_flight)
    here.deploy(here.add(server("2")))
    assert "serving 2" in here.lines
    assert version(here) == "2"
    draining = next(r for r in here.live() if r.runner_id == old)
    assert (draining.state, draining.replacement) == ("DRAINING", "DID_REPLACE")
    assert held.release().status_code == 200
    eventually(lambda: old not in {r.runner_id for r in here.live()})


@pytest.mark.parametrize("strategy", ["rolling", "recreate"])
def test_a_failed_rollout_keeps_the_old_revision_and_says_why(here: Lab, strategy: str) -> None:
    here.deploy(here.add(server("1")))
    with pytest.raises(RolloutError) as error:
        here.deploy(here.add(server("2", setup=BROKEN)), strategy=strategy)
    assert "ended with status 1" in str(error.value)
    assert "about to fail" in str(error.value)
    assert "ZeroDivisionError" in str(error.value)
    assert version(here) == "1"
    eventually(lambda: here.states() == ["IDLE"])


def test_a_first_deploy_that_fails_leaves_nothing(here: Lab) -> None:
    with pytest.raises(RolloutError):
        here.deploy(here.add(server(setup=BROKEN)))
    assert here.live() == []
    assert here.get().status_code == 404


def test_a_revision_that_is_not_healthy_never_takes_traffic(here: Lab) -> None:
    here.deploy(here.add(server("1")))
    check = {"path": "/health", "start_period_seconds": 0, "timeout_seconds": 1, "failure_threshold": 2}
    with pytest.raises(RolloutError, match="GET /health answered 503"):
        here.deploy(here.add(server("2", health=503), health_check=check))
    assert version(here) == "1"
    here.deploy(here.add(server("3"), health_check=check))
    assert version(here) == "3"


def test_a_revision_must_be_ready_within_its_startup_timeout(here: Lab) -> None:
    with pytest.raises(RolloutError, match=r"startup timeout of 0\.3 s"):
        here.deploy(here.add(server(setup=NEVER), machine={"startup_timeout": 0.3}))
    eventually(lambda: here.live() == [])


def test_recreate_stops_the_old_revision_first(here: Lab, tmp_path: Path) -> None:
    here.deploy(here.add(server("1")))
    old = here.live()[0].runner_id
    ready = tmp_path / "ready"
    deploy = here.background(lambda: here.deploy(here.add(server("2", setup=until(ready))), strategy="recreate"))
    eventually(lambda: "SETUP" in here.states())
    assert old not in {r.runner_id for r in here.live()}
    waiting = here.background(lambda: version(here))
    ready.touch()
    deploy.result()
    assert waiting.result() == "2"


def test_a_newer_deploy_replaces_one_under_way(here: Lab) -> None:
    here.deploy(here.add(server("1")))
    stuck = here.background(lambda: here.deploy(here.add(server("2", setup=NEVER))))
    eventually(lambda: len(here.live()) == 2)
    assert here.engine.is_rolling("me", "app")
    here.deploy(here.add(server("3")))
    with pytest.raises(RolloutError, match="another deployment"):
        stuck.result()
    assert version(here) == "3"
    eventually(lambda: here.states() == ["IDLE"])


def test_a_commit_that_fails_keeps_the_old_revision(here: Lab) -> None:
    here.deploy(here.add(server("1")))

    def refuse() -> None:
        raise LookupError("the disk is full")

    with pytest.raises(LookupError, match="disk is full"):
        here.engine.deploy("me", "app", here.add(server("2")), "rolling", lambda *_: None, refuse)
    assert version(here) == "1"
    eventually(lambda: here.states() == ["IDLE"])


def test_a_deployed_revision_that_begins_to_crash_is_reported(tmp_path: Path) -> None:
    flag = tmp_path / "broken"
    setup = f"lambda: os.path.exists({str(flag)!r}) and sys.exit(3)"
    with lab(tmp_path, backoff=BackoffPolicy(first=0.05)) as here:
        here.deploy(here.add(server(setup=setup)), keep_alive=0)
        eventually(lambda: here.states() == [])
        flag.touch()
        response = here.get()
        assert response.status_code == 503
        assert "status 3" in response.json()["detail"]
        assert sum(r.state == "DEAD" for r in here.engine.runners("me")) == 3
        flag.unlink()
        assert here.get().status_code == 200


def test_crashes_are_followed_by_growing_delays(tmp_path: Path) -> None:
    with lab(tmp_path, backoff=BackoffPolicy(first=30)) as here:
        here.deploy(here.add(server()), min_concurrency=1)
        here.get("/crash")
        eventually(lambda: here.states() == ["FAILURE_DELAY"])
        dead = next(r for r in here.engine.runners("me") if r.state == "DEAD")
        assert dead.metadata == {"reason": "it ended with status 7"}
        here.set(min_concurrency=0)
        eventually(lambda: here.states() == [])


def test_pointing_the_alias_elsewhere_rolls_in_the_background(here: Lab) -> None:
    first, second = here.add(server("1")), here.add(server("2"))
    here.deploy(first)
    here.set(revision=second)
    eventually(lambda: version(here) == "2")
    broken = here.add(server("3", setup=BROKEN))
    here.set(revision=broken)
    eventually(lambda: any("did not become healthy" in line["message"] for line in here.store.logs))
    assert version(here) == "2"
    here.set(revision=first)
    eventually(lambda: version(here) == "1")


def test_rollout_replaces_the_runners_of_the_same_revision(here: Lab) -> None:
    here.deploy(here.add(server()))
    before = here.get().json()["pid"]
    here.engine.rollout("me", "app")
    eventually(lambda: here.get().json()["pid"] != before)


def test_deleting_an_alias_stops_its_runners(here: Lab) -> None:
    here.deploy(here.add(server()))
    del here.store.aliases["me", "app"]
    here.engine.apply("me", "app")
    assert here.get().status_code == 404
    eventually(lambda: here.live() == [])


def test_container_images_are_registered_and_say_what_they_need(here: Lab) -> None:
    definition = {"kind": "container", "configuration": {"image": {"dockerfile_str": "FROM scratch"}}}
    assert here.engine.build(definition, lambda line, _: here.lines.append(line)).startswith("container-")
    here.deploy(here.add(definition=definition))
    assert any("container engine" in line for line in here.lines)
    response = here.get()
    assert response.status_code == 503
    assert "needs a container engine" in response.json()["detail"]


def test_runners_started_for_the_old_revision_during_a_rollout_go_as_well(here: Lab, tmp_path: Path) -> None:
    here.deploy(here.add(server("1")), max_concurrency=3)
    ready = tmp_path / "ready"
    second = here.add(server("2", setup=until(ready)))
    deploy = here.background(lambda: here.deploy(second))
    eventually(lambda: len(here.live()) == 2)
    calls = [here.hold(), here.hold()]
    eventually(lambda: here.states() == ["RUNNING", "RUNNING", "SETUP"])
    assert [response.status_code for response in release(calls)] == [200, 200]
    assert len(here.live()) == 3
    ready.touch()
    deploy.result()
    eventually(lambda: [r.revision for r in here.live()] == [second])


def test_a_plane_that_stops_ends_the_deploys_under_way(tmp_path: Path) -> None:
    with lab(tmp_path) as here:
        stuck = here.background(lambda: here.deploy(here.add(server(setup=NEVER))))
        eventually(lambda: "SETUP" in here.states())
    with pytest.raises(RolloutError, match="control plane is stopping"):
        stuck.result()
