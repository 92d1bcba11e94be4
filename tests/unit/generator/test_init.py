"""A client of a service of ours is begun with one command, called sync and async, and typed."""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import re
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import grpc
import pytest
import uvicorn

from fal.exceptions import (
    ConfigurationError,
    DeadlineExceeded,
    InvalidType,
    NotFound,
    PermissionDenied,
    Unauthenticated,
)
from generator.__main__ import main
from generator.errors import SpecError
from generator.init import init
from tests.support.pages import blocks

ROOT = Path(__file__).resolve().parents[3]
DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "Notes", "version": "1"},
    "paths": {
        "/notes/{id}": {
            "get": {
                "operationId": "readNote",
                "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}],
                "responses": {
                    "200": {
                        "description": "The note.",
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Note"}}},
                    }
                },
            }
        },
        "/bad": {"get": {"responses": {"200": {"$ref": "other.yaml#/X"}}}},
        "/files": {"put": {"servers": [{"url": "https://files.test/v2"}], "responses": {"204": {"description": "ok"}}}},
    },
    "components": {
        "schemas": {
            "Note": {"type": "object", "required": ["text"], "properties": {"text": {"type": "string"}}},
        }
    },
}
KINDS = 'syntax = "proto3";\npackage notes.kinds;\nmessage Kind { string name = 1; }\n'
SHOWN = 'syntax = "proto3";\npackage notes.shown;\nimport public "deep/kinds.proto";\n'
PROTO = """syntax = "proto3";
package notes.v1;
import "google/protobuf/wrappers.proto";
import "deep/shown.proto";
message Ask { string name = 1; }
message Seen { notes.kinds.Kind kind = 1; repeated notes.kinds.Kind others = 2; }
message Told { string text = 1; google.protobuf.StringValue more = 2; }
service Greeter { rpc Greet(Ask) returns (Told); }
service Parting { rpc Greet(Ask) returns (Told); }
message Odd {
  string self = 1; repeated string list = 2; float float = 3; string None = 4; string from = 5; string models = 6;
  optional string wellknown = 7; optional string Any = 8; string WhichOneof = 9; string a = 10; string A = 11; Odd Odd = 12;
  string field = 13; map<string, int32> dict = 14; string __slots__ = 15; optional Colour Colour = 16; Colour colour = 17;
  job job = 18; models_pb2 held = 19; HTTPInfo info = 20; HttpInfo other = 21; List lists = 22; Any any = 23; bytes str = 24;
}
message Hiding {
  optional string HasField = 1; optional int32 Clear = 2; optional Ask SerializeToString = 3; optional string DESCRIPTOR = 4;
  repeated string MergeFrom = 5; map<string, Ask> ByteSize = 6; oneof ClearField { string FromString = 7; Ask CopyFrom = 8; }
  optional bool Extensions = 9; google.protobuf.StringValue ParseFromString = 10; google.protobuf.StringValue wrappers_pb2 = 11;
}
enum Colour { RED = 0; from = 1; title = 2; __init__ = 3; name = 4; }
message job { string id = 1; job job = 2; }
message models_pb2 { string id = 1; }
message HTTPInfo { int32 a = 1; }
message HttpInfo { int32 b = 1; }
message List { string x = 1; }
message Any { Message Message = 1; }
message Message { message Any { int32 n = 1; } Any any = 1; }
service Odds {
  rpc METHODS(Odd) returns (Odd); rpc import(Odd) returns (stream Odd);
  rpc GetHTTP(List) returns (List); rpc GetHttp(List) returns (List); rpc Hide(Hiding) returns (Hiding);
}
"""


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        result = self.path == "/v1/notes/7" and self.headers["Authorization"] == "Bearer t"
        body = json.dumps({"text": "seven"} if result else {"detail": "no such note"}).encode()
        number = int(self.path.rpartition("/")[2])
        self.send_response(200 if result else number if number > 400 else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_PUT(self) -> None:
        result = self.path == "/v1/other/files" and self.headers["Authorization"] == "Bearer t"
        self.send_response(204 if result else 404)
        self.end_headers()

    def log_message(self, format: str, *_: object) -> None:
        pass


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Path]:
    (tmp_path / "in" / "proto" / "deep").mkdir(parents=True)
    for name, text in {"notes": PROTO, "shown": SHOWN, "kinds": KINDS}.items():
        (tmp_path / "in" / "proto" / "deep" / f"{name}.proto").write_text(text)
    (tmp_path / "in" / "notes.json").write_text(json.dumps(DOCUMENT))
    folder = tmp_path / "notes_client"
    sources = ["--openapi", str(tmp_path / "in" / "notes.json"), "--proto", str(tmp_path / "in" / "proto")]
    assert main(["init", str(folder), *sources]) == 0
    sys.path.insert(0, str(folder / "src"))
    yield folder
    sys.path.remove(str(folder / "src"))
    for name in [name for name in sys.modules if name.split(".")[0] == "notes_client"]:
        del sys.modules[name]


