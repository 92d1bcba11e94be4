"""What a client resolved to, and from where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fal._core.settings import Settings


@dataclass(frozen=True, slots=True)
class AuthInfo:
    """Hosts, credentials, profile and team of a client, without any secret.

    Attributes:
        host: Where gRPC connects to, as "name:port".
        rest_url: The base of REST calls.
        run_url: The base of synchronous calls of apps.
        queue_url: The base of queued calls of apps.
        platform_url: The base of calls of the platform API.
        method: How the client shows who it is: "key", "token" for a stored login, "none" on purpose, or "missing".
        key_id: The id of the key, when it is one.
        profile: The profile of the configuration file, when one was chosen.
        team: The team to act for, when one was chosen.
        sources: Where each of these came from, e.g. {"credentials": "variable FAL_KEY"}.
    """

    host: str
    rest_url: str
    run_url: str
    queue_url: str
    platform_url: str
    method: str
    key_id: str | None
    profile: str | None
    team: str | None
    sources: Mapping[str, str]


def auth_info(settings: Settings) -> AuthInfo:
    """Return what may be shown of the settings."""
    return AuthInfo(
        host=settings.grpc_target,
        rest_url=settings.rest_url,
        run_url=settings.run_url,
        queue_url=settings.queue_url,
        platform_url=settings.platform_url,
        method=settings.credentials.kind,
        key_id=getattr(settings.credentials, "key_id", None),
        profile=settings.profile,
        team=settings.team,
        sources=dict(settings.sources),
    )
