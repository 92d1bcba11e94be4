"""The gRPC half, tested like a compiler: one small proto per oddity, generated, imported and exercised."""

from __future__ import annotations

import dataclasses
import pickle
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from generator.errors import SpecError
from tests.unit.generator.conftest import field_words

Compile = Callable[..., ModuleType]

HEAD = 'syntax = "proto3";\npackage odd;\n'
SERVICE = "service S { rpc Do(Req) returns (Res); }\n"


def parts(package: ModuleType) -> tuple[Any, Any, Any]:
    """Return the message module, the models and the converters of a generated fragment."""
    result: Any = package
    return result.proto.it_pb2, result.models, result.convert


def test_reserved_words_survive_in_both_directions(compile_proto: Compile) -> None:
    pb, models, convert = parts(
        compile_proto(
            HEAD
            + SERVICE
            + "message Req { string from = 1; int32 class = 2; repeated string import = 3; string self = 4; }\n"
            "message Res { string from = 1; int32 def = 2; string ok = 3; }\n",
            '[rpc.Do]\nsurface = "x.do"\n[model.Res]\nmessage = "odd.Res"\n',
            format_too=True,
        )
    )
    request = convert.req(from_="here", class_=3, import_=["a", "b"], self_="me")
    assert (getattr(request, "from"), getattr(request, "class"), list(getattr(request, "import"))) == (
        "here",
        3,
        ["a", "b"],
    )
    assert request.self == "me"
    result = convert.res(pb.Res(**{"from": "there", "def": 7, "ok": "yes"}))
    assert result == models.Res(from_="there", def_=7, ok="yes")


def test_recursion(compile_proto: Compile) -> None:
    pb, _, convert = parts(
        compile_proto(
            HEAD + SERVICE + "message Req { Req inner = 1; string name = 2; }\n"
            "message Res { Res left = 1; repeated Res children = 2; int32 n = 3; }\n",
            '[rpc.Do]\nsurface = "x.do"\n[model.Res]\nmessage = "odd.Res"\n',
        )
    )
    result = convert.res(pb.Res(n=1, left=pb.Res(n=2, children=[pb.Res(n=3)])))
    assert (result.left.children[0].n, result.left.left, result.children) == (3, None, [])
    assert convert.req(name="a", inner=convert.req(name="b")).inner.name == "b"


def test_maps_of_scalars_messages_and_enums(compile_proto: Compile) -> None:
    pb, models, convert = parts(
        compile_proto(
            HEAD + SERVICE + "enum Colour { RED = 0; BLUE = 1; }\nmessage Item { int32 n = 1; }\n"
            "message Req { map<string, int64> counts = 1; map<int32, Item> items = 2; map<string, Colour> colours = 3; }\n"
            "message Res { map<string, int64> counts = 1; map<int32, Item> items = 2; map<string, Colour> colours = 3; }\n",
            '[rpc.Do]\nsurface = "x.do"\n[model.Res]\nmessage = "odd.Res"\n',
        )
    )
    message = pb.Res(counts={"a": 2**40}, items={1: pb.Item(n=5)}, colours={"x": 1, "y": 9})
    result = convert.res(message)
    assert result.counts == {"a": 2**40}
    assert result.items == {1: models.Item(n=5)}
    assert result.colours["x"] is models.Colour.BLUE
    assert result.colours["y"].number == 9
    request = convert.req(counts={"a": 1}, items={2: convert.item_message(n=4)}, colours={"z": models.Colour.BLUE})
    assert (dict(request.counts), request.items[2].n, dict(request.colours)) == ({"a": 1}, 4, {"z": 1})
    assert convert.req() == pb.Req()


def test_oneof_members_are_none_unless_they_are_the_one(compile_proto: Compile) -> None:
    pb, _, convert = parts(
        compile_proto(
            HEAD + SERVICE + "message Req { oneof what { string text = 1; int32 number = 2; } }\n"
            "message Res { oneof what { string text = 1; int32 number = 2; } oneof other { bool a = 3; bytes b = 4; } }\n",
            '[rpc.Do]\nsurface = "x.do"\n[model.Res]\nmessage = "odd.Res"\n',
        )
    )
    assert convert.req(number=0).WhichOneof("what") == "number"
    assert convert.req().WhichOneof("what") is None
    result = convert.res(pb.Res(number=0, b=b""))
    assert (result.text, result.number, result.a, result.b) == (None, 0, None, b"")


