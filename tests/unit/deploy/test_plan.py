from __future__ import annotations

import copy
import dataclasses
import json
import pickle
from pathlib import Path
from typing import Any

import pytest

from fal._gen.proto import controller_pb2 as pb
from fal.deploy import DeployPlan, deploy, deploy_events, plan_deploy
from fal.deploy.errors import PythonVersionMismatch
from fal.exceptions import FalServerlessException, InvalidInput, PlanStale
from tests.support.fake_plane import FakePlane

APP = """\
import fal


class MyApp(fal.App):
    requirements = ["https://user:token-in-url@host/x.whl"]
    app_files = ["data"]
    keep_alive = 30

    @fal.endpoint("/")
    def go(self) -> int:
        return 1
"""
SECRETS = ("registry-password", "build-secret", "arg-value", "token-in-url", "key-secret-that-must-not-show")


@pytest.fixture
def app(project: Path) -> Path:
    (project / "app.py").write_text(APP)
    (project / "data").mkdir()
    (project / "data" / "x").write_text("xyz")
    return project / "app.py"


def live(**fields: Any) -> pb.AliasInfo:
    return pb.AliasInfo(**{"alias": "my-app", "revision": "rev-0", "keep_alive": 60, "max_concurrency": 4, **fields})


def test_a_plan_has_no_side_effects_and_says_what_will_happen(plane: FakePlane, caller: Any, app: Path) -> None:
    plane.aliases = [live(auth_mode=pb.PRIVATE, machine_types=["XS"])]
    plan = plan_deploy(caller, app, auth="public", message="hello")
    assert plane.names() == ["ListAliases"]
    assert plane.requests == []
    assert (plan.app_name, plan.alias, plan.strategy, plan.live_revision) == ("my-app", "my-app", "rolling", "rev-0")
    assert [(f.relative_path, f.size) for f in plan.files] == [("data/x", 3)]
    assert plan.bundle_size > 100
    assert plan.request["metadata"]["message"] == "hello"
    assert plan.request["scale"] is False
    assert plan.changes == {"auth_mode": ("private", "public")}
    outcomes = {setting.name: setting.outcome for setting in plan.scale}
    assert outcomes["keep_alive"] == "inherited"
    assert outcomes["max_concurrency"] == "inherited"
    assert outcomes["machine_types"] == "reset"  # code-specific: always the new revision's own
    shown = str(plan)
    for text in (
        "my-app",
        "rev-0",
        "data/x",
        "'private' -> 'public'",
        "keep_alive: 60 (inherited; the app asks for 30",
    ):
        assert text in shown
    assert json.loads(json.dumps(plan.to_dict())) == plan.to_dict()


def test_scale_settings_that_are_reset(plane: FakePlane, caller: Any, app: Path) -> None:
    plane.aliases = [live()]
    plan = plan_deploy(caller, app, reset_scale=True)
    outcomes = {setting.name: (setting.live, setting.requested, setting.outcome) for setting in plan.scale}
    assert outcomes["keep_alive"] == (60, 30, "reset")
    assert outcomes["max_concurrency"] == (4, None, "default")


def test_what_a_reset_leaves_as_it_is_does_not_change(plane: FakePlane, caller: Any, app: Path) -> None:
    plane.aliases = [live(max_concurrency=2, startup_timeout=600, max_multiplexing=1, request_timeout=7200)]
    plan = plan_deploy(caller, app)
    outcomes = {setting.name: setting.outcome for setting in plan.scale}
    assert (outcomes["startup_timeout"], outcomes["max_multiplexing"]) == ("same", "same")
    assert "startup_timeout: 600 (unchanged)" in str(plan)
    reset = {setting.name: setting.outcome for setting in plan_deploy(caller, app, reset_scale=True).scale}
    assert (reset["max_concurrency"], reset["request_timeout"]) == ("same", "default")


def test_a_first_deploy(plane: FakePlane, caller: Any, app: Path) -> None:
    plane.aliases = [live(alias="other")]
    plan = plan_deploy(caller, app, environment_name="staging")
    assert (plan.alias, plan.live_revision, plan.changes) == ("my-app--staging", None, {})
    assert {setting.outcome for setting in plan.scale} == {"new"}
    assert "first deploy" in str(plan)
    assert plane.sent("ListAliases").environment_name == "staging"


