# Generated from spec/; do not edit. Regenerate with: just generate
"""The details of an event; which of them there are depends on its category."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Self

from fal._gen.rest import wire


@dataclass(frozen=True, kw_only=True)
class ServerlessAppEventPayload:
    """The details of an event; which of them there are depends on its category."""

    actor: ServerlessActor | None = None
    """Who made it happen."""
    job_id: str | None = None
    machine_type: str | None = None
    new_app_auth_mode: str | None = None
    new_application_id: str | None = None
    new_config: dict[str, Any] | None = None
    old_app_auth_mode: str | None = None
    old_application_id: str | None = None
    old_config: dict[str, Any] | None = None
    reason: str | None = None
    state: str | None = None
    additional_properties: dict[str, Any] = field(default_factory=dict)
    """Members that this version does not know."""

    @classmethod
    def from_dict(cls, data: Any) -> Self:
        """Read the JSON form.

        Raises:
            ValueError: A member is missing, or is not what it should be.
        """
        fields = wire.members(data, "ServerlessAppEventPayload")
        return cls(
            actor=None if (value := fields.get("actor")) is None else ServerlessActor.from_dict(value),
            job_id=None
            if (value := fields.get("job_id")) is None
            else wire.text(value, "ServerlessAppEventPayload.job_id"),
            machine_type=None
            if (value := fields.get("machine_type")) is None
            else wire.text(value, "ServerlessAppEventPayload.machine_type"),
            new_app_auth_mode=None
            if (value := fields.get("new_app_auth_mode")) is None
            else wire.text(value, "ServerlessAppEventPayload.new_app_auth_mode"),
            new_application_id=None
            if (value := fields.get("new_application_id")) is None
            else wire.text(value, "ServerlessAppEventPayload.new_application_id"),
            new_config=None
            if (value := fields.get("new_config")) is None
            else {key: item for key, item in wire.members(value, "ServerlessAppEventPayload.new_config").items()},
            old_app_auth_mode=None
            if (value := fields.get("old_app_auth_mode")) is None
            else wire.text(value, "ServerlessAppEventPayload.old_app_auth_mode"),
            old_application_id=None
            if (value := fields.get("old_application_id")) is None
            else wire.text(value, "ServerlessAppEventPayload.old_application_id"),
            old_config=None
            if (value := fields.get("old_config")) is None
            else {key: item for key, item in wire.members(value, "ServerlessAppEventPayload.old_config").items()},
            reason=None
            if (value := fields.get("reason")) is None
            else wire.text(value, "ServerlessAppEventPayload.reason"),
            state=None
            if (value := fields.get("state")) is None
            else wire.text(value, "ServerlessAppEventPayload.state"),
            additional_properties={key: item for key, item in fields.items() if key not in _KNOWN},
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form. A member that is None is left out, unless it is required."""
        fields: dict[str, Any] = wire.plain(self.additional_properties, "ServerlessAppEventPayload")
        if self.actor is not None:
            fields["actor"] = wire.plain(self.actor, "ServerlessAppEventPayload.actor")
        if self.job_id is not None:
            fields["job_id"] = self.job_id
        if self.machine_type is not None:
            fields["machine_type"] = self.machine_type
        if self.new_app_auth_mode is not None:
            fields["new_app_auth_mode"] = self.new_app_auth_mode
        if self.new_application_id is not None:
            fields["new_application_id"] = self.new_application_id
        if self.new_config is not None:
            fields["new_config"] = wire.plain(self.new_config, "ServerlessAppEventPayload.new_config")
        if self.old_app_auth_mode is not None:
            fields["old_app_auth_mode"] = self.old_app_auth_mode
        if self.old_application_id is not None:
            fields["old_application_id"] = self.old_application_id
        if self.old_config is not None:
            fields["old_config"] = wire.plain(self.old_config, "ServerlessAppEventPayload.old_config")
        if self.reason is not None:
            fields["reason"] = self.reason
        if self.state is not None:
            fields["state"] = self.state
        return fields


_KNOWN: frozenset[str] = frozenset(
    (
        "actor",
        "job_id",
        "machine_type",
        "new_app_auth_mode",
        "new_application_id",
        "new_config",
        "old_app_auth_mode",
        "old_application_id",
        "old_config",
        "reason",
        "state",
    )
)

# Last, since models may refer to each other in a circle.
from fal._gen.rest.models.serverless_actor import ServerlessActor  # noqa: E402
