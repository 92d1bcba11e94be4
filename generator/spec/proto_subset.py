"""Leave out of proto files what only proto3 could say otherwise: a file of another syntax, and what is made of its messages."""

from __future__ import annotations

from collections.abc import Iterator, MutableSequence
from typing import Any

from google.protobuf import descriptor_pb2 as d

from generator.spec.prototext import full

GOOGLE = "google/protobuf/"


def proto3_only(descriptors: d.FileDescriptorSet) -> tuple[d.FileDescriptorSet, list[str]]:
    """Return the descriptors without files of another syntax, and a line for each thing that is left out with its reason.

    A message that holds one of theirs costs itself, and a method that takes or answers one. Google's own files stay.
    """
    bad = {
        file.name: file.syntax or "proto2" for file in descriptors.file if file.syntax != "proto3" and not _google(file)
    }
    if not bad:
        return descriptors, []
    notes = [f"{name} is left out: its syntax is {syntax}; only proto3 is supported" for name, syntax in bad.items()]
    homes = {name: file.name for file in descriptors.file for name, _ in _messages(file)}
    lost = {name for name, home in homes.items() if home in bad}
    uses = {name: set(_types(item)) for file in descriptors.file for name, item in _messages(file)}
    more = True
    while more:
        more = False
        for name, used in uses.items():
            reason = next((kind for kind in sorted(used) if _top(kind, lost)), None)
            if name not in lost and reason is not None:
                lost.add(name)
                notes.append(f"{name} is left out: it holds {reason}")
                more = True
    result = d.FileDescriptorSet()
    for file in descriptors.file:
        if file.name in bad:
            continue
        kept = result.file.add()
        kept.CopyFrom(file)
        kept.ClearField("source_code_info")  # it counts elements
        kept.dependency[:] = [name for name in file.dependency if name not in bad]
        public = (file.dependency[index] for index in file.public_dependency)
        kept.public_dependency[:] = [list(kept.dependency).index(name) for name in public if name not in bad]
        del kept.weak_dependency[:]
        _keep(kept.message_type, [full(file.package, item.name) not in lost for item in file.message_type])
        for service in kept.service:
            good = []
            for method in service.method:
                reason = next((kind for kind in (method.input_type, method.output_type) if _top(kind, lost)), None)
                good.append(reason is None)
                if reason is not None:
                    notes.append(f"{full(file.package, service.name)}.{method.name} is left out: it needs {reason[1:]}")
            _keep(service.method, good)
    return result, notes


def _google(file: d.FileDescriptorProto) -> bool:
    return file.name.startswith(GOOGLE)


def _messages(file: d.FileDescriptorProto) -> Iterator[tuple[str, d.DescriptorProto]]:
    """Yield the full name of each message at the top of a file; none of google's."""
    if not _google(file):
        yield from ((full(file.package, item.name), item) for item in file.message_type)


def _types(item: d.DescriptorProto) -> Iterator[str]:
    """Yield what the fields of a message, and of those within it, hold, each name with a dot before it."""
    yield from (field.type_name for field in item.field if field.type_name)
    for inner in item.nested_type:
        yield from _types(inner)


def _top(kind: str, names: set[str]) -> bool:
    """Whether a type, or what it stands in, is one of the messages."""
    steps = kind.removeprefix(".").split(".")
    return any(".".join(steps[:end]) in names for end in range(1, len(steps) + 1))


def _keep(items: MutableSequence[Any], good: list[bool]) -> None:
    for index in reversed(range(len(good))):
        if not good[index]:
            del items[index]
