"""Models that converters fill, at once or by the first look at a row, are the models that their constructors make."""

from __future__ import annotations

import copy
import dataclasses
import gc
import json
import multiprocessing
import operator
import os
import pickle
import sys
import threading
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest
from google.protobuf.message import DecodeError

from fal._gen import convert, models, reading, rpc
from fal._gen.models import ReplaceState, RunnerInfo, RunnerState
from fal._gen.proto import controller_pb2 as pb
from generator.errors import SpecError

MODELS = {name: getattr(models, name) for name in models.__all__ if dataclasses.is_dataclass(getattr(models, name))}
FIELDS = [field.name for field in dataclasses.fields(RunnerInfo)]
LISTINGS = ("LIST_RUNNERS", "LIST_ALIAS_RUNNERS")


@pytest.mark.parametrize("name", MODELS)
def test_a_made_model_is_like_a_constructed_one(name: str) -> None:
    kind = MODELS[name]
    values = {field.name: f"value of {field.name}" for field in dataclasses.fields(kind)}
    made, constructed = reading.made(kind, values), kind(**values)
    assert type(made) is kind
    assert made == constructed
    assert hash(made) == hash(constructed)
    assert repr(made) == repr(constructed)
    assert dataclasses.asdict(made) == values
    assert pickle.loads(pickle.dumps(made)) == copy.copy(made) == dataclasses.replace(made) == constructed
    assert vars(made) == vars(constructed) == values
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(made, next(iter(values)), "another")


def message(number: int = 7) -> pb.RunnerInfo:
    runner = pb.RunnerInfo(
        runner_id=f"runner-{number}",
        in_flight_requests=number,
        uptime=60,
        revision="r",
        alias="app",
        state=pb.RunnerInfo.RUNNING,
        machine_type="GPU-H100",
    )
    runner.external_metadata.update({"region": "us-east", "parts": [1, {"a": None}]})
    return runner


def answer(*runners: pb.RunnerInfo) -> bytes:
    return pb.ListRunnersResponse(runners=runners or [message()]).SerializeToString()


def unread() -> RunnerInfo:
    """Return a row that nobody has looked at."""
    (row,) = rpc.LIST_RUNNERS.parse(answer())
    return row


def matched(row: object) -> object:
    match row:
        case RunnerInfo(runner_id=name, state=RunnerState.RUNNING):
            return name
    return None


def pickled(protocol: int) -> Callable[[Any], object]:
    return lambda row: pickle.loads(pickle.dumps(row, protocol))


LOOKS: dict[str, Callable[[Any], object]] = {
    **{f"attribute {name}": operator.attrgetter(name) for name in FIELDS},
    "fields": lambda row: [(field.name, getattr(row, field.name)) for field in dataclasses.fields(row)],
    "asdict": dataclasses.asdict,
    "astuple": dataclasses.astuple,
    "replace": lambda row: dataclasses.replace(row, alias="other"),
    "replace with nothing": dataclasses.replace,
    "vars": lambda row: list(vars(row).items()),
    "json": lambda row: json.dumps(row, default=lambda item: vars(item) if hasattr(item, "alias") else str(item)),
    "repr": repr,
    "str": str,
    "match": matched,
    "type": type,
    "class": lambda row: row.__class__,
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "dir": dir,
    "membership": lambda row: row in [convert.runner_info(message())],
    "equal from the left": lambda row: row == convert.runner_info(message()),
    "equal from the right": lambda row: convert.runner_info(message()) == row,
    "equal, both unread": lambda row: row == unread(),
    "unequal": lambda row: row == convert.runner_info(message(8)),
    "getattr with a default": lambda row: getattr(row, "no_such_field", "default"),
    "hasattr": lambda row: [hasattr(row, name) for name in (*FIELDS, "no_such_field")],
    "weak reference": lambda row: weakref.ref(row)() is row,
    **{f"pickle, protocol {number}": pickled(number) for number in range(pickle.HIGHEST_PROTOCOL + 1)},
}


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS.keys())
def test_a_first_look_sees_what_a_row_that_was_read_shows(look: Callable[[Any], object]) -> None:
    row, read = unread(), convert.runner_info(message())
    assert look(row) == look(read)
    assert look(row) == look(read), "the second look"
    assert row == read
    assert type(row) is RunnerInfo


def test_a_row_with_a_dict_has_no_hash_and_one_without_has_the_same() -> None:
    with pytest.raises(TypeError, match="unhashable"):
        hash(unread())
    small = reading.made(RunnerInfo, {**vars(unread()), "external_metadata": None})
    assert hash(small) == hash(RunnerInfo(**vars(small)))


