"""Every example of the surface runs: those in the docstrings, and the documented ones as files."""

from __future__ import annotations

import json
import os
import runpy
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import timestamp_pb2

from fal._gen.proto import controller_pb2 as pb
from fal.api import Profiles, SyncServerlessClient
from tests.unit.api.conftest import Events
from tests.unit.api.docstrings import examples, needs_a_deploy

_REFERENCE = Path(__file__).parents[3] / "examples" / "reference"
_EXAMPLES = examples()


@pytest.fixture
def populated(wire: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """A platform on which there is one of everything, found through the environment; files are written to a folder."""
    monkeypatch.chdir(tmp_path)

    def at(second: int) -> timestamp_pb2.Timestamp:
        return timestamp_pb2.Timestamp(seconds=1_700_000_000 + second)

    alias = pb.AliasInfo(alias="my-app", revision="rev-2")
    runner = pb.RunnerInfo(runner_id="runner-id", alias="my-app", revision="rev-2", state=pb.RunnerInfo.RUNNING)

    def stop(_: Any) -> pb.StopRunnerResponse:
        runner.state = pb.RunnerInfo.TERMINATED
        return pb.StopRunnerResponse()

    wire.answers.update(
        StopRunner=stop,
        ShellRunner=lambda _: [pb.ShellRunnerOutput(data=b"hello\r\n"), pb.ShellRunnerOutput(close=True, exit_code=0)],
        ListAliases=pb.ListAliasesResult(aliases=[alias]),
        UpdateApplication=pb.UpdateApplicationResult(alias_info=alias),
        SetAlias=pb.SetAliasResult(alias_info=alias),
        DeleteAlias=pb.DeleteAliasResult(revision="rev-2"),
        ListApplications=pb.ListApplicationsResult(
            applications=[
                pb.ApplicationInfo(application_id="rev-1", created_at=at(1)),
                pb.ApplicationInfo(application_id="rev-2", created_at=at(2)),
            ]
        ),
        ListAliasRunners=pb.ListAliasRunnersResponse(runners=[runner]),
        ListRunners=lambda _: pb.ListRunnersResponse(runners=[runner, runner]),
        CreateUserKey=pb.CreateUserKeyResponse(key_id="key-id", key_secret="key-secret"),
        ListUserKeys=pb.ListUserKeysResponse(user_keys=[pb.UserKeyInfo(key_id="key-id")]),
        ListSecrets=pb.ListSecretsResponse(secrets=[pb.Secret(name="API_KEY")]),
        ListEnvironments=pb.ListEnvironmentsResponse(environments=[pb.EnvironmentInfo(name="staging")]),
        CreateEnvironment=pb.CreateEnvironmentResponse(environment=pb.EnvironmentInfo(name="staging")),
    )
    app = {"runner_count": 1, "gpu_count": 1, "queue_size": 0, "gpu_count_by_type": {"H100": 1}}
    summary = {"total_runners": 1, "total_gpus": 1, "total_queue_size": 0, "total_gpu_by_type": {"H100": 1}}
    wire.documents["/applications/metrics"] = (200, {"apps": {"acme/my-app": app}, "summary": summary})
    wire.documents["/users/current"] = (
        200,
        {"user_id": "u", "nickname": "acme", "full_name": "Acme", "is_locked": False, "is_personal": True},
    )
    wire.documents["/users/teams"] = (200, [{"nickname": "acme", "user_id": "u"}])
    wire.documents["/applications/acme/my-app/queue"] = (200, {"queue_size": 0})
    line = {"app": "my-app", "level": "INFO", "message": "hello", "timestamp": "2026-01-01T00:00:00+00:00"}
    wire.documents["/logs/history"] = (200, {"items": [line]})
    wire.documents["/logs/stream"] = (200, Events([f"data: {json.dumps(line)}\n\n"]))
    file = {"path": "/data/models/base.bin", "is_file": True, "size": 5, "updated_time": 1_700_000_000.5}
    wire.documents["/files/list//data/models"] = (200, [file])
    wire.documents["/files/file//data/models/base.bin"] = (200, b"bytes")
    for path in (
        "file//data/models/old.bin", "file/local//data/models/labels.txt", "file/local//data/models/labels/cats.txt",
        "file/url//data/models/base.bin", "rename//data/models/base.bin",
    ):  # fmt: skip
        wire.documents[f"/files/{path}"] = (200, True)
    queued = "/queue/acme/my-app"
    wire.documents[queued] = (200, {"request_id": "request-id"})
    wire.documents[f"{queued}/requests/request-id/status"] = (200, {"status": "COMPLETED", "logs": []})
    wire.documents[f"{queued}/requests/request-id/cancel"] = (202, {"status": "CANCELLATION_REQUESTED"})
    wire.documents[f"{queued}/requests/request-id"] = (200, {"image": "a cat"})
    wire.documents["/acme/my-app/stream"] = (200, Events(['data: {"image": "half a cat"}\n\n']))
    platform(wire.documents)
    code = {
        "device_code": "d",
        "user_code": "ABCD",
        "verification_uri_complete": "u",
        "expires_in": 9,
        "interval": 0.01,
    }
    wire.documents["/oauth/device/code"] = (200, code)
    wire.documents["/oauth/token"] = (200, {"access_token": "a", "refresh_token": "r"})
    wire.documents["/oauth/revoke"] = (200, {})
    (Path(os.environ["FAL_HOME_DIR"]) / "auth0_token").write_text("r\n")
    monkeypatch.setenv("FAL_AUTH_URL", wire.rest_host)
    # The variables that point any client of the platform at a server on this machine.
    monkeypatch.setenv("FAL_GRPC_HOST", wire.host.removeprefix("http://"))
    monkeypatch.setenv("FAL_REST_HOST", wire.rest_host.removeprefix("http://"))
    monkeypatch.setenv("FAL_RUN_HOST", wire.rest_host.removeprefix("http://"))
    monkeypatch.setenv("FAL_PLATFORM_HOST", wire.rest_host.removeprefix("http://") + "/v1")
    monkeypatch.setenv("FAL_KEY", "env-key-id:env-key-secret")
    monkeypatch.setenv("ISOLATE_TEST_MODE", "1")
    return wire


def platform(documents: dict[str, Any]) -> None:
    """Answer the operations of the platform API, one entry each."""
    page = {"has_more": False, "next_cursor": None}
    when, endpoint = "2026-01-01T00:00:00Z", {"endpoint_id": "acme/my-app"}
    cost = dict.fromkeys(("unit_price", "cost_subtotal", "cost_discount", "cost_total", "cost"), 0.5)
    used = {
        **cost, "app": "my-app", "environment": None, "machine_type": "XS", "unit": "second", "quantity": 1,
        "percent_discount": None, "currency": "USD", "is_surge": False,
    }  # fmt: skip
    figures = {**endpoint, "request_count": 1, "error_count": 0, "p95_duration": 0.5}
    event = {"event_id": "e", "category": "runner_started", "created_at": when, "payload": {}}
    request = {
        **endpoint, "request_id": "6f0e8cfe-1111-4222-8333-444455556666", "started_at": when, "sent_at": when,
        "runner_id": None,
    }  # fmt: skip
    counts = {"timestamp": when, "running": 1, "idle": 0, "pending": 0, "draining": 0}
    revision = {
        "revision_id": "r", "created_at": when, "is_current": True, "message": None, "annotations": None, "status": None,
        "deployed_by": None,
    }  # fmt: skip
    app = {
        **endpoint, "name": "my-app", "owner": "acme", "environment": "main", "machine_type": "XS", "auth_mode": "private",
        "keep_alive": 10, "min_concurrency": 0, "max_concurrency": 2, "request_timeout": 3600, "startup_timeout": 600,
        "valid_regions": [], "updated_at": when, "endpoints": [],
    }  # fmt: skip
    key = {"key_id": "k", "alias": "ci", "scope": "API", "created_at": when}
    for path, document in {
        "usage": {**page, "time_series": [{"bucket": when, "results": [used]}], "summary": [used]},
        "analytics": {**page, "time_series": [{"bucket": when, "results": [figures]}], "summary": [figures]},
        "apps": {"apps": [app]},
        "apps/acme/my-app/events": {**page, **endpoint, "events": [event]},
        "apps/acme/my-app/revisions": {**page, **endpoint, "revisions": [revision]},
        "apps/acme/my-app/runners/history": {
            **endpoint,
            "timeframe": "hour",
            "aggregation": "max",
            "history": [counts],
        },
        "requests/by-endpoint": {**page, "items": [request]},
        "metrics": b"fal_app_runner_count 1\n",
    }.items():
        documents[f"/v1/serverless/{path}"] = (200, document)
    documents["/v1/keys"] = (200, {**page, "keys": [key]})


@pytest.mark.parametrize("name", sorted(name for name in _EXAMPLES if not needs_a_deploy(name)))
def test_the_example_in_a_docstring_runs(populated: Any, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with SyncServerlessClient() as client:
        names: dict[str, Any] = {"client": client, "key_id": "key-id", "Profiles": Profiles}
        if name.startswith("Profiles."):
            Profiles().create("home" if name.endswith("create") else "work")
        exec(compile(_EXAMPLES[name], name, "exec"), names)
        if names["client"] is not client:
            names["client"].close()
    owner, _, method = name.partition(".")
    local = owner == "Profiles" or name == "TeamsNamespace.unset"
    if not local and (not method or owner != "SyncServerlessClient" or method == "with_options"):
        assert populated.calls, "the example calls the platform"
    capsys.readouterr()


@pytest.mark.parametrize("name", ["apps", "runners", "keys", "account_secrets"])
def test_a_documented_example_runs_as_a_file(populated: Any, name: str) -> None:
    result = runpy.run_path(str(_REFERENCE / f"{name}.py"))
    result["client"].close()
    called = {
        "apps": {"ListAliases", "ListAliasRunners", "UpdateApplication", "RolloutApplication"},
        "runners": {"ListRunners", "StopRunner", "KillRunner"},
        "keys": {"ListUserKeys", "CreateUserKey", "RevokeUserKey"},
        "account_secrets": {"SetSecret", "ListSecrets"},
    }
    assert {call for call, _ in populated.calls} == called[name]
    assert all(headers["auth-key-id"] == "env-key-id" for headers in populated.headers)
