"""Join what the code says with what pyproject.toml says."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from fal.exceptions import ProjectError

from ..paths import expand

# Names in pyproject.toml and code -> names of MachineRequirements on the wire.
_MACHINE = {
    "machine_type": "machine_types",
    "machine_types": "machine_types",
    "num_gpus": "num_gpus",
    "keep_alive": "keep_alive",
    "base_image": "base_image",
    "_base_image": "base_image",
    "exposed_port": "exposed_port",
    "metrics_port": "metrics_port",
    "scheduler": "scheduler",
    "_scheduler": "scheduler",
    "scheduler_options": "scheduler_options",
    "_scheduler_options": "scheduler_options",
    "max_concurrency": "max_concurrency",
    "min_concurrency": "min_concurrency",
    "concurrency_buffer": "concurrency_buffer",
    "concurrency_buffer_perc": "concurrency_buffer_perc",
    "scaling_delay": "scaling_delay_seconds",
    "scaling_delay_seconds": "scaling_delay_seconds",
    "max_multiplexing": "max_multiplexing",
    "request_timeout": "request_timeout",
    "request_start_timeout": "request_start_timeout",
    "startup_timeout": "startup_timeout",
    "regions": "valid_regions",
    "valid_regions": "valid_regions",
}
# Names -> names of RegisterApplicationRequest.
_OTHER = {
    "private_logs": "private_logs",
    "secrets": "secrets",
    "data_mounts": "data_mounts",
    "volumes": "volumes",
    "skip_retry_conditions": "skip_retry_conditions",
    "retry_config": "retry_config",
    "termination_grace_period_seconds": "termination_grace_period_seconds",
    "health_check": "health_check_config",
    "health_check_config": "health_check_config",
}


@dataclass(slots=True)
class Settings:
    """What one place says about an app, under the names of the wire; what it does not say is missing."""

    machine: dict[str, Any] = field(default_factory=dict)
    other: dict[str, Any] = field(default_factory=dict)
    requirements_base: Path | None = None
    warnings: list[str] = field(default_factory=list)

    @classmethod
    def from_table(cls, table: Mapping[str, Any], root: Path) -> Settings:
        """Return what an app's table in pyproject.toml says."""
        context = table.get("requirements_context_dir")
        return cls(*_sort(table), requirements_base=expand(context, root) if context else None)

    @classmethod
    def from_spec(cls, spec: Any, folder: Path) -> Settings:
        """Return what the code says, defaults included."""
        said = dict(spec.machine)
        said.update({name: getattr(spec, name) for name in _OTHER if getattr(spec, name, None) is not None})
        context = spec.requirements_context_dir
        return cls(*_sort(said), requirements_base=expand(context, folder) if context else None)

    def fill(self, table: Settings, explicit: Iterable[str], where: str) -> None:
        """Take over what the file says, except where the author's code has said something itself."""
        fixed = {_MACHINE.get(name) or _OTHER.get(name) or name for name in explicit}
        for mine, theirs in ((self.machine, table.machine), (self.other, table.other)):
            for key, value in theirs.items():
                if key not in fixed or mine.get(key) is None:
                    mine[key] = value
                elif mine[key] != value:
                    self.warnings.append(f"{key} of pyproject.toml is not used: {where} sets {key} itself")
        if table.requirements_base is not None and "requirements_context_dir" not in fixed:
            self.requirements_base = table.requirements_base


def _sort(said: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    machine = {_MACHINE[key]: value for key, value in said.items() if key in _MACHINE and value is not None}
    other = {_OTHER[key]: value for key, value in said.items() if key in _OTHER and value is not None}
    if "machine_types" in machine:
        types = machine["machine_types"]
        machine["machine_types"] = [types] if isinstance(types, str) else list(types)
    if "retry_config" in other:
        other["retry_config"] = retry_config(other["retry_config"])
    if "skip_retry_conditions" in other:
        other["skip_retry_conditions"] = [str(getattr(v, "value", v)).lower() for v in other["skip_retry_conditions"]]
    if "health_check_config" in other:
        other["health_check_config"] = health_check(other["health_check_config"])
    if "volumes" in other:
        other["volumes"] = dict(other["volumes"])
        if not other["volumes"]:
            del other["volumes"]
    return machine, other


def retry_config(value: Any) -> str:
    """Return retries by condition as the JSON text of the wire; less than none is none."""
    if isinstance(value, str):
        return value
    rules = _plain(value)
    return json.dumps(
        {condition: {"retries": max(0, int(rule["retries"]))} for condition, rule in rules.items() if rule is not None},
        sort_keys=True,
    )


def health_check(value: Any) -> dict[str, Any]:
    """Return a health check as fields of the wire, unset ones left out."""
    if hasattr(value, "check"):  # an endpoint of an app and its settings
        value = {**_plain(value.check), "path": value.path, "method": value.method}
    found = {key: item for key, item in _plain(value).items() if item is not None}
    if "method" in found:
        found["method"] = str(getattr(found["method"], "value", found["method"])).lower()
    return found


def _plain(value: Any) -> dict[str, Any]:
    if isinstance(value, Mapping):
        return dict(value)
    return asdict(value)


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
