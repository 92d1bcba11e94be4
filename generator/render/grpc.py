"""Render the gRPC half: relocated messages with typing stubs, the method table, models, converters and the servicer."""

from __future__ import annotations

import keyword
from collections.abc import Iterator
from pathlib import Path

import jinja2
from google.protobuf.descriptor_pb2 import FileDescriptorSet

from generator.render import messages, templating
from generator.render.grpc_plan import make_plan
from generator.spec.mapping import Mappings
from generator.spec.names import distinct
from generator.spec.proto_model import SCALARS, Field, File, Protos, Rpc, class_name
from generator.spec.protos import GOOGLE

_PLAIN = ("descriptors", "wellknown")


def generate_shared(out: Path) -> None:
    """Write what both halves are made of into `out`, the folder of the package."""
    env = templating.environment("grpc")
    for name in ("method", "open_enum"):
        templating.write(env, f"{name}.py.jinja", out / f"{name}.py")
    templating.write(
        env, "init.py.jinja", out / "__init__.py", doc="Generated from the wire specifications, all of it."
    )


def generate_grpc(protos: Protos, found: FileDescriptorSet, mappings: Mappings, package: str, out: Path) -> None:
    """Write everything that comes from the proto files into `out`, the folder of the Python package `package`."""
    env = templating.environment("grpc")
    plan = make_plan(protos, mappings)
    used = {model.module for model in plan.models} | {builder.module for builder in plan.builders}

    def class_of(name: str) -> str:
        return ".".join(protos.module_and_class(name))

    def modules(*rpcs: Rpc) -> dict[str, list[str]]:
        """Return the modules that hold what some RPCs take and answer: ours, and google's."""
        names = {name for rpc in rpcs for name in (rpc.request, rpc.response)}
        homes = {name: protos.module_and_class(name)[0] for name in names}
        return {
            "own": sorted({home for name, home in homes.items() if name not in protos.google}),
            "google": sorted({home for name, home in homes.items() if name in protos.google}),
        }

    services: dict[str, list[Rpc]] = {}
    for rpc in protos.rpcs:
        services.setdefault(rpc.path.split("/")[1], []).append(rpc)
    names = distinct(services, lambda full: class_name(full.rpartition(".")[2]))
    common = {"package": package, "plan": plan, "rpcs": protos.rpcs, "class_of": class_of}
    for name in _PLAIN:
        templating.write(env, f"{name}.py.jinja", out / f"{name}.py", needs=_needs(protos))
    if plan.model_bases:
        templating.write(env, "bases.py.jinja", out / "bases.py")
    templating.write(env, "models.py.jinja", out / "models.py", **common)
    classes = sorted([*(model.name for model in plan.models), *(enum.name for enum in plan.enums)])
    templating.write(env, "drafts.py.jinja", out / "drafts.py", names=classes, **common)
    templating.write(env, "convert.py.jinja", out / "convert.py", modules=sorted(used), **common)
    templating.write(
        env,
        "policy.py.jinja",
        out / "policy.py",
        package=package,
        policies=[(rpc.constant, mappings.policies[rpc.key]) for rpc in protos.rpcs],
    )
    templating.write(env, "rpc.py.jinja", out / "rpc.py", modules=modules(*protos.rpcs), **common)
    templating.write(
        env,
        "servicer.py.jinja",
        out / "servicer.py",
        modules=modules(*protos.rpcs),
        services=[(names[full], full, rpcs) for full, rpcs in services.items()],
        **common,
    )
    templating.write(
        env, "init.py.jinja", out / "proto" / "__init__.py", doc="The messages, relocated from upstream's names."
    )
    _write_messages(protos, found, package, out / "proto", env)


def _write_messages(protos: Protos, found: FileDescriptorSet, package: str, out: Path, env: jinja2.Environment) -> None:
    """Write a module and its typing stub for every proto file into `out`."""
    relocated = messages.relocate(found, f"{package}.proto")
    for file in protos.files:
        common = {
            "package": package,
            "file": file,
            "siblings": [protos.modules[name] for name in file.imports if name in protos.modules],
            "iskeyword": keyword.iskeyword,
        }
        descriptor = relocated[file.name]
        templating.write(
            env,
            "messages.py.jinja",
            out / f"{file.module}.py",
            name=descriptor.name,
            google=[_google_module(name) for name in file.imports if name.startswith(GOOGLE)],
            parts=messages.parts(descriptor),
            **common,
        )
        templating.write(
            env,
            "stub.pyi.jinja",
            out / f"{file.module}.pyi",
            **common,
            google=sorted({protos.google[name][0] for name in _types_of(file) if name in protos.google}),
            read=lambda item, file=file: _read(item, file, protos),
            write=lambda item, file=file: _write(item, file, protos),
        )


def _needs(protos: Protos) -> list[str]:
    """Return which of google's files, beside the two that are always read, have types with a form in Python."""
    names = {name.removeprefix(GOOGLE).removesuffix(".proto") for file in protos.files for name in file.imports}
    return sorted(names & {"duration", "field_mask", "wrappers"})


def _types_of(file: File) -> Iterator[str]:
    """Yield the full name of every type that the fields of a file have."""
    for message in (each for top in file.messages for each in top.walk()):
        for item in message.fields:
            yield (item.map_value.type_name if item.map_value else item.type_name) or ""


def _google_module(file: str) -> str:
    return file.removeprefix(GOOGLE).removesuffix(".proto") + "_pb2"


def _class(item: Field, file: File, protos: Protos) -> str:
    name = item.type_name or ""
    module, dotted = protos.module_and_class(name)
    return dotted if name not in protos.google and protos.messages[name].file == file.name else f"{module}.{dotted}"


def _value(item: Field, file: File, protos: Protos) -> str:
    if item.type == "message":
        return _class(item, file, protos)
    return "_int" if item.type == "enum" else f"_{SCALARS[item.type]}"


def _read(item: Field, file: File, protos: Protos) -> str:
    if item.type == "map":
        assert item.map_key is not None and item.map_value is not None
        kind = "_MessageMap" if item.map_value.type == "message" else "_ScalarMap"
        return f"{kind}[_{SCALARS[item.map_key]}, {_value(item.map_value, file, protos)}]"
    if item.repeated:
        kind = "_RepeatedComposite" if item.type == "message" else "_RepeatedScalar"
        return f"{kind}[{_value(item, file, protos)}]"
    return _value(item, file, protos)


def _write(item: Field, file: File, protos: Protos) -> str:
    if item.type == "map":
        assert item.map_key is not None and item.map_value is not None
        return f"_Mapping[_{SCALARS[item.map_key]}, {_value(item.map_value, file, protos)}]"
    value = _value(item, file, protos)
    return f"_Iterable[{value}]" if item.repeated else value