def test_no_form_of_a_plan_shows_a_secret(plane: FakePlane, caller: Any, project: Path) -> None:
    (project / "Dockerfile").write_text("FROM x\n")
    (project / "pyproject.toml").write_text(
        '[tool.fal.apps.one]\nrequirements = ["https://user:token-in-url@host/x.whl"]\n[tool.fal.apps.one.image]\n'
        'dockerfile = "Dockerfile"\nbuild_args = { TOKEN = "arg-value" }\nsecrets = { S = "build-secret" }\n'
        'registries = { "r.io" = { username = "u", password = "registry-password" } }\n'
    )
    plan = plan_deploy(caller)
    forms = [str(plan), repr(plan), json.dumps(plan.to_dict()), repr(dataclasses.asdict(plan)), f"{plan}"]
    for form in forms:
        assert not [secret for secret in SECRETS if secret in form]
    assert "TOKEN" in forms[2]
    with pytest.raises(TypeError, match="cannot be pickled"):
        pickle.dumps(plan)
    with pytest.raises(TypeError):
        copy.deepcopy(plan)
    deploy(caller, plan)
    sent = str(plane.sent("RegisterApplication"))
    assert "registry-password" in sent
    assert "token-in-url" in sent


def test_a_plan_is_executed_exactly(plane: FakePlane, caller: Any, app: Path) -> None:
    plan = plan_deploy(caller, app, auth="shared", strategy="recreate")
    result = deploy(caller, plan)
    register = plane.sent("RegisterApplication")
    assert (register.auth_mode, register.deployment_strategy) == (pb.SHARED, pb.RECREATE)
    assert len(register.function.definition) == plan.bundle_size
    assert result.auth_mode == "shared"
    assert [file.relative_path for file in register.files] == ["data/x"]


@pytest.mark.parametrize("change", ["app", "file", "new file", "pyproject", "sibling", "live"])
def test_a_plan_is_refused_when_the_world_has_changed(plane: FakePlane, caller: Any, app: Path, change: str) -> None:
    folder = app.parent
    (folder / "sibling.py").write_text("N = 1\n")
    app.write_text("import sibling\n" + APP)
    (folder / "pyproject.toml").write_text('[tool.fal.apps.my-app]\nref = "app.py"\n')
    plane.aliases = [live()]
    plan = plan_deploy(caller, "my-app")
    if change == "app":
        app.write_text("import sibling\n" + APP + "# edited\n")
    elif change == "file":
        (folder / "data" / "x").write_text("xy!")
    elif change == "new file":
        (folder / "data" / "y").write_text("")
    elif change == "pyproject":
        (folder / "pyproject.toml").write_text('[tool.fal.apps.my-app]\nref = "app.py" # edited\n')
    elif change == "sibling":
        (folder / "sibling.py").write_text("N = 2\n")
    else:
        plane.aliases = [live(revision="rev-1")]
    named = {"app": "app.py", "file": "x", "new file": "y", "pyproject": "pyproject.toml", "sibling": "sibling.py"}
    with pytest.raises(PlanStale, match=named.get(change, "rev-0 and is now rev-1")):
        deploy(caller, plan)
    assert "RegisterApplication" not in plane.names()


def test_a_plan_of_local_packages_goes_stale_with_them(plane: FakePlane, caller: Any, app: Path) -> None:
    (app.parent / "lib").mkdir()
    (app.parent / "lib" / "pyproject.toml").write_text('[project]\nname = "my-lib"\n')
    app.write_text(APP.replace("requirements = [", 'requirements = ["./lib", '))
    plan = plan_deploy(caller, app)
    assert plan.local_requirements == {"./lib": app.parent / "lib"}
    assert any("my-lib @" in text for text in plan.request["environments"][0]["configuration"]["requirements"])
    (app.parent / "lib" / "new.py").write_text("")
    with pytest.raises(PlanStale, match="lib"):
        deploy(caller, plan)


def test_a_plan_takes_no_further_arguments(plane: FakePlane, caller: Any, app: Path) -> None:
    plan = plan_deploy(caller, app)
    assert isinstance(plan, DeployPlan)
    with pytest.raises(InvalidInput, match="pass auth to plan_deploy"):
        deploy(caller, plan, auth="public")
    assert list(deploy_events(caller, plan, timeout=60))


def test_python_mismatch_is_found_before_anything_is_sent(plane: FakePlane, caller: Any, app: Path) -> None:
    app.write_text(APP.replace("    keep_alive", '    python_version = "3.8"\n    keep_alive'))
    with pytest.raises(PythonVersionMismatch, match=r"asks for Python 3\.8"):
        deploy(caller, app)
    assert plane.calls == []


@pytest.mark.parametrize("name", ["my app", "a/b", "", "x?y", "-x"])
def test_names_that_cannot_be_addresses(plane: FakePlane, caller: Any, app: Path, name: str) -> None:
    with pytest.raises(FalServerlessException, match="app_name"):
        plan_deploy(caller, app, app_name=name)
    assert plane.calls == []
