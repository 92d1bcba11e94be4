"""What comes back: absent is None, unknown is a member, times are aware, names are as they were given."""

from __future__ import annotations

from dataclasses import asdict, fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import grpc
import pytest
from google.protobuf import struct_pb2, timestamp_pb2
from hypothesis import given, settings
from hypothesis import strategies as st

from fal import exceptions, sdk
from fal._gen.proto import controller_pb2 as pb
from fal.api import FalServerlessError, SyncServerlessClient

_AT = datetime(2026, 3, 4, 5, 6, 7, 125000, tzinfo=UTC)


def _stamp() -> timestamp_pb2.Timestamp:
    return timestamp_pb2.Timestamp(seconds=int(_AT.timestamp()), nanos=125000000)


def _alias(name: str, **more: Any) -> pb.AliasInfo:
    return pb.AliasInfo(alias=name, revision="rev-1", **more)


def test_an_app_that_says_little_has_none_where_the_wire_is_silent(client: SyncServerlessClient, wire: Any) -> None:
    wire.answers["ListAliases"] = pb.ListAliasesResult(aliases=[_alias("my-app")])
    (app,) = client.apps.list()
    assert app.alias == "my-app"
    assert app.auth_mode is sdk.AuthMode.PRIVATE
    for name in (
        "concurrency_buffer",
        "concurrency_buffer_perc",
        "scaling_delay",
        "request_timeout",
        "environment_name",
    ):
        assert getattr(app, name) is None
    assert app.machine_types == []
    assert app.is_rolling is False


def test_results_are_dataclasses_with_the_attributes_that_scripts_use(client: SyncServerlessClient, wire: Any) -> None:
    wire.answers["UpdateApplication"] = pb.UpdateApplicationResult(
        alias_info=_alias(
            "my-app", scaling_delay_seconds=30, valid_regions=["us-east"], max_concurrency=4, is_rolling=True
        )
    )
    app = client.apps.scale("my-app", scaling_delay=30)
    assert isinstance(app, sdk.AliasInfo)
    assert app.scaling_delay == 30
    assert app.valid_regions == ["us-east"]
    assert app.is_rolling is True
    assert asdict(app)["max_concurrency"] == 4
    assert [field.name for field in fields(app)][:3] == ["alias", "revision", "auth_mode"]
    assert replace(app, alias="other").alias == "other"


def test_an_unknown_auth_mode_or_state_does_not_break_a_listing(client: SyncServerlessClient, wire: Any) -> None:
    wire.answers["ListAliases"] = pb.ListAliasesResult(aliases=[_alias("old"), _alias("new", auth_mode=9)])
    wire.answers["ListRunners"] = pb.ListRunnersResponse(
        runners=[pb.RunnerInfo(runner_id="a", state=42, replacement=7), pb.RunnerInfo(runner_id="b")]
    )
    assert [app.auth_mode.is_known for app in client.apps.list()] == [True, False]
    odd, silent = client.runners.list()
    assert odd.state is not None
    assert odd.state.number == 42
    assert odd.state == "UNKNOWN_42"
    assert not odd.replacement.is_known
    assert silent.state is None
    assert silent.expiration_countdown is None
    assert silent.replacement is sdk.ReplaceState.NO_REPLACE


def test_a_runner_has_its_uptime_and_its_metadata(client: SyncServerlessClient, wire: Any) -> None:
    metadata = struct_pb2.Struct()
    metadata.update({"node": {"cpus": 8}, "load": 0.5})
    wire.answers["ListRunners"] = pb.ListRunnersResponse(
        runners=[pb.RunnerInfo(runner_id="a", uptime=90, external_metadata=metadata, state=pb.RunnerInfo.FAILURE_DELAY)]
    )
    (runner,) = client.runners.list()
    assert runner.uptime == timedelta(seconds=90)
    assert runner.external_metadata == {"node": {"cpus": 8}, "load": 0.5}
    assert isinstance(runner.external_metadata["node"]["cpus"], int)
    assert runner.state is sdk.RunnerState.CRASH_BACKOFF