def test_rest_is_called_sync_and_async(made: Path) -> None:
    rest = importlib.import_module("notes_client._gen.rest")
    assert rest.__all__ == ["put_files", "read_note"]  # what cannot be carried costs itself only
    client = importlib.import_module("notes_client.client")
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        base = f"http://127.0.0.1:{server.server_port}/v1"
        headers = {"Authorization": "Bearer t"}
        with client.client(base, headers=headers) as service:
            assert service.send(rest.read_note(7)).text == "seven"
            with pytest.raises(NotFound, match="no such note"):
                service.send(rest.read_note(8))
            # The advice is for the service that is called, and not for another one.
            for number, kind in ((401, Unauthenticated), (403, PermissionDenied), (408, DeadlineExceeded)):
                with pytest.raises(kind) as caught:
                    service.send(rest.read_note(number))
                assert "fal.ai" not in str(caught.value)
                assert re.search("`headers`|`timeout`", str(caught.value.hint))
                assert "client." not in str(caught.value.hint)

        assert client.HOSTS == {"https://files.test/v2": "https://files.test/v2"}
        with client.client(None, base.removesuffix("/v1")) as service, pytest.raises(NotFound):
            service.send(rest.read_note(7))  # it was reached, below another path
        with client.client(base, headers=headers, hosts={"https://files.test/v2": f"{base}/other"}) as service:
            assert service.send(rest.put_files()) is None
        with client.client(base, hosts={}) as service, pytest.raises(ConfigurationError, match="is not configured"):
            service.send(rest.put_files())

        async def ask() -> Any:
            async with client.async_client(base, headers=headers) as service:
                return await service.send(rest.read_note(7))

        assert asyncio.run(ask()).text == "seven"
    finally:
        server.shutdown()
        server.server_close()


