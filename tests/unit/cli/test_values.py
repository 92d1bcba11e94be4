"""What the texts of a command line mean."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fal.cli import _values
from fal.cli.commands.calling import _body
from fal.exceptions import InvalidInput

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "ago"),
    [
        ("now", timedelta()),
        ("90s", timedelta(seconds=90)),
        ("10 min", timedelta(minutes=10)),
        ("2h ago", timedelta(hours=2)),
        ("2 Hours ago", timedelta(hours=2)),
        ("1h30m", timedelta(minutes=90)),
        ("1 day 2 hours ago", timedelta(hours=26)),
        ("1.5h", timedelta(minutes=90)),
        ("3w", timedelta(weeks=3)),
        ("yesterday", timedelta(days=1)),
        ("2026-03-04T11:00:00Z", timedelta(hours=1)),
        ("2026-03-04T13:00:00+02:00", timedelta(hours=1)),
    ],
)
def test_a_time_is_read(text: str, ago: timedelta) -> None:
    assert NOW - _values.moment(text, now=NOW) == ago


def test_a_time_of_the_day_is_the_last_one_and_a_time_without_a_zone_is_local() -> None:
    here = NOW.astimezone()
    for text, when in (("0:00", here.replace(hour=0, minute=0)), ("23:59:30", None), ("2026-03-04", None)):
        parsed = _values.moment(text, now=NOW)
        assert parsed.tzinfo is not None and parsed <= NOW and NOW - parsed < timedelta(days=2)
        assert when is None or parsed == when
    assert _values.moment("2026-03-04 05:06").replace(tzinfo=None) == datetime(2026, 3, 4, 5, 6)


@pytest.mark.parametrize("text", ["", "soon", "5 parsecs", "25:00", "1h x", "12", "1 month", "99999999999999w"])
def test_what_is_no_time_is_told_with_what_is_one(text: str) -> None:
    with pytest.raises(ValueError, match="is not a time; give"):
        _values.moment(text, now=NOW)


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (["a=2024", "b="], {"a": "2024", "b": ""}),
        (["a=x=y", "url=https://x/?y=1&z=2"], {"a": "x=y", "url": "https://x/?y=1&z=2"}),
        (["a:=2024", "b:=[true, null]"], {"a": 2024, "b": [True, None]}),
        (["a[b]=1", "a[c][d]:=2"], {"a": {"b": "1", "c": {"d": 2}}}),
        (["a[]=1", "a[]=2"], {"a": ["1", "2"]}),
        (["a[1]=y", "a[0]=x"], {"a": ["x", "y"]}),
        (["a[2]=z"], {"a": [None, None, "z"]}),
        (["a[][b]=1", "a[][b]=2"], {"a": [{"b": "1"}, {"b": "2"}]}),
        (["a.b-c=1", "a b=2"], {"a.b-c": "1", "a b": "2"}),
        (["a\\[b\\]=1"], {"a[b]": "1"}),
        (["a[b]=1", "a=2"], {"a": "2"}),
        (["a:=[1]", "a[]=x"], {"a": [1, "x"]}),
    ],
)
def test_the_arguments_of_a_call(words: list[str], wanted: dict[str, Any]) -> None:
    assert _body(words) == wanted


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["a"], "'a' is not of the form"),
        (["=1"], "'=1' is not of the form"),
        (["[b]=1"], "is not of the form"),
        (["a[b=1"], "is not of the form"),
        (["a:=x"], "'x' is not JSON; for a text, write KEY=TEXT"),
        (["a=1", "a[b]=2"], "'a' has a value of another kind"),
        (["a[b]=1", "a[]=2"], "'a' has a value of another kind"),
        (["a[0]=1", "a[b]=2"], "'a' has a value of another kind"),
        (["a[0][b]=1", "a[0][]=2"], "0 has a value of another kind"),
        (["a[999999999999]=1"], "is not the number of an item"),
    ],
)
def test_arguments_that_are_none_are_told(words: list[str], said: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        _body(words)
    assert said in str(raised.value)
