"""Servers that are newer than this client: whatever they add, no listing breaks; whatever they lack is told."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import json
import operator
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from enum import Enum
from typing import Any

import grpc
import pytest
from google.protobuf.descriptor import Descriptor
from google.protobuf.message import Message

from fal._gen import convert, rest, rpc
from fal._gen.method import Method, Operation
from fal.exceptions import DataLoss, Unimplemented
from tests.support.newer_server import NEW, UNKNOWN, answers, bodies, unknown_fields, variants
from tests.support.servers import Handler, http_serving, serving

Make = Callable[..., Any]


def messages_in(descriptor: Descriptor, seen: dict[str, Descriptor]) -> dict[str, Descriptor]:
    """Return every message that one may hold, itself among them."""
    if descriptor.full_name not in seen:
        seen[descriptor.full_name] = descriptor
        for field in descriptor.fields:
            if field.message_type is not None:
                messages_in(field.message_type, seen)
    return seen


ANSWERS: dict[str, Descriptor] = {}
for _method in rpc.METHODS.values():
    messages_in(_method.response.DESCRIPTOR, ANSWERS)


def message_class(annotation: str) -> type[Message]:
    """Return the class that an annotation such as `controller_pb2.RunnerInfo` names: type checkers alone import it."""
    module, _, dotted = annotation.partition(".")
    result: type[Message] = operator.attrgetter(dotted)(importlib.import_module(f"fal._gen.proto.{module}"))
    return result


# Each converter that reads, by the message that it reads: it takes one, called m.
CONVERTERS = {
    message_class(inspect.signature(function).parameters["m"].annotation): function
    for function in (getattr(convert, name) for name in convert.__all__)
    if list(inspect.signature(function).parameters) == ["m"]
}


def enums_in(value: Any) -> Iterator[Enum]:
    if isinstance(value, Enum):
        yield value
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from enums_in(getattr(value, field.name))
    elif isinstance(value, list | tuple):
        for item in value:
            yield from enums_in(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from enums_in(item)


def enum_fields(descriptor: Any) -> int:
    return sum(field.enum_type is not None for item in messages_in(descriptor, {}).values() for field in item.fields)


def test_the_messages_of_a_newer_server_are_what_they_should_be() -> None:
    """What is tested below would be of no use, if what is made here were not unknown."""
    assert len(ANSWERS) >= 30
    assert len(CONVERTERS) >= 10
    for descriptor in ANSWERS.values():
        assert UNKNOWN not in descriptor.fields_by_number
        assert all(UNKNOWN not in field.enum_type.values_by_number for field in descriptor.fields if field.enum_type)
    result = rpc.LIST_RUNNERS.response.FromString(next(variants(rpc.LIST_RUNNERS.response)))
    assert [runner.state for runner in result.runners] == [UNKNOWN, UNKNOWN]
    assert len(result.SerializeToString()) > len(unknown_fields()) * 3


@pytest.mark.parametrize("method", rpc.METHODS.values(), ids=rpc.METHODS.keys())
def test_every_message_goes_through_what_was_built_without_it(method: Method[Any, Any]) -> None:
    """And comes out as it went in: what is passed on, such as a handler's message, loses nothing."""
    for content in variants(method.response):
        message = method.response.FromString(content)
        again = method.response.FromString(message.SerializeToString())
        assert again == message
        assert unknown_fields()[:4] in content or not content


@pytest.mark.parametrize("cls", CONVERTERS, ids=lambda cls: cls.DESCRIPTOR.name)
def test_every_converter_takes_what_a_newer_server_sends(cls: type[Message]) -> None:
    for number, content in enumerate(variants(cls)):
        result = CONVERTERS[cls](cls.FromString(content))
        enums = list(enums_in(result))
        if number == 0 and enum_fields(cls.DESCRIPTOR):
            assert enums
            assert all(not enum.is_known and enum.number == UNKNOWN for enum in enums)  # type: ignore[attr-defined]
            assert all(str(enum) == f"UNKNOWN_{UNKNOWN}" for enum in enums)
        repr(result)
        dataclasses.asdict(result)


# --------------------------------------------------------------------------------------------------------- calls


class Answering(grpc.GenericRpcHandler):
    """Answers every method that it has something for with these bytes; it knows no other."""

    def __init__(self) -> None:
        self.content: dict[str, bytes] = {}

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> Any:
        name = handler_call_details.method.rpartition("/")[2]
        if name not in self.content:
            return None
        if rpc.METHODS[name].server_streaming:
            return grpc.unary_stream_rpc_method_handler(lambda request, context: iter([self.content[name]] * 2))
        return grpc.unary_unary_rpc_method_handler(lambda request, context: self.content[name])


@pytest.fixture(scope="module")
def answering() -> Iterator[tuple[Answering, int]]:
    result = Answering()
    with serving(result) as port:
        yield result, port