@pytest.mark.parametrize("name", FIELDS)
def test_a_row_that_was_not_read_cannot_be_changed_either(name: str) -> None:
    row = unread()
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(row, name, "another")
    with pytest.raises(dataclasses.FrozenInstanceError):
        delattr(row, name)
    assert row == convert.runner_info(message())


def test_values_are_made_once() -> None:
    row = unread()
    assert row.external_metadata is row.external_metadata is vars(row)["external_metadata"]
    row.external_metadata["mine"] = 1
    assert row.external_metadata["mine"] == 1


def test_a_class_shows_its_defaults_and_no_fields_without() -> None:
    assert RunnerInfo.replacement is ReplaceState.from_number(0)
    with pytest.raises(AttributeError, match="runner_id"):
        getattr(RunnerInfo, FIELDS[0])
    half: Any = object.__new__(RunnerInfo)
    assert half.replacement is ReplaceState.from_number(0)
    with pytest.raises(AttributeError, match="'RunnerInfo' has no attribute 'runner_id'"):
        _ = half.runner_id
    with pytest.raises(AttributeError, match="no_such_field"):
        _ = unread().no_such_field  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", LISTINGS)
def test_a_listing_with_a_broken_row_fails_when_it_comes(name: str) -> None:
    broken = pb.ListRunnersResponse(runners=[message()]).SerializeToString().replace(b"runner-7", b"runner-\xff")
    with pytest.raises(DecodeError):
        getattr(rpc, name).parse(broken)
    with pytest.raises(DecodeError):
        getattr(rpc, name).parse(answer()[:-3])


@pytest.mark.parametrize("name", LISTINGS)
def test_rows_come_in_their_order_and_an_empty_listing_is_empty(name: str) -> None:
    rows = getattr(rpc, name).parse(answer(*(message(number) for number in range(50))))
    assert type(rows) is list
    assert [row.in_flight_requests for row in rows] == list(range(50))
    assert getattr(rpc, name).parse(b"") == []
    assert getattr(rpc, name).parse(answer(pb.RunnerInfo())) == [convert.runner_info(pb.RunnerInfo())]
    assert rows[3].uptime == timedelta(minutes=1)


def test_a_row_that_is_kept_keeps_no_others() -> None:
    kept = rpc.LIST_RUNNERS.parse(answer(*(message(number) for number in range(1000))))[500]
    held = [item for item in gc.get_referents(kept) if not isinstance(item, type)]
    assert [type(item) for item in held] in ([bytes], [dict, bytes], [bytes, dict])
    assert sum(sys.getsizeof(item) for item in held) < 500
    assert kept.runner_id == "runner-500"
    assert not any(isinstance(item, bytes) for item in gc.get_referents(kept)), "its bytes go when it is read"


def test_threads_that_look_at_once_see_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    reads, read = [], reading._READ[RunnerInfo]

    def counted(content: bytes) -> dict[str, Any]:
        reads.append(content)
        return read(content)

    monkeypatch.setitem(reading._READ, RunnerInfo, counted)
    rows = rpc.LIST_RUNNERS.parse(answer(*(message(number) for number in range(200))))
    barrier = threading.Barrier(8)

    def look(_: int) -> list[int]:
        barrier.wait()
        return [id(row.external_metadata) for row in rows]

    with ThreadPoolExecutor(8) as pool:
        seen = list(pool.map(look, range(8)))
    assert all(view == seen[0] for view in seen)
    assert len(reads) == len(rows)


def test_a_look_that_is_interrupted_can_be_taken_again(monkeypatch: pytest.MonkeyPatch) -> None:
    row, read = unread(), reading._READ[RunnerInfo]

    def interrupted(_: bytes) -> dict[str, Any]:
        raise KeyboardInterrupt

    monkeypatch.setitem(reading._READ, RunnerInfo, interrupted)
    with pytest.raises(KeyboardInterrupt):
        _ = row.alias
    monkeypatch.setitem(reading._READ, RunnerInfo, read)
    assert row == convert.runner_info(message())


