"""The generated messages and methods are those of spec/proto: none more or less, none changed but for where it lives."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from google.protobuf import descriptor_pb2 as d

from fal._gen import rpc
from fal._gen.proto import common_pb2, controller_pb2, server_pb2
from generator.spec.protos import read_protos

PROTO = Path(__file__).resolve().parents[4] / "spec" / "proto"
PROTOS, FILES = read_protos(PROTO)
OURS = "fal._gen.proto."


def described(file: d.FileDescriptorProto) -> dict[str, Any]:
    """Return what the bytes of each message and enum of a file depend on, and what users see of it."""
    result: dict[str, Any] = {item.name: values(item) for item in file.enum_type}

    def describe(message: d.DescriptorProto, name: str) -> None:
        result[name] = sorted(
            (
                field.number,
                field.name,
                field.type,
                field.label,
                field.type_name.replace(f".{OURS}", "."),
                field.proto3_optional,
                field.options.deprecated,
                "" if field.proto3_optional or not field.HasField("oneof_index") else member_of(message, field),
            )
            for field in message.field
        )
        result.update({f"{name}.{item.name}": values(item) for item in message.enum_type})
        for inner in message.nested_type:
            describe(inner, f"{name}.{inner.name}")

    for message in file.message_type:
        describe(message, message.name)
    return result


def values(enum: d.EnumDescriptorProto) -> dict[str, int]:
    return {value.name: value.number for value in enum.value}


def member_of(message: d.DescriptorProto, field: d.FieldDescriptorProto) -> str:
    return message.oneof_decl[field.oneof_index].name


def generated(module: Any) -> d.FileDescriptorProto:
    result = d.FileDescriptorProto()
    module.DESCRIPTOR.CopyToProto(result)
    return result


def test_every_message_and_enum_is_that_of_the_spec() -> None:
    modules = {"common.proto": common_pb2, "controller.proto": controller_pb2, "server.proto": server_pb2}
    files = {file.name: file for file in FILES.file if not file.name.startswith("google/")}
    assert files.keys() == modules.keys()
    for name, file in files.items():
        assert described(generated(modules[name])) == described(file), name


def test_every_rpc_has_its_wire_path_its_messages_and_its_kind() -> None:
    ours = {
        name: (
            method.path,
            method.request.DESCRIPTOR.full_name.removeprefix(OURS),
            method.response.DESCRIPTOR.full_name.removeprefix(OURS),
            method.client_streaming,
            method.server_streaming,
        )
        for name, method in rpc.METHODS.items()
    }
    wire = {
        method.name: (
            f"/{file.package}.{service.name}/{method.name}",
            method.input_type.removeprefix("."),
            method.output_type.removeprefix("."),
            method.client_streaming,
            method.server_streaming,
        )
        for file in FILES.file
        for service in file.service
        for method in service.method
    }
    assert ours == wire


def test_every_message_whose_meaning_is_known_has_a_comment() -> None:
    lines = "\n".join(path.read_text() for path in PROTO.glob("*.proto")).splitlines()
    bare = [
        line
        for index, line in enumerate(lines)
        if line.strip().startswith(("message ", "enum ")) and not lines[index - 1].strip().startswith("//")
    ]
    assert bare == []