def test_absent_optional_scalars_are_none_and_zero_stays_zero(compile_proto: Compile) -> None:
    pb, _, convert = parts(
        compile_proto(
            HEAD + SERVICE + "message Req { optional int32 a = 1; optional string b = 2; optional bool c = 3; }\n"
            "message Res { optional int32 a = 1; optional string b = 2; optional bool c = 3; int32 plain = 4; }\n",
            '[rpc.Do]\nsurface = "x.do"\n[model.Res]\nmessage = "odd.Res"\n',
        )
    )
    absent = convert.res(pb.Res())
    assert (absent.a, absent.b, absent.c, absent.plain) == (None, None, None, 0)
    zero = convert.res(pb.Res(a=0, b="", c=False))
    assert (zero.a, zero.b, zero.c) == (0, "", False)
    assert not convert.req().HasField("a")
    assert convert.req(a=0, b="", c=False).HasField("a")
    assert convert.req(b="").HasField("b")


def test_nested_enums_and_messages_get_flat_names_and_unknown_values_stay(compile_proto: Compile) -> None:
    pb, models, convert = parts(
        compile_proto(
            HEAD + SERVICE + "message Req { Outer.Mode mode = 1; optional Outer.Mode maybe = 2; }\n"
            "message Outer { enum Mode { OFF = 0; ON = 1; } message Inner { enum Mode { A = 0; } Mode mode = 1; } }\n"
            "message Res { Outer.Mode mode = 1; Outer.Inner inner = 2; repeated Outer.Mode many = 3; optional "
            "Outer.Mode maybe = 4; }\n",
            '[rpc.Do]\nsurface = "x.do"\n[model.Res]\nmessage = "odd.Res"\n',
        )
    )
    result = convert.res(pb.Res(mode=42, many=[0, 1, 7], inner=pb.Outer.Inner()))
    assert str(result.mode) == "UNKNOWN_42"
    assert result.mode.number == 42
    assert not result.mode.is_known
    assert [str(mode) for mode in result.many] == ["OFF", "ON", "UNKNOWN_7"]
    assert result.inner.mode is models.OuterInnerMode.A
    assert result.maybe is None
    assert convert.req(mode=models.OuterMode.ON).mode == 1
    assert convert.req(mode=result.mode).mode == 42  # what came from a newer server goes back as it came


def test_open_enums_behave_as_strings_and_survive_pickling_and_copying(compile_proto: Compile) -> None:
    _, models, _ = parts(
        compile_proto(
            HEAD + SERVICE + "message Req { Colour c = 1; } message Res {}\n"
            "enum Colour { option allow_alias = true; RED = 0; CRIMSON = 0; BLUE = 5; mro = 6; name = 7; None = 8; }\n",
            '[rpc.Do]\nsurface = "x.do"\n[enum.Colour]\nenum = "odd.Colour"\nrename = { BLUE = "AZURE" }\nlower = true\n',
        )
    )
    # Pickle finds a class by its module, which is the fragment's.
    colour = models.Colour
    assert colour.from_number(0) is colour.RED
    assert colour("AZURE") is colour("azure") is colour.AZURE
    assert colour.AZURE == "azure"
    assert f"{colour.AZURE}" == "azure"
    assert colour.from_number(6).value == "mro"
    # What the mapping renames is still found by the name that the wire has for it.
    assert colour("BLUE") is colour("blue") is colour.AZURE
    assert colour.AZURE == "BLUE" and colour.AZURE.wire_name == "BLUE" and colour("blue") == "Blue"
    with pytest.raises(ValueError, match="not a valid Colour"):
        colour("GREEN")
    with pytest.raises(ValueError, match="not a valid Colour"):
        colour(5)
    unknown = colour.from_number(99)
    assert unknown == colour.from_number(99)
    assert pickle.loads(pickle.dumps(unknown)).number == 99
    assert len({unknown, colour.from_number(99)}) == 1
    assert unknown.name == "UNKNOWN_99"
    assert repr(unknown)
    assert colour.from_number(-1).number == -1


def test_streaming_kinds_are_kept(compile_proto: Compile) -> None:
    package: Any = compile_proto(
        HEAD
        + "service S { rpc A(M) returns (stream M); rpc B(stream M) returns (M); rpc C(stream M) returns (stream M);"
        " rpc ListURLsOfV2(M) returns (M); } message M {}\n"
    )
    kinds = {name: (m.client_streaming, m.server_streaming) for name, m in package.rpc.METHODS.items()}
    assert kinds == {"A": (False, True), "B": (True, False), "C": (True, True), "ListURLsOfV2": (False, False)}
    assert package.rpc.LIST_URLS_OF_V2.path == "/odd.S/ListURLsOfV2"


