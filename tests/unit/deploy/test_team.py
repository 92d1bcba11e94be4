"""The team that pyproject.toml names is the client's, or the deploy is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fal.deploy import (
    deploy,
)
from fal.exceptions import (
    FalServerlessException,
)
from tests.support.fake_plane import FakePlane


def account(nickname: str) -> dict[str, Any]:
    return {
        "user_id": "u-1",
        "nickname": nickname,
        "full_name": "A Team",
        "email": "team@example.com",
        "is_personal": False,
        "is_paying": True,
        "is_locked": False,
        "lock_reason": None,
    }


def test_the_team_of_the_file_is_honoured_or_refused(plane: FakePlane, caller: Any, hello: Path) -> None:
    def answer(request: Any) -> Any:
        return (200, account(nickname)) if request.path == "/users/current" else None

    (hello.parent / "pyproject.toml").write_text('[tool.fal.apps.one]\nref = "hello.py"\nteam = "acme"\n')
    plane.http_answer = answer
    nickname = "somebody-else"
    with pytest.raises(FalServerlessException, match=r"somebody-else.*acme"):
        deploy(caller, "one")
    assert plane.calls == []
    nickname = "acme"
    assert deploy(caller, "one").revision == "rev-1"


def test_a_team_given_to_the_client_wins_over_the_file(plane: FakePlane, caller: Any, hello: Path) -> None:
    plane.http_answer = lambda r: (200, account("mine")) if r.path == "/users/current" else None
    (hello.parent / "pyproject.toml").write_text('[tool.fal.apps.one]\nref = "hello.py"\nteam = "acme"\n')
    assert deploy(caller.with_options(team="mine"), "one").revision == "rev-1"
