"""A proto file of another syntax than proto3 costs itself and what needs it, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.errors import SpecError
from generator.operands import diff
from generator.spec.load import load
from generator.spec.protos import read_protos

OLD = """syntax = "proto2";
package old;
message Held { required int32 a = 1; message Within { optional int32 b = 1; } }
"""
NEW = """syntax = "proto3";
package new;
import "old.proto";
// Stands alone.
message Plain { int32 a = 1; }
// Holds one of theirs.
message Tainted { message Inner { repeated old.Held.Within held = 1; } Inner inner = 1; }
message Around { Tainted tainted = 1; }
// The last one.
message Last { int32 b = 1; }
service Both {
  rpc Good(Plain) returns (Last);
  rpc Bad(Plain) returns (Around);
  rpc Worse(old.Held) returns (Plain);
}
"""
NOTES = (
    "old.proto is left out: its syntax is proto2; only proto3 is supported",
    "new.Tainted is left out: it holds .old.Held.Within",
    "new.Around is left out: it holds .new.Tainted",
    "new.Both.Bad is left out: it needs new.Around",
    "new.Both.Worse is left out: it needs old.Held",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    proto = tmp_path / "spec" / "proto"
    proto.mkdir(parents=True)
    (proto / "old.proto").write_text(OLD)
    (proto / "new.proto").write_text(NEW)
    return proto


def test_what_needs_another_syntax_is_left_out_and_named(folder: Path) -> None:
    protos, descriptors = read_protos(folder)
    assert protos.notes == NOTES
    assert [rpc.name for rpc in protos.rpcs] == ["Good"]
    assert {name: message.doc for name, message in protos.messages.items()} == {
        "new.Last": "The last one.",
        "new.Plain": "Stands alone.",
    }
    assert [file.name for file in descriptors.file] == ["new.proto"]


def test_a_comparison_is_of_all_or_refused(folder: Path) -> None:
    with pytest.raises(SpecError, match="only proto3 is supported"):
        diff(str(folder.parent), str(folder.parent), folder.parent.parent)


def test_nothing_left_is_said_with_the_reason(folder: Path) -> None:
    (folder / "new.proto").unlink()
    (folder.parent / "sources.toml").touch()
    with pytest.raises(SpecError) as raised:
        load(folder.parent.parent)
    assert raised.value.problems[1:] == NOTES[:1]
