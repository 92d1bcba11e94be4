"""Prune what the wheels hold to what some services use: checked, stripped and ready to be written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from attrs import frozen
from google.protobuf import descriptor_pb2 as d
from google.protobuf.message import Message as ProtoMessage

from generator.errors import SpecError
from generator.spec.prototext import full, json_name
from generator.upstream.wheels import Wheel

_GOOGLE = "google/protobuf/"
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_DOTTED = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*")
_FILE = re.compile(r"[A-Za-z0-9_-]+(?:/[A-Za-z0-9_-]+)*\.proto")
_MAX_DEPTH = 32
_Top = d.DescriptorProto | d.EnumDescriptorProto


@frozen
class Reachable:
    """The files that are needed, each with only what is needed, and what of upstream cannot be kept in text."""

    files: tuple[d.FileDescriptorProto, ...]
    symbols: frozenset[str]
    dropped: tuple[str, ...]


def reachable(wheels: Sequence[Wheel], services: Sequence[str]) -> Reachable:
    """Return what is reachable from `services`, top-level definitions whole.

    Raises:
        SpecError: when a service, type or file is missing, when two wheels disagree, or when a name is not one.
    """
    files = _needed_files(wheels, services)
    tops: dict[str, tuple[str, _Top]] = {}
    for file in files.values():
        both: list[_Top] = [*file.message_type, *file.enum_type]
        for item in both:
            name = full(file.package, item.name)
            if name in tops:
                raise SpecError(f"{file.name} and {tops[name][0]} both define {name}")
            tops[name] = (file.name, item)

    def top_of(absolute: str, user: str) -> str | None:
        if absolute.startswith(".google.protobuf."):
            return None
        parts = absolute.removeprefix(".").split(".")
        for end in range(len(parts), 0, -1):
            if ".".join(parts[:end]) in tops:
                return ".".join(parts[:end])
        raise SpecError(f"{user}: its type {absolute.removeprefix('.')} is in none of the files")

    kept: set[str] = set()
    uses: dict[str, set[str]] = {}
    queue: list[tuple[str, str, str]] = []
    for file in files.values():
        for service in file.service:
            name = full(file.package, service.name)
            if name in services:
                queue += [(m.input_type, f"{name}.{m.name}", file.name) for m in service.method]
                queue += [(m.output_type, f"{name}.{m.name}", file.name) for m in service.method]
    while queue:
        absolute, user, place = queue.pop()
        top = top_of(absolute, user)
        if top is None:
            uses.setdefault(place, set()).add(_google_file(absolute, user))
            continue
        home, item = tops[top]
        if home != place:
            uses.setdefault(place, set()).add(home)
        if top not in kept:
            kept.add(top)
            if isinstance(item, d.DescriptorProto):
                queue += [(kind, f"{top}.{field}", home) for field, kind in _field_types(item)]

    result: list[d.FileDescriptorProto] = []
    dropped: list[str] = []
    for file in files.values():
        pruned = _pruned(file, kept, services, uses.get(file.name, set()))
        if pruned.message_type or pruned.enum_type or pruned.service:
            dropped += [f"{file.name}: {what}" for what in _strip_options(pruned)]
            result.append(pruned)
    return Reachable(tuple(sorted(result, key=lambda file: file.name)), _symbols(result), tuple(dropped))


def _needed_files(wheels: Sequence[Wheel], services: Sequence[str]) -> dict[str, d.FileDescriptorProto]:
    homes: dict[str, list[tuple[str, d.FileDescriptorProto]]] = {}
    for wheel in wheels:
        for name, file in wheel.files.items():
            homes.setdefault(name, []).append((f"{wheel.distribution} {wheel.version}", file))
    queue: list[tuple[str, str]] = []
    for service in services:
        files = sorted(
            name
            for name, held in homes.items()
            if any(full(file.package, item.name) == service for _, file in held for item in file.service)
        )
        if len(files) != 1:
            where = " and ".join(files) if files else "none of the wheels"
            raise SpecError(f"sources.toml: the service {service} is in {where}; it must be in exactly one file")
        queue.append((files[0], "sources.toml"))
    result: dict[str, d.FileDescriptorProto] = {}
    while queue:
        name, user = queue.pop(0)
        if name in result or name.startswith(_GOOGLE):
            continue
        held = homes.get(name)
        if held is None:
            raise SpecError(
                f"{user} imports {name}, which none of the wheels holds; add the wheel that does to sources.toml"
            )
        if any(file != held[0][1] for _, file in held):
            raise SpecError(f"{name} is not the same in {' and '.join(wheel for wheel, _ in held)}")
        _check(held[0][1])
        result[name] = held[0][1]
        queue += [(other, name) for other in held[0][1].dependency]
    return result


def _check(file: d.FileDescriptorProto) -> None:
    """Refuse what proto3 text cannot say, and every name that is not a name: it would end up in the text as it is."""
    if not _FILE.fullmatch(file.name):
        raise SpecError(f"{file.name!r} is not the name of a proto file")
    if file.syntax != "proto3":
        raise SpecError(f"{file.name}: syntax is {file.syntax or 'proto2'}; only proto3 is supported")
    if file.package and not _DOTTED.fullmatch(file.package):
        raise SpecError(f"{file.name}: {file.package!r} is not the name of a package")
    if file.extension or any(m.extension or m.extension_range for m in _messages(file.message_type)):
        raise SpecError(f"{file.name}: extensions are not supported")
    names: list[str] = []
    names += [item.name for item in file.message_type]
    names += [item.name for item in file.enum_type]
    names += [item.name for item in file.service]
    types: list[str] = []
    for service in file.service:
        names += [method.name for method in service.method]
        types += [name for method in service.method for name in (method.input_type, method.output_type)]
    enums = list(file.enum_type)
    for message in _messages(file.message_type):
        names += [field.name for field in message.field] + [oneof.name for oneof in message.oneof_decl]
        names += [inner.name for inner in message.nested_type] + [enum.name for enum in message.enum_type]
        types += [field.type_name for field in message.field if field.type_name]
        enums += message.enum_type
        if any(field.type == d.FieldDescriptorProto.TYPE_GROUP for field in message.field):
            raise SpecError(f"{file.name}: {message.name}: groups are not supported")
    names += [value.name for enum in enums for value in enum.value]
    for name in names:
        if not _NAME.fullmatch(name):
            raise SpecError(f"{file.name}: {name!r} is not a name that a proto file can have")
    for kind in types:
        if not (kind.startswith(".") and _DOTTED.fullmatch(kind[1:])):
            raise SpecError(f"{file.name}: {kind!r} is not the full name of a type")


def _messages(items: Sequence[d.DescriptorProto], depth: int = 0) -> Iterator[d.DescriptorProto]:
    if depth > _MAX_DEPTH:
        raise SpecError(f"messages are nested more than {_MAX_DEPTH} deep")
    for item in items:
        yield item
        yield from _messages(item.nested_type, depth + 1)


def _field_types(item: d.DescriptorProto) -> list[tuple[str, str]]:
    return [(field.name, field.type_name) for each in _messages([item]) for field in each.field if field.type_name]


def _google_file(absolute: str, user: str) -> str:
    from google.protobuf import (  # noqa: F401  (registers their files)  # noqa: F401
        any_pb2,
        descriptor_pool,
        duration_pb2,
        empty_pb2,
        field_mask_pb2,
        struct_pb2,
        timestamp_pb2,
        wrappers_pb2,
    )

    try:
        file = descriptor_pool.Default().FindFileContainingSymbol(absolute[1:])
    except KeyError:
        raise SpecError(f"{user}: there is no type {absolute[1:]}") from None
    return str(file.name)


def _pruned(
    file: d.FileDescriptorProto, kept: set[str], services: Sequence[str], uses: set[str]
) -> d.FileDescriptorProto:
    def wanted(item: _Top) -> bool:
        return full(file.package, item.name) in kept

    result = d.FileDescriptorProto(name=file.name, package=file.package, syntax=file.syntax)
    result.message_type.extend(filter(wanted, file.message_type))
    result.enum_type.extend(filter(wanted, file.enum_type))
    result.service.extend(item for item in file.service if full(file.package, item.name) in services)
    # In upstream's order; a file that reaches us through `import public` alone comes last.
    known = [name for name in file.dependency if name in uses]
    ordered = [*known, *sorted(uses - set(known))]
    result.dependency.extend(name for name in ordered if not name.startswith(_GOOGLE))
    result.dependency.extend(sorted(name for name in ordered if name.startswith(_GOOGLE)))
    for message in _messages(result.message_type):
        for field in message.field:
            # What protoc would say anyway is not said.
            if field.json_name == json_name(field.name):
                field.ClearField("json_name")
    return result


def _strip_options(file: d.FileDescriptorProto) -> list[str]:
    """Take off every option that is not a plain one of protobuf's own; return a line for each place that lost one."""
    dropped: list[str] = []

    def strip(owner: ProtoMessage, name: str) -> None:
        if not owner.HasField("options"):
            return
        options: ProtoMessage = getattr(owner, "options")  # noqa: B009  (of several classes)
        before = options.ByteSize()
        options.DiscardUnknownFields()
        for descriptor, value in options.ListFields():
            if not isinstance(value, str | bytes | int | float):  # a message, or several values
                options.ClearField(descriptor.name)
        if options.ByteSize() != before:
            dropped.append(f"{name} has an option of upstream's own, which is left out")
        if not options.ListFields():
            owner.ClearField("options")

    def enum(item: d.EnumDescriptorProto) -> None:
        strip(item, item.name)
        for value in item.value:
            strip(value, f"{item.name}.{value.name}")

    for message in _messages(file.message_type):
        strip(message, message.name)
        for field in message.field:
            strip(field, f"{message.name}.{field.name}")
        for oneof in message.oneof_decl:
            strip(oneof, f"{message.name}.{oneof.name}")
        for inner in message.enum_type:
            enum(inner)
    for top in file.enum_type:
        enum(top)
    for service in file.service:
        strip(service, service.name)
        for method in service.method:
            strip(method, f"{service.name}.{method.name}")
    return dropped


def _symbols(files: Sequence[d.FileDescriptorProto]) -> frozenset[str]:
    symbols = {"google", "google.protobuf"}

    def message(item: d.DescriptorProto, above: str) -> None:
        name = full(above, item.name)
        symbols.add(name)
        symbols.update(full(name, inner.name) for inner in item.enum_type)
        for inner in item.nested_type:
            message(inner, name)

    for file in files:
        parts = file.package.split(".") if file.package else []
        symbols.update(".".join(parts[:end]) for end in range(1, len(parts) + 1))
        symbols.update(full(file.package, item.name) for item in file.enum_type)
        for top in file.message_type:
            message(top, file.package)
    return frozenset(symbols)
