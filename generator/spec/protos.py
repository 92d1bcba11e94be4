"""Have protoc parse the proto files, and turn what it says into one canonical form.

protoc parses and does nothing else, so that every version of it will do: what is rendered comes from the canonical form.
"""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from attrs import evolve
from google.protobuf import descriptor_pb2 as d
from grpc_tools import protoc

from generator.errors import SpecError
from generator.spec import proto_source
from generator.spec.names import distinct, snake
from generator.spec.proto_comments import places
from generator.spec.proto_model import Enum, Field, File, Message, Protos, Rpc, type_name
from generator.spec.proto_subset import GOOGLE, proto3_only
from generator.spec.prototext import full, json_name
from generator.spec.tomlfile import read_text

Definition = d.DescriptorProto | d.EnumDescriptorProto
_PLACED = re.compile(r"\S.*?\.proto:")  # other lines are of a log of protoc's own
_TYPES = {value: name.removeprefix("TYPE_").lower() for name, value in d.FieldDescriptorProto.Type.items()}


def read_protos(folder: Path) -> tuple[Protos, d.FileDescriptorSet]:
    """Compile every proto file below `folder` into descriptors and into the intermediate form; none when there is no file.

    Options that protobuf does not define say nothing to a client: they are left out, with the imports that declare them. So are
    files of another syntax than proto3, and what needs them: the notes of the intermediate form say so.

    Raises:
        SpecError: protoc refuses a file; its own words are in the message.
    """
    sources, missing = _sources(folder)
    if not sources:
        return Protos((), ()), d.FileDescriptorSet()
    with tempfile.TemporaryDirectory() as scratch:
        target, plain = Path(scratch) / "set.binpb", Path(scratch) / "proto"
        for name, text in sources.items():
            (plain / name).parent.mkdir(parents=True, exist_ok=True)
            (plain / name).write_text(text, encoding="utf-8", newline="\n")
        problems = _protoc(
            plain,
            f"-I{_google_include()}",
            "--include_imports",
            "--include_source_info",
            f"--descriptor_set_out={target}",
            *sources,
        )
        if problems:
            raise SpecError(*problems, *missing)
        descriptors = d.FileDescriptorSet.FromString(target.read_bytes())
    kept, notes = proto3_only(descriptors)
    comments = {name: text for file in descriptors.file for name, text in _comments(file).items()}
    return _to_ir(kept, comments, notes), kept


def _sources(folder: Path) -> tuple[dict[str, str], list[str]]:
    """Return name -> text of every proto file below `folder` that defines anything, without what protoc would not know.

    The lines besides name the imports that lead to no file: most declare options only, and are missed by nobody.
    """
    texts: dict[str, str] = {}
    for path in sorted(folder.rglob("*.proto")):
        name = path.relative_to(folder).as_posix()
        text = None if name.startswith(GOOGLE) else read_text(path)
        if text is not None and not proto_source.defines_nothing_but_options(text):
            texts[name] = text
    google = _google_include()
    missing: dict[str, str] = {}

    def plain(importer: str, text: str) -> str:
        def resolve(name: str) -> str | None:
            if name in texts or (google / name).is_file():
                return name
            # Files that were taken out of their tree still import each other by their places there.
            same = [known for known in texts if known.rpartition("/")[2] == name.rpartition("/")[2]]
            if len(same) == 1:
                return same[0]
            if not (folder / name).exists():
                missing.setdefault(
                    name, f"{importer}: the import {name!r} is not below {folder.name}/; put the file there"
                )
            return None

        return proto_source.plain(text, resolve)

    return {name: plain(name, text) for name, text in texts.items()}, list(missing.values())


def _google_include() -> Path:
    return Path(str(resources.files("grpc_tools"))) / "_proto"


def _protoc(folder: Path, *arguments: str) -> list[str]:
    """Run protoc on files in `folder`; return what it refuses, of what it writes to the process's standard error."""
    with tempfile.TemporaryFile() as captured, _stderr_to(captured.fileno()):
        status = protoc.main(["protoc", f"-I{folder}", *arguments])
        captured.seek(0)
        output = captured.read().decode("utf-8", "replace").strip()
    if status == 0:
        return []
    lines = [line.removeprefix(f"{folder}{os.sep}") for line in output.splitlines()]
    problems = [line for line in lines if _PLACED.match(line) and ": warning:" not in line]
    return problems or lines or [f"protoc exited with status {status}"]


@contextlib.contextmanager
def _stderr_to(fileno: int) -> Iterator[None]:
    saved = os.dup(2)
    try:
        os.dup2(fileno, 2)
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)


