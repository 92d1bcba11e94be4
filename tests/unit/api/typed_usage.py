"""How the surface types: checked by mypy and pyright, never run.

A line with an ignore is a misuse that the type checkers must find: mypy reports an ignore that is not needed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import assert_type

from fal.api import (
    AppsNamespace,
    AsyncServerlessClient,
    AuthInfo,
    DeployEvent,
    DeploymentResult,
    DeployPlan,
    FileInfo,
    GpuUsage,
    Pager,
    QueueInfo,
    RawResponse,
    SyncServerlessClient,
)
from fal.sdk import (
    AliasInfo,
    ApiKey,
    ApplicationInfo,
    AuthMode,
    Credentials,
    EnvironmentInfo,
    KeyPreset,
    KeyScope,
    LogEntry,
    RunnerInfo,
    RunnerState,
    ServerlessSecret,
    UserAccount,
    UserKeyInfo,
)


def client_types(client: SyncServerlessClient) -> None:
    assert_type(client.host, str | None)
    assert_type(client.apps, AppsNamespace)
    assert_type(client.auth_info(), AuthInfo)
    assert_type(client.auth_info().sources["host"], str)
    assert_type(client.with_options(timeout=3), SyncServerlessClient)
    assert_type(client._credentials, Credentials)
    assert_type(client._grpc_host, str)
    with client as entered:
        assert_type(entered, SyncServerlessClient)
    assert client.timeout  # type: ignore[attr-defined]
    SyncServerlessClient(api_key=b"id:secret")  # type: ignore[arg-type]
    SyncServerlessClient("host", "key", "profile", "team", 30.0)  # type: ignore[call-arg]


def deploy_types(client: SyncServerlessClient, plan: DeployPlan) -> None:
    assert_type(client.deploy(), DeploymentResult)
    assert_type(client.deploy(Path("app.py"), auth="public", strategy="recreate"), DeploymentResult)
    assert_type(client.deploy(plan), DeploymentResult)
    assert_type(client.deploy().urls["sync"]["/"], str)
    assert_type(client.plan_deploy("app.py::App"), DeployPlan)
    assert_type(client.deploy_events("app.py::App"), Iterator[DeployEvent])
    client.deploy("app.py", "App")  # type: ignore[call-arg]
    client.deploy("app.py", auth="everyone")  # type: ignore[arg-type]
    client.deploy("app.py", strategy="canary")  # type: ignore[arg-type]
    client.deploy("app.py", nonsense=1)  # type: ignore[call-arg]


def logs_types(client: SyncServerlessClient) -> None:
    assert_type(client.logs.history("app", limit=3), list[LogEntry])
    assert_type(client.logs.stream("app"), Iterator[LogEntry])
    client.logs.history("app", since="yesterday")  # type: ignore[arg-type]


def enum_types() -> None:
    assert_type(RunnerState("running"), RunnerState)
    assert_type(RunnerState("running").number, int)
    assert_type(RunnerState.from_number(99), RunnerState)


def apps_types(client: SyncServerlessClient) -> None:
    assert_type(client.apps.list(), list[AliasInfo])
    assert_type(client.apps.runners("app", since=datetime.now(), state=["running"]), list[RunnerInfo])
    assert_type(client.apps.runners("app", state=[RunnerState.RUNNING]), list[RunnerInfo])
    assert_type(client.apps.queue("app"), QueueInfo)
    assert_type(client.apps.queue("app").waiting, int)
    client.apps.queue("app", True)  # type: ignore[call-arg]
    assert_type(client.apps.scale("app", max_concurrency=1, machine_types=["GPU-H100"]), AliasInfo)
    assert_type(client.apps.scale("app").auth_mode, AuthMode)
    assert_type(client.apps.scale("app").scaling_delay, int | None)
    client.apps.rollout("app", force=True)
    assert_type(client.apps.gpus("app"), GpuUsage)
    assert_type(client.apps.gpus("app")["gpus"], dict[str, int])
    assert_type(client.apps.revisions(), list[ApplicationInfo])
    assert_type(client.apps.set_revision("app", "rev", auth="shared", strategy="rolling"), AliasInfo)
    assert_type(client.apps.rollback("app"), AliasInfo)
    assert_type(client.apps.delete("app"), str)
    client.apps.list("stable")  # type: ignore[call-arg]
    client.apps.scale("app", keep_alive="300")  # type: ignore[arg-type]
    client.apps.scale("app", machine_types="GPU-H100")  # type: ignore[arg-type]
    client.apps.scale("app", max_runners=3)  # type: ignore[call-arg]
    client.apps.runners("app", state="running")  # type: ignore[arg-type]
    client.apps.runners("app", since="yesterday")  # type: ignore[arg-type]
    client.apps.set_revision("app", "rev", strategy=None)  # type: ignore[arg-type]


def runners_types(client: SyncServerlessClient) -> None:
    assert_type(client.runners.list(), list[RunnerInfo])
    assert_type(client.runners.list()[0].state, RunnerState | None)
    assert_type(client.runners.gpus()["total"], int)
    client.runners.stop("id", replace_first=True)
    client.runners.stop(client.runners.list()[0])  # type: ignore[arg-type]
    client.runners.kill(None)  # type: ignore[arg-type]


def keys_types(client: SyncServerlessClient) -> None:
    assert_type(client.keys.create(scope="admin"), tuple[str, str])
    assert_type(client.keys.create(scope=KeyScope.ADMIN), tuple[str, str])
    assert_type(client.keys.create(preset=KeyPreset.DEPLOY, description="ci"), tuple[str, str])
    assert_type(client.keys.create(permissions=["serverless:read"]), tuple[str, str])
    assert_type(client.keys.list(), list[UserKeyInfo])
    assert_type(client.keys.list()[0].created_at, datetime | None)
    client.keys.create("admin")  # type: ignore[call-arg, arg-type]
    client.keys.create(scope="root")  # type: ignore[arg-type]
    client.keys.create(preset="EVERYTHING")  # type: ignore[arg-type]


def secrets_types(client: SyncServerlessClient) -> None:
    assert_type(client.secrets.list("staging"), list[ServerlessSecret])
    client.secrets.set("NAME", "value", "staging", default_exposed=False)
    client.secrets.unset("NAME", "staging")
    client.secrets.set("NAME", None)  # type: ignore[arg-type]
    client.secrets.set("NAME")  # type: ignore[call-arg]


def teams_types(client: SyncServerlessClient) -> None:
    assert_type(client.teams.list(), list[UserAccount])
    client.teams.list("acme")  # type: ignore[call-arg]


def files_types(client: SyncServerlessClient) -> None:
    assert_type(client.files.list(), list[FileInfo])
    assert_type(client.files.download("x", Path("x"), overwrite=True), Path)
    assert_type(client.files.upload(Path("x"), "x"), FileInfo)
    assert_type(client.files.list()[0].updated_at, datetime | None)
    client.files.delete("x")
    client.files.download("x", "x", True)  # type: ignore[call-arg]


def environments_types(client: SyncServerlessClient) -> None:
    assert_type(client.environments.list(), list[EnvironmentInfo])
    assert_type(client.environments.create("staging", "before production"), EnvironmentInfo)
    client.environments.create()  # type: ignore[call-arg]


def raw_responses(client: SyncServerlessClient) -> None:
    assert_type(client.with_raw_response.apps.list(filter="a").parsed, list[AliasInfo])
    assert_type(client.with_raw_response.secrets.set("A", "b"), RawResponse[None])
    client.with_raw_response.apps.runners()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    client.with_raw_response.apps.list(nothing=1)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    assert_type(client.with_raw_response.keys.details(), RawResponse[Pager[ApiKey]])


async def async_raw_responses(client: AsyncServerlessClient) -> None:
    assert_type((await client.with_raw_response.apps.list()).parsed, list[AliasInfo])
