"""The examples in the docstrings of the surface."""

from __future__ import annotations

import inspect
import textwrap

import fal.api

CLASSES = (
    "SyncServerlessClient",
    "AppsNamespace",
    "RunnersNamespace",
    "KeysNamespace",
    "SecretsNamespace",
    "EnvironmentsNamespace",
    "LogsNamespace",
    "TeamsNamespace",
    "FilesNamespace",
    "UsageNamespace",
    "AnalyticsNamespace",
    "EventsNamespace",
    "RequestsNamespace",
    "MetricsNamespace",
    "AuthNamespace",
    "Profiles",
)


def examples() -> dict[str, str]:
    """Return the examples by class or method."""
    collected: dict[str, str] = {}
    for owner in CLASSES:
        kind = getattr(fal.api, owner)
        methods = inspect.getmembers(kind, inspect.isfunction)
        for name, member in [(owner, kind), *((f"{owner}.{name}", method) for name, method in methods)]:
            _, marker, example = (inspect.getdoc(member) or "").partition("Example:\n")
            if marker:
                collected[name] = textwrap.dedent(example)
    return collected


def needs_a_deploy(name: str) -> bool:
    """Return whether the example deploys: it needs a control plane that builds and runs apps."""
    return name == "SyncServerlessClient" or name.rpartition(".")[2] in (
        "deploy",
        "plan_deploy",
        "deploy_events",
        "run",
        "run_local",
    )