def canonical(descriptors: d.FileDescriptorSet) -> d.FileDescriptorSet:
    """Return the descriptors as every protoc says them, in one order that upstream's order does not touch.

    Comments are left out, and so is what this version of protobuf has no field for.
    """
    result = d.FileDescriptorSet()
    result.CopyFrom(descriptors)
    result.DiscardUnknownFields()  # type: ignore[attr-defined,unused-ignore]
    for file in result.file:
        file.ClearField("source_code_info")
        _sort(file.message_type, lambda item: item.name)
        _sort(file.enum_type, lambda item: item.name)
        _sort(file.service, lambda item: item.name)
        for service in file.service:
            _sort(service.method, lambda item: item.name)
        if not file.public_dependency and not file.weak_dependency:  # both are places in this list
            file.dependency[:] = sorted(file.dependency)
        for kind in file.enum_type:
            _sort_values(kind)
        for message in file.message_type:
            _sort_message(message)
    return result


def _sort_message(item: d.DescriptorProto) -> None:
    real = {f.oneof_index for f in item.field if f.HasField("oneof_index") and not f.proto3_optional}
    # protobuf wants the oneofs that only stand for `optional` behind the real ones.
    order = sorted(range(len(item.oneof_decl)), key=lambda index: (index not in real, item.oneof_decl[index].name))
    names = [item.oneof_decl[index].name for index in order]
    for field in item.field:
        if field.json_name == json_name(field.name):
            field.ClearField("json_name")  # protobuf makes it from the name
        if field.HasField("oneof_index"):
            field.oneof_index = order.index(field.oneof_index)
    for decl, name in zip(item.oneof_decl, names, strict=True):
        decl.name = name
    # protobuf wants the members of a oneof side by side: they stand where the first of them would.
    first: dict[int, int] = {}
    for field in item.field:
        if field.HasField("oneof_index"):
            first[field.oneof_index] = min(field.number, first.get(field.oneof_index, field.number))
    _sort(
        item.field,
        lambda field: (first[field.oneof_index] if field.HasField("oneof_index") else field.number, field.number),
    )
    _sort(item.nested_type, lambda inner: inner.name)
    _sort(item.enum_type, lambda inner: inner.name)
    for kind in item.enum_type:
        _sort_values(kind)
    for inner in item.nested_type:
        _sort_message(inner)


def _sort_values(item: d.EnumDescriptorProto) -> None:
    # proto3 wants the zero first; of two names for one number, the one that stands first is printed.
    _sort(item.value, lambda value: (value.number != 0, value.number))


def _sort(items: Any, key: Callable[[Any], Any]) -> None:
    held = sorted(items, key=key)
    del items[:]
    items.extend(held)


def type_paths(files: Collection[d.FileDescriptorProto]) -> dict[str, tuple[str, ...]]:
    """Return the full name of each message and enum -> its path in its module, with another name where Python keeps one.

    Protobuf tells what stands in one scope apart by name, of whatever kind it is: a name that is made here has to be new there.
    """
    tops = [(item, file.package) for file in files for item in types_in(file)]
    symbols = {full(file.package, item.name) for file in files for item in file.service}
    symbols |= {name for item, package in tops for name in _symbols(item, package)}
    paths: dict[str, tuple[str, ...]] = {}

    def add(item: Definition, outer: str, above: tuple[str, ...]) -> None:
        name, python = full(outer, item.name), type_name(item.name)
        while python != item.name and full(outer, python) in symbols:
            python += "_"
        paths[name] = (*above, python)
        for inner in types_in(item):
            add(inner, name, paths[name])

    for item, package in tops:
        add(item, package, ())
    return paths


def _symbols(item: Definition, outer: str) -> Iterator[str]:
    name = full(outer, item.name)
    yield name
    if isinstance(item, d.EnumDescriptorProto):
        yield from (full(outer, value.name) for value in item.value)  # beside the enum, not in it
    else:
        yield from (full(name, field.name) for field in item.field)
        yield from (full(name, oneof.name) for oneof in item.oneof_decl)
    for inner in types_in(item):
        yield from _symbols(inner, name)


def types_in(owner: d.FileDescriptorProto | Definition) -> list[Definition]:
    """Return the messages and enums right below a file or a message."""
    match owner:
        case d.FileDescriptorProto():
            return [*owner.message_type, *owner.enum_type]
        case d.DescriptorProto():
            return [*owner.nested_type, *owner.enum_type]
    return []


def _to_ir(descriptors: d.FileDescriptorSet, comments: dict[str, str], notes: Iterable[str]) -> Protos:
    files: list[File] = []
    rpcs: list[Rpc] = []
    own = [file for file in canonical(descriptors).file if not file.name.startswith(GOOGLE)]
    paths = type_paths(own)
    for file in own:
        files.append(
            File(
                name=file.name,
                package=file.package,
                messages=tuple(_message(m, file, file.package, paths, comments) for m in file.message_type),
                enums=tuple(_enum(e, file, file.package, paths, comments) for e in file.enum_type),
                imports=tuple(file.dependency),
            )
        )
        for service in file.service:
            home = full(file.package, service.name)
            rpcs += [
                Rpc(
                    name=method.name,
                    path=f"/{home}/{method.name}",
                    request=method.input_type[1:],
                    response=method.output_type[1:],
                    client_streaming=method.client_streaming,
                    server_streaming=method.server_streaming,
                    deprecated=method.options.deprecated,
                    doc=comments.get(f"{home}.{method.name}", ""),
                )
                for method in service.method
            ]
    return Protos(tuple(files), tuple(_with_keys(rpcs)), _google_types(descriptors), tuple(notes))


