"""Deploy an app: find it, plan it, build its environment, register it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fal._lazy import lazy

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
        Finished,
        LogLine,
        Packaged,
        ProbeLog,
        Probing,
        Registering,
        RegisterLog,
        RequirementBuilding,
        RequirementUploaded,
        RolledOut,
        RunLog,
        Running,
        Serving,
        UploadProgress,
        UploadStarted,
    )
    from .local import run_local
    from .operations import deploy, deploy_events, plan_deploy, run
    from .options import AppRef, AuthMode, Strategy
    from .plan import DeployPlan, PlannedFile
    from .result import DeploymentResult, DeploymentURLs, RunResult
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
    "Finished",
    "LogLine",
    "Packaged",
    "ProbeLog",
    "Probing",
    "RegisterLog",
    "Registering",
    "RequirementBuilding",
    "RequirementUploaded",
    "RolledOut",
    "RunLog",
    "Running",
    "Serving",
    "UploadProgress",
    "UploadStarted",
)
_HOMES = {
    **dict.fromkeys(_EVENTS, ".events"),
    **dict.fromkeys(("deploy", "deploy_events", "plan_deploy", "run"), ".operations"),
    **dict.fromkeys(("AppRef", "AuthMode", "Strategy"), ".options"),
    **dict.fromkeys(("DeployPlan", "PlannedFile"), ".plan"),
    **dict.fromkeys(("DeploymentResult", "DeploymentURLs", "RunResult"), ".result"),
    "ScaleSetting": ".send.live",
    "submit_call": ".send.run",
    "run_local": ".local",
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
    "Finished",
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
    "RunLog",
    "RunResult",
    "Running",
    "ScaleSetting",
    "Serving",
    "Strategy",
    "UploadProgress",
    "UploadStarted",
    "deploy",
    "deploy_events",
    "plan_deploy",
    "run",
    "run_local",
    "submit_call",
]


__getattr__, __dir__ = lazy(globals(), _HOMES)
