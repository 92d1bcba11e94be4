"""From wheels to spec/proto: exactly what the services use, in one canonical text, with our comments."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from google.protobuf import descriptor_pb2 as d

from generator.errors import SpecError
from generator.spec import proto_comments as comments
from generator.spec.protos import read_protos
from generator.spec.prototext import render
from generator.upstream import prune, pull, wheels
from tests.unit.generator.wheel_maker import descriptors, proto_wheel

SHARED = 'syntax = "proto3"; package shared; message Shared { string a = 1; } message Unused {}'
MAIN = """
syntax = "proto3";
package main.v1;
import "shared.proto";
import "google/protobuf/timestamp.proto";
import "google/protobuf/struct.proto";
service Things {
  rpc Get(GetRequest) returns (stream Thing);
  rpc Put(stream Thing) returns (GetRequest) { option deprecated = true; option idempotency_level = IDEMPOTENT; }
}
service Other { rpc Look(Lonely) returns (Lonely); }
message Lonely { google.protobuf.Struct s = 1; }
message GetRequest {}
message Thing {
  enum Kind {
    option allow_alias = true; reserved 5, 7 to 9, 100 to max; reserved "GONE";
    A = 0; B = 1; C = 1 [deprecated = true]; D = -3;
  }
  message shared { string x = 1; }
  message Inner { Kind kind = 1; Thing parent = 2; }
  reserved 2, 4 to 6, 1000 to max;
  reserved "old", "older";
  optional Kind kind = 1;
  oneof which { string text = 3; bytes data = 10; .shared.Shared ours = 11; }
  map<string, Inner> by_name = 12;
  map<int64, string> by_id = 13;
  repeated int32 loose = 14 [packed = false];
  string odd_name = 15 [json_name = "strange\\"Name", deprecated = true];
  google.protobuf.Timestamp at = 16;
  shared own = 17;
  repeated Inner inner = 18;
  optional string maybe = 19;
  sint64 z = 20; fixed32 f = 21; sfixed64 g = 22; double h = 23;
}
"""
SOURCES = """# ours
[output]
package = "made"
folder = "out"

[proto]
services = ["main.v1.Things"]

[wheel.main-proto]
# the newest that works
version = "1.0"

[wheel.shared-proto]
version = "1.0"
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    links = tmp_path / "links"
    proto_wheel(links, "main-proto", "1.0", main=MAIN, shared=SHARED)
    (links / "main_proto-1.0-py3-none-any.whl").unlink()
    result = descriptors(main=MAIN, shared=SHARED)
    _wheel(links, "main-proto", "1.0", result["main.proto"])
    _wheel(links, "shared-proto", "1.0", result["shared.proto"])
    spec = tmp_path / "project" / "spec"
    spec.mkdir(parents=True)
    (spec / "sources.toml").write_text(SOURCES)
    return tmp_path / "project"


def _wheel(folder: Path, name: str, version: str, file: d.FileDescriptorProto) -> Path:
    from tests.unit.generator.wheel_maker import MODERN, write_wheel

    module = f"pkg/{file.name.removesuffix('.proto')}_pb2.py"
    return write_wheel(folder, name, version, {module: MODERN.format(content=file.SerializeToString())})


@pytest.fixture
def fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read wheels from the folder straight away: pip itself is exercised elsewhere, and takes a second a time."""

    def fetch(name: str, version: str, *, find_links: Path | None = None) -> wheels.Wheel:
        assert find_links is not None
        stem = name.replace("-", "_")
        paths = sorted(find_links.glob(f"{stem}-*.whl" if version == "newest" else f"{stem}-{version}-*.whl"))
        return wheels.read(paths[-1])

    monkeypatch.setattr(pull, "fetch", fetch)


def run(project: Path, **versions: str) -> pull.Pulled:
    named = {name.replace("_", "-"): version for name, version in versions.items()}
    return pull.pull(project, versions=named, find_links=project.parent / "links")


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_what_the_services_reach_is_there_whole_and_nothing_else(project: Path, fetched: None) -> None:
    done = run(project)
    assert done.changed == ("proto/main.proto", "proto/shared.proto", "sources.toml")
    compiled, result = read_protos(project / "spec" / "proto")
    assert [rpc.path for rpc in compiled.rpcs] == ["/main.v1.Things/Get", "/main.v1.Things/Put"]
    assert sorted(compiled.messages) == [
        "main.v1.GetRequest", "main.v1.Thing", "main.v1.Thing.Inner", "main.v1.Thing.shared", "shared.Shared",
    ]  # fmt: skip
    original = descriptors(main=MAIN, shared=SHARED)["main.proto"]
    ours = next(file for file in result.file if file.name == "main.proto")
    ours.ClearField("source_code_info")
    assert list(ours.dependency) == ["shared.proto", "google/protobuf/timestamp.proto"]
    thing, theirs = (next(m for m in file.message_type if m.name == "Thing") for file in (ours, original))
    assert {f.number: f for f in thing.field} == {f.number: f for f in theirs.field}
    assert thing.enum_type == theirs.enum_type
    assert thing.reserved_name == theirs.reserved_name and thing.reserved_range == theirs.reserved_range
    assert ours.service[0] == original.service[0]


def test_the_pins_are_recorded_and_a_second_run_changes_nothing(project: Path, fetched: None) -> None:
    run(project)
    text = (project / "spec" / "sources.toml").read_text()
    assert text.startswith("# ours\n") and "# the newest that works" in text
    digest = wheels.read(project.parent / "links" / "main_proto-1.0-py3-none-any.whl").sha256
    assert f'version = "1.0"\nsha256 = "{digest}"' in text
    before = tree(project)
    stamps = {path: path.stat().st_mtime_ns for path in project.rglob("*")}
    assert run(project).changed == ()
    assert tree(project) == before
    assert {path: path.stat().st_mtime_ns for path in project.rglob("*")} == stamps


def test_another_wheel_under_a_recorded_version_is_refused(project: Path, fetched: None) -> None:
    run(project)
    changed = descriptors(shared=SHARED.replace("a = 1", "a = 2"))["shared.proto"]
    _wheel(project.parent / "links", "shared-proto", "1.0", changed)
    before = tree(project)
    with pytest.raises(SpecError, match="another file under the same version"):
        run(project)
    assert tree(project) == before


def test_comments_follow_what_they_stand_at(project: Path, fetched: None) -> None:
    run(project)
    path = project / "spec" / "proto" / "main.proto"
    text = path.read_text()
    for old, new in {
        "syntax": "// About the file.\n//\n//   indented: é\nsyntax",
        "service Things": "// The service.\nservice Things",
        "  rpc Get(": "  // A method.\n  rpc Get(",
        "message Thing {": "// A message.\nmessage Thing {",
        "  enum Kind {": "  // An enum.\n  enum Kind {",
        "    B = 1;": "    // A value.\n    B = 1;",
        "  oneof which": "  // A oneof.\n  oneof which",
        "    bytes data": "    // In a oneof.\n    bytes data",
        "  optional string maybe": "  // A field.\n  optional string maybe",
        "  sint64 z = 20;": "  // Which goes.\n  sint64 z = 20;",
        "  fixed32 f = 21;": "  // Which gets another name.\n  fixed32 f = 21;",
    }.items():
        assert old in text, old
        text = text.replace(old, new, 1)
    path.write_text(text)
    assert run(project).changed == ()

    newer = MAIN.replace("sint64 z = 20;", "").replace("fixed32 f = 21", "fixed32 ff = 21")
    newer = (
        newer.replace("optional string maybe = 19;", "").replace(
            "map<int64, string> by_id = 13;",
            "optional string maybe = 19; map<int64, string> by_id = 13; Fresh fresh = 30;",
        )
        + "message Fresh {}"
    )
    _wheel(project.parent / "links", "main-proto", "1.1", descriptors(main=newer, shared=SHARED)["main.proto"])
    done = run(project, main_proto="newest")
    assert "main-proto 1.0 -> 1.1" in done.versions
    assert sorted(done.notes) == [
        "main.v1.Fresh has no comment yet",
        "main.v1.GetRequest has no comment yet",
        "main.v1.Thing.Inner has no comment yet",
        "main.v1.Thing.shared has no comment yet",
        "main.v1.Thing.z is gone, and with it its comment: Which goes.",
        "shared.Shared has no comment yet",
        "the comment of main.v1.Thing.f moved to main.v1.Thing.ff, which has its number; see whether it still fits",
    ]
    text = path.read_text()
    kept = ["About the file.", "  indented: é", "The service.", "A method.", "A message.", "An enum.", "A value.",
            "A oneof.", "In a oneof.", "A field.", "Which gets another name."]  # fmt: skip
    assert [line for line in kept if f"// {line}\n" not in text] == []
    assert "// Which gets another name.\n  fixed32 ff = 21;" in text
    assert "Which goes" not in text


def test_block_and_trailing_comments_come_out_in_one_form(tmp_path: Path) -> None:
    text = 'syntax = "proto3";\n/* One\n * two. */\nmessage A {\n  string b = 1; // After it.\n}\n'
    (tmp_path / "it.proto").write_text(text)
    _, result = read_protos(tmp_path)
    said = comments.collect(result)
    assert said == {"A": ("One", "two. "[:-1]), "A.b": ("After it.",)}
    rendered = render(result.file[0], said, frozenset({"A"}))
    assert "// One\n// two.\nmessage A {\n  // After it.\n  string b = 1;\n}\n" in rendered


def test_a_file_that_is_no_longer_used_goes(project: Path, fetched: None) -> None:
    run(project)
    newer = MAIN.replace(".shared.Shared ours = 11;", "").replace('import "shared.proto";', "")
    _wheel(project.parent / "links", "main-proto", "1.1", descriptors(main=newer)["main.proto"])
    assert "proto/shared.proto" in run(project, main_proto="1.1").changed
    assert sorted(path.name for path in (project / "spec" / "proto").iterdir()) == ["main.proto"]


def test_a_write_that_fails_leaves_everything_as_it_was(
    project: Path, fetched: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = tree(project)
    write, calls = Path.write_bytes, []

    def failing(path: Path, content: bytes) -> int:
        calls.append(path)
        if len(calls) == 2:
            raise OSError("no space left on device")
        return write(path, content)

    monkeypatch.setattr(Path, "write_bytes", failing)
    with pytest.raises(OSError, match="no space"):
        run(project)
    assert tree(project) == before
    monkeypatch.undo()


def refused(services: list[str], **files: d.FileDescriptorProto) -> str:
    held = {file.name: file for file in files.values()}
    with pytest.raises(SpecError) as caught:
        prune.reachable([wheels.Wheel("it", "1", "0" * 64, held)], services)
    return str(caught.value)


def sound() -> d.FileDescriptorProto:
    text = 'syntax = "proto3"; package p; service S { rpc R(A) returns (A); } message A { A a = 1; }'
    return descriptors(it=text)["it.proto"]


def test_what_would_not_be_proto3_text_is_refused() -> None:
    changes: dict[str, Callable[[d.FileDescriptorProto], object]] = {
        "none of the wheels": lambda f: setattr(f.service[0], "name", "Other"),
        "is not a name": lambda f: setattr(f.message_type[0].field[0], "name", 'x = 2; } import "y'),
        "is not the name of a package": lambda f: setattr(f, "package", "p; option x = 1"),
        "is not the full name of a type": lambda f: setattr(f.message_type[0].field[0], "type_name", ".p.A a = 1;"),
        "only proto3": lambda f: setattr(f, "syntax", "proto2"),
        "extensions are not supported": lambda f: f.extension.add(name="x", number=1),
        "groups": lambda f: setattr(f.message_type[0].field[0], "type", d.FieldDescriptorProto.TYPE_GROUP),
        "is in none of the files": lambda f: setattr(f.message_type[0].field[0], "type_name", ".p.Missing"),
        "none of the wheels holds": lambda f: f.dependency.append("missing.proto"),
        "there is no type": lambda f: setattr(f.message_type[0].field[0], "type_name", ".google.protobuf.Nope"),
        "both define": lambda f: f.message_type.add(name="A"),
    }
    for said, change in changes.items():
        file = sound()
        change(file)
        services = ["p; option x = 1.S"] if "package" in said else ["p.S"]
        assert said in refused(services, it=file), said


def test_a_file_name_that_leads_elsewhere_is_refused() -> None:
    for name in ("../it.proto", "/it.proto", "a\\it.proto", "it.txt", "C:it.proto"):
        file = sound()
        file.name = name
        assert "is not the name of a proto file" in refused(["p.S"], it=file)


def test_wheels_that_disagree_on_a_needed_file_are_refused() -> None:
    one, other = sound(), sound()
    other.message_type[0].field[0].number = 9
    held = [wheels.Wheel(name, "1", "0" * 64, {"it.proto": file}) for name, file in (("a", one), ("b", other))]
    with pytest.raises(SpecError, match=r"it\.proto is not the same in a 1 and b 1"):
        prune.reachable(held, ["p.S"])


def test_deep_nesting_is_refused() -> None:
    file = sound()
    inner = file.message_type[0]
    for _ in range(40):
        inner = inner.nested_type.add(name="N")
    assert "nested more than" in refused(["p.S"], it=file)


def test_options_of_upstreams_own_are_left_out_and_said() -> None:
    file = sound()
    # An option that an extension of upstream's defines: a field number that protobuf itself does not know.
    file.message_type[0].options.MergeFromString(b"\xc2\x3e\x03abc")
    result = prune.reachable([wheels.Wheel("it", "1", "0" * 64, {"it.proto": file})], ["p.S"])
    assert result.dropped == ("it.proto: A has an option of upstream's own, which is left out",)
    assert not result.files[0].message_type[0].HasField("options")


def test_a_name_is_never_spelled_so_that_it_means_another() -> None:
    text = """syntax = "proto3"; package a.b; service S { rpc R(M) returns (M); }
    message M {
      message a { string x = 1; } message b { string x = 1; } message M { string y = 1; }
      .a.b.M own = 1; M inner = 2; b nested = 3; .a.b.N other = 4; a last = 5; }
    message N { M m = 1; M.b mb = 2; }"""
    files = descriptors(it=text)
    result = prune.reachable([wheels.Wheel("it", "1", "0" * 64, files)], ["a.b.S"])
    rendered = render(result.files[0], {}, result.symbols)
    again = descriptors(it=rendered)["it.proto"]
    assert again == files["it.proto"]
    assert ".a.b.M own = 1;" in rendered and "  N other = 4;" in rendered