def test_times_are_aware_or_none_and_never_1970(client: SyncServerlessClient, wire: Any) -> None:
    wire.answers["ListSecrets"] = pb.ListSecretsResponse(
        secrets=[pb.Secret(name="A", created_time=_stamp(), default_exposed=False), pb.Secret(name="B")]
    )
    wire.answers["ListUserKeys"] = pb.ListUserKeysResponse(
        user_keys=[pb.UserKeyInfo(key_id="k", created_at=_stamp(), scope=pb.CreateUserKeyRequest.API), pb.UserKeyInfo()]
    )
    wire.answers["ListEnvironments"] = pb.ListEnvironmentsResponse(
        environments=[
            pb.EnvironmentInfo(name="main", is_default=True),
            pb.EnvironmentInfo(name="s", created_at=_stamp()),
        ]
    )
    wire.answers["ListApplications"] = pb.ListApplicationsResult(
        applications=[
            pb.ApplicationInfo(application_id="r", created_at=_stamp()),
            pb.ApplicationInfo(application_id="q"),
        ]
    )
    dated, undated = client.secrets.list()
    assert (dated.created_at, undated.created_at) == (_AT, None)
    assert (dated.default_exposed, undated.default_exposed) == (False, None)
    key, bare = client.keys.list()
    assert (key.created_at, bare.created_at) == (_AT, None)
    assert key.scope is sdk.KeyScope.API
    main, staging = client.environments.list()
    assert (main.created_at, staging.created_at) == (None, _AT)
    assert (main.is_default, main.description) == (True, None)
    revision, old = client.apps.revisions("my-app")
    assert (revision.created_at, old.created_at) == (_AT, None)


def test_a_created_key_is_a_pair(client: SyncServerlessClient, wire: Any) -> None:
    wire.answers["CreateUserKey"] = pb.CreateUserKeyResponse(key_id="the-id", key_secret="the-secret")
    key_id, key_secret = client.keys.create(scope="admin")
    assert (key_id, key_secret) == ("the-id", "the-secret")


def test_a_created_environment_comes_back(client: SyncServerlessClient, wire: Any) -> None:
    wire.answers["CreateEnvironment"] = pb.CreateEnvironmentResponse(
        environment=pb.EnvironmentInfo(name="staging", description="before production")
    )
    assert client.environments.create("staging").description == "before production"


def test_apps_of_an_environment_are_listed_as_runners_and_addresses_call_them(
    client: SyncServerlessClient, wire: Any
) -> None:
    wire.answers["ListAliases"] = pb.ListAliasesResult(
        aliases=[_alias("my-app--staging", environment_name="staging"), _alias("other--prod", environment_name="prod")]
    )
    assert [app.alias for app in client.apps.list(environment_name="staging")] == ["my-app--staging", "other--prod"]
    assert [app.alias for app in client.apps.list()] == ["my-app--staging", "other--prod"]
    assert [app.alias for app in client.apps.list(filter="staging", environment_name="staging")] == ["my-app--staging"]
    assert [app.alias for app in client.apps.list(filter="oth")] == ["other--prod"]


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (None, "pending running dead terminated backoff new none"),
        ([], "pending running dead terminated backoff new none"),
        (["all"], "pending running dead terminated backoff new none"),
        (["running", "ALL"], "pending running dead terminated backoff new none"),
        (["running"], "running"),
        (["RUNNING", "Pending"], "pending running"),
        ([sdk.RunnerState.RUNNING], "running"),
        ({"running"}, "running"),
        (["terminated"], "dead terminated"),
        (["dead"], "dead"),
        (["failure_delay"], "backoff"),
        (["crash_backoff"], "backoff"),
        (["idle"], ""),
        ([sdk.RunnerState.from_number(42)], "new"),
    ],
)
def test_the_state_filter_finds_what_was_meant(
    client: SyncServerlessClient, wire: Any, state: Any, expected: str
) -> None:
    states = {
        "pending": 1,
        "running": 0,
        "dead": 3,
        "terminated": 7,
        "backoff": 9,
        "new": 42,
    }
    runners = [pb.RunnerInfo(runner_id=name, state=number) for name, number in states.items()]
    wire.answers["ListAliasRunners"] = pb.ListAliasRunnersResponse(runners=[*runners, pb.RunnerInfo(runner_id="none")])
    assert " ".join(runner.runner_id for runner in client.apps.runners("my-app", state=state)) == expected


