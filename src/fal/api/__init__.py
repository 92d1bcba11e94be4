"""The documented surface: the client and its namespaces.

Nothing is loaded until it is asked for, so that `from fal.api import SyncServerlessClient` costs next to nothing.
"""

# typing alone takes as long to import as Python takes to start; type checkers know the name by itself.
from fal._lazy import lazy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from fal._aio._shell import AsyncRunnerShell as AsyncRunnerShell
    from fal._aio.analytics import AsyncAnalyticsNamespace as AsyncAnalyticsNamespace
    from fal._aio.apps import AsyncAppsNamespace as AsyncAppsNamespace
    from fal._aio.auth import AsyncAuthNamespace as AsyncAuthNamespace
    from fal._aio.client import AsyncServerlessClient as AsyncServerlessClient
    from fal._aio.environments import AsyncEnvironmentsNamespace as AsyncEnvironmentsNamespace
    from fal._aio.events import AsyncEventsNamespace as AsyncEventsNamespace
    from fal._aio.files import AsyncFilesNamespace as AsyncFilesNamespace
    from fal._aio.keys import AsyncKeysNamespace as AsyncKeysNamespace
    from fal._aio.logs import AsyncLogsNamespace as AsyncLogsNamespace
    from fal._aio.metrics import AsyncMetricsNamespace as AsyncMetricsNamespace
    from fal._aio.requests import AsyncRequestsNamespace as AsyncRequestsNamespace
    from fal._aio.runners import AsyncRunnersNamespace as AsyncRunnersNamespace
    from fal._aio.secrets import AsyncSecretsNamespace as AsyncSecretsNamespace
    from fal._aio.teams import AsyncTeamsNamespace as AsyncTeamsNamespace
    from fal._aio.usage import AsyncUsageNamespace as AsyncUsageNamespace
    from fal._core.call import CallEvent as CallEvent
    from fal._core.call import CallInfo as CallInfo
    from fal._core.device_login import LoginPrompt as LoginPrompt
    from fal.api._files import FileInfo as FileInfo
    from fal.api._gpus import GpuUsage as GpuUsage
    from fal.api._pager import AsyncPager as AsyncPager
    from fal.api._pager import Pager as Pager
    from fal.api._pager import to_rows as to_rows
    from fal.api._queues import QueueInfo as QueueInfo
    from fal.api._shell import ExecResult as ExecResult
    from fal.api._shell import RunnerShell as RunnerShell
    from fal.api._shell import ShellOutput as ShellOutput
    from fal.api.account import Account as Account
    from fal.api.analytics import AnalyticsEntry as AnalyticsEntry
    from fal.api.analytics import AnalyticsNamespace as AnalyticsNamespace
    from fal.api.apps import AppsNamespace as AppsNamespace
    from fal.api.auth import AuthNamespace as AuthNamespace
    from fal.api.auth_info import AuthInfo as AuthInfo
    from fal.api.client import SyncServerlessClient as SyncServerlessClient
    from fal.api.environments import EnvironmentsNamespace as EnvironmentsNamespace
    from fal.api.events import EventsNamespace as EventsNamespace
    from fal.api.files import FilesNamespace as FilesNamespace
    from fal.api.keys import KeysNamespace as KeysNamespace
    from fal.api.logs import LogsNamespace as LogsNamespace
    from fal.api.metrics import Metric as Metric
    from fal.api.metrics import MetricsNamespace as MetricsNamespace
    from fal.api.profiles import ProfileInfo as ProfileInfo
    from fal.api.profiles import Profiles as Profiles
    from fal.api.projects import create_project as create_project
    from fal.api.raw import RawResponse as RawResponse
    from fal.api.requests import RequestsNamespace as RequestsNamespace
    from fal.api.runners import RunnersNamespace as RunnersNamespace
    from fal.api.secrets import SecretsNamespace as SecretsNamespace
    from fal.api.teams import TeamsNamespace as TeamsNamespace
    from fal.api.usage import UsageEntry as UsageEntry
    from fal.api.usage import UsageNamespace as UsageNamespace
    from fal.app.authoring.functions import IsolatedFunction as IsolatedFunction
    from fal.app.authoring.functions import function as function
    from fal.app.authoring.hosts import FalServerlessHost as FalServerlessHost
    from fal.app.authoring.hosts import LocalHost as LocalHost
    from fal.app.authoring.hosts import Options as Options
    from fal.app.runtime.calls import cached as cached
    from fal.deploy import DeployEvent as DeployEvent
    from fal.deploy import DeploymentResult as DeploymentResult
    from fal.deploy import DeployPlan as DeployPlan
    from fal.deploy import RunResult as RunResult
    from fal.exceptions import FalSerializationError as FalSerializationError
    from fal.exceptions import FalServerlessError as FalServerlessError
    from fal.exceptions import FalServerlessException as FalServerlessException
    from fal.exceptions import UserFunctionException as UserFunctionException

