"""Hosts: where they come from, and when a connection may go without TLS."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from fal.exceptions import ConfigurationError

DEFAULT_GRPC = "api.alpha.fal.ai"


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


def is_loopback(host: str) -> bool:
    """Return whether `host` is this machine by its name or address alone; nothing is looked up."""
    if host.casefold() == "localhost" or host.casefold().endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def parse(text: str, source: str, *, plaintext: str | None = None, path_allowed: bool = False) -> Endpoint:
    """Read a host: `name`, `name:port`, `http://…` (loopback only) or `https://…`.

    Args:
        text: The host as it was given.
        source: Where it was given, for the error.
        plaintext: The setting that turns TLS off for hosts without a scheme, for the error; None leaves TLS on.
        path_allowed: Whether a path may follow the host.

    Raises:
        ConfigurationError: when it is not a host, or would be spoken to in plaintext and is not this machine.
    """
    stripped = text.strip()
    scheme, marker, rest = stripped.partition("://")
    if not marker:
        scheme, rest = "", stripped
    if scheme not in ("", "http", "https"):
        raise ConfigurationError(
            f"{source}: the host {text!r} begins with {scheme}://", hint="Give https:// or no scheme."
        )
    try:
        split = urlsplit(f"//{rest}")
        host, port = split.hostname or "", split.port
    except ValueError as error:
        raise ConfigurationError(f"{source}: {text!r} is not a host: {error}") from None
    path = split.path.rstrip("/")
    if not host or any(char.isspace() for char in rest) or split.username or split.query or split.fragment:
        raise ConfigurationError(f"{source}: {text!r} is not a host", hint="Give NAME or NAME:PORT.")
    if path and not path_allowed:
        raise ConfigurationError(f"{source}: {text!r} has a path", hint="Give NAME or NAME:PORT.")
    secure = scheme == "https" or (scheme == "" and plaintext is None)
    if not secure and not is_loopback(host):
        asked = f"{source} begins with http://" if scheme else f"{plaintext} asks for plaintext"
        raise ConfigurationError(
            f"{source}: credentials are never sent in plaintext to {host}: {asked}, and it is not a loopback host",
            hint="Use https://, or a loopback host.",
        )
    return Endpoint(host, port or (443 if secure else 80), secure, path)


def rest_of(grpc: Endpoint) -> Endpoint:
    """Return the REST endpoint that belongs to a gRPC endpoint: `api.` at the front becomes `rest.`."""
    if grpc.host.startswith("api."):
        return Endpoint("rest." + grpc.host.removeprefix("api."), grpc.port, grpc.secure)
    return grpc


def run_of(grpc: Endpoint) -> Endpoint:
    """Return the endpoint that apps are called on: `api.alpha.fal.ai` has `fal.run`."""
    if not grpc.host.startswith("api."):
        return grpc
    host = grpc.host.removeprefix("api.").removeprefix("alpha.")
    if host.endswith(".ai"):
        host = host.removesuffix(".ai") + ".run"
    return Endpoint(host, grpc.port, grpc.secure)


def queue_of(run: Endpoint) -> Endpoint:
    """Return the endpoint of queued requests; on this machine it is a path, as there are no sub-domains."""
    if is_loopback(run.host):
        return Endpoint(run.host, run.port, run.secure, "/queue")
    return Endpoint("queue." + run.host, run.port, run.secure)