def ask(caller: Any, method: Method[Any, Any]) -> list[Any]:
    if method.server_streaming:
        return list(caller.stream(method, method.request()))
    return [caller.call(method, method.request(), lambda answer: answer)]


CALLABLE = [method for method in rpc.METHODS.values() if not method.client_streaming]


def test_every_call_takes_the_answer_of_a_newer_server(caller_to: Make, answering: tuple[Answering, int]) -> None:
    server, port = answering
    caller = caller_to(port)
    for method in CALLABLE:
        for content in [*variants(method.response)][::11]:
            server.content = {method.name: content}
            result = ask(caller, method)
            assert result == [method.parse(content)] * (2 if method.server_streaming else 1)


def test_a_method_that_the_server_does_not_know_is_reported(caller_to: Make, answering: tuple[Answering, int]) -> None:
    server, port = answering
    server.content = {}
    caller = caller_to(port)
    for method in CALLABLE:
        with pytest.raises(Unimplemented, match="check the host") as caught:
            ask(caller, method)
        assert (caught.value.method, caught.value.attempts) == (method.name, 1)
        assert caught.value.request_id


# ----------------------------------------------------------------------------------------------------------- REST


def _argument(annotation: str) -> Any:
    """Return something that fits a parameter; none of them is what is tested here."""
    first = annotation.split("|")[0].strip()
    if first.startswith("Sequence"):
        return []
    if first.startswith("Mapping") or (first[:1].isupper() and first != "UUID"):
        return {}
    return {"int": 1, "bool": True, "float": 1.0, "bytes": b"x", "datetime": datetime(2026, 1, 1, tzinfo=UTC)}.get(
        first, "x"
    )


def made(name: str) -> Operation[Any]:
    function = getattr(rest, name)
    needed = {
        parameter.name: _argument(str(parameter.annotation))
        for parameter in inspect.signature(function).parameters.values()
        if parameter.default is parameter.empty
    }
    result: Operation[Any] = function(**needed)
    return result


KNOWN = list(answers())


def test_the_answers_that_are_tested_are_all_there_are() -> None:
    with_a_body = {name for name, *_ in KNOWN}
    assert with_a_body <= set(rest.__all__)
    without = set(rest.__all__) - with_a_body
    assert len(with_a_body) >= 30
    for name in without:  # and these have none to read
        operation = made(name)
        assert operation.parse(min(operation.success), {}, b"anything") is None


@pytest.mark.parametrize(("name", "status", "media", "schema"), KNOWN, ids=[f"{one[0]}-{one[1]}" for one in KNOWN])
def test_every_answer_of_a_newer_server_is_read(name: str, status: int, media: str, schema: dict[str, Any]) -> None:
    operation = made(name)
    assert status in operation.success
    for body in bodies(media, schema):
        result = operation.parse(status, {"content-type": media}, body)
        for enum in enums_in(result):
            assert not enum.is_known  # type: ignore[attr-defined]
            assert str(enum) in (NEW, str(UNKNOWN))
        repr(result)


def test_every_operation_takes_the_answer_of_a_newer_server(caller_to: Make) -> None:
    said: dict[str, Any] = {}

    def answer(handler: Handler) -> None:
        handler.reply(said["status"], said["body"], Content_Type=said["media"], X_New_Header="new")

    with http_serving(answer) as (port, _):
        caller = caller_to(port)
        for name, status, media, schema in KNOWN:
            operation = made(name)
            for body in [*bodies(media, schema)][::5]:
                said.update(status=status, media=media, body=body)
                if operation.stream:
                    said["body"] = b"data: " + body + b"\n\n"
                    (result,) = caller.send_stream(operation)
                else:
                    result = caller.send(operation)
                assert repr(result) == repr(operation.parse(status, {"content-type": media}, body))


LINE = json.dumps({"app": "a", "level": "NEW", "message": "m", "timestamp": "2027-01-01T00:00:00Z", "more": 1}).encode()


def test_events_of_an_unknown_kind_do_not_end_a_stream(caller_to: Make) -> None:
    def answer(handler: Handler) -> None:
        new = b'event: new\ndata: {"shape": "new"}\n\nevent: ping\ndata: now\n\nevent: new\n\nnew-field: x\n\n: comment\n\n'
        named = b"event: log\ndata: " + LINE + b"\n\n"
        handler.reply(200, new + b"data: " + LINE + b"\n\n" + new + named, Content_Type="text/event-stream")

    with http_serving(answer) as (port, _):
        result = list(caller_to(port).send_stream(rest.stream_logs()))
    assert [(line.message, line.level, line.additional_properties) for line in result] == [
        ("m", "NEW", {"more": 1})
    ] * 2


def test_an_event_of_the_known_kind_that_does_not_fit_is_reported(caller_to: Make) -> None:
    with http_serving(lambda handler: handler.reply(200, b'data: {"shape": "new"}\n\n')) as (port, _):
        with pytest.raises(DataLoss, match="stream_logs"):
            list(caller_to(port).send_stream(rest.stream_logs()))
