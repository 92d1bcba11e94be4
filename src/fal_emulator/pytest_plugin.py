"""pytest fixtures for a local control plane.

The plugin is there once `fal-management-sdk[emulator]` is installed. It imports nothing of the control plane before a
test asks for it. Example:

    @pytest.fixture(scope="module")
    def hello(fal_app):
        return fal_app("apps/hello.py::Hello")

    def test_hello(hello):
        assert hello.call({"name": "test"}) == {"message": "Hello, test!"}

What apps need must be installed where the tests run, unless the option `fal_isolation = "venv"` says to build an
environment for each app. What apps said during a test that fails stands in its report.
"""

from __future__ import annotations

import contextlib
import logging
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Generator, Iterator

    from fal.api import AsyncServerlessClient, SyncServerlessClient
    from fal.deploy import DeploymentResult

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
_APPS = "fal_emulator.apps"  # the logger of what apps say
_PLANE = pytest.StashKey["Plane"]()
_SAID_BEFORE = pytest.StashKey[int]()


class DeployedApp:
    """An app that a test has deployed.

    Attributes:
        name: Its full name.
        result: What `deploy` returned.
    """

    def __init__(self, client: SyncServerlessClient, result: DeploymentResult) -> None:
        self.name = result.app_name
        self.result = result
        self._client = client

    def call(self, arguments: dict[str, Any] | None = None, *, path: str = "") -> Any:
        """Call the app, and return its answer.

        Args:
            arguments: The input of the endpoint.
            path: The path of the endpoint.
        """
        return self._client.apps.run(self.name, arguments or {}, path=path)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer the one option."""
    parser.addini(
        "fal_isolation",
        "How the local control plane runs apps: inline (the default) with this interpreter, or venv.",
        default="inline",
    )


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Note what apps had said before a test."""
    plane = item.config.stash.get(_PLANE, None)
    item.stash[_SAID_BEFORE] = 0 if plane is None else plane.log_lines()[1]


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, None]:
    """Add to the report of a test that failed what apps said meanwhile."""
    outcome = yield
    plane = item.config.stash.get(_PLANE, None)
    if plane is not None:
        report = outcome.get_result()
        if report.failed:
            lines, item.stash[_SAID_BEFORE] = plane.log_lines(item.stash.get(_SAID_BEFORE, 0))
            if lines:
                report.sections.append((f"Log of fal apps during {report.when}", "\n".join(lines)))


@pytest.fixture(scope="session")
def fal_control_plane(request: pytest.FixtureRequest) -> Iterator[Plane]:
    """Yield a local control plane, which all tests of the session share."""
    from .plane import start

    logged = getattr(request.config.pluginmanager.get_plugin("logging-plugin"), "report_handler", None)
    if isinstance(logged, logging.Handler):  # what apps say has a section of its own in reports
        logged.addFilter(lambda record: record.name != _APPS)
    with start(isolation=request.config.getini("fal_isolation")) as plane:
        request.config.stash[_PLANE] = plane
        yield plane
        del request.config.stash[_PLANE]


@pytest.fixture
def fal_sync_client(fal_control_plane: Plane) -> Iterator[SyncServerlessClient]:
    """Yield a client of the control plane."""
    with fal_control_plane.client() as client:
        yield client


@pytest.fixture
async def fal_async_client(fal_control_plane: Plane) -> AsyncIterator[AsyncServerlessClient]:
    """Yield an async client of the control plane; it needs a plugin that runs async tests."""
    from fal.api import AsyncServerlessClient

    async with AsyncServerlessClient(host=fal_control_plane.host, api_key=fal_control_plane.key) as client:
        yield client


@pytest.fixture(scope="module")
def fal_app(fal_control_plane: Plane) -> Iterator[Callable[..., DeployedApp]]:
    """Yield a function that deploys an app for the tests of a module, and lets them call it.

    It takes what `client.deploy` takes. The apps are deleted after the last test of the module.
    """
    from fal.exceptions import NotFound

    with fal_control_plane.client() as client:
        deployed: list[DeployedApp] = []

        def deploy(app_ref: Any, **options: Any) -> DeployedApp:
            deployed.append(DeployedApp(client, client.deploy(app_ref, **options)))
            return deployed[-1]

        yield deploy
        for app in deployed:
            with contextlib.suppress(NotFound):  # by the test itself, or `reset`
                client.apps.delete(app.name)


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
