"""What the wire has and no method offers, and what a method offers and the wire no longer has."""

from __future__ import annotations

import ast
from pathlib import Path

from generator import pysource
from generator.errors import SpecError
from generator.spec.load import Spec
from generator.spec.mapping import Mappings, RpcMapping, request_fields
from generator.spec.proto_model import Protos


def problems(spec: Spec) -> list[str]:
    """Hold mapping.toml against the hand-written surface; return one line per gap, each with what to do.

    The surface is the folder that `[output] surface` of sources.toml names. In it, the method `apps.scale` of mapping.toml is
    `scale` of class AppsNamespace in apps.py, and a method without a dot is one of the class in client.py.
    """
    if spec.mappings.direct and spec.output.surface is None:
        return []  # every call is made as it is generated
    if spec.output.surface is None:
        raise SpecError(
            "sources.toml: [output] has no `surface`, the folder of the classes that mapping.toml speaks of"
        )
    surface = read_surface(spec.root / spec.output.surface)
    protos = spec.protos
    requests = {rpc.key: protos.messages[rpc.request] for rpc in protos.rpcs if rpc.request in protos.messages}
    fields = {name: [item.name for item in message.fields] for name, message in requests.items()}
    gaps = _wire_problems("rpc", spec.mappings.rpcs, fields, surface)
    rest = {item.name: request_fields(item) for item in spec.rest.operations}
    gaps += _wire_problems("rest", spec.mappings.rest, rest, surface)
    gaps += _response_problems(protos, spec.mappings)
    return gaps


def read_surface(folder: Path) -> dict[str, frozenset[str]]:
    """Return method -> parameter names of every public method of the namespaces and of the client, inherited ones too."""
    classes: dict[str, tuple[str, ast.ClassDef]] = {}
    for path in sorted(folder.glob("*.py")):
        for item in pysource.parse(pysource.read(path, f"{folder.name}/{path.name}")).body:
            if isinstance(item, ast.ClassDef):
                classes[item.name] = (path.stem, item)
    methods: dict[str, frozenset[str]] = {}
    for name, (stem, _) in classes.items():
        if name.endswith("Namespace") or stem == "client":
            prefix = "" if stem == "client" else f"{stem}."
            methods |= {prefix + method: names for method, names in _methods(name, classes).items()}
    return methods


def _methods(name: str, classes: dict[str, tuple[str, ast.ClassDef]]) -> dict[str, frozenset[str]]:
    if name not in classes:
        return {}
    _, item = classes[name]
    methods: dict[str, frozenset[str]] = {}
    for base in item.bases:
        methods |= _methods(ast.unparse(base), classes)
    for method in item.body:
        if isinstance(method, ast.FunctionDef) and not method.name.startswith("_"):
            arguments = method.args
            names = [a.arg for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
            methods[method.name] = frozenset(names) - {"self"}
    return methods


def _wire_problems(
    wire: str, uses: dict[str, RpcMapping], fields: dict[str, list[str]], surface: dict[str, frozenset[str]]
) -> list[str]:
    gaps: list[str] = []
    for name, use in uses.items():
        where = f"[{wire}.{name}]"
        if use.surface is None:
            continue
        parameters = surface.get(use.surface)
        if parameters is None:
            gaps.append(f"{where}: there is no method {use.surface}: write it, or waive the operation with a reason")
            continue
        for field in fields.get(name, ()):
            if field in use.fixed or field in use.waived_fields:
                continue
            parameter = use.params.get(field, field)
            if parameter not in parameters:
                fix = (
                    f"add `{parameter}` to its signature, map it in `params`, say in `fixed` what the SDK fills in, or waive it in "
                    "`waived_fields` with a reason"
                )
                if use.table is not None:
                    fix = f"add its row to {use.table}, whose tests name what else must know it"
                gaps.append(f"{where}: {field} is not a parameter of {use.surface}: {fix}")
        if use.table is not None:
            # It takes what the table has, and passes all of it on.
            sent = {use.params.get(field, field) for field in fields.get(name, ())}
            gaps += [
                f"{where}: the wire has nothing for {parameter} of {use.surface}: remove the parameter, and its row in {use.table}"
                for parameter in sorted(parameters - sent)
            ]
    return gaps


def _response_problems(protos: Protos, mappings: Mappings) -> list[str]:
    """Every field of an answer must be part of a model, or be handed on by the method, or be waived."""
    known = mappings.by_message
    gaps: list[str] = []
    for rpc in protos.rpcs:
        use = mappings.rpcs[rpc.key]
        if use.waived is not None or rpc.response in known or rpc.response not in protos.messages:
            continue
        for field in protos.messages[rpc.response].fields:
            if field.name not in use.returned and field.type_name not in known:
                gaps.append(
                    f"[rpc.{rpc.key}]: {field.name} of the answer is not exposed: say in `returned` what the method does with "
                    "it, or give its message a [model.…]"
                )
    return gaps