def test_a_deleted_app_shows_its_revision(client: SyncServerlessClient, wire: Any) -> None:
    wire.answers["DeleteAlias"] = pb.DeleteAliasResult(revision="rev-1")
    assert client.apps.delete("my-app") == "rev-1"


_NAME = st.from_regex(r"[a-z0-9]+(-[a-z0-9]+)*", fullmatch=True)


@settings(max_examples=50)
@given(app=_NAME, environment=_NAME)
def test_a_listed_name_given_back_means_the_same_app(
    client: SyncServerlessClient, wire: Any, app: str, environment: str
) -> None:
    on_the_wire = app if environment == "main" else f"{app}--{environment}"
    wire.answers["ListAliases"] = pb.ListAliasesResult(aliases=[_alias(on_the_wire)])
    (listed,) = client.apps.list(environment_name=environment)
    assert listed.alias == on_the_wire
    for name in (listed.alias, app):
        wire.reset()
        client.apps.rollout(name, environment_name=environment)
        assert wire.request.application_name == on_the_wire


def _history(wire: Any, current: str) -> None:
    def at(hour: int) -> timestamp_pb2.Timestamp:
        return timestamp_pb2.Timestamp(seconds=int(_AT.timestamp()) + hour * 3600)

    wire.answers["ListAliases"] = pb.ListAliasesResult(
        aliases=[pb.AliasInfo(alias="other", revision="x"), pb.AliasInfo(alias="my-app", revision=current, auth_mode=1)]
    )
    wire.answers["ListApplications"] = pb.ListApplicationsResult(
        applications=[
            pb.ApplicationInfo(application_id="third", created_at=at(3)),
            pb.ApplicationInfo(application_id="first", created_at=at(1)),
            pb.ApplicationInfo(application_id="second", created_at=at(2)),
            pb.ApplicationInfo(application_id="undated"),
        ]
    )
    wire.answers["SetAlias"] = pb.SetAliasResult(alias_info=pb.AliasInfo(alias="my-app", revision="second"))


def test_a_rollback_takes_the_revision_before_the_current_one(client: SyncServerlessClient, wire: Any) -> None:
    _history(wire, current="third")
    assert client.apps.rollback("my-app").revision == "second"
    name, request = wire.calls[-1]
    assert name == "SetAlias"
    assert (request.revision, request.auth_mode, request.deployment_strategy) == ("second", 1, 1)


def test_a_rollback_from_the_first_revision_takes_the_newest_other(client: SyncServerlessClient, wire: Any) -> None:
    _history(wire, current="first")
    client.apps.rollback("my-app")
    name, request = wire.calls[-1]
    assert (name, request.revision) == ("SetAlias", "third")


@pytest.mark.parametrize("current", ["undated", "deleted"])
def test_a_rollback_from_a_revision_of_no_date_says_so(client: SyncServerlessClient, wire: Any, current: str) -> None:
    _history(wire, current=current)
    with pytest.raises(exceptions.FailedPrecondition, match="app 'my-app' has no other revision"):
        client.apps.rollback("my-app")
    assert "SetAlias" not in [name for name, _ in wire.calls]


def test_a_rollback_of_an_unknown_app_says_so(client: SyncServerlessClient, wire: Any) -> None:
    with pytest.raises(exceptions.NotFound, match="no app 'my-app'"):
        client.apps.rollback("my-app")


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (grpc.StatusCode.NOT_FOUND, exceptions.NotFound),
        (grpc.StatusCode.PERMISSION_DENIED, exceptions.PermissionDenied),
        (grpc.StatusCode.UNAUTHENTICATED, exceptions.Unauthenticated),
        (grpc.StatusCode.INVALID_ARGUMENT, exceptions.InvalidArgument),
    ],
)
def test_a_refusal_is_an_error_of_the_one_tree(
    client: SyncServerlessClient, wire: Any, code: grpc.StatusCode, error: type[FalServerlessError]
) -> None:
    wire.answers["RevokeUserKey"] = (code, "no such key")
    with pytest.raises(error, match="no such key") as caught:
        client.keys.revoke("key-id")
    assert isinstance(caught.value, FalServerlessError)
    assert caught.value.code == code.name
    assert caught.value.method == "RevokeUserKey"
    assert len(wire.calls) == 1
