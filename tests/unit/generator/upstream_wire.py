"""A server that knows upstream's own descriptors only, to hold generated methods against over a real connection."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, MutableSequence
from typing import Any

import grpc
from google.protobuf import descriptor_pb2 as d
from google.protobuf import descriptor_pool, json_format, message_factory
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import Message

from generator.upstream.prune import Reachable
from tests.support.servers import serving
from tests.support.waiting import LIMIT

_DEPTH = 4  # messages within messages; some of upstream's hold themselves
_F = FieldDescriptor
_NUMBERS = {_F.CPPTYPE_INT32, _F.CPPTYPE_INT64, _F.CPPTYPE_UINT32, _F.CPPTYPE_UINT64}
_FRACTIONS = {_F.CPPTYPE_DOUBLE, _F.CPPTYPE_FLOAT}


def fill(message: Message, depth: int = 0) -> Message:
    """Set every field, each to a value of its own; of a oneof the last member stays."""
    for field in message.DESCRIPTOR.fields:
        held: Any = getattr(message, field.name)
        repeated = _is_repeated(held)
        if field.message_type is not None and field.message_type.GetOptions().map_entry:
            _fill_map(held, field.message_type, depth)
        elif field.message_type is not None:
            if depth < _DEPTH:
                fill(held.add() if repeated else held, depth + 1)
                if not repeated:
                    held.SetInParent()
        elif repeated:
            held.append(_value(field))
        else:
            setattr(message, field.name, _value(field))
    return message


def _is_repeated(held: object) -> bool:
    """Tell by the value: the field's own word for it has another name in each protobuf. A ListValue is a sequence, too."""
    return isinstance(held, MutableSequence) and not isinstance(held, Message)


def _fill_map(owner: Any, entry: Any, depth: int) -> None:
    key, value = entry.fields_by_name["key"], entry.fields_by_name["value"]
    if value.message_type is None:
        owner[_value(key)] = _value(value)
    elif depth < _DEPTH:
        fill(owner[_value(key)], depth + 1)


def _value(field: Any) -> Any:
    if field.enum_type is not None:
        return field.enum_type.values[-1].number
    if field.cpp_type in _NUMBERS:
        return field.number
    if field.cpp_type in _FRACTIONS:
        return field.number + 0.5
    if field.cpp_type == _F.CPPTYPE_BOOL:
        return True
    return f"{field.name} ✓" if field.type == _F.TYPE_STRING else field.name.encode() + b"\x00\xff"


def serve_and_call(upstream: Reachable, service: str, methods: dict[str, Any]) -> int:
    """Call every method with every field set, and have both sides read what the other one wrote; return how many were called."""
    pool = DescriptorPool()
    for file in _in_order(upstream.files):
        pool.Add(file)
    theirs = pool.FindServiceByName(service)
    seen: dict[str, list[Message]] = {}
    handlers = {
        wire.name: _handler(wire, lambda name, requests: seen.setdefault(name, []).extend(requests))
        for wire in theirs.methods
    }
    handler = grpc.method_handlers_generic_handler(service, handlers)
    with serving(handler) as port, grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        for wire in theirs.methods:
            method = methods[wire.name]
            request = fill(method.request())
            answers = _call(channel, method, request)
            sent = 2 if wire.client_streaming else 1
            assert [_read(item) for item in seen[wire.name]] == [_read(request)] * sent, wire.name
            answer = fill(message_factory.GetMessageClass(wire.output_type)())
            assert [_read(item) for item in answers] == [_read(answer)] * (2 if wire.server_streaming else 1), wire.name
    return len(seen)


def _handler(wire: Any, saw: Callable[[str, list[Message]], None]) -> Any:
    request, response = (message_factory.GetMessageClass(kind) for kind in (wire.input_type, wire.output_type))

    def answers(requests: list[Message]) -> Iterator[Message]:
        saw(wire.name, requests)
        for _ in range(2 if wire.server_streaming else 1):
            yield fill(response())

    def answer(given: Any, context: grpc.ServicerContext) -> Any:
        result = answers(list(given) if wire.client_streaming else [given])
        return result if wire.server_streaming else next(result)

    kind = ("stream" if wire.client_streaming else "unary") + "_" + ("stream" if wire.server_streaming else "unary")
    return getattr(grpc, f"{kind}_rpc_method_handler")(answer, request.FromString, response.SerializeToString)


def _call(channel: grpc.Channel, method: Any, request: Message) -> list[Message]:
    kind = ("stream" if method.client_streaming else "unary") + "_" + ("stream" if method.server_streaming else "unary")
    call = getattr(channel, kind)(method.path, method.request.SerializeToString, method.response.FromString)
    result = call(iter([request, request]) if method.client_streaming else request, timeout=LIMIT)
    return list(result) if method.server_streaming else [result]


def _read(message: Message) -> dict[str, Any]:
    assert not _unknown(message), message
    return json_format.MessageToDict(message, preserving_proto_field_name=True)


def _unknown(message: Message) -> bool:
    """Return whether bytes came that the message has no field for."""
    held = type(message).FromString(message.SerializeToString())
    held.DiscardUnknownFields()  # type: ignore[attr-defined,unused-ignore]
    return held.SerializeToString(deterministic=True) != message.SerializeToString(deterministic=True)


def _in_order(files: Iterable[d.FileDescriptorProto]) -> list[d.FileDescriptorProto]:
    """Return `files` and google's files that they import, what is imported first."""
    given = {file.name: file for file in files}
    collected: dict[str, d.FileDescriptorProto] = {}

    def take(name: str) -> None:
        if name in collected:
            return
        file = given.get(name)
        if file is None:
            file = d.FileDescriptorProto()
            descriptor_pool.Default().FindFileByName(name).CopyToProto(file)
        for needed in file.dependency:
            take(needed)
        collected[name] = file

    for name in given:
        take(name)
    return list(collected.values())
