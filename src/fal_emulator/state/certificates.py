"""Certificates for TLS on the one port: an authority of its own, which signs one certificate and nothing after it."""

from __future__ import annotations

import datetime
import ipaddress
import ssl
from pathlib import Path
from typing import TYPE_CHECKING

import certifi
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from ..model.private_files import private_folder, replacing

if TYPE_CHECKING:
    from collections.abc import Sequence

_YEARS = 10
_RENEW = datetime.timedelta(days=30)
_NAMES = (x509.DNSName("localhost"), x509.DNSName("*.localhost"))
_ADDRESSES = ("127.0.0.1", "::1")


class Certificates:
    """The authority and the certificate of one state folder, made when they are missing, damaged, or about to end.

    Args:
        folder: Where they are kept.

    Attributes:
        authority: The certificate of the authority, in PEM.
        bundle: What this machine trusts anyway, and that.
    """

    def __init__(self, folder: Path) -> None:
        private_folder(folder)
        self.authority = folder / "authority.pem"
        self.bundle = folder / "bundle.pem"
        self._server = folder / "server.pem"
        try:
            certificate = x509.load_pem_x509_certificate(self._server.read_bytes())
            fresh = (
                certificate.not_valid_after_utc - _RENEW > _now() and self.authority.exists() and self.bundle.exists()
            )
        except (OSError, ValueError):
            fresh = False
        if not fresh:
            self._make()

    def context(self, protocols: Sequence[str]) -> ssl.SSLContext:
        """Return the settings of a TLS server.

        Args:
            protocols: What it speaks, best first.
        """
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        # No tickets right after the handshake: a client that reads them in one thread while another one sends its first
        # request, as fal-client's realtime does, loses the request on Pythons before 3.13, whose ssl has no lock for that.
        context.num_tickets = 0
        context.load_cert_chain(self._server)
        context.set_alpn_protocols(list(protocols))
        return context

    def _make(self) -> None:
        # The key of the authority is not kept: to trust it is to trust this one certificate, which is for loopback. (To say
        # so by name constraints is not possible: gRPC knows none for addresses.)
        authority_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "local control plane of fal Serverless")])
        authority = (
            _certificate(name, name, authority_key.public_key())
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(signs=True), critical=True)
            .sign(authority_key, hashes.SHA256())
        )
        addresses = [x509.IPAddress(ipaddress.ip_address(address)) for address in _ADDRESSES]
        server = (
            _certificate(x509.Name([]), name, key.public_key())
            .add_extension(x509.SubjectAlternativeName([*_NAMES, *addresses]), critical=True)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(signs=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), critical=False
            )
            .sign(authority_key, hashes.SHA256())
        )
        pem = authority.public_bytes(serialization.Encoding.PEM)
        _write(self.authority, pem)
        _write(self.bundle, _trusted() + b"\n" + pem)
        _write(self._server, server.public_bytes(serialization.Encoding.PEM) + _private(key))


def _certificate(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(_now() - datetime.timedelta(days=1))
        .not_valid_after(_now() + datetime.timedelta(days=365 * _YEARS))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True, key_cert_sign=signs, crl_sign=signs, content_commitment=False, key_encipherment=False,
        data_encipherment=False, key_agreement=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip


def _private(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _trusted() -> bytes:
    """Return the roots that this machine trusts; where it has no list of them, those of certifi."""
    for file in (ssl.get_default_verify_paths().cafile, certifi.where()):
        if file is not None and Path(file).exists():
            return Path(file).read_bytes()
    return b""


def _write(path: Path, content: bytes) -> None:
    with replacing(path) as file:
        file.write(content)


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)
