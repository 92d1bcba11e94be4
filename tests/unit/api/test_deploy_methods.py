"""The client's three deploy methods: the arguments of a deploy, each passed on."""

from __future__ import annotations

import dataclasses
import inspect
from typing import Any

import pytest

import fal.deploy
from fal.api import SyncServerlessClient
from fal.deploy import aio
from fal.deploy.options import DeployArguments, DeployOptions

_METHODS = ["deploy", "plan_deploy", "deploy_events"]


_HANDLERS = {"on_event", "result_handler", "build_result_handler"}


def test_deploy_spells_the_arguments_that_the_other_two_take_as_a_whole() -> None:
    reference, *options = list(inspect.signature(SyncServerlessClient.deploy).parameters.values())[1:]
    assert (reference.name, reference.default) == ("app_ref", None)
    assert {option.name for option in options} == DeployArguments.__optional_keys__ | _HANDLERS
    assert DeployArguments.__optional_keys__ == {field.name for field in dataclasses.fields(DeployOptions)}
    assert {option.kind for option in options} == {inspect.Parameter.KEYWORD_ONLY}
    not_given = {"force_env_build": False}
    assert {option.name: option.default for option in options} == {o.name: not_given.get(o.name) for o in options}


@pytest.mark.parametrize("name", _METHODS)
def test_every_argument_reaches_the_operation(
    client: SyncServerlessClient, wire: Any, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: dict[str, Any] = {}

    def operation(caller: Any, app_ref: Any, **options: Any) -> str:
        seen.update(options, caller=caller, app_ref=app_ref)
        return "answer"

    async def async_operation(caller: Any, app_ref: Any, **options: Any) -> str:
        return operation(caller, app_ref, **options)

    if wire.kind == "sync":
        monkeypatch.setattr(fal.deploy, name, operation)
    else:
        monkeypatch.setattr(aio, name, operation if name == "deploy_events" else async_operation)
    method = getattr(client, name)
    handlers = _HANDLERS if name == "deploy" else set()
    given = {argument: object() for argument in ("app_ref", *DeployArguments.__optional_keys__, *handlers)}
    assert method(**given) == "answer"
    assert seen == {**given, "caller": client._caller}


@pytest.mark.parametrize("name", _METHODS)
@pytest.mark.parametrize(
    "options", [{"auth": "everyone"}, {"strategy": "canary"}, {"timeout": 0}, {"environment_name": "my env"}]
)
def test_a_bad_argument_is_refused_before_anything_is_read(
    client: SyncServerlessClient, wire: Any, name: str, options: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match=next(iter(options))):
        getattr(client, name)("no-such-file.py", **options)
    assert wire.calls == []
