"""GPU counts from the metrics, under the short names that people use."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, TypedDict

from fal.exceptions import InvalidInput, NotFound

if TYPE_CHECKING:
    from fal._gen.rest.models import UserMetrics


class GpuUsage(TypedDict):
    """How many GPUs are in use, by type and in total."""

    gpus: dict[str, int]
    total: int


_CPU_TYPES = frozenset({"XS", "S", "M", "L", "XL"})

# Variants of one model (PCIe, SXM, memory sizes, L40S) count as that model.
_MODELS = (
    (re.compile(r"\bRTX.?5090\b", re.IGNORECASE), "5090"),
    (re.compile(r"\bA100\b", re.IGNORECASE), "A100"),
    (re.compile(r"\bL40S?\b", re.IGNORECASE), "L40"),
    (re.compile(r"\bH100\b", re.IGNORECASE), "H100"),
    (re.compile(r"\bH200\b", re.IGNORECASE), "H200"),
    (re.compile(r"\bB200\b", re.IGNORECASE), "B200"),
)

# Models without a rule of their own, from the most specific pattern to the least.
_PATTERNS = (
    (re.compile(r"RTX\s*(?:PRO\s*)?([A-Z]?\d{4}(?:\s+(?:Ti|Super|SUPER|Ada|XT))?)"), "RTX {}"),
    (re.compile(r"\b([A-Z]\d{3,4})\b.*\bMIG\b"), "{} MIG"),
    (re.compile(r"\b([A-Z]\d{2,4}\w?)\b"), "{}"),
    (re.compile(r"\b(MI\d{3}\w*)\b"), "{}"),
)


def of_all(metrics: UserMetrics) -> GpuUsage:
    """Return the GPUs that all runners use."""
    return _usage(metrics.summary.total_gpu_by_type if metrics.summary else None)


def of_app(metrics: UserMetrics, app_name: str) -> GpuUsage:
    """Return the GPUs that the runners of one app use."""
    apps = metrics.apps or {}
    return _usage(apps[_find(app_name, apps)].gpu_count_by_type)


def _usage(counts: Mapping[str, int] | None) -> GpuUsage:
    """Add up the counts by model; CPU machines and unused types are left out."""
    gpus: dict[str, int] = {}
    for name, number in (counts or {}).items():
        if number > 0 and name not in _CPU_TYPES:
            short = _short_name(name)
            gpus[short] = gpus.get(short, 0) + number
    return {"gpus": gpus, "total": sum(gpus.values())}


def _short_name(name: str) -> str:
    """Return the model in a GPU's full name, or the name itself."""
    for pattern, model in _MODELS:
        if pattern.search(name):
            return model
    for pattern, form in _PATTERNS:
        match = pattern.search(name)
        if match:
            return form.format(match.group(1))
    return name


def _find(app_name: str, known: Iterable[str]) -> str:
    """Return the key (`owner/app`) for `app_name`: that key itself, or the only one with that app name.

    Raises:
        NotFound: No application has the name.
        InvalidInput: Several owners have an application of that name.
    """
    keys = sorted(known)
    if app_name in keys:
        return app_name
    matches = [] if "/" in app_name else [key for key in keys if key.rpartition("/")[2] == app_name]
    if not matches:
        raise NotFound(f"no application {app_name!r} in the metrics", hint="See client.apps.list().")
    if len(matches) > 1:
        raise InvalidInput(f"app_name={app_name!r} is ambiguous; include the owner: one of {', '.join(matches)}")
    return matches[0]
