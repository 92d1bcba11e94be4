"""What generated models make of odd times, and how levels and sources of logs are compared."""

from __future__ import annotations

import dataclasses
import enum
import math
import pickle
from datetime import UTC, datetime, timedelta

import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from fal._gen import convert
from fal._gen.models import LogLevel, LogSource, RunnerState
from fal._gen.proto import common_pb2, controller_pb2
from fal._gen.rest import wire

LATEST = datetime.max.replace(tzinfo=UTC)
EARLIEST = datetime.min.replace(tzinfo=UTC)


# --------------------------------------------------------------------------------------------------------- times


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2016-12-31T23:59:60Z", datetime(2017, 1, 1, tzinfo=UTC)),
        ("2016-12-31T23:59:60.999Z", datetime(2017, 1, 1, tzinfo=UTC)),
        ("2017-01-01T00:59:60+01:00", datetime(2017, 1, 1, 0, 0, tzinfo=UTC)),
        ("2016-12-31 23:59:60", datetime(2017, 1, 1, tzinfo=UTC)),
        ("9999-12-31T23:59:60Z", LATEST),
        ("2026-01-02t03:04:05z", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("10000-01-01T00:00:00Z", LATEST),
        ("+12026-01-01T00:00:00.5+02:00", LATEST),
        ("0000-06-01T00:00:00Z", EARLIEST),
    ],
)
def test_a_time_that_rfc_3339_has_and_python_has_not(text: str, moment: datetime) -> None:
    assert wire.time(text, "x") == moment


@pytest.mark.parametrize(
    "text", ["soon", "", "2016-12-31T23:59:61Z", "2016-13-31T23:59:60Z", "10000", "2016-12-31T23:59:60+99:00"]
)
def test_what_is_not_a_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="a time as in ISO 8601"):
        wire.time(text, "x")


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        (Timestamp(), None),
        (Timestamp(nanos=1_000), datetime(1970, 1, 1, 0, 0, 0, 1, tzinfo=UTC)),
        (Timestamp(seconds=2**63 - 1), LATEST),
        (Timestamp(seconds=-(2**63)), EARLIEST),
        (Timestamp(seconds=1_700_000_000, nanos=2**31 - 1), datetime.fromtimestamp(1_700_000_002.147483, UTC)),
    ],
)
def test_an_odd_time_costs_no_listing_over_grpc(sent: Timestamp, shown: datetime | None) -> None:
    assert convert.environment_info(controller_pb2.EnvironmentInfo(name="e", created_at=sent)).created_at == shown


@pytest.mark.parametrize(
    ("sent", "shown"),
    [(math.inf, timedelta.max), (-math.inf, timedelta.min), (math.nan, timedelta()), (1.5, timedelta(0, 1.5))],
)
def test_an_odd_uptime_costs_no_listing(sent: float, shown: timedelta) -> None:
    assert convert.runner_info(controller_pb2.RunnerInfo(runner_id="r", uptime=sent)).uptime == shown


# ---------------------------------------------------------------------------------------------------------- logs


def test_levels_are_ordered_by_severity() -> None:
    by_severity = ["TRACE", "DEBUG", "INFO", "WARNING", "ERROR", "STDOUT", "STDERR"]
    assert [level.name for level in sorted(LogLevel)] == by_severity
    assert LogLevel.DEBUG < LogLevel.ERROR <= LogLevel.ERROR < LogLevel.STDERR
    assert LogLevel.WARNING > LogLevel.INFO >= LogLevel.INFO
    assert not LogLevel.WARNING < LogLevel.DEBUG
    assert LogLevel.from_number(99) > LogLevel.STDERR


def test_levels_are_compared_with_names_and_with_other_enums_of_levels() -> None:
    class Level(enum.Enum):
        WARNING = 30

    assert LogLevel.ERROR > "warning"
    assert LogLevel.INFO <= "INFO"
    assert LogLevel.ERROR >= Level.WARNING
    for other in (20, None, "loud"):
        with pytest.raises(TypeError):
            assert other > LogLevel.INFO


@pytest.mark.parametrize("text", ["builder", "BUILDER", "Builder"])
def test_a_member_equals_its_spelling_in_any_case(text: str) -> None:
    assert text == LogSource.BUILDER
    assert text == LogSource.BUILDER
    assert text != LogSource.USER
    assert LogSource.BUILDER in (text,)
    assert LogSource(text) is LogSource.BUILDER
    assert hash(LogSource.BUILDER) == hash("BUILDER")
    assert RunnerState.RUNNING == "running"


def test_a_line_reads_as_in_handlers_for_the_released_client() -> None:
    line = convert.log(common_pb2.Log(message="hello", level=3, source=2))
    assert (line.message_str(), line.message_meta(), line.is_json, line.bound_env) == ("hello", {}, False, None)
    assert line.level == "warning"
    assert pickle.loads(pickle.dumps(line)) == line == dataclasses.replace(line)
    assert list(dataclasses.asdict(line)) == ["message", "level", "source", "timestamp"]