def test_rpcs_of_two_services_with_one_name_are_called(made: Path) -> None:
    rpc = importlib.import_module("notes_client._gen.rpc")
    servicer: Any = importlib.import_module("notes_client._gen.servicer")
    convert = importlib.import_module("notes_client._gen.convert")
    pb = importlib.import_module("notes_client._gen.proto.deep_notes_pb2")
    client = importlib.import_module("notes_client.client")

    class Greeter(servicer.GreeterServicer):  # type: ignore[misc]
        def Greet(self, request: Any, context: Any) -> Any:
            return pb.Told(text=f"hello {request.name}")

    server = grpc.server(ThreadPoolExecutor(2))
    servicer.add_to_server(Greeter(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        with client.client(None, f"http://127.0.0.1:{port}") as service:
            told = convert.told(service.call(rpc.GREETER_GREET, pb.Ask(name="you")))
            assert (told.text, told.more) == ("hello you", None)
            # What one call needs is loaded, and no more: a service may have hundreds of messages.
            loaded = {name.removeprefix("notes_client._gen.") for name in sys.modules}
            assert "readers.told" in loaded
            assert not {"models.odd", "readers.odd", "builders.odd_message"} & loaded
            assert "Odd" not in vars(pb)
            assert rpc.PARTING_GREET.path == "/notes.v1.Parting/Greet"
            with pytest.raises(InvalidType, match=r"Greet answers once; pass it to call\(\)"):
                service.stream(rpc.GREETER_GREET, pb.Ask())
            with pytest.raises(InvalidType, match=r"import answers piece by piece; pass it to stream\(\)"):
                service.call(rpc.IMPORT, pb.Odd())
        # An address that is left out is the other one, also whether it is plain.
        with client.client(f"http://127.0.0.1:{port}") as service:
            assert service.call(rpc.GREETER_GREET, pb.Ask(name="me")).text == "hello me"
    finally:
        server.stop(None)


def test_names_that_python_or_the_generated_code_keep_arrive(made: Path) -> None:
    convert = importlib.import_module("notes_client._gen.convert")
    rpc = importlib.import_module("notes_client._gen.rpc")
    pb = importlib.import_module("notes_client._gen.proto.deep_notes_pb2")
    sent: dict[str, Any] = {
        "self": "s",
        "list": ["l"],
        "None": "n",
        "from": "f",
        "models": "m",
        "wellknown": "w",
        "Any": "y",
        "__slots__": "t",
    }
    sent |= {"a": "1", "A": "2", "Odd": pb.Odd(colour=1), "held": pb.models_pb2_(id="h"), "info": pb.HTTPInfo(a=1)}
    sent |= {"other": pb.HttpInfo(b=2), "job": pb.job(job=pb.job(id="j")), "Colour": 2, "str": b"b"}
    sent |= {"any": pb.Any(Message=pb.Message(any=pb.Message.Any(n=3)))}
    result = convert.odd(pb.Odd(**sent))
    assert (result.self_, result.list_, result.None_, result.from_, result.models) == ("s", ["l"], "n", "f", "m")
    assert (result.wellknown, result.Any_, result.field_slots, result.info.a, result.other.b) == ("w", "y", "t", 1, 2)
    assert (result.Odd_.Colour_, result.Colour_, result.held.id, result.job_.job_.id) == (None, "title", "h", "j")
    assert result.any.Message_.any.n == 3
    assert {rpc.METHODS_.name, rpc.IMPORT.name} < rpc.METHODS.keys()
    assert len(rpc.METHODS) == 7


def test_fields_may_hide_what_every_message_has(made: Path) -> None:
    convert = importlib.import_module("notes_client._gen.convert")
    pb = importlib.import_module("notes_client._gen.proto.deep_notes_pb2")
    sent: dict[str, Any] = {
        "HasField": "h",
        "Clear": 0,
        "SerializeToString": pb.Ask(name="s"),
        "DESCRIPTOR": "d",
        "MergeFrom": ["m"],
        "ByteSize": {"b": pb.Ask(name="z")},
        "CopyFrom": pb.Ask(name="c"),
        "Extensions": False,
        "ParseFromString": "p",
        "wrappers_pb2": "w",
    }
    wire = pb.Hiding.SerializeToString(convert.hiding_message(**sent))
    message = convert.hiding(pb.Hiding.FromString(wire))
    assert (message.HasField, message.Clear, message.SerializeToString.name, message.DESCRIPTOR) == ("h", 0, "s", "d")
    assert (message.MergeFrom, message.ByteSize["b"].name, message.CopyFrom.name) == (["m"], "z", "c")
    assert (message.FromString, message.Extensions) == (None, False)
    assert (message.ParseFromString, message.wrappers_pb2) == ("p", "w")
    empty = convert.hiding(pb.Hiding())
    assert (empty.HasField, empty.Clear, empty.SerializeToString, empty.Extensions) == (None, None, None, None)


def test_what_is_begun_is_typed(made: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--no-incremental", "-p", "notes_client"],
        cwd=made / "src",
        env={"MYPYPATH": str(ROOT / "src"), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("called", "named"), [("/bin/fal-generator", "fal-generator"), ("generator/__main__.py", "python -m generator")]
)
def test_the_help_names_the_command_as_it_was_called(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], called: str, named: str
) -> None:
    monkeypatch.setattr(sys, "argv", [called])
    with pytest.raises(SystemExit):
        main(["--help"])
    assert capsys.readouterr().out.startswith(f"usage: {named} [-h]")


def test_what_generated_files_tell_their_readers_to_run_is_right(
    made: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = made / "src" / "notes_client" / "_gen"
    files = [path for path in folder.rglob("*.py*") if path.suffix in (".py", ".pyi")]
    assert (folder / "proto" / "deep_notes_pb2.pyi") in files
    told = {path.read_text("utf-8").splitlines()[0].partition("; ")[2] for path in files}
    told.add(json.loads((folder / "MANIFEST.json").read_text("utf-8"))["comment"].partition("; ")[2])
    assert told == {"do not edit. Regenerate with: fal-generator --root . generate"}
    monkeypatch.chdir(made)
    assert main(["--root", ".", "generate"]) == 0
    assert "nothing changed" in capsys.readouterr().out

    pins = made / "spec" / "sources.toml"
    pins.write_text(pins.read_text("utf-8") + 'command = "make client"\n', encoding="utf-8")
    assert main(["--root", ".", "check"]) == 1
    assert "Repair it with: make client" in capsys.readouterr().err
    assert main(["--root", ".", "generate"]) == 0
    assert (
        (folder / "__init__.py")
        .read_text("utf-8")
        .startswith("# Generated from spec/; do not edit. Regenerate with: make client\n")
    )


def test_the_address_of_a_server_with_variables_is_that_of_their_defaults(tmp_path: Path) -> None:
    variables = {"region": {"default": "eu"}, "base": {"default": "v2", "enum": ["v1", "v2"]}}
    served = {**DOCUMENT, "servers": [{"url": "https://{region}.notes.test/{base}", "variables": variables}]}
    (tmp_path / "notes.json").write_text(json.dumps(served))
    init(tmp_path / "client", openapi=[str(tmp_path / "notes.json")])
    client = (tmp_path / "client" / "src" / "client" / "client.py").read_text("utf-8")
    assert 'BASE_URL: str | None = "https://eu.notes.test/v2"\n' in client


def test_nothing_is_left_of_a_client_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "it.json").write_text('{"openapi": "3.1.0", "info": {}, "paths": {}}')
    refused: list[tuple[dict[str, Any], str]] = [
        ({"openapi": [str(tmp_path / "it.json")]}, "the document has no operation"),
        ({}, "--openapi, --proto or both"),
        ({"proto": tmp_path / "gone"}, "is not a folder"),
        *(({"openapi": ["x"], "package": name}, "not the name of a package") for name in ("a-b", "class")),
        *(({"openapi": ["x"], "package": name}, "would hide the one") for name in ("numbers", "grpc")),
    ]
    for arguments, problem in refused:
        with pytest.raises(SpecError, match=problem):
            init(tmp_path / "new", **arguments)
    with pytest.raises(SpecError, match="not empty"):
        init(tmp_path, openapi=["x"])
    assert [path.name for path in tmp_path.iterdir()] == ["it.json"]


def test_proto_files_are_taken_from_a_folder_that_is_read_only_and_holds_the_project(tmp_path: Path) -> None:
    (tmp_path / "v1.2").mkdir()
    (tmp_path / "v1.2" / "notes.proto").write_text(
        'syntax = "proto3";\nmessage A {}\nservice S { rpc Do(A) returns (A); }\n'
    )
    (tmp_path / "v1.2" / "notes.proto").chmod(0o444)
    (tmp_path / "LICENSE").touch()
    assert init(tmp_path / "client", proto=tmp_path).rpcs == 1
    taken = [path for path in (tmp_path / "client" / "spec" / "proto").rglob("*") if path.is_file()]
    assert [path.name for path in taken] == ["notes.proto"]
    assert taken[0].stat().st_mode & stat.S_IWUSR


def write_services(folder: Path, packages: dict[str, str], service: str) -> None:
    """Write a proto file for each package, by the folder that it lies in, with a message and a service."""
    for place, package in packages.items():
        (folder / place).mkdir(parents=True)
        (folder / place / "notes.proto").write_text(
            f'syntax = "proto3";\npackage {package};\nmessage Ask {{}}\nservice {service} {{ rpc Do(Ask) returns (Ask); }}\n'
        )


def test_services_of_two_packages_with_one_name_have_servicers_that_one_can_say(tmp_path: Path) -> None:
    write_services(tmp_path / "proto", {"one": "acme.one.v1", "two": "acme.two.v1"}, "Notes")
    init(tmp_path / "client", proto=tmp_path / "proto")
    text = (tmp_path / "client" / "src" / "client" / "_gen" / "servicer.py").read_text("utf-8")
    assert re.findall(r"^class (\w+):", text, re.M) == ["AcmeOneV1NotesServicer", "AcmeTwoV1NotesServicer"]


def test_messages_of_two_versions_get_names_that_one_can_say(tmp_path: Path) -> None:
    write_services(tmp_path / "proto", {"v1": "notes.v1", "v2beta": "notes.v2beta"}, "S")
    init(tmp_path / "client", proto=tmp_path / "proto")
    made = tmp_path / "client" / "src" / "client" / "_gen"
    modules = {
        folder: {path.stem for path in (made / folder).iterdir()} - {"__init__"} for folder in ("builders", "readers")
    }
    assert modules == {"builders": {"ask_message", "v_2beta_ask_message"}, "readers": {"ask", "v_2beta_ask"}}


def test_the_page_for_other_services_does_what_it_says(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "other-services.md").read_text("utf-8")
    files = [block for block in blocks(page) if block.title is not None]
    (tmp_path / "proto").mkdir()
    assert len(files) == 4
    for block in files:
        (tmp_path / str(block.title)).write_text(block.text, encoding="utf-8")

    def run(*arguments: str) -> str:
        environ = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT), "jobs_client/src"])}
        done = subprocess.run(
            [sys.executable, *arguments], cwd=tmp_path, env=environ, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    run("service.py")
    sources = ["--openapi", "jobs.json", "--proto", "proto"]
    assert "2 operations and 2 RPCs" in run("-m", "generator", "init", "jobs_client", *sources)
    sys.path.insert(0, str(tmp_path))
    try:
        service = importlib.import_module("service").service
    finally:
        sys.path.remove(str(tmp_path))
        sys.modules.pop("service", None)
    server = uvicorn.Server(uvicorn.Config(service, host="127.0.0.1", port=0, log_level="error", ws="none"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
            thread.join(0.05)
        port = server.servers[0].sockets[0].getsockname()[1]
        said = run("use.py", f"http://127.0.0.1:{port}")
    finally:
        server.should_exit = True
        thread.join()
    shown = next(block.text for block in blocks(page) if block.language == "text")
    assert said == shown
    assert run("greet.py").splitlines() == ["hello you", "you 1", "you 2"]
    assert main(["--root", str(tmp_path / "jobs_client"), "check-surface"]) == 0
