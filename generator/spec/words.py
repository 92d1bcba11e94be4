"""The words of the generated package: spec/words.toml holds them apart from the specifications that they first came from.

Upstream rewords its documents all the time. Generated docstrings must not follow every comma: what is generated from a
specification that says the same in other words is the same, byte for byte. So words are taken over once, when an element
is new; after that they change when somebody asks for it (`python -m generator words`).

A project without a words.toml lets its specifications speak for themselves.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from attrs import evolve

from generator.errors import SpecError
from generator.spec.canonical import NAMED, alike
from generator.spec.proto_model import Enum, Message, Protos, Rpc
from generator.spec.tomlfile import parse_toml

NAME = "words.toml"
Words = Mapping[str, str]

_HEAD = """\
# The words of the generated docstrings, by the element that they describe. An element without words is not here.
#
# Generating adds elements that are new, and takes out those that are gone; it changes none that is here.
# The command `words` takes over what the specifications say now. Edits by hand stay until then.
"""
_KEYS = ("description", "summary")
_DATA = frozenset({"const", "default", "enum", "required"})


def parse_words(text: str) -> Words:
    """Return element -> its words, of the text of a words.toml.

    Raises:
        SpecError: when it is not what it should be.
    """
    parsed: dict[str, str] = {}
    for wire, items in parse_toml(text, NAME).items():
        if wire not in ("proto", "rest") or not isinstance(items, dict):
            raise SpecError(f"{NAME}: [{wire}] is neither [proto] nor [rest]")
        for name, words in items.items():
            if not isinstance(words, str):
                raise SpecError(f"{NAME}: [{wire}] {name!r} must be a string")
            parsed[f"{wire} {name}"] = words
    return parsed


def stated(protos: Protos, document: Mapping[str, Any]) -> dict[str, str]:
    """Return element -> what the specification itself says of it, where it says anything."""
    words = {**_of_protos(protos), **_of_document(document)}
    return {name: text for name, text in words.items() if text}


def adopted(held: Words, now: Words) -> dict[str, str]:
    """Return the project's words, with those of elements that are new, and without those of elements that are gone."""
    return {name: held.get(name, text) for name, text in now.items()}


def changes(held: Words, kept: Words) -> list[str]:
    """Return the elements whose words are new, changed or gone."""
    return sorted(name for name in {*held, *kept} if held.get(name) != kept.get(name))


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
    return evolve(protos, files=files, rpcs=tuple(evolve(rpc, doc=words.get(_rpc(rpc), "")) for rpc in protos.rpcs))


def spoken(document: dict[str, Any], words: Words | None) -> dict[str, Any]:
    """Return the document with the project's words in the place of its own."""
    if words is None:
        return document

    def visit(node: dict[str, Any], place: str, kind: str) -> dict[str, Any]:
        kept = {key: value for key, value in node.items() if key not in _KEYS}
        for key in _KEYS:
            text = words.get(f"rest {place}/{key}", "")
            # A response without a description is not a response.
            if text or (kind == "response" and key == "description" and "$ref" not in node):
                kept[key] = text
        return kept

    return _walk(document, "", "", visit)


def _rpc(item: Rpc) -> str:
    return f"proto {item.path[1:].replace('/', '.')}"


def _of_protos(protos: Protos) -> dict[str, str]:
    words = {_rpc(rpc): rpc.doc for rpc in protos.rpcs}
    words |= {f"proto {item.name}": item.doc for item in protos.enums.values()}
    for message in protos.messages.values():
        words[f"proto {message.name}"] = message.doc
        words |= {f"proto {message.name}.{item.name}": item.doc for item in message.fields}
    return words


def _of_document(document: Mapping[str, Any]) -> dict[str, str]:
    words: dict[str, str] = {}

    def visit(node: dict[str, Any], place: str, _: str) -> dict[str, Any]:
        for key in _KEYS:
            if key in node:
                words[f"rest {place}/{key}"] = " ".join(str(node.get(key, "")).split())
        return node

    _walk(dict(document), "", "", visit)
    return words


def _walk(
    node: dict[str, Any], place: str, kind: str, visit: Callable[[dict[str, Any], str, str], dict[str, Any]]
) -> dict[str, Any]:
    """Visit every object that may carry words; `kind` is "" where words would mean nothing to the generator."""
    named: dict[str, Any] = {}
    for key, value in node.items():
        if key in _DATA or key.startswith("x-") or (not place and key == "info"):
            named[key] = value
        elif isinstance(value, dict) and key in NAMED:
            inner = {"properties": "schema", "schemas": "schema", "responses": "response", "parameters": "parameter",
                     "requestBodies": "body"}.get(key, "")  # fmt: skip
            named[key] = {
                name: _walk(item, _named(place, key, name), inner, visit) if isinstance(item, dict) else item
                for name, item in value.items()
            }
        elif isinstance(value, dict):
            inner = "body" if key == "requestBody" else ""
            if "operationId" in value:
                named[key] = _walk(value, f"operations/{value['operationId']}", "operation", visit)
            else:
                named[key] = _walk(value, f"{place}/{key}", inner, visit)
        elif isinstance(value, list):
            inner = "parameter" if key == "parameters" else ""
            named[key] = [
                _walk(item, f"{place}/{key}/{name}", inner, visit) if isinstance(item, dict) else item
                for name, item in zip(_labels(value), value, strict=True)
            ]
        else:
            named[key] = value
    return visit(named, place, kind)


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


def text_of(words: Words) -> str:
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
