"""A private authority, and a platform over TLS."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import trustme

from tests.security.security_kit import Platform, platform

NAMES = ("localhost", "127.0.0.1", "api.example.test", "rest.example.test", "upload.example.test")


class Trust:
    """A private authority, and a certificate for the names of the tests."""

    def __init__(self, folder: Path) -> None:
        authority = trustme.CA()
        self.ca = folder / "ca.pem"
        authority.cert_pem.write_to_path(self.ca)
        self.chain = folder / "server.pem"
        authority.issue_cert(*NAMES).private_key_and_cert_chain_pem.write_to_path(self.chain)

    @contextmanager
    def platform(self) -> Iterator[Platform]:
        """Serve both wires over TLS."""
        with platform(chain=self.chain) as server:
            yield server


@pytest.fixture(scope="session")
def trust(tmp_path_factory: pytest.TempPathFactory) -> Trust:
    return Trust(tmp_path_factory.mktemp("trust"))
