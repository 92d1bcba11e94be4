"""Relocate the messages into a package of ours, and cut their descriptors into the parts that a module registers.

The wire knows message fields by number and methods by path, never messages by name, so the messages may live under any
name: `fal._gen.proto`. A process that also imports upstream's own modules then holds both without a clash in protobuf's
process-wide descriptor pool. The method paths keep upstream's names; they go into a table of ours.
"""

from __future__ import annotations

from google.protobuf import descriptor_pb2 as d

from generator.spec.proto_subset import GOOGLE
from generator.spec.protos import Definition, canonical, type_paths, types_in
from generator.spec.prototext import full


def relocate(descriptors: d.FileDescriptorSet, package: str) -> dict[str, d.FileDescriptorProto]:
    """Return upstream's file name -> its canonical descriptor with all of its names moved under the package `package`."""
    folder = package.replace(".", "/")
    own = {file.name: file for file in canonical(descriptors).file if not file.name.startswith(GOOGLE)}
    paths = type_paths(own.values())

    def rename(name: str) -> str:
        path = paths.get(name[1:])
        return name if path is None else f".{full(package, *name[1:].split('.')[: -len(path)], *path)}"

    def visit(item: Definition, outer: str) -> None:
        name = full(outer, item.name)
        item.name = paths[name][-1]
        if isinstance(item, d.DescriptorProto):
            for field in item.field:
                if field.type_name:
                    field.type_name = rename(field.type_name)
        for inner in types_in(item):
            visit(inner, name)

    for file in own.values():
        file.name = f"{folder}/{file.name}"
        for item in types_in(file):
            visit(item, file.package)
        file.package = full(package, file.package)
        file.dependency[:] = [f"{folder}/{name}" if name in own else name for name in file.dependency]
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
