"""What goes over the wire, call by call, against requests that were recorded from the released client."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import json_format

from fal import sdk
from fal._gen import rpc
from fal.api import SyncServerlessClient

_CASES = json.loads((Path(__file__).parents[2] / "data" / "expected_requests.json").read_text(encoding="utf-8"))


def _argument(value: Any) -> Any:
    if isinstance(value, dict) and "$datetime" in value:
        return datetime.fromisoformat(value["$datetime"])
    if isinstance(value, dict) and "$enum" in value:
        enum, _, member = value["$enum"].partition(".")
        return getattr(sdk, enum)[member]
    return value


def _name(case: dict[str, Any]) -> str:
    arguments = [str(each) for each in case["args"]] + [f"{key}={value}" for key, value in case["kwargs"].items()]
    return f"{case['call']}({', '.join(arguments)})"


@pytest.mark.parametrize("case", _CASES, ids=_name)
def test_a_call_sends_what_the_released_client_sends(
    client: SyncServerlessClient, wire: Any, case: dict[str, Any]
) -> None:
    namespace, _, method = case["call"].partition(".")
    call = getattr(getattr(client, namespace), method)
    call(*map(_argument, case["args"]), **{key: _argument(value) for key, value in case["kwargs"].items()})
    expected = json_format.ParseDict(case["request"], rpc.METHODS[case["rpc"]].request())
    assert wire.calls == [(case["rpc"], expected)]


@pytest.mark.parametrize("scope", ["admin", "ADMIN", "Admin", sdk.KeyScope.ADMIN])
def test_an_admin_scope_mints_an_admin_key_and_never_sends_the_scope(
    client: SyncServerlessClient, wire: Any, scope: Any
) -> None:
    client.keys.create(scope=scope)
    assert wire.request.policy_preset == "FULL"
    assert not wire.request.HasField("scope")


@pytest.mark.parametrize("preset", ["deploy", "DEPLOY", sdk.KeyPreset.DEPLOY])
def test_a_preset_is_taken_as_a_member_or_in_any_case(client: SyncServerlessClient, wire: Any, preset: Any) -> None:
    client.keys.create(preset=preset)
    assert wire.request.policy_preset == "DEPLOY"


@pytest.mark.parametrize("strategy", ["RECREATE", "recreate", sdk.DeploymentStrategy.RECREATE])
def test_enums_are_taken_as_members_or_in_any_case(client: SyncServerlessClient, wire: Any, strategy: Any) -> None:
    client.apps.set_revision("my-app", "rev-1", auth=sdk.AuthMode.SHARED, strategy=strategy)
    assert wire.request.deployment_strategy == 0
    assert wire.request.HasField("deployment_strategy")
    assert wire.request.auth_mode == 2


def test_a_naive_time_is_local_time(client: SyncServerlessClient, wire: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    if not hasattr(time, "tzset"):
        pytest.skip("the time zone of a process cannot be changed here")
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        client.runners.list(since=datetime(2026, 3, 4, 9, 0, 0))
    finally:
        monkeypatch.undo()
        time.tzset()
    assert wire.request.start_time.ToDatetime() == datetime(2026, 3, 4, 0, 0, 0)


def test_a_masked_key_is_stored_as_it_is(client: SyncServerlessClient, wire: Any) -> None:
    assert client.api_key is not None
    client.secrets.set("FAL_KEY", client.api_key)
    assert wire.request.value == "test-key-id:test-key-secret"


@pytest.mark.parametrize("app_name", ["my-app", "my-app--staging"])
def test_the_environment_is_never_put_behind_a_name_twice(
    client: SyncServerlessClient, wire: Any, app_name: str
) -> None:
    client.apps.rollout(app_name, environment_name="staging")
    assert wire.request.application_name == "my-app--staging"
