"""What every test of security begins with: nothing of the developer's own settings, and a place to count."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

import fal_emulator
from fal_emulator import Plane
from fal_emulator.model import limits
from tests.security.limits_kit import APP, ECHO, SMALL
from tests.security.security_kit import CLIENTS, Platform, platform
from tests.support.plane import Wire, http_to, source, wire_to

_PROXIES = ("grpc_proxy", "https_proxy", "http_proxy", "all_proxy", "no_proxy", "no_grpc_proxy")
_TRUST = ("SSL_CERT_FILE", "SSL_CERT_DIR", "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH", "REQUESTS_CA_BUNDLE", "SSLKEYLOGFILE")


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Hide the developer's settings; return the folder that is the home of the test."""
    for name in list(os.environ):
        if name.startswith(("FAL_", "ISOLATE_")) or name in _TRUST or name.casefold() in _PROXIES:
            monkeypatch.delenv(name)
    folder = tmp_path_factory.mktemp("home")
    for name in ("HOME", "USERPROFILE", "LOCALAPPDATA", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(folder))
    monkeypatch.setenv("FAL_CONFIG_PATH", str(folder / "config.toml"))
    monkeypatch.setenv("FAL_HOME_DIR", str(folder / "fal"))
    return folder


@pytest.fixture
def server() -> Iterator[Platform]:
    with platform() as server:
        yield server


@pytest.fixture(params=sorted(CLIENTS))
def kind(request: pytest.FixtureRequest) -> str:
    """Each kind of client in turn."""
    return str(request.param)


# control planes whose limits are tested


@pytest.fixture(scope="module")
def plane() -> Iterator[Plane]:
    """A control plane with its own limits."""
    with fal_emulator.start(isolation="inline") as started:
        yield started


@pytest.fixture(scope="module")
def wire(plane: Plane) -> Iterator[Wire]:
    client = wire_to(plane)
    yield client
    client.close()


@pytest.fixture
def http(plane: Plane) -> Iterator[httpx.Client]:
    with http_to(plane) as client:
        yield client


@pytest.fixture(scope="module")
def small() -> Iterator[Plane]:
    """A control plane with small limits, and two apps."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in SMALL.items():
            patch.setattr(limits, name, value)
        with fal_emulator.start(isolation="inline") as started:
            client = wire_to(started)
            client.deploy("app", function=source(APP, "serve"), machine={"max_multiplexing": 8, "max_concurrency": 1})
            client.deploy("single", function=source(APP, "serve"), machine={"max_concurrency": 1})
            client.deploy("echo", function=source(ECHO, "serve"))
            client.close()
            yield started


@pytest.fixture
def little(small: Plane) -> Iterator[httpx.Client]:
    with http_to(small) as client:
        yield client
