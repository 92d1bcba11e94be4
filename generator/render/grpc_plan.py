"""From the intermediate form and the mapping to what the templates of the gRPC half print."""

from __future__ import annotations

import keyword
from collections.abc import Container, Iterable, Iterator, Mapping

from attrs import frozen

from generator.errors import SpecError
from generator.spec.mapping import Mappings
from generator.spec.names import BUILTINS, distinct, identifier, snake
from generator.spec.proto_model import SCALARS, Definition, Enum, Field, Message, Protos, Rpc, class_name, safe_name

STRUCT = "google.protobuf.Struct"
TIMESTAMP = "google.protobuf.Timestamp"


@frozen
class WellKnown:
    """How one of google's types is said in Python: `read` and `write` are functions of wellknown.py."""

    read_as: str
    written_as: str
    read: str
    write: str


_WRAPPED = {
    "Double": "float",
    "Float": "float",
    "Int64": "int",
    "UInt64": "int",
    "Int32": "int",
    "UInt32": "int",
    "Bool": "bool",
    "String": "str",
    "Bytes": "bytes",
}
WELL_KNOWN = {
    TIMESTAMP: WellKnown("datetime", "datetime", "to_datetime", "to_timestamp"),
    "google.protobuf.Duration": WellKnown("timedelta", "timedelta", "to_timedelta", "to_duration"),
    STRUCT: WellKnown("dict[str, Any]", "Mapping[str, Any]", "to_dict", "to_struct"),
    "google.protobuf.Value": WellKnown("Any", "Any", "to_plain", "to_value"),
    "google.protobuf.ListValue": WellKnown("list[Any]", "Sequence[Any]", "to_list", "to_list_value"),
    "google.protobuf.FieldMask": WellKnown("list[str]", "Iterable[str]", "to_paths", "to_field_mask"),
    **{
        f"google.protobuf.{name}Value": WellKnown(kind, kind, "", f"to_{name.lower()}_value")
        for name, kind in _WRAPPED.items()
    },
}
_TYPES = {"google.protobuf.NullValue": "int"}

# What the modules of readers and builders mean by these names.
_TAKEN_FUNCTIONS = BUILTINS | {"models", "reading", "wellknown", "datetime", "timedelta", "m"}


@frozen
class Member:
    """One attribute of a rendered model, with the expression that reads it off a message named `m`."""

    name: str
    wire: str
    annotation: str
    default: str | None
    decode: str
    doc: str


@frozen
class Model:
    """A rendered dataclass, and the function that reads it; `models`, `enums`, `google` and `readers` are what these use."""

    name: str
    function: str
    message: Message
    module: str
    members: tuple[Member, ...]
    doc: str
    base: str | None
    models: tuple[str, ...]
    enums: tuple[str, ...]
    google: tuple[str, ...]
    readers: tuple[str, ...]
    rows: str | None  # the function that reads the rows of a long listing

    @property
    def bases(self) -> str:
        """What the class is made from."""
        return f"{self.base}, reading.Model" if self.base else "reading.Model"


@frozen
class Listing:
    """What an RPC answers whose rows are read by the first look at them: `number` is that of the field that holds them."""

    model: str
    rows: str
    number: int


@frozen
class EnumClass:
    """A rendered open enum."""

    name: str
    enum: Enum
    members: tuple[
        tuple[str, str, int, str | None], ...
    ]  # member, value, number, the wire's name where it is another one
    doc: str
    base: str


@frozen
class Parameter:
    """One parameter of a rendered builder, with the expression that the message takes."""

    name: str
    wire: str
    annotation: str
    required: bool
    encode: str
    odd: bool  # the wire's name is not one that Python takes as a keyword argument's name


@frozen
class Builder:
    """A rendered function that builds a message."""

    name: str
    message: Message
    module: str
    parameters: tuple[Parameter, ...]
    modules: tuple[str, ...]
    google: tuple[str, ...]


