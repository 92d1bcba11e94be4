"""The REST half: load spec/openapi, correct it, refuse what would be lost, let openapi-python-client parse it, render."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

from attrs import frozen

from generator import render
from generator.canonical import NAMED, canonical
from generator.errors import SpecError
from generator.lint import METHODS, lint
from generator.mapping import PolicyEntry
from generator.overlay import apply_overlay
from generator.words import read_words, spoken
from generator.yamlfile import read_yaml

OPC_VERSION = "0.29.1"

_HEAD = {"openapi": "3.1.0", "info": {"title": "rest", "version": "1"}}


@frozen
class OperationFields:
    """What goes over the wire in one operation, by the wire's names."""

    operation: str
    request_fields: tuple[str, ...]  # parameters, then the members of a body that is an object, or `body`
    response_fields: tuple[str, ...]  # the members of the answer, or of its elements


def load_openapi(spec: Path) -> dict[str, Any]:
    """Return `openapi/*.yaml` below `spec` as one document, in the words of words.toml where there is one.

    Raises:
        SpecError: with every problem of the overlay, or else every problem of the documents.
    """
    return spoken(read_openapi(spec), read_words(spec))


def read_openapi(spec: Path) -> dict[str, Any]:
    """Return `openapi/*.yaml` below `spec` as one document: corrected, checked, and the same whatever order it was written in.

    Raises:
        SpecError: with every problem of the overlay, or else every problem of the documents.
    """
    documents = {path.name: read_yaml(path) for path in sorted((spec / "openapi").glob("*.yaml"))}
    corrected = apply_overlay(documents, spec / "overlay.yaml")
    problems = lint(corrected)
    if problems:
        raise SpecError(*problems)
    found: dict[str, Any] = {
        "paths": {},
        "components": {kind: {} for kind in ("parameters", "requestBodies", "responses", "schemas")},
    }
    for name, document in corrected.items():
        for path, item in document.get("paths", {}).items():
            problems += _merge(found["paths"].setdefault(path, {}), item, f"{name}: {path}")
        for kind, items in document.get("components", {}).items():
            problems += _merge(found["components"][kind], items, f"{name}: components/{kind}")
    if problems:
        raise SpecError(*problems)
    return {**_HEAD, **canonical(found)}


def rest_inventory(spec: Path) -> list[OperationFields]:
    """Return what every operation sends and answers, without generating anything; operations in the order of their names."""
    document = load_openapi(spec)
    return sorted((_fields(item, document) for item in _operations(document).values()), key=lambda item: item.operation)


def generate_rest(spec: Path, out: Path, policies: Mapping[str, PolicyEntry], *, package: str = "fal._gen") -> None:
    """Write the REST half of the Python package `package` into `out`, the folder of its sub-package `rest`.

    Nothing is formatted, and nothing imported: the pipeline does both for everything that it generates.

    Raises:
        SpecError: with everything that is wrong with the specification, the overlay or the policies.
    """
    from generator.rest_plan import make_plan

    document = load_openapi(spec)
    raw = _operations(document)
    plan = make_plan(_parse(document), raw, policies)
    env = render.environment("rest")
    env.filters["literal"] = repr
    rest = f"{package}.rest"
    render.write(env, "wire.py.jinja", out / "wire.py")
    for model in plan.models:
        render.write(env, "model.py.jinja", out / "models" / f"{model.module}.py", package=package, model=model)
    for enum in plan.enums:
        render.write(env, "enum.py.jinja", out / "models" / f"{enum.module}.py", package=package, enum=enum)
    for operation in plan.operations:
        target = out / "operations" / f"{operation.name}.py"
        render.write(env, "operation.py.jinja", target, package=package, op=operation)
    render.write(
        env,
        "init.py.jinja",
        out / "__init__.py",
        package=rest,
        doc="REST operations. Each function returns a request, ready to be sent; nothing here sends it.",
        names=[(f"operations.{item.name}", item.name) for item in plan.operations],
    )
    render.write(
        env,
        "init.py.jinja",
        out / "models" / "__init__.py",
        package=f"{rest}.models",
        doc="What the REST operations take and answer: frozen dataclasses and open enums, each loaded when it is used.",
        names=plan.classes(),
    )
    render.write(env, "package.py.jinja", out / "operations" / "__init__.py")


