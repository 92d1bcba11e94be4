"""Proto descriptors by full name, and what every comparison of them asks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from attrs import frozen
from google.protobuf import descriptor_pb2 as d

from generator.compare.changes import COMPATIBLE, Change
from generator.spec.proto_comments import collect
from generator.spec.prototext import full

_TYPES = {value: name.removeprefix("TYPE_").lower() for name, value in d.FieldDescriptorProto.Type.items()}


@frozen
class Message:
    """A message, with the entries that stand for its maps by their type name."""

    name: str
    file: str
    proto: d.DescriptorProto
    maps: Mapping[str, d.DescriptorProto]


@frozen
class Index:
    """The own files of a descriptor set, and what they define by full name; enums and services with their file."""

    files: dict[str, d.FileDescriptorProto]
    messages: dict[str, Message]
    enums: dict[str, tuple[str, d.EnumDescriptorProto]]
    services: dict[str, tuple[str, d.ServiceDescriptorProto]]
    comments: dict[str, tuple[str, ...]]


def build_index(descriptors: d.FileDescriptorSet) -> Index:
    """Index a descriptor set; google's own files are left out."""
    own = [file for file in descriptors.file if not file.name.startswith("google/")]
    result = Index({file.name: file for file in own}, {}, {}, {}, collect(d.FileDescriptorSet(file=own)))

    def message(item: d.DescriptorProto, above: str, file: str) -> None:
        name = full(above, item.name)
        maps = {f".{name}.{entry.name}": entry for entry in item.nested_type if entry.options.map_entry}
        result.messages[name] = Message(name, file, item, maps)
        result.enums.update({full(name, inner.name): (file, inner) for inner in item.enum_type})
        for inner in item.nested_type:
            if not inner.options.map_entry:
                message(inner, name, file)

    for file in own:
        for top in file.message_type:
            message(top, file.package, file.name)
        result.enums.update({full(file.package, item.name): (file.name, item) for item in file.enum_type})
        result.services.update({full(file.package, item.name): (file.name, item) for item in file.service})
    return result


def names(index: Index) -> set[str]:
    """Return the full name of everything that can have a comment."""
    symbols = {*index.files, *index.messages, *index.enums, *index.services}
    for name, item in index.messages.items():
        symbols |= {f"{name}.{f.name}" for f in item.proto.field} | {f"{name}.{o.name}" for o in item.proto.oneof_decl}
    for name, (_, kind) in index.enums.items():
        symbols |= {f"{name}.{value.name}" for value in kind.value}
    for name, (_, service) in index.services.items():
        symbols |= {f"{name}.{method.name}" for method in service.method}
    return symbols


def type_of(item: d.FieldDescriptorProto, owner: Message, renamed: Mapping[str, str]) -> str:
    """Return the type in words; `renamed` gives the names that the new side has for types of the old one."""
    entry = owner.maps.get(item.type_name)
    if entry is not None:
        key, value = (type_of(field, owner, renamed) for field in entry.field)
        return f"map<{key}, {value}>"
    if not item.type_name:
        return _TYPES[item.type]
    name = item.type_name[1:]
    return f"{_TYPES[item.type]} {renamed.get(name, name)}"


def compare_options(where: str, old: Any, new: Any) -> Iterator[Change]:
    """Yield what differs between the options of one element."""
    if old.deprecated != new.deprecated:
        text = f"{where} is {'now' if new.deprecated else 'no longer'} deprecated"
        yield Change("grpc", "deprecated" if new.deprecated else "undeprecated", where, text, in_code=COMPATIBLE)
    if plain_options(old) != plain_options(new):
        yield Change("grpc", "option-changed", where, f"{where} has other options", in_code=COMPATIBLE)


def plain_options(options: Any) -> bytes:
    """Return the options that are neither `deprecated` nor compared elsewhere."""
    copy = type(options)()
    copy.CopyFrom(options)
    for name in ("deprecated", "idempotency_level", "map_entry"):
        if name in copy.DESCRIPTOR.fields_by_name:
            copy.ClearField(name)
    return bytes(copy.SerializeToString(deterministic=True))
