"""The documented examples as written, one after the other, against the local control plane."""

from __future__ import annotations

import os
import runpy
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import fal_emulator
from fal.api import SyncServerlessClient
from tests.unit.api.docstrings import examples, needs_a_deploy

_REFERENCE = Path(__file__).parents[3] / "examples" / "reference"

pytestmark = [pytest.mark.timeout(180)]


@pytest.fixture(scope="module")
def plane() -> Iterator[Any]:
    with fal_emulator.start(isolation="inline") as plane:
        yield plane


@pytest.fixture
def reader(plane: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[SyncServerlessClient]:
    """Someone who follows the documentation, with a key in the environment."""
    for name in list(os.environ):
        if name.startswith(("FAL_", "ISOLATE_")):
            monkeypatch.delenv(name)
    for name, value in plane.env().items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(_REFERENCE)
    with SyncServerlessClient() as client:
        yield client


def _run(name: str) -> dict[str, Any]:
    result = runpy.run_path(str(_REFERENCE / f"{name}.py"))
    result["client"].close()
    return result


def _wait_for_rollouts(reader: SyncServerlessClient) -> None:
    """Wait until no runner is on its way out: one that ends between being listed and being stopped is not found."""
    until = time.monotonic() + 60
    while leaving := [runner for runner in reader.runners.list() if runner.state in ("DRAINING", "TERMINATING")]:
        assert time.monotonic() < until, leaving
        time.sleep(0.05)


def test_the_documented_examples_work_one_after_the_other(reader: SyncServerlessClient) -> None:
    _run("deploy")
    apps = {app.alias: app for app in reader.apps.list()}
    assert set(apps) == {"my-app", "myapp"}
    assert (apps["my-app"].auth_mode, apps["myapp"].auth_mode) == ("private", "public")
    assert len(reader.apps.revisions("my-app")) == 3

    before = apps["my-app"].revision
    _run("client")
    (app,) = reader.apps.list(filter="my-app")
    assert app.max_concurrency == 10
    assert app.revision != before

    _run("apps")
    (app,) = reader.apps.list(filter="my-app")
    assert (app.keep_alive, app.min_concurrency, app.machine_types) == (300, 1, ["GPU-H100", "GPU-H200"])
    assert reader.apps.rollback("my-app").revision == before

    result = _run("keys")
    assert result["key_id"] not in [key.key_id for key in reader.keys.list()]
    _run("account_secrets")
    assert reader.secrets.list() == []
    _wait_for_rollouts(reader)
    _run("runners")


@pytest.mark.parametrize("name", sorted(name for name in examples() if needs_a_deploy(name)))
def test_the_example_in_a_docstring_runs(
    reader: SyncServerlessClient, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if name in ("SyncServerlessClient", "AppsNamespace.run"):
        reader.deploy("path/to/myfile.py::MyApp")  # it is about an app that is there already
    names: dict[str, Any] = {"client": reader}
    exec(compile(examples()[name], name, "exec"), names)
    if names["client"] is not reader:
        names["client"].close()
    said = capsys.readouterr().out
    if name in ("SyncServerlessClient.run", "SyncServerlessClient.run_local"):
        assert said == "3\n"
    else:
        assert "my-app" in [app.alias for app in reader.apps.list()]


def test_a_plan_is_shown_and_then_carried_out(reader: SyncServerlessClient) -> None:
    plan = reader.plan_deploy("path/to/myfile.py::MyApp", app_name="planned")
    assert "planned" not in [app.alias for app in reader.apps.list()]
    result = reader.deploy(plan)
    assert result.app_name == "planned"
    (app,) = reader.apps.list(filter="planned")
    assert app.revision == result.revision


def test_the_events_of_a_deploy_end_with_its_result(reader: SyncServerlessClient) -> None:
    events = list(reader.deploy_events("path/to/myfile.py::MyApp", app_name="evented"))
    last: Any = events[-1]
    assert type(last).__name__ == "RolledOut"
    assert last.result.app_name == "evented"
    assert last.result.urls["sync"]["/"].endswith("/evented/")