@frozen
class GrpcPlan:
    """Everything that the gRPC templates need. `homes`: class -> its module below `models`; `listings`: RPC -> its rows."""

    models: tuple[Model, ...]
    enums: tuple[EnumClass, ...]
    builders: tuple[Builder, ...]
    homes: Mapping[str, str]
    listings: Mapping[str, Listing]


def make_plan(protos: Protos, mappings: Mappings) -> GrpcPlan:
    """Decide which models, enums and builders are rendered, and how each field is read and written.

    Raises:
        SpecError: when two of them would have one name.
    """
    used = [rpc for rpc in protos.rpcs if mappings.rpcs[rpc.key].waived is None]
    waived = {(model.message, name) for model in mappings.models.values() for name in model.waived_fields}
    messages: dict[str, None] = {}
    # What a method answers becomes a model, and what that holds; mapping.toml names these, and may add others.
    queue = [model.message for model in mappings.models.values()]
    queue += [rpc.response for rpc in used] if mappings.direct else []
    while queue:
        name = queue.pop(0)
        if name in messages or name not in protos.messages:
            continue
        messages[name] = None
        queue += [
            inner.type_name
            for item in protos.messages[name].fields
            if (name, item.name) not in waived
            for inner in (item.map_value if item.type == "map" and item.map_value else item,)
            if inner.type == "message" and inner.type_name is not None
        ]
    names = _names(
        {name: protos.messages[name] for name in messages}, {m: x.name for m, x in mappings.by_message.items()}
    )
    enum_names = _names(protos.enums, {name: item.name for name, item in mappings.by_enum.items()}, names.values())

    classes = {*names.values(), *enum_names.values()}
    taken = _TAKEN_FUNCTIONS | classes | set(protos.modules.values()) | {module for module, _ in protos.google.values()}
    readers = distinct(names.values(), lambda name: _function(name, taken, "_model"))
    context = _Context(protos, mappings, names, enum_names, readers)
    listed = {rpc.key: _listed(rpc, context) for rpc in used if mappings.rpcs[rpc.key].rows}
    in_rows = {names[item.type_name or ""] for item in listed.values()}
    rows = {name: _function(f"{readers[name]}_rows", {*taken, *readers.values()}, "_model") for name in in_rows}
    models = tuple(_model(protos.messages[name], context, rows.get(names[name])) for name in messages)
    built = {name: protos.messages[name] for name in protos.reachable_from(*(rpc.request for rpc in used))}
    built_names = _names(built, {})
    # A message that is both read and built needs two functions.
    taken |= {*readers.values(), *rows.values()}
    functions = distinct(built_names.values(), lambda name: _function(name, taken, "_message"))
    builders = tuple(_builder(item, context, functions[built_names[name]]) for name, item in built.items())
    return GrpcPlan(
        models=tuple(sorted(models, key=lambda model: model.name)),
        enums=tuple(
            sorted(
                (_enum(enum, enum_names[name], mappings) for name, enum in protos.enums.items()), key=lambda e: e.name
            )
        ),
        builders=tuple(sorted(builders, key=lambda builder: builder.name)),
        homes=distinct(classes, lambda name: identifier(name, classes)),
        listings={
            key: Listing(model, rows[model], item.number)
            for key, item in listed.items()
            for model in [names[item.type_name or ""]]
        },
    )


def _listed(rpc: Rpc, context: _Context) -> Field:
    """Return the field of an RPC's answer that holds its rows.

    Raises:
        SpecError: when the answer is something else than a listing.
    """
    fields = context.protos.messages[rpc.response].fields if rpc.response in context.protos.messages else ()
    if not rpc.server_streaming and len(fields) == 1 and fields[0].repeated and fields[0].type_name in context.models:
        return fields[0]
    raise SpecError(
        f"mapping.toml: [rpc.{rpc.key}]: rows is for one answer whose only field is a list of a message with a [model.…]: "
        "remove it"
    )


