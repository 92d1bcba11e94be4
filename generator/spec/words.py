"""The words of the generated package: spec/words.toml holds them apart from the specifications that they first came from.

Upstream rewords its documents all the time. Generated docstrings must not follow every comma: what is generated from a
specification that says the same in other words is the same, byte for byte. So words are taken over once, when an element
is new; after that they change when somebody asks for it (`python -m generator words`).

A project without a words.toml lets its specifications speak for themselves.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from attrs import evolve

from generator.errors import SpecError
from generator.output.files import replace_file
from generator.spec.canonical import NAMED, alike
from generator.spec.proto_model import Enum, Message, Protos, Rpc

NAME = "words.toml"
Words = Mapping[str, str]

_HEAD = """\
# The words of the generated docstrings, by the element that they describe. An element without words stands here as "".
#
# `just generate` adds elements that are new, and takes out those that are gone; it changes none that is here.
# `just words` takes over what the specifications say now. Edits by hand stay until then.
"""
_KEYS = ("description", "summary")
_DATA = frozenset({"const", "default", "enum", "required"})


def read_words(spec: Path) -> Words | None:
    """Return element -> its words; None when the project has no words.toml.

    Raises:
        SpecError: when the file is not what it should be.
    """
    path = spec / NAME
    if not path.exists():
        return None
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SpecError(f"{NAME}: {error}") from None
    found: dict[str, str] = {}
    for wire, items in table.items():
        if wire not in ("proto", "rest") or not isinstance(items, dict):
            raise SpecError(f"{NAME}: [{wire}] is neither [proto] nor [rest]")
        for name, text in items.items():
            if not isinstance(text, str):
                raise SpecError(f"{NAME}: [{wire}] {name!r} must be a text")
            found[f"{wire} {name}"] = text
    return found


def adopt(spec: Path, protos: Protos, document: Mapping[str, Any], *, renew: bool = False) -> list[str]:
    """Bring words.toml up to date; return the elements whose words are new, changed or gone.

    Args:
        spec: The folder that holds words.toml; without the file, only `renew` makes one.
        protos: What the proto files say, in their own words.
        document: What the OpenAPI documents say, in their own words.
        renew: Take over every changed word, not only those of new elements.
    """
    held = read_words(spec)
    if held is None and not renew:
        return []
    now = {**_of_protos(protos), **_of_document(document)}
    kept = now if renew or held is None else {key: held.get(key, text) for key, text in now.items()}
    changed = sorted(key for key in kept.keys() | (held or {}).keys() if kept.get(key) != (held or {}).get(key))
    if changed or held is None:
        replace_file(spec / NAME, _text(kept).encode())
    return changed


def reworded(protos: Protos, words: Words | None) -> Protos:
    """Return the intermediate form with the project's words in the place of the specification's own."""
    if words is None:
        return protos

    def enum(item: Enum) -> Enum:
        return evolve(item, doc=words.get(f"proto {item.name}", ""))

    def message(item: Message) -> Message:
        return evolve(
            item,
            doc=words.get(f"proto {item.name}", ""),
            fields=tuple(evolve(f, doc=words.get(f"proto {item.name}.{f.name}", "")) for f in item.fields),
            nested=tuple(map(message, item.nested)),
            enums=tuple(map(enum, item.enums)),
        )

    files = tuple(
        evolve(file, messages=tuple(map(message, file.messages)), enums=tuple(map(enum, file.enums)))
        for file in protos.files
    )
    return Protos(files, tuple(evolve(rpc, doc=words.get(_rpc(rpc), "")) for rpc in protos.rpcs))


def spoken(document: dict[str, Any], words: Words | None) -> dict[str, Any]:
    """Return the document with the project's words in the place of its own."""
    if words is None:
        return document

    def visit(node: dict[str, Any], place: str, kind: str) -> dict[str, Any]:
        found = {key: value for key, value in node.items() if key not in _KEYS}
        for key in _KEYS:
            text = words.get(f"rest {place}/{key}", "")
            # A response without a description is no response.
            if text or (kind == "response" and key == "description" and "$ref" not in node):
                found[key] = text
        return found

    return _walk(document, "", "", visit)


def _rpc(item: Rpc) -> str:
    return f"proto {item.path[1:].replace('/', '.')}"


def _of_protos(protos: Protos) -> dict[str, str]:
    found = {_rpc(rpc): rpc.doc for rpc in protos.rpcs}
    found |= {f"proto {item.name}": item.doc for item in protos.enums.values()}
    for message in protos.messages.values():
        found[f"proto {message.name}"] = message.doc
        found |= {f"proto {message.name}.{item.name}": item.doc for item in message.fields}
    return found


def _of_document(document: Mapping[str, Any]) -> dict[str, str]:
    found: dict[str, str] = {}

    def visit(node: dict[str, Any], place: str, kind: str) -> dict[str, Any]:
        for key in _KEYS:
            if key in node or (kind and "$ref" not in node and (key == "description" or kind == "operation")):
                found[f"rest {place}/{key}"] = " ".join(str(node.get(key, "")).split())
        return node

    _walk(dict(document), "", "", visit)
    return found


def _walk(
    node: dict[str, Any], place: str, kind: str, visit: Callable[[dict[str, Any], str, str], dict[str, Any]]
) -> dict[str, Any]:
    """Visit every object that may carry words; `kind` is "" where words would mean nothing to the generator."""
    found: dict[str, Any] = {}
    for key, value in node.items():
        if key in _DATA or key.startswith("x-") or (not place and key == "info"):
            found[key] = value
        elif isinstance(value, dict) and key in NAMED:
            inner = {"properties": "schema", "schemas": "schema", "responses": "response", "parameters": "parameter",
                     "requestBodies": "body"}.get(key, "")  # fmt: skip
            found[key] = {
                name: _walk(item, _named(place, key, name), inner, visit) if isinstance(item, dict) else item
                for name, item in value.items()
            }
        elif isinstance(value, dict):
            inner = "body" if key == "requestBody" else ""
            if "operationId" in value:
                found[key] = _walk(value, f"operations/{value['operationId']}", "operation", visit)
            else:
                found[key] = _walk(value, f"{place}/{key}", inner, visit)
        elif isinstance(value, list):
            inner = "parameter" if key == "parameters" else ""
            found[key] = [
                _walk(item, f"{place}/{key}/{name}", inner, visit) if isinstance(item, dict) else item
                for name, item in zip(_labels(value), value, strict=True)
            ]
        else:
            found[key] = value
    return visit(found, place, kind)


def _named(place: str, key: str, name: str) -> str:
    above = "" if place == "/components" else f"{place}/"
    return f"{above}{key}/{name}".lstrip("/")


def _labels(items: list[Any]) -> Iterator[str]:
    """Name the members of a list by what they are: their places move."""
    for item in items:
        if isinstance(item, dict) and "in" in item and "name" in item:
            yield f"{item['in']}:{item['name']}"
        elif isinstance(item, dict) and "$ref" in item:
            yield str(item["$ref"]).rpartition("/")[2]
        else:
            yield hashlib.sha256(alike(item).encode()).hexdigest()[:8]


def _text(words: Words) -> str:
    lines = [_HEAD]
    for wire in ("proto", "rest"):
        lines.append(f"[{wire}]")
        lines += [
            f"{_quoted(key.removeprefix(wire + ' '))} = {_quoted(text)}"
            for key, text in sorted(words.items())
            if key.startswith(f"{wire} ")
        ]
        lines.append("")
    return "\n".join(lines).rstrip("\n") + "\n"


def _quoted(text: str) -> str:
    # A basic string of TOML is one of JSON, but for DEL.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
