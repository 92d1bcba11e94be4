"""The Python code of the REST half: annotations, the expressions that read and write values, and their imports."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from attrs import frozen

from generator.render.rest_docs import docstring
from generator.spec.lint import MULTIPART
from generator.spec.rest_model import (
    ANY,
    NULL,
    Array,
    Const,
    Member,
    Model,
    Named,
    Operation,
    Parameter,
    Response,
    Rest,
    Scalar,
    Table,
    Type,
    Union,
    is_nullable,
    without_null,
)

# kind -> its reader in wire.py
_READERS = {
    "str": "text",
    "int": "integer",
    "float": "number",
    "bool": "boolean",
    "datetime": "time",
    "date": "day",
    "UUID": "uuid",
    "Decimal": "decimal",
    "Any": "anything",
    "None": "nothing",
    "bytes": "text",
}
_PLAIN = {Scalar("str"), Scalar("int"), Scalar("float"), Scalar("bool")}  # they are their own JSON form
_RESPONSES = {"bytes": "return body", "nothing": "return None"}
_BY_TRANSPORT = ("application/json", MULTIPART)
_SEPARATORS = {"spaceDelimited": " ", "pipeDelimited": "|"}


@frozen
class Code:
    """Renders parts of a document as code; the templates call it."""

    modules: Mapping[str, str]  # class -> module

    @classmethod
    def of(cls, rest: Rest) -> Code:
        return cls(
            {**{item.name: item.module for item in rest.models}, **{item.name: item.module for item in rest.enums}}
        )

    # -------------------------------------------------------------------------------------------------- annotations

    def annotation(self, kind: Type, *, given: bool = False, file: bool = False) -> str:
        """Return the annotation of a value that is read; or, `given`, of one that a caller may hand over."""
        match kind:
            case Scalar("bytes") if not file:
                return "str"
            case Scalar("Decimal") if given:
                return "Decimal | float"
            case Scalar(name):
                return name
            case Const(value):
                return type(value).__name__
            case Array(item):
                return f"{'Sequence' if given else 'list'}[{self.annotation(item, given=given, file=file)}]"
            case Table(values):
                return f"{'Mapping' if given else 'dict'}[str, {self.annotation(values, given=given)}]"
            case Named(name, None):
                return f"{name} | Mapping[str, Any]" if given else name
            case Named(name, base):
                return f"{name} | {base}" if given else name
            case Union(forms, tag):
                names = [
                    part for form in forms for part in _alternatives(self.annotation(form, given=given, file=file))
                ]
                if tag is not None and not given:
                    names.insert(len(names) - (NULL in forms), "wire.UnknownVariant")
                return _joined(names)

    def member_annotation(self, item: Member) -> str:
        annotation = self.annotation(item.type)
        optional = (not item.required or is_nullable(item.type)) and not item.reads_empty
        return (
            annotation
            if not optional or annotation in ("Any", "None") or annotation.endswith(" | None")
            else f"{annotation} | None"
        )

    def parameter_annotation(self, item: Parameter) -> str:
        annotation = self.annotation(item.type, given=True, file=item.place in ("part", "raw"))
        if annotation == "Any":
            return annotation
        if self.may_clear(item):
            return f"{annotation} | wire.Unset"
        return annotation if item.required or annotation.endswith("None") else f"{annotation} | None"

    def parameter_default(self, item: Parameter) -> str:
        if isinstance(item.type, Const) and item.required:
            return f" = {item.type.value!r}"
        if item.required:
            return ""
        return " = wire.UNSET" if self.may_clear(item) else " = None"

    def may_clear(self, item: Parameter) -> bool:
        """Return whether null means something of its own: it is not the same as leaving the member out."""
        return item.place == "json" and not item.required and is_nullable(item.type)

    # ------------------------------------------------------------------------------------------------------ reading

    def decode(self, kind: Type, value: str, where: str) -> str:
        """Return the expression that reads the JSON value of the expression `value`.

        Where null is one of the values, `value` must be a name: it is evaluated twice.
        """
        match kind:
            case Scalar(name):
                return f"wire.{_READERS[name]}({value}, {where!r})"
            case Const(fixed):
                reader = {str: "text", int: "integer", bool: "boolean"}[type(fixed)]
                return f"wire.{reader}({value}, {where!r})"
            case Array(item):
                return f"[{self._item(item, where)} for item in wire.array({value}, {where!r})]"
            case Table(values):
                read = self._item(values, where)
                return f"{{key: {read} for key, item in wire.members({value}, {where!r}).items()}}"
            case Named(name, None):
                return f"{name}.from_dict({value})"
            case Named(name, base):
                return f"{name}(wire.{'text' if base == 'str' else 'integer'}({value}, {where!r}))"
            case Union():
                inner = without_null(kind)
                expression = (
                    self._union(inner, value, where) if isinstance(inner, Union) else self.decode(inner, value, where)
                )
                return f"None if {value} is None else {expression}" if NULL in kind.forms else expression

    def _item(self, kind: Type, where: str) -> str:
        return "item" if kind == ANY else self.decode(kind, "item", where)

    def _union(self, kind: Union, value: str, where: str) -> str:
        if kind.tag is not None:
            tagged = {name for _, name in kind.tag.classes}
            table = ", ".join(f"{said!r}: {name}.from_dict" for said, name in kind.tag.classes)
            if kind.tag.above:
                path = (*kind.tag.above, kind.tag.member)
                forms = ", ".join(self._reader(form, where) for form in kind.forms)
                return f"wire.tagged_below({value}, {where!r}, {path!r}, {{{table}}}, {forms})"
            others = [form for form in kind.forms if not (isinstance(form, Named) and form.name in tagged)]
            readers = "".join(f", {self._reader(form, where)}" for form in others)
            return f"wire.tagged({value}, {where!r}, {kind.tag.member!r}, {{{table}}}{readers})"
        fixed = dict(kind.fixed)
        readers = ", ".join(self._reader(form, where, fixed) for form in kind.forms)
        return f"wire.union({value}, {where!r}, {readers})"

    def _reader(self, form: Type, where: str, fixed: Mapping[str, Any] | None = None) -> str:
        members = (fixed or {}).get(form.name) if isinstance(form, Named) else None
        read = f"lambda item: {self.decode(form, 'item', where)}"
        return f"wire.only({dict(members)!r}, {read})" if members else read

    def decode_member(self, item: Member, model: str) -> str:
        where = f"{model}.{item.wire}"
        if item.required and not is_nullable(item.type):
            return self.decode(item.type, f"fields.get({item.wire!r}, wire.MISSING)", where)
        if item.required and item.type == ANY:
            return self.decode(ANY, f"fields.get({item.wire!r}, wire.MISSING)", where)
        if item.type == ANY:
            return f"fields.get({item.wire!r})"
        if item.type == NULL:
            return f"wire.nothing(fields.get({item.wire!r}), {where!r})"
        absent = ("[]" if isinstance(item.type, Array) else "{}") if item.reads_empty else "None"
        read = self.decode(without_null(item.type), "value", where)
        return f"{absent} if (value := fields.get({item.wire!r})) is None else {read}"

    def member_default(self, item: Member) -> str:
        options = ["repr=False"] if item.secret else []
        if item.reads_empty:
            options.insert(0, f"default_factory={'list' if isinstance(item.type, Array) else 'dict'}")
        elif isinstance(item.type, Const) and (item.required or item.constant is not None):
            options.insert(0, f"default={item.type.value!r}")
        elif isinstance(item.type, Named) and item.constant is not None:
            options.insert(0, f"default_factory=lambda: {item.type.name}({item.constant!r})")
        elif not item.required:
            options.insert(0, "default=None")
        if not options:
            return ""
        only = options[0].removeprefix("default=")
        return f" = {only}" if len(options) == 1 and only != options[0] else f" = field({', '.join(options)})"

    def always_written(self, item: Member) -> bool:
        return item.required or item.reads_empty

    def encode_member(self, item: Member, model: str) -> str:
        if item.type in _PLAIN or isinstance(item.type, Const):
            return f"self.{item.name}"
        return f"wire.plain(self.{item.name}, {f'{model}.{item.wire}'!r})"

    def extra_annotation(self, model: Model) -> str:
        return self.annotation(model.extra)

    def extra_decode(self, model: Model) -> str:
        read = self._item(model.extra, f"{model.name} member")
        return f"{{key: {read} for key, item in fields.items() if key not in _KNOWN}}"

    def known(self, model: Model) -> str:
        return "(" + "".join(f"{wire!r}, " for wire in sorted(item.wire for item in model.members)) + ")"

    # ------------------------------------------------------------------------------------------------------ imports

    def imports_of(self, model: Model) -> list[tuple[str, str]]:
        kinds = [*(item.type for item in model.members), model.extra]
        return self._imports(kinds, model.name)

    def imports_for(self, operation: Operation) -> list[tuple[str, str]]:
        return self._imports([*(p.type for p in operation.parameters), *(a.type for a in operation.responses)])

    def _imports(self, kinds: list[Type], but: str = "") -> list[tuple[str, str]]:
        names = {name for kind in kinds for name in classes_in(kind)} - {but}
        return sorted((self.modules[name], name) for name in names)

    # --------------------------------------------------------------------------------------------------- operations

    def response_annotation(self, operation: Operation) -> str:
        kinds = [response.type for response in operation.responses]
        return _joined([part for kind in kinds for part in _alternatives(self.annotation(kind, file=True))])

    def parse(self, operation: Operation) -> list[str]:
        """Return the lines that read a response."""
        several = len({response.type for response in operation.responses if response.kind == "json"}) > 1
        *others, last = [(a.statuses, self._response(a, operation.name, several)) for a in operation.responses]
        lines: list[str] = []
        for statuses, code in others:
            if code != last[1]:
                test = f"status == {statuses[0]}" if len(statuses) == 1 else f"status in {statuses}"
                lines += [f"if {test}:", *(f"    {line}" for line in code)]
        return [*lines, *last[1]]

    def _response(self, response: Response, name: str, several: bool) -> list[str]:
        kind = response.type
        if response.kind in _RESPONSES:
            return [_RESPONSES[response.kind]]
        if response.kind == "text":
            return [f"return wire.decode(body, {name!r}, headers)"]
        if response.kind == "events" and kind == Scalar("str"):
            return [f"return wire.decode(body, {name!r})"]
        if kind == ANY:
            return ["return wire.load(body) if body else None"]
        if kind == NULL:
            return [f"wire.nothing(wire.load(body) if body else None, {name!r})", "return None"]
        # The name has a type of its own, since what reads a union promises nothing to type checkers.
        read = self.decode(kind, "value", name)
        local = f"parsed_{response.statuses[0]}" if several else "parsed"
        return ["value = wire.load(body)", f"{local}: {self.annotation(kind)} = {read}", f"return {local}"]

    def success(self, operation: Operation) -> str:
        """Return the statuses that mean success; empty where that is 200 alone."""
        statuses = sorted(status for response in operation.responses for status in response.statuses)
        if statuses == [200]:
            return ""
        return "frozenset(range(200, 300))" if statuses == list(range(200, 300)) else f"frozenset({statuses})"

    def streams(self, operation: Operation) -> bool:
        return any(response.kind == "events" for response in operation.responses)

    def path(self, operation: Operation) -> str:
        by_wire = {item.wire: item for item in operation.at("path")}
        if not by_wire:
            return repr(operation.path)

        def put(match: re.Match[str]) -> str:
            item = by_wire[match[1]]
            several = _is_list(item.type) or _is_object(item.type)
            if item.style != "json" and (several or item.style != "simple"):
                return f"{{wire.expanded({item.wire!r}, {item.name}, {item.style!r}, {item.explode})}}"
            return f"{{wire.segment({item.wire!r}, {self._simple(item)}{', ' + repr('/') if item.slashes else ''})}}"

        return 'f"' + re.sub(r"\{([^}]*)\}", put, operation.path) + '"'

    def query(self, item: Parameter) -> str:
        """Return the element of `wire.query(...)` for one parameter."""
        pair = f"({item.wire!r}, {item.name})"
        if item.style == "json":
            return f"({item.wire!r}, wire.text_of({item.name}, {item.wire!r}))"
        if item.style == "deepObject":
            return f"*wire.nested({item.wire!r}, {item.name})"
        if _is_list(item.type):
            if item.explode:
                return f"({item.wire!r}, wire.items({item.wire!r}, {item.name}))"
            separator = _SEPARATORS.get(item.style, ",")
            return f"({item.wire!r}, wire.joined(wire.items({item.wire!r}, {item.name}), {separator!r}))"
        if _is_object(item.type):
            return f"*wire.spread({item.name})" if item.explode else f"({item.wire!r}, wire.joined({item.name}))"
        return pair

    def header(self, item: Parameter) -> str:
        return f"({item.wire!r}, {self._simple(item)})"

    def _simple(self, item: Parameter) -> str:
        """Return the text of a parameter in a path or a header."""
        if item.style == "json":
            return f"wire.text_of({item.name}, {item.wire!r})"
        if _is_pairs(item):
            return f"wire.joined({item.name}, pairs=True)"
        return f"wire.joined({item.name})" if _is_list(item.type) or _is_object(item.type) else item.name

    def headers(self, operation: Operation) -> list[str]:
        """Return the elements of `wire.headers(...)`."""
        headers = [self.header(item) for item in operation.at("header")]
        if cookies := operation.at("cookie"):
            pairs = ", ".join(self.query(item) for item in cookies)
            headers.append(f'("Cookie", wire.cookies({pairs}))')
        if operation.accept:
            headers.append(f'("Accept", {operation.accept!r})')
        if value := self._content_type(operation):
            headers.append(f'("Content-Type", {value})')
        return headers

    def _content_type(self, operation: Operation) -> str:
        """Return the expression of the body's media type; empty where the transport says it: plain JSON, several parts."""
        body = operation.body
        if body is None or "*" in body.media_type or body.media_type.partition(";")[0].strip().lower() in _BY_TRANSPORT:
            return ""
        if body.required or body.kind == "form":
            return repr(body.media_type)
        whole = operation.at("raw", "body")
        sent = f"{whole[0].name} is not None" if whole else self.json(operation)
        return f"{body.media_type!r} if {sent} else None"

    def json(self, operation: Operation) -> str:
        """Return the expression of a JSON body; empty without one."""
        body = operation.body
        if body is None or body.kind != "json":
            return ""
        if whole := operation.at("body"):
            return f"wire.plain({self._value(whole[0])}, {whole[0].wire!r})"
        members = operation.at("json")
        if not members:
            return "{}"
        content = f"wire.body({', '.join(f'({item.wire!r}, {self._member(item)})' for item in members)})"
        return content if body.required else f"{content} or None"

    def content(self, operation: Operation) -> str:
        """Return the expression of a body that is a form or raw; empty without one."""
        if whole := operation.at("raw"):
            return f"wire.content({whole[0].wire!r}, {whole[0].name})"
        if whole := operation.at("form-body"):
            return f"wire.form(*wire.spread({whole[0].name}))"
        if operation.body is not None and operation.body.kind == "form":
            return f"wire.form({', '.join(self.query(item) for item in operation.at('form'))})"
        return ""

    def part(self, item: Parameter) -> str:
        """Return the element of `wire.files(...)` for one part."""
        inner = without_null(item.type)
        inner = inner.item if isinstance(inner, Array) else inner
        if inner == Scalar("bytes"):
            return f"({item.wire!r}, {item.filename!r}, {item.name}, {item.media_type!r})"
        media = item.media_type or None
        return f"({item.wire!r}, None, wire.part({item.wire!r}, {item.name}, {media!r}), {media!r})"

    def _member(self, item: Parameter) -> str:
        code = self._value(item)
        return f"wire.NULL if {item.name} is None else {code}" if is_nullable(item.type) else code

    def _value(self, item: Parameter) -> str:
        # A string is a sequence too: it would become a list of its letters.
        if not _is_list(item.type):
            return item.name
        if self.may_clear(item):
            return f"{item.name} if {item.name} is wire.UNSET else wire.items({item.wire!r}, {item.name})"
        return f"wire.items({item.wire!r}, {item.name})"

    def docstring(self, operation: Operation) -> str:
        return docstring(operation)


