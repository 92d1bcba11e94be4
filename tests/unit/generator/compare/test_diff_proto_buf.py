"""Our verdicts on proto changes are those of `buf breaking`; where they are not, the difference is in the table."""

from __future__ import annotations

import itertools
import json
import subprocess
from pathlib import Path

import pytest
from google.protobuf import descriptor_pb2 as d

from generator.compare.changes import BREAKING, Change
from generator.compare.protos import DIFFERENCES, compare_protos
from generator.compare.users import Surface
from generator.spec.protos import read_protos
from tests.unit.generator.node_tools import BUF, node_tool

BASE = """
import "google/protobuf/timestamp.proto";
service Things {
  rpc Get(Ask) returns (Thing);
  rpc Watch(Ask) returns (stream Thing);
  rpc Send(stream Thing) returns (Ask);
}
message Ask {
  string name = 1;
  optional int32 limit = 2;
}
message Unused { string x = 1; }
message Thing {
  enum Inner { NONE = 0; SOME = 1; }
  message Part { string x = 1; }
  reserved 20, 30 to 40;
  reserved "gone";
  string title = 1;
  int32 count = 2;
  repeated string tags = 3;
  oneof which { string text = 4; bytes data = 5; }
  oneof other { string more = 13; }
  map<string, Part> parts = 6;
  Kind kind = 7;
  Part part = 8;
  optional string maybe = 9;
  google.protobuf.Timestamp at = 10;
  repeated int32 numbers = 11;
  Inner inner = 12;
}
enum Kind {
  reserved 9;
  reserved "OLD";
  UNKNOWN = 0;
  GOOD = 1;
  BAD = 2;
}
enum Spare { NOTHING = 0; }
"""
# Name: (a piece of the text, what stands there afterwards).
MUTATIONS = {
    "nothing": ("", ""),
    "comment": ("message Ask {", "// Words.\nmessage Ask {"),
    "fields reordered": ("  string name = 1;\n  optional int32 limit = 2;", "  optional int32 limit = 2;\n  string name = 1;"),
    "messages reordered": ("message Unused { string x = 1; }\n", ""),
    "field added": ("string title = 1;", "string title = 1; string fresh = 99;"),
    "field removed": ("int32 count = 2;", ""),
    "field removed, number reserved": ("int32 count = 2;", "reserved 2;"),
    "field removed, both reserved": ("int32 count = 2;", 'reserved 2; reserved "count";'),
    "field removed, name reserved": ("int32 count = 2;", 'reserved "count";'),
    "field renamed": ("int32 count = 2;", "int32 amount = 2;"),
    "field renumbered": ("int32 count = 2;", "int32 count = 77;"),
    "fields swapped": ("string name = 1;\n  optional int32 limit = 2;", "string limit = 1;\n  optional int32 name = 2;"),
    "json name": ("int32 count = 2;", 'int32 count = 2 [json_name = "howMany"];'),
    "deprecated": ("int32 count = 2;", "int32 count = 2 [deprecated = true];"),
    "jstype": ("int32 count = 2;", "int64 count = 2 [jstype = JS_STRING];"),
    "packed": ("repeated int32 numbers = 11;", "repeated int32 numbers = 11 [packed = false];"),
    "into a oneof": ("string title = 1;", "oneof fresh { string title = 1; }"),
    "out of a oneof": ("string text = 4; bytes data = 5; }", "string text = 4; } bytes data = 5;"),
    "optional out of a oneof": ("oneof other { string more = 13; }", "optional string more = 13;"),
    "to another oneof": ("bytes data = 5; }\n  oneof other {", "}\n  oneof other { bytes data = 5;"),
    "oneof renamed": ("oneof which", "oneof either"),
    "oneof removed with its fields": ("oneof other { string more = 13; }", ""),
    "oneof removed, reserved": ("oneof other { string more = 13; }", 'reserved 13; reserved "more";'),
    "oneof gets a field": ("bytes data = 5; }", "bytes data = 5; string third = 50; }"),
    "map value": ("map<string, Part> parts", "map<string, Kind> parts"),
    "map key": ("map<string, Part> parts", "map<int32, Part> parts"),
    "message type": ("Part part = 8;", "Ask part = 8;"),
    "enum type": ("Kind kind = 7;", "Inner kind = 7;"),
    "enum value added": ("BAD = 2;", "BAD = 2; UGLY = 3;"),
    "enum value removed": ("BAD = 2;", ""),
    "enum value removed, number reserved": ("BAD = 2;", "reserved 2;"),
    "enum value removed, both reserved": ("BAD = 2;", 'reserved 2; reserved "BAD";'),
    "enum value renamed": ("BAD = 2;", "EVIL = 2;"),
    "enum value renumbered": ("BAD = 2;", "BAD = 5;"),
    "enum values swapped": ("GOOD = 1;\n  BAD = 2;", "BAD = 1;\n  GOOD = 2;"),
    "enum values reordered": ("GOOD = 1;\n  BAD = 2;", "BAD = 2;\n  GOOD = 1;"),
    "enum alias added": ("UNKNOWN = 0;\n", "option allow_alias = true; UNKNOWN = 0;\n  NICE = 1;\n"),
    "enum renamed": ("enum Spare", "enum Extra"),
    "enum removed": ("enum Spare { NOTHING = 0; }", ""),
    "enum added": ("enum Spare", "enum Added { ZERO = 0; }\nenum Spare"),
    "used enum renamed": ("Kind kind = 7;|enum Kind", "Sort kind = 7;|enum Sort"),
    "message added": ("message Unused", "message Added { }\nmessage Unused"),
    "message removed": ("message Unused { string x = 1; }", ""),
    "message renamed": ("message Unused", "message Idle"),
    "used message renamed": ("message Part {|, Part>|Part part", "message Piece {|, Piece>|Piece part"),
    "request renamed": ("message Ask|Get(Ask)|Watch(Ask)|returns (Ask)", "message Query|Get(Query)|Watch(Query)|returns (Query)"),
    "nested message removed": ("message Part { string x = 1; }|map<string, Part> parts = 6;|Part part = 8;", "||"),
    "reserved numbers removed": ("reserved 20, 30 to 40;", "reserved 20;"),
    "reserved range split": ("reserved 20, 30 to 40;", "reserved 20, 30 to 35, 36 to 40;"),
    "reserved range narrowed": ("reserved 20, 30 to 40;", "reserved 20, 31 to 40;"),
    "reserved range widened": ("reserved 20, 30 to 40;", "reserved 20 to 21, 30 to 41;"),
    "reserved name removed": ('reserved "gone";', ""),
    "reserved enum number removed": ("reserved 9;", ""),
    "reserved enum name removed": ('reserved "OLD";', ""),
    "method added": ("service Things {", "service Things { rpc Fresh(Ask) returns (Ask);"),
    "method removed": ("rpc Get(Ask) returns (Thing);", ""),
    "method renamed": ("rpc Get(", "rpc Fetch("),
    "methods reordered": (
        "  rpc Get(Ask) returns (Thing);\n  rpc Watch(Ask) returns (stream Thing);",
        "  rpc Watch(Ask) returns (stream Thing);\n  rpc Get(Ask) returns (Thing);",
    ),
    "request type": ("rpc Get(Ask)", "rpc Get(Thing)"),
    "response type": ("rpc Get(Ask) returns (Thing)", "rpc Get(Ask) returns (Ask)"),
    "server streaming begins": ("rpc Get(Ask) returns (Thing)", "rpc Get(Ask) returns (stream Thing)"),
    "server streaming ends": ("returns (stream Thing)", "returns (Thing)"),
    "client streaming begins": ("rpc Get(Ask)", "rpc Get(stream Ask)"),
    "client streaming ends": ("rpc Send(stream Thing)", "rpc Send(Thing)"),
    "idempotency": ("rpc Get(Ask) returns (Thing);", "rpc Get(Ask) returns (Thing) { option idempotency_level = IDEMPOTENT; }"),
    "service removed": (BASE[BASE.index("service") : BASE.index("message Ask")], ""),
    "service renamed": ("service Things", "service Stuff"),
    "service added": ("message Ask {", "service More { rpc Other(Ask) returns (Ask); }\nmessage Ask {"),
    "java package": ("service Things", 'option java_package = "x";\nservice Things'),
}  # fmt: skip
TYPES = ["double", "float", "int64", "uint64", "int32", "uint32", "fixed64", "fixed32", "sfixed64", "sfixed32", "sint64",
         "sint32", "bool", "string", "bytes", "Kind", "Part"]  # fmt: skip
