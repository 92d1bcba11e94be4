"""What is deployed, and what a deploy would change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fal.app.settings import SCALE
from fal.exceptions import PermissionDenied, Unimplemented

from ..deadline import Deadline
from ..resolve.draft import Draft

if TYPE_CHECKING:
    from fal._core.caller import Caller
    from fal._gen import models
    from fal._gen.proto import controller_pb2 as pb


@dataclass(frozen=True, slots=True)
class ScaleSetting:
    """One scale setting: what is live, what the app asks for, and which of the two the new revision gets.

    `outcome` is "inherited" (the live value stays), "reset" (the app's value replaces it), "default" (the live value is
    replaced by the platform's default, as the app asks for none), "new" (nothing is live yet) or "same" (nothing changes).
    """

    name: str
    live: Any
    requested: Any
    outcome: str


def live_alias(caller: Caller, alias: str, environment_name: str | None, deadline: Deadline) -> models.AliasInfo | None:
    """Return the app deployed under this name, or None."""
    from fal._gen import convert, rpc

    request = convert.list_aliases_request(environment_name=environment_name)
    aliases = caller.call(
        rpc.LIST_ALIASES,
        request,
        lambda message: [convert.alias_info(item) for item in message.aliases],
        timeout=deadline.at_most(rpc.LIST_ALIASES.policy.deadline),
    )
    return next((item for item in aliases if item.alias == alias), None)


def missing_secrets(caller: Caller, draft: Draft, deadline: Deadline) -> list[str]:
    """Return a warning for each secret that the app asks for and its environment does not have. Reads only."""
    from fal._gen import convert, rpc

    wanted = draft.application.secrets or []
    if not wanted:
        return []
    environment = draft.options.environment_name
    try:
        known = caller.call(
            rpc.LIST_SECRETS,
            convert.list_secrets_request(environment_name=environment),
            lambda answer: {secret.name for secret in answer.secrets},
            timeout=deadline.at_most(rpc.LIST_SECRETS.policy.deadline),
        )
    except (PermissionDenied, Unimplemented):
        return []  # who may deploy need not be allowed to look at secrets
    where = f", environment_name={environment!r}" if environment else ""
    return [
        f"secret {name!r} does not exist in the environment {environment or 'main'!r}; "
        f"set it with client.secrets.set(...{where})"
        for name in wanted
        if name not in known
    ]


def scale_settings(draft: Draft, live: models.AliasInfo | None) -> tuple[ScaleSetting, ...]:
    """Return the effect on each scale setting."""
    settings = []
    for setting in SCALE.values():
        requested = _requested(draft.machine, setting.wire)
        current = None if live is None else getattr(live, setting.result)
        current = None if current == [] else current
        if requested is None and current is None:
            continue
        reset = draft.reset_scale or setting.of_code
        default = list(setting.on_platform) if isinstance(setting.on_platform, tuple) else setting.on_platform
        planned = default if reset and requested is None else requested
        outcome = "same" if live is not None and current == planned else _outcome(live, requested, reset)
        settings.append(ScaleSetting(setting.name, current, requested, outcome))
    return tuple(settings)


def _requested(machine: pb.MachineRequirements, name: str) -> Any:
    value = getattr(machine, name)
    if isinstance(value, int | str):
        return value if machine.HasField(name) else None  # type: ignore[arg-type]
    return list(value) or None


def _outcome(live: models.AliasInfo | None, requested: Any, reset: bool) -> str:
    if live is None:
        return "new"
    if not reset:
        return "inherited"
    return "default" if requested is None else "reset"


def for_team(caller: Caller, team: str | None) -> Caller:
    """Return a caller for the team that the project names, unless the client was given a team itself."""
    settings = caller.settings
    if team is None or team == settings.team or (settings.team and "argument" in settings.sources.get("team", "")):
        return caller
    return caller.with_options(team=team, team_source="key 'team' of pyproject.toml")
