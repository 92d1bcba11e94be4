# Generated from fal.api._raw; do not edit. Regenerate with: just generate
"""The methods of `client.with_raw_response`. A test holds them to those of the namespaces."""

from __future__ import annotations

from fal._aio.analytics import AsyncAnalyticsNamespace
from fal._aio.apps import AsyncAppsNamespace
from fal._aio.auth import AsyncAuthNamespace
from fal._aio.environments import AsyncEnvironmentsNamespace
from fal._aio.events import AsyncEventsNamespace
from fal._aio.files import AsyncFilesNamespace
from fal._aio.keys import AsyncKeysNamespace
from fal._aio.logs import AsyncLogsNamespace
from fal._aio.metrics import AsyncMetricsNamespace
from fal._aio.requests import AsyncRequestsNamespace
from fal._aio.runners import AsyncRunnersNamespace
from fal._aio.secrets import AsyncSecretsNamespace
from fal._aio.teams import AsyncTeamsNamespace
from fal._aio.usage import AsyncUsageNamespace
from fal.api.raw import AsyncRaw, RawClient, RawIterator, RawNamespace


class AsyncRawApps(RawNamespace):
    """`apps`, with raw responses."""

    cancel = AsyncRaw(AsyncAppsNamespace.cancel)
    delete = AsyncRaw(AsyncAppsNamespace.delete)
    delete_revision = AsyncRaw(AsyncAppsNamespace.delete_revision)
    details = AsyncRaw(AsyncAppsNamespace.details)
    flush_queue = AsyncRaw(AsyncAppsNamespace.flush_queue)
    gpus = AsyncRaw(AsyncAppsNamespace.gpus)
    history = RawIterator(AsyncAppsNamespace.history)
    list = AsyncRaw(AsyncAppsNamespace.list)
    queue = AsyncRaw(AsyncAppsNamespace.queue)
    result = AsyncRaw(AsyncAppsNamespace.result)
    revisions = AsyncRaw(AsyncAppsNamespace.revisions)
    rollback = AsyncRaw(AsyncAppsNamespace.rollback)
    rollout = AsyncRaw(AsyncAppsNamespace.rollout)
    run = AsyncRaw(AsyncAppsNamespace.run)
    runners = AsyncRaw(AsyncAppsNamespace.runners)
    scale = AsyncRaw(AsyncAppsNamespace.scale)
    set_revision = AsyncRaw(AsyncAppsNamespace.set_revision)
    status = AsyncRaw(AsyncAppsNamespace.status)
    stream = RawIterator(AsyncAppsNamespace.stream)
    submit = AsyncRaw(AsyncAppsNamespace.submit)
    subscribe = AsyncRaw(AsyncAppsNamespace.subscribe)
    wait_until_drained = AsyncRaw(AsyncAppsNamespace.wait_until_drained)
    wait_until_ready = AsyncRaw(AsyncAppsNamespace.wait_until_ready)


class AsyncRawRunners(RawNamespace):
    """`runners`, with raw responses."""

    exec = AsyncRaw(AsyncRunnersNamespace.exec)
    gpus = AsyncRaw(AsyncRunnersNamespace.gpus)
    history = AsyncRaw(AsyncRunnersNamespace.history)
    kill = AsyncRaw(AsyncRunnersNamespace.kill)
    list = AsyncRaw(AsyncRunnersNamespace.list)
    shell = RawIterator(AsyncRunnersNamespace.shell)
    stop = AsyncRaw(AsyncRunnersNamespace.stop)
    wait_until_stopped = AsyncRaw(AsyncRunnersNamespace.wait_until_stopped)


class AsyncRawKeys(RawNamespace):
    """`keys`, with raw responses."""

    create = AsyncRaw(AsyncKeysNamespace.create)
    details = RawIterator(AsyncKeysNamespace.details)
    list = AsyncRaw(AsyncKeysNamespace.list)
    revoke = AsyncRaw(AsyncKeysNamespace.revoke)


class AsyncRawSecrets(RawNamespace):
    """`secrets`, with raw responses."""

    list = AsyncRaw(AsyncSecretsNamespace.list)
    set = AsyncRaw(AsyncSecretsNamespace.set)
    unset = AsyncRaw(AsyncSecretsNamespace.unset)


class AsyncRawEnvironments(RawNamespace):
    """`environments`, with raw responses."""

    create = AsyncRaw(AsyncEnvironmentsNamespace.create)
    delete = AsyncRaw(AsyncEnvironmentsNamespace.delete)
    list = AsyncRaw(AsyncEnvironmentsNamespace.list)


