"""The plan of a deploy: what it would send, and what it would change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from fal._core.secret import Sealed
from fal.exceptions import PlanStale

from .deadline import Deadline
from .events import DeployWarning
from .package.prepare import Prepared, changed_inputs
from .redaction import redacted, shown_text
from .resolve.environment import flat
from .send.live import ScaleSetting, for_team, live_alias, missing_secrets, scale_settings

if TYPE_CHECKING:
    from fal._core.caller import Caller
    from fal._gen import models


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """A file of the app; it is sent only if the platform lacks it. The size is in bytes."""

    relative_path: str
    size: int
    hash: str


@dataclass(frozen=True, eq=False)
class DeployPlan:
    """What a deploy would do. Pass it to `client.deploy(plan)` to do exactly that.

    Attributes:
        app_name: The app, without the environment's suffix.
        alias: The full name that is sent.
        environment_name: The environment, None for the default one.
        kind: virtualenv, conda or container.
        strategy: rolling or recreate.
        reset_scale: Whether the app's own scale settings replace the live ones.
        auth_mode: Who may call the app; None leaves it to the platform (private).
        source: The file that was loaded, None for entry points and images.
        symbol: The app's name in that file.
        entrypoint: `<module>:<symbol>`, for entry points.
        python_version: The Python the app runs on.
        requirements: All requirements, those for serving included.
        local_requirements: Folders among them that will be built and stored, by requirement.
        bundle_size: The size of the pickled code, in bytes.
        files: The files of the app.
        build_request: The BuildEnvironment request, secrets and bytes left out.
        request: The RegisterApplication request, secrets and bytes left out.
        live_revision: The current revision; None if there is none.
        changes: The changes to the live app: name -> (old, new).
        scale: The effect on each scale setting.
        warnings: Settings that were not applied as written.
    """

    app_name: str
    alias: str
    environment_name: str | None
    kind: str
    strategy: str
    reset_scale: bool
    auth_mode: str | None
    source: Path | None
    symbol: str | None
    entrypoint: str | None
    python_version: str | None
    requirements: tuple[str, ...]
    local_requirements: Mapping[str, Path]
    bundle_size: int
    files: tuple[PlannedFile, ...]
    build_request: Mapping[str, Any]
    request: Mapping[str, Any]
    live_revision: str | None
    changes: Mapping[str, tuple[Any, Any]]
    scale: tuple[ScaleSetting, ...]
    warnings: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the plan as plain JSON values."""
        return {
            "app_name": self.app_name,
            "alias": self.alias,
            "environment_name": self.environment_name,
            "kind": self.kind,
            "strategy": self.strategy,
            "reset_scale": self.reset_scale,
            "auth_mode": self.auth_mode,
            "source": None if self.source is None else str(self.source),
            "symbol": self.symbol,
            "entrypoint": self.entrypoint,
            "python_version": self.python_version,
            "requirements": list(self.requirements),
            "local_requirements": {text: str(folder) for text, folder in self.local_requirements.items()},
            "bundle_size": self.bundle_size,
            "files": [{"relative_path": f.relative_path, "size": f.size, "hash": f.hash} for f in self.files],
            "build_request": dict(self.build_request),
            "request": dict(self.request),
            "live_revision": self.live_revision,
            "changes": {name: {"live": old, "planned": new} for name, (old, new) in self.changes.items()},
            "scale": [
                {"name": s.name, "live": s.live, "requested": s.requested, "outcome": s.outcome} for s in self.scale
            ],
            "warnings": list(self.warnings),
        }

    def __str__(self) -> str:
        where = f" in environment {self.environment_name}" if self.environment_name else ""
        what = self.entrypoint or (f"{self.source}::{self.symbol}" if self.source else "container image")
        rows = [
            f"Deploy {self.app_name}{where}",
            f"  from          {what}",
            f"  environment   {self.kind}, Python {self.python_version}",
            f"  strategy      {self.strategy}",
            f"  auth          {self.auth_mode or 'not set (a new app is private)'}",
            f"  live revision {self.live_revision or 'none: this is the first deploy'}",
            f"  bundle        {self.bundle_size:,} bytes",
        ]
        if self.requirements:
            rows.append("  requirements")
            for text in self.requirements:
                folder = self.local_requirements.get(text)
                rows.append(f"    {shown_text(text)}" + (f"  (built from {folder})" if folder else ""))
        if self.files:
            rows.append(f"  files         {len(self.files)}, {sum(file.size for file in self.files):,} bytes in all")
            rows += [f"    {file.size:>12,}  {file.relative_path}" for file in self.files[:20]]
            rows += [f"    ... and {len(self.files) - 20} more"] if len(self.files) > 20 else []
        if self.changes:
            rows.append("  changes")
            rows += [f"    {name}: {old!r} -> {new!r}" for name, (old, new) in self.changes.items()]
        if self.scale:
            rows.append("  scaling")
            rows += [f"    {_scale_row(setting)}" for setting in self.scale]
        rows += [f"  warning: {text}" for text in self.warnings]
        return "\n".join(rows)

    def __reduce__(self) -> NoReturn:
        # It holds code and, for private registries, logins.
        raise TypeError("a DeployPlan cannot be pickled; store plan.to_dict(), and make a new plan to deploy")