@frozen
class _Context:
    protos: Protos
    mappings: Mappings
    models: dict[str, str]
    enums: dict[str, str]
    readers: dict[str, str]  # model -> the function that reads it

    def module(self, item: Message) -> str:
        return self.protos.module_of(item)

    def google(self, name: str) -> str:
        """Return the class of one of google's messages, which are used directly."""
        return ".".join(self.protos.google[name])

    def google_modules(self, fields: Iterable[Field]) -> tuple[str, ...]:
        """Return the modules of google's messages that fields hold, which are used directly."""
        kept = [name for name in types_of(fields) if name in self.protos.google and name not in WELL_KNOWN]
        return tuple(sorted({self.protos.google[name][0] for name in kept}))


def _names(items: Mapping[str, Definition], given: Mapping[str, str], taken: Iterable[str] = ()) -> dict[str, str]:
    """Return full name -> the name of a class: the one that mapping.toml gives, else upstream's.

    Where two packages have one name, each but the first gets that of its package in front.

    Raises:
        SpecError: when mapping.toml gives one name twice.
    """
    chosen = {name: given[name] for name in items if name in given}
    _refuse_doubles([*chosen.values(), *taken], "model")
    used = {*chosen.values(), *taken}
    for name, item in sorted(items.items()):
        if name in chosen:
            continue
        package = name.removesuffix(f".{item.proto_path}").split(".") if name != item.proto_path else []
        choices = [class_name(item.flat)]
        choices += [
            "".join(part.capitalize() for part in package[-count:]) + item.flat for count in range(1, len(package) + 1)
        ]
        chosen[name] = next((choice for choice in choices if choice not in used), f"{choices[-1]}Enum")
        used.add(chosen[name])
    return chosen


def _refuse_doubles(names: list[str], what: str) -> None:
    doubles = sorted({name for name in names if names.count(name) > 1})
    if doubles:
        raise SpecError(
            *(f"mapping.toml: two names of the wire become the {what} {name}: rename one" for name in doubles)
        )


# ------------------------------------------------------------------------------------------------------------ reading


def _model(message: Message, context: _Context, rows: str | None) -> Model:
    mapped = context.mappings.by_message.get(message.name)
    rename = mapped.rename if mapped else {}
    types = mapped.types if mapped else {}
    waived = mapped.waived_fields if mapped else {}
    order = mapped.order if mapped else ()
    fields = {item.name: item for item in message.fields if item.name not in waived}
    sequence = [fields[name] for name in order] + [item for name, item in fields.items() if name not in order]
    _refuse_doubles(list(rename.values()), f"attribute of {message.name}")
    used = {message.name, *types_of(sequence)}
    classes = {chosen for names in (context.models, context.enums) for wire, chosen in names.items() if wire in used}
    plain = distinct(
        (item.name for item in sequence if item.name not in rename),
        # The annotations and defaults of the members behind it would mean the member.
        lambda wire: f"{safe_name(wire)}_" if safe_name(wire) in classes else safe_name(wire),
    )
    python = {wire: f"{name}_" if name in rename.values() else name for wire, name in plain.items()} | rename
    # A field of that name hides the method of the message.
    asked = "type(m).HasField(m, " if any(item.name == "HasField" for item in message.fields) else "m.HasField("
    members = tuple(
        _member(item, python[item.name], types.get(item.name), asked, item.name in order, context) for item in sequence
    )
    name = context.models[message.name]
    models = sorted({context.models[wire] for wire in used if wire in context.models} - {name})
    return Model(
        name=name,
        function=context.readers[name],
        message=message,
        module=context.module(message),
        members=members,
        doc=message.doc or f"`{message.name}` of the wire.",
        base=mapped.base if mapped else None,
        models=tuple(models),
        enums=tuple(sorted({context.enums[wire] for wire in used if wire in context.enums})),
        google=context.google_modules(sequence),
        readers=tuple(sorted(context.readers[model] for model in models)),
        rows=rows,
    )


