"""Permissions: their names, their presets, and the one that each RPC needs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .faults import Fault, invalid

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .records import ApiKey

_READ = frozenset(
    f"{area}:read"
    for area in ("account", "apps", "environments", "files", "keys", "logs", "metrics", "runners", "secrets")
)
_WRITE = frozenset(f"{area}:write" for area in ("apps", "environments", "files", "keys", "runners", "secrets"))
PERMISSIONS = _READ | _WRITE | {"apps:call"}
# What the platform calls the permission to call apps.
_SYNONYMS = {"models:requests:submit": "apps:call"}

PRESETS: dict[str, frozenset[str]] = {
    "FULL": PERMISSIONS,
    "API": frozenset({"account:read", "apps:call", "files:write"}),
    "DEPLOY": (_READ - {"keys:read", "secrets:read", "metrics:read"}) | {"apps:call", "apps:write", "files:write"},
    "READONLY": _READ - {"keys:read"},
    "BILLING": frozenset({"account:read", "metrics:read"}),
    "COMPUTE": frozenset({"account:read", "apps:read", "logs:read", "metrics:read", "runners:read", "runners:write"}),
    "SERVERLESS": PERMISSIONS - {"keys:read", "keys:write"},
    "AGENT": frozenset({"account:read", "apps:call"}),
}

# Which permission each RPC needs. An RPC that is new upstream belongs here: without an entry it cannot be called, and a
# test says so. What a REST operation needs stands beside its path, in `rest/app.py`.
_RPC_PERMISSIONS: dict[str, tuple[str, ...]] = {
    "apps:read": ("ListApplications", "ListAliases"),
    "apps:write": (
        "Run", "InteractiveRun", "Map", "BuildEnvironment", "RegisterApplication", "UpdateApplication",
        "DeleteApplication", "RolloutApplication", "SetAlias", "DeleteAlias",
    ),
    "environments:read": ("ListEnvironments",),
    "environments:write": ("CreateEnvironment", "DeleteEnvironment"),
    "keys:read": ("ListUserKeys",),
    "keys:write": ("CreateUserKey", "RevokeUserKey"),
    "runners:read": ("ListAliasRunners", "ListRunners"),
    "runners:write": ("StopRunner", "KillRunner", "ShellRunner"),
    "secrets:read": ("ListSecrets",),
    "secrets:write": ("SetSecret",),
}  # fmt: skip
RPC_PERMISSION = {rpc: permission for permission, rpcs in _RPC_PERMISSIONS.items() for rpc in rpcs}

_PERMISSION_NAME = re.compile(r"[a-z][a-z0-9_-]*(:[a-z0-9_*-]+){1,3}")


def granted_to(key: ApiKey) -> frozenset[str]:
    """Return what a key may do: a preset means what it means today, whatever it meant when the key was made."""
    return key.permissions if key.preset is None else PRESETS.get(key.preset, key.permissions)


def require(key: ApiKey, permission: str) -> None:
    """Check that a key has a permission.

    Raises:
        Fault: It may not.
    """
    if permission not in granted_to(key):
        holds = f"preset {key.preset}" if key.preset else "permissions of its own"
        raise Fault(
            "PERMISSION_DENIED",
            f"this needs the permission {permission!r}, which the key ({holds}) does not have: use another key",
        )


def require_at_least(key: ApiKey, granted: frozenset[str]) -> None:
    """Check that a key does not grant a permission that it lacks.

    Raises:
        Fault: It would.
    """
    beyond = sorted(granted & PERMISSIONS - granted_to(key))
    if beyond:
        raise Fault("PERMISSION_DENIED", f"a key cannot grant what it does not have itself: {', '.join(beyond)}")


def permission_names(permissions: Iterable[str]) -> frozenset[str]:
    """Return permissions that a caller listed.

    Raises:
        Fault: There is none, or one is not well formed.
    """
    names = list(permissions)
    if not names:
        raise invalid("policy.permissions", "is empty: name at least one permission")
    for name in names:
        if not _PERMISSION_NAME.fullmatch(name):
            raise invalid("policy.permissions", f"{name!r} is not a permission; an example is 'apps:read'")
    return frozenset(_SYNONYMS.get(name, name) for name in names)
