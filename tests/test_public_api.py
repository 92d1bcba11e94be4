"""The public API is what its snapshot says; a change of it is told in the changelog."""

from __future__ import annotations

import importlib
import re

import pytest

from tools import public_api

_PROMISED = re.search(
    r"`__all__` names in (.*?), the\s",
    (public_api.ROOT / "docs" / "public-api.md").read_text(encoding="utf-8"),
    re.DOTALL,
)
assert _PROMISED is not None


def test_the_public_api_is_what_its_snapshot_says() -> None:
    assert public_api.difference() == "", public_api.REPAIR


def test_the_snapshot_holds_what_users_call() -> None:
    lines = public_api.SNAPSHOT.read_text(encoding="utf-8").splitlines()
    assert "class fal.api.SyncServerlessClient(Deploying)" in lines
    assert any(line.startswith("fal.api.SyncServerlessClient.deploy(self, app_ref") for line in lines)
    assert any(line.startswith("async fal.api.AsyncServerlessClient.deploy(self, app_ref") for line in lines)
    assert {"fal.exceptions.NotFound.code", "fal.exceptions.NotFound.hint"} <= set(lines)
    assert not [line for line in lines if "._core." in line and line.startswith("fal.")]


@pytest.mark.parametrize("name", re.findall(r"`([\w.]+)`", _PROMISED[1]))
def test_a_public_module_names_all_that_it_offers_and_each_name_loads(name: str) -> None:
    module = importlib.import_module(name)
    assert sorted(set(module.__all__)) == sorted(module.__all__)
    assert not [each for each in module.__all__ if getattr(module, each, None) is None]
    exported: dict[str, object] = {}
    exec(f"from {name} import *", exported)
    assert set(module.__all__) <= set(exported)
