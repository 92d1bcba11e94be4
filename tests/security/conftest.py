"""What every test of security begins with: nothing of the developer's own settings, and a place to count."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.security.security_kit import CLIENTS, Platform, platform

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
    with platform() as found:
        yield found


@pytest.fixture(params=sorted(CLIENTS))
def kind(request: pytest.FixtureRequest) -> str:
    """Each kind of client in turn."""
    return str(request.param)
