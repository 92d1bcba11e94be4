"""Render the gRPC half: relocated messages with typing stubs, the method table, models, converters and the servicer."""

from __future__ import annotations

import keyword
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from google.protobuf.descriptor_pb2 import FileDescriptorSet

from generator.render import messages
from generator.render.grpc_plan import GrpcPlan, make_plan, types_of
from generator.render.templating import Templates
from generator.spec.mapping import Mappings
from generator.spec.names import distinct, pascal
from generator.spec.proto_model import SCALARS, Field, File, Protos, Rpc, class_name
from generator.spec.proto_subset import GOOGLE

_PLAIN = ("descriptors", "reading", "wellknown")
_PARTS = {
    "readers": "From messages to models.",
    "builders": "From arguments to messages.",
}


def generate_shared(out: Path, header: str = "") -> None:
    """Write what both halves are made of into `out`, the folder of the package."""
    templates = Templates("grpc", header)
    for name in ("method", "open_enum"):
        templates.write(f"{name}.py.jinja", out / f"{name}.py")
    templates.write("init.py.jinja", out / "__init__.py", doc="Generated from the wire specifications, all of it.")


def generate_grpc(
    protos: Protos, descriptors: FileDescriptorSet, mappings: Mappings, package: str, out: Path, header: str = ""
) -> None:
    """Write everything that comes from the proto files into `out`, the folder of the Python package `package`."""
    templates = Templates("grpc", header)
    plan = make_plan(protos, mappings)

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
    often = Counter(full.rpartition(".")[2] for full in services)
    names = distinct(
        services, lambda full: class_name(short if often[short := full.rpartition(".")[2]] == 1 else pascal(full))
    )
    common = {"package": package, "plan": plan, "rpcs": protos.rpcs, "class_of": class_of}
    for name in _PLAIN:
        templates.write(f"{name}.py.jinja", out / f"{name}.py", needs=_needs(protos))
    if any(model.base for model in plan.models):
        templates.write("bases.py.jinja", out / "bases.py")
    _write_classes(plan, package, out, templates)
    templates.write(
        "policy.py.jinja",
        out / "policy.py",
        package=package,
        policies=[(rpc.constant, mappings.policies[rpc.key]) for rpc in protos.rpcs],
    )
    templates.write("rpc.py.jinja", out / "rpc.py", modules=modules(*protos.rpcs), **common)
    templates.write(
        "servicer.py.jinja",
        out / "servicer.py",
        modules=modules(*protos.rpcs),
        services=[(names[full], full, rpcs) for full, rpcs in services.items()],
        **common,
    )
    templates.write(
        "init.py.jinja", out / "proto" / "__init__.py", doc="The messages, relocated from upstream's names."
    )
    _write_messages(protos, descriptors, package, out / "proto", templates)


def _write_classes(plan: GrpcPlan, package: str, out: Path, templates: Templates) -> None:
    """Write a module for every class, reader and builder, each of which loads when it is first used."""
    common = {"package": package, "plan": plan}
    for enum in plan.enums:
        templates.write("enum.py.jinja", out / "models" / f"{plan.homes[enum.name]}.py", enum=enum, package=package)
    for model in plan.models:
        templates.write("model.py.jinja", out / "models" / f"{plan.homes[model.name]}.py", model=model, **common)
        templates.write("reader.py.jinja", out / "readers" / f"{model.function}.py", model=model, **common)
    for builder in plan.builders:
        templates.write("builder.py.jinja", out / "builders" / f"{builder.name}.py", builder=builder, **common)
    for folder, doc in _PARTS.items():
        templates.write("init.py.jinja", out / folder / "__init__.py", doc=doc)
    templates.write(
        "lazy.py.jinja",
        out / "models" / "__init__.py",
        place=f"{package}.models",
        doc="What callers hold: frozen results, and the enums in them. An absent value is None; a time is aware and in UTC.",
        names=sorted((home, name) for name, home in plan.homes.items()),
    )
    functions = [("readers", model.function, model.function) for model in plan.models]
    functions += [("readers", model.function, model.rows) for model in plan.models if model.rows is not None]
    functions += [("builders", builder.name, builder.name) for builder in plan.builders]
    templates.write(
        "lazy.py.jinja",
        out / "convert.py",
        place=package,
        doc="Messages to models, and arguments to messages. None stays unset; a message's own zero stays zero.",
        names=sorted((f"{folder}.{module}", name) for folder, module, name in functions),
    )


def _write_messages(
    protos: Protos, descriptors: FileDescriptorSet, package: str, out: Path, templates: Templates
) -> None:
    """Write a module and its typing stub for every proto file into `out`."""
    relocated = messages.relocate(descriptors, f"{package}.proto")
    for file in protos.files:
        common = {
            "package": package,
            "file": file,
            "iskeyword": keyword.iskeyword,
        }
        descriptor = relocated[file.name]
        templates.write(
            "messages.py.jinja",
            out / f"{file.module}.py",
            name=descriptor.name,
            google=[_google_module(name) for name in file.imports if name.startswith(GOOGLE)],
            siblings=[protos.modules[name] for name in file.imports if name in protos.modules],
            parts=messages.parts(descriptor),
            **common,
        )
        templates.write(
            "stub.pyi.jinja",
            out / f"{file.module}.pyi",
            **common,
            shadowed=sorted(_shadowed(file)),
            google=sorted({protos.google[name][0] for name in _types_in(file) if name in protos.google}),
            siblings=sorted(set(_named_modules(file, protos))),
            read=lambda item, file=file: _read(item, file, protos),
            write=lambda item, file=file: _write(item, file, protos),
        )


def _needs(protos: Protos) -> list[str]:
    """Return which of google's files, beside the two that are always read, have types with a form in Python."""
    names = {name.removeprefix(GOOGLE).removesuffix(".proto") for file in protos.files for name in file.imports}
    return sorted(names & {"duration", "field_mask", "wrappers"})


def _types_in(file: File) -> Iterator[str]:
    """Yield the full name of every type that the fields of a file have."""
    for message in (each for top in file.messages for each in top.walk()):
        yield from types_of(message.fields)


def _named_modules(file: File, protos: Protos) -> Iterator[str]:
    """Yield the modules of other files whose messages a file names; it may see them through a public import of another."""
    for name in _types_in(file):
        if name in protos.messages and protos.messages[name].file != file.name:
            yield protos.module_and_class(name)[0]


def _google_module(file: str) -> str:
    return file.removeprefix(GOOGLE).removesuffix(".proto") + "_pb2"


def _class(item: Field, file: File, protos: Protos) -> str:
    name = item.type_name or ""
    module, dotted = protos.module_and_class(name)
    if name in protos.google or protos.messages[name].file != file.name:
        return f"_{module}.{dotted}"  # a member may be called as the module is
    first, dot, inner = dotted.partition(".")
    return f"_{first}_{dot}{inner}" if first in _shadowed(file) else dotted


def _shadowed(file: File) -> set[str]:
    """Return the messages of a file whose names mean something else within a class of its stub."""
    within: set[str] = set()
    for message in (each for top in file.messages for each in top.walk()):
        within |= {item.name for item in message.fields}
        within |= {inner.path[-1] for inner in message.nested} | {kind.path[-1] for kind in message.enums}
    return within & {message.flat for message in file.messages}


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
