"""The options of a caller, checked before anything is made of them."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from fal._core import arguments
from fal._core.proxies import is_proxy
from fal._core.secret import MaskedStr, Sealed
from fal._sentences import shown
from fal.exceptions import ConfigurationError, DataLoss, FalServerlessException, InvalidInput, InvalidType

if TYPE_CHECKING:
    import httpx

    from fal._core.call import Record, Watcher
    from fal._core.settings import Settings

_MOST_RETRIES = 100
_LEAST_KEEPALIVE, _MOST_KEEPALIVE = 1.0, 86_400.0  # seconds
_LARGEST = 2**31 - 1  # of the integers of the core
_HEADER_NAME = re.compile(r"[a-z0-9_-]+")
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")
# What the client sends itself, and by which option it is changed.
_OUR_HEADERS = {
    "accept": None,
    "accept-encoding": None,
    "authorization": "Give api_key=.",
    "auth-key": "Give api_key=.",
    "auth-key-id": "Give api_key=.",
    "connection": None,
    "content-length": None,
    "content-type": None,
    "expect": None,
    "fal-user-id": "Give team=.",
    "host": "Pass host= or rest_host=.",
    "keep-alive": None,
    "proxy-authorization": "Give proxy=.",
    "proxy-connection": None,
    "te": None,
    "traceparent": None,
    "tracestate": None,
    "trailer": None,
    "transfer-encoding": None,
    "upgrade": None,
    "user-agent": None,
    "x-fal-user-id": "Give team=.",
    "x-request-id": "Give request_id=.",
}
_OUR_PREFIXES = ("grpc-", ":")

Res = TypeVar("Res")
T = TypeVar("T")


_NO_HEADERS: Sealed[tuple[tuple[str, str], ...]] = Sealed(())
_NO_PROXY: Sealed[str | None] = Sealed(None)


@dataclass(frozen=True, slots=True)
class CallOptions:
    """How calls are made.

    Attributes:
        timeout: How long a call may take, in seconds, instead of the policy's deadline.
        max_retries: The maximum number of retries, instead of the policy's.
        headers: Additional headers on both wires.
        request_id: The request id of every call; None for a new id each time.
        watchers: The observers of calls.
        record: Where the raw response is kept.
    """

    timeout: float | None = None
    max_retries: int | None = None
    headers: Sealed[tuple[tuple[str, str], ...]] = _NO_HEADERS
    request_id: str | None = None
    watchers: tuple[Watcher, ...] = ()
    record: Record | None = None


@dataclass(frozen=True, slots=True)
class TransportOptions:
    """How the hosts of the settings are reached.

    Attributes:
        ca_file: Certificates to trust over HTTP instead of the system's; None for the system's.
        grpc_ca_file: The same over gRPC.
        proxy: The URL of a proxy, instead of the environment's.
        keepalive: After how many idle seconds a gRPC server is pinged.
        grpc_options: Options of the gRPC channel that override the client's.
        http_transport: A transport that sends HTTP requests instead of the client's own connections.
    """

    ca_file: str | None = None
    grpc_ca_file: str | None = None
    proxy: Sealed[str | None] = _NO_PROXY
    keepalive: float | None = None
    grpc_options: Sequence[tuple[str, Any]] = ()
    http_transport: httpx.BaseTransport | httpx.AsyncBaseTransport | None = None

    def __reduce__(self) -> NoReturn:
        raise TypeError("connection options cannot be pickled: they may hold the password of a proxy")


def call_options(
    base: CallOptions,
    *,
    timeout: float | None = None,
    max_retries: int | None = None,
    headers: Mapping[str, str] | None = None,
    request_id: str | None = None,
) -> CallOptions:
    """Return `base` with the given options replaced; headers are added to its own.

    Raises:
        InvalidInput, InvalidType: One of them cannot be used.
    """
    merged = {**dict(base.headers.value), **dict(check_headers(headers))}
    return replace(
        base,
        timeout=base.timeout if timeout is None else arguments.optional_seconds("timeout", timeout),
        max_retries=base.max_retries if max_retries is None else check_max_retries(max_retries),
        headers=Sealed(tuple(merged.items())),
        request_id=base.request_id if request_id is None else check_request_id(request_id),
    )


def transport_options(
    settings: Settings,
    *,
    ca_cert: str | os.PathLike[str] | None = None,
    proxy: str | None = None,
    keepalive: float | None = None,
    grpc_options: Mapping[str, int | str] | None = None,
    http_transport: httpx.BaseTransport | httpx.AsyncBaseTransport | None = None,
    http_method: str = "handle_request",
) -> TransportOptions:
    """Return how the hosts of the settings are reached.

    Args:
        http_method: What an own HTTP transport must have.

    Raises:
        ConfigurationError, InvalidInput, InvalidType: One of the options cannot be used.
    """
    tls = settings.grpc_secure or any(url.startswith("https:") for url in settings.rest_hosts.values())
    ca_file = check_ca_cert(ca_cert, tls=tls)
    if http_transport is not None and not callable(getattr(http_transport, http_method, None)):
        raise InvalidType(
            f"http_transport: a {type(http_transport).__name__} has no method {http_method}",
            hint="Pass an httpx.BaseTransport, or an httpx.AsyncBaseTransport to an async client.",
        )
    return TransportOptions(
        ca_file=ca_file,
        grpc_ca_file=grpc_ca_file(ca_cert, ca_file),
        proxy=Sealed(check_proxy(proxy)),
        keepalive=check_keepalive(keepalive),
        grpc_options=check_grpc_options(grpc_options),
        http_transport=http_transport,
    )


async_transport_options = partial(transport_options, http_method="handle_async_request")


def new_request_id() -> str:
    """Return a request id: 32 random hexadecimal digits, as in a UUID, without the cost of importing uuid."""
    return os.urandom(16).hex()


def decoded(decode: Callable[[Res], T], answer: Res) -> T:
    try:
        return decode(answer)
    except FalServerlessException:
        raise
    except Exception as error:
        raise DataLoss(f"the response does not match the specification: {type(error).__name__}: {error}") from None


def check_max_retries(value: int) -> int:
    """Return how often a call may be repeated; 0 for never."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise InvalidType(f"max_retries: {shown(value)} is a {type(value).__name__}, not a whole number")
    if not 0 <= value <= _MOST_RETRIES:
        raise InvalidInput(
            f"max_retries: {shown(value)} is not between 0 and {_MOST_RETRIES}", hint="Pass e.g. max_retries=3."
        )
    return value