def classes_in(kind: Type) -> Iterator[str]:
    """Yield the name of every class that a type names."""
    match kind:
        case Named(name):
            yield name
        case Array(inner) | Table(inner):
            yield from classes_in(inner)
        case Union(forms, tag):
            for form in forms:
                yield from classes_in(form)
            for _, name in tag.classes if tag else ():
                yield name


def _is_list(kind: Type) -> bool:
    return isinstance(without_null(kind), Array)


def _is_pairs(item: Parameter) -> bool:
    """Whether a parameter in a path or a header is written as `name=value`, member by member."""
    return _is_object(item.type) and item.explode


def _is_object(kind: Type) -> bool:
    inner = without_null(kind)
    return isinstance(inner, Table) or (isinstance(inner, Named) and inner.base is None)


def _alternatives(annotation: str) -> list[str]:
    """Return the parts of an annotation that stand between bars outside of brackets."""
    parts, depth = [""], 0
    for char in annotation:
        depth += {"[": 1, "]": -1}.get(char, 0)
        if char == "|" and not depth:
            parts.append("")
        else:
            parts[-1] += char
    return [part.strip() for part in parts]


def _joined(names: list[str]) -> str:
    once = dict.fromkeys(names)
    if "Any" in once:
        return "Any"
    return " | ".join([*(name for name in once if name != "None"), *(name for name in once if name == "None")])
