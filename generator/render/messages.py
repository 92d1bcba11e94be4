"""Relocate the messages into a package of ours, and cut their descriptors into the parts that a module registers.

The wire knows message fields by number and methods by path, never messages by name, so the messages may live under any
name: `fal._gen.proto`. A process that also imports upstream's own modules then holds both without a clash in protobuf's
process-wide descriptor pool. The method paths keep upstream's names; they go into a table of ours.
"""

from __future__ import annotations

from google.protobuf import descriptor_pb2 as d

from generator.spec.proto_model import type_name
from generator.spec.proto_subset import GOOGLE
from generator.spec.protos import canonical


def relocate(descriptors: d.FileDescriptorSet, package: str) -> dict[str, d.FileDescriptorProto]:
    """Return upstream's file name -> its canonical descriptor with all of its names moved under the package `package`."""
    folder = package.replace(".", "/")
    own = {file.name: file for file in canonical(descriptors).file if not file.name.startswith(GOOGLE)}
    names = {
        "." + ".".join(filter(None, (file.package, name)))
        for file in own.values()
        for name in [*(item.name for item in file.message_type), *(item.name for item in file.enum_type)]
    }

    def rename(name: str) -> str:
        parts = name.split(".")
        first = next((end for end in range(2, len(parts) + 1) if ".".join(parts[:end]) in names), None)
        if first is None:
            return name
        return f".{package}{'.'.join((*parts[: first - 1], *map(type_name, parts[first - 1 :])))}"

    def visit(message: d.DescriptorProto) -> None:
        message.name = type_name(message.name)
        for kind in message.enum_type:
            kind.name = type_name(kind.name)
        for item in message.field:
            if item.type_name:
                item.type_name = rename(item.type_name)
        for inner in message.nested_type:
            visit(inner)

    for file in own.values():
        file.name = f"{folder}/{file.name}"
        file.package = ".".join(filter(None, (package, file.package)))
        file.dependency[:] = [f"{folder}/{name}" if name in own else name for name in file.dependency]
        for message in file.message_type:
            visit(message)
        for kind in file.enum_type:
            kind.name = type_name(kind.name)
        # Servers and clients take the methods from our own table.
        file.ClearField("service")
    return own


def parts(file: d.FileDescriptorProto) -> list[bytes]:
    """Return the serialized descriptor: the head of the file, then each message and enum, so that a change is one line."""
    head = d.FileDescriptorProto()
    head.CopyFrom(file)
    head.ClearField("message_type")
    head.ClearField("enum_type")
    each = [d.FileDescriptorProto(message_type=[item]) for item in file.message_type]
    each += [d.FileDescriptorProto(enum_type=[item]) for item in file.enum_type]
    return [item.SerializeToString(deterministic=True) for item in (head, *each)]
