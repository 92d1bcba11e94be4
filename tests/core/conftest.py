"""Fixtures of the core's tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from fal._core.caller import Caller
from fal._core.settings import resolve
from tests.core.core_kit import KEY


@pytest.fixture
def caller_to() -> Iterator[Callable[..., Caller]]:
    """Return a function that makes a caller for a port; every one is closed at the end."""
    made: list[Caller] = []

    def make(port: int, **options: Any) -> Caller:
        settings = resolve(host=f"http://127.0.0.1:{port}", api_key=KEY, environ={"FAL_CONFIG_PATH": "/nonexistent"})
        made.append(Caller(settings, **options))
        return made[-1]

    yield make
    for caller in made:
        caller.close()
