"""Hosts: where they come from, and when a connection may go without TLS."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from fal.exceptions import ConfigurationError

DEFAULT_GRPC = "api.alpha.fal.ai"
PLATFORM_PATH = "/v1"
_PLATFORM = (".fal.ai", ".fal.run")
_NAME = re.compile(r"(?!-)[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?", re.IGNORECASE | re.ASCII)
_PATH = re.compile(r"(/[A-Za-z0-9._~-]+)*")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A host, a port, and whether TLS is spoken there."""

    host: str
    port: int
    secure: bool
    path: str = ""

    @property
    def netloc(self) -> str:
        return f"[{self.host}]" if ":" in self.host else self.host

    @property
    def target(self) -> str:
        """What gRPC connects to."""
        return f"{self.netloc}:{self.port}"

    @property
    def url(self) -> str:
        default = 443 if self.secure else 80
        port = "" if self.port == default else f":{self.port}"
        return f"{'https' if self.secure else 'http'}://{self.netloc}{port}{self.path}"


def host_of(target: str) -> str:
    """Return the host of what gRPC connects to."""
    return urlsplit(f"//{target}").hostname or ""


def port_of(target: str) -> int:
    """Return the port of what gRPC connects to."""
    return urlsplit(f"//{target}").port or 443


def is_platform(host: str) -> bool:
    """Return whether a host is one of the platform's own."""
    return f".{host.casefold().rstrip('.')}".endswith(_PLATFORM)


def is_loopback(host: str) -> bool:
    """Return whether `host` is this machine by its name or address alone; nothing is looked up.

    Names below `.localhost` do not count: not every resolver keeps them on this machine.
    """
    if host.casefold() == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    # Whether ::ffff:127.0.0.1 is loopback depends on the version of Python; here it is not.
    return address.is_loopback if address.version == 4 else address == ipaddress.IPv6Address("::1")


def parse(
    text: str, source: str, *, plaintext: str | None = None, path_allowed: bool = False, usual_path: str = ""
) -> Endpoint:
    """Read a host: `name`, `name:port`, `http://…` (loopback only) or `https://…`.

    Args:
        text: The host as it was given.
        source: Where it was given, for the error.
        plaintext: The setting that turns TLS off for hosts without a scheme, for the error; None leaves TLS on.
        path_allowed: Whether a path may follow the host.
        usual_path: The path of a host that none follows; a slash at its end stands for none.

    Raises:
        ConfigurationError: when it is not a host, or would be spoken to in plaintext and is not this machine.
    """
    scheme, marker, address = text.strip().partition("://")
    if not marker:
        scheme, address = "", scheme
    scheme = scheme.casefold()
    if scheme not in ("", "http", "https"):
        raise ConfigurationError(f"{source}: it begins with {scheme}://", hint="Use https:// or no scheme.")
    # What is not a host may well be a key that was given in its place, so its text is not shown.
    place, slash, tail = address.partition("/")
    wrong = ConfigurationError(f"{source}: it is not a host", hint="Use NAME or NAME:PORT; a key belongs in api_key.")
    try:
        split = urlsplit(f"//{place}")
        host, port = split.hostname or "", split.port
    except ValueError:
        raise wrong from None
    named = _NAME.fullmatch(host) if not place.startswith("[") else _is_address(host)
    # urlsplit leaves line breaks and tabs out: what is left may be another host than the one that was written.
    written = place.isprintable() and "@" not in place and not place.endswith(":")
    if not named or not written or split.query or split.fragment or port == 0:
        raise wrong
    path = f"/{tail}".rstrip("/") if slash else usual_path
    if path and not path_allowed:
        raise ConfigurationError(f"{source}: {host!r} has a path", hint="Use NAME or NAME:PORT.")
    if not _PATH.fullmatch(path) or {".", ".."} & set(path.split("/")):
        raise ConfigurationError(
            f"{source}: what follows {host!r} is not a plain path", hint="Use NAME/PATH, as in v1."
        )
    secure = scheme == "https" or (scheme == "" and plaintext is None)
    if not secure and not is_loopback(host):
        asked = f"{source} begins with http://" if scheme else f"{plaintext} asks for plaintext"
        raise ConfigurationError(
            f"{source}: credentials are never sent in plaintext to {host}: {asked}, and it is not a loopback host",
            hint="Use https://, or a loopback host.",
        )
    return Endpoint(host, port or (443 if secure else 80), secure, path)


def _is_address(text: str) -> bool:
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return "%" not in text  # what may follow it is a name of the system's, of any characters


def rest_endpoint(grpc: Endpoint) -> Endpoint:
    """Return the REST endpoint that belongs to a gRPC endpoint: `api.` at the front becomes `rest.`."""
    if grpc.host.startswith("api."):
        return Endpoint("rest." + grpc.host.removeprefix("api."), grpc.port, grpc.secure)
    return grpc


def platform_of(grpc: Endpoint) -> Endpoint:
    """Return the endpoint of the platform API that belongs to a gRPC endpoint: `api.alpha.fal.ai` has `api.fal.ai/v1`."""
    host = grpc.host
    if host.startswith("api.alpha."):
        host = "api." + host.removeprefix("api.alpha.")
    return Endpoint(host, grpc.port, grpc.secure, PLATFORM_PATH)


def run_of(grpc: Endpoint) -> Endpoint:
    """Return the endpoint that apps are called on: `api.alpha.fal.ai` has `fal.run`."""
    if not grpc.host.startswith("api."):
        return grpc
    host = grpc.host.removeprefix("api.").removeprefix("alpha.")
    if host.endswith(".ai"):
        host = host.removesuffix(".ai") + ".run"
    return Endpoint(host, grpc.port, grpc.secure)


def queue_of(run: Endpoint) -> Endpoint:
    """Return the endpoint of queued requests; on this machine, and below an address, there are no sub-domains."""
    if is_loopback(run.host) or ":" in run.host or run.host.rpartition(".")[2].isdigit():
        return Endpoint(run.host, run.port, run.secure, "/queue")
    return Endpoint("queue." + run.host, run.port, run.secure)
