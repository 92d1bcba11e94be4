"""Read what mapping.toml and policy.toml say, and check it against the specification, whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, TypeVar

from attrs import frozen

from fal._sentences import meant
from generator.errors import SpecError
from generator.spec.policy import Call, Policy, operation_class, parse_policies, rpc_class
from generator.spec.proto_model import Protos
from generator.spec.rest_model import Operation, Rest

# key -> what it holds: text, texts (a list), names (a table of texts) or a flag
_RPC_KEYS = {
    **dict.fromkeys(("surface", "waived", "table"), "text"),
    **dict.fromkeys(("params", "fixed", "waived_fields", "returned"), "names"),
}
_ROWS = {"rows": "flag"}  # of an RPC only
_MODEL_KEYS = {
    **dict.fromkeys(("base", "message"), "text"),
    **dict.fromkeys(("rename", "types", "waived_fields"), "names"),
    "order": "texts",
}
_ENUM_KEYS = {"enum": "text", "rename": "names", "lower": "flag", "ordered": "flag"}
_FORMS = {"text": "a string", "texts": "a list of strings", "names": "a table of strings", "flag": "true or false"}
_Element = TypeVar("_Element")
FIELD_TYPES = frozenset({"timedelta"})


@frozen
class RpcMapping:
    """How the surface uses one RPC: from which method, with which names, or why not at all."""

    surface: str | None
    waived: str | None
    params: dict[str, str]
    fixed: dict[str, str]
    waived_fields: dict[str, str]
    returned: dict[str, str]
    table: str | None = None  # the file that says everything about each field
    rows: bool = False  # whether the answer is a long listing, whose rows are read by the first look at them


@frozen
class ModelMapping:
    """How a message becomes a model that users hold."""

    name: str
    message: str
    rename: dict[str, str]
    order: tuple[str, ...]
    types: dict[str, str]
    waived_fields: dict[str, str]
    base: str | None


@frozen
class EnumMapping:
    """How an enum becomes a class that users hold."""

    name: str
    enum: str
    rename: dict[str, str]
    lower: bool
    ordered: bool


@frozen(slots=False)  # for cached_property
class Mappings:
    """Everything that mapping.toml and policy.toml say."""

    rpcs: dict[str, RpcMapping]
    rest: dict[str, RpcMapping]
    models: dict[str, ModelMapping]
    enums: dict[str, EnumMapping]
    policies: dict[str, Policy]
    rest_policies: dict[str, Policy]
    direct: bool = False  # every call is made as it is generated: there is no hand-written surface

    @cached_property
    def by_message(self) -> dict[str, ModelMapping]:
        return {model.message: model for model in self.models.values()}

    @cached_property
    def by_enum(self) -> dict[str, EnumMapping]:
        return {item.enum: item for item in self.enums.values()}


def parse_mappings(mapping: Mapping[str, Any], policy: Mapping[str, Any], protos: Protos, rest: Rest) -> Mappings:
    """Hold every name of both files against the specification.

    Args:
        mapping: What mapping.toml says.
        policy: What policy.toml says.
        protos: What the proto files say.
        rest: What the OpenAPI documents say.

    Raises:
        SpecError: with every problem found.
    """
    problems: list[str] = []
    _known("mapping.toml", mapping, ("direct", "rpc", "rest", "model", "enum"), problems)
    direct = mapping.get("direct", False)
    if not isinstance(direct, bool):
        problems.append("mapping.toml: direct must be true or false")
    rpcs = _rpcs(_tables(mapping, "rpc", _RPC_KEYS | _ROWS, problems), protos, direct is True, problems)
    uses = _operations(_tables(mapping, "rest", _RPC_KEYS, problems), rest, direct is True, problems)
    models = _models(_tables(mapping, "model", _MODEL_KEYS, problems), protos, problems)
    enums = _enums(_tables(mapping, "enum", _ENUM_KEYS, problems), protos, problems)
    policies = parse_policies(policy, _calls(protos, rest), problems)
    if problems:
        raise SpecError(*problems)
    return Mappings(rpcs, uses, models, enums, policies["rpc"], policies["rest"], direct is True)


def _rpcs(tables: dict[str, Any], protos: Protos, direct: bool, problems: list[str]) -> dict[str, RpcMapping]:
    by_name = {rpc.key: rpc for rpc in protos.rpcs}
    uses = _uses(tables, "rpc", {rpc.key: rpc.name for rpc in protos.rpcs}, direct, problems)
    for name, use in uses.items():
        if name in by_name and by_name[name].request in protos.messages and use.waived is None:
            fields = [f.name for f in protos.messages[by_name[name].request].fields]
            _check_fields(f"mapping.toml: [rpc.{name}]", use, fields, problems)
            response = protos.messages.get(by_name[name].response)
            response_fields = [f.name for f in response.fields] if response else []
            for key in use.returned:
                if key not in response_fields:
                    problems.append(f"mapping.toml: [rpc.{name}]: {_unknown('answer field', key, response_fields)}")
    return uses


def _operations(tables: dict[str, Any], rest: Rest, direct: bool, problems: list[str]) -> dict[str, RpcMapping]:
    operations = {item.name: request_fields(item) for item in rest.operations}
    uses = _uses(tables, "rest", {name: name for name in operations}, direct, problems)
    for name, use in uses.items():
        if name in operations and use.waived is None:
            _check_fields(f"mapping.toml: [rest.{name}]", use, sorted(operations[name]), problems)
    return uses


def _models(tables: dict[str, Any], protos: Protos, problems: list[str]) -> dict[str, ModelMapping]:
    models: dict[str, ModelMapping] = {}
    for name, where, table, message in _elements(tables, "model", "message", protos.messages, problems):
        model = ModelMapping(
            name=name,
            message=message.name,
            rename=dict(table.get("rename", {})),
            order=tuple(table.get("order", ())),
            types=dict(table.get("types", {})),
            waived_fields=dict(table.get("waived_fields", {})),
            base=table.get("base"),
        )
        known = [f.name for f in message.fields]
        for key in (*model.rename, *model.order, *model.types, *model.waived_fields):
            if key not in known:
                problems.append(f"{where}: {_unknown('field', key, known)}")
        for kind in model.types.values():
            if kind not in FIELD_TYPES:
                problems.append(f"{where}: {_unknown('field type', kind, sorted(FIELD_TYPES))}")
        models[name] = model
    return models


def _enums(tables: dict[str, Any], protos: Protos, problems: list[str]) -> dict[str, EnumMapping]:
    enums: dict[str, EnumMapping] = {}
    for name, where, table, enum in _elements(tables, "enum", "enum", protos.enums, problems):
        known = [value for value, _ in enum.values]
        for key in table.get("rename", {}):
            if key not in known:
                problems.append(f"{where}: {_unknown('value', key, known)}")
        enums[name] = EnumMapping(
            name,
            enum.name,
            dict(table.get("rename", {})),
            lower=bool(table.get("lower", False)),
            ordered=bool(table.get("ordered", False)),
        )
    return enums


def _calls(protos: Protos, rest: Rest) -> dict[str, tuple[Call, ...]]:
    """Return every call of both wires with the class of its kind, which its policy comes from."""
    return {
        "rpc": tuple(
            Call(rpc.key, (rpc.key, rpc.name), rpc_class(rpc.name, rpc.client_streaming or rpc.server_streaming))
            for rpc in protos.rpcs
        ),
        "rest": tuple(
            Call(item.name, (item.name,), operation_class(item.method, any(a.kind == "events" for a in item.responses)))
            for item in rest.operations
        ),
    }


def request_fields(item: Operation) -> list[str]:
    """Return what an operation sends, by the wire's names: parameters, then the members of its body, or `body`."""
    return list(dict.fromkeys(parameter.wire for parameter in item.parameters))


