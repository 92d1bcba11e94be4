"""Bad arguments: an error that names the argument and the fix, and nothing on the wire."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fal import sdk
from fal.api import FalServerlessError, SyncServerlessClient
from fal.exceptions import InvalidInput, InvalidType

_COUNTS = (
    "keep_alive",
    "max_multiplexing",
    "max_concurrency",
    "min_concurrency",
    "concurrency_buffer",
    "concurrency_buffer_perc",
    "scaling_delay",
    "request_timeout",
    "request_start_timeout",
    "startup_timeout",
)

# Every parameter that is an id or a name, and a call that passes it.
_NAMES: dict[str, tuple[str, Callable[[SyncServerlessClient, Any], object]]] = {
    "apps.runners": ("app_name", lambda client, value: client.apps.runners(value)),
    "apps.scale": ("app_name", lambda client, value: client.apps.scale(value, keep_alive=1)),
    "apps.rollout": ("app_name", lambda client, value: client.apps.rollout(value)),
    "apps.gpus": ("app_name", lambda client, value: client.apps.gpus(value)),
    "apps.set_revision": ("app_name", lambda client, value: client.apps.set_revision(value, "rev")),
    "apps.set_revision.revision": ("revision", lambda client, value: client.apps.set_revision("app", value)),
    "apps.rollback": ("app_name", lambda client, value: client.apps.rollback(value)),
    "apps.delete": ("app_name", lambda client, value: client.apps.delete(value)),
    "apps.delete_revision": ("revision", lambda client, value: client.apps.delete_revision(value)),
    "runners.stop": ("runner_id", lambda client, value: client.runners.stop(value)),
    "runners.kill": ("runner_id", lambda client, value: client.runners.kill(value)),
    "keys.revoke": ("key_id", lambda client, value: client.keys.revoke(value)),
    "secrets.set": ("name", lambda client, value: client.secrets.set(value, "v")),
    "secrets.unset": ("name", lambda client, value: client.secrets.unset(value)),
    "environments.create": ("name", lambda client, value: client.environments.create(value)),
    "environments.delete": ("name", lambda client, value: client.environments.delete(value)),
}
_NAMED = pytest.mark.parametrize(("argument", "call"), _NAMES.values(), ids=_NAMES)

# Every call that takes an environment.
_ENVIRONMENTS: list[Callable[[SyncServerlessClient, Any], object]] = [
    lambda client, value: client.apps.list(environment_name=value),
    lambda client, value: client.apps.runners("app", environment_name=value),
    lambda client, value: client.apps.scale("app", environment_name=value),
    lambda client, value: client.apps.rollout("app", environment_name=value),
    lambda client, value: client.apps.revisions("app", environment_name=value),
    lambda client, value: client.apps.set_revision("app", "rev", environment_name=value),
    lambda client, value: client.apps.rollback("app", environment_name=value),
    lambda client, value: client.apps.delete("app", environment_name=value),
    lambda client, value: client.secrets.set("NAME", "v", environment_name=value),
    lambda client, value: client.secrets.list(environment_name=value),
    lambda client, value: client.secrets.unset("NAME", environment_name=value),
]


def _refused(error: type[Exception], call: Callable[[], object], wire: Any, *words: str) -> None:
    with pytest.raises(error) as caught:
        call()
    assert isinstance(caught.value, FalServerlessError)
    for word in words:
        assert word in str(caught.value)
    assert wire.calls == []


@_NAMED
@pytest.mark.parametrize("value", ["", " ", "\t\n", "my app", " my-app", "my-app\n", "my\x00app"])
def test_a_malformed_name_is_refused(
    client: SyncServerlessClient, wire: Any, argument: str, call: Callable[..., object], value: str
) -> None:
    _refused(ValueError, lambda: call(client, value), wire, argument, "pass ")


@_NAMED
@pytest.mark.parametrize("value", [None, 7, b"my-app", ["my-app"], object()], ids=lambda value: type(value).__name__)
def test_a_name_of_the_wrong_type_is_refused(
    client: SyncServerlessClient, wire: Any, argument: str, call: Callable[..., object], value: Any
) -> None:
    if value is None and call is _NAMES["secrets.set"][1]:
        argument = "name"
    _refused(TypeError, lambda: call(client, value), wire, argument, type(value).__name__)


@pytest.mark.parametrize("call", _ENVIRONMENTS)
@pytest.mark.parametrize("value", ["", "  ", "my env", "a--b"])
def test_a_malformed_environment_is_refused(
    client: SyncServerlessClient, wire: Any, call: Callable[..., object], value: str
) -> None:
    _refused(ValueError, lambda: call(client, value), wire, "environment_name")


@pytest.mark.parametrize("call", _ENVIRONMENTS)
def test_an_environment_of_the_wrong_type_is_refused(
    client: SyncServerlessClient, wire: Any, call: Callable[..., object]
) -> None:
    _refused(TypeError, lambda: call(client, 7), wire, "environment_name", "int")


@pytest.mark.parametrize("argument", _COUNTS)
@pytest.mark.parametrize("value", [-1, 2**31, -(2**40)])
def test_a_count_out_of_range_is_refused(client: SyncServerlessClient, wire: Any, argument: str, value: int) -> None:
    arguments: dict[str, Any] = {argument: value}
    _refused(InvalidInput, lambda: client.apps.scale("app", **arguments), wire, argument, str(value))


@pytest.mark.parametrize("value", [10**5000, -(10**5000)], ids=["large", "small"])
def test_a_number_that_python_does_not_write_is_refused(client: SyncServerlessClient, wire: Any, value: int) -> None:
    calls: dict[str, Callable[[], object]] = {
        "keep_alive": lambda: client.apps.scale("app", keep_alive=value),
        "limit": lambda: client.logs.history(limit=value),
        "rows": lambda: client.runners.shell("runner", columns=80, rows=value),
        "timeout": lambda: client.apps.wait_until_ready("app", timeout=value),
    }
    for argument, call in calls.items():
        _refused(InvalidInput, call, wire, argument, "thousands of digits")


@pytest.mark.parametrize("value", [1e9 + 1, 1e10, 1e300, 10**400], ids=["1e9", "1e10", "1e300", "10**400"])
def test_a_time_that_no_system_can_wait_is_refused(client: SyncServerlessClient, wire: Any, value: float) -> None:
    _refused(InvalidInput, lambda: client.with_options(timeout=value), wire, "timeout", "up to 1000000000")


def test_the_longest_time_is_waited_for(client: SyncServerlessClient, wire: Any) -> None:
    wire.documents["/files/list//data"] = (200, [])
    patient = client.with_options(timeout=1e9)
    assert (patient.apps.list(), patient.files.list()) == ([], [])


def test_an_error_shows_the_beginning_of_a_long_value(client: SyncServerlessClient, wire: Any) -> None:
    with pytest.raises(InvalidInput, match="runner_id") as caught:
        client.runners.stop("very long" * 100_000)
    assert len(str(caught.value)) < 1000


@pytest.mark.parametrize("argument", _COUNTS)
@pytest.mark.parametrize("value", [True, False, 1.0, "1", [1]], ids=repr)
def test_a_count_of_the_wrong_type_is_refused(
    client: SyncServerlessClient, wire: Any, argument: str, value: Any
) -> None:
    _refused(InvalidType, lambda: client.apps.scale("app", **{argument: value}), wire, argument, type(value).__name__)


@pytest.mark.parametrize("argument", ["machine_types", "regions"])
@pytest.mark.parametrize(
    ("value", "error", "words"),
    [
        ("GPU-H100", TypeError, ("=['GPU-H100']",)),
        ([], ValueError, ("no way to clear",)),
        ((), ValueError, ("no way to clear",)),
        (["GPU-H100", ""], ValueError, ("[1] is empty",)),
        ([None], TypeError, ("[0]", "NoneType")),
        (7, TypeError, ("int",)),
        (b"GPU", TypeError, ("bytes",)),
        ({"GPU-H100": 1}, TypeError, ("dict",)),
        ({"GPU-H100"}, TypeError, ("a set has no order",)),
    ],
    ids=repr,
)
def test_a_list_that_is_none_is_refused(
    client: SyncServerlessClient, wire: Any, argument: str, value: Any, error: type[Exception], words: tuple[str, ...]
) -> None:
    _refused(error, lambda: client.apps.scale("app", **{argument: value}), wire, argument, *words)


@pytest.mark.parametrize("collection", [tuple, iter])
def test_any_ordered_collection_of_names_is_taken(client: SyncServerlessClient, wire: Any, collection: Any) -> None:
    client.apps.scale("app", machine_types=collection(["a", "b"]))
    assert list(wire.request.machine_types) == ["a", "b"]


@pytest.mark.parametrize(
    ("value", "error", "words"),
    [
        ("running", TypeError, ("state=['running']",)),
        (sdk.RunnerState.RUNNING, TypeError, ("state=['",)),
        (["runing"], ValueError, ("'runing'", "did you mean 'running'?")),
        (["running", "gone"], ValueError, ("state[1]", "'draining'")),
        ([7], TypeError, ("state[0]", "int")),
        (7, TypeError, ("state", "int")),
    ],
    ids=repr,
)
def test_a_state_that_is_none_is_refused(
    client: SyncServerlessClient, wire: Any, value: Any, error: type[Exception], words: tuple[str, ...]
) -> None:
    _refused(error, lambda: client.apps.runners("app", state=value), wire, *words)


@pytest.mark.parametrize(
    "value",
    ["2026-01-01", date(2026, 1, 1), timedelta(hours=1), 1700000000, 1.5],
    ids=lambda value: type(value).__name__,
)
def test_a_since_that_is_not_a_datetime_is_refused(client: SyncServerlessClient, wire: Any, value: Any) -> None:
    _refused(InvalidType, lambda: client.runners.list(since=value), wire, "since", "datetime.now() - timedelta")
    _refused(InvalidType, lambda: client.apps.runners("app", since=value), wire, "since")


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({}, ValueError, ("none of preset, permissions and scope was given", "pass exactly one")),
        ({"description": "ci"}, ValueError, ("exactly one",)),
        ({"preset": "FULL", "scope": "admin"}, ValueError, ("preset and scope were given",)),
        ({"preset": "FULL", "permissions": ["a"]}, ValueError, ("preset and permissions were given",)),
        ({"scope": "adminn"}, ValueError, ("did you mean 'ADMIN'?",)),
        ({"scope": "nonsense"}, ValueError, ("'ADMIN', 'API'",)),
        ({"scope": True}, TypeError, ("scope", "bool")),
        ({"preset": "FUL"}, ValueError, ("did you mean 'FULL'?",)),
        ({"preset": 1}, TypeError, ("preset", "int")),
        ({"permissions": []}, ValueError, ("permissions", "empty list")),
        ({"permissions": "serverless:read"}, TypeError, ("permissions=['serverless:read']",)),
        ({"scope": "admin", "description": 7}, TypeError, ("description", "int")),
    ],
    ids=repr,
)
def test_a_key_that_is_not_said_what_it_may_do_is_refused(
    client: SyncServerlessClient, wire: Any, arguments: Any, error: type[Exception], words: tuple[str, ...]
) -> None:
    _refused(error, lambda: client.keys.create(**arguments), wire, *words)


def test_a_secret_without_a_value_is_not_deleted_but_refused(client: SyncServerlessClient, wire: Any) -> None:
    value: Any = None
    _refused(InvalidInput, lambda: client.secrets.set("NAME", value), wire, "value is None", "unset")


def test_the_error_for_a_secret_of_the_wrong_type_does_not_show_it(client: SyncServerlessClient, wire: Any) -> None:
    value: Any = b"hunter2"
    with pytest.raises(InvalidType) as caught:
        client.secrets.set("NAME", value)
    assert "hunter2" not in str(caught.value)
    assert "bytes" in str(caught.value)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda client: client.runners.stop("id", replace_first="yes"), ("replace_first", "str")),
        (lambda client: client.runners.stop("id", replace_first=1), ("replace_first", "int")),
        (lambda client: client.apps.rollout("app", force=None), ("force", "NoneType")),
        (lambda client: client.secrets.set("NAME", "v", default_exposed="no"), ("default_exposed", "str")),
        (lambda client: client.apps.list(filter=7), ("filter", "int")),
        (lambda client: client.apps.set_revision("app", "rev", strategy=None), ("strategy", "NoneType")),
        (lambda client: client.environments.create("staging", description=7), ("description", "int")),
    ],
)
def test_a_value_of_the_wrong_type_is_refused(
    client: SyncServerlessClient, wire: Any, call: Callable[[SyncServerlessClient], object], words: tuple[str, ...]
) -> None:
    _refused(InvalidType, lambda: call(client), wire, *words)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda client: client.apps.set_revision("app", "rev", auth="everyone"), ("auth='everyone'", "'public'")),
        (lambda client: client.apps.set_revision("app", "rev", strategy="canary"), ("strategy='canary'", "'rolling'")),
        (lambda client: client.apps.set_revision("app", "rev", auth="publik"), ("did you mean 'public'?",)),
        (lambda client: client.apps.rollback("app", strategy="canary"), ("strategy='canary'",)),
    ],
)
def test_a_choice_that_is_not_known_is_refused(
    client: SyncServerlessClient, wire: Any, call: Callable[[SyncServerlessClient], object], words: tuple[str, ...]
) -> None:
    _refused(InvalidInput, lambda: call(client), wire, *words)


_ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(),
    st.binary(),
    st.lists(st.text(), max_size=3),
    st.datetimes(),
)
_OLDEST = datetime(1971, 1, 1)
_HYPOTHESIS = settings(max_examples=60)


@_HYPOTHESIS
@given(argument=st.sampled_from([*_COUNTS, "machine_types", "regions", "environment_name"]), value=_ANYTHING)
def test_whatever_scale_is_given_is_sent_as_it_is_or_refused(
    client: SyncServerlessClient, wire: Any, argument: str, value: Any
) -> None:
    wire.reset()
    refused: Exception | None = None
    try:
        client.apps.scale("app", **{argument: value})
    except (InvalidInput, InvalidType) as error:
        refused = error
    if refused is not None:
        assert argument in str(refused)
        assert wire.calls == []
        return
    wire_name = {"regions": "valid_regions", "scaling_delay": "scaling_delay_seconds"}.get(argument, argument)
    set_fields = {field.name: item for field, item in wire.request.ListFields()}
    if value is None:
        assert wire_name not in set_fields
    else:
        sent = set_fields[wire_name]
        assert (list(sent) if isinstance(value, list) else sent) == value


@_HYPOTHESIS
@given(since=st.one_of(st.datetimes(_OLDEST), st.datetimes(_OLDEST, timezones=st.timezones())))
def test_whatever_time_is_given_is_the_time_that_is_sent(
    client: SyncServerlessClient, wire: Any, since: datetime
) -> None:
    wire.reset()
    client.runners.list(since=since)
    sent = wire.request.start_time.ToDatetime(tzinfo=UTC)
    assert sent == since.astimezone(UTC)


@_HYPOTHESIS
@given(value=st.text())
def test_whatever_secret_is_set_arrives_unchanged(client: SyncServerlessClient, wire: Any, value: str) -> None:
    wire.reset()
    client.secrets.set("NAME", value)
    assert wire.request.value == value
    assert wire.request.HasField("value")


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        (lambda client: client.secrets.set("NAME", "hunter2\ud800"), "value"),
        (lambda client: client.keys.create(scope="api", description="\ud800"), "description"),
        (lambda client: client.runners.kill("\ud800"), "runner_id"),
    ],
)
def test_text_that_cannot_be_written_is_refused_without_being_shown(
    client: SyncServerlessClient, wire: Any, call: Callable[[SyncServerlessClient], object], argument: str
) -> None:
    with pytest.raises(InvalidInput, match=argument) as caught:
        call(client)
    assert "hunter2" not in str(caught.value)
    assert wire.calls == []


@pytest.mark.parametrize("since", [datetime.min, datetime.max])
def test_a_time_at_the_end_of_the_calendar_is_sent_or_refused(
    client: SyncServerlessClient, wire: Any, since: datetime
) -> None:
    try:
        client.runners.list(since=since)
    except InvalidInput:
        assert wire.calls == []
    else:
        assert wire.request.HasField("start_time")