LABELS = {
    "plain": "{} f = 60;",
    "optional": "optional {} f = 60;",
    "repeated": "repeated {} f = 60;",
    "oneof": "oneof o {{ {} f = 60; }}",
    "map": "map<string, {}> f = 60;",
}
WORDS = {"on_wire": "WIRE", "as_json": "WIRE_JSON", "in_code": "FILE"}


def cases() -> dict[str, tuple[str, str]]:
    """Return name -> (old text, new text)."""
    texts: dict[str, tuple[str, str]] = {}
    for name, (old, new) in MUTATIONS.items():
        text = BASE
        for piece, instead in zip(old.split("|"), new.split("|"), strict=True):
            assert piece in text, (name, piece)
            text = text.replace(piece, instead, 1)
        texts[name] = BASE, text
    moved = MUTATIONS["messages reordered"][0]
    texts["messages reordered"] = BASE, BASE.replace(moved, "") + moved

    def with_field(text: str) -> str:
        return BASE.replace("string title = 1;", f"string title = 1; {text}")

    for one, two in itertools.permutations(TYPES, 2):
        texts[f"{one} to {two}"] = with_field(f"{one} f = 60;"), with_field(f"{two} f = 60;")
    for one, two in itertools.permutations(
        ("int32", "int64", "uint32", "sint32", "bool", "string", "bytes", "Kind"), 2
    ):
        old, new = (with_field(LABELS["map"].format(kind)) for kind in (one, two))
        texts[f"map of {one} to {two}"] = old, new
    for kind in ("int32", "string", "Kind", "Part"):
        for one, two in itertools.permutations(LABELS, 2):
            old, new = (with_field(LABELS[label].format(kind)) for label in (one, two))
            texts[f"{one} {kind} to {two}"] = old, new
    return texts


