"""The options of a caller, checked before anything is made of them."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from fal.exceptions import ConfigurationError, DataLoss, FalServerlessException, InvalidInput, InvalidType

Res = TypeVar("Res")
T = TypeVar("T")


def decoded(decode: Callable[[Res], T], answer: Res, name: str, request_id: str) -> T:
    try:
        return decode(answer)
    except FalServerlessException:
        raise
    except Exception as error:
        raise DataLoss(
            f"the answer does not fit: {type(error).__name__}: {error}", method=name, request_id=request_id, attempts=1
        ) from None


def check_timeout(timeout: float | None) -> float | None:
    """Return `timeout`, in seconds, when it is one."""
    if timeout is None:
        return None
    if isinstance(timeout, bool) or not isinstance(timeout, int | float):
        raise InvalidType(f"timeout: {timeout!r} is a {type(timeout).__name__}, not a number of seconds")
    if not 0 < timeout < float("inf"):
        raise InvalidInput(f"timeout: {timeout!r} is not a positive number of seconds", hint="Give e.g. timeout=30.")
    return float(timeout)


def check_proxy(proxy: str | None) -> str | None:
    if proxy is None:
        return None
    if not isinstance(proxy, str) or urlsplit(proxy).scheme not in ("http", "https") or not urlsplit(proxy).hostname:
        raise ConfigurationError(
            "proxy: it is not the URL of an HTTP proxy", hint="Give e.g. proxy='http://host:3128'."
        )
    return proxy


def check_ca_cert(ca_cert: str | os.PathLike[str] | None) -> str | None:
    """Return the file of certificates to trust on both wires: the argument, else what the environment says."""
    source, path = "argument ca_cert", ca_cert
    if path is None:
        source, path = "variable SSL_CERT_FILE", os.environ.get("SSL_CERT_FILE") or None
    if path is None:
        return None
    if not Path(path).is_file():
        raise ConfigurationError(f"{source}: there is no file {os.fspath(path)!r}", hint="Give a PEM file.")
    return os.fspath(path)


def read_certificates(path: str | None) -> bytes | None:
    """Return the certificates of a file that `check_ca_cert` found."""
    try:
        return Path(path).read_bytes() if path else None
    except OSError as error:
        raise ConfigurationError(f"ca_cert: {path!r} cannot be read: {error}") from None
