"""What users hold: errors, events and results."""

from __future__ import annotations

import dataclasses
import json
import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

import fal.deploy
from fal.deploy import DeployEvent, DeploymentResult, DeploymentURLs, errors, events
from fal.exceptions import FalServerlessException

ERRORS = [getattr(errors, name) for name in errors.__all__]


@pytest.mark.parametrize("kind", ERRORS)
def test_errors_survive_pickling_and_keep_their_text(kind: type[FalServerlessException]) -> None:
    error = kind("the text")
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is kind
    assert (str(again), again.message) == (str(error), "the text")
    assert isinstance(again, FalServerlessException)


def test_every_event_is_exported_frozen_and_printable() -> None:
    kinds = [item for item in vars(events).values() if isinstance(item, type) and issubclass(item, DeployEvent)]
    assert {kind.__name__ for kind in kinds} <= set(fal.deploy.__all__)
    for kind in kinds:
        assert dataclasses.is_dataclass(kind)
        values = dict.fromkeys((field.name for field in dataclasses.fields(kind)), "x")
        event = kind(**values)
        assert event.app_name == "x"
        assert kind.__name__ in repr(event)
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(event, "app_name", "y")  # noqa: B010 - a type checker refuses the plain form
        assert kind.__doc__


def test_every_exported_name_exists() -> None:
    for name in fal.deploy.__all__:
        assert getattr(fal.deploy, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        fal.deploy.nonsense  # noqa: B018


def test_a_result_is_typed_indexable_and_plain_data() -> None:
    urls = DeploymentURLs.of("https://p/x", "https://r/x", "https://q/x", ["/", "/health"])
    result = DeploymentResult("rev", "app", urls, "https://log", "private")
    assert result.urls["async"] == result.urls.queue == {"/": "https://q/x/", "/health": "https://q/x/health"}
    assert result.urls["playground"]["/"] == result.urls.playground["/"] == "https://p/x/"
    assert json.loads(json.dumps(dataclasses.asdict(result)))["urls"]["sync"]["/health"] == "https://r/x/health"
    assert dataclasses.replace(result, env_id="e").env_id == "e"
    assert pickle.loads(pickle.dumps(result)) == result


def test_planning_needs_neither_grpc_nor_httpx(project: Path) -> None:
    code = (
        "import sys\nfrom fal.deploy.options import DeployOptions\nfrom fal.deploy.locate.reference import resolve\n"
        "DeployOptions(auth='public')\nresolve(None)\n"
        "heavy = {'grpc', 'httpx', 'google.protobuf', 'cloudpickle', 'fastapi'} & set(sys.modules)\n"
        "raise SystemExit(str(heavy) if heavy else 0)\n"
    )
    (project / "app.py").write_text("import fal\nclass A(fal.App): pass\n")
    env = {**os.environ, "PYTHONPATH": str(Path(fal.deploy.__path__[0]).parents[1])}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=project, env=env, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
