"""The logs of apps and runners: `client.logs`."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, TypedDict

from fal._core import arguments, names
from fal._gen import convert, rpc
from fal.api._namespace import Namespace
from fal.exceptions import FalServerlessException, InvalidInput, NotFound, PermissionDenied

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from fal.sdk import LogEntry

_PAGE = 1000  # lines per page, the platform's maximum
_GLANCE = 5.0  # seconds to look an app up in


class LogsNamespace(Namespace):
    """Read stored log lines, and follow new ones.

    Example:
        from fal.api import SyncServerlessClient

        client = SyncServerlessClient()
        for line in client.logs.history("my-app", limit=20):
            print(line.timestamp, line.level, line.message)
    """

    def history(
        self,
        app_name: str | None = None,
        *,
        revision: str | None = None,
        runner_id: str | None = None,
        request_id: str | None = None,
        endpoint: str | None = None,
        level: str | None = None,
        search: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int = 1000,
        environment_name: str | None = None,
    ) -> list[LogEntry]:
        """Return the newest stored lines in the order in which they were written.

        Args:
            app_name: Only lines of this app.
            revision: Only lines of this revision.
            runner_id: Only lines of this runner.
            request_id: Only lines of this request.
            endpoint: Only lines of this endpoint of the app.
            level: Only lines of this level or a more severe one, e.g. "ERROR".
            search: Only lines that contain this text.
            since: Only lines of this time or later; None begins with the runner, if there is one. A time without a zone is
                local time.
            until: Only lines before this time.
            limit: The maximum number of lines.
            environment_name: The environment of the app; None is the main one.

        Returns:
            The lines, oldest first.

        Raises:
            InvalidInput: An argument is malformed, or an environment is named without an app. A ValueError.
            NotFound: There are no lines, and no such app either; or no such runner.
            FalServerlessException: The platform refused the call or could not be reached.

        Example:
            from datetime import datetime, timedelta

            hour = datetime.now() - timedelta(hours=1)
            errors = client.logs.history("my-app", level="ERROR", since=hour)
        """
        wanted = arguments.count("limit", limit)
        if not wanted:
            raise InvalidInput(f"limit={limit} is too small; pass 1 or more")
        apps = _apps(app_name, environment_name)
        narrowed = _narrowed(revision, runner_id, request_id, endpoint, level, search)
        earliest = arguments.moment("since", since)
        before: datetime | str | None = arguments.moment("until", until)
        from fal._gen import rest  # loaded here, as few scripts need the REST operations

        if runner_id is not None:
            started = self._started(runner_id)
            earliest = earliest or started
        entries: list[LogEntry] = []
        while True:
            size = min(wanted - len(entries), _PAGE)
            page = self._send(
                rest.list_logs_history(
                    app_id=apps, page_size=size, direction="desc", since=earliest, until=before, **narrowed
                )
            )
            entries += page.items[:size]
            # A mark that does not move would be fetched forever.
            if len(entries) >= wanted or not page.items or page.next_until in (None, before):
                break
            before = page.next_until
        if not entries and apps is not None:
            self._check_app(apps[0], environment_name)
        return entries[::-1]

    def _check_app(self, alias: str, environment_name: str | None) -> None:
        """Make sure that an app exists, as far as the platform tells: lines can be read without a right to list apps."""
        if environment_name is None and names.SEPARATOR in alias:
            return  # of an environment that is not named here
        try:
            known = self._call(
                rpc.LIST_ALIASES,
                convert.list_aliases_request(environment_name=environment_name),
                lambda answer: {app.alias.split("/")[-1] for app in answer.aliases},
                timeout=_GLANCE,
            )
        except FalServerlessException:
            return
        if alias.split("/")[-1] not in known:
            raise NotFound(f"no app {alias!r}", hint="See client.apps.list().")

    def _started(self, runner_id: str) -> datetime | None:
        """Return when a runner started; None when that is not for these credentials to see, which may read lines all the same."""
        from fal._gen import rest

        try:
            return self._send(rest.get_runner(runner_id)).started_at
        except NotFound:
            raise NotFound(f"no runner {runner_id!r}", hint="See client.runners.list().") from None
        except PermissionDenied:
            return None

    def stream(
        self,
        app_name: str | None = None,
        *,
        revision: str | None = None,
        runner_id: str | None = None,
        request_id: str | None = None,
        endpoint: str | None = None,
        level: str | None = None,
        search: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        environment_name: str | None = None,
    ) -> Iterator[LogEntry]:
        """Follow the lines as they are written. The request has no time limit; closing the iterator ends it.

        Args:
            app_name: Only lines of this app.
            revision: Only lines of this revision.
            runner_id: Only lines of this runner.
            request_id: Only lines of this request.
            endpoint: Only lines of this endpoint of the app.
            level: Only lines of this level or a more severe one, e.g. "ERROR".
            search: Only lines that contain this text.
            since: Begin with the stored lines of this time; None begins now.
            until: End at this time; None does not end.
            environment_name: The environment of the app; None is the main one.

        Yields:
            Lines as they arrive.

        Raises:
            InvalidInput: An argument is malformed, or an environment is named without an app. A ValueError.
            NotFound: There is no such app or runner.
            FalServerlessException: The platform refused the call, could not be reached, or broke off.

        Example:
            for line in client.logs.stream("my-app"):
                print(line.message)
                break
        """
        apps = _apps(app_name, environment_name)
        narrowed = _narrowed(revision, runner_id, request_id, endpoint, level, search)
        earliest, latest = arguments.moment("since", since), arguments.moment("until", until)
        from fal._gen import rest

        lines = rest.stream_logs(app_id=apps, since=earliest, until=latest, **narrowed)
        check: Callable[[], object] | None = None
        if runner_id is not None:
            check = partial(self._started, runner_id)
        elif apps is not None:
            check = partial(self._check_app, apps[0], environment_name)
        return self._stream(lines, before=check)


class _Conditions(TypedDict):
    revision: str | None
    job_id: str | None
    request_id: str | None
    endpoint: str | None
    level: str | None
    search: str | None


def _apps(app_name: str | None, environment_name: str | None) -> list[str] | None:
    environment = arguments.environment_of(app_name, environment_name)
    return None if app_name is None else [arguments.app("app_name", app_name, environment)]


def _narrowed(
    revision: str | None,
    runner_id: str | None,
    request_id: str | None,
    endpoint: str | None,
    level: str | None,
    search: str | None,
) -> _Conditions:
    """Return the filters under their wire names, where a runner is a job."""

    def one(argument: str, value: str | None, example: str) -> str | None:
        return None if value is None else arguments.identifier(argument, value, example)

    return {
        "revision": one("revision", revision, "a revision, as client.apps.revisions() shows it"),
        "job_id": one("runner_id", runner_id, "a runner id, as client.runners.list() shows it"),
        "request_id": one("request_id", request_id, "the id of a request, as the queue returned it"),
        "endpoint": one("endpoint", endpoint, 'the path of an endpoint, e.g. "/"'),
        "level": one("level", level, 'a level such as "ERROR"'),
        "search": arguments.optional_text("search", search),
    }
