"""One rule for one setting, at all doors: the App class, the decorator, pyproject.toml, `apps.scale`, and the control plane."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import fal
from fal._gen.proto import controller_pb2 as pb
from fal.api import SyncServerlessClient
from fal.app.checks import InvalidValue
from fal.app.settings import PLATFORM_DEFAULTS, SCALE, SETTINGS, Group
from fal.deploy.locate.tables import APP_KEYS, check_tool_table
from fal_emulator.model import checks
from fal_emulator.model.faults import Fault
from tests.unit.app.settings_page import PAGE, settings_page

LARGEST = 2**31 - 1
Door = Callable[[str, Any], object]


def as_attribute(name: str, value: Any) -> object:
    return type("MyApp", (fal.App,), {name: value})


def as_keyword(name: str, value: Any) -> object:
    return type("MyApp", (fal.App,), {}, **{name: value})


def as_option(name: str, value: Any) -> object:
    return fal.function(**{name: value})


def as_key(name: str, value: Any) -> object:
    _, problems = check_tool_table({"apps": {"one": {"ref": "app.py", name: value}}}, Path())
    for problem in problems:
        space = "" if problem.text.startswith("[") else " "
        raise InvalidValue(f"{problem.key[-1]}{space}{problem.text}", "")
    return None


def as_scale(name: str, value: Any) -> object:
    with SyncServerlessClient(api_key="id:secret", host="http://127.0.0.1:1") as client:
        vars(client.apps)["_call"] = lambda *_: None
        return client.apps.scale("my-app", **{name: value})


def as_message(name: str, value: Any) -> object:
    wire = SCALE[name].wire
    try:
        return checks.scaling({wire: value})
    except Fault as fault:
        raise Fault(fault.code, str(fault).replace(wire, name).replace("]: ", "] ")) from None


DOORS: dict[str, Door] = {
    "attribute": as_attribute,
    "keyword": as_keyword,
    "decorator": as_option,
    "pyproject.toml": as_key,
    "apps.scale": as_scale,
    "control plane": as_message,
}

NUMBERS = [name for name, setting in SCALE.items() if name not in ("machine_types", "regions")]
UNITS = {
    **dict.fromkeys(("min_concurrency", "max_concurrency", "concurrency_buffer"), "runners"),
    "concurrency_buffer_perc": "percent",
    "max_multiplexing": "requests",
}
AT_LEAST_ONE = {"max_concurrency", "max_multiplexing", "request_timeout", "startup_timeout"}


def rows() -> Iterator[tuple[str, Any, str | None]]:
    for name in NUMBERS:
        unit, least = UNITS.get(name, "seconds"), int(name in AT_LEAST_ONE)
        between = f"must be between {least} and {LARGEST} {unit}"
        yield name, least, None
        yield name, LARGEST, None
        yield name, least - 1, f"{between}, not {least - 1}"
        yield name, 2**31, f"{between}, not {2**31}"
        for value in (3.0, 1.5, "3", True, [3]):
            yield name, value, f"must be a whole number of {unit}, not {type(value).__name__}"
    yield "regions", ["us-east-1"], None
    yield "regions", ["a-region-of-tomorrow"], None
    yield "regions", "us-east", "must be a list of str, not a single str; write regions=['us-east']"
    yield "regions", ["us east"], "[0] is 'us east', which contains whitespace or control characters; remove them"
    yield "regions", [1], "[0] must be a str, not int"


@pytest.mark.parametrize(("name", "value", "fault"), list(rows()), ids=repr)
def test_all_doors_agree(name: str, value: Any, fault: str | None) -> None:
    for door, give in DOORS.items():
        try:
            give(name, value)
        except (ValueError, TypeError, Fault) as error:
            said = str(error).partition(name)[2].lstrip(": ").rstrip()
            assert (door, said) == (door, fault)
        else:
            assert (door, fault) == (door, None)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"environment_name": "my env"}, "environment_name='my env' contains whitespace"),
        ({"environment_name": "a--b"}, "environment_name='a--b' holds '--'"),
        ({"timeout": float("inf")}, "timeout=inf is not a positive number of seconds"),
        ({"timeout": 0}, "timeout=0 is not a positive number of seconds"),
        ({"timeout": "5"}, "timeout must be a number of seconds, not str"),
    ],
    ids=repr,
)
def test_all_methods_agree_on_what_they_share(options: dict[str, Any], told: str) -> None:
    with SyncServerlessClient(api_key="id:secret", host="http://127.0.0.1:1") as client:
        calls: list[Callable[..., Any]] = [client.deploy, client.plan_deploy, client.deploy_events]
        if "timeout" in options:
            calls += [client.with_options, lambda **given: client.apps.wait_until_ready("my-app", **given)]
            calls += [lambda **given: SyncServerlessClient(api_key="id:secret", **given)]
        else:
            calls += [client.apps.list, lambda **given: client.apps.runners("my-app", **given)]
        for call in calls:
            with pytest.raises((ValueError, TypeError)) as caught:
                call(**options)
            assert str(caught.value).startswith(told)


def test_scale_settings_are_those_of_the_wire() -> None:
    request = set(pb.UpdateApplicationRequest.DESCRIPTOR.fields_by_name) - {"application_name", "environment_name"}
    assert {setting.wire for setting in SCALE.values()} == request
    for message in (pb.MachineRequirements, pb.AliasInfo, pb.ApplicationInfo):
        assert request <= set(message.DESCRIPTOR.fields_by_name)
    signature = inspect.signature(SyncServerlessClient(api_key="id:secret").apps.scale).parameters
    assert set(signature) - {"app_name", "environment_name"} == set(SCALE)
    shown = {field.name for field in fal.sdk.AliasInfo.__dataclass_fields__.values()}
    assert set(PLATFORM_DEFAULTS) <= shown


def test_settings_go_where_their_group_says() -> None:
    messages: dict[Group, Any] = {
        Group.MACHINE: pb.MachineRequirements,
        Group.SCALE: pb.MachineRequirements,
        Group.APP: pb.RegisterApplicationRequest,
    }
    for setting in SETTINGS.values():
        if setting.group in messages:
            assert setting.wire in messages[setting.group].DESCRIPTOR.fields_by_name
    assert {name for name, setting in SETTINGS.items() if setting.in_file} <= set(APP_KEYS)


def test_an_app_has_every_setting_that_is_an_attribute() -> None:
    private = {name for name in SETTINGS if name.startswith("_")}
    for name, setting in SETTINGS.items():
        if not setting.keyword and name not in private | {"machine_types"}:
            default = getattr(fal.App, name)
            assert default in (setting.in_app, (setting.in_app or [None])[0] if name == "machine_type" else None, [])


def test_the_page_of_settings_is_the_table() -> None:
    assert PAGE.read_text(encoding="utf-8") == settings_page(), "write it anew: just settings-page"
