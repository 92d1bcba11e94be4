"""The table speaks of everything: each method of the peer's namespaces, each parameter, each field of each answer."""

from __future__ import annotations

import contextlib
import inspect
import tomllib
from pathlib import Path
from typing import Any

import pytest

from fal._gen.proto import controller_pb2 as pb
from fal.api.apps import AppsNamespace
from fal.api.environments import EnvironmentsNamespace
from fal.api.keys import KeysNamespace
from fal.api.runners import RunnersNamespace
from fal.api.secrets import SecretsNamespace
from tests.congruence import values
from tests.congruence.cases import CALLS

_SURFACE = tomllib.loads(
    (Path(__file__).parent.parent / "data" / "documented_surface.toml").read_text(encoding="utf-8")
)
_NAMESPACES = {
    "apps": AppsNamespace,
    "runners": RunnersNamespace,
    "keys": KeysNamespace,
    "secrets": SecretsNamespace,
    "environments": EnvironmentsNamespace,
}
# The peer has them, though the documentation does not speak of them.
_UNDOCUMENTED = [
    ("apps", "gpus"), ("runners", "gpus"), ("environments", "create"), ("environments", "list"), ("environments", "delete"),
]  # fmt: skip


class _Spy:
    """Stands for a client: notes which parameters its methods are called with."""

    def __init__(self, passed: dict[tuple[str, str], set[str]]) -> None:
        self._passed = passed

    def __getattr__(self, namespace: str) -> Any:
        return _SpiedNamespace(namespace, self._passed)


class _SpiedNamespace:
    def __init__(self, name: str, passed: dict[tuple[str, str], set[str]]) -> None:
        self._name = name
        self._passed = passed

    def __getattr__(self, method: str) -> Any:
        signature = inspect.signature(getattr(_NAMESPACES[self._name], method))

        def called(*args: Any, **options: Any) -> list[Any]:
            bound = signature.bind(None, *args, **options)
            self._passed.setdefault((self._name, method), set()).update(bound.arguments)
            return []

        return called


def test_every_method_and_every_parameter_has_a_case() -> None:
    passed: dict[tuple[str, str], set[str]] = {}
    for case in CALLS.values():
        with contextlib.suppress(
            TypeError, AttributeError
        ):  # of what a case does with a result that the spy does not have
            case.call(_Spy(passed))
    methods = [
        (name, method)
        for name, kind in _NAMESPACES.items()
        for method in _SURFACE.get(kind.__name__, {}).get("methods", ())
    ]
    assert len(methods) == 13
    for name, method in methods + _UNDOCUMENTED:
        parameters = set(inspect.signature(getattr(_NAMESPACES[name], method)).parameters) - {"self"}
        assert (name, method) in passed
        assert parameters <= passed[name, method]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ({**values.APP, "is_rolling": True}, pb.AliasInfo),
        (values.RUNNER, pb.RunnerInfo),
        (values.KEY_INFO, pb.UserKeyInfo),
        (values.SECRET, pb.Secret),
        (values.ENVIRONMENT, pb.EnvironmentInfo),
    ],
)
def test_an_answer_says_everything_that_the_wire_knows(answer: dict[str, Any], message: Any) -> None:
    assert set(answer) == {field.name for field in message.DESCRIPTOR.fields}