def _tables(
    mapping: Mapping[str, Any], kind: str, keys: Mapping[str, str], problems: list[str]
) -> dict[str, dict[str, Any]]:
    """Return name -> table of every `[kind.NAME]`, with the keys that hold what they should."""
    given = mapping.get(kind, {})
    if not isinstance(given, Mapping):
        problems.append(f"mapping.toml: {kind} holds tables, as in [{kind}.NAME]")
        return {}
    tables: dict[str, dict[str, Any]] = {}
    for name, table in given.items():
        where = f"mapping.toml: [{kind}.{name}]"
        if not isinstance(table, Mapping):
            problems.append(f"{where}: a table was expected, not {table!r}")
            continue
        _known(where, table, keys, problems)
        wrong = {key for key, value in table.items() if key in keys and not _is_form(value, keys[key])}
        problems += [f"{where}: {key} is {_FORMS[keys[key]]}, not {table[key]!r}" for key in sorted(wrong)]
        tables[name] = {key: value for key, value in table.items() if key in keys and key not in wrong}
    return tables


def _elements(
    tables: Mapping[str, dict[str, Any]], kind: str, key: str, known: Mapping[str, _Element], problems: list[str]
) -> Iterator[tuple[str, str, dict[str, Any], _Element]]:
    """Yield name, place and table of every `[kind.NAME]` with the element of the wire that its `key` names."""
    for name, table in tables.items():
        where = f"mapping.toml: [{kind}.{name}]"
        element = known.get(table.get(key, ""))
        if element is None:
            problems.append(f"{where}: {_unknown(key, table.get(key), list(known))}")
        else:
            yield name, where, table, element


