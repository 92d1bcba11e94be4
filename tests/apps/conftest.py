"""One control plane, to which both deploy."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

import fal_emulator
from tests.peer.peer_kit import Peer
from tests.support.peer_venv import peer as peer_interpreter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fal_emulator import Plane


@pytest.fixture(scope="session")
def plane() -> Iterator[Plane]:
    with fal_emulator.start() as started:
        yield started


@pytest.fixture(scope="session")
def peer(plane: Plane, tmp_path_factory: pytest.TempPathFactory) -> Peer:
    note: Callable[..., None] = lambda *_, **__: None  # noqa: E731 - the page of the other suite is not this one's
    return Peer(peer_interpreter(), plane, tmp_path_factory.mktemp("peer"), "http://127.0.0.1:9", note)
