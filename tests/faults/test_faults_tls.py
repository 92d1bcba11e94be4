"""Both wires over TLS: handshakes that break at any byte, and certificates that are not to be trusted."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import pytest

from fal.exceptions import ConnectionFailed
from tests.faults.fault_proxy import Fault
from tests.faults.faults_kit import EXCHANGES, Case, Executed, Outcome, Serving, places, recovered, through_faults
from tests.support.servers import http_serving, serving
from tests.support.tls import CA, STRANGER, TLS

Count = Callable[[str, Sequence[Outcome]], None]


@contextmanager
def platform(chain: str) -> Iterator[Serving]:
    server = Executed()
    with (
        serving(server, chain=TLS / chain) as grpc_port,
        http_serving(server.rest, chain=TLS / chain) as (rest_port, _),
    ):
        yield server, {"grpc": grpc_port, "rest": rest_port}


@pytest.fixture(scope="module")
def over_tls() -> Iterator[Serving]:
    with platform("server.pem") as server:
        yield server


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR", "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH"):
        monkeypatch.delenv(name, raising=False)


# Before Python 3.13, a reset right after the connection makes `ssl` drop the socket without closing it.
@pytest.mark.filterwarnings("ignore:unclosed <ssl.SSLSocket:ResourceWarning" if sys.version_info < (3, 13) else "error")
def test_a_call_over_tls_whose_connection_breaks(kind: str, whole: bool, over_tls: Serving, count: Count) -> None:
    spots = list(places(over_tls, kept=48 if whole else 2, ca_cert=CA))
    for how in ("reset", "close"):
        outcomes = through_faults(
            kind,
            over_tls,
            [
                Case(exchange, Fault(how, side, after, 1 if exchange.repeats else None), 10.0)
                for exchange, side, after in spots
            ],
            ca_cert=CA,
        )
        recovered(outcomes)
        count(f"TLS: {how}", outcomes)


def test_a_handshake_that_is_met_by_silence(kind: str, whole: bool, over_tls: Serving, count: Count) -> None:
    outcomes = through_faults(
        kind,
        over_tls,
        [
            Case(exchange, Fault("silence", side, after), 0.5)
            for exchange, side, after in places(over_tls, upto=0.3, kept=8 if whole else 1, ca_cert=CA)
        ],
        ca_cert=CA,
    )
    assert {outcome.word for outcome in outcomes} == {"DeadlineExceeded"}
    gc.collect()  # a socket that nobody closed fails the test
    count("TLS: silence", outcomes)


NO_TLS = (b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x15\x03\x03\x00\x02\x02\x28", b"\x16\x03\x03\x7f")


def test_a_server_that_speaks_no_tls(kind: str, whole: bool, over_tls: Serving, count: Count) -> None:
    outcomes = through_faults(
        kind,
        over_tls,
        [
            Case(exchange, Fault("garbage", say=said), 15.0)
            for exchange in EXCHANGES.values()
            for said in NO_TLS
            for _ in range(12 if whole else 1)
        ],
        ca_cert=CA,
    )
    assert [str(outcome.value) for outcome in outcomes if not isinstance(outcome.value, ConnectionFailed)] == []
    count("TLS: no handshake", outcomes)


@pytest.mark.parametrize(
    ("chain", "trusted"),
    [("server.pem", STRANGER), ("elsewhere.pem", CA), ("expired.pem", CA)],
    ids=["of nobody known", "for another name", "expired"],
)
def test_a_certificate_that_is_not_to_be_trusted(
    chain: str, trusted: str, kind: str, whole: bool, count: Count
) -> None:
    """The fault is the server's own; each attempt meets it, and there is only one."""
    with platform(chain) as untrusted:
        outcomes = through_faults(
            kind,
            untrusted,
            [Case(exchange, Fault("none"), 10.0) for exchange in EXCHANGES.values() for _ in range(12 if whole else 1)],
            ca_cert=trusted,
        )
    for outcome in outcomes:
        assert isinstance(outcome.value, ConnectionFailed), str(outcome.value)
        assert outcome.value.attempts == 1, str(outcome.value)
        assert "certificate" in str(outcome.value)
    count("TLS: wrong certificate", [outcome._replace(fired=1) for outcome in outcomes])
