"""The mapping says which method and parameter reaches which RPC and field: the surface has them all."""

from __future__ import annotations

import inspect
import tomllib
from pathlib import Path
from typing import Any

import pytest

from fal import api
from fal._gen import rpc

_MAPPING = tomllib.loads((Path(__file__).parents[3] / "spec" / "mapping.toml").read_text(encoding="utf-8"))
_SURFACED: dict[str, dict[str, Any]] = {name: entry for name, entry in _MAPPING["rpc"].items() if "surface" in entry}


def _method(surface: str) -> Any:
    namespace, _, name = surface.rpartition(".")
    owner = f"{namespace.capitalize()}Namespace" if namespace else "SyncServerlessClient"
    return getattr(getattr(api, owner), name)


@pytest.mark.parametrize("name", sorted(_SURFACED))
def test_every_surfaced_field_is_a_parameter(name: str) -> None:
    entry = _SURFACED[name]
    parameters = inspect.signature(_method(entry["surface"])).parameters
    not_said_by_users = {*entry.get("fixed", ()), *entry.get("waived_fields", ())}
    for field in rpc.METHODS[name].request.DESCRIPTOR.fields:
        if field.name not in not_said_by_users:
            assert entry.get("params", {}).get(field.name, field.name) in parameters, field.name
