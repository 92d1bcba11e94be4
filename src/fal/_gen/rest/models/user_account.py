# Generated from spec/; do not edit. Regenerate with: just generate
"""An account that a person may act for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Self

from fal._gen.rest import wire


@dataclass(frozen=True, kw_only=True)
class UserAccount:
    """An account that a person may act for."""

    nickname: str
    """Name in addresses, as in https://fal.run/nickname/app."""
    user_id: str
    """Identifier; the value of the team header."""
    full_name: str | None = None
    """Name for people."""
    is_org: bool | None = None
    """Whether it is an organisation's."""
    is_personal: bool | None = None
    """Whether it is the person's own account, not a team's."""
    lock_reason: str | None = None
    """Why the account is locked, as a sentence for people."""
    additional_properties: dict[str, Any] = field(default_factory=dict)
    """Members that this version does not know."""

    @classmethod
    def from_dict(cls, data: Any) -> Self:
        """Read the JSON form.

        Raises:
            ValueError: A member is missing, or is not what it should be.
        """
        fields = wire.members(data, "UserAccount")
        return cls(
            nickname=wire.text(fields.get("nickname", wire.MISSING), "UserAccount.nickname"),
            user_id=wire.text(fields.get("user_id", wire.MISSING), "UserAccount.user_id"),
            full_name=None if (value := fields.get("full_name")) is None else wire.text(value, "UserAccount.full_name"),
            is_org=None if (value := fields.get("is_org")) is None else wire.boolean(value, "UserAccount.is_org"),
            is_personal=None
            if (value := fields.get("is_personal")) is None
            else wire.boolean(value, "UserAccount.is_personal"),
            lock_reason=None
            if (value := fields.get("lock_reason")) is None
            else wire.text(value, "UserAccount.lock_reason"),
            additional_properties={key: item for key, item in fields.items() if key not in _KNOWN},
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form. A member that is None is left out, unless it is required."""
        fields: dict[str, Any] = wire.plain(self.additional_properties, "UserAccount")
        fields["nickname"] = self.nickname
        fields["user_id"] = self.user_id
        if self.full_name is not None:
            fields["full_name"] = self.full_name
        if self.is_org is not None:
            fields["is_org"] = self.is_org
        if self.is_personal is not None:
            fields["is_personal"] = self.is_personal
        if self.lock_reason is not None:
            fields["lock_reason"] = wire.plain(self.lock_reason, "UserAccount.lock_reason")
        return fields


_KNOWN: frozenset[str] = frozenset(
    (
        "full_name",
        "is_org",
        "is_personal",
        "lock_reason",
        "nickname",
        "user_id",
    )
)
