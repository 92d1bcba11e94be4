"""Environments and secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from fal._gen import rpc
from tests.support.plane import refused
from tests.support.waiting import at_once, eventually

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fal_emulator import Plane
    from tests.support.plane import Wire


@pytest.fixture
def staging(wire: Wire) -> Iterator[str]:
    wire.call(rpc.CREATE_ENVIRONMENT, name="staging", description="before main")
    yield "staging"
    if "staging" in [item.name for item in wire.call(rpc.LIST_ENVIRONMENTS).environments]:
        wire.call(rpc.DELETE_ENVIRONMENT, name="staging")


def secrets(wire: Wire, **fields: Any) -> list[tuple[str, str]]:
    return [(item.environment_name, item.name) for item in wire.call(rpc.LIST_SECRETS, **fields).secrets]


def test_the_default_environment_is_always_there(wire: Wire, staging: str) -> None:
    first, second = wire.call(rpc.LIST_ENVIRONMENTS).environments
    assert (first.name, first.is_default, first.HasField("description")) == ("main", True, False)
    assert (second.name, second.is_default, second.description) == ("staging", False, "before main")
    assert second.created_at.seconds > 1_600_000_000
    with refused("FAILED_PRECONDITION", "main", "default"):
        wire.call(rpc.DELETE_ENVIRONMENT, name="main")


def test_an_environment_exists_once(wire: Wire, staging: str) -> None:
    with refused("ALREADY_EXISTS", "staging"):
        wire.call(rpc.CREATE_ENVIRONMENT, name="staging")
    with refused("ALREADY_EXISTS", "main"):
        wire.call(rpc.CREATE_ENVIRONMENT, name="main")
    with refused("NOT_FOUND", "elsewhere"):
        wire.call(rpc.DELETE_ENVIRONMENT, name="elsewhere")


@pytest.mark.parametrize("name", ["", "Upper", "two--dashes", "-a", "a-", "a b", "ä", "x" * 200, "../up"])
def test_names_of_environments_are_checked(wire: Wire, name: str) -> None:
    with refused("INVALID_ARGUMENT", "name: "):
        wire.call(rpc.CREATE_ENVIRONMENT, name=name)


def test_deleting_an_environment_takes_its_apps_and_secrets_along(wire: Wire, http: Any, staging: str) -> None:
    revision = wire.deploy("app--staging", environment_name="staging")
    kept = wire.deploy("app")
    wire.call(rpc.SET_SECRET, name="TOKEN", value="x", environment_name="staging")
    wire.call(rpc.SET_SECRET, name="TOKEN", value="y")
    assert http.get("/local/app--staging").status_code == 200
    assert [item.alias for item in wire.call(rpc.LIST_ALIASES, environment_name="staging").aliases] == ["app--staging"]

    wire.call(rpc.DELETE_ENVIRONMENT, name="staging")
    assert list(wire.aliases()) == ["app"]
    assert [item.application_id for item in wire.call(rpc.LIST_APPLICATIONS).applications] == [kept]
    assert secrets(wire) == [("main", "TOKEN")]
    with refused("NOT_FOUND", revision):
        wire.call(rpc.DELETE_APPLICATION, application_id=revision)
    assert eventually(lambda: http.get("/local/app--staging").status_code == 404)
    assert eventually(lambda: {runner.alias for runner in wire.call(rpc.LIST_RUNNERS).runners} == {"app"})
    # An environment of that name begins empty.
    wire.call(rpc.CREATE_ENVIRONMENT, name="staging")
    assert secrets(wire, environment_name="staging") == []
    wire.call(rpc.SET_SECRET, name="TOKEN")
    wire.call(rpc.DELETE_ALIAS, alias="app")


def test_secrets_are_set_listed_and_deleted(wire: Wire, staging: str) -> None:
    wire.call(rpc.SET_SECRET, name="A", value="first")
    wire.call(rpc.SET_SECRET, name="A", value="other", environment_name="staging", default_exposed=False)
    assert secrets(wire) == [("main", "A"), ("staging", "A")]
    assert secrets(wire, environment_name="main") == [("main", "A")]
    here, there = wire.call(rpc.LIST_SECRETS).secrets
    assert not here.HasField("default_exposed")
    assert there.HasField("default_exposed") and not there.default_exposed
    wire.call(rpc.SET_SECRET, name="A", environment_name="staging")
    assert secrets(wire) == [("main", "A")]
    wire.call(rpc.SET_SECRET, name="A")
    assert secrets(wire) == []
    with refused("NOT_FOUND", "secret 'A'", "'main'"):
        wire.call(rpc.SET_SECRET, name="A")


def test_values_of_secrets_are_never_answered(wire: Wire) -> None:
    wire.call(rpc.SET_SECRET, name="DEEP", value="buried-treasure")
    assert b"buried-treasure" not in wire.call(rpc.LIST_SECRETS).SerializeToString()
    wire.call(rpc.SET_SECRET, name="DEEP")


def test_a_new_value_keeps_time_and_exposure(wire: Wire) -> None:
    wire.call(rpc.SET_SECRET, name="A", value="", default_exposed=False)
    before = wire.call(rpc.LIST_SECRETS).secrets[0]
    wire.call(rpc.SET_SECRET, name="A", value="new")
    after = wire.call(rpc.LIST_SECRETS).secrets[0]
    assert (after.created_time, after.default_exposed) == (before.created_time, False)
    wire.call(rpc.SET_SECRET, name="A", value="newer", default_exposed=True)
    assert wire.call(rpc.LIST_SECRETS).secrets[0].default_exposed
    wire.call(rpc.SET_SECRET, name="A")


@pytest.mark.parametrize(
    ("fields", "code", "text"),
    [
        ({"name": "", "value": "x"}, "INVALID_ARGUMENT", "name: "),
        ({"name": "1A", "value": "x"}, "INVALID_ARGUMENT", "name: '1A'"),
        ({"name": "A-B", "value": "x"}, "INVALID_ARGUMENT", "name: 'A-B'"),
        ({"name": "A", "value": "x\0y"}, "INVALID_ARGUMENT", "value: "),
        ({"name": "A", "value": "x" * 100_000}, "INVALID_ARGUMENT", "value: "),
        ({"name": "A", "value": "x", "environment_name": "nowhere"}, "NOT_FOUND", "environment 'nowhere'"),
        ({"name": "A", "environment_name": "nowhere"}, "NOT_FOUND", "environment 'nowhere'"),
        ({"name": "A", "value": "x", "environment_name": ""}, "INVALID_ARGUMENT", "environment_name: "),
    ],
)
def test_secrets_that_cannot_be(wire: Wire, fields: dict[str, str], code: str, text: str) -> None:
    with refused(code, text):
        wire.call(rpc.SET_SECRET, **fields)
    assert secrets(wire) == []


def test_listings_of_an_environment_that_is_not_there(wire: Wire) -> None:
    for method in (rpc.LIST_SECRETS, rpc.LIST_ALIASES, rpc.LIST_APPLICATIONS):
        with refused("NOT_FOUND", "environment 'nowhere'"):
            wire.call(method, environment_name="nowhere")


def test_changes_at_the_same_time_are_all_kept(wire: Wire, plane: Plane) -> None:
    def setting(number: int) -> Callable[[], Any]:
        return lambda: wire.call(rpc.SET_SECRET, name=f"S{number}", value="x")

    assert not [error for error in at_once(*map(setting, range(16))) if isinstance(error, Exception)]
    assert len(secrets(wire)) == 16
    making = at_once(*[lambda: wire.call(rpc.CREATE_ENVIRONMENT, name="raced")] * 8)
    assert sum(not isinstance(outcome, Exception) for outcome in making) == 1
    wire.call(rpc.DELETE_ENVIRONMENT, name="raced")
