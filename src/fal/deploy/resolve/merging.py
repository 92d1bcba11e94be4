"""Merge the settings in code with those in pyproject.toml."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fal.app.settings import SETTINGS, Group
from fal.exceptions import ProjectError

from ..paths import expand

if TYPE_CHECKING:
    from fal.app.authoring.policies import ApplicationHealthCheckConfig
    from fal.app.spec import AppSpec

# Names in pyproject.toml and code -> names of MachineRequirements, and of RegisterApplicationRequest.
_MACHINE = {name: row.wire for name, row in SETTINGS.items() if row.group in (Group.MACHINE, Group.SCALE)}
_APPLICATION = {
    **{name: row.wire for name, row in SETTINGS.items() if row.group is Group.APP and not row.keyword},
    "health_check": "health_check_config",
}


@dataclass(slots=True)
class Settings:
    """The settings from one source, under wire names; unset ones are missing."""

    machine: dict[str, Any] = field(default_factory=dict)
    other: dict[str, Any] = field(default_factory=dict)
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
        said = {name: getattr(spec, name) for name in _APPLICATION}
        return cls(dict(spec.machine), _application(said), expand(context, folder) if context else None)

    def fill(self, table: Settings, explicit: Iterable[str], where: str) -> None:
        """Apply the settings of the file, except those that the author's code sets."""
        fixed = {_MACHINE.get(name) or _APPLICATION.get(name) or name for name in explicit}
        for mine, theirs in ((self.machine, table.machine), (self.other, table.other)):
            for key, value in theirs.items():
                if key not in fixed or mine.get(key) is None:
                    mine[key] = value
                elif mine[key] != value:
                    self.warnings.append(f"{key} of pyproject.toml is not used: {where} sets {key} itself")
        if table.requirements_base is not None and "requirements_context_dir" not in fixed:
            self.requirements_base = table.requirements_base


def _application(said: Mapping[str, Any]) -> dict[str, Any]:
    found = {wire: said[name] for name, wire in _APPLICATION.items() if said.get(name) is not None}
    if not found.get("volumes", True):
        del found["volumes"]
    if "health_check_config" in found:
        found["health_check_config"] = _health_check(found["health_check_config"])
    return found


def _health_check(value: ApplicationHealthCheckConfig | Mapping[str, Any]) -> dict[str, Any]:
    """Return a health check as fields of the wire, unset ones left out."""
    found = dict(value) if isinstance(value, Mapping) else asdict(value)
    if found.get("method") is not None:
        found["method"] = found["method"].lower()
    return {key: item for key, item in found.items() if item is not None}


def merge_requirements(own: list[Any], added: list[Any], final: list[Any], where: str) -> list[Any]:
    """Join requirements of code and file, in front of those that serving needs.

    Args:
        own: What the author wrote in code, flat or in layers.
        added: What pyproject.toml adds, flat or in layers.
        final: `own` and what serving needs, as the code alone would send it.
        where: The app, for an error.

    Raises:
        ProjectError: Both pin one package, to different versions.
    """
    serving = _without(final, _flat(own))
    extra = _without(added, _flat(own))
    _check_pins(_flat(own), _flat(extra), where)
    if not (_layered(own) or _layered(added) or _layered(final)):
        return [*own, *extra, *_without(serving, _flat(extra))]
    layers = [*_as_layers(own), *_as_layers(extra)]
    rest = _without(_flat(serving), _flat(extra))
    return [layer for layer in [*layers, rest] if layer]


def _layered(requirements: list[Any]) -> bool:
    return any(isinstance(item, list) for item in requirements)


def _as_layers(requirements: list[Any]) -> list[list[str]]:
    return [list(item) for item in requirements] if _layered(requirements) else [list(requirements)]


def _flat(requirements: list[Any]) -> list[str]:
    return [name for layer in _as_layers(requirements) for name in layer]


def _without(requirements: list[Any], known: list[str]) -> list[Any]:
    if _layered(requirements):
        layers = [[name for name in layer if name not in known] for layer in requirements]
        return [layer for layer in layers if layer]
    return [name for name in requirements if name not in known]


_PIN = re.compile(r"^\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*==\s*([^;,\s]+)\s*$")


def _pins(requirements: list[str]) -> dict[str, str]:
    found = {}
    for text in requirements:
        if match := _PIN.match(text):
            found[re.sub(r"[-_.]+", "-", match.group(1)).lower()] = match.group(2)
    return found


def _check_pins(own: list[str], added: list[str], where: str) -> None:
    mine, theirs = _pins(own), _pins(added)
    bad = [
        f"{name}=={mine[name]} and {name}=={theirs[name]}"
        for name in mine
        if theirs.get(name, mine[name]) != mine[name]
    ]
    if bad:
        raise ProjectError(f"{where} and pyproject.toml ask for different versions: {'; '.join(bad)}. Keep one of them")
