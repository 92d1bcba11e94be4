"""What every test of security begins with: nothing of the developer's own settings, and a place to count."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

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


@pytest.fixture
def evidence(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Return what writes a count into the report that `just security` makes; nothing is written without it."""
    path = os.environ.get("SECURITY_EVIDENCE")

    def count(what: str, **counts: Any) -> None:
        if path:
            line = json.dumps({"what": what, "test": request.node.name, **counts}) + "\n"
            with open(path, "a", encoding="utf-8") as file:
                file.write(line)

    return count
