"""Canonical .proto text of a descriptor, with comments attached by full name.

The form is fixed: own imports first, then google's, sorted; the service, the messages in upstream's order, the enums; inside
a message its enums, its messages, what is reserved, its fields. One descriptor has one text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from google.protobuf import descriptor_pb2 as d
from google.protobuf import text_encoding
from google.protobuf.message import Message as ProtoMessage

Comments = Mapping[str, tuple[str, ...]]
_F = d.FieldDescriptorProto
_TYPES = {value: name.removeprefix("TYPE_").lower() for name, value in _F.Type.items()}
_MAX_FIELD = 2**29 - 1
_MAX_ENUM = 2**31 - 1


def render(file: d.FileDescriptorProto, comments: Comments, symbols: frozenset[str]) -> str:
    """Return the text of `file`.

    Args:
        comments: Full name of a file, type, field, value, service or method -> the lines of its comment.
        symbols: The full name of every package, message and enum of the set that `file` belongs to; type names are
            written as short as they can be without meaning another one of these.
    """
    return _Renderer(file, comments, symbols).text()


def full(*parts: str) -> str:
    """Join the parts of a full name; an empty package leaves no dot."""
    return ".".join(filter(None, parts))


def json_name(name: str) -> str:
    """Return the JSON name that protoc gives to the field `name`."""
    words = name.split("_")
    return words[0] + "".join(word[:1].upper() + word[1:] for word in words[1:])


class _Renderer:
    def __init__(self, file: d.FileDescriptorProto, comments: Comments, symbols: frozenset[str]) -> None:
        self._file = file
        self._comments = comments
        self._symbols = symbols
        self._lines: list[str] = []

    def text(self) -> str:
        file = self._file
        self._comment(file.name, "")
        self._lines += ['syntax = "proto3";', ""]
        if file.package:
            self._lines += [f"package {file.package};", ""]
        own = [name for name in file.dependency if not name.startswith("google/")]
        google = sorted(name for name in file.dependency if name.startswith("google/"))
        self._lines += [f'import "{name}";' for name in (*own, *google)]
        if file.dependency:
            self._lines.append("")
        for service in file.service:
            self._service(service)
            self._lines.append("")
        for message in file.message_type:
            self._message(message, file.package, "")
            self._lines.append("")
        for enum in file.enum_type:
            self._enum(enum, file.package, "")
            self._lines.append("")
        return "\n".join(self._lines[:-1]) + "\n"

    def _comment(self, name: str, indent: str) -> None:
        self._lines += [f"{indent}//{' ' if line else ''}{line}" for line in self._comments.get(name, ())]

    def _service(self, item: d.ServiceDescriptorProto) -> None:
        scope = full(self._file.package, item.name)
        self._comment(scope, "")
        self._lines.append(f"service {item.name} {{")
        self._lines += [f"  option {option};" for option in _options(item.options)]
        for method in item.method:
            self._comment(f"{scope}.{method.name}", "  ")
            request = ("stream " if method.client_streaming else "") + self._name(method.input_type, scope)
            response = ("stream " if method.server_streaming else "") + self._name(method.output_type, scope)
            options = "".join(f" option {option};" for option in _options(method.options))
            end = f" {{{options} }}" if options else ";"
            self._lines.append(f"  rpc {method.name}({request}) returns ({response}){end}")
        self._lines.append("}")

    def _message(self, item: d.DescriptorProto, above: str, indent: str) -> None:
        scope, inner = full(above, item.name), indent + "  "
        self._comment(scope, indent)
        head = len(self._lines)
        self._lines.append(f"{indent}message {item.name} {{")
        self._lines += [f"{inner}option {option};" for option in _options(item.options)]
        maps = {f".{scope}.{entry.name}": entry for entry in item.nested_type if entry.options.map_entry}
        for enum in item.enum_type:
            self._enum(enum, scope, inner)
            self._lines.append("")
        for nested in item.nested_type:
            if not nested.options.map_entry:
                self._message(nested, scope, inner)
                self._lines.append("")
        # A message's range excludes its end, an enum's includes it.
        ranges = [(r.start, r.end - 1) for r in item.reserved_range]
        self._reserved(ranges, item.reserved_name, _MAX_FIELD, inner)
        done: set[int] = set()
        for field in item.field:
            if not field.HasField("oneof_index") or field.proto3_optional:
                self._field(field, scope, inner, maps)
            elif field.oneof_index not in done:
                done.add(field.oneof_index)
                name = item.oneof_decl[field.oneof_index].name
                self._comment(f"{scope}.{name}", inner)
                self._lines.append(f"{inner}oneof {name} {{")
                for member in item.field:
                    if member.HasField("oneof_index") and member.oneof_index == field.oneof_index:
                        self._field(member, scope, inner + "  ", maps)
                self._lines.append(f"{inner}}}")
        if len(self._lines) == head + 1:
            self._lines[head] += "}"
            return
        if not self._lines[-1]:
            self._lines.pop()
        self._lines.append(f"{indent}}}")

    def _field(self, item: _F, scope: str, indent: str, maps: Mapping[str, d.DescriptorProto]) -> None:
        self._comment(f"{scope}.{item.name}", indent)
        entry = maps.get(item.type_name)
        label = ""
        if entry is not None:
            kind = f"map<{self._type(entry.field[0], scope)}, {self._type(entry.field[1], scope)}>"
        else:
            kind = self._type(item, scope)
            if item.label == _F.LABEL_REPEATED:
                label = "repeated "
            elif item.proto3_optional:
                label = "optional "
        options = _options(item.options)
        if item.json_name and item.json_name != json_name(item.name):
            options.append(f"json_name = {_quoted(item.json_name)}")
        end = f" [{', '.join(options)}]" if options else ""
        self._lines.append(f"{indent}{label}{kind} {item.name} = {item.number}{end};")

    def _enum(self, item: d.EnumDescriptorProto, above: str, indent: str) -> None:
        scope, inner = full(above, item.name), indent + "  "
        self._comment(scope, indent)
        self._lines.append(f"{indent}enum {item.name} {{")
        self._lines += [f"{inner}option {option};" for option in _options(item.options)]
        self._reserved([(r.start, r.end) for r in item.reserved_range], item.reserved_name, _MAX_ENUM, inner)
        for value in item.value:
            self._comment(f"{scope}.{value.name}", inner)
            options = _options(value.options)
            end = f" [{', '.join(options)}]" if options else ""
            self._lines.append(f"{inner}{value.name} = {value.number}{end};")
        self._lines.append(f"{indent}}}")

    def _reserved(self, ranges: list[tuple[int, int]], names: Iterable[str], top: int, indent: str) -> None:
        numbers = [
            f"{start}" if start == end else f"{start} to {'max' if end >= top else end}"
            for start, end in sorted(ranges)
        ]
        quoted = [_quoted(name) for name in sorted(names)]
        self._lines += [f"{indent}reserved {', '.join(each)};" for each in (numbers, quoted) if each]

    def _type(self, item: _F, scope: str) -> str:
        return self._name(item.type_name, scope) if item.type_name else _TYPES[item.type]

    def _name(self, absolute: str, scope: str) -> str:
        """Return the shortest spelling of a type's name that means it inside of `scope`."""
        name = absolute[1:]
        for start in (scope, self._file.package):
            if start and name.startswith(f"{start}."):
                short = name.removeprefix(f"{start}.")
                if self._resolve(short, scope) == name:
                    return short
        return name if self._resolve(name, scope) == name else absolute

    def _resolve(self, name: str, scope: str) -> str:
        """Look `name` up as protoc does: the innermost scope that knows its first part decides."""
        first = name.split(".")[0]
        while True:
            if full(scope, first) in self._symbols:
                return full(scope, name)
            if not scope:
                return ""
            scope = scope.rpartition(".")[0]


def _options(options: ProtoMessage) -> list[str]:
    """Return protobuf's own plain options as text; `pull` has taken all others off."""
    shown = []
    for descriptor, value in options.ListFields():
        if descriptor.name == "map_entry":
            continue
        if descriptor.enum_type is not None:
            text = descriptor.enum_type.values_by_number[value].name
        elif isinstance(value, bool):
            text = "true" if value else "false"
        else:
            text = _quoted(value) if isinstance(value, str) else str(value)
        shown.append(f"{descriptor.name} = {text}")
    return shown


def _quoted(text: str) -> str:
    return f'"{text_encoding.CEscape(text.encode(), as_utf8=True)}"'
