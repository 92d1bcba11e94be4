"""Deploy an app: find it, plan it, build its environment, register it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .events import (
        BuildLog,
        DeployEvent,
        DeployWarning,
        Discovered,
        EnvironmentBuilding,
        EnvironmentBuilt,
        Failed,
        FilesHashed,
        FileUploaded,
        LogLine,
        Packaged,
        ProbeLog,
        Probing,
        Registering,
        RegisterLog,
        RequirementBuilding,
        RequirementUploaded,
        RolledOut,
        UploadProgress,
        UploadStarted,
    )
    from .operations import deploy, deploy_events, plan_deploy
    from .options import AppRef, AuthMode, Strategy
    from .plan import DeployPlan, PlannedFile
    from .result import DeploymentResult, DeploymentURLs
    from .send.live import ScaleSetting
    from .send.run import submit_call

_EVENTS = (
    "BuildLog",
    "DeployEvent",
    "DeployWarning",
    "Discovered",
    "EnvironmentBuilding",
    "EnvironmentBuilt",
    "Failed",
    "FileUploaded",
    "FilesHashed",
    "LogLine",
    "Packaged",
    "ProbeLog",
    "Probing",
    "RegisterLog",
    "Registering",
    "RequirementBuilding",
    "RequirementUploaded",
    "RolledOut",
    "UploadProgress",
    "UploadStarted",
)
_HOMES = {
    **dict.fromkeys(_EVENTS, "events"),
    **dict.fromkeys(("deploy", "deploy_events", "plan_deploy"), "operations"),
    **dict.fromkeys(("AppRef", "AuthMode", "Strategy"), "options"),
    **dict.fromkeys(("DeployPlan", "PlannedFile"), "plan"),
    **dict.fromkeys(("DeploymentResult", "DeploymentURLs"), "result"),
    "ScaleSetting": "send.live",
    "submit_call": "send.run",
}

__all__ = [
    "AppRef",
    "AuthMode",
    "BuildLog",
    "DeployEvent",
    "DeployPlan",
    "DeployWarning",
    "DeploymentResult",
    "DeploymentURLs",
    "Discovered",
    "EnvironmentBuilding",
    "EnvironmentBuilt",
    "Failed",
    "FileUploaded",
    "FilesHashed",
    "LogLine",
    "Packaged",
    "PlannedFile",
    "ProbeLog",
    "Probing",
    "RegisterLog",
    "Registering",
    "RequirementBuilding",
    "RequirementUploaded",
    "RolledOut",
    "ScaleSetting",
    "Strategy",
    "UploadProgress",
    "UploadStarted",
    "deploy",
    "deploy_events",
    "plan_deploy",
    "submit_call",
]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{home}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