_EXPORTS = {
    "Account": "fal.api.account",
    "AnalyticsEntry": "fal.api.analytics",
    "AnalyticsNamespace": "fal.api.analytics",
    "AppsNamespace": "fal.api.apps",
    "AsyncAnalyticsNamespace": "fal._aio.analytics",
    "AsyncAppsNamespace": "fal._aio.apps",
    "AsyncAuthNamespace": "fal._aio.auth",
    "AsyncEnvironmentsNamespace": "fal._aio.environments",
    "AsyncEventsNamespace": "fal._aio.events",
    "AsyncFilesNamespace": "fal._aio.files",
    "AsyncKeysNamespace": "fal._aio.keys",
    "AsyncLogsNamespace": "fal._aio.logs",
    "AsyncMetricsNamespace": "fal._aio.metrics",
    "AsyncRequestsNamespace": "fal._aio.requests",
    "AsyncPager": "fal.api._pager",
    "AsyncRunnerShell": "fal._aio._shell",
    "AsyncRunnersNamespace": "fal._aio.runners",
    "AsyncSecretsNamespace": "fal._aio.secrets",
    "AsyncServerlessClient": "fal._aio.client",
    "AsyncTeamsNamespace": "fal._aio.teams",
    "AsyncUsageNamespace": "fal._aio.usage",
    "AuthInfo": "fal.api.auth_info",
    "AuthNamespace": "fal.api.auth",
    "CallEvent": "fal._core.call",
    "CallInfo": "fal._core.call",
    "DeployEvent": "fal.deploy",
    "DeployPlan": "fal.deploy",
    "DeploymentResult": "fal.deploy",
    "EnvironmentsNamespace": "fal.api.environments",
    "EventsNamespace": "fal.api.events",
    "ExecResult": "fal.api._shell",
    "FalSerializationError": "fal.exceptions",
    "FalServerlessError": "fal.exceptions",
    "FalServerlessException": "fal.exceptions",
    "FalServerlessHost": "fal.app.authoring.hosts",
    "FileInfo": "fal.api._files",
    "FilesNamespace": "fal.api.files",
    "GpuUsage": "fal.api._gpus",
    "IsolatedFunction": "fal.app.authoring.functions",
    "KeysNamespace": "fal.api.keys",
    "LocalHost": "fal.app.authoring.hosts",
    "LoginPrompt": "fal._core.device_login",
    "LogsNamespace": "fal.api.logs",
    "Metric": "fal.api.metrics",
    "MetricsNamespace": "fal.api.metrics",
    "Options": "fal.app.authoring.hosts",
    "ProfileInfo": "fal.api.profiles",
    "Profiles": "fal.api.profiles",
    "QueueInfo": "fal.api._queues",
    "RawResponse": "fal.api.raw",
    "RequestsNamespace": "fal.api.requests",
    "Pager": "fal.api._pager",
    "RunResult": "fal.deploy",
    "RunnerShell": "fal.api._shell",
    "RunnersNamespace": "fal.api.runners",
    "SecretsNamespace": "fal.api.secrets",
    "ShellOutput": "fal.api._shell",
    "SyncServerlessClient": "fal.api.client",
    "TeamsNamespace": "fal.api.teams",
    "UsageEntry": "fal.api.usage",
    "UsageNamespace": "fal.api.usage",
    "UserFunctionException": "fal.exceptions",
    "cached": "fal.app.runtime.calls",
    "create_project": "fal.api.projects",
    "function": "fal.app.authoring.functions",
    "to_rows": "fal.api._pager",
}

__all__ = sorted(_EXPORTS)  # pyright: ignore[reportUnsupportedDunderAll]

__getattr__, __dir__ = lazy(globals(), _EXPORTS)
