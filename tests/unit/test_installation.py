"""How the package is installed, and what must not stand beside it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from fal import _installation
from fal._installation import DISTRIBUTION, install_command
from fal.api import AsyncServerlessClient, SyncServerlessClient
from fal.exceptions import ConfigurationError


@pytest.mark.parametrize("extra", ["", "[deploy]"])
@pytest.mark.parametrize(
    ("origin", "right"),
    [
        (None, f"'{DISTRIBUTION}EXTRA'"),
        ({"url": "https://host/a.whl", "archive_info": {}}, f"'{DISTRIBUTION}EXTRA @ https://host/a.whl'"),
        (
            {"url": "https://host/sdk", "vcs_info": {"vcs": "git", "commit_id": "12ab"}},
            f"'{DISTRIBUTION}EXTRA @ git+https://host/sdk@12ab'",
        ),
        ({"url": "{here}", "dir_info": {}}, "'{path}EXTRA'"),
        ({"url": "{here}", "dir_info": {"editable": True}}, "-e '{path}EXTRA'"),
    ],
)
def test_an_extra_comes_from_where_the_package_came_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, origin: dict[str, object] | None, right: str, extra: str
) -> None:
    class Installed:
        def read_text(self, name: str) -> str | None:
            assert name == "direct_url.json"
            return None if origin is None else json.dumps(origin).replace("{here}", tmp_path.as_uri())

    monkeypatch.setattr("importlib.metadata.distribution", lambda _: Installed())
    right = right.replace("{path}", str(tmp_path)).replace("EXTRA", extra)
    assert install_command(extra.strip("[]")) == f"python -m pip install {right}"


def test_the_package_of_the_same_folder_is_found(tmp_path: Path) -> None:
    (tmp_path / "fal_client-1.0.dist-info").mkdir()
    assert _installation.other_fal.__wrapped__(tmp_path) is None
    (tmp_path / "fal-1.83.0.dist-info").mkdir()
    assert _installation.other_fal.__wrapped__(tmp_path) == "1.83.0"


@pytest.mark.parametrize("client", [SyncServerlessClient, AsyncServerlessClient])
def test_no_client_works_beside_it_and_the_error_says_what_to_run(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_installation, "other_fal", lambda: "1.83.0")
    with pytest.raises(ConfigurationError, match=r"package fal 1\.83\.0 of PyPI") as caught:
        client(api_key="id:secret")
    assert caught.value.hint is not None
    assert f"pip uninstall -y fal {DISTRIBUTION}" in caught.value.hint
