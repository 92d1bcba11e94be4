"""Which proxy a host is reached through: one rule for both wires.

The SDK speaks TLS to every other machine, so `https_proxy` counts first, then `all_proxy`, then `http_proxy`; over gRPC
`grpc_proxy` goes before them. `no_proxy` names hosts that are reached directly. A proxy that cannot be used is an error: it is
neither left out nor shown.
"""

from __future__ import annotations

import importlib.util
import ipaddress
import os
import sys
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from fal._core.hosts import is_loopback
from fal._core.secret import MaskedStr
from fal.exceptions import ConfigurationError

_VARIABLES = ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "http_proxy", "HTTP_PROXY")
_FOR_GRPC = ("grpc_proxy", *_VARIABLES)
GRPC_SCHEMES = ("http",)
_HTTP_SCHEMES = ("http", "https")
_SOCKS_SCHEMES = ("socks5", "socks5h")
_HINT = "Set it to e.g. http://host:3128, pass proxy=, or name the host in no_proxy."


def is_proxy(url: str, schemes: tuple[str, ...]) -> bool:
    """Return whether a text is the URL of a proxy of one of these schemes."""
    try:
        split = urlsplit(url)
        return split.scheme in schemes and bool(split.hostname) and split.port != 0
    except ValueError:
        return False


def check_plaintext(host: str, *, secure: bool, proxy: str | None) -> None:
    """Refuse to speak without TLS to this machine through a proxy on another one.

    Raises:
        ConfigurationError: Credentials would leave this machine in plaintext.
    """
    if secure or proxy is None:
        return
    through = urlsplit(MaskedStr(proxy).reveal()).hostname or ""
    if not is_loopback(through):
        raise ConfigurationError(
            f"proxy: credentials are never sent in plaintext off this machine, and {host} is used without TLS",
            hint="Use https://, a proxy on this machine, or none.",
        )


def for_grpc(host: str, port: int) -> MaskedStr | None:
    """Return the proxy of the environment that gRPC reaches a host through, None when there is none.

    Raises:
        ConfigurationError: gRPC cannot use the proxy.
    """
    return _chosen(host, port, _FOR_GRPC, GRPC_SCHEMES, "gRPC")


def for_http(host: str, port: int) -> MaskedStr | None:
    """Return the proxy of the environment that HTTP reaches a host through, None when there is none.

    Raises:
        ConfigurationError: HTTP cannot use the proxy, or needs a package that is not installed.
    """
    return _chosen(host, port, _VARIABLES, (*_HTTP_SCHEMES, *_SOCKS_SCHEMES), "HTTP")


def authority_and_login(proxy: str) -> tuple[str, str | None]:
    """Return `HOST:PORT` of a proxy, and what it is logged in to with, as `USER:PASSWORD`."""
    split = urlsplit(MaskedStr(proxy).reveal())
    host = f"[{split.hostname}]" if ":" in (split.hostname or "") else split.hostname
    login = None if split.username is None else f"{unquote(split.username)}:{unquote(split.password or '')}"
    return f"{host}:{split.port or 80}", login


def is_bypassed(host: str, port: int, no_proxy: str) -> bool:
    """Return whether `no_proxy` names a host.

    An entry is a name, which stands for the names below it too, an address, a network such as 10.0.0.0/8, each with or without
    a port, or `*`. Entries are separated by commas or spaces; one that is none of these names nothing.
    """
    host = host.casefold().rstrip(".")
    address = _address(host)
    for entry in no_proxy.casefold().replace(",", " ").split():
        if entry == "*":
            return True
        name, entry_port = _split_port(entry)
        if entry_port is not None and entry_port != port:
            continue
        if address is not None:
            network = _network(name)
            if network is not None and address in network:
                return True
        elif name and f".{host}".endswith("." + name):
            return True
    return False


def _chosen(host: str, port: int, variables: tuple[str, ...], schemes: tuple[str, ...], wire: str) -> MaskedStr | None:
    if is_loopback(host):
        return None
    proxy = next(_environment(variables), None)
    if proxy is None:
        return _of_the_system(host)
    name, url = proxy
    if is_bypassed(host, port, os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""):
        return None
    if not is_proxy(url.reveal(), schemes):
        raise ConfigurationError(
            f"variable {name}: it is not the URL of a proxy that {wire} can use",
            hint=_HINT,
        )
    if is_proxy(url.reveal(), _SOCKS_SCHEMES) and importlib.util.find_spec("socksio") is None:
        raise ConfigurationError(f"variable {name}: a SOCKS proxy needs the package socksio", hint=_HINT)
    return url


def _environment(variables: tuple[str, ...]) -> Iterator[tuple[str, MaskedStr]]:
    for name in variables:
        # Behind CGI, HTTP_PROXY is a header that the sender of the request controls.
        if (url := os.environ.get(name)) and not (name == "HTTP_PROXY" and "REQUEST_METHOD" in os.environ):
            yield name, MaskedStr(url if "://" in url else f"http://{url}")


def _of_the_system(host: str) -> MaskedStr | None:
    """Return the proxy of the settings of macOS or Windows; one of another kind than HTTP is passed over."""
    if sys.platform not in ("darwin", "win32"):
        return None
    from urllib.request import getproxies, proxy_bypass

    url = getproxies().get("https")
    if not url or not is_proxy(url, GRPC_SCHEMES) or proxy_bypass(host):
        return None
    return MaskedStr(url)


def _split_port(entry: str) -> tuple[str, int | None]:
    """Return the name or address of an entry, without what decorates it, and its port."""
    if entry.startswith("["):
        name, _, suffix = entry[1:].partition("]")
        port = suffix.removeprefix(":")
    elif entry.count(":") == 1:
        name, _, port = entry.partition(":")
    else:
        name, port = entry, ""
    return name.removeprefix("*").strip("."), int(port) if port.isascii() and port.isdigit() else None


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _network(name: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(name, strict=False)
    except ValueError:
        return None
