"""From the intermediate form and the mapping to what the templates of the gRPC half print."""

from __future__ import annotations

from attrs import frozen

from generator.errors import SpecError
from generator.spec.mapping import Mappings
from generator.spec.proto_model import SCALARS, Enum, Field, Message, Protos, safe_name, snake

TIMESTAMP = "google.protobuf.Timestamp"
STRUCT = "google.protobuf.Struct"


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
    """A rendered dataclass."""

    name: str
    function: str
    message: Message
    module: str
    members: tuple[Member, ...]
    doc: str


@frozen
class EnumClass:
    """A rendered open enum."""

    name: str
    enum: Enum
    members: tuple[tuple[str, str, int], ...]  # member, value, number
    doc: str

    @property
    def table(self) -> str:
        """The name of the table by number in convert.py."""
        return _table(self.name)


@frozen
class Parameter:
    """One parameter of a rendered builder, with the expression that the message takes."""

    name: str
    wire: str
    annotation: str
    required: bool
    encode: str

    @property
    def odd(self) -> bool:
        """Whether the wire's name is not one that Python takes as a keyword argument's name."""
        return self.name != self.wire


@frozen
class Builder:
    """A rendered function that builds a message."""

    name: str
    message: Message
    module: str
    parameters: tuple[Parameter, ...]
    doc: str


@frozen
class GrpcPlan:
    """Everything that the gRPC templates need."""

    models: tuple[Model, ...]
    enums: tuple[EnumClass, ...]
    builders: tuple[Builder, ...]

    @property
    def read_enums(self) -> tuple[EnumClass, ...]:
        """The enums that a model has."""
        read = " ".join(member.decode for model in self.models for member in model.members)
        return tuple(enum for enum in self.enums if f"{enum.table}[" in read)


def make_plan(protos: Protos, mappings: Mappings) -> GrpcPlan:
    """Decide which models, enums and builders are rendered, and how each field is read and written.

    Raises:
        SpecError: when two of them would have one name.
    """
    used = [rpc for rpc in protos.rpcs if mappings.rpcs[rpc.name].waived is None]
    waived = {(model.message, name) for model in mappings.models.values() for name in model.waived_fields}
    messages: dict[str, None] = {}
    queue = [model.message for model in mappings.models.values()]
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
    names = {name: _model_name(protos.messages[name], mappings) for name in messages}
    enum_names = {name: _enum_name(enum, mappings) for name, enum in protos.enums.items()}
    _refuse_twins([*names.values(), *enum_names.values()], "model")

    context = _Context(protos, mappings, names, enum_names)
    models = tuple(_model(protos.messages[name], context) for name in messages)
    built = protos.reached_from(*(rpc.request for rpc in used))
    readers = {model.function for model in models}
    builders = tuple(_builder(protos.messages[name], context, readers) for name in built)
    _refuse_twins([*(b.name for b in builders), *(m.function for m in models)], "function of convert.py")
    return GrpcPlan(
        models=tuple(sorted(models, key=lambda model: model.name)),
        enums=tuple(
            sorted(
                (_enum(enum, enum_names[name], mappings) for name, enum in protos.enums.items()), key=lambda e: e.name
            )
        ),
        builders=tuple(sorted(builders, key=lambda builder: builder.name)),
    )


@frozen
class _Context:
    protos: Protos
    mappings: Mappings
    models: dict[str, str]
    enums: dict[str, str]

    def module(self, item: Message) -> str:
        return self.protos.module_of(item)


def _refuse_twins(names: list[str], what: str) -> None:
    twins = sorted({name for name in names if names.count(name) > 1})
    if twins:
        raise SpecError(
            *(f"mapping.toml: two of the wire's names become the {what} {name}: rename one" for name in twins)
        )


def _model_name(message: Message, mappings: Mappings) -> str:
    mapped = mappings.by_message.get(message.name)
    return mapped.name if mapped else safe_name(message.flat)


def _enum_name(enum: Enum, mappings: Mappings) -> str:
    mapped = mappings.by_enum.get(enum.name)
    return mapped.name if mapped else safe_name(enum.flat)


# ------------------------------------------------------------------------------------------------------------ reading


def _model(message: Message, context: _Context) -> Model:
    mapped = context.mappings.by_message.get(message.name)
    rename = mapped.rename if mapped else {}
    types = mapped.types if mapped else {}
    waived = mapped.waived_fields if mapped else {}
    order = mapped.order if mapped else ()
    fields = {item.name: item for item in message.fields if item.name not in waived}
    sequence = [fields[name] for name in order] + [item for name, item in fields.items() if name not in order]
    members = tuple(
        _member(item, rename.get(item.name, item.python), types.get(item.name), item.name in order, context)
        for item in sequence
    )
    _refuse_twins([member.name for member in members], f"attribute of {message.name}")
    name = context.models[message.name]
    return Model(
        name, _reader(name), message, context.module(message), members, message.doc or f"`{message.name}` of the wire."
    )


