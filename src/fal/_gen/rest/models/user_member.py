# Generated from spec/; do not edit. Regenerate with: just generate
"""Somebody who belongs to a team."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Self

from fal._gen.rest import wire


@dataclass(frozen=True, kw_only=True)
class UserMember:
    """Somebody who belongs to a team."""

    nickname: str
    """Name of the person's own account."""
    auth_id: str | None = None
    """Identifier of the person's login."""
    full_name: str | None = None
    """Name for people."""
    is_owner: bool | None = None
    """Whether the person owns the team."""
    team_role: TeamRole | None = None
    """What a member of a team may do."""
    additional_properties: dict[str, Any] = field(default_factory=dict)
    """Members that this version does not know."""

    @classmethod
    def from_dict(cls, data: Any) -> Self:
        """Read the JSON form.

        Raises:
            ValueError: A member is missing, or is not what it should be.
        """
        fields = wire.members(data, "UserMember")
        return cls(
            nickname=wire.text(fields.get("nickname", wire.MISSING), "UserMember.nickname"),
            auth_id=None if (value := fields.get("auth_id")) is None else wire.text(value, "UserMember.auth_id"),
            full_name=None if (value := fields.get("full_name")) is None else wire.text(value, "UserMember.full_name"),
            is_owner=None if (value := fields.get("is_owner")) is None else wire.boolean(value, "UserMember.is_owner"),
            team_role=None
            if (value := fields.get("team_role")) is None
            else TeamRole(wire.text(value, "UserMember.team_role")),
            additional_properties={key: item for key, item in fields.items() if key not in _KNOWN},
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form. A member that is None is left out, unless it is required."""
        fields: dict[str, Any] = wire.plain(self.additional_properties, "UserMember")
        fields["nickname"] = self.nickname
        if self.auth_id is not None:
            fields["auth_id"] = self.auth_id
        if self.full_name is not None:
            fields["full_name"] = self.full_name
        if self.is_owner is not None:
            fields["is_owner"] = self.is_owner
        if self.team_role is not None:
            fields["team_role"] = wire.plain(self.team_role, "UserMember.team_role")
        return fields


_KNOWN: frozenset[str] = frozenset(
    (
        "auth_id",
        "full_name",
        "is_owner",
        "nickname",
        "team_role",
    )
)

# Last, since models may refer to each other in a circle.
from fal._gen.rest.models.team_role import TeamRole  # noqa: E402
