"""The frozen intermediate form between a specification and what is rendered from it."""

from __future__ import annotations

import keyword
from collections.abc import Iterator
from functools import cached_property

from attrs import frozen

# Names that a rendered module or class needs for itself; a wire name that equals one gets a trailing underscore.
_TAKEN = frozenset({"self", "cls", "pb", "None", "True", "False"})

SCALARS = {
    "double": "float",
    "float": "float",
    "int64": "int",
    "uint64": "int",
    "int32": "int",
    "uint32": "int",
    "fixed64": "int",
    "fixed32": "int",
    "sfixed64": "int",
    "sfixed32": "int",
    "sint64": "int",
    "sint32": "int",
    "bool": "bool",
    "string": "str",
    "bytes": "bytes",
}


def safe_name(name: str) -> str:
    """Return `name`, with an underscore behind it when Python or the rendered code keeps that name for itself."""
    return name + "_" if keyword.iskeyword(name) or name in _TAKEN else name


def snake(name: str) -> str:
    """Turn `ListUserKeysRequest` or `ServiceURLs` into `list_user_keys_request`, `service_urls`."""
    words: list[str] = []
    for index, char in enumerate(name):
        after_lower = index > 0 and (name[index - 1].islower() or name[index - 1].isdigit())
        starts_word = index > 0 and name[index - 1].isupper() and name[index + 1 : index + 3].islower()
        plural = name[index + 1 :] == "s"  # URLs is one word
        if char.isupper() and (after_lower or (starts_word and not plural)):
            words.append("_")
        words.append(char.lower())
    return "".join(words)


@frozen
class Field:
    """One field of a message."""

    name: str
    number: int
    type: str  # a key of SCALARS, "message", "enum" or "map"
    type_name: str | None  # of a message or enum: its full upstream name
    repeated: bool
    optional: bool  # proto3 `optional`
    oneof: str | None
    deprecated: bool
    doc: str
    map_key: str | None = None
    map_value: Field | None = None

    @property
    def presence(self) -> bool:
        """Whether the wire tells absent from zero."""
        return not self.repeated and (self.optional or self.oneof is not None or self.type == "message")

    @property
    def python(self) -> str:
        return safe_name(self.name)

    @property
    def plain(self) -> bool:
        """Whether `message.<name>` is legal Python."""
        return not keyword.iskeyword(self.name)


@frozen
class Message:
    """A message; `name` is its full upstream name, `path` the names from its file's top level down."""

    name: str
    path: tuple[str, ...]
    file: str
    fields: tuple[Field, ...]
    doc: str
    deprecated: bool
    nested: tuple[Message, ...] = ()
    enums: tuple[Enum, ...] = ()

    @property
    def flat(self) -> str:
        return "".join(self.path)

    @property
    def dotted(self) -> str:
        return ".".join(self.path)

    def walk(self) -> Iterator[Message]:
        yield self
        for inner in self.nested:
            yield from inner.walk()


@frozen
class Enum:
    """An enum; values in upstream's order."""

    name: str
    path: tuple[str, ...]
    file: str
    values: tuple[tuple[str, int], ...]
    doc: str

    @property
    def flat(self) -> str:
        return "".join(self.path)

    @property
    def dotted(self) -> str:
        return ".".join(self.path)


@frozen
class Rpc:
    """One method of a service."""

    name: str
    path: str  # on the wire, e.g. "/controller.IsolateController/ListAliases"
    request: str
    response: str
    client_streaming: bool
    server_streaming: bool
    deprecated: bool
    doc: str

    @property
    def constant(self) -> str:
        return snake(self.name).upper()


@frozen
class File:
    """One proto file, e.g. `controller.proto`."""

    name: str
    package: str
    messages: tuple[Message, ...]
    enums: tuple[Enum, ...]
    imports: tuple[str, ...]

    @property
    def module(self) -> str:
        return self.name.removesuffix(".proto").replace("/", "_") + "_pb2"


@frozen(slots=False)  # for cached_property
class Protos:
    """Everything that the proto files say."""

    files: tuple[File, ...]
    rpcs: tuple[Rpc, ...]

    @cached_property
    def messages(self) -> dict[str, Message]:
        return {m.name: m for file in self.files for top in file.messages for m in top.walk()}

    @cached_property
    def enums(self) -> dict[str, Enum]:
        found = {e.name: e for file in self.files for e in file.enums}
        found |= {e.name: e for m in self.messages.values() for e in m.enums}
        return found

    @cached_property
    def modules(self) -> dict[str, str]:
        return {file.name: file.module for file in self.files}

    def module_of(self, item: Message | Enum) -> str:
        return self.modules[item.file]

    def reached_from(self, *names: str) -> list[str]:
        """Return the messages that the named ones contain, themselves first, each once, in the order of the walk."""
        seen: dict[str, None] = {}
        queue = list(names)
        while queue:
            name = queue.pop(0)
            if name in seen or name not in self.messages:
                continue
            seen[name] = None
            for item in self.messages[name].fields:
                inner = item.map_value if item.type == "map" else item
                if inner is not None and inner.type == "message" and inner.type_name is not None:
                    queue.append(inner.type_name)
        return list(seen)
