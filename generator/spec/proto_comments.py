"""The comments of proto files by the full name of what they stand at, so that they outlive a new release of upstream's."""

from __future__ import annotations

import textwrap

from google.protobuf import descriptor_pb2 as d

from generator.spec.prototext import full

_SYNTAX = 12
_WIDTH = 110


def collect(descriptors: d.FileDescriptorSet) -> dict[str, tuple[str, ...]]:
    """Return full name -> lines of its comment, for every file, type, field, value, oneof, service and method."""
    result: dict[str, tuple[str, ...]] = {}
    for file in descriptors.file:
        names = {(_SYNTAX,): file.name} | places(file)
        for location in file.source_code_info.location:
            name = names.get(tuple(location.path))
            lines = [
                line
                for text in (*location.leading_detached_comments, location.leading_comments, location.trailing_comments)
                for line in _lines(text)
            ]
            if name is not None and lines:
                result[name] = tuple(lines)
    return result


def places(file: d.FileDescriptorProto) -> dict[tuple[int, ...], str]:
    """Return the path of every element inside of `file` (as in source_code_info) -> its full name."""
    paths: dict[tuple[int, ...], str] = {}

    def enum(item: d.EnumDescriptorProto, place: tuple[int, ...], above: str) -> None:
        name = paths[place] = full(above, item.name)
        paths.update({(*place, 2, index): f"{name}.{value.name}" for index, value in enumerate(item.value)})

    def message(item: d.DescriptorProto, place: tuple[int, ...], above: str) -> None:
        if item.options.map_entry:
            return
        name = paths[place] = full(above, item.name)
        paths.update({(*place, 2, index): f"{name}.{field.name}" for index, field in enumerate(item.field)})
        # A synthetic oneof is not an element of the text.
        real = {
            field.oneof_index for field in item.field if field.HasField("oneof_index") and not field.proto3_optional
        }
        paths.update({(*place, 8, index): f"{name}.{item.oneof_decl[index].name}" for index in real})
        for index, inner in enumerate(item.nested_type):
            message(inner, (*place, 3, index), name)
        for index, kind in enumerate(item.enum_type):
            enum(kind, (*place, 4, index), name)

    for index, item in enumerate(file.message_type):
        message(item, (4, index), file.package)
    for index, kind in enumerate(file.enum_type):
        enum(kind, (5, index), file.package)
    for index, service in enumerate(file.service):
        name = paths[(6, index)] = full(file.package, service.name)
        paths.update({(6, index, 2, number): f"{name}.{method.name}" for number, method in enumerate(service.method)})
    return paths


def numbered(descriptors: d.FileDescriptorSet) -> dict[tuple[str, int], str]:
    """Return (full name of the message or enum, number) -> full name of its field or value."""
    result: dict[tuple[str, int], str] = {}

    def enum(item: d.EnumDescriptorProto, above: str) -> None:
        name = full(above, item.name)
        result.update({(name, value.number): f"{name}.{value.name}" for value in item.value})

    def message(item: d.DescriptorProto, above: str) -> None:
        name = full(above, item.name)
        result.update({(name, field.number): f"{name}.{field.name}" for field in item.field})
        for inner in item.nested_type:
            message(inner, name)
        for kind in item.enum_type:
            enum(kind, name)

    for file in descriptors.file:
        for item in file.message_type:
            message(item, file.package)
        for kind in file.enum_type:
            enum(kind, file.package)
    return result


def _lines(text: str) -> list[str]:
    if not text:
        return []
    lines = [line.removeprefix(" ").rstrip() for line in text.removesuffix("\n").split("\n")]
    return [part for line in lines for part in (textwrap.wrap(line, _WIDTH) if len(line) > _WIDTH else [line])]
