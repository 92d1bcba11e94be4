"""Read the proto files, relocate them into a package of ours, and have protoc render the message modules.

The wire knows message fields by number and methods by path, never messages by name, so the messages may live under any
name: `fal._gen.proto`. A process that also imports upstream's own modules then holds both without a clash in protobuf's
process-wide descriptor pool. The method paths keep upstream's names; they go into a table of ours.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from importlib import metadata, resources
from pathlib import Path

from google.protobuf import descriptor_pb2 as d
from grpc_tools import protoc

from generator.errors import SpecError
from generator.ir import Enum, Field, File, Message, Protos, Rpc

PROTOC_VERSION = "1.64.3"
_TYPES = {value: name.removeprefix("TYPE_").lower() for name, value in d.FieldDescriptorProto.Type.items()}
_GOOGLE = "google/protobuf/"


def read_protos(folder: Path) -> tuple[Protos, d.FileDescriptorSet]:
    """Compile every proto file of `folder` into descriptors and into the intermediate form.

    Raises:
        SpecError: protoc is of another version than ours, or refuses a file; its own words are in the message.
    """
    installed = metadata.version("grpcio-tools")
    if installed != PROTOC_VERSION:
        raise SpecError(
            f"grpcio-tools is {installed}; {PROTOC_VERSION} is needed, because another version renders other bytes. "
            f"Install it: pip install 'grpcio-tools=={PROTOC_VERSION}'"
        )
    names = sorted(path.name for path in folder.glob("*.proto"))
    if not names:
        raise SpecError(f"{folder}: there is no .proto file")
    with tempfile.TemporaryDirectory() as scratch:
        target = Path(scratch) / "set.binpb"
        _protoc(
            f"-I{folder}",
            f"-I{_google_include()}",
            "--include_imports",
            "--include_source_info",
            f"--descriptor_set_out={target}",
            *names,
        )
        found = d.FileDescriptorSet.FromString(target.read_bytes())
    return _to_ir(found), found


def write_modules(found: d.FileDescriptorSet, package: str, out: Path) -> None:
    """Write `<file>_pb2.py` for every file of ours into `out`, as modules of the Python package `package`."""
    relocated = relocate(found, package)
    own = [file.name for file in relocated.file if not file.name.startswith(_GOOGLE)]
    with tempfile.TemporaryDirectory() as scratch:
        source = Path(scratch) / "set.binpb"
        source.write_bytes(relocated.SerializeToString(deterministic=True))
        tree = Path(scratch) / "out"
        tree.mkdir()
        _protoc(f"--descriptor_set_in={source}", f"--python_out={tree}", *own)
        out.mkdir(parents=True, exist_ok=True)
        for name in own:
            module = name.removesuffix(".proto") + "_pb2.py"
            text = (tree / module).read_text(encoding="utf-8")
            (out / Path(module).name).write_text(text, encoding="utf-8", newline="\n")


def relocate(found: d.FileDescriptorSet, package: str) -> d.FileDescriptorSet:
    """Return the descriptors with every file and every name of ours moved under the Python package `package`."""
    folder = package.replace(".", "/")
    result = d.FileDescriptorSet()
    result.CopyFrom(found)
    moved = {file.name: f"{folder}/{file.name}" for file in found.file if not file.name.startswith(_GOOGLE)}
    names = {
        "." + ".".join(filter(None, (file.package, name)))
        for file in found.file
        if file.name in moved
        for name in [m.name for m in file.message_type] + [e.name for e in file.enum_type]
    }

    def rename(name: str) -> str:
        parts = name.split(".")
        known = any(".".join(parts[:end]) in names for end in range(2, len(parts) + 1))
        return f".{package}{name}" if known else name

    def visit(message: d.DescriptorProto) -> None:
        for item in message.field:
            if item.type_name:
                item.type_name = rename(item.type_name)
        for inner in message.nested_type:
            visit(inner)

    for file in result.file:
        if file.name not in moved:
            continue
        file.name = moved[file.name]
        file.package = ".".join(filter(None, (package, file.package)))
        file.ClearField("source_code_info")
        file.dependency[:] = [moved.get(name, name) for name in file.dependency]
        for message in file.message_type:
            visit(message)
        # Servers and clients take the methods from our own table.
        file.ClearField("service")
    return result


def _google_include() -> Path:
    return Path(str(resources.files("grpc_tools"))) / "_proto"


def _protoc(*arguments: str) -> None:
    """Run protoc, and turn what it writes to the process's standard error into a SpecError."""
    with tempfile.TemporaryFile() as captured, _stderr_to(captured.fileno()):
        status = protoc.main(["protoc", *arguments])
        captured.seek(0)
        said = captured.read().decode("utf-8", "replace").strip()
    if status != 0 or said:
        raise SpecError(*(said.splitlines() or [f"protoc ended with status {status}"]))


