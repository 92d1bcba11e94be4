"""Print the REST half: one module per model, per enum and per operation, and the module that they share."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from generator.errors import SpecError
from generator.render.rest_code import Code
from generator.render.rest_docs import ordered_parameters
from generator.render.templating import Templates
from generator.spec.names import module
from generator.spec.policy import Policy
from generator.spec.rest_model import Rest


def generate_rest(rest: Rest, policies: Mapping[str, Policy], package: str, out: Path, header: str = "") -> None:
    """Write the REST half of the Python package `package` into `out`, the folder of its sub-package `rest`.

    Nothing is formatted, and nothing imported: the pipeline does both for everything that it generates.

    Raises:
        SpecError: with every operation that has no policy.
    """
    missing = [item.name for item in rest.operations if item.name not in policies]
    if missing:
        raise SpecError(*(f"policy.toml: {name} has no policy: add [rest.{name}]" for name in missing))
    templates = Templates("rest", header)
    common = {"code": Code.of(rest), "package": package, "ordered": ordered_parameters}
    templates.write("wire.py.jinja", out / "wire.py", **common)
    for model in rest.models:
        templates.write("model.py.jinja", out / "models" / f"{model.module}.py", model=model, **common)
    for enum in rest.enums:
        templates.write("enum.py.jinja", out / "models" / f"{enum.module}.py", enum=enum, **common)
    for operation in rest.operations:
        target = out / "operations" / f"{module(operation.function)}.py"
        templates.write("operation.py.jinja", target, op=operation, policy=policies[operation.name], **common)
    templates.write(
        "lazy.py.jinja",
        out / "__init__.py",
        place=f"{package}.rest",
        doc="REST operations. Each function returns a request, ready to be sent; nothing here sends it.",
        names=[(f"operations.{module(item.function)}", item.function) for item in rest.operations],
    )
    templates.write(
        "lazy.py.jinja",
        out / "models" / "__init__.py",
        place=f"{package}.rest.models",
        doc="What the REST operations take and answer: frozen dataclasses and open enums, each loaded when it is used.",
        names=sorted([*((item.module, item.name) for item in rest.models), *((e.module, e.name) for e in rest.enums)]),
    )
    templates.write("package.py.jinja", out / "operations" / "__init__.py")
