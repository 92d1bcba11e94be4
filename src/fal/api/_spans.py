"""Arguments of reports over time: the range and its steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

from fal._core import arguments
from fal.exceptions import InvalidInput, InvalidType

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

Bucket: TypeAlias = Literal["minute", "hour", "day", "week", "month"]
BUCKETS: tuple[str, ...] = get_args(Bucket)


def span(since: datetime | None, until: datetime | None) -> dict[str, Any]:
    """Return the range under its wire names.

    Raises:
        InvalidInput: It ends before it begins. A ValueError.
        InvalidType: A value is not a datetime. A TypeError.
    """
    begin, end = arguments.moment("since", since), arguments.moment("until", until)
    if begin is not None and end is not None and end <= begin:
        raise InvalidInput(f"until={until} is not after since={since}; pass a later time")
    return {"start": begin, "end": end}


def steps(
    since: datetime | None, until: datetime | None, bucket: Bucket | None, time_zone: str | None
) -> dict[str, Any]:
    """Return a range in steps under its wire names.

    Raises:
        InvalidInput: A value is out of range or unknown. A ValueError.
        InvalidType: A value is of another type. A TypeError.
    """
    zone = None
    if time_zone is not None:
        zone = arguments.identifier("time_zone", time_zone, 'the name of a time zone, e.g. "Europe/Berlin"')
    return {**span(since, until), "timeframe": choice("bucket", bucket, BUCKETS), "timezone": zone}


def choice(argument: str, value: str | None, known: Iterable[str]) -> str | None:
    """Return one of the known values, or None."""
    return None if value is None else arguments.one_of(argument, value, known)


def names(argument: str, value: str | Iterable[str], environment: str | None) -> list[str]:
    """Return the full names of apps, from one name or several."""
    if isinstance(value, str):
        return [arguments.app(argument, value, environment)]
    apps = arguments.items(argument, value, empty="pass an app name, or leave the argument out")
    if apps is None:
        raise InvalidType(f'{argument} must be the name of an app, or a list of names; pass for instance "my-app"')
    return [arguments.app(f"{argument}[{index}]", name, environment) for index, name in enumerate(apps)]