CASES = cases()


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """Return case -> the rules of buf that it breaks; one run for all, each case a package of its own."""
    buf = node_tool(BUF)
    folder = tmp_path_factory.mktemp("buf")
    for side, index in (("old", 0), ("new", 1)):
        (folder / side).mkdir()
        (folder / side / "buf.yaml").write_text("version: v2\nbreaking:\n  use: [FILE, WIRE, WIRE_JSON]\n")
        for number, texts in enumerate(CASES.values()):
            path = folder / side / f"c{number}.proto"
            path.write_text(f'syntax = "proto3";\npackage c{number};\n{texts[index]}')
    command = [buf, "breaking", "new", "--against", "old", "--error-format", "json"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 100), done.stderr
    names = list(CASES)
    verdicts: dict[str, set[str]] = {name: set() for name in names}
    for line in done.stdout.splitlines():
        said = json.loads(line)
        verdicts[names[int(Path(said["path"]).stem[1:])]].add(said["type"])
    return verdicts


@pytest.fixture(scope="module")
def categories() -> dict[str, set[str]]:
    """Return rule of buf -> its categories, from buf itself."""
    done = subprocess.run(
        [node_tool(BUF), "config", "ls-breaking-rules", "--version", "v2", "--format", "json"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    rules = [json.loads(line) for line in done.stdout.splitlines()]
    return {rule["id"]: set(rule["categories"]) for rule in rules}


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Change]]:
    folder = tmp_path_factory.mktemp("ours")
    sides: list[dict[str, d.FileDescriptorProto]] = []
    for side, index in (("old", 0), ("new", 1)):
        (folder / side).mkdir()
        for number, texts in enumerate(CASES.values()):
            # Methods of one name in two services are refused, so each case has its own.
            text = texts[index]
            for word in ("Get", "Watch", "Send", "Fresh", "Fetch", "Other"):
                text = text.replace(f"rpc {word}(", f"rpc {word}{number}(")
            (folder / side / f"c{number}.proto").write_text(f'syntax = "proto3";\npackage c{number};\n{text}')
        _, files = read_protos(folder / side)
        sides.append({file.name: file for file in files.file})
    surface = Surface(d.FileDescriptorSet(), {}, {})
    result: dict[str, list[Change]] = {}
    for number, name in enumerate(CASES):
        old, new = (d.FileDescriptorSet(file=[side[f"c{number}.proto"]]) for side in sides)
        result[name] = compare_protos(old, new, surface)
    return result


