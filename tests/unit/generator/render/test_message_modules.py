"""The message modules: the same bytes from every protoc, and classes as protobuf's own."""

from __future__ import annotations

import copy
import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest
from google.protobuf.message import Message

from generator.render import messages
from generator.spec.protos import read_protos
from tests.unit.generator.conftest import Compile

ROOT = Path(__file__).resolve().parents[4]
NESTED = """
syntax = "proto3"; package it;
import "google/protobuf/timestamp.proto";
enum Kind { NONE = 0; SOME = 1; }
message Outer {
  enum State { IDLE = 0; BUSY = 1; }
  message Inner { message Leaf { string name = 1; } Leaf leaf = 1; State state = 2; }
  Inner inner = 1;
  map<string, Inner> by_name = 2;
  google.protobuf.Timestamp at = 3;
  Kind kind = 4;
}
"""
# Everything that a protoc might say in its own way: names of JSON, options, order, presence, what is reserved.
ODD = """
syntax = "proto3"; package odd.one;
import "google/protobuf/struct.proto"; import "google/protobuf/timestamp.proto";
option java_package = "x.y";
enum Two { option allow_alias = true; ZERO = 0; NIL = 0; ONE = 1 [deprecated = true]; reserved 5 to 9; }
message B { reserved 3, 10 to 20; reserved "old"; optional string a_b = 2 [json_name = "other"]; optional int32 c__d = 1; }
message A {
  option deprecated = true;
  oneof pick { B b = 4; string s = 1; }
  repeated int32 packed = 2 [packed = false]; map<int64, B> bs = 3; google.protobuf.Struct free = 9;
  google.protobuf.Timestamp at = 8; message B { Two two = 1; } B mine = 7; optional double f = 6;
}
service S { rpc Call(A) returns (stream B); }
"""
RENDER = """
import sys
from pathlib import Path
from generator.render import messages
from generator.spec.protos import read_protos

for folder in sys.argv[1:]:
    protos, files = read_protos(Path(folder))
    print(protos)
    for name, file in messages.relocate(files, "some.package.proto").items():
        print(name, messages.parts(file))
"""


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    folder = tmp_path / "odd"
    folder.mkdir()
    (folder / "odd.proto").write_text(ODD, encoding="utf-8")
    return folder


@pytest.mark.parametrize("resolution", ["lowest-direct", "highest"])
def test_the_oldest_and_the_newest_protoc_give_the_same_bytes(resolution: str, odd: Path, tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    install = ["uv", "pip", "install", "--quiet", "--only-binary", ":all:", "--target", str(tools)]
    wanted = ["--python", sys.executable, "--resolution", resolution, "grpcio-tools>=1.64"]
    subprocess.run([sys.executable, "-m", *install, *wanted], check=True, timeout=100)
    folders = [ROOT / "spec" / "proto", odd]
    done = subprocess.run(
        [sys.executable, "-c", RENDER, *map(str, folders)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(tools), str(ROOT)])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    said = []
    for folder in folders:
        protos, result = read_protos(folder)
        relocated = messages.relocate(result, "some.package.proto")
        said += [str(protos), *(f"{name} {messages.parts(file)}" for name, file in relocated.items())]
    assert done.stdout.splitlines() == said


def test_messages_within_messages_are_attributes_and_survive_pickling_and_copying(compile_proto: Compile) -> None:
    package = compile_proto(NESTED)
    pb = package.proto.it_pb2
    leaf = pb.Outer.Inner.Leaf(name="n")
    assert isinstance(leaf, Message)
    assert pb.Outer.Inner.Leaf.__qualname__ == "Outer.Inner.Leaf"
    assert pb.Outer.Inner.Leaf.__module__ == f"{package.__name__}.proto.it_pb2"
    whole = pb.Outer(inner=pb.Outer.Inner(leaf=leaf, state=pb.Outer.BUSY), kind=pb.SOME)
    whole.by_name["k"].leaf.CopyFrom(leaf)
    for item in (leaf, whole):
        assert pickle.loads(pickle.dumps(item)) == item
        assert copy.deepcopy(item) == item
        assert type(item).FromString(item.SerializeToString()) == item


def test_enums_know_their_names_and_numbers(compile_proto: Compile) -> None:
    pb = compile_proto(NESTED).proto.it_pb2
    assert (pb.Kind.Name(1), pb.Kind.Value("SOME"), pb.SOME) == ("SOME", 1, 1)
    assert (pb.Outer.State.keys(), pb.Outer.State.values(), pb.Outer.BUSY) == (["IDLE", "BUSY"], [0, 1], 1)


def test_a_file_in_parts_is_the_file_as_a_whole(odd: Path) -> None:
    file = messages.relocate(read_protos(odd)[1], "some.package")["odd.proto"]
    assert type(file).FromString(b"".join(messages.parts(file))) == file


def test_a_changed_message_changes_one_part(odd: Path) -> None:
    def parts() -> list[bytes]:
        return messages.parts(messages.relocate(read_protos(odd)[1], "some.package")["odd.proto"])

    before = parts()
    (odd / "odd.proto").write_text(ODD.replace("optional double f = 6", "optional double f = 66"), encoding="utf-8")
    assert sum(old != new for old, new in zip(before, parts(), strict=True)) == 1
