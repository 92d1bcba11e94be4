"""Fixtures of the core's tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from fal._core.caller import Caller
from fal._core.settings import Settings, resolve
from tests.support.callers import made_of
from tests.support.facade import Loop, async_caller
from tests.support.servers import KEY


@pytest.fixture(scope="session")
def loop() -> Iterator[Loop]:
    result = Loop()
    yield result
    result.close()


@pytest.fixture(params=["sync", "async"])
def kind(request: pytest.FixtureRequest) -> str:
    """Each kind of caller in turn."""
    return str(request.param)


@pytest.fixture
def make_caller(kind: str, loop: Loop) -> Iterator[Callable[..., Any]]:
    """Return a function that makes a caller of either kind for settings; every one is closed at the end."""
    made: list[Any] = []

    def make(settings: Settings, **options: Any) -> Any:
        made.append(
            Caller(**made_of(settings, **options)) if kind == "sync" else async_caller(loop, settings, **options)
        )
        return made[-1]

    yield make
    for caller in made:
        caller.close()


@pytest.fixture
def caller_to(make_caller: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that makes a caller of either kind for a port of this machine."""

    def make(port: int, **options: Any) -> Any:
        environ = {"FAL_CONFIG_PATH": "/nonexistent"}
        return make_caller(resolve(host=f"http://127.0.0.1:{port}", api_key=KEY, environ=environ), **options)

    return make
