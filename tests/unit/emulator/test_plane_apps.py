"""Deployed apps: registered, scaled, rolled out, pointed elsewhere, deleted."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import grpc
import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from fal._gen import rpc
from fal._gen.proto import controller_pb2 as pb
from fal._gen.wellknown import to_struct
from tests.support.engine import Held, server, until
from tests.support.plane import environment, refused, registration
from tests.support.waiting import at_once, eventually

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx

    from tests.support.plane import Wire


@pytest.fixture(autouse=True)
def clean(wire: Wire) -> Iterator[None]:
    """Leave nothing to the next test."""
    yield
    for name in wire.aliases():
        wire.call(rpc.DELETE_ALIAS, alias=name)
    for result in wire.call(rpc.LIST_APPLICATIONS).applications:
        wire.call(rpc.DELETE_APPLICATION, application_id=result.application_id)
    for result in wire.call(rpc.LIST_ENVIRONMENTS).environments:
        if not result.is_default:
            wire.call(rpc.DELETE_ENVIRONMENT, name=result.name)
    eventually(lambda: not wire.call(rpc.LIST_RUNNERS, list_pending=True).runners)


def runners(wire: Wire, name: str = "app", **fields: Any) -> list[Any]:
    return list(wire.call(rpc.LIST_ALIAS_RUNNERS, alias=name, list_pending=True, **fields).runners)


def test_a_registration_ends_with_revision_and_addresses(wire: Wire, http: httpx.Client) -> None:
    *before, last = wire.stream(rpc.REGISTER_APPLICATION, registration("hello"))
    assert last.result.application_id
    assert last.service_urls.run == f"{http.base_url}/local/hello".replace("//local", "/local")
    assert last.service_urls.queue.endswith("/queue/local/hello")
    assert last.service_urls.ws.startswith("ws://127.0.0.1:")
    said = [log.message for step in before for log in step.logs]
    assert "serving 1" in said
    assert http.get(last.service_urls.run).json()["version"] == "1"
    assert last.service_urls.playground == f"{http.base_url}/-/playground/hello".replace("//-", "/-")
    assert last.service_urls.log == f"{http.base_url}/-/logs/hello".replace("//-", "/-")
    assert "serving 1" in http.get("/applications/local/hello/logs").text
    alias = wire.aliases()["hello"]
    assert alias.revision == last.result.application_id
    assert (alias.auth_mode, alias.environment_name, alias.is_rolling) == (pb.PUBLIC, "main", False)


def test_what_nobody_sets_is_the_platforms_default(wire: Wire) -> None:
    wire.deploy()
    alias = wire.aliases()["app"]
    values = (alias.keep_alive, alias.max_multiplexing, alias.max_concurrency, alias.min_concurrency)
    assert values == (10, 1, 2, 0)
    assert (alias.request_timeout, alias.startup_timeout, list(alias.machine_types)) == (3600, 600, ["XS"])
    assert not alias.HasField("request_start_timeout")
    assert alias.active_runners == 1


def test_a_change_of_scale_changes_only_what_was_sent(wire: Wire) -> None:
    wire.deploy(machine={"keep_alive": 77, "machine_types": ["GPU-H100", "M"]})
    before = wire.aliases()["app"]
    after = wire.scale(max_concurrency=9, valid_regions=["us-east"], scaling_delay_seconds=3, request_start_timeout=20)
    expected = pb.AliasInfo()
    expected.CopyFrom(before)
    expected.max_concurrency = 9
    expected.valid_regions.append("us-east")
    expected.scaling_delay_seconds = 3
    expected.request_start_timeout = 20
    assert after == expected == wire.aliases()["app"]
    # Zero is a value, not an absence.
    assert wire.scale(keep_alive=0).keep_alive == 0
    assert wire.scale(concurrency_buffer=0).HasField("concurrency_buffer")


def test_a_request_start_timeout_of_zero_removes_it_also_from_the_next_deploy(wire: Wire) -> None:
    wire.deploy(machine={"request_start_timeout": 8})
    assert wire.aliases()["app"].request_start_timeout == 8
    assert not wire.scale(request_start_timeout=0).HasField("request_start_timeout")
    wire.deploy(machine={"request_start_timeout": 8})
    assert not wire.aliases()["app"].HasField("request_start_timeout")
    wire.deploy(machine={"request_start_timeout": 8}, scale=True)
    assert wire.aliases()["app"].request_start_timeout == 8


def test_a_deploy_that_nobody_follows_answers_before_its_runners_are_healthy(
    wire: Wire, http: httpx.Client, tmp_path: Path
) -> None:
    go = tmp_path / "go"
    go.touch()
    first = wire.deploy("quiet", server("1", setup=until(go)), attach_to_deployment=False)
    assert runners(wire, "quiet")[0].state == pb.RunnerInfo.IDLE, "nothing served before: it is waited for"
    go.unlink()
    second = wire.deploy("quiet", server("2", setup=until(go)), attach_to_deployment=False)
    alias = wire.aliases()["quiet"]
    assert (alias.revision, alias.is_rolling) == (second, True)
    assert http.get("/local/quiet").json()["version"] == "1"
    go.touch()
    eventually(lambda: {item.revision for item in runners(wire, "quiet")} == {second})
    assert first != second
    assert http.get("/local/quiet").json()["version"] == "2"
    assert not wire.aliases()["quiet"].is_rolling


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("keep_alive", -1),
        ("max_multiplexing", 0),
        ("max_concurrency", 0),
        ("min_concurrency", -1),
        ("concurrency_buffer", -1),
        ("concurrency_buffer_perc", -1),
        ("scaling_delay_seconds", -5),
        ("request_timeout", 0),
        ("request_start_timeout", -1),
        ("startup_timeout", 0),
        ("machine_types", ["XS", "two words"]),
        ("valid_regions", ["two words"]),
        ("min_concurrency", 50),
    ],
)
def test_scaling_that_cannot_be_names_its_field_and_changes_nothing(wire: Wire, field: str, value: Any) -> None:
    wire.deploy()
    before = wire.aliases()["app"]
    with refused("INVALID_ARGUMENT", field):
        wire.scale(**{field: value})
    assert wire.aliases()["app"] == before
    if field != "min_concurrency" or value < 0:
        with refused("INVALID_ARGUMENT", f"machine_requirements.{field}"):
            wire.deploy(machine={field: value})


def test_a_deploy_inherits_what_was_tuned_and_brings_what_belongs_to_the_code(wire: Wire) -> None:
    code = {"keep_alive": 60, "max_multiplexing": 2, "startup_timeout": 50, "machine_types": ["S"]}
    wire.deploy(machine=code)
    wire.scale(keep_alive=300, min_concurrency=1, max_multiplexing=8, machine_types=["L"], request_timeout=9)
    wire.deploy(machine=code | {"keep_alive": 61, "startup_timeout": 51})
    alias = wire.aliases()["app"]
    assert (alias.keep_alive, alias.min_concurrency, alias.request_timeout) == (300, 1, 9)
    assert (alias.max_multiplexing, alias.startup_timeout, list(alias.machine_types)) == (2, 51, ["S"])
    wire.deploy(machine=code | {"keep_alive": 61}, scale=True)
    alias = wire.aliases()["app"]
    assert (alias.keep_alive, alias.min_concurrency, alias.request_timeout) == (61, 0, 3600)


def test_the_auth_mode_stays_unless_it_is_sent(wire: Wire, http: httpx.Client) -> None:
    request = registration()
    request.ClearField("auth_mode")
    list(wire.stream(rpc.REGISTER_APPLICATION, request))
    assert wire.aliases()["app"].auth_mode == pb.PRIVATE
    assert http.get("/local/app", headers={"authorization": ""}).status_code == 401
    wire.deploy(auth_mode="SHARED")
    list(wire.stream(rpc.REGISTER_APPLICATION, request))
    assert wire.aliases()["app"].auth_mode == pb.SHARED


def test_a_rollout_that_fails_leaves_all_as_it_was(wire: Wire, http: httpx.Client) -> None:
    kept = wire.deploy(code=server("old"))
    before = wire.aliases()["app"]
    with refused("FAILED_PRECONDITION", "did not become healthy", "no licence"):
        wire.deploy(
            code=server("new", setup="lambda: exit('no licence')"), auth_mode="PRIVATE", machine={"keep_alive": 1}
        )
    assert wire.aliases()["app"] == before
    assert [item.application_id for item in wire.call(rpc.LIST_APPLICATIONS).applications] == [kept]
    assert http.get("/local/app").json()["version"] == "old"


def test_a_rolling_deploy_serves_without_a_gap(wire: Wire, http: httpx.Client) -> None:
    first = wire.deploy(code=server("1"))
    seen: list[str] = []

    def watch() -> None:
        while not seen or seen[-1] != "2":
            answer = http.get("/local/app")
            assert answer.status_code == 200
            seen.append(answer.json()["version"])

    outcome = at_once(watch, lambda: wire.deploy(code=server("2")))
    assert outcome[0] is None
    assert set(seen) == {"1", "2"} and seen == sorted(seen)
    assert eventually(lambda: [r for r in runners(wire) if r.revision == first] == [])


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"application_name": ""}, "application_name: is empty"),
        ({"application_name": "a b"}, "application_name: 'a b'"),
        ({"application_name": "a--b--c"}, "application_name: 'a--b--c'"),
        ({"environments": []}, "environments: exactly one"),
        ({"environments": [environment("docker")]}, "environments[0].kind: 'docker'"),
        ({"function": None}, "function: is unset"),
        ({"function": {"method": "dill", "definition": b"x"}}, "function.method: 'dill'"),
        ({"function": {"method": "cloudpickle"}}, "function.definition: is empty"),
        ({"function": None, "entrypoint": "module"}, "entrypoint: 'module'"),
        ({"files": [{"hash": "ab", "relative_path": "x"}]}, "files[0].hash: 'ab'"),
        ({"files": [{"hash": "a" * 64, "relative_path": "../x"}]}, "files[0].relative_path: '../x'"),
        ({"files": [{"hash": "a" * 64, "relative_path": "/x"}]}, "files[0].relative_path: '/x'"),
        ({"files": [{"hash": "a" * 64, "relative_path": "x"}]}, "files[0].hash: the content of 'x' was not uploaded"),
        ({"secrets": {"names": ["A-B"]}}, "secrets.names[0]: 'A-B'"),
        ({"retry_config": "{"}, "retry_config: is not JSON"),
        ({"retry_config": '{"weather": {"retries": 1}}'}, "retry_config: 'weather'"),
        ({"retry_config": '{"timeout": {"retries": -1}}'}, "retry_config: timeout.retries"),
        ({"skip_retry_conditions": [77]}, "skip_retry_conditions: 77"),
        ({"auth_mode": 9}, "auth_mode: 9"),
        ({"deployment_strategy": 5}, "deployment_strategy: 5"),
        ({"health_check_config": {"path": ""}}, "health_check_config.path: is empty"),
        ({"health_check_config": {"path": "/h", "timeout_seconds": 0}}, "health_check_config.timeout_seconds: 0"),
        ({"termination_grace_period_seconds": -1}, "termination_grace_period_seconds: -1"),
        ({"volumes": [{"volume_name": "v", "mount_path": "here"}]}, "volumes[0].mount_path: 'here'"),
        ({"attach_to_deployment": True, "deployment_strategy": "RECREATE"}, "attach_to_deployment"),
        (
            {"machine_requirements": {"exposed_port": 99999}},
            "machine_requirements.exposed_port: must be between 1 and 65535, not 99999",
        ),
    ],
)
def test_registrations_that_cannot_be(wire: Wire, change: dict[str, Any], text: str) -> None:
    with refused("INVALID_ARGUMENT", text):
        wire.deploy(**{"name": change.pop("application_name", "app"), **change})
    assert wire.aliases() == {}


def test_setup_functions_are_not_for_deployed_apps(wire: Wire) -> None:
    with refused("UNIMPLEMENTED", "setup_func"):
        wire.deploy(setup_func=registration().function)


def test_an_app_may_be_named_by_suffix_by_field_or_by_both(wire: Wire, http: httpx.Client) -> None:
    wire.call(rpc.CREATE_ENVIRONMENT, name="staging")
    wire.deploy("app--staging", environment_name="staging", code=server("s"))
    wire.deploy("app", code=server("m"))
    assert http.get("/local/app--staging").json()["version"] == "s"
    assert http.get("/local/app").json()["version"] == "m"
    assert list(wire.aliases(environment_name="staging")) == ["app--staging"]
    assert list(wire.aliases(environment_name="main")) == ["app"]
    assert wire.scale("app", environment_name="staging", keep_alive=5).alias == "app--staging"
    assert wire.scale("app--staging", environment_name="staging", keep_alive=6).keep_alive == 6
    assert wire.scale("app--staging", keep_alive=7).keep_alive == 7
    assert wire.aliases()["app"].keep_alive == 10
    with refused("NOT_FOUND", "environment 'prod'"):
        wire.scale("app--prod", keep_alive=1)
    with refused("INVALID_ARGUMENT", "application_name"):
        wire.scale("app--staging", environment_name="main", keep_alive=1)
    with refused("INVALID_ARGUMENT", "application_name"):
        wire.scale("app--staging--staging", environment_name="staging", keep_alive=1)


def test_set_alias_goes_back_and_makes_further_names(wire: Wire, http: httpx.Client) -> None:
    old = wire.deploy(code=server("1"))
    new = wire.deploy(code=server("2"))
    assert http.get("/local/app").json()["version"] == "2"
    info = wire.call(rpc.SET_ALIAS, alias="app", revision=old, deployment_strategy="RECREATE").alias_info
    assert (info.revision, info.auth_mode) == (old, pb.PUBLIC)
    assert eventually(lambda: http.get("/local/app").json()["version"] == "1")
    info = wire.call(rpc.SET_ALIAS, alias="canary", revision=new, auth_mode="SHARED").alias_info
    assert (info.alias, info.auth_mode, info.keep_alive) == ("canary", pb.SHARED, 10)
    assert http.get("/local/canary").json()["version"] == "2"
    with refused("NOT_FOUND", "nope"):
        wire.call(rpc.SET_ALIAS, alias="app", revision="nope")
    with refused("INVALID_ARGUMENT", "revision: is empty"):
        wire.call(rpc.SET_ALIAS, alias="app")
    with refused("INVALID_ARGUMENT", "auth_mode: 7"):
        wire.call(rpc.SET_ALIAS, alias="app", revision=old, auth_mode=7)


def test_deleting_an_alias_stops_its_runners_and_keeps_its_revision(wire: Wire, http: httpx.Client) -> None:
    revision = wire.deploy()
    assert wire.call(rpc.DELETE_ALIAS, alias="app").revision == revision
    assert eventually(lambda: http.get("/local/app").status_code == 404)
    assert eventually(lambda: not wire.call(rpc.LIST_RUNNERS, list_pending=True).runners)
    with refused("NOT_FOUND", "app 'app'"):
        wire.call(rpc.DELETE_ALIAS, alias="app")
    assert [item.application_id for item in wire.call(rpc.LIST_APPLICATIONS).applications] == [revision]
    wire.call(rpc.SET_ALIAS, alias="app", revision=revision)
    assert http.get("/local/app").status_code == 200


def test_revisions_are_listed_and_deleted(wire: Wire) -> None:
    first = wire.deploy(machine={"keep_alive": 33, "max_concurrency": 4, "valid_regions": ["us-east"]})
    second = wire.deploy()
    other = wire.deploy("other")
    result = wire.call(rpc.LIST_APPLICATIONS, application_name="app").applications
    assert [revision.application_id for revision in result] == [second, first]
    assert (result[1].keep_alive, result[1].max_concurrency, list(result[1].valid_regions)) == (33, 4, ["us-east"])
    assert result[0].active_runners == 1
    assert len(wire.call(rpc.LIST_APPLICATIONS).applications) == 3
    wire.call(rpc.DELETE_APPLICATION, application_id=first)
    with refused("NOT_FOUND", first):
        wire.call(rpc.DELETE_APPLICATION, application_id=first)
    with refused("FAILED_PRECONDITION", "'other'"):
        wire.call(rpc.DELETE_APPLICATION, application_id=other)
    with refused("INVALID_ARGUMENT", "application_id"):
        wire.call(rpc.DELETE_APPLICATION)


@pytest.mark.parametrize(
    ("method", "fields"),
    [
        (rpc.UPDATE_APPLICATION, {"application_name": "ghost"}),
        (rpc.ROLLOUT_APPLICATION, {"application_name": "ghost"}),
        (rpc.LIST_ALIAS_RUNNERS, {"alias": "ghost"}),
        (rpc.DELETE_ALIAS, {"alias": "ghost"}),
        (rpc.STOP_RUNNER, {"runner_id": "ghost"}),
        (rpc.KILL_RUNNER, {"runner_id": "ghost"}),
        (rpc.DELETE_APPLICATION, {"application_id": "ghost"}),
        (rpc.REVOKE_USER_KEY, {"key_id": "ghost"}),
        (rpc.DELETE_ENVIRONMENT, {"name": "ghost"}),
    ],
)
def test_what_does_not_exist_is_not_found_and_nothing_is_not_a_name(
    wire: Wire, method: Any, fields: dict[str, str]
) -> None:
    with refused("NOT_FOUND", "ghost"):
        wire.call(method, **fields)
    (field,) = fields
    with refused("INVALID_ARGUMENT", f"{field}: is empty"):
        wire.call(method)


def test_a_rollout_replaces_the_runners(wire: Wire, http: httpx.Client) -> None:
    revision = wire.deploy()
    (before,) = runners(wire)
    wire.call(rpc.ROLLOUT_APPLICATION, application_name="app")

    def replaced() -> bool:
        live = runners(wire)
        return len(live) == 1 and live[0].runner_id != before.runner_id and live[0].revision == revision

    assert eventually(replaced)
    assert http.get("/local/app").status_code == 200


def test_runners_are_stopped_gracefully_and_killed_at_once(wire: Wire, http: httpx.Client, tmp_path: Path) -> None:
    wire.deploy(machine={"max_concurrency": 1})
    (runner,) = runners(wire)
    assert runner.state in (pb.RunnerInfo.IDLE, pb.RunnerInfo.RUNNING)
    assert (runner.alias, runner.machine_type) == ("app", "XS")
    held = Held(lambda file: http.get(f"/local/app/hold?{file}"), tmp_path / "go")
    eventually(lambda: runners(wire)[0].in_flight_requests == 1)
    wire.call(rpc.STOP_RUNNER, runner_id=runner.runner_id)
    assert held.release().status_code == 200, "a stopped runner finishes what it does"
    assert eventually(lambda: runner.runner_id not in [r.runner_id for r in runners(wire)])
    assert http.get("/local/app").status_code == 200
    (runner,) = runners(wire)
    wire.call(rpc.KILL_RUNNER, runner_id=runner.runner_id)
    assert eventually(lambda: runner.runner_id not in [r.runner_id for r in runners(wire)])
    with refused("NOT_FOUND", runner.runner_id):
        wire.call(rpc.KILL_RUNNER, runner_id=runner.runner_id)


def test_runners_that_ended_are_listed_since_a_time(wire: Wire) -> None:
    begin = Timestamp()
    begin.GetCurrentTime()
    wire.deploy()
    (runner,) = runners(wire)
    wire.call(rpc.KILL_RUNNER, runner_id=runner.runner_id)

    def ended() -> Any:
        listed = {item.runner_id: item for item in runners(wire, start_time=begin)}
        result = listed[runner.runner_id]
        return result.state == pb.RunnerInfo.TERMINATED and result

    assert eventually(ended).uptime > 0
    assert runners(wire) == []
    assert runners(wire, start_time=Timestamp(seconds=int(time.time()) + 60)) == []
    everything = wire.call(rpc.LIST_RUNNERS, start_time=begin, list_pending=True).runners
    assert runner.runner_id in [r.runner_id for r in everything]
    with refused("INVALID_ARGUMENT", "start_time"):
        runners(wire, start_time=Timestamp(seconds=10**15))


def test_the_app_gets_its_secrets_and_files(wire: Wire, http: httpx.Client) -> None:
    wire.call(rpc.SET_SECRET, name="OPEN", value="o")
    wire.call(rpc.SET_SECRET, name="HIDDEN", value="h", default_exposed=False)
    wire.deploy("by-default")
    seen = http.get("/local/by-default/env").json()
    assert (seen.get("OPEN"), seen.get("HIDDEN")) == ("o", None)
    wire.deploy("by-name", secrets={"names": ["HIDDEN"]})
    seen = http.get("/local/by-name/env").json()
    assert (seen.get("OPEN"), seen.get("HIDDEN")) == (None, "h")
    wire.deploy("none", secrets={"names": []})
    seen = http.get("/local/none/env").json()
    assert (seen.get("OPEN"), seen.get("HIDDEN")) == (None, None)
    for name in ("OPEN", "HIDDEN"):
        wire.call(rpc.SET_SECRET, name=name)


def test_metadata_of_an_app_is_kept(wire: Wire, http: httpx.Client) -> None:
    metadata = {"openapi": {"paths": {"/": {}}}, "message": "first", "annotations": {"git": "abc"}}
    revision = wire.deploy(metadata=to_struct(metadata))
    assert http.get("/applications/local/app/metadata").json() == metadata
    assert http.get(f"/applications/local/{revision}/metadata").json() == metadata
    assert http.get("/applications/local/ghost/metadata").status_code == 404
    assert http.get("/applications/other/app/metadata").status_code == 404


def test_an_image_is_registered_but_says_that_it_cannot_run(wire: Wire, http: httpx.Client) -> None:
    image = environment("container", image={"image": "nginx", "use_isolate": False})
    request = registration("web", environments=[image])
    request.ClearField("function")
    *before, last = wire.stream(rpc.REGISTER_APPLICATION, request)
    assert any("container engine" in log.message for step in before for log in step.logs)
    assert wire.aliases()["web"].revision == last.result.application_id
    assert http.get("/local/web").status_code >= 500


def test_what_is_mounted_on_the_cloud_is_reported_as_missing_here(wire: Wire) -> None:
    request = registration(data_mounts=["/data"], volumes=[pb.VolumeMount(volume_name="v", mount_path="/v")])
    steps = list(wire.stream(rpc.REGISTER_APPLICATION, request))
    said = [log.message for step in steps for log in step.logs]
    assert any("see the whole data volume" in text for text in said)
    assert any("nothing is mounted" in text for text in said)


def test_a_second_deploy_of_the_same_app_supersedes_the_first(wire: Wire, http: httpx.Client) -> None:
    outcomes = at_once(*[lambda number=number: wire.deploy(code=server(str(number))) for number in range(3)])
    done = [outcome for outcome in outcomes if isinstance(outcome, str)]
    assert done
    assert all(error.code() is grpc.StatusCode.FAILED_PRECONDITION for error in outcomes if not isinstance(error, str))
    listed = {item.application_id for item in wire.call(rpc.LIST_APPLICATIONS).applications}
    assert listed == set(done)
    assert wire.aliases()["app"].revision in done
    assert http.get("/local/app").status_code == 200