def _member(item: Field, name: str, kind: str | None, asked: str, required: bool, context: _Context) -> Member:
    source = f"m.{item.name}" if item.plain else f'getattr(m, "{item.name}")'
    has = f'{asked}"{item.name}")'
    default: str | None
    if item.type == "map":
        assert item.map_value is not None and item.map_key is not None
        annotation, value = _read(item.map_value, "v", context)
        annotation = f"dict[{SCALARS[item.map_key]}, {annotation}]"
        decode = f"dict({source})" if value == "v" else f"{{k: {value} for k, v in {source}.items()}}"
        default = "field(default_factory=dict)"
    elif item.repeated:
        annotation, value = _read(item, "v", context)
        annotation = f"list[{annotation}]"
        decode = f"list({source})" if value == "v" else f"[{value} for v in {source}]"
        default = "field(default_factory=list)"
    else:
        annotation, decode = _read(item, source, context)
        if kind == "timedelta":
            annotation, decode = "timedelta", f"wellknown.span({decode})"
        default = {"int": "0", "float": "0.0", "bool": "False", "str": '""', "bytes": 'b""'}.get(annotation)
        if item.type == "message" and item.type_name == STRUCT and item.oneof is None:
            # A free-form object that is absent reads as an empty one, as callers index it; one of a oneof may be the other.
            decode, default = f"{decode} if {has} else {{}}", "field(default_factory=dict)"
        elif item.presence:
            default = "None"
            if item.type == "message":
                annotation = annotation if annotation == "Any" else f"{annotation} | None"
                # The zero time of the wire means "unknown", as an absent one does; of a oneof it says which.
                zero = item.type_name == TIMESTAMP and item.oneof is None
                decode = f"wellknown.moment({source})" if zero else f"{decode} if {has} else None"
            else:
                # Most values that are there are not zero, and a value costs half of what asking for its presence does.
                local = f"{item.python}_"
                annotation = f"{annotation} | None"
                decode = f"{decode.replace(source, local)} if ({local} := {source}) or {has} else None"
        elif item.type == "enum" and item.type_name not in _TYPES:
            default = f"{annotation}.from_number(0)"
        elif kind == "timedelta":
            default = "timedelta(0)"
    return Member(name, item.name, annotation, None if required else default, decode, item.doc)


def _read(item: Field, source: str, context: _Context) -> tuple[str, str]:
    """Return the type of one value, and the expression that turns the wire's `source` into it."""
    if item.type == "message":
        name = item.type_name or ""
        if name in WELL_KNOWN:
            known = WELL_KNOWN[name]
            return known.read_as, f"wellknown.{known.read}({source})" if known.read else f"{source}.value"
        if name in context.protos.google:
            return context.google(name), source
        name = _ours(context.models, item)
        return name, f"{context.readers[name]}({source})"
    if item.type == "enum" and item.type_name in _TYPES:
        return _TYPES[item.type_name], source
    if item.type == "enum":
        name = _ours(context.enums, item)
        return name, f"_{name}[{source}]"
    return SCALARS[item.type], source


def _function(name: str, taken: Container[str], suffix: str) -> str:
    """Return the name of the function that reads or builds a message: none that its module uses otherwise."""
    chosen = snake(name)
    if chosen in taken or keyword.iskeyword(chosen) or not chosen.isidentifier():
        chosen += suffix
    while chosen in taken:
        chosen += "_"
    return chosen


def types_of(fields: Iterable[Field]) -> Iterator[str]:
    """Yield the full name of every message and enum that fields hold."""
    for item in fields:
        name = (item.map_value or item).type_name
        if name is not None:
            yield name


def _ours(names: dict[str, str], item: Field) -> str:
    name = names.get(item.type_name or "")
    if name is None:
        raise SpecError(f"{item.name}: {item.type_name} is not a type that this generator knows")
    return name


