"""The client's three deploy methods: the signatures of `fal.deploy`, and every argument passed on."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

import fal.deploy
from fal.api import SyncServerlessClient
from fal.deploy import operations

_METHODS = ["deploy", "plan_deploy", "deploy_events"]


def _parameters(function: Any) -> dict[str, tuple[Any, Any]]:
    found = list(inspect.signature(function).parameters.values())[1:]  # without self, or the caller
    return {parameter.name: (parameter.kind, parameter.default) for parameter in found}


@pytest.mark.parametrize("name", ["deploy", "plan_deploy"])
def test_a_method_has_the_parameters_of_its_operation(name: str) -> None:
    assert _parameters(getattr(SyncServerlessClient, name)) == _parameters(getattr(fal.deploy, name))


def test_the_events_take_no_handlers_as_they_are_iterated() -> None:
    theirs = _parameters(fal.deploy.deploy_events)
    del theirs["result_handler"], theirs["build_result_handler"]
    assert _parameters(SyncServerlessClient.deploy_events) == theirs


@pytest.mark.parametrize("name", _METHODS)
def test_every_argument_reaches_the_operation(
    client: SyncServerlessClient, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: dict[str, Any] = {}

    def operation(caller: Any, app_ref: Any, **options: Any) -> str:
        seen.update(options, caller=caller, app_ref=app_ref)
        return "answer"

    monkeypatch.setattr(operations, name, operation)
    method = getattr(client, name)
    given = {parameter: object() for parameter in inspect.signature(method).parameters}
    assert method(**given) == "answer"
    assert seen == {**given, "caller": client._caller}


@pytest.mark.parametrize("name", _METHODS)
@pytest.mark.parametrize(
    "options", [{"auth": "everyone"}, {"strategy": "canary"}, {"timeout": 0}, {"environment_name": " "}]
)
def test_a_bad_argument_is_refused_before_anything_is_read(
    client: SyncServerlessClient, wire: Any, name: str, options: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match=next(iter(options))):
        getattr(client, name)("no-such-file.py", **options)
    assert wire.calls == []
