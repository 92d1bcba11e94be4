"""Deploy an app: find it, plan it, build its environment, register it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fal._core.garbage import rare_collections
from fal._lazy import lazy

if TYPE_CHECKING:
    from .events import BuildLog as BuildLog
    from .events import DeployEvent as DeployEvent
    from .events import DeployWarning as DeployWarning
    from .events import Discovered as Discovered
    from .events import EnvironmentBuilding as EnvironmentBuilding
    from .events import EnvironmentBuilt as EnvironmentBuilt
    from .events import Failed as Failed
    from .events import FilesHashed as FilesHashed
    from .events import FileUploaded as FileUploaded
    from .events import Finished as Finished
    from .events import LogLine as LogLine
    from .events import Packaged as Packaged
    from .events import ProbeLog as ProbeLog
    from .events import Probing as Probing
    from .events import Registering as Registering
    from .events import RegisterLog as RegisterLog
    from .events import RequirementBuilding as RequirementBuilding
    from .events import RequirementUploaded as RequirementUploaded
    from .events import RolledOut as RolledOut
    from .events import RunLog as RunLog
    from .events import Running as Running
    from .events import Serving as Serving
    from .events import UploadProgress as UploadProgress
    from .events import UploadStarted as UploadStarted
    from .local import run_local as run_local
    from .operations import deploy as deploy
    from .operations import deploy_events as deploy_events
    from .operations import plan_deploy as plan_deploy
    from .operations import run as run
    from .options import AppRef as AppRef
    from .options import AuthMode as AuthMode
    from .options import Strategy as Strategy
    from .plan import DeployPlan as DeployPlan
    from .plan import PlannedFile as PlannedFile
    from .result import DeploymentResult as DeploymentResult
    from .result import DeploymentURLs as DeploymentURLs
    from .result import RunResult as RunResult
    from .send.live import ScaleSetting as ScaleSetting
    from .send.run import submit_call as submit_call

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

__all__ = sorted(_HOMES)  # pyright: ignore[reportUnsupportedDunderAll]

_load, __dir__ = lazy(globals(), _HOMES)
__getattr__ = rare_collections()(_load)  # what a deploy loads stays
