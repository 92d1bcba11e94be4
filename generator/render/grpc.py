"""Render the gRPC half: relocated messages with typing stubs, the method table, models, converters and the servicer."""

from __future__ import annotations

import keyword
from pathlib import Path

import jinja2
from google.protobuf.descriptor_pb2 import FileDescriptorSet

from generator.render import messages, templating
from generator.render.grpc_plan import STRUCT, TIMESTAMP, make_plan
from generator.spec.mapping import Mappings
from generator.spec.proto_model import SCALARS, Field, File, Protos
from generator.spec.protos import GOOGLE

_PLAIN = ("descriptors", "method", "open_enum", "wellknown")


def generate_grpc(protos: Protos, found: FileDescriptorSet, mappings: Mappings, package: str, out: Path) -> None:
    """Write everything that comes from the proto files into `out`, the folder of the Python package `package`."""
    env = templating.environment("grpc")
    plan = make_plan(protos, mappings)
    used = {model.module for model in plan.models} | {builder.module for builder in plan.builders}
    services = {rpc.path.split("/")[1].rsplit(".", 1)[-1] for rpc in protos.rpcs}
    called = {protos.module_of(protos.messages[name]) for rpc in protos.rpcs for name in (rpc.request, rpc.response)}

    def class_of(name: str) -> str:
        message = protos.messages[name]
        return f"{protos.module_of(message)}.{message.dotted}"

    common = {"package": package, "plan": plan, "rpcs": protos.rpcs, "class_of": class_of}
    for name in _PLAIN:
        templating.write(env, f"{name}.py.jinja", out / f"{name}.py")
    templating.write(env, "models.py.jinja", out / "models.py", **common)
    names = sorted([*(model.name for model in plan.models), *(enum.name for enum in plan.enums)])
    templating.write(env, "drafts.py.jinja", out / "drafts.py", names=names, **common)
    templating.write(env, "convert.py.jinja", out / "convert.py", modules=sorted(used), **common)
    templating.write(
        env,
        "policy.py.jinja",
        out / "policy.py",
        package=package,
        policies=[(rpc.constant, mappings.policies[rpc.name]) for rpc in protos.rpcs],
    )
    templating.write(env, "rpc.py.jinja", out / "rpc.py", modules=sorted(called), **common)
    templating.write(
        env,
        "servicer.py.jinja",
        out / "servicer.py",
        modules=sorted(called),
        service="".join(sorted(services)),
        **common,
    )
    templating.write(
        env, "init.py.jinja", out / "__init__.py", doc="Generated from the wire specifications, all of it."
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
            read=lambda item, file=file: _read(item, file, protos),
            write=lambda item, file=file: _write(item, file, protos),
        )


def _google_module(file: str) -> str:
    return file.removeprefix(GOOGLE).removesuffix(".proto") + "_pb2"


def _class(item: Field, file: File, protos: Protos) -> str:
    if item.type_name == TIMESTAMP:
        return "timestamp_pb2.Timestamp"
    if item.type_name == STRUCT:
        return "struct_pb2.Struct"
    message = protos.messages[item.type_name or ""]
    return message.dotted if message.file == file.name else f"{protos.module_of(message)}.{message.dotted}"


def _value(item: Field, file: File, protos: Protos) -> str:
    if item.type == "message":
        return _class(item, file, protos)
    return "int" if item.type == "enum" else SCALARS[item.type]


def _read(item: Field, file: File, protos: Protos) -> str:
    if item.type == "map":
        assert item.map_key is not None and item.map_value is not None
        kind = "MessageMap" if item.map_value.type == "message" else "ScalarMap"
        return f"{kind}[{SCALARS[item.map_key]}, {_value(item.map_value, file, protos)}]"
    if item.repeated:
        kind = "RepeatedCompositeFieldContainer" if item.type == "message" else "RepeatedScalarFieldContainer"
        return f"{kind}[{_value(item, file, protos)}]"
    return _value(item, file, protos)


def _write(item: Field, file: File, protos: Protos) -> str:
    if item.type == "map":
        assert item.map_key is not None and item.map_value is not None
        return f"Mapping[{SCALARS[item.map_key]}, {_value(item.map_value, file, protos)}]"
    value = _value(item, file, protos)
    return f"Iterable[{value}]" if item.repeated else value
