"""The surface is what the documentation says: read from the running code, compared with tests/data."""

from __future__ import annotations

import inspect
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import fal.api
import fal.sdk
from fal.api import SyncServerlessClient

_DATA = Path(__file__).parents[2] / "data" / "documented_surface.toml"
_SURFACE: dict[str, dict[str, Any]] = tomllib.loads(_DATA.read_text(encoding="utf-8"))

_METHODS = [(owner, name, entry) for owner, body in _SURFACE.items() for name, entry in body.get("methods", {}).items()]


def _alternatives(annotation: str) -> set[str]:
    """Return the members of a union, however it is written."""
    text = annotation.replace('"', "").replace("'", "")
    optional = re.fullmatch(r"Optional\[(.+)\]", text)
    if optional:
        return _alternatives(optional[1]) | {"None"}
    return {part.strip() for part in re.split(r"\s*\|\s*(?![^\[]*\])", text)}


def _check_parameters(actual: inspect.Signature, documented: list[dict[str, Any]], *, skip: int) -> None:
    parameters = list(actual.parameters.values())[skip:]
    by_name = {parameter.name: parameter for parameter in parameters}
    for entry in documented:
        parameter = by_name[entry["name"]]
        if entry.get("positional"):
            assert parameter.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD, parameter
        else:
            assert parameter.kind is inspect.Parameter.KEYWORD_ONLY, parameter
        if "default" in entry:
            assert repr(parameter.default) == entry["default"], parameter
        elif "type" in entry and entry["name"] != "scope":
            assert parameter.default is inspect.Parameter.empty, parameter
        if "type" in entry:
            # What is accepted may be more than what is documented.
            assert _alternatives(entry["type"]) <= _alternatives(str(parameter.annotation)), parameter
    positional = [entry["name"] for entry in documented if entry.get("positional")]
    assert [parameter.name for parameter in parameters][: len(positional)] == positional
    for parameter in parameters:
        if parameter.name not in {entry["name"] for entry in documented}:
            assert parameter.default is not inspect.Parameter.empty, f"{parameter} would break documented calls"
        assert parameter.kind not in (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL), parameter


@pytest.mark.parametrize(("owner", "name", "entry"), _METHODS, ids=[f"{owner}.{name}" for owner, name, _ in _METHODS])
def test_a_documented_method_has_its_documented_signature(owner: str, name: str, entry: dict[str, Any]) -> None:
    method = getattr(getattr(fal.api, owner), name)
    signature = inspect.signature(method)
    _check_parameters(signature, entry["parameters"], skip=1)
    for extra in entry.get("more", ()):
        assert extra in signature.parameters
    if "returns" in entry:
        assert signature.return_annotation == entry["returns"]
    assert inspect.getdoc(method)


@pytest.mark.parametrize("owner", _SURFACE)
def test_a_documented_class_has_its_documented_constructor(owner: str) -> None:
    signature = inspect.signature(getattr(fal.api, owner))
    documented = [{**entry, "positional": True} for entry in _SURFACE[owner]["constructor"]]
    _check_parameters(signature, documented, skip=0)
    assert owner in fal.api.__all__


def test_the_documented_class_variables_default_to_none() -> None:
    for name, annotation in _SURFACE["SyncServerlessClient"]["variables"].items():
        assert getattr(SyncServerlessClient, name) is None
        assert _alternatives(SyncServerlessClient.__annotations__[name]) == _alternatives(annotation)


def test_the_documented_properties_and_namespaces_are_properties_of_their_type() -> None:
    body = _SURFACE["SyncServerlessClient"]
    for name, annotation in {**body["properties"], **body["namespaces"]}.items():
        result = inspect.getattr_static(SyncServerlessClient, name)
        assert isinstance(result, property)
        assert result.fget is not None
        assert inspect.signature(result.fget).return_annotation == annotation


@pytest.mark.parametrize("module", [fal.api, fal.sdk], ids=["fal.api", "fal.sdk"])
def test_every_exported_name_is_there_and_listed(module: Any) -> None:
    assert sorted(module.__all__) == sorted(set(module.__all__))
    assert set(module.__all__) <= set(dir(module))
    for name in module.__all__:
        assert getattr(module, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = module.nonsense


def _public_methods() -> Iterator[tuple[str, Any]]:
    for owner in (
        "SyncServerlessClient",
        "AppsNamespace",
        "RunnersNamespace",
        "KeysNamespace",
        "SecretsNamespace",
        "EnvironmentsNamespace",
    ):
        for name, member in inspect.getmembers(getattr(fal.api, owner), inspect.isfunction):
            if not name.startswith("_"):
                yield f"{owner}.{name}", member


@pytest.mark.parametrize(
    ("name", "method"), list(_public_methods()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_public_method_is_documented_in_full(name: str, method: Any) -> None:
    doc = inspect.getdoc(method) or ""
    first, *rest = doc.splitlines()
    assert first.endswith("."), name
    assert not rest or rest[0] == "", f"{name}: the first line stands alone"
    assert "Example:" in doc, name
    signature = inspect.signature(method)
    arguments = [parameter for parameter in signature.parameters if parameter != "self"]
    for argument in arguments:
        assert re.search(rf"^ +{argument}: ", doc, re.MULTILINE), f"{name}: {argument} is not described"
    if signature.return_annotation != "None":
        assert "Returns:" in doc or "Yields:" in doc, name