def _member(item: Field, name: str, kind: str | None, required: bool, context: _Context) -> Member:
    source = f"m.{item.name}" if item.plain else f'getattr(m, "{item.name}")'
    has = f'm.HasField("{item.name}")'
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
            annotation, decode = "timedelta", f"wellknown.SECOND * {decode}"
        default = {"int": "0", "float": "0.0", "bool": "False", "str": '""', "bytes": 'b""'}.get(annotation)
        if item.type == "message" and item.type_name == STRUCT:
            # A free-form object that is absent reads as an empty one, as callers index it.
            decode, default = f"{decode} if {has} else {{}}", "field(default_factory=dict)"
        elif item.presence:
            default = "None"
            if item.type == "message":
                annotation, decode = f"{annotation} | None", f"{decode} if {has} else None"
            else:
                # Most values that are there are not zero, and a value costs half of what asking for its presence does.
                local = f"{item.python}_"
                annotation = f"{annotation} | None"
                decode = f"{decode.replace(source, local)} if ({local} := {source}) or {has} else None"
        elif item.type == "enum":
            default = f"{annotation}.from_number(0)"
        elif kind == "timedelta":
            default = "timedelta(0)"
    return Member(name, item.name, annotation, None if required else default, decode, item.doc)


def _read(item: Field, source: str, context: _Context) -> tuple[str, str]:
    """Return the type of one value, and the expression that turns the wire's `source` into it."""
    if item.type == "message":
        if item.type_name == TIMESTAMP:
            return "datetime", f"wellknown.to_datetime({source})"
        if item.type_name == STRUCT:
            return "dict[str, Any]", f"wellknown.to_dict({source})"
        name = _ours(context.models, item)
        return name, f"{_reader(name)}({source})"
    if item.type == "enum":
        name = _ours(context.enums, item)
        return name, f"{_table(name)}[{source}]"
    return SCALARS[item.type], source


def _reader(model: str) -> str:
    """Return the name of the function that reads a model: none that the module uses otherwise."""
    name = snake(model)
    return f"{name}_" if name in ("drafts", "models", "wellknown") else name


def _table(enum: str) -> str:
    return f"_{enum}"


def _ours(names: dict[str, str], item: Field) -> str:
    found = names.get(item.type_name or "")
    if found is None:
        raise SpecError(
            f"{item.name}: {item.type_name} is not supported: only Timestamp and Struct of google's types are"
        )
    return found


def _enum(enum: Enum, name: str, mappings: Mappings) -> EnumClass:
    mapped = mappings.by_enum.get(enum.name)
    rename = mapped.rename if mapped else {}
    lower = mapped.lower if mapped else False
    members = []
    for value, number in enum.values:
        member = rename.get(value, value)
        # "name", "value", "mro" and names with underscores around them mean something to enum.Enum.
        python = safe_name(member)
        python = python + "_" if python in {"mro", "name", "value", "number"} or python.startswith("_") else python
        members.append((python, member.lower() if lower else member, number))
    return EnumClass(name, enum, tuple(members), enum.doc or f"`{enum.name}` of the wire.")


# ------------------------------------------------------------------------------------------------------------ writing


def _builder(message: Message, context: _Context, readers: set[str]) -> Builder:
    # Wire names on purpose: a namespace names its parameters itself, and the coverage check holds it to the mapping.
    parameters = [_parameter(item, context) for item in message.fields]
    parameters.sort(key=lambda parameter: not parameter.required)
    name = snake(message.flat)
    return Builder(
        # A message that is both read and built needs two functions.
        name=f"{name}_message" if name in readers else name,
        message=message,
        module=context.module(message),
        parameters=tuple(parameters),
        doc=message.doc,
    )


def _parameter(item: Field, context: _Context) -> Parameter:
    name = item.python
    if item.type == "map":
        assert item.map_value is not None and item.map_key is not None
        annotation, value = _write(item.map_value, "v", context)
        annotation = f"Mapping[{SCALARS[item.map_key]}, {annotation}]"
        encode = name if value == "v" else f"None if {name} is None else {{k: {value} for k, v in {name}.items()}}"
        return Parameter(name, item.name, f"{annotation} | None", False, encode)
    if item.repeated:
        annotation, value = _write(item, "v", context)
        encode = name if value == "v" else f"None if {name} is None else [{value} for v in {name}]"
        return Parameter(name, item.name, f"Iterable[{annotation}] | None", False, encode)
    annotation, encode = _write(item, name, context)
    if item.presence:
        if encode != name:
            encode = f"None if {name} is None else {encode}"
        return Parameter(name, item.name, f"{annotation} | None", False, encode)
    return Parameter(name, item.name, annotation, True, encode)


def _write(item: Field, source: str, context: _Context) -> tuple[str, str]:
    if item.type == "message":
        if item.type_name == TIMESTAMP:
            return "datetime", f"wellknown.to_timestamp({source})"
        if item.type_name == STRUCT:
            return "Mapping[str, Any]", f"wellknown.to_struct({source})"
        message = context.protos.messages[item.type_name or ""]
        return f"{context.module(message)}.{message.dotted}", source
    if item.type == "enum":
        return f"models.{_ours(context.enums, item)}", f"{source}.number"
    return SCALARS[item.type], source
