"""The public API is what its snapshot says; a change of it is told in the changelog."""

from __future__ import annotations

from tools import public_api


def test_the_public_api_is_what_its_snapshot_says() -> None:
    assert public_api.difference() == "", public_api.REPAIR


def test_the_snapshot_holds_what_users_call() -> None:
    lines = public_api.SNAPSHOT.read_text(encoding="utf-8").splitlines()
    assert "class fal.api.SyncServerlessClient(Deploying)" in lines
    assert any(line.startswith("fal.api.SyncServerlessClient.deploy(self, app_ref") for line in lines)
    assert any(line.startswith("async fal.api.AsyncServerlessClient.deploy(self, app_ref") for line in lines)
    assert {"fal.exceptions.NotFound.code", "fal.exceptions.NotFound.hint"} <= set(lines)
    assert not [line for line in lines if "._core." in line and line.startswith("fal.")]
