"""The namespaces together, on the local control plane: an app in an environment of its own, from deploy to delete."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

import fal_emulator
from fal import exceptions
from fal.api import SyncServerlessClient
from fal_emulator.engine import fleet

_APP = Path(__file__).parents[3] / "examples" / "reference" / "path" / "to" / "myfile.py"
_SICK = """
import fal


class Sick(fal.App):
    machine_type = "XS"
    min_concurrency = 1

    {} health(self):
        raise RuntimeError("no model is loaded")

    @fal.endpoint("/")
    def run(self) -> None:
        pass
"""

pytestmark = [pytest.mark.timeout(120)]


@pytest.fixture
def plane(clean_environment: None) -> Iterator[fal_emulator.Plane]:
    with fal_emulator.start(isolation="inline") as plane:
        yield plane


@pytest.fixture
def owner(plane: fal_emulator.Plane) -> Iterator[SyncServerlessClient]:
    with plane.client() as client:
        yield client


def test_an_app_lives_in_an_environment_of_its_own(owner: SyncServerlessClient) -> None:
    owner.environments.create("staging", description="before production")
    first = owner.deploy(_APP, environment_name="staging")
    (app,) = owner.apps.list(environment_name="staging")
    assert (app.alias, app.environment_name, app.revision) == ("my-app--staging", "staging", first.revision)

    # What a listing shows is what runners and addresses say, and can be given back, with its environment or alone.
    assert owner.apps.scale(app.alias, min_concurrency=1, environment_name="staging").min_concurrency == 1
    assert owner.apps.scale(app.alias, keep_alive=120).keep_alive == 120
    assert owner.apps.run(app.alias, {}) == owner.apps.run("my-app", {}, environment_name="staging")
    assert {runner.alias for runner in owner.apps.runners(app.alias)} == {app.alias}
    assert app.alias in first.urls.sync["/"]
    ready = owner.apps.wait_until_ready("my-app", environment_name="staging", timeout=60)
    assert (ready.keep_alive, ready.min_concurrency) == (120, 1)
    assert ready.active_runners >= 1

    second = owner.deploy(_APP, environment_name="staging")
    assert {each.application_id for each in owner.apps.revisions("my-app", environment_name="staging")} == {
        first.revision,
        second.revision,
    }
    assert owner.apps.rollback("my-app", environment_name="staging").revision == first.revision
    # From the oldest one, the way back is the newest of the others.
    assert owner.apps.rollback("my-app", environment_name="staging").revision == second.revision
    assert owner.apps.rollback("my-app", environment_name="staging").revision == first.revision

    owner.apps.scale("my-app", min_concurrency=0, environment_name="staging")
    runners = owner.apps.runners("my-app", state=["running", "idle"], environment_name="staging")
    for runner in runners:
        owner.runners.stop(runner.runner_id)
        owner.runners.wait_until_stopped(runner.runner_id, timeout=60)
    ended = owner.apps.runners(
        "my-app", state=["terminated"], since=datetime.now() - timedelta(hours=1), environment_name="staging"
    )
    assert {runner.runner_id for runner in runners} <= {runner.runner_id for runner in ended}

    assert owner.apps.delete("my-app", environment_name="staging") == first.revision
    with pytest.raises(exceptions.NotFound, match="my-app"):
        owner.apps.delete("my-app", environment_name="staging")
    owner.environments.delete("staging")
    assert [environment.name for environment in owner.environments.list()] == ["main"]


def test_a_key_may_do_what_it_was_created_for(plane: fal_emulator.Plane, owner: SyncServerlessClient) -> None:
    admin_id, admin_secret = owner.keys.create(scope="admin", description="an admin")
    caller_id, caller_secret = owner.keys.create(scope="api")
    assert {key.key_id: key.alias for key in owner.keys.list()}[admin_id] == "an admin"

    with SyncServerlessClient(plane.host, f"{admin_id}:{admin_secret}") as admin:
        assert admin.keys.list()
        with SyncServerlessClient(plane.host, f"{caller_id}:{caller_secret}") as caller:
            with pytest.raises(exceptions.PermissionDenied):
                caller.keys.create(scope="admin")
        admin.keys.revoke(caller_id)
        owner.keys.revoke(admin_id)
        with pytest.raises(exceptions.Unauthenticated) as caught:
            admin.keys.list()
    assert admin_secret not in str(caught.value)


def test_a_secret_is_listed_without_its_value_and_kept_to_its_environment(owner: SyncServerlessClient) -> None:
    owner.environments.create("staging")
    owner.secrets.set("TOKEN", "hunter2", environment_name="staging", default_exposed=True)
    (secret,) = owner.secrets.list("staging")
    assert (secret.name, secret.environment_name, secret.default_exposed) == ("TOKEN", "staging", True)
    assert "hunter2" not in repr(secret)
    assert owner.secrets.list("main") == []
    with pytest.raises(exceptions.NotFound, match="TOKEN"):
        owner.secrets.unset("TOKEN")
    owner.secrets.unset("TOKEN", "staging")
    assert owner.secrets.list("staging") == []


@pytest.mark.parametrize("function", ["def", "async def"])
def test_an_app_whose_health_raises_is_not_deployed(
    owner: SyncServerlessClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, function: str
) -> None:
    monkeypatch.setitem(fleet.OWN_HEALTH, "start_period_seconds", 0)
    file = tmp_path / "sick.py"
    file.write_text(_SICK.format(function))
    with pytest.raises(exceptions.FalServerlessException, match="GET /health answered 500") as failed:
        owner.deploy(file)
    assert f'{file.name}", line 10' in str(failed.value)
    assert owner.apps.list() == []


def test_a_rollout_that_nobody_followed_is_reported_as_failed(owner: SyncServerlessClient, tmp_path: Path) -> None:
    good = owner.deploy(_APP)
    file = tmp_path / "broken.py"
    file.write_text(_SICK.format("def").replace("health(self)", "setup(self)"))
    broken = owner.deploy(file, app_name="my-app", attach_to_deployment=False)
    with pytest.raises(exceptions.RolloutFailed, match=f"{good.revision} still serves"):
        owner.apps.wait_until_ready("my-app", timeout=60)
    newest, before = owner.apps.history("my-app")
    assert (newest.revision_id, newest.status, newest.is_current) == (broken.revision, "failed", False)
    assert (before.revision_id, before.status, before.is_current) == (good.revision, "deployed", True)
    assert [
        line.level for line in owner.logs.history("my-app", revision=broken.revision, search="did not become healthy")
    ]
    assert owner.apps.rollback("my-app").revision == good.revision
    assert owner.apps.wait_until_ready("my-app", timeout=60).revision == good.revision
