"""Deployed apps are called through the gateway."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.emulator.engine_kit import OTHER_KEY, Lab, lab, server

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Lab]:
    with lab(tmp_path) as found:
        yield found


def test_a_deployed_app_answers(here: Lab) -> None:
    here.deploy(here.add(server()))
    response = here.http.post("/me/app/x%2Fy/z?a=1&a=2", content=b"hello")
    assert response.status_code == 200
    seen = response.json()
    assert (seen["method"], seen["path"], seen["body"]) == ("POST", "/x%2Fy/z?a=1&a=2", "hello")
    assert response.headers["x-fal-request-id"] == seen["headers"]["x-fal-request-id"]
    assert here.get().json()["path"] == "/"