def check_headers(headers: Mapping[str, str] | None) -> tuple[tuple[str, str], ...]:
    """Return the additional headers of both wires, with names in lower case; no error shows a value."""
    if headers is None:
        return ()
    if not isinstance(headers, Mapping):
        raise InvalidType(f"headers: a {type(headers).__name__} is not a dict of names and values")
    checked: dict[str, str] = {}
    for name, value in headers.items():
        if not isinstance(name, str) or not isinstance(value, str):
            raise InvalidType(f"headers: {shown(name)} and its value must both be str")
        lower = name.casefold()
        if not _HEADER_NAME.fullmatch(lower):
            raise InvalidInput(
                f"headers: {name!r} is not a header name that both gRPC and HTTP accept",
                hint="Use letters, digits, - and _.",
            )
        if lower in _OUR_HEADERS or lower.startswith(_OUR_PREFIXES):
            raise InvalidInput(f"headers: {name!r} is set by the client itself", hint=_OUR_HEADERS.get(lower))
        if lower.endswith("-bin"):
            raise InvalidInput(
                f"headers: {name!r} holds bytes for gRPC, and a value is a text", hint="Use another name."
            )
        if lower in checked:
            raise InvalidInput(f"headers: {name!r} is given twice, as upper and lower case are the same")
        if not value.isascii() or not value.isprintable():
            raise InvalidInput(f"headers: the value of {name!r} has characters that a header cannot have")
        checked[lower] = value.strip()
    return tuple(checked.items())


def check_request_id(value: str) -> str:
    """Return the request id of a call."""
    if not isinstance(value, str):
        raise InvalidType(f"request_id: {shown(value)} is a {type(value).__name__}, not a str")
    if not _REQUEST_ID.fullmatch(value):
        raise InvalidInput(
            f"request_id: {shown(value)} is not 1 to 128 letters, digits, dots, dashes and underscores",
            hint="Pass e.g. uuid.uuid4().hex.",
        )
    return value


def check_keepalive(value: float | None) -> float | None:
    """Return after how many idle seconds a server is pinged."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidType(f"keepalive: {shown(value)} is a {type(value).__name__}, not a number of seconds")
    if not _LEAST_KEEPALIVE <= value <= _MOST_KEEPALIVE:
        raise InvalidInput(
            f"keepalive: {shown(value)} is not between {_LEAST_KEEPALIVE:.0f} and {_MOST_KEEPALIVE:.0f} seconds",
            hint="Pass e.g. keepalive=60.",
        )
    return float(value)


def check_grpc_options(options: Mapping[str, int | str] | None) -> tuple[tuple[str, int | str], ...]:
    """Return options of a gRPC channel; whether they have these values is not checked."""
    if options is None:
        return ()
    if not isinstance(options, Mapping):
        raise InvalidType(f"grpc_options: a {type(options).__name__} is not a dict of names and values")
    for name, value in options.items():
        if not isinstance(name, str) or not isinstance(value, int | str):
            raise InvalidType(f"grpc_options: {shown(name)} must be a str, and its value an int or a str")
        if isinstance(value, int) and not -_LARGEST <= value <= _LARGEST:
            raise InvalidInput(f"grpc_options: {shown(value)} of {name!r} is not between -{_LARGEST} and {_LARGEST}")
        if not name.startswith("grpc."):
            raise InvalidInput(f"grpc_options: {name!r} is not an option of gRPC", hint="They begin with 'grpc.'.")
    return tuple(options.items())


def check_proxy(proxy: str | None) -> str | None:
    """Return the URL of a proxy when it is one that both wires can use; it may hold a password, so it is not shown."""
    if proxy is None:
        return None
    if not isinstance(proxy, str) or not is_proxy(MaskedStr(proxy).reveal(), ("http",)):
        raise ConfigurationError(
            "proxy: it is not the URL of an HTTP proxy", hint="Pass e.g. proxy='http://host:3128'."
        )
    return MaskedStr(proxy)


def check_ca_cert(ca_cert: str | os.PathLike[str] | None, *, tls: bool = True) -> str | None:
    """Return the file of certificates to trust on both wires: the argument, or else the environment's.

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
        raise InvalidType(f"{source}: {shown(path)} is a {type(path).__name__}, not a path")
    name = os.fspath(path)
    if not os.path.isfile(name):
        raise ConfigurationError(f"{source}: there is no file {name!r}", hint="Pass a PEM file.")
    if ca_cert is not None:
        import ssl

        try:
            # gRPC would only say that a handshake failed.
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(name)
        except (OSError, ValueError):
            raise ConfigurationError(f"{source}: {name!r} holds no certificate", hint="Pass a PEM file.") from None
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
