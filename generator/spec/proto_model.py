"""The frozen intermediate form between a specification and what is rendered from it."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator, Mapping
from functools import cached_property

from attrs import field, frozen
from google.protobuf.empty_pb2 import Empty
from google.protobuf.message import Message as BaseMessage

# Names that a rendered module or class needs for itself; a wire name that equals one gets a trailing underscore.
_TAKEN = frozenset(
    {
        *("self", "cls", "pb", "None", "True", "False", "int", "float", "str", "bool", "bytes", "list", "dict"),
        *("datetime", "timedelta", "field", "dataclass", "Any"),
    }
)
# What every message has: what protobuf declares, and what the classes that it makes have besides.
_OF_MESSAGES = frozenset(name for name in (*dir(BaseMessage), *dir(Empty)) if not name.startswith("_"))
# Names that a module of messages needs for itself.
_TAKEN_TYPES = frozenset({"DESCRIPTOR", "EnumTypeWrapper", "descriptors"})
# Class names that the rendered modules import for themselves.
_TAKEN_CLASSES = frozenset(
    {
        *(
            "Any",
            "NumberedEnum",
            "OrderedEnum",
            "Numbered",
            "Iterable",
            "Mapping",
            "Iterator",
            "TYPE_CHECKING",
            "Method",
            "Policy",
            "METHODS",
            "models",
            "wellknown",
        ),
    }
)

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
    if name.startswith("__"):
        return f"field_{name.strip('_')}"  # a class would make a name of its own of it
    return name + "_" if keyword.iskeyword(name) or name in _TAKEN else name


def class_name(name: str) -> str:
    """Return the name of a class, another one where Python or the rendered code keeps that name for itself."""
    if name.startswith("_"):
        name = f"X{name.strip('_')}"
    taken = keyword.iskeyword(name) or name in _TAKEN_CLASSES or name in _TAKEN or name.endswith("_pb2")
    return f"{name}Model" if taken else name


def type_name(name: str) -> str:
    """Return the name of a message or an enum in its module: the wire never carries it, so that it may be another one."""
    taken = keyword.iskeyword(name) or name in _TAKEN_TYPES or name.startswith("__") or name.endswith("_pb2")
    return f"{name}_" if taken else name


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
        """Whether `message.<name>` is legal Python, in a class too, and is not what every message has."""
        return not keyword.iskeyword(self.name) and not self.name.startswith("__") and self.name not in _OF_MESSAGES


@frozen
class Definition:
    """A message or an enum; `name` is its full upstream name, `path` the names of the classes from its file's top level down."""

    name: str
    path: tuple[str, ...]
    file: str

    @property
    def flat(self) -> str:
        return "".join(self.path)

    @property
    def proto_path(self) -> str:
        """The end of the full name that stands behind the package."""
        return ".".join(self.name.split(".")[-len(self.path) :])

    @property
    def dotted(self) -> str:
        return ".".join(self.path)


@frozen
class Message(Definition):
    """A message."""

    fields: tuple[Field, ...]
    doc: str
    deprecated: bool
    nested: tuple[Message, ...] = ()
    enums: tuple[Enum, ...] = ()

    def walk(self) -> Iterator[Message]:
        yield self
        for inner in self.nested:
            yield from inner.walk()


@frozen
class Enum(Definition):
    """An enum; values in upstream's order."""

    values: tuple[tuple[str, int], ...]
    doc: str


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
    key: str = ""  # a name of its own: with that of the service where several services have such a method
    constant: str = ""  # the same in rpc.py

    @property
    def service(self) -> str:
        return self.path.split("/")[1].rpartition(".")[2]

    @property
    def python(self) -> str:
        """The name of the method of a servicer."""
        return safe_name(self.name)


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
        return re.sub(r"\W", "_", self.name.removesuffix(".proto")) + "_pb2"


@frozen(slots=False)  # for cached_property
class Protos:
    """Everything that the proto files say; `notes` name what could not be read, and is left out."""

    files: tuple[File, ...]
    rpcs: tuple[Rpc, ...]
    google: Mapping[str, tuple[str, str]] = field(factory=dict)  # google's type -> its module and its name there
    notes: tuple[str, ...] = ()

    @cached_property
    def messages(self) -> dict[str, Message]:
        return {m.name: m for file in self.files for top in file.messages for m in top.walk()}

    @cached_property
    def enums(self) -> dict[str, Enum]:
        enums = {e.name: e for file in self.files for e in file.enums}
        enums |= {e.name: e for m in self.messages.values() for e in m.enums}
        return enums

    @cached_property
    def modules(self) -> dict[str, str]:
        return {file.name: file.module for file in self.files}

    def module_of(self, item: Definition) -> str:
        return self.modules[item.file]

    def module_and_class(self, name: str) -> tuple[str, str]:
        """Return the module of a message, and the name of its class there."""
        if name in self.google:
            return self.google[name]
        message = self.messages[name]
        return self.module_of(message), message.dotted

    def reachable_from(self, *names: str) -> list[str]:
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
