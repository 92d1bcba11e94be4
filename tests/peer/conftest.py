"""A control plane that knows nothing when a test file begins, the peer that drives it, and our client that looks at the result."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.peer.peer_kit import Peer, PeerPython
from tests.support.peer_venv import peer as peer_interpreter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fal.api import SyncServerlessClient
    from fal_emulator import Plane


@pytest.fixture(scope="module")
def plane(running_plane: Plane) -> Plane:
    """The control plane, which has forgotten what others did on it."""
    running_plane.reset()
    return running_plane


@pytest.fixture(scope="module")
def client(plane: Plane) -> Iterator[SyncServerlessClient]:
    """Our client."""
    with plane.client() as ours:
        yield ours


@pytest.fixture(scope="module")
def peer(plane: Plane, tmp_path_factory: pytest.TempPathFactory, evidence: Callable[..., None]) -> Iterator[Peer]:
    """The peer's CLI, in a home of its own."""
    # Bound and not listening: it refuses, and nobody else can take the port.
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{closed.getsockname()[1]}"
        yield Peer(peer_interpreter(), plane, tmp_path_factory.mktemp("peer"), nowhere, evidence)


@pytest.fixture(scope="module")
def python(peer: Peer) -> Iterator[PeerPython]:
    """The peer's Python API, in one process."""
    driver = PeerPython(peer)
    yield driver
    driver.close()
