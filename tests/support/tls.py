"""A private CA, and certificates of it, made anew for each run."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import trustme

TLS = Path(tempfile.mkdtemp(prefix="fal-tests-tls-"))
atexit.register(shutil.rmtree, TLS, ignore_errors=True)
CA = TLS / "ca.pem"
STRANGER = TLS / "stranger.pem"
"""The certificate of another CA."""


def _make_certificates() -> None:
    """Make a file with a key and its certificates: server.pem, and those that are not to be trusted for this machine."""
    authority, other = trustme.CA(), trustme.CA()
    authority.cert_pem.write_to_path(CA)
    other.cert_pem.write_to_path(STRANGER)
    names = ("localhost", "127.0.0.1", "api.example.test", "rest.example.test")
    made = {
        "server.pem": authority.issue_cert(*names),
        "elsewhere.pem": authority.issue_cert("other.example.test"),
        "expired.pem": authority.issue_cert(*names, not_after=datetime(2020, 1, 1, tzinfo=UTC)),
    }
    for name, certificate in made.items():
        certificate.private_key_and_cert_chain_pem.write_to_path(TLS / name)


_make_certificates()