def _parse(document: dict[str, Any]) -> Any:
    """Let openapi-python-client parse the document; whatever it would only warn about is an error."""
    installed = metadata.version("openapi-python-client")
    if installed != OPC_VERSION:
        raise SpecError(
            f"openapi-python-client is {installed}; {OPC_VERSION} is needed, since others parse and name things otherwise: "
            f"pip install 'openapi-python-client=={OPC_VERSION}'"
        )
    from openapi_python_client import strings
    from openapi_python_client.config import ClassOverride, Config, ConfigFile, MetaType
    from openapi_python_client.parser import GeneratorData
    from openapi_python_client.parser.errors import GeneratorError
    from openapi_spec_validator import OpenAPIV31SpecValidator

    from generator.rest_plan import TAKEN_CLASSES

    invalid = [
        f"openapi#/{'/'.join(map(str, error.absolute_path))}: {error.message}"
        for error in OpenAPIV31SpecValidator(document).iter_errors()
    ]
    if invalid:
        raise SpecError(*invalid)
    overrides = {
        name: ClassOverride.model_validate(
            {"class_name": f"{name}Model", "module_name": strings.snake_case(f"{name}Model")}
        )
        for name in sorted(TAKEN_CLASSES)
    }
    config = Config.from_sources(
        ConfigFile(class_overrides=overrides, post_hooks=[]), MetaType.NONE, Path(), "utf-8", False, None
    )
    try:
        found = GeneratorData.from_dict(_titled(document, ""), config=config)
    except ValueError as error:
        raise SpecError(f"openapi-python-client: {error}") from None
    if isinstance(found, GeneratorError):
        raise SpecError(f"openapi-python-client: {found.header} {found.detail or ''}")
    errors: list[GeneratorError] = list(found.errors)
    for collection in found.endpoint_collections_by_tag.values():
        errors += collection.parse_errors
    if errors:
        raise SpecError(
            *(f"openapi-python-client: {item.header.strip()} {item.detail or ''}".strip() for item in errors)
        )
    return found


def _titled(node: Any, place: str, names: bool = False) -> Any:
    """Give plain mappings titles of their own: openapi-python-client names them, too, and may then take a component's name.

    Nothing is rendered for them, so nobody sees these names.
    """
    if isinstance(node, list):
        return [_titled(item, f"{place}/{index}") for index, item in enumerate(node)]
    if not isinstance(node, dict):
        return node
    found = {key: _titled(item, f"{place}/{key}", not names and key in NAMED) for key, item in node.items()}
    inline = not names and not re.fullmatch("/components/schemas/[^/]*", place)
    if (
        inline
        and node.get("type") == "object"
        and not node.get("properties")
        and node.get("additionalProperties") is not False
    ):
        found["title"] = f"mapping {hashlib.sha256(place.encode()).hexdigest()[:16]}"
    return found


def _merge(into: dict[str, Any], items: Mapping[str, Any], where: str) -> Iterator[str]:
    for name, item in items.items():
        if into.setdefault(name, item) != item:
            yield f"{where}/{name} says something else than another file: rename one, or make them the same"


def _operations(document: Mapping[str, Any]) -> dict[str, Any]:
    from generator.rest_forms import RawOperation

    found: dict[str, Any] = {}
    components = document["components"]

    def behind(item: Any, kind: str) -> Any:
        return components[kind][item["$ref"].rpartition("/")[2]] if "$ref" in item else item

    for path, entry in document["paths"].items():
        for method in METHODS:
            if method in entry:
                item = entry[method]
                item = {**item, "responses": {s: behind(r, "responses") for s, r in item["responses"].items()}}
                parameters = [
                    behind(p, "parameters") for p in (*entry.get("parameters", []), *item.get("parameters", []))
                ]
                body = behind(item.get("requestBody", {}), "requestBodies")
                by_place = {(p["in"], p["name"]): p for p in parameters}
                found[item["operationId"]] = RawOperation(
                    method, path, item, by_place, body.get("content", {}), body.get("description", "")
                )
    return found


def _fields(raw: Any, document: Mapping[str, Any]) -> OperationFields:
    request = [name for _, name in raw.parameters]
    for media in raw.body.values():
        request += _members(media["schema"], document, inside=False) or ["body"]
    response: list[str] = []
    for status, item in raw.item["responses"].items():
        if status.startswith("2"):
            for media in item.get("content", {}).values():
                response += _members(media["schema"], document, inside=True)
    return OperationFields(raw.item["operationId"], tuple(dict.fromkeys(request)), tuple(dict.fromkeys(response)))


def _members(
    schema: Mapping[str, Any], document: Mapping[str, Any], *, inside: bool, seen: tuple[str, ...] = ()
) -> list[str]:
    """Return the members of an object; with `inside`, also of the elements of an array and of the forms of a union."""
    ref = schema.get("$ref")
    if ref is not None:
        behind = document["components"]["schemas"][ref.rpartition("/")[2]]
        return [] if ref in seen else _members(behind, document, inside=inside, seen=(*seen, ref))
    parts = list(schema.get("allOf", []))
    if inside:
        parts += [*schema.get("anyOf", []), *schema.get("oneOf", []), *([schema["items"]] if "items" in schema else [])]
    found = [name for part in parts for name in _members(part, document, inside=inside, seen=seen)]
    return found + list(schema.get("properties", {}))
