"""The methods of `client.with_raw_response`. A test holds them to those of the namespaces."""

from __future__ import annotations

from fal.api.analytics import AnalyticsNamespace
from fal.api.apps import AppsNamespace
from fal.api.auth import AuthNamespace
from fal.api.environments import EnvironmentsNamespace
from fal.api.events import EventsNamespace
from fal.api.files import FilesNamespace
from fal.api.keys import KeysNamespace
from fal.api.logs import LogsNamespace
from fal.api.metrics import MetricsNamespace
from fal.api.raw import Raw, RawClient, RawIterator, RawNamespace
from fal.api.requests import RequestsNamespace
from fal.api.runners import RunnersNamespace
from fal.api.secrets import SecretsNamespace
from fal.api.teams import TeamsNamespace
from fal.api.usage import UsageNamespace


class RawApps(RawNamespace):
    """`apps`, with raw responses."""

    cancel = Raw(AppsNamespace.cancel)
    delete = Raw(AppsNamespace.delete)
    delete_revision = Raw(AppsNamespace.delete_revision)
    details = Raw(AppsNamespace.details)
    flush_queue = Raw(AppsNamespace.flush_queue)
    gpus = Raw(AppsNamespace.gpus)
    history = RawIterator(AppsNamespace.history)
    list = Raw(AppsNamespace.list)
    queue = Raw(AppsNamespace.queue)
    result = Raw(AppsNamespace.result)
    revisions = Raw(AppsNamespace.revisions)
    rollback = Raw(AppsNamespace.rollback)
    rollout = Raw(AppsNamespace.rollout)
    run = Raw(AppsNamespace.run)
    runners = Raw(AppsNamespace.runners)
    scale = Raw(AppsNamespace.scale)
    set_revision = Raw(AppsNamespace.set_revision)
    status = Raw(AppsNamespace.status)
    stream = RawIterator(AppsNamespace.stream)
    submit = Raw(AppsNamespace.submit)
    subscribe = Raw(AppsNamespace.subscribe)
    wait_until_drained = Raw(AppsNamespace.wait_until_drained)
    wait_until_ready = Raw(AppsNamespace.wait_until_ready)


class RawRunners(RawNamespace):
    """`runners`, with raw responses."""

    exec = Raw(RunnersNamespace.exec)
    gpus = Raw(RunnersNamespace.gpus)
    history = Raw(RunnersNamespace.history)
    kill = Raw(RunnersNamespace.kill)
    list = Raw(RunnersNamespace.list)
    shell = RawIterator(RunnersNamespace.shell)
    stop = Raw(RunnersNamespace.stop)
    wait_until_stopped = Raw(RunnersNamespace.wait_until_stopped)


class RawKeys(RawNamespace):
    """`keys`, with raw responses."""

    create = Raw(KeysNamespace.create)
    details = RawIterator(KeysNamespace.details)
    list = Raw(KeysNamespace.list)
    revoke = Raw(KeysNamespace.revoke)


class RawSecrets(RawNamespace):
    """`secrets`, with raw responses."""

    list = Raw(SecretsNamespace.list)
    set = Raw(SecretsNamespace.set)
    unset = Raw(SecretsNamespace.unset)


class RawEnvironments(RawNamespace):
    """`environments`, with raw responses."""

    create = Raw(EnvironmentsNamespace.create)
    delete = Raw(EnvironmentsNamespace.delete)
    list = Raw(EnvironmentsNamespace.list)


class RawLogs(RawNamespace):
    """`logs`, with raw responses."""

    history = Raw(LogsNamespace.history)
    stream = RawIterator(LogsNamespace.stream)


class RawFiles(RawNamespace):
    """`files`, with raw responses."""

    delete = Raw(FilesNamespace.delete)
    download = Raw(FilesNamespace.download)
    download_folder = Raw(FilesNamespace.download_folder)
    list = Raw(FilesNamespace.list)
    rename = Raw(FilesNamespace.rename)
    upload = Raw(FilesNamespace.upload)
    upload_folder = Raw(FilesNamespace.upload_folder)
    upload_from_url = Raw(FilesNamespace.upload_from_url)


class RawEvents(RawNamespace):
    """`events`, with raw responses."""

    list = RawIterator(EventsNamespace.list)


class RawRequests(RawNamespace):
    """`requests`, with raw responses."""

    list = RawIterator(RequestsNamespace.list)


class RawUsage(RawNamespace):
    """`usage`, with raw responses."""

    list = RawIterator(UsageNamespace.list)
    summary = Raw(UsageNamespace.summary)


class RawAnalytics(RawNamespace):
    """`analytics`, with raw responses."""

    list = RawIterator(AnalyticsNamespace.list)
    summary = Raw(AnalyticsNamespace.summary)


class RawMetrics(RawNamespace):
    """`metrics`, with raw responses."""

    list = Raw(MetricsNamespace.list)
    text = Raw(MetricsNamespace.text)


class RawTeams(RawNamespace):
    """`teams`, with raw responses."""

    list = Raw(TeamsNamespace.list)
    set = Raw(TeamsNamespace.set)
    unset = Raw(TeamsNamespace.unset)


class RawAuth(RawNamespace):
    """`auth`, with raw responses."""

    login = Raw(AuthNamespace.login)
    logout = Raw(AuthNamespace.logout)


class RawMethods(RawClient):
    """The namespaces of a client, whose methods return a RawResponse here.

    Example:
        raw = client.with_raw_response.apps.list()
        print(raw.status, raw.request_id, raw.attempts, raw.elapsed, len(raw.parsed))
    """

    @property
    def apps(self) -> RawApps:
        return RawApps(self._client, "apps")

    @property
    def runners(self) -> RawRunners:
        return RawRunners(self._client, "runners")

    @property
    def keys(self) -> RawKeys:
        return RawKeys(self._client, "keys")

    @property
    def secrets(self) -> RawSecrets:
        return RawSecrets(self._client, "secrets")

    @property
    def environments(self) -> RawEnvironments:
        return RawEnvironments(self._client, "environments")

    @property
    def logs(self) -> RawLogs:
        return RawLogs(self._client, "logs")

    @property
    def files(self) -> RawFiles:
        return RawFiles(self._client, "files")

    @property
    def usage(self) -> RawUsage:
        return RawUsage(self._client, "usage")

    @property
    def analytics(self) -> RawAnalytics:
        return RawAnalytics(self._client, "analytics")

    @property
    def events(self) -> RawEvents:
        return RawEvents(self._client, "events")

    @property
    def requests(self) -> RawRequests:
        return RawRequests(self._client, "requests")

    @property
    def metrics(self) -> RawMetrics:
        return RawMetrics(self._client, "metrics")

    @property
    def teams(self) -> RawTeams:
        return RawTeams(self._client, "teams")

    @property
    def auth(self) -> RawAuth:
        return RawAuth(self._client, "auth")