def _scale_row(setting: ScaleSetting) -> str:
    if setting.outcome == "inherited":
        asked = "" if setting.requested is None else f"; the app asks for {setting.requested!r}, use reset_scale=True"
        return f"{setting.name}: {setting.live!r} (inherited{asked})"
    if setting.outcome == "default":
        return f"{setting.name}: {setting.live!r} -> the platform's default (reset)"
    if setting.outcome == "reset":
        return f"{setting.name}: {setting.live!r} -> {setting.requested!r} (reset)"
    if setting.outcome == "same":
        return f"{setting.name}: {setting.live!r} (unchanged)"
    return f"{setting.name}: {setting.requested!r} (new)"


_PRIVATE = "_prepared"


def make_plan(caller: Caller, prepared: Prepared, deadline: Deadline) -> DeployPlan:
    """Compare a prepared deploy with what is live. Reads only."""
    from .send import requests

    caller = for_team(caller, prepared.draft.team)
    draft = prepared.draft
    live = live_alias(caller, prepared.alias, draft.options.environment_name, deadline)
    planned = {item.text: f"{item.name or item.folder.name}{item.extras} @ <{item.folder}>" for item in prepared.local}
    build = requests.build_request(draft, prepared.alias, prepared.files, planned)
    register = requests.register_request(draft, prepared.alias, prepared.files, planned, draft.metadata)
    plan = DeployPlan(
        app_name=draft.name,
        alias=prepared.alias,
        environment_name=draft.options.environment_name,
        kind=draft.environment.kind,
        strategy=draft.strategy,
        reset_scale=draft.reset_scale,
        auth_mode=draft.auth_mode,
        source=draft.source,
        symbol=draft.symbol,
        entrypoint=draft.entrypoint,
        python_version=draft.environment.configuration["python_version"],
        requirements=tuple(shown_text(text) for text in flat(draft.environment.requirements)),
        local_requirements={item.text: item.folder for item in prepared.local},
        bundle_size=len(draft.function or b""),
        files=tuple(PlannedFile(f.file.relative_path, f.file.size, f.hash) for f in prepared.files),
        build_request=redacted(build),
        request=redacted(register),
        live_revision=live.revision if live else None,
        changes=_changes(prepared, live),
        scale=scale_settings(draft, live),
        warnings=(
            *(event.message for event in prepared.events if isinstance(event, DeployWarning)),
            *missing_secrets(caller, draft, deadline),
        ),
    )
    # Neither a field nor open: asdict, repr, vars and comparison must not reach the code and the logins in it.
    object.__setattr__(plan, _PRIVATE, Sealed((prepared, _where(caller))))
    return plan


def _changes(prepared: Prepared, live: models.AliasInfo | None) -> dict[str, tuple[Any, Any]]:
    if live is None:
        return {}
    wanted = prepared.draft.auth_mode
    now = str(live.auth_mode)
    return {"auth_mode": (now, wanted)} if wanted is not None and wanted != now else {}


def _where(caller: Caller) -> tuple[Any, ...]:
    settings = caller.settings
    return settings.grpc_target, settings.rest_url, settings.team


def take_plan(caller: Caller, plan: DeployPlan, deadline: Deadline) -> Prepared:
    """Return what a plan would send, if nothing has changed since.

    Raises:
        PlanStale: Local files or the live revision changed, or the client uses another host or team.
    """
    prepared, where = getattr(plan, _PRIVATE).value
    assert isinstance(prepared, Prepared)
    caller = for_team(caller, prepared.draft.team)
    if where != _where(caller):
        raise PlanStale("the plan was made by a client of another host or team; make a new plan with this client")
    changed = changed_inputs(prepared)
    if changed:
        raise PlanStale(f"files changed since the plan was made: {', '.join(changed)}; make a new plan")
    live = live_alias(caller, plan.alias, plan.environment_name, deadline)
    revision = live.revision if live else None
    if revision != plan.live_revision:
        raise PlanStale(
            f"{plan.app_name} was deployed since the plan was made: the live revision was {plan.live_revision} "
            f"and is now {revision}; make a new plan"
        )
    return prepared
