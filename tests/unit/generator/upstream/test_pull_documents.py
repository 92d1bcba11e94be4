"""OpenAPI documents are fetched over https alone, read strictly, and written in one form that keeps our comments."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from generator import __main__ as command
from generator.errors import SpecError
from generator.spec.yamlfile import parse_document
from generator.upstream import documents, pull

DOCUMENT = """# Our head.
openapi: 3.1.0
info: {version: 2024-01-01, title: T}
paths:
  # About b.
  /b:
    get: {operationId: b, responses: {200: {description: "yes"}}}
  /a:
    get:
      operationId: a
      # Why there is no other answer.
      responses: {"200": {description: on}}
      description: |
        Two
        lines.
"""
SOURCES = '[output]\npackage = "made"\nfolder = "out"\n'


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "spec").mkdir()
    (tmp_path / "spec" / "sources.toml").write_text(SOURCES)
    return tmp_path


def test_a_document_comes_out_in_one_form_whatever_its_order(project: Path) -> None:
    source = project / "upstream.json"
    plain = parse_document(DOCUMENT.encode(), "it")
    assert plain["info"]["version"] == "2024-01-01"
    assert plain["paths"]["/b"]["get"]["responses"] == {"200": {"description": "yes"}}
    source.write_text(json.dumps(plain))
    assert pull.pull(project, added={"platform": str(source)}).changed == ("openapi/platform.yaml", "sources.toml")
    written = (project / "spec" / "openapi" / "platform.yaml").read_bytes()
    assert parse_document(written, "it") == plain

    reordered = dict(reversed(plain.items()))
    reordered["paths"] = dict(reversed(plain["paths"].items()))
    source.write_text(json.dumps(reordered, indent=3))
    assert pull.pull(project, openapi={"platform": str(source)}).changed == ("sources.toml",)  # another sha256
    assert (project / "spec" / "openapi" / "platform.yaml").read_bytes() == written
    assert pull.pull(project, openapi={"platform": str(source)}).changed == ()
    assert (
        f'source = "upstream.json"\nsha256 = "{documents.fetch_document("x", str(source)).sha256}"'
        in (project / "spec" / "sources.toml").read_text()
    )


def test_a_document_that_was_read_before_is_reported_like_a_release(project: Path) -> None:
    source, pins = project / "upstream.json", project / "spec" / "sources.toml"
    plain = parse_document(DOCUMENT.encode(), "it")
    source.write_text(json.dumps(plain))
    pins.write_text(SOURCES + '[openapi.platform]\nsource = "https://host/x"\n')
    assert pull.pull(project).versions == ("platform unread, not read again; --openapi platform=SOURCE reads it",)
    first = documents.fetch_document("x", str(source)).sha256
    pulled = pull.pull(project, openapi={"platform": str(source)})
    assert pulled.versions == (f"platform unread -> {first[:8]}",)

    # The same text from elsewhere is the same release: its place stays.
    elsewhere = project / "elsewhere.json"
    elsewhere.write_bytes(source.read_bytes())
    pulled = pull.pull(project, openapi={"platform": str(elsewhere)})
    assert (pulled.versions, pulled.changed) == ((f"platform {first[:8]}",), ())

    elsewhere.write_text(json.dumps(plain, indent=1))
    second = documents.fetch_document("x", str(elsewhere)).sha256
    pulled = pull.pull(project, openapi={"platform": str(elsewhere)})
    assert pulled.versions == (f"platform {first[:8]} -> {second[:8]}",)
    assert f'source = "elsewhere.json"\nsha256 = "{second}"' in pins.read_text()


def test_words_of_ours_outlive_a_pull(project: Path) -> None:
    def document(words: str, *paths: str) -> dict[str, Any]:
        get = {
            "operationId": "a",
            "summary": words,
            "parameters": [
                {"name": name, "in": "query", "description": f"{words} {name}", "schema": {"type": "string"}}
                for name in ("description", "title")
            ],
            "responses": {"200": {"description": words}},
        }
        return {
            "openapi": "3.1.0",
            "info": {"title": words, "version": "1"},
            "paths": {path: {"get": get} for path in paths},
        }

    source, spec = project / "upstream.json", project / "spec"
    (spec / "sources.toml").write_text(SOURCES + '[openapi.platform]\nsource = "x"\nown_words = true\n')
    (spec / "openapi").mkdir()
    ours = document("ours", "/a")
    del ours["paths"]["/a"]["get"]["parameters"][0]["description"]
    (spec / "openapi" / "platform.yaml").write_text(json.dumps(ours))
    theirs = document("theirs", "/a", "/b")
    theirs["paths"]["/a"]["get"]["parameters"].reverse()
    theirs["paths"]["/a"]["get"]["parameters"][0]["schema"] = {"type": "integer", "description": "theirs"}
    source.write_text(json.dumps(theirs))
    notes = pull.pull(project, openapi={"platform": str(source)}).notes
    written = parse_document((spec / "openapi" / "platform.yaml").read_bytes(), "it")
    known, new = (written["paths"][path]["get"] for path in ("/a", "/b"))
    assert (written["info"]["title"], known["summary"], known["responses"]["200"]) == (
        "ours",
        "ours",
        {"description": "ours"},
    )
    assert known["parameters"] == [
        {"name": "title", "in": "query", "description": "ours title", "schema": {"type": "integer"}},
        {"name": "description", "in": "query", "schema": {"type": "string"}},
    ]
    assert new == theirs["paths"]["/b"]["get"]
    assert notes[0] == "platform: /paths//b/get is new, with upstream's words"


def test_comments_stay_at_their_keys_and_lost_ones_are_reported() -> None:
    content = parse_document(DOCUMENT.encode(), "it")
    text, lost = documents.canonical_yaml(content, DOCUMENT)
    assert lost == []
    assert text.startswith("# Our head.\nopenapi: 3.1.0\n")
    assert "  # About b.\n  /b:\n" in text
    assert "      # Why there is no other answer.\n      responses:\n" in text
    assert "description: |\n" in text
    assert documents.canonical_yaml(content, text) == (text, [])
    del content["paths"]["/b"]
    text, lost = documents.canonical_yaml(content, text)
    assert lost == ["paths//b is gone, and with it its comment: # About b."]
    assert "About b" not in text


LAUGHS = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 40))
BAD = {
    "nothing": (b"", "not an OpenAPI 3 document"),
    "html": (b"<html><body>404</body></html>", "not an OpenAPI 3 document"),
    "swagger": (b'{"swagger": "2.0", "info": {}, "paths": {}}', "Swagger 2.0; convert it"),
    "truncated JSON": (b'{"openapi": "3.1.0", "info": {"title": ', "neither YAML nor JSON"),
    "truncated YAML": (b'openapi: 3.1.0\ninfo: {title: "x', "neither YAML nor JSON"),
    "no paths": (b"openapi: 3.1.0\ninfo: {}\n", "`paths` is missing"),
    "not text": (b"openapi: 3.1.0\n\xff\xfe", "neither YAML nor JSON"),
    "laughs": (LAUGHS.encode(), "aliases written out"),
    "a value inside of itself": (b"openapi: 3.1.0\ninfo: {}\npaths: &a {x: *a}\n", "nested more than"),
    "an object of Python's": (
        b"openapi: !!python/object/apply:os.system [exit]\ninfo: {}\npaths: {}\n",
        "neither YAML",
    ),
    "bytes": (b"openapi: 3.1.0\ninfo: {title: !!binary aGk=}\npaths: {}\n", "not one that JSON has"),
    "a key twice": (b"openapi: 3.1.0\ninfo: {}\npaths: {}\npaths: {}\n", "twice"),
    "a key twice in JSON": (b'{"openapi": "3.1.0", "info": {}, "paths": {}, "info": {}}', "twice"),
    "deep": (b'{"openapi": "3.1.0", "info": {}, "paths": {"/": ' + b"[" * 500 + b"]" * 500 + b"}}", "nested"),
    "deeper": (b'{"openapi": "3.1.0", "info": {}, "paths": {"/": ' + b"[" * 500_000, "neither YAML nor JSON"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_not_a_document_is_refused_and_spec_stays(project: Path, case: str) -> None:
    content, said = BAD[case]
    (project / "it.yaml").write_bytes(content)
    with pytest.raises(SpecError, match=said):
        pull.pull(project, added={"platform": str(project / "it.yaml")})
    assert [path.name for path in (project / "spec").iterdir()] == ["sources.toml"]
    assert (project / "spec" / "sources.toml").read_text() == SOURCES


def test_too_large_a_file_is_refused(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "MAX_BYTES", 100)
    (project / "it.yaml").write_text(DOCUMENT)
    with pytest.raises(SpecError, match="larger than"):
        documents.fetch_document("it", str(project / "it.yaml"))


@pytest.mark.parametrize("source", ["http://host/x.json", "ftp://host/x", "file:///etc/passwd", "HTTP://host/x"])
def test_only_https_is_asked(source: str) -> None:
    with pytest.raises(SpecError, match="only https"):
        documents.fetch_document("it", source)


@pytest.mark.parametrize("name", ["../x", "/x", "", "A b", "x.yaml", "-x"])
def test_a_name_that_leads_elsewhere_is_refused(name: str) -> None:
    with pytest.raises(SpecError, match="is not a name for a document"):
        documents.fetch_document(name, "x")


def asked(handler: Callable[[httpx.Request], httpx.Response], url: str = "https://host/x") -> documents.Fetched:
    return documents.fetch_document("it", url, transport=httpx.MockTransport(handler))


def test_a_document_is_read_from_https() -> None:
    result = asked(lambda request: httpx.Response(200, text=DOCUMENT))
    assert (result.source, result.title) == ("https://host/x", "T 2024-01-01")


def test_what_a_server_may_answer_instead_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(request: httpx.Request) -> httpx.Response:
        raise httpx.RemoteProtocolError("peer closed connection without sending complete message body")

    with pytest.raises(SpecError, match="redirects to http://inside/"):
        asked(lambda request: httpx.Response(302, headers={"location": "http://inside/"}))
    with pytest.raises(SpecError, match="status 503"):
        asked(lambda request: httpx.Response(503))
    with pytest.raises(SpecError, match="complete message body"):
        asked(broken)
    with pytest.raises(SpecError, match="no user name and no password") as caught:
        asked(lambda request: httpx.Response(200), "https://me:hunter2@host/x")
    assert "hunter2" not in str(caught.value)
    monkeypatch.setattr(documents, "MAX_BYTES", 1000)
    with pytest.raises(SpecError, match="sends more than"):
        asked(lambda request: httpx.Response(200, content=iter([b"#" * 600] * 3)))


def test_the_command_names_the_document_after_its_source(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "Platform.yaml").write_text(DOCUMENT)
    root = ["--root", str(project), "pull", "--add-openapi"]
    assert command.main([*root, str(project / "Platform.yaml")]) == 0
    assert "changed: spec/openapi/platform.yaml" in capsys.readouterr().out
    assert command.main([*root, f"other={project / 'Platform.yaml'}"]) == 0
    assert (project / "spec" / "openapi" / "other.yaml").exists()
    assert command.main([*root, "http://host/a=b"]) == 1
    assert "only https URLs and files are read" in capsys.readouterr().err
    assert command.main(["--root", str(project), "pull", "--isolate-proto", "newest"]) == 1
    assert "sources.toml has no [wheel.isolate-proto]" in capsys.readouterr().err


def test_a_mistyped_name_adds_no_document(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "it.yaml").write_text(DOCUMENT)

    def ran(option: str, name: str) -> tuple[int, str]:
        status = command.main(["--root", str(project), "pull", option, f"{name}={project / 'it.yaml'}"])
        captured = capsys.readouterr()
        return status, captured.out + captured.err

    status, said = ran("--openapi", "platform")
    assert (status, "has no document 'platform'; it has: none. A new one is taken with --add-openapi" in said) == (
        1,
        True,
    )
    status, said = ran("--add-openapi", "platform")
    assert (status, ", new in sources.toml\n" in said) == (0, True)
    assert ran("--openapi", "platform")[0] == 0
    status, said = ran("--openapi", "platfrom")
    assert (status, "has no document 'platfrom'; did you mean 'platform'?" in said) == (1, True)
    status, said = ran("--add-openapi", "platform")
    assert (status, "has a document 'platform' already; --openapi reads it again" in said) == (1, True)
    assert [path.name for path in (project / "spec" / "openapi").iterdir()] == ["platform.yaml"]
