"""`fal apps`: deployed apps and their revisions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fal.cli._answers import Answer, Table
from fal.cli._tree import apps

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fal.cli._session import Session
    from fal.sdk import AliasInfo

_REGIONS = ("eu-north", "eu-west", "us-central", "us-east", "us-west")
_COLUMNS = {
    "Name": "alias",
    "Runners": "active_runners",
    "Auth": "auth_mode",
    "Env": "environment_name",
    "Machine": "machine_types",
    "Min": "min_concurrency",
    "Max": "max_concurrency",
    "Keep alive": "keep_alive",
    "Revision": "revision",
    "Multiplexing": "max_multiplexing",
    "Buffer": "concurrency_buffer",
    "Buffer %": "concurrency_buffer_perc",
    "Scaling delay": "scaling_delay",
    "Request timeout": "request_timeout",
    "Start timeout": "request_start_timeout",
    "Startup timeout": "startup_timeout",
    "Regions": "valid_regions",
    "Rolling": "is_rolling",
}


def app_table(app: AliasInfo, note: str | None = None) -> Answer:
    return Table("app", [app], _COLUMNS, only=True, note=note)


@apps.command("list", calls=["apps.list"], choices={"regions": _REGIONS})
def list_apps(
    session: Session,
    *,
    sort_by_runners: bool = False,
    regions: Sequence[str] | None = None,
    **options: Any,
) -> Answer:
    """
    Args:
        sort_by_runners: Sort by the number of runners, the fewest first.
        regions: Only apps that may run in one of these regions.
    """
    found = session.client.apps.list(**options)
    if regions:
        found = [app for app in found if set(regions) & set(app.valid_regions)]
    order = (lambda app: (app.active_runners, app.alias)) if sort_by_runners else (lambda app: (0, app.alias))
    return Table("apps", sorted(found, key=order), _COLUMNS)