def test_64_bit_integers_floats_and_bytes(compile_proto: Compile) -> None:
    pb, _, convert = parts(
        compile_proto(
            HEAD + SERVICE + "message Req { uint64 a = 1; sfixed64 b = 2; double c = 3; bytes d = 4; }\n"
            "message Res { uint64 a = 1; sint64 b = 2; float c = 3; bytes d = 4; repeated fixed32 e = 5; }\n",
            '[rpc.Do]\nsurface = "x.do"\n[model.Res]\nmessage = "odd.Res"\n',
        )
    )
    result = convert.res(pb.Res(a=2**64 - 1, b=-(2**63), c=0.5, d=b"\x00\xff", e=[1, 2**32 - 1]))
    assert (result.a, result.b, result.c, result.d, result.e) == (2**64 - 1, -(2**63), 0.5, b"\x00\xff", [1, 2**32 - 1])
    with pytest.raises(ValueError, match="range"):
        convert.req(a=2**64, b=0, c=0.0, d=b"")


def test_deep_nesting(compile_proto: Compile) -> None:
    depth = 20
    opening = "".join(f"message L{n} {{ L{n + 1} next = 1; " for n in range(depth))
    source = (
        HEAD
        + SERVICE
        + "message Req {} message Res { L0 next = 1; }\n"
        + opening
        + f"message L{depth} {{ int32 n = 1; }}"
        + "}" * depth
    )
    pb, _, convert = parts(compile_proto(source, '[rpc.Do]\nsurface = "x.do"\n[model.Res]\nmessage = "odd.Res"\n'))
    message = pb.Res()
    inner = message.next
    for _ in range(depth):
        inner = inner.next
    inner.n = 4
    result = convert.res(message)
    for _ in range(depth + 1):
        result = result.next
    assert result.n == 4


def test_timestamps_are_aware_and_structs_keep_whole_numbers_whole(compile_proto: Compile) -> None:
    pb, _, convert = parts(
        compile_proto(
            HEAD
            + 'import "google/protobuf/timestamp.proto";\nimport "google/protobuf/struct.proto";\n'
            + SERVICE
            + "message Req { optional google.protobuf.Timestamp at = 1; google.protobuf.Struct free = 2; }\n"
            "message Res { google.protobuf.Timestamp at = 1; google.protobuf.Struct free = 2; optional "
            "google.protobuf.Timestamp until = 3; float seconds = 4; }\n",
            '[rpc.Do]\nsurface = "x.do"\n[model.Res]\nmessage = "odd.Res"\ntypes = { seconds = "timedelta" }\n',
        )
    )
    tokyo = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=timezone(timedelta(hours=9)))
    request = convert.req(at=tokyo, free={"n": 3, "x": 1.5, "deep": {"list": [1, None, True, "s"]}})
    result = convert.res(pb.Res(at=request.at, free=request.free, seconds=1.5))
    assert result.at == tokyo
    assert result.at.tzinfo is UTC or result.at.utcoffset() == timedelta(0)
    assert result.free == {"n": 3, "x": 1.5, "deep": {"list": [1, None, True, "s"]}}
    assert isinstance(result.free["n"], int)
    assert result.until is None
    assert result.seconds == timedelta(seconds=1.5)
    with pytest.raises(ValueError, match="no time zone"):
        convert.req(at=datetime(2026, 1, 1))
    with pytest.raises(ValueError, match=r"free\.bad|bad: a set"):
        convert.req(free={"bad": {1, 2}})


def test_a_time_and_an_object_of_a_oneof_are_none_unless_they_are_the_one(compile_proto: Compile) -> None:
    pb, _, convert = parts(
        compile_proto(
            HEAD.replace(
                "odd;", 'odd;\nimport "google/protobuf/struct.proto";\nimport "google/protobuf/timestamp.proto";'
            )
            + SERVICE
            + "message Req {} message Res { oneof what { google.protobuf.Timestamp at = 1; google.protobuf.Struct free = 2; } }\n",
            '[rpc.Do]\nsurface = "x.do"\n[model.Res]\nmessage = "odd.Res"\n',
        )
    )
    assert (convert.res(pb.Res()).at, convert.res(pb.Res()).free) == (None, None)
    epoch = convert.res(pb.Res(at={}))
    assert (epoch.at, epoch.free) == (datetime(1970, 1, 1, tzinfo=UTC), None)
    assert convert.res(pb.Res(free={})).free == {}


