"""pytest fixtures for a local control plane.

The plugin is there once `fal-management-sdk[emulator]` is installed. It imports nothing of the control plane before a
test asks for it. Example:

    def test_scale(fal_client):
        fal_client.deploy("apps/hello.py::Hello")
        assert fal_client.apps.scale("hello", keep_alive=60).keep_alive == 60

What apps need must be installed where the tests run, unless the option `fal_isolation = "venv"` says to build an
environment for each app.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fal.api import SyncServerlessClient

    from .plane import Plane

# What would make a client look elsewhere, or for another key, than the variables of the control plane say.
_ELSEWHERE = (
    "FAL_FORCE_AUTH_BY_USER",
    "FAL_HOST",
    "FAL_KEY_ID",
    "FAL_KEY_SECRET",
    "FAL_PROFILE",
    "ISOLATE_AUTH_DISABLED",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer the one option."""
    parser.addini(
        "fal_isolation",
        "How the local control plane runs apps: inline (the default) with this interpreter, or venv.",
        default="inline",
    )


@pytest.fixture(scope="session")
def fal_control_plane(request: pytest.FixtureRequest) -> Iterator[Plane]:
    """Yield a local control plane, which all tests of the session share."""
    from .plane import start

    with start(isolation=request.config.getini("fal_isolation")) as plane:
        yield plane


@pytest.fixture
def fal_client(fal_control_plane: Plane) -> Iterator[SyncServerlessClient]:
    """Yield a client of the control plane."""
    with fal_control_plane.client() as client:
        yield client


@pytest.fixture
def fal_env(
    fal_control_plane: Plane, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """Point every fal client that a test makes at the control plane; return the variables that do so."""
    for name in _ELSEWHERE:
        monkeypatch.delenv(name, raising=False)
    home = tmp_path_factory.mktemp("fal-home")
    variables = fal_control_plane.env() | {
        "FAL_HOME_DIR": str(home),
        "FAL_CONFIG_PATH": str(home / "config.toml"),
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return variables
