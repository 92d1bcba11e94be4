"""Every app of examples/ is deployed, called and stopped through the public API, on the local control plane."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import msgpack
import pytest
from websockets.sync.client import connect

import fal_emulator
from fal.api import SyncServerlessClient
from fal.deploy import DeploymentResult
from fal.exceptions import AppNotFoundError

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = ROOT / "examples"


@pytest.fixture(scope="module")
def plane() -> Iterator[fal_emulator.Plane]:
    with fal_emulator.start(isolation="inline") as running:
        yield running


@pytest.fixture(scope="module")
def client(plane: fal_emulator.Plane) -> Iterator[SyncServerlessClient]:
    with plane.client() as made:
        yield made


def call(plane: fal_emulator.Plane, result: DeploymentResult, path: str = "/", **body: Any) -> httpx.Response:
    return httpx.post(
        result.urls["sync"][path],
        json=body,
        headers={"Authorization": f"Key {plane.key}"},
        timeout=60,
        trust_env=False,
    )


def stop_all(client: SyncServerlessClient, result: DeploymentResult) -> None:
    """Stop the runners of an app, gracefully, and see them go."""
    runners = client.apps.runners(result.app_name)
    assert runners
    for runner in runners:
        client.runners.stop(runner.runner_id)
    client.apps.delete(result.app_name)
    deadline = time.monotonic() + 30
    while [runner for runner in client.runners.list() if runner.alias == result.app_name]:
        assert time.monotonic() < deadline, "the runners did not stop"
        time.sleep(0.1)


def test_no_example_hides_a_module_that_the_sdk_needs() -> None:
    names = {path.stem for path in EXAMPLES.rglob("*.py")}
    assert "account_secrets" in names
    assert not names & sys.stdlib_module_names, "who runs a file has its neighbours first on the path"


def test_app(plane: fal_emulator.Plane, client: SyncServerlessClient) -> None:
    result = client.deploy(f"{EXAMPLES / 'hello.py'}::Hello", auth="private")
    assert result.app_name == "hello"
    assert call(plane, result, name="tests").json() == {"message": "Hello, tests!"}
    assert httpx.post(result.urls["sync"]["/"], json={}, trust_env=False).status_code in (401, 403)
    stop_all(client, result)


def test_function(plane: fal_emulator.Plane, client: SyncServerlessClient) -> None:
    result = client.deploy(EXAMPLES / "function" / "shout.py")
    assert call(plane, result, text="quiet").json() == {"text": "QUIET"}
    stop_all(client, result)


def test_realtime(plane: fal_emulator.Plane, client: SyncServerlessClient) -> None:
    result = client.deploy(EXAMPLES / "realtime" / "counter.py")
    url = result.urls["sync"]["/realtime"].replace("http://", "ws://")
    with connect(url, additional_headers={"Authorization": f"Key {plane.key}"}, proxy=None) as socket:
        for by, expected in ((1, 1), (4, 5)):
            message = msgpack.packb({"by": by})
            assert isinstance(message, bytes)
            socket.send(message)
            assert msgpack.unpackb(socket.recv(timeout=30))["value"] == expected
    assert call(plane, result).json() == {"value": 5}
    stop_all(client, result)


def test_app_files(plane: fal_emulator.Plane, client: SyncServerlessClient) -> None:
    result = client.deploy(EXAMPLES / "files" / "poems.py")
    text = (EXAMPLES / "files" / "poems" / "river.txt").read_text()
    assert call(plane, result, title="river").json() == {"text": text}
    stop_all(client, result)


def test_secrets(plane: fal_emulator.Plane, client: SyncServerlessClient) -> None:
    client.secrets.set("EXAMPLE_TOKEN", "twelve chars")
    client.secrets.set("EXAMPLE_OTHER", "not for this app")
    result = client.deploy(EXAMPLES / "secrets" / "vault.py")
    assert call(plane, result).json() == {"length": 12, "other": False}
    stop_all(client, result)


def test_several_apps_of_one_project(plane: fal_emulator.Plane, client: SyncServerlessClient) -> None:
    root = EXAMPLES / "multi"
    with pytest.raises(AppNotFoundError, match=r"(?s)2 apps.*'adder'.*'doubler'"):
        client.deploy(root=root)
    adder = client.deploy("adder", root=root)
    doubler = client.deploy("doubler", root=root)
    assert (adder.auth_mode, doubler.auth_mode) == ("public", "private")
    public = httpx.post(adder.urls["sync"]["/"], json={"left": 2, "right": 3}, timeout=60, trust_env=False)
    assert public.json() == {"sum": 5}
    assert call(plane, doubler, number=4).json() == {"double": 8}
    (listed,) = client.apps.list(filter="adder")
    assert listed.keep_alive == 30
    stop_all(client, adder)
    stop_all(client, doubler)


@pytest.fixture(scope="module")
def sdk_wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The SDK itself as a wheel: the runner of an entry-point app needs `fal.App` there."""
    target = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(target), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    return next(target.glob("*.whl"))


def test_entry_point_of_a_local_package(sdk_wheel: Path, tmp_path: Path) -> None:
    project = tmp_path / "entrypoint"
    shutil.copytree(EXAMPLES / "entrypoint", project)
    toml = project / "pyproject.toml"
    needs = f'"./greeter", "fal-management-sdk @ {sdk_wheel.as_uri()}", "fastapi", "uvicorn", "pydantic"'
    checked = (
        toml.read_text() + 'health_check = { path = "/health" }\n'
    )  # which a probe of the metadata does not answer
    toml.write_text(checked.replace('"./greeter"', needs))
    before = sorted(path.relative_to(project) for path in project.rglob("*"))
    # A real environment: the package is installed into it and found by its name.
    with fal_emulator.start(isolation="venv") as plane, plane.client() as client:
        result = client.deploy(root=project)
        assert result.app_name == "greeter"
        assert call(plane, result, name="you").json() == {"message": "Good day, you."}
        stop_all(client, result)
    assert sorted(path.relative_to(project) for path in project.rglob("*")) == before


def test_the_demo_ends_by_itself_and_is_plain_on_a_pipe(tmp_path: Path) -> None:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("FAL_")}
    environ["HOME"] = str(tmp_path)
    done = subprocess.run(
        [sys.executable, str(EXAMPLES / "demo.py")],
        env=environ,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "\033" not in done.stdout
    assert '{"message":"Hello, fal!"}' in done.stdout
    assert "revoked: True" in done.stdout
    assert done.stderr == ""
