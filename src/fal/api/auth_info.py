"""What a client's settings resolved to, and where each came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fal._core.settings import Settings


@dataclass(frozen=True)
class AuthInfo:
    """Hosts, credentials, profile and team of a client, without any secret.

    Attributes:
        host: The gRPC host, as "name:port".
        rest_url: The base URL of REST calls.
        run_url: The base URL of synchronous calls to apps.
        queue_url: The base URL of queued calls to apps.
        platform_url: The base URL of the platform API.
        method: How the client authenticates: "key", "token" for a stored login, "none" if that was chosen, or "missing".
        key_id: The id of the key, if a key is used.
        profile: The profile of the configuration file, if one is used.
        team: The team to act for, if one was chosen.
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
    """Return the settings that may be shown."""
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