class AsyncRawLogs(RawNamespace):
    """`logs`, with raw responses."""

    history = AsyncRaw(AsyncLogsNamespace.history)
    stream = RawIterator(AsyncLogsNamespace.stream)


class AsyncRawFiles(RawNamespace):
    """`files`, with raw responses."""

    delete = AsyncRaw(AsyncFilesNamespace.delete)
    download = AsyncRaw(AsyncFilesNamespace.download)
    download_folder = AsyncRaw(AsyncFilesNamespace.download_folder)
    list = AsyncRaw(AsyncFilesNamespace.list)
    rename = AsyncRaw(AsyncFilesNamespace.rename)
    upload = AsyncRaw(AsyncFilesNamespace.upload)
    upload_folder = AsyncRaw(AsyncFilesNamespace.upload_folder)
    upload_from_url = AsyncRaw(AsyncFilesNamespace.upload_from_url)


class AsyncRawEvents(RawNamespace):
    """`events`, with raw responses."""

    list = RawIterator(AsyncEventsNamespace.list)


class AsyncRawRequests(RawNamespace):
    """`requests`, with raw responses."""

    list = RawIterator(AsyncRequestsNamespace.list)


class AsyncRawUsage(RawNamespace):
    """`usage`, with raw responses."""

    list = RawIterator(AsyncUsageNamespace.list)
    summary = AsyncRaw(AsyncUsageNamespace.summary)


class AsyncRawAnalytics(RawNamespace):
    """`analytics`, with raw responses."""

    list = RawIterator(AsyncAnalyticsNamespace.list)
    summary = AsyncRaw(AsyncAnalyticsNamespace.summary)


class AsyncRawMetrics(RawNamespace):
    """`metrics`, with raw responses."""

    list = AsyncRaw(AsyncMetricsNamespace.list)
    text = AsyncRaw(AsyncMetricsNamespace.text)


class AsyncRawTeams(RawNamespace):
    """`teams`, with raw responses."""

    list = AsyncRaw(AsyncTeamsNamespace.list)
    set = AsyncRaw(AsyncTeamsNamespace.set)
    unset = AsyncRaw(AsyncTeamsNamespace.unset)


class AsyncRawAuth(RawNamespace):
    """`auth`, with raw responses."""

    login = AsyncRaw(AsyncAuthNamespace.login)
    logout = AsyncRaw(AsyncAuthNamespace.logout)


class AsyncRawMethods(RawClient):
    """The namespaces of a client, whose methods return a RawResponse here.

    Example:
        raw = client.with_raw_response.apps.list()
        print(raw.status, raw.request_id, raw.attempts, raw.elapsed, len(raw.parsed))
    """

    @property
    def apps(self) -> AsyncRawApps:
        return AsyncRawApps(self._client, "apps")

    @property
    def runners(self) -> AsyncRawRunners:
        return AsyncRawRunners(self._client, "runners")

    @property
    def keys(self) -> AsyncRawKeys:
        return AsyncRawKeys(self._client, "keys")

    @property
    def secrets(self) -> AsyncRawSecrets:
        return AsyncRawSecrets(self._client, "secrets")

    @property
    def environments(self) -> AsyncRawEnvironments:
        return AsyncRawEnvironments(self._client, "environments")

    @property
    def logs(self) -> AsyncRawLogs:
        return AsyncRawLogs(self._client, "logs")

    @property
    def files(self) -> AsyncRawFiles:
        return AsyncRawFiles(self._client, "files")

    @property
    def usage(self) -> AsyncRawUsage:
        return AsyncRawUsage(self._client, "usage")

    @property
    def analytics(self) -> AsyncRawAnalytics:
        return AsyncRawAnalytics(self._client, "analytics")

    @property
    def events(self) -> AsyncRawEvents:
        return AsyncRawEvents(self._client, "events")

    @property
    def requests(self) -> AsyncRawRequests:
        return AsyncRawRequests(self._client, "requests")

    @property
    def metrics(self) -> AsyncRawMetrics:
        return AsyncRawMetrics(self._client, "metrics")

    @property
    def teams(self) -> AsyncRawTeams:
        return AsyncRawTeams(self._client, "teams")

    @property
    def auth(self) -> AsyncRawAuth:
        return AsyncRawAuth(self._client, "auth")
