"""The options of a caller, checked before anything is made of them."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from fal._core.proxies import is_proxy
from fal._core.secret import MaskedStr
from fal.exceptions import ConfigurationError, DataLoss, FalServerlessException, InvalidType

Res = TypeVar("Res")
T = TypeVar("T")


def new_request_id() -> str:
    """Return what one call is known by: 32 random hexadecimal digits, as a UUID has, without the cost of loading uuid."""
    return os.urandom(16).hex()


def decoded(decode: Callable[[Res], T], answer: Res, name: str, request_id: str, attempts: int = 1) -> T:
    try:
        return decode(answer)
    except FalServerlessException:
        raise
    except Exception as error:
        raise DataLoss(
            f"the answer does not fit: {type(error).__name__}: {error}",
            method=name,
            request_id=request_id,
            attempts=attempts,
        ) from None


def check_proxy(proxy: str | None) -> str | None:
    """Return the URL of a proxy when it is one that both wires can use; it may hold a password, so it is not shown."""
    if proxy is None:
        return None
    if not isinstance(proxy, str) or not is_proxy(MaskedStr(proxy).reveal(), ("http",)):
        raise ConfigurationError(
            "proxy: it is not the URL of an HTTP proxy", hint="Give e.g. proxy='http://host:3128'."
        )
    return MaskedStr(proxy)


def check_ca_cert(ca_cert: str | os.PathLike[str] | None, *, tls: bool = True) -> str | None:
    """Return the file of certificates to trust on both wires: the argument, else what the environment says.

    Args:
        ca_cert: What the caller gives.
        tls: Whether TLS is spoken at all; without it, what the environment says does not matter.
    """
    source, path = "argument ca_cert", ca_cert
    if path is None and tls:
        source, path = "variable SSL_CERT_FILE", os.environ.get("SSL_CERT_FILE") or None
    if path is None:
        return None
    if not isinstance(path, str | os.PathLike):
        raise InvalidType(f"{source}: {path!r} is a {type(path).__name__}, not a path")
    name = os.fspath(path)
    if not Path(name).is_file():
        raise ConfigurationError(f"{source}: there is no file {name!r}", hint="Give a PEM file.")
    if ca_cert is not None:
        import ssl

        try:
            # gRPC would only say that a handshake failed.
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(name)
        except (OSError, ValueError):
            raise ConfigurationError(f"{source}: {name!r} holds no certificate", hint="Give a PEM file.") from None
    return name


def grpc_ca_file(ca_cert: str | os.PathLike[str] | None, ca_file: str | None) -> str | None:
    """Return the file of certificates to trust over gRPC: where no argument decides, its own variable counts first.

    Args:
        ca_cert: What the caller gives.
        ca_file: What `check_ca_cert` found.
    """
    return ca_file if ca_cert is not None else os.environ.get("GRPC_DEFAULT_SSL_ROOTS_FILE_PATH") or ca_file


def read_certificates(path: str | None) -> bytes | None:
    """Return the certificates of a file, or without one those of the folder that `SSL_CERT_DIR` names, for gRPC."""
    folder = os.environ.get("SSL_CERT_DIR")
    try:
        if path:
            return Path(path).read_bytes()
        files = sorted(item for item in Path(folder).iterdir() if item.is_file()) if folder else []
        return b"\n".join(item.read_bytes() for item in files) or None
    except OSError as error:
        raise ConfigurationError(f"the certificates of {path or folder!r} cannot be read: {error.strerror}") from None