@contextlib.contextmanager
def _stderr_to(fileno: int) -> Iterator[None]:
    saved = os.dup(2)
    try:
        os.dup2(fileno, 2)
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)


def _to_ir(found: d.FileDescriptorSet) -> Protos:
    files: list[File] = []
    rpcs: list[Rpc] = []
    for file in found.file:
        if file.name.startswith(_GOOGLE):
            continue
        if file.syntax != "proto3":
            raise SpecError(f"{file.name}: syntax is {file.syntax or 'proto2'}; only proto3 is supported")
        docs = {tuple(place.path): place.leading_comments for place in file.source_code_info.location}
        files.append(
            File(
                name=file.name,
                package=file.package,
                messages=tuple(_message(m, file, (4, index), (), docs) for index, m in enumerate(file.message_type)),
                enums=tuple(_enum(e, file, (5, index), (), docs) for index, e in enumerate(file.enum_type)),
                imports=tuple(file.dependency),
            )
        )
        for number, service in enumerate(file.service):
            full = ".".join(filter(None, (file.package, service.name)))
            rpcs += [
                Rpc(
                    name=method.name,
                    path=f"/{full}/{method.name}",
                    request=method.input_type[1:],
                    response=method.output_type[1:],
                    client_streaming=method.client_streaming,
                    server_streaming=method.server_streaming,
                    deprecated=method.options.deprecated,
                    doc=_doc(docs, (6, number, 2, index)),
                )
                for index, method in enumerate(service.method)
            ]
    clashes = sorted({rpc.name for rpc in rpcs if [other.name for other in rpcs].count(rpc.name) > 1})
    if clashes:
        raise SpecError(*(f"two services have a method {name}" for name in clashes))
    return Protos(files=tuple(files), rpcs=tuple(rpcs))


Docs = dict[tuple[int, ...], str]


def _doc(docs: Docs, place: tuple[int, ...]) -> str:
    return " ".join(docs.get(place, "").split())


def _message(
    item: d.DescriptorProto, file: d.FileDescriptorProto, place: tuple[int, ...], above: tuple[str, ...], docs: Docs
) -> Message:
    path = (*above, item.name)
    maps = {m.name: m for m in item.nested_type if m.options.map_entry}
    return Message(
        name=".".join(filter(None, (file.package, *path))),
        path=path,
        file=file.name,
        fields=tuple(_field(f, item, maps, _doc(docs, (*place, 2, index))) for index, f in enumerate(item.field)),
        doc=_doc(docs, place),
        deprecated=item.options.deprecated,
        nested=tuple(
            _message(m, file, (*place, 3, index), path, docs)
            for index, m in enumerate(item.nested_type)
            if not m.options.map_entry
        ),
        enums=tuple(_enum(e, file, (*place, 4, index), path, docs) for index, e in enumerate(item.enum_type)),
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
    item: d.EnumDescriptorProto, file: d.FileDescriptorProto, place: tuple[int, ...], above: tuple[str, ...], docs: Docs
) -> Enum:
    path = (*above, item.name)
    return Enum(
        name=".".join(filter(None, (file.package, *path))),
        path=path,
        file=file.name,
        values=tuple((value.name, value.number) for value in item.value),
        doc=_doc(docs, place),
    )
