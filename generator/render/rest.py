"""The REST half: let openapi-python-client parse the document, decide what is printed, print it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

from generator.errors import SpecError
from generator.render import templating
from generator.render.rest_plan import TAKEN_CLASSES, make_plan
from generator.spec.canonical import NAMED
from generator.spec.mapping import PolicyEntry
from generator.spec.openapi import load_openapi, raw_operations

OPC_VERSION = "0.29.1"


def generate_rest(spec: Path, out: Path, policies: Mapping[str, PolicyEntry], *, package: str = "fal._gen") -> None:
    """Write the REST half of the Python package `package` into `out`, the folder of its sub-package `rest`.

    Nothing is formatted, and nothing imported: the pipeline does both for everything that it generates.

    Raises:
        SpecError: with everything that is wrong with the specification, the overlay or the policies.
    """
    document = load_openapi(spec)
    raw = raw_operations(document)
    plan = make_plan(_parse(document), raw, policies)
    env = templating.environment("rest")
    env.filters["literal"] = repr
    rest = f"{package}.rest"
    templating.write(env, "wire.py.jinja", out / "wire.py")
    for model in plan.models:
        templating.write(env, "model.py.jinja", out / "models" / f"{model.module}.py", package=package, model=model)
    for enum in plan.enums:
        templating.write(env, "enum.py.jinja", out / "models" / f"{enum.module}.py", package=package, enum=enum)
    for operation in plan.operations:
        target = out / "operations" / f"{operation.name}.py"
        templating.write(env, "operation.py.jinja", target, package=package, op=operation)
    templating.write(
        env,
        "init.py.jinja",
        out / "__init__.py",
        package=rest,
        doc="REST operations. Each function returns a request, ready to be sent; nothing here sends it.",
        names=[(f"operations.{item.name}", item.name) for item in plan.operations],
    )
    templating.write(
        env,
        "init.py.jinja",
        out / "models" / "__init__.py",
        package=f"{rest}.models",
        doc="What the REST operations take and answer: frozen dataclasses and open enums, each loaded when it is used.",
        names=plan.classes(),
    )
    templating.write(env, "package.py.jinja", out / "operations" / "__init__.py")


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