def test_the_verdicts_are_bufs(
    ours: dict[str, list[Change]], verdicts: dict[str, set[str]], categories: dict[str, set[str]]
) -> None:
    wrong = []
    for name, changes in ours.items():
        kinds = {change.kind for change in changes}
        if kinds & DIFFERENCES.keys():
            continue
        for member, category in WORDS.items():
            we = any(getattr(change, member) is BREAKING for change in changes)
            they = {rule for rule in verdicts[name] if category in categories[rule]}
            if we != bool(they):
                wrong.append(f"{name}: {category}: we say {we} for {sorted(kinds)}, buf says {sorted(they)}")
    assert wrong == []


def test_where_we_differ_we_do_and_the_table_says_why(
    ours: dict[str, list[Change]], verdicts: dict[str, set[str]], categories: dict[str, set[str]]
) -> None:
    met = set()
    for name, changes in ours.items():
        for kind in {change.kind for change in changes} & DIFFERENCES.keys():
            for member, category in WORDS.items():
                we = any(getattr(change, member) is BREAKING for change in changes)
                if we != any(category in categories[rule] for rule in verdicts[name]):
                    met.add(kind)
    assert met == DIFFERENCES.keys(), "an entry that no case shows to be needed, or a difference that has no entry"


KINDS = {
    "nothing": set(),
    "comment": {"text-only"},
    "fields reordered": {"text-only"},
    "messages reordered": {"text-only"},
    "methods reordered": {"text-only"},
    "enum values reordered": {"text-only"},
    "reserved range split": set(),
    "field added": {"field-added"},
    "field removed": {"field-removed"},
    "field renamed": {"field-renamed"},
    "field renumbered": {"field-renumbered"},
    "fields swapped": {"number-reused"},
    "into a oneof": {"oneof-changed", "oneof-added", "label-changed"},
    "out of a oneof": {"oneof-changed", "label-changed"},
    "to another oneof": {"oneof-changed"},
    "oneof renamed": {"oneof-renamed"},
    "used message renamed": {"message-renamed"},
    "used enum renamed": {"enum-renamed"},
    "request renamed": {"message-renamed"},
    "enum value added": {"value-added"},
    "enum value renumbered": {"value-renumbered"},
    "enum alias added": {"alias-changed", "option-changed"},
    "method renamed": {"rpc-renamed"},
    "server streaming begins": {"streaming-changed"},
    "idempotency": {"idempotency-changed"},
    "deprecated": {"deprecated"},
    "plain string to optional": {"label-changed"},
    "optional Part to plain": set(),
    "int32 to int64": {"field-retyped"},
}


@pytest.mark.parametrize("name", KINDS)
def test_each_kind_of_change_is_called_what_it_is(ours: dict[str, list[Change]], name: str) -> None:
    assert {change.kind for change in ours[name]} == KINDS[name]
