"""Seeded changes of the real specification: each is found where it was made, called what it is, and nothing else is."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from google.protobuf import descriptor_pb2 as d
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.compare.changes import NONE
from generator.compare.protos import compare_protos
from generator.compare.users import Surface
from generator.spec.protos import read_protos

ROOT = Path(__file__).resolve().parents[4]
NOTHING = Surface(d.FileDescriptorSet(), {}, {})
F = d.FieldDescriptorProto
Found = set[tuple[str, str]]


@cache
def spec() -> d.FileDescriptorSet:
    _, files = read_protos(ROOT / "spec" / "proto")
    for file in files.file:
        file.ClearField("source_code_info")
    return files


def messages(files: d.FileDescriptorSet) -> list[tuple[str, d.DescriptorProto]]:
    """Return the messages with a field that no oneof holds, so that taking it out leaves a sound message."""
    file = next(file for file in files.file if file.name == "controller.proto")
    return [
        (f"controller.{m.name}", m) for m in file.message_type if any(not f.HasField("oneof_index") for f in m.field)
    ]


def plain(message: d.DescriptorProto, pick: random.Random) -> F:
    return pick.choice([f for f in message.field if not f.HasField("oneof_index")])


def remove(name: str, message: d.DescriptorProto, pick: random.Random) -> Found:
    field = plain(message, pick)
    where = f"{name}.{field.name}"
    message.field.remove(field)
    return {("field-removed", where)}


def add(name: str, message: d.DescriptorProto, pick: random.Random) -> Found:
    message.field.add(name="fresh", number=900, type=F.TYPE_STRING, label=F.LABEL_OPTIONAL)
    return {("field-added", f"{name}.fresh")}


def rename(name: str, message: d.DescriptorProto, pick: random.Random) -> Found:
    field = plain(message, pick)
    where = f"{name}.{field.name}"
    field.name = "another_name"
    field.ClearField("json_name")
    return {("field-renamed", where)}


def renumber(name: str, message: d.DescriptorProto, pick: random.Random) -> Found:
    field = plain(message, pick)
    field.number = 901
    return {("field-renumbered", f"{name}.{field.name}")}


def retype(name: str, message: d.DescriptorProto, pick: random.Random) -> Found:
    field = plain(message, pick)
    was_message = field.type == F.TYPE_MESSAGE and field.label != F.LABEL_REPEATED
    field.ClearField("type_name")
    field.type = F.TYPE_DOUBLE
    where = f"{name}.{field.name}"
    # A message may always be absent; a plain number is never.
    return {("field-retyped", where)} | ({("label-changed", where)} if was_message else set())


def repeat(name: str, message: d.DescriptorProto, pick: random.Random) -> Found:
    field = plain(message, pick)
    field.label = F.LABEL_OPTIONAL if field.label == F.LABEL_REPEATED else F.LABEL_REPEATED
    return {("label-changed", f"{name}.{field.name}")}


def reorder(name: str, message: d.DescriptorProto, pick: random.Random) -> Found:
    fields = list(message.field)
    shuffled = fields[:]
    pick.shuffle(shuffled)
    del message.field[:]
    message.field.extend(shuffled)
    return {("text-only", name)} if [f.number for f in shuffled] != [f.number for f in fields] else set()


MUTATIONS: list[Callable[[str, d.DescriptorProto, random.Random], Found]] = [
    remove, add, rename, renumber, retype, repeat, reorder,
]  # fmt: skip


@settings(max_examples=150, derandomize=True)
@given(seed=st.integers(0, 2**32), choices=st.lists(st.sampled_from(MUTATIONS), min_size=1, max_size=6))
def test_changes_of_messages_are_found_exactly(seed: int, choices: list[Any]) -> None:
    pick = random.Random(seed)
    new = d.FileDescriptorSet()
    new.CopyFrom(spec())
    targets = pick.sample(messages(new), len(choices))
    expected: Found = set()
    for mutate, (name, message) in zip(choices, targets, strict=True):
        expected |= mutate(name, message, pick)
    changes = compare_protos(spec(), new, NOTHING)
    assert {(change.kind, change.where) for change in changes} == expected
    if all(mutate is reorder for mutate in choices):
        assert all(change.worst is NONE and change.as_json is NONE for change in changes)


@settings(max_examples=60, derandomize=True)
@given(seed=st.integers(0, 2**32))
def test_changes_of_methods_and_enums_are_found_exactly(seed: int) -> None:
    pick = random.Random(seed)
    new = d.FileDescriptorSet()
    new.CopyFrom(spec())
    file = next(file for file in new.file if file.name == "controller.proto")
    service = file.service[0]
    gone, streaming, fresh = pick.sample(list(service.method), 3)
    enum = pick.choice(list(file.enum_type))
    value = pick.choice(list(enum.value))
    name = f"controller.{service.name}"
    expected = {
        ("rpc-removed", f"{name}.{gone.name}"),
        ("streaming-changed", f"{name}.{streaming.name}"),
        ("request-changed", f"{name}.{fresh.name}"),
        ("value-renamed", f"controller.{enum.name}.{value.name}"),
        ("value-added", f"controller.{enum.name}.FRESH"),
    }
    streaming.server_streaming = not streaming.server_streaming
    fresh.input_type = ".controller.AliasInfo"
    value.name = "ANOTHER"
    enum.value.add(name="FRESH", number=99)
    service.method.remove(gone)
    assert {(change.kind, change.where) for change in compare_protos(spec(), new, NOTHING)} == expected


def turn(held: Any) -> None:
    items = list(held)
    del held[:]
    held.extend(reversed(items))


def test_order_alone_is_text_alone() -> None:
    new = d.FileDescriptorSet()
    new.CopyFrom(spec())
    for file in new.file:
        turn(file.message_type)
        turn(file.enum_type)
        for service in file.service:
            turn(service.method)
    changes = compare_protos(spec(), new, NOTHING)
    assert {change.kind for change in changes} == {"text-only"}
    assert all(change.worst is NONE for change in changes)