def test_a_look_within_a_look_does_not_wait_for_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the handler of a signal takes one, in the thread that reads the row."""
    row, read = unread(), reading._READ[RunnerInfo]
    inner: list[str] = []

    def again(content: bytes) -> dict[str, Any]:
        monkeypatch.setitem(reading._READ, RunnerInfo, read)
        inner.append(row.alias)
        return read(content)

    monkeypatch.setitem(reading._READ, RunnerInfo, again)
    assert row.runner_id == "runner-7"
    assert inner == ["app"]
    assert row == convert.runner_info(message())


@pytest.mark.skipif(not hasattr(os, "fork"), reason="fork is of POSIX")
def test_a_forked_child_reads_rows_although_another_thread_was_reading_one() -> None:
    rows = rpc.LIST_RUNNERS.parse(answer(*(message(number) for number in range(3))))
    held, go = threading.Event(), threading.Event()

    def hold() -> None:
        with reading._lock:
            held.set()
            go.wait()

    thread = threading.Thread(target=hold)
    child = multiprocessing.get_context("fork").Process(target=_look_in_child, args=(rows,))
    thread.start()
    try:
        held.wait()
        child.start()
        child.join(60)
        assert child.exitcode == 0
    finally:
        go.set()
        thread.join()
        if child.pid is not None:
            child.kill()


def _look_in_child(rows: list[RunnerInfo]) -> None:
    os._exit(0 if [row.in_flight_requests for row in rows] == [0, 1, 2] else 1)


# ------------------------------------------------------------------------------------------------- what is generated

ODD = (
    'syntax = "proto3";\npackage odd;\n'
    "service S { rpc List(Req) returns (Listing); rpc Follow(Req) returns (stream Listing); rpc Both(Req) returns (Two);\n"
    "  rpc Words(Req) returns (Texts); }\n"
    "message Req {}\nmessage Item { string name = 1; repeated Item reading = 2; int32 self = 3; }\n"
    "message Model { Item item = 1; }\n"
    "message Listing { repeated Item items = 12; }\nmessage Two { repeated Item items = 1; string cursor = 2; }\n"
    "message Texts { repeated string texts = 1; }\n"
)
OTHERS = "".join(f'[rpc.{name}]\nsurface = "x.{name}"\n' for name in ("List", "Follow", "Both", "Words"))


def with_rows(name: str) -> str:
    given = f'{OTHERS}[model.Item]\nmessage = "odd.Item"\n[model.Model]\nmessage = "odd.Model"\n'
    return given.replace(f"[rpc.{name}]\n", f"[rpc.{name}]\nrows = true\n")


def test_rows_of_any_field_number_are_read(compile_proto: Callable[..., ModuleType]) -> None:
    package: Any = compile_proto(ODD, with_rows("List"))
    sent = package.proto.it_pb2.Listing(items=[{"name": "a", "reading": [{"name": "b"}]}, {"self": 3}])
    rows = package.rpc.LIST.parse(sent.SerializeToString())
    assert rows == [package.convert.item(item) for item in sent.items]
    assert rows[0].reading == [package.models.Item("b", [], 0)]
    assert package.rpc.BOTH.parse(b"") == package.proto.it_pb2.Two()
    assert package.convert.model(package.proto.it_pb2.Model(item={"name": "c"})).item.name == "c"


@pytest.mark.parametrize("name", ["Follow", "Both", "Words"])
def test_what_is_no_plain_listing_cannot_have_rows(compile_proto: Callable[..., ModuleType], name: str) -> None:
    with pytest.raises(SpecError, match=rf"\[rpc.{name}\]: rows is for one answer whose only field is a list"):
        compile_proto(ODD, with_rows(name))


def test_names_of_the_generated_module_are_free_for_fields(compile_proto: Callable[..., ModuleType]) -> None:
    package: Any = compile_proto(
        'syntax = "proto3";\npackage odd;\nservice S { rpc Do(Req) returns (Res); }\n'
        "message Req {}\nmessage Models { int32 drafts = 1; }\nenum Colour { RED = 0; BLUE = 1; }\n"
        "message Res { int32 models = 1; optional int32 reading = 2; optional Colour Colour = 3; Models m = 4;\n"
        "  optional bool res = 5; optional string wellknown = 6; int32 self = 7; }\n",
        '[rpc.Do]\nsurface = "x.do"\n[model.Res]\nmessage = "odd.Res"\n',
    )
    pb = package.proto.it_pb2
    made = package.convert.res(
        pb.Res(models=1, reading=0, Colour=1, m=pb.Models(drafts=4), res=True, wellknown="w", self=7)
    )
    values = {field.name: getattr(made, field.name) for field in dataclasses.fields(made)}
    assert made == package.models.Res(**values)
    assert list(values.values()) == [1, 0, "BLUE", values["m"], True, "w", 7]
    assert values["m"].drafts == 4
