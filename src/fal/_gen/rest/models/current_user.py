# Generated from spec/; do not edit. Regenerate with: just generate
"""The account that the credentials belong to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Self

from fal._gen.rest import wire


@dataclass(frozen=True, kw_only=True)
class CurrentUser:
    """The account that the credentials belong to."""

    nickname: str
    """Name in addresses, as in https://fal.run/nickname/app."""
    user_id: str
    """Identifier; the value of the team header."""
    full_name: str | None = None
    """Name for people."""
    is_locked: bool | None = None
    """Whether the account is locked; `lock_reason` says why."""
    is_paying: bool | None = None
    """Whether the account pays for what it uses."""
    is_personal: bool | None = None
    """Whether it is a person's account, not a team's."""
    lock_reason: str | None = None
    """Why the account is locked, as a sentence for people; None when it is not."""
    members: list[UserMember] | None = None
    """Of a team, who belongs to it."""
    additional_properties: dict[str, Any] = field(default_factory=dict)
    """Members that this version does not know."""

    @classmethod
    def from_dict(cls, data: Any) -> Self:
        """Read the JSON form.

        Raises:
            ValueError: A member is missing, or is not what it should be.
        """
        fields = wire.members(data, "CurrentUser")
        return cls(
            nickname=wire.text(fields.get("nickname", wire.MISSING), "CurrentUser.nickname"),
            user_id=wire.text(fields.get("user_id", wire.MISSING), "CurrentUser.user_id"),
            full_name=None if (value := fields.get("full_name")) is None else wire.text(value, "CurrentUser.full_name"),
            is_locked=None
            if (value := fields.get("is_locked")) is None
            else wire.boolean(value, "CurrentUser.is_locked"),
            is_paying=None
            if (value := fields.get("is_paying")) is None
            else wire.boolean(value, "CurrentUser.is_paying"),
            is_personal=None
            if (value := fields.get("is_personal")) is None
            else wire.boolean(value, "CurrentUser.is_personal"),
            lock_reason=None
            if (value := fields.get("lock_reason")) is None
            else wire.text(value, "CurrentUser.lock_reason"),
            members=None
            if (value := fields.get("members")) is None
            else [UserMember.from_dict(item) for item in wire.array(value, "CurrentUser.members")],
            additional_properties={key: item for key, item in fields.items() if key not in _KNOWN},
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form. A member that is None is left out, unless it is required."""
        fields: dict[str, Any] = wire.plain(self.additional_properties, "CurrentUser")
        fields["nickname"] = self.nickname
        fields["user_id"] = self.user_id
        if self.full_name is not None:
            fields["full_name"] = self.full_name
        if self.is_locked is not None:
            fields["is_locked"] = self.is_locked
        if self.is_paying is not None:
            fields["is_paying"] = self.is_paying
        if self.is_personal is not None:
            fields["is_personal"] = self.is_personal
        if self.lock_reason is not None:
            fields["lock_reason"] = wire.plain(self.lock_reason, "CurrentUser.lock_reason")
        if self.members is not None:
            fields["members"] = wire.plain(self.members, "CurrentUser.members")
        return fields


_KNOWN: frozenset[str] = frozenset(
    (
        "full_name",
        "is_locked",
        "is_paying",
        "is_personal",
        "lock_reason",
        "members",
        "nickname",
        "user_id",
    )
)

# Last, since models may refer to each other in a circle.
from fal._gen.rest.models.user_member import UserMember  # noqa: E402
