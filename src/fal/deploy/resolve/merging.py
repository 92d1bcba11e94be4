"""Merge the settings in code with those in pyproject.toml."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fal._gen import convert, models
from fal._gen.proto import controller_pb2 as pb
from fal.app.settings import SETTINGS, Group
from fal.exceptions import ProjectError

from ..paths import expand
from .environment import Requirements, flat, is_layered, layers

if TYPE_CHECKING:
    from fal.app.authoring.policies import ApplicationHealthCheckConfig
    from fal.app.spec import AppSpec

# Names in pyproject.toml and code -> names of MachineRequirements, and of RegisterApplicationRequest.
_MACHINE = {name: row.wire for name, row in SETTINGS.items() if row.group in (Group.MACHINE, Group.SCALE)}
_APPLICATION = {
    **{name: row.wire for name, row in SETTINGS.items() if row.group is Group.APP and not row.keyword},
    "health_check": "health_check_config",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationSettings:
    """How an app behaves, by the names of RegisterApplicationRequest; None and empty mean not set."""

    secrets: list[str] | None = None
    data_mounts: list[str] = field(default_factory=list)
    volumes: dict[str, str] = field(default_factory=dict)
    private_logs: bool | None = None
    skip_retry_conditions: list[str] = field(default_factory=list)
    retry_config: Mapping[str, Mapping[str, int]] | None = None
    termination_grace_period_seconds: int | None = None
    health_check_config: pb.ApplicationHealthCheckConfig | None = None


@dataclass(slots=True)
class Settings:
    """The settings from one source, under wire names; unset ones are missing. Merged, they become the two typed forms."""

    machine: dict[str, Any] = field(default_factory=dict)
    application: dict[str, Any] = field(default_factory=dict)
    requirements_base: Path | None = None
    warnings: list[str] = field(default_factory=list)

    @classmethod
    def from_table(cls, table: Mapping[str, Any], root: Path) -> Settings:
        """Return the settings in an app's table of pyproject.toml."""
        context = table.get("requirements_context_dir")
        machine = {wire: table[name] for name, wire in _MACHINE.items() if name in table}
        return cls(machine, _application(table), expand(context, root) if context else None)

    @classmethod
    def from_spec(cls, spec: AppSpec, folder: Path) -> Settings:
        """Return the settings in code, including defaults."""
        context = spec.requirements_context_dir
        options = {name: getattr(spec, name) for name in _APPLICATION}
        return cls(dict(spec.machine), _application(options), expand(context, folder) if context else None)

    def fill(self, table: Settings, explicit: Iterable[str], where: str) -> None:
        """Apply the settings of the file, except those that the author's code sets."""
        fixed = {_MACHINE.get(name) or _APPLICATION.get(name) or name for name in explicit}
        for mine, theirs in ((self.machine, table.machine), (self.application, table.application)):
            for key, value in theirs.items():
                if key not in fixed or mine.get(key) is None:
                    mine[key] = value
                elif mine[key] != value:
                    self.warnings.append(f"{key} of pyproject.toml is not used: {where} sets {key} itself")
        if table.requirements_base is not None and "requirements_context_dir" not in fixed:
            self.requirements_base = table.requirements_base

    def machine_requirements(self) -> pb.MachineRequirements:
        """Return where and how the app runs, as it is sent."""
        return convert.machine_requirements(**{"scheduler_options": {}, **self.machine})

    def application_settings(self) -> ApplicationSettings:
        """Return how the app behaves."""
        settings = dict(self.application)
        check = settings.pop("health_check_config", None)
        if check is not None:
            method = models.HealthCheckMethod(check["method"]) if "method" in check else None
            check = convert.application_health_check_config(**{**check, "method": method})
        return ApplicationSettings(**settings, health_check_config=check)


def _application(values: Mapping[str, Any]) -> dict[str, Any]:
    options = {wire: values[name] for name, wire in _APPLICATION.items() if values.get(name) is not None}
    if not options.get("volumes", True):
        del options["volumes"]
    if "health_check_config" in options:
        options["health_check_config"] = _health_check(options["health_check_config"])
    return options


def _health_check(value: ApplicationHealthCheckConfig | Mapping[str, Any]) -> dict[str, Any]:
    """Return a health check as fields of the wire, unset ones left out."""
    fields = dict(value) if isinstance(value, Mapping) else asdict(value)
    if fields.get("method") is not None:
        fields["method"] = fields["method"].lower()
    return {key: item for key, item in fields.items() if item is not None}


def merge_requirements(own: Requirements, added: Requirements, final: Requirements, where: str) -> Requirements:
    """Join requirements of code and file, in front of those that serving needs.

    Args:
        own: What the author wrote in code, flat or in layers.
        added: What pyproject.toml adds, flat or in layers.
        final: `own` and what serving needs, as the code alone would send it.
        where: The app, for an error.

    Raises:
        ProjectError: Both pin one package, to different versions.
    """
    known = flat(own)
    extra = _without(added, known)
    serving = _without(final, known + flat(extra))
    _check_pins(known, flat(extra), where)
    if not any(map(is_layered, (own, added, final))):
        return [*known, *flat(extra), *flat(serving)]
    return [layer for layer in [*layers(own), *layers(extra), flat(serving)] if layer]


def _without(requirements: Requirements, known: list[str]) -> Requirements:
    kept = [[name for name in layer if name not in known] for layer in layers(requirements)]
    return kept if is_layered(requirements) else kept[0]


_PIN = re.compile(r"^\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*==\s*([^;,\s]+)\s*$")


def _pins(requirements: list[str]) -> dict[str, str]:
    pins = {}
    for text in requirements:
        if match := _PIN.match(text):
            pins[re.sub(r"[-_.]+", "-", match.group(1)).lower()] = match.group(2)
    return pins


def _check_pins(own: list[str], added: list[str], where: str) -> None:
    mine, theirs = _pins(own), _pins(added)
    bad = [
        f"{name}=={mine[name]} and {name}=={theirs[name]}"
        for name in mine
        if theirs.get(name, mine[name]) != mine[name]
    ]
    if bad:
        raise ProjectError(f"{where} and pyproject.toml ask for different versions: {'; '.join(bad)}. Keep one of them")
