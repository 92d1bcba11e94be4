"""The command: every kind of operand, who of the surface is concerned, the three forms, and the exit status."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from generator import __main__ as command
from generator.errors import SpecError
from generator.operands import diff
from tests.unit.generator.wheel_maker import proto_wheel

PROTO = """syntax = "proto3";
package shop;
service Shop {
  rpc List(ListRequest) returns (ListResult);
  rpc Make(MakeRequest) returns (Item);
  rpc Hidden(HiddenRequest) returns (HiddenResult);
}
message ListRequest { optional string color = 1; bool internal = 2; }
message ListResult { repeated Item items = 1; }
// An item.
message Item { string name = 1; State state = 2; Detail detail = 3; string secret = 4; }
message Detail { int32 weight = 1; }
message MakeRequest { string name = 1; Options options = 2; }
message Options { bool wrapped = 1; }
message HiddenRequest { string x = 1; }
message HiddenResult { string y = 1; }
enum State { NEW = 0; SOLD = 1; }
"""
MAPPING = """
[rpc.List]
surface = "items.list"
params = { color = "colour" }
fixed = { internal = "always false" }
[rpc.Make]
surface = "items.make"
[rpc.Hidden]
waived = "not for users"
[rest.flush]
surface = "queue.flush"
params = { app_name = "app" }
[model.Item]
message = "shop.Item"
rename = { name = "title" }
waived_fields = { secret = "never shown" }
"""
DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "T", "version": "1"},
    "paths": {
        "/queue": {
            "delete": {
                "operationId": "flush",
                "parameters": [{"name": "app_name", "in": "query", "required": True, "schema": {"type": "string"}}],
                "responses": {"204": {"description": "gone"}},
            }
        }
    },
}
SOURCES = """[output]
package = "made"
folder = "out"
[proto]
services = ["shop.Shop"]
[wheel.shop-proto]
version = "1.0"
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a project in a git repository with one commit."""
    spec = tmp_path / "project" / "spec"
    (spec / "proto").mkdir(parents=True)
    (spec / "openapi").mkdir()
    (spec / "proto" / "shop.proto").write_text(PROTO)
    (spec / "openapi" / "queue.json").write_text(json.dumps(DOCUMENT))
    (spec / "mapping.toml").write_text(MAPPING)
    (spec / "sources.toml").write_text(SOURCES)
    project = tmp_path / "project"
    who = ["-c", "user.name=n", "-c", "user.email=e@example.com", "-c", "commit.gpgsign=false"]
    for arguments in (["init", "-q"], ["add", "."], [*who, "commit", "-q", "-m", "first"]):
        subprocess.run(["git", "-C", str(project), *arguments], check=True)
    return project


def edit(root: Path, *pairs: tuple[str, str], file: str = "proto/shop.proto") -> None:
    path = root / "spec" / file
    text = path.read_text()
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text)


def verdicts(root: Path) -> dict[str, tuple[str, str, tuple[str, ...]]]:
    report = diff("HEAD:", str(root / "spec"), root)
    return {change.where: (change.kind, change.on_surface.label, change.users) for change in report.changes}


def test_users_of_the_surface_are_reported_by_the_names_that_they_know(root: Path) -> None:
    edit(
        root,
        ("string name = 1; State", "string label = 1; State"),
        ("optional string color = 1; bool internal = 2;", "optional int32 color = 1; int32 internal = 2;"),
        ("string secret = 4;", ""),
        ("int32 weight = 1;", "int64 weight = 1;"),
        ("bool wrapped = 1;", ""),
        ("string x = 1;", ""),
        ("NEW = 0; SOLD = 1;", "NEW = 0; GONE = 1; LOST = 2;"),
    )
    assert verdicts(root) == {
        "shop.Item.name": ("field-renamed", "breaking", ("Item.title",)),
        "shop.ListRequest.color": ("field-retyped", "breaking", ("items.list(colour=)",)),
        "shop.ListRequest.internal": ("field-retyped", "breaking", ("items.list",)),
        "shop.Item.secret": ("field-removed", "none", ()),
        "shop.Detail.weight": ("field-retyped", "breaking", ("Detail.weight",)),
        "shop.Options.wrapped": ("field-removed", "breaking", ("items.make",)),
        "shop.HiddenRequest.x": ("field-removed", "none", ()),
        "shop.State.SOLD": ("value-renamed", "breaking", ("State",)),
        "shop.State.LOST": ("value-added", "compatible", ("State",)),
    }


def test_a_mapping_that_keeps_the_users_name_takes_the_harm_away(root: Path) -> None:
    edit(root, ("string name = 1; State", "string label = 1; State"), ("string color", "string tint"))
    edit(root, ('name = "title"', 'label = "title"'), ('color = "colour"', 'tint = "colour"'), file="mapping.toml")
    assert {where: surface for where, (_, surface, _) in verdicts(root).items()} == {
        "shop.Item.name": "compatible",
        "shop.ListRequest.color": "compatible",
        "model.Item": "none",
        "rpc.List": "compatible",
    }


def test_methods_and_rest_operations_are_reported_too(root: Path) -> None:
    edit(root, ("rpc Make(MakeRequest) returns (Item);", ""), ("rpc List(", "rpc Enumerate("))
    edit(root, ('"app_name"', '"application"'), file="openapi/queue.json")
    assert verdicts(root) == {
        "shop.Shop.Make": ("rpc-removed", "breaking", ("items.make",)),
        "shop.Shop.List": ("rpc-renamed", "breaking", ("items.list",)),
        "DELETE /queue query app_name": ("parameter-removed", "breaking", ("queue.flush(app=)",)),
        "DELETE /queue query application": ("parameter-added", "breaking", ("queue.flush",)),
    }


def test_every_kind_of_operand_is_read(root: Path, tmp_path: Path) -> None:
    edit(root, ("int32 weight = 1;", "int32 weight = 1; int32 height = 2;"))
    links = tmp_path / "links"
    proto_wheel(links, "shop-proto", "1.0", shop=PROTO)
    spec = root / "spec"
    shutil.copyfile(spec / "proto" / "shop.proto", tmp_path / "newer.proto")
    (tmp_path / "older.proto").write_text(PROTO)
    (tmp_path / "other.json").write_text(json.dumps({**DOCUMENT, "paths": {}}))
    for old, new in (
        ("HEAD:", str(spec)),
        ("HEAD:spec", str(spec)),
        ("HEAD:spec/proto/shop.proto", str(spec / "proto" / "shop.proto")),
        (str(tmp_path / "older.proto"), str(tmp_path / "newer.proto")),
        ("shop-proto==1.0", str(spec)),
    ):
        report = diff(old, new, root, find_links=links)
        assert [
            (change.kind, change.where)
            for change in report.changes
            if change.wire == "grpc" and change.kind != "text-only"
        ] == [("field-added", "shop.Detail.height")], (old, new)
    report = diff(str(spec / "openapi" / "queue.json"), str(tmp_path / "other.json"), root)
    assert [(change.kind, change.users) for change in report.changes] == [("operation-removed", ("queue.flush",))]


def test_what_is_not_an_operand_is_refused(root: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "it.txt").write_text("x")
    (tmp_path / "bad.proto").write_text("syntax =")
    (tmp_path / "bad.json").write_text("{")
    spec = str(root / "spec")
    for operand, said in {
        "nowhere": "no such file or folder",
        "nowhere:": "git says",
        "HEAD:nowhere": "git says",
        "HEAD:../..": "is not a revision and path",
        "--output=x:spec": "is not a revision and path",
        "other==1.0": r"sources.toml has no \[wheel.other\]",
        "shop-proto==--x": "is not a version",
        str(tmp_path / "empty"): "neither a .proto nor an OpenAPI document",
        str(tmp_path / "it.txt"): "neither .proto nor",
        str(tmp_path / "bad.proto"): "bad.proto",
        str(tmp_path / "bad.json"): "neither YAML nor JSON",
    }.items():
        with pytest.raises(SpecError, match=said):
            diff(operand, spec, root)
    with pytest.raises(SpecError, match="nothing in common"):
        diff(f"{spec}/proto/shop.proto", f"{spec}/openapi/queue.json", root)


def run(root: Path, *arguments: str) -> int:
    return command.main(["--root", str(root), "diff", "HEAD:", str(root / "spec"), *arguments])


def test_the_exit_status_is_by_the_severity_asked_for(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert [run(root, "--fail-on", limit) for limit in ("breaking", "any", "none")] == [0, 0, 0]
    assert "nothing changed" in capsys.readouterr().out
    edit(root, ("// An item.", "// A thing."))
    assert [run(root, "--fail-on", limit) for limit in ("breaking", "any", "none")] == [0, 1, 0]
    assert "1 text only" in capsys.readouterr().out
    edit(root, ("string secret = 4;", ""))
    assert [run(root, "--fail-on", limit) for limit in ("breaking", "any", "none")] == [1, 1, 0]
    assert run(root) == 0
    assert command.main(["--root", str(root), "diff", "nowhere", "nowhere"]) == 1


def test_the_forms_say_the_same(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(root, ("int32 weight = 1;", "map<string, int32> weight = 1;"), ("// An item.", "// A thing."))
    run(root)
    terminal = capsys.readouterr().out
    assert terminal.splitlines()[0].endswith(": 2 breaking, 1 text only")
    assert "  gRPC shop.Detail.weight was int32 and is map<string, int32>" in terminal
    assert "wire: breaking  code: breaking  surface: breaking  (Detail.weight)" in terminal
    assert "\033" not in terminal
    run(root, "--format", "markdown")
    markdown = capsys.readouterr().out
    assert markdown.startswith("## Upstream: HEAD: to ")
    row = "| gRPC | shop.Detail.weight was int32 and is map&lt;string, int32> | breaking | breaking | breaking: `Detail.weight` |"
    assert row in markdown.splitlines()
    assert "### Text only" in markdown
    run(root, "--format", "json")
    content = json.loads(capsys.readouterr().out)
    assert content["worst"] == "breaking" and content["counts"]["none"] == 1
    assert content["changes"][0]["severity"] == {
        "on_wire": "breaking", "as_json": "breaking", "in_code": "breaking", "on_surface": "breaking",
    }  # fmt: skip


def test_a_working_tree_is_left_alone_by_reading_a_revision(root: Path) -> None:
    edit(root, ("// An item.", "// A thing."))
    before = subprocess.run(
        ["git", "-C", str(root), "status", "--short"], capture_output=True, text=True, check=True
    ).stdout
    diff("HEAD:", str(root / "spec"), root)
    after = subprocess.run(
        ["git", "-C", str(root), "status", "--short"], capture_output=True, text=True, check=True
    ).stdout
    assert before == after == " M spec/proto/shop.proto\n"


@pytest.mark.parametrize("name", ["docs/regenerate.md", ".github/workflows/regenerate.yml"])
def test_what_the_documentation_calls_is_there(name: str) -> None:
    text = (Path(command.__file__).resolve().parent.parent / name).read_text()
    if name.endswith(".yml"):
        steps = yaml.safe_load(text)["jobs"]["regenerate"]["steps"]
        text = "\n".join(step.get("run", "") for step in steps)
    calls = re.findall(r"python -m generator (\w+)([^\n`|]*)", text)
    assert calls
    for word, rest in calls:
        done = subprocess.run(
            [sys.executable, "-m", "generator", word, "--help"], capture_output=True, text=True, check=True,
            cwd=Path(command.__file__).resolve().parent.parent,
        )  # fmt: skip
        for option in re.findall(r"--[a-z-]+", rest):
            assert option in done.stdout, (word, option)


def test_a_name_of_upstreams_cannot_steer_the_terminal(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(root, ('"app_name"', '"app\\u001b[2J\\nname"'), file="openapi/queue.json")
    run(root)
    text = capsys.readouterr().out
    assert "\033" not in text and "query app?[2J?name is new" in text
    run(root, "--format", "markdown")
    assert "query app?[2J name is new" in capsys.readouterr().out
