"""What is tried as an argument, and what a server answers."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

from fal.sdk import RunnerState

APP = {
    "alias": "my-app",
    "revision": "11111111-2222-4333-8444-555555555555",
    "auth_mode": "PUBLIC",
    "max_concurrency": 10,
    "max_multiplexing": 4,
    "keep_alive": 300,
    "active_runners": 3,
    "min_concurrency": 1,
    "machine_types": ["GPU-H100", "GPU-H200"],
    "request_timeout": 3600,
    "startup_timeout": 600,
    "valid_regions": ["us-east", "eu-west"],
    "concurrency_buffer": 2,
    "concurrency_buffer_perc": 20,
    "scaling_delay_seconds": 30,
    "environment_name": "main",
    "request_start_timeout": 15,
}
RUNNER = {
    "runner_id": "runner-1",
    "in_flight_requests": 2,
    "expiration_countdown": 42,
    "uptime": 12.5,
    "revision": "11111111-2222-4333-8444-555555555555",
    "alias": "my-app",
    "external_metadata": {"name": "node-1", "tags": ["a", "b"], "spot": True, "none": None, "load": 0.5},
    "state": "RUNNING",
    "machine_type": "GPU-H100",
    "replacement": "WILL_REPLACE",
}
WHEN = "2026-03-04T05:06:07.123456Z"
KEY_INFO = {"key_id": "k1", "created_at": WHEN, "scope": "API", "alias": "ci"}
SECRET = {"name": "TOKEN", "created_time": WHEN, "environment_name": "main", "default_exposed": True}
ENVIRONMENT = {"name": "staging", "description": "before production", "is_default": False, "created_at": WHEN}

LONG = "a" * 5000
# Texts for whatever names something.
NAMES: dict[str, Any] = {
    "a name": "my-app",
    "empty": "",
    "a space": " ",
    "spaces around": " my-app ",
    "None": None,
    "unicode": "grün-火-🦊",
    "long": LONG,
    "a slash": "acme/my-app",
    "a newline": "my\napp",
    "a number": 7,
    "bytes": b"my-app",
}
ENVIRONMENTS: dict[str, Any] = {
    "None": None,
    "main": "main",
    "staging": "staging",
    "empty": "",
    "unicode": "grün",
    "long": LONG,
    "a separator": "a--b",
    "upper case": "MAIN",
    "a number": 7,
}
COUNTS: dict[str, Any] = {
    "None": None,
    "zero": 0,
    "one": 1,
    "seven": 7,
    "the largest": 2**31 - 1,
    "too large": 2**31,
    "negative": -1,
    "True": True,
    "a whole float": 5.0,
    "a float": 1.5,
    "a text": "5",
}
FLAGS: dict[str, Any] = {"True": True, "False": False, "None": None, "one": 1, "zero": 0, "a text": "yes"}
TEXTS: dict[str, Any] = {
    "None": None,
    "empty": "",
    "a text": "what it is for",
    "unicode": "Grüße, 火 🦊\n\t\0",
    "long": "x" * 1_000_000,
    "a number": 7,
    "bytes": b"text",
}
LISTS: dict[str, Any] = {
    "None": None,
    "empty": [],
    "one": ["GPU-H100"],
    "two": ["GPU-H100", "GPU-H200"],
    "a tuple": ("GPU-H100", "GPU-H200"),
    "a bare text": "GPU-H100",
    "an empty name": [""],
    "unicode": ["grün"],
    "the same twice": ["GPU-H100", "GPU-H100"],
    "a number": [7],
    "None in it": [None],
    "many": [f"GPU-{number}" for number in range(500)],
}
TIMES: dict[str, Any] = {
    "None": None,
    "UTC": datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC),
    "microseconds": datetime(2026, 3, 4, 5, 6, 7, 123456, tzinfo=UTC),
    "another zone": datetime(2026, 3, 4, 5, 6, 7, tzinfo=timezone(timedelta(hours=-7, minutes=-30))),
    "naive": datetime(2026, 3, 4, 5, 6, 7),
    "the epoch": datetime(1970, 1, 1, tzinfo=UTC),
    "before the epoch": datetime(1960, 1, 1, 0, 0, 0, 500000, tzinfo=UTC),
    "the first year": datetime(1, 1, 1, tzinfo=UTC),
    "the last year": datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
    "a date": date(2026, 3, 4),
    "a text": "2026-03-04",
    "a number": 1772600767,
    "zero": 0,
}
STATES: dict[str, Any] = {
    "None": None,
    "empty": [],
    **{f"{state.value.lower()}": [state.value.lower()] for state in RunnerState},
    "all": ["all"],
    "all and one": ["all", "idle"],
    "two": ["idle", "pending"],
    "upper case": ["RUNNING"],
    "members": [RunnerState.RUNNING],
    "the wire's name": ["failure_delay"],
    "a typo": ["runing"],
    "a bare text": "running",
    "a tuple": ("running",),
    "a set": {"running"},
    "a number": [0],
}
