"""The protos say exactly what the wire says: no message, field or value more or less, none changed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import descriptor as d
from google.protobuf import descriptor_pb2

from fal._gen import rpc
from fal._gen.proto import common_pb2, controller_pb2, server_pb2

ROOT = Path(__file__).resolve().parents[4]
WIRE: dict[str, Any] = json.loads((ROOT / "tests" / "data" / "wire.json").read_text())
OURS = "fal._gen.proto."
MODULES = (common_pb2, controller_pb2, server_pb2)


def upstream(name: str) -> str:
    """Return upstream's name of a message or enum of ours."""
    return name.removeprefix(OURS)


def messages() -> dict[str, d.Descriptor]:
    found: dict[str, d.Descriptor] = {}

    def walk(message: d.Descriptor) -> None:
        found[upstream(message.full_name)] = message
        for inner in message.nested_types:
            walk(inner)

    for module in MODULES:
        for message in module.DESCRIPTOR.message_types_by_name.values():
            walk(message)
    return found


def enums() -> dict[str, dict[str, int]]:
    found = [e for module in MODULES for e in module.DESCRIPTOR.enum_types_by_name.values()]
    found += [e for message in messages().values() for e in message.enum_types]
    return {upstream(e.full_name): {value.name: value.number for value in e.values} for e in found}


_TYPES = {
    number: name.removeprefix("TYPE_").lower()
    for name, number in vars(d.FieldDescriptor).items()
    if name.startswith("TYPE_")
}


def described(field: d.FieldDescriptor) -> dict[str, Any]:
    kind = field.message_type or field.enum_type
    synthetic = field.containing_oneof is not None and field.containing_oneof.name == f"_{field.name}"
    # The descriptor itself tells this by another name from one protobuf release to the next.
    owner = descriptor_pb2.DescriptorProto()
    assert field.containing_type is not None
    field.containing_type.CopyToProto(owner)
    labels = {item.number: item.label for item in owner.field}
    repeated = labels[field.number] == descriptor_pb2.FieldDescriptorProto.LABEL_REPEATED
    return {
        "name": field.name,
        "number": field.number,
        "type": _TYPES[field.type],
        "type_name": upstream(kind.full_name) if kind else None,
        "label": "repeated" if repeated else "optional",
        "proto3_optional": synthetic,
        "oneof": field.containing_oneof.name if field.containing_oneof and not synthetic else None,
        "deprecated": field.GetOptions().deprecated,
    }


def test_every_message_of_the_wire_is_there_and_no_other() -> None:
    assert set(messages()) == set(WIRE["messages"])
    assert len(WIRE["messages"]) == 68


@pytest.mark.parametrize("name", sorted(WIRE["messages"]))
def test_every_field_equals_the_wire(name: str) -> None:
    ours = {field.name: described(field) for field in messages()[name].fields}
    assert ours == {field["name"]: field for field in WIRE["messages"][name]["fields"]}


def test_every_enum_equals_the_wire() -> None:
    assert enums() == WIRE["enums"]


def test_every_rpc_has_its_wire_path_its_messages_and_its_kind() -> None:
    ours = {
        name: {
            "name": name,
            "path": method.path,
            "input": upstream(method.request.DESCRIPTOR.full_name),
            "output": upstream(method.response.DESCRIPTOR.full_name),
            "client_streaming": method.client_streaming,
            "server_streaming": method.server_streaming,
        }
        for name, method in rpc.METHODS.items()
    }
    assert ours == {method["name"]: method for method in WIRE["methods"]}
    assert len(ours) == 25


def test_every_message_whose_meaning_is_known_has_a_comment() -> None:
    text = "\n".join(path.read_text() for path in (ROOT / "spec" / "proto").glob("*.proto"))
    lines = text.splitlines()
    bare = [
        line
        for index, line in enumerate(lines)
        if line.strip().startswith(("message ", "enum ")) and not lines[index - 1].strip().startswith("//")
    ]
    assert bare == []