def _is_form(value: Any, form: str) -> bool:
    if form == "names":
        return isinstance(value, Mapping) and all(isinstance(text, str) for text in value.values())
    if form == "texts":
        return isinstance(value, list) and all(isinstance(text, str) for text in value)
    return isinstance(value, bool if form == "flag" else str)


def _known(where: str, table: Mapping[str, Any], known: Iterable[str], problems: list[str]) -> None:
    for key in table:
        if key not in known:
            problems.append(f"{where}: {_unknown('key', key, sorted(known))}")


def _unknown(what: str, name: object, known: list[str]) -> str:
    return f"there is no {what} {name!r}{meant(str(name), known)}"


def _uses(
    tables: dict[str, Any], wire: str, known: Mapping[str, str], direct: bool, problems: list[str]
) -> dict[str, RpcMapping]:
    """Return operation -> its use. `known`: operation -> a name that several may share."""
    uses: dict[str, RpcMapping] = {}
    names = {*known, *known.values()}
    for name, table in tables.items():
        where = f"mapping.toml: [{wire}.{name}]"
        if name not in names:
            problems.append(f"{where}: {_unknown('operation', name, sorted(names))}; remove the entry")
        if ("surface" in table) == ("waived" in table):
            problems.append(
                f"{where}: give either `surface`, the method that uses it, or `waived`, the reason why none does"
            )
        uses[name] = RpcMapping(
            surface=table.get("surface"),
            waived=table.get("waived"),
            params=dict(table.get("params", {})),
            fixed=dict(table.get("fixed", {})),
            waived_fields=dict(table.get("waived_fields", {})),
            returned=dict(table.get("returned", {})),
            table=table.get("table"),
            rows=bool(table.get("rows", False)),
        )
    uses |= {name: uses[short] for name, short in known.items() if name not in uses and short in uses}
    if direct:
        return {name: RpcMapping(None, None, {}, {}, {}, {}) for name in known} | uses
    for name in known:
        if name not in uses:
            hint = f'add [{wire}.{name}] with `surface = "…"`, or with `waived = "the reason"`'
            problems.append(f"mapping.toml: nothing says what uses {name}: {hint}")
    return uses


def _check_fields(where: str, use: RpcMapping, known: list[str], problems: list[str]) -> None:
    for key in (*use.params, *use.fixed, *use.waived_fields):
        if key not in known:
            problems.append(f"{where}: {_unknown('field', key, known)}")