def test_a_name_made_for_a_type_is_none_that_stands_beside_it(compile_proto: Compile) -> None:
    pb, models, convert = parts(
        compile_proto(
            HEAD + SERVICE + "enum class { ZERO = 0; class_ = 1; }\n"
            "message None { int32 n = 1; } message None_ { None inner = 1; }\n"
            "message Req {} message Res { message def { None_ held = 1; } def def_ = 1; class class = 2; }\n",
            '[rpc.Do]\nsurface = "x.do"\n[model.Res]\nmessage = "odd.Res"\n',
        )
    )
    message = pb.Res(def_={"held": {"inner": {"n": 7}}}, **{"class": 1})
    result = convert.res(message)
    assert result.def_.held.inner.n == 7
    assert result.class_ is models.class__.class_


def test_results_are_frozen_dataclasses_with_list_fields(compile_proto: Compile) -> None:
    pb, models, convert = parts(
        compile_proto(
            HEAD
            + SERVICE
            + "message Req {} message Item { string n = 1; } message Res { repeated Item items = 1; repeated string tags = 2; }\n",
            '[rpc.Do]\nsurface = "x.do"\n[model.Res]\nmessage = "odd.Res"\n',
        )
    )
    result = convert.res(pb.Res(items=[pb.Item(n="a")], tags=["t"]))
    assert dataclasses.asdict(result) == {"items": [{"n": "a"}], "tags": ["t"]}
    assert [f.name for f in dataclasses.fields(result)] == ["items", "tags"]
    assert dataclasses.replace(result, tags=[]).tags == []
    assert isinstance(result.items, list)
    with pytest.raises(dataclasses.FrozenInstanceError):
        result.tags = []
    assert models.Res() == models.Res(items=[], tags=[])


def test_a_new_wire_field_arrives_in_the_model_without_another_edit(compile_proto: Compile) -> None:
    mapping = '[rpc.Do]\nsurface = "x.do"\n[model.Thing]\nmessage = "odd.Res"\norder = ["a"]\n'
    before: Any = compile_proto(HEAD + SERVICE + "message Req {} message Res { string a = 1; }\n", mapping)
    after: Any = compile_proto(
        HEAD + SERVICE + "message Req {} message Res { string a = 1; optional int32 b = 2; repeated string c = 3; }\n",
        mapping,
    )
    assert [f.name for f in dataclasses.fields(before.models.Thing)] == ["a"]
    assert [f.name for f in dataclasses.fields(after.models.Thing)] == ["a", "b", "c"]
    assert after.models.Thing("x") == after.models.Thing(a="x", b=None, c=[])


def test_two_copies_of_one_proto_live_in_one_process(compile_proto: Compile) -> None:
    one = parts(compile_proto(HEAD + SERVICE + "message Req { int32 a = 1; } message Res {}\n"))[0]
    two = parts(compile_proto(HEAD + SERVICE + "message Req { string a = 1; } message Res {}\n"))[0]
    assert one.Req(a=1).SerializeToString() != two.Req(a="1").SerializeToString()


def test_text_in_comments_cannot_break_the_rendered_source(compile_proto: Compile) -> None:
    package: Any = compile_proto(
        HEAD + SERVICE + '// He said """stop""" and left a \\\nmessage Req { // "quoted"\n string a = 1; }\n'
        '// Ends with a quote "\nmessage Res {\n // The "b" of """b""",\n // in \\ two lines"\n string b = 1; int32 bare = 2; }\n',
        '[rpc.Do]\nsurface = "x.do"\n[model.Res]\nmessage = "odd.Res"\n',
    )
    assert package.models.Res.__doc__.strip() == 'Ends with a quote "'
    words = field_words(Path(package.models.__file__).parent / "res.py", "Res")
    assert words == {"b": "The \"b\" of '''b''', in \\ two lines\""}  # what an editor shows beside a field


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("syntax = 'proto3';\nmessage M { int32 a = 1; string b = 1; }", "it.proto:2:"),
        ("syntax = 'proto3';\nmessage M { Missing a = 1; }", "Missing"),
        ("syntax = 'proto3';\nimport 'x/y.proto';\nmessage M { x.Y a = 1; }", "'x/y.proto' is not below proto/"),
    ],
)
def test_a_bad_proto_is_refused_with_its_place(compile_proto: Compile, source: str, complaint: str) -> None:
    with pytest.raises(SpecError, match=complaint):
        compile_proto(source)
