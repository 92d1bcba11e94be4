# Generated from spec/; do not edit. Regenerate with: just generate
"""A deployed app. Durations are in seconds."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from fal._gen.rest import wire


@dataclass(frozen=True, kw_only=True)
class ServerlessApp:
    """A deployed app. Durations are in seconds."""

    auth_mode: ServerlessAppAuthMode
    """Who may call an app."""
    endpoint_id: str
    environment: str
    keep_alive: float
    """How long an idle runner is kept."""
    machine_type: str
    max_concurrency: float
    min_concurrency: float
    name: str
    owner: str
    """Nickname of the account."""
    request_timeout: float
    startup_timeout: float
    updated_at: datetime
    valid_regions: list[str]
    endpoints: list[str] | None = None
    additional_properties: dict[str, Any] = field(default_factory=dict)
    """Members that this version does not know."""

    @classmethod
    def from_dict(cls, data: Any) -> Self:
        """Read the JSON form.

        Raises:
            ValueError: A member is missing, or is not what it should be.
        """
        fields = wire.members(data, "ServerlessApp")
        return cls(
            auth_mode=ServerlessAppAuthMode(
                wire.text(fields.get("auth_mode", wire.MISSING), "ServerlessApp.auth_mode")
            ),
            endpoint_id=wire.text(fields.get("endpoint_id", wire.MISSING), "ServerlessApp.endpoint_id"),
            environment=wire.text(fields.get("environment", wire.MISSING), "ServerlessApp.environment"),
            keep_alive=wire.number(fields.get("keep_alive", wire.MISSING), "ServerlessApp.keep_alive"),
            machine_type=wire.text(fields.get("machine_type", wire.MISSING), "ServerlessApp.machine_type"),
            max_concurrency=wire.number(fields.get("max_concurrency", wire.MISSING), "ServerlessApp.max_concurrency"),
            min_concurrency=wire.number(fields.get("min_concurrency", wire.MISSING), "ServerlessApp.min_concurrency"),
            name=wire.text(fields.get("name", wire.MISSING), "ServerlessApp.name"),
            owner=wire.text(fields.get("owner", wire.MISSING), "ServerlessApp.owner"),
            request_timeout=wire.number(fields.get("request_timeout", wire.MISSING), "ServerlessApp.request_timeout"),
            startup_timeout=wire.number(fields.get("startup_timeout", wire.MISSING), "ServerlessApp.startup_timeout"),
            updated_at=wire.time(fields.get("updated_at", wire.MISSING), "ServerlessApp.updated_at"),
            valid_regions=[
                wire.text(item, "ServerlessApp.valid_regions")
                for item in wire.array(fields.get("valid_regions", wire.MISSING), "ServerlessApp.valid_regions")
            ],
            endpoints=None
            if (value := fields.get("endpoints")) is None
            else [wire.text(item, "ServerlessApp.endpoints") for item in wire.array(value, "ServerlessApp.endpoints")],
            additional_properties={key: item for key, item in fields.items() if key not in _KNOWN},
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form. A member that is None is left out, unless it is required."""
        fields: dict[str, Any] = wire.plain(self.additional_properties, "ServerlessApp")
        fields["auth_mode"] = wire.plain(self.auth_mode, "ServerlessApp.auth_mode")
        fields["endpoint_id"] = self.endpoint_id
        fields["environment"] = self.environment
        fields["keep_alive"] = self.keep_alive
        fields["machine_type"] = self.machine_type
        fields["max_concurrency"] = self.max_concurrency
        fields["min_concurrency"] = self.min_concurrency
        fields["name"] = self.name
        fields["owner"] = self.owner
        fields["request_timeout"] = self.request_timeout
        fields["startup_timeout"] = self.startup_timeout
        fields["updated_at"] = wire.plain(self.updated_at, "ServerlessApp.updated_at")
        fields["valid_regions"] = wire.plain(self.valid_regions, "ServerlessApp.valid_regions")
        if self.endpoints is not None:
            fields["endpoints"] = wire.plain(self.endpoints, "ServerlessApp.endpoints")
        return fields


_KNOWN: frozenset[str] = frozenset(
    (
        "auth_mode",
        "endpoint_id",
        "endpoints",
        "environment",
        "keep_alive",
        "machine_type",
        "max_concurrency",
        "min_concurrency",
        "name",
        "owner",
        "request_timeout",
        "startup_timeout",
        "updated_at",
        "valid_regions",
    )
)

# Last, since models may refer to each other in a circle.
from fal._gen.rest.models.serverless_app_auth_mode import ServerlessAppAuthMode  # noqa: E402