def _enum(enum: Enum, name: str, mappings: Mappings) -> EnumClass:
    mapped = mappings.by_enum.get(enum.name)
    rename = mapped.rename if mapped else {}
    lower = mapped.lower if mapped else False
    renamed = {value: rename.get(value, value) for value, _ in enum.values}
    names = distinct(renamed.values(), _enum_member)
    members = [
        (
            names[renamed[value]],
            renamed[value].lower() if lower else renamed[value],
            number,
            value if value != renamed[value] else None,
        )
        for value, number in enum.values
    ]
    base = "OrderedEnum" if mapped and mapped.ordered else "NumberedEnum"
    return EnumClass(name, enum, tuple(members), enum.doc or f"`{enum.name}` of the wire.", base)


def _enum_member(name: str) -> str:
    # "name", "value", "mro" and names with underscores around them mean something to enum.Enum.
    member = f"VALUE{name.rstrip('_')}" if name.startswith("_") else safe_name(name)
    taken = member in {"mro", "name", "value", "number", "wire_name", "from_number", "is_known"} or hasattr(str, member)
    return f"{member}_" if taken else member


# ------------------------------------------------------------------------------------------------------------ writing


def _builder(message: Message, context: _Context, name: str) -> Builder:
    # Wire names on purpose: a namespace names its parameters itself, and the check of the surface holds it to the mapping.
    names = distinct((item.name for item in message.fields), _parameter_name)
    parameters = [_parameter(item, names[item.name], context) for item in message.fields]
    parameters.sort(key=lambda parameter: not parameter.required)
    return Builder(
        name=name,
        message=message,
        module=context.module(message),
        parameters=tuple(parameters),
        modules=tuple(sorted({context.module(message), *_modules(message, context)})),
        google=context.google_modules(message.fields),
    )


def _modules(message: Message, context: _Context) -> Iterator[str]:
    """Yield the modules of the messages that a message of ours holds."""
    for name in types_of(message.fields):
        if name in context.protos.messages:
            yield context.module(context.protos.messages[name])


def _parameter_name(name: str) -> str:
    parameter = safe_name(name)
    return f"{parameter}_" if parameter in ("wellknown", "models") else parameter


def _parameter(item: Field, name: str, context: _Context) -> Parameter:
    if item.type == "map":
        assert item.map_value is not None and item.map_key is not None
        annotation, value = _write(item.map_value, "v", context)
        annotation = f"Mapping[{SCALARS[item.map_key]}, {annotation}]"
        encode = name if value == "v" else f"None if {name} is None else {{k: {value} for k, v in {name}.items()}}"
        return Parameter(name, item.name, f"{annotation} | None", False, encode, not item.plain)
    if item.repeated:
        annotation, value = _write(item, "v", context)
        encode = name if value == "v" else f"None if {name} is None else [{value} for v in {name}]"
        return Parameter(name, item.name, f"Iterable[{annotation}] | None", False, encode, not item.plain)
    annotation, encode = _write(item, name, context)
    if item.presence:
        if encode != name:
            encode = f"None if {name} is None else {encode}"
        optional = annotation if annotation == "Any" else f"{annotation} | None"
        return Parameter(name, item.name, optional, False, encode, not item.plain)
    return Parameter(name, item.name, annotation, True, encode, not item.plain)


def _write(item: Field, source: str, context: _Context) -> tuple[str, str]:
    if item.type == "message":
        name = item.type_name or ""
        if name in WELL_KNOWN:
            return WELL_KNOWN[name].written_as, f"wellknown.{WELL_KNOWN[name].write}({source})"
        if name in context.protos.google:
            return context.google(name), source
        message = context.protos.messages[name]
        return f"{context.module(message)}.{message.dotted}", source
    if item.type == "enum" and item.type_name in _TYPES:
        return _TYPES[item.type_name], source
    if item.type == "enum":
        return f"models.{_ours(context.enums, item)}", f"{source}.number"
    return SCALARS[item.type], source