def _with_keys(rpcs: list[Rpc]) -> Iterator[Rpc]:
    """Give each RPC a name of its own and a constant: where several services have one method, with the name of the service."""
    short = Counter(rpc.name for rpc in rpcs)
    longer = Counter(f"{rpc.service}.{rpc.name}" for rpc in rpcs)
    keys: dict[str, str] = {}
    for rpc in rpcs:
        both = f"{rpc.service}.{rpc.name}"
        whole = rpc.path[1:].replace("/", ".")
        keys[rpc.path] = rpc.name if short[rpc.name] == 1 else both if longer[both] == 1 else whole
    constants = distinct(keys.values(), _constant)
    for rpc in rpcs:
        yield evolve(rpc, key=keys[rpc.path], constant=constants[keys[rpc.path]].upper())


def _constant(key: str) -> str:
    python = snake(key.replace(".", "_")).upper() or "CALL"
    python = python if python[0].isalpha() else f"CALL_{python}"
    return f"{python}_" if python == "METHODS" else python


def _google_types(descriptors: d.FileDescriptorSet) -> dict[str, tuple[str, str]]:
    """Return the full name of each of google's own types -> its module and its name there."""
    types: dict[str, tuple[str, str]] = {}

    def add(module: str, above: str, names: tuple[str, ...], item: d.DescriptorProto) -> None:
        path = (*names, item.name)
        types[f"{above}.{'.'.join(path)}"] = (module, ".".join(path))
        for inner in item.nested_type:
            add(module, above, path, inner)

    for file in descriptors.file:
        if file.name.startswith(GOOGLE):
            module = file.name.removeprefix(GOOGLE).removesuffix(".proto") + "_pb2"
            for message in file.message_type:
                add(module, file.package, (), message)
    return types


def _comments(file: d.FileDescriptorProto) -> dict[str, str]:
    """Return full name -> the comment before it, as one line."""
    names = places(file)
    return {
        names[path]: " ".join(location.leading_comments.split())
        for location in file.source_code_info.location
        if (path := tuple(location.path)) in names and location.leading_comments
    }


def _message(
    item: d.DescriptorProto,
    file: d.FileDescriptorProto,
    outer: str,
    paths: Mapping[str, tuple[str, ...]],
    comments: dict[str, str],
) -> Message:
    name = full(outer, item.name)
    maps = {m.name: m for m in item.nested_type if m.options.map_entry}
    return Message(
        name=name,
        path=paths[name],
        file=file.name,
        fields=tuple(_field(f, item, maps, comments.get(f"{name}.{f.name}", "")) for f in item.field),
        doc=comments.get(name, ""),
        deprecated=item.options.deprecated,
        nested=tuple(_message(m, file, name, paths, comments) for m in item.nested_type if not m.options.map_entry),
        enums=tuple(_enum(e, file, name, paths, comments) for e in item.enum_type),
    )


def _field(
    item: d.FieldDescriptorProto, owner: d.DescriptorProto, maps: dict[str, d.DescriptorProto], doc: str
) -> Field:
    repeated = item.label == d.FieldDescriptorProto.LABEL_REPEATED
    entry = maps.get(item.type_name.rsplit(".", 1)[-1]) if repeated else None
    if entry is not None:
        key, value = entry.field
        return Field(
            name=item.name,
            number=item.number,
            type="map",
            type_name=None,
            repeated=True,
            optional=False,
            oneof=None,
            deprecated=item.options.deprecated,
            doc=doc,
            map_key=_TYPES[key.type],
            map_value=_field(value, entry, {}, ""),
        )
    if _TYPES[item.type] == "group":
        raise SpecError(f"{owner.name}.{item.name}: groups are not supported")
    in_oneof = item.HasField("oneof_index") and not item.proto3_optional
    return Field(
        name=item.name,
        number=item.number,
        type=_TYPES[item.type],
        type_name=item.type_name[1:] or None,
        repeated=repeated,
        optional=item.proto3_optional,
        oneof=owner.oneof_decl[item.oneof_index].name if in_oneof else None,
        deprecated=item.options.deprecated,
        doc=doc,
    )


def _enum(
    item: d.EnumDescriptorProto,
    file: d.FileDescriptorProto,
    outer: str,
    paths: Mapping[str, tuple[str, ...]],
    comments: dict[str, str],
) -> Enum:
    name = full(outer, item.name)
    return Enum(
        name=name,
        path=paths[name],
        file=file.name,
        values=tuple((value.name, value.number) for value in item.value),
        doc=comments.get(name, ""),
    )
