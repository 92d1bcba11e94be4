"""Which proxy a host is reached through. A proxy that cannot be used is an error: it is neither left out nor shown."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

from fal._core.hosts import is_loopback
from fal._core.secret import MaskedStr
from fal.exceptions import ConfigurationError

# In the order in which they count. The first and the last are the C core's own custom.
_FOR_GRPC = ("grpc_proxy", "https_proxy", "HTTPS_PROXY", "http_proxy", "all_proxy", "ALL_PROXY")


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
            f"proxy: credentials are never sent in plaintext off this machine, and {host} is spoken to without TLS",
            hint="Use https://, a proxy on this machine, or none.",
        )


def for_grpc(host: str) -> MaskedStr | None:
    """Return the proxy of the environment for a host that is spoken to over gRPC, None when there is none.

    Raises:
        ConfigurationError: The proxy is one that gRPC cannot use; it would go around it without a word.
    """
    name = next((name for name in _FOR_GRPC if os.environ.get(name)), None)
    if name is None or is_loopback(host):
        return None
    from urllib.request import proxy_bypass  # which takes as long to import as much of the rest

    if proxy_bypass(host):
        return None
    found = _named(os.environ[name])
    if not is_proxy(found.reveal(), ("http",)):
        raise _unusable(f"variable {name}", "gRPC")
    return found


def check_rest() -> None:
    """Refuse proxies of the environment that HTTP cannot use.

    Raises:
        ConfigurationError: One is no URL of a proxy, or needs a package that is not installed.
    """
    import importlib.util
    from urllib.request import getproxies

    socks = ("socks5", "socks5h") if importlib.util.find_spec("socksio") else ()
    for scheme in ("https", "all", "http"):
        url = getproxies().get(scheme)
        if url and not is_proxy(_named(url).reveal(), ("http", "https", *socks)):
            raise _unusable(f"variable {scheme}_proxy", "HTTP")


def _named(url: str) -> MaskedStr:
    return MaskedStr(url if "://" in url else f"http://{url}")


def _unusable(source: str, wire: str) -> ConfigurationError:
    return ConfigurationError(
        f"{source}: it is not the URL of a proxy that {wire} can use",
        hint="Set it to e.g. http://host:3128, give proxy=, or name the host in no_proxy.",
    )
