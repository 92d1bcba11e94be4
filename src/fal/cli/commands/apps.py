"""`fal apps`: deployed apps and their revisions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fal._core import names
from fal.cli._output import Columns, Done, Output, Table
from fal.cli._tree import apps
from fal.cli.commands.runners import STATES, counted, runner_table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from fal.cli._session import Session
    from fal.sdk import AliasInfo

_REGIONS = ("eu-north", "eu-west", "us-central", "us-east", "us-west")
_SCALING = {
    "Machine": "machine_types",
    "Min": "min_concurrency",
    "Max": "max_concurrency",
    "Keep alive": "keep_alive",
    "Multiplexing": "max_multiplexing",
    "Buffer": "concurrency_buffer",
    "Buffer %": "concurrency_buffer_perc",
    "Scaling delay": "scaling_delay",
    "Request timeout": "request_timeout",
    "Start timeout": "request_start_timeout",
    "Startup timeout": "startup_timeout",
    "Regions": "valid_regions",
}
_APP: Columns = {
    "Name": lambda app: names.strip_environment(app.alias, app.environment_name),
    "Runners": "active_runners",
    "Auth": "auth_mode",
    "Env": "environment_name",
    "Revision": "revision",
    **_SCALING,
    "Rolling": "is_rolling",
}
_REVISION = {
    "Revision": "application_id",
    "Created": "created_at",
    "Runners": "active_runners",
    "Env": "environment_name",
    **_SCALING,
}


def _one(app: AliasInfo, note: str | None = None) -> Output:
    return Table("app", [app], _APP, only=True, note=note)


@apps.command("list", calls=["apps.list"], choices={"regions": _REGIONS}, metavars={"regions": "REGION"})
def list_apps(
    session: Session, *, sort_by_runners: bool = False, regions: Sequence[str] | None = None, **options: Any
) -> Output:
    """
    Args:
        sort_by_runners: Sort by the number of runners, the fewest first.
        regions: Only apps that may run in one of these regions.
    """
    apps = session.client.apps.list(**options)
    if regions:
        apps = [app for app in apps if set(regions) & set(app.valid_regions)]
    apps = sorted(apps, key=lambda app: (app.active_runners if sort_by_runners else 0, app.alias))
    return Table("apps", apps, _APP)


@apps.command("list-rev", "history", calls=["apps.revisions"])
def list_revisions(session: Session, **options: Any) -> Output:
    return Table("revisions", session.client.apps.revisions(**options), _REVISION)


@apps.command(
    "set-rev",
    calls=["apps.set_revision"],
    metavars={"revision": "APP_REV"},
    choices={"strategy": ("recreate", "rolling")},
)
def set_revision(session: Session, **options: Any) -> Output:
    return _one(session.client.apps.set_revision(**options))


@apps.command(
    "scale",
    calls=["apps.scale"],
    metavars={"machine_types": "TYPE", "regions": "REGION"},
    examples=[
        "fal apps scale my-app --min-concurrency 1 --max-concurrency 10",
        "fal apps scale my-app --machine-types GPU-H100",
    ],
)
def scale(session: Session, **options: Any) -> Output:
    note = "The next deploy sets the machine types to what the source says." if options["machine_types"] else None
    return _one(session.client.apps.scale(**options), note)


@apps.command("rollout", calls=["apps.rollout"])
def rollout(session: Session, **options: Any) -> Output:
    session.client.apps.rollout(**options)
    return Done(f"The runners of {options['app_name']} are being replaced.", app_name=options["app_name"])


@apps.command("rollback", calls=["apps.rollback"], choices={"strategy": ("recreate", "rolling")})
def rollback(session: Session, **options: Any) -> Output:
    return _one(session.client.apps.rollback(**options))


@apps.command("wait", calls=["apps.wait_until_ready"])
def wait(session: Session, **options: Any) -> Output:
    return _one(session.client.apps.wait_until_ready(**options))


@apps.command("runners", calls=["apps.runners"], choices={"state": STATES}, metavars={"state": "STATE"})
def list_runners(
    session: Session, *, since: datetime | None = None, state: list[str] | None = None, **options: Any
) -> Output:
    """
    Args:
        since: Also runners that ended since this time, e.g. 30m, 2h, 7d or 2026-01-31T12:00.
        state: Only runners in one of these states.
    """
    return runner_table(session.client.apps.runners(since=since, state=state, **options))


@apps.command("gpus", calls=["apps.gpus"])
def gpus(session: Session, **options: Any) -> Output:
    return counted(session.client.apps.gpus(**options))


@apps.command("delete", calls=["apps.delete"], destructive=True)
def delete(session: Session, **options: Any) -> Output:
    revision = session.client.apps.delete(**options)
    return Done(f"Deleted {options['app_name']}; it pointed at revision {revision}.", revision=revision, **options)


@apps.command("delete-rev", calls=["apps.delete_revision"], metavars={"revision": "APP_REV"}, destructive=True)
def delete_revision(session: Session, revision: str) -> Output:
    """
    Args:
        revision: The revision, as list-rev shows it.
    """
    session.client.apps.delete_revision(revision)
    return Done(f"Deleted revision {revision}.", revision=revision)
