"""The examples in the docstrings run."""

from __future__ import annotations

import doctest
import importlib
from types import ModuleType

import pytest

import fal

MODULES = [
    *("authoring.app", "authoring.define", "authoring.endpoints", "authoring.functions", "authoring.image"),
    *("authoring.policies", "runtime.calls", "spec"),
]


@pytest.mark.parametrize("name", MODULES)
def test_docstring_examples_run(name: str) -> None:
    module: ModuleType = importlib.import_module(f"fal.app.{name}")
    names = {"App": fal.App, "endpoint": fal.endpoint}
    failed, attempted = doctest.testmod(module, extraglobs=names)
    assert attempted > 0
    assert failed == 0
