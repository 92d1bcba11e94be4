"""What a server that is newer than this client may send: messages and JSON, with what nobody here knows in every place."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from generator.spec.load import read_document

UNKNOWN = 4242
"""A number that no enum and no field has."""


def unknown_fields() -> bytes:
    """Return fields of every wire type, under numbers that nobody knows."""

    def tag(number: int, kind: int) -> bytes:
        value, result = (number << 3) | kind, b""
        while value > 127:
            result, value = result + bytes([value & 127 | 128]), value >> 7
        return result + bytes([value])

    return (
        tag(UNKNOWN, 0)
        + b"\x96\x01"
        + tag(UNKNOWN + 1, 1)
        + bytes(range(8))
        + tag(UNKNOWN + 2, 2)
        + b"\x04text"
        + tag(UNKNOWN + 3, 5)
        + bytes(4)
        + tag(UNKNOWN + 4, 3)  # a group
        + tag(1, 0)
        + b"\x01"
        + tag(UNKNOWN + 4, 4)
    )


def newer(message: Message, chosen: int = 0, depth: int = 6) -> Message:
    """Fill in a message as a newer server might: every enum with an unknown number, and unknown fields in every message.

    Args:
        message: What to fill in; its descriptor says what there is.
        chosen: Which member of each oneof to set; one more than there are leaves them all out, as one that is new would.
        depth: How far messages may hold each other.
    """
    descriptor: Any = message.DESCRIPTOR
    for field in descriptor.fields:
        group = field.containing_oneof
        if group is not None and len(group.fields) > 1 and field.index != group.fields[0].index + chosen:
            continue
        _fill(message, field, chosen, depth)
    message.MergeFromString(unknown_fields())
    return message


def _repeated(field: FieldDescriptor) -> bool:
    any_version: Any = field
    if hasattr(any_version, "is_repeated"):  # which older ones have not; newer ones warn of what those have
        return bool(any_version.is_repeated)
    return bool(any_version.label == any_version.LABEL_REPEATED)


def _fill(message: Message, field: FieldDescriptor, chosen: int, depth: int) -> None:
    if field.message_type is not None and field.message_type.GetOptions().map_entry:
        value = field.message_type.fields_by_name["value"]
        for key in ("a", "b"):
            if value.message_type is None:
                getattr(message, field.name)[key] = _scalar(value)
            elif depth:
                newer(getattr(message, field.name)[key], chosen, depth - 1)
    elif field.message_type is not None:
        if depth:
            for _ in range(2 if _repeated(field) else 1):
                whole = getattr(message, field.name)
                part = whole.add() if _repeated(field) else whole
                if field.message_type.full_name == "google.protobuf.Timestamp":
                    part.seconds, part.nanos = 1_800_000_000, 5_000
                    part.MergeFromString(unknown_fields())
                else:
                    part.SetInParent() if not _repeated(field) else None
                    newer(part, chosen, depth - 1)
    elif _repeated(field):
        getattr(message, field.name).extend([_scalar(field), _scalar(field)])
    else:
        setattr(message, field.name, _scalar(field))


def _scalar(field: FieldDescriptor) -> Any:
    if field.enum_type is not None:
        return UNKNOWN
    return {
        FieldDescriptor.CPPTYPE_STRING: b"bytes" if field.type == FieldDescriptor.TYPE_BYTES else "text",
        FieldDescriptor.CPPTYPE_BOOL: True,
        FieldDescriptor.CPPTYPE_DOUBLE: 1.5,
        FieldDescriptor.CPPTYPE_FLOAT: 1.5,
    }.get(field.cpp_type, 7)


def variants(cls: type[Message]) -> Iterator[bytes]:
    """Yield messages of a newer server, each member of every oneof in turn and none; and the ones that say least."""
    for chosen in range(12):
        yield newer(cls(), chosen).SerializeToString()
    yield unknown_fields()
    yield b""


# ----------------------------------------------------------------------------------------------------------- REST

DOCUMENT = read_document(Path(__file__).parents[2] / "spec")
NEW = "from-the-future"
MORE: dict[str, Any] = {"new_text": NEW, "new_object": {"a": [1, None]}, "new_null": None, "new_list": [{}], "": 0}


class Example:
    """Makes the JSON of a schema as a newer server might send it.

    Args:
        optional: Whether members that may be missing are there.
        branch: Which of several forms to take.
        null: Whether members that may be missing are there and null instead.
    """

    def __init__(self, *, optional: bool, branch: int = 0, null: bool = False) -> None:
        self.optional, self.branch, self.null = optional, branch, null

    def of(self, schema: dict[str, Any], depth: int = 0) -> Any:
        assert depth < 20
        if "$ref" in schema:
            target: Any = DOCUMENT
            for part in schema["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            return self.of(target, depth + 1)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return NEW if all(isinstance(value, str) for value in schema["enum"] if value is not None) else UNKNOWN
        for word in ("oneOf", "anyOf"):
            if word in schema:
                return self.of(schema[word][self.branch % len(schema[word])], depth + 1)
        if "allOf" in schema:
            parts = [self.of(part, depth + 1) for part in schema["allOf"]]
            return {key: value for part in parts for key, value in part.items()} if len(parts) > 1 else parts[0]
        kind = schema.get("type")
        if isinstance(kind, list):
            kind = kind[self.branch % len(kind)]
        return self._plain(kind, schema, depth)

    def _plain(self, kind: str | None, schema: dict[str, Any], depth: int) -> Any:
        if kind == "object" or (kind is None and "properties" in schema):
            result = dict(MORE)
            additional = schema.get("additionalProperties")
            if isinstance(additional, dict) and additional:
                result = {NEW: self.of(additional, depth + 1)}
            for name, member in schema.get("properties", {}).items():
                if name in schema.get("required", ()):
                    result[name] = self.of(member, depth + 1)
                elif self.null:
                    result[name] = None
                elif self.optional:
                    result[name] = self.of(member, depth + 1)
            return result
        if kind == "array":
            return [self.of(schema["items"], depth + 1) for _ in range(2)]
        if kind == "string":
            made = {
                "date-time": "2027-01-02T03:04:05Z",
                "date": "2027-01-02",
                "uuid": "1" * 8 + "-1111" * 3 + "-" + "1" * 12,
            }
            return made.get(schema.get("format", ""), NEW)
        return {"integer": 7, "number": 1.5, "boolean": True, "null": None, None: {"any": NEW}}[kind]


def answers() -> Iterator[tuple[str, int, str, dict[str, Any]]]:
    """Yield every answer with a body that the specification knows: operation, status, media type, schema."""
    for entry in DOCUMENT["paths"].values():
        for item in entry.values():
            if not isinstance(item, dict) or "operationId" not in item:
                continue
            for status, answer in item["responses"].items():
                while "$ref" in answer:
                    answer = DOCUMENT["components"]["responses"][answer["$ref"].rpartition("/")[2]]
                for media, content in answer.get("content", {}).items():
                    yield item["operationId"], int(status), media, content.get("schema", {})


EXAMPLES = [
    Example(optional=True),
    *(Example(optional=True, branch=branch) for branch in range(1, 5)),
    Example(optional=False),
    Example(optional=False, null=True),
]


def bodies(media: str, schema: dict[str, Any]) -> Iterator[bytes]:
    for example in EXAMPLES:
        value = example.of(schema)
        yield json.dumps(value).encode() if "json" in media or media == "text/event-stream" else b"text"
