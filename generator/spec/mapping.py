"""Load mapping.toml and policy.toml, and check them against the specification, whole."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from attrs import frozen

from generator.errors import SpecError
from generator.spec.proto_model import Protos

_RPC_KEYS = frozenset({"surface", "params", "fixed", "waived", "waived_fields", "returned"})
_MODEL_KEYS = frozenset({"message", "rename", "order", "types", "waived_fields"})
_ENUM_KEYS = frozenset({"enum", "rename", "lower"})
_POLICY_KEYS = frozenset({"deadline", "attempt_timeout", "idempotent", "retry_on", "max_attempts"})
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


@frozen
class ModelMapping:
    """How a message becomes a model that users hold."""

    name: str
    message: str
    rename: dict[str, str]
    order: tuple[str, ...]
    types: dict[str, str]
    waived_fields: dict[str, str]


@frozen
class EnumMapping:
    """How an enum becomes a class that users hold."""

    name: str
    enum: str
    rename: dict[str, str]
    lower: bool


@frozen
class PolicyEntry:
    """The deadline and retry policy of one RPC or REST operation. Durations are in seconds; 0 means none."""

    deadline: float
    attempt_timeout: float
    idempotent: bool
    retry_on: tuple[str, ...]
    max_attempts: int


@frozen(slots=False)  # for cached_property
class Mappings:
    """Everything that mapping.toml and policy.toml say."""

    rpcs: dict[str, RpcMapping]
    rest: dict[str, RpcMapping]
    models: dict[str, ModelMapping]
    enums: dict[str, EnumMapping]
    policies: dict[str, PolicyEntry]
    rest_policies: dict[str, PolicyEntry]

    @cached_property
    def by_message(self) -> dict[str, ModelMapping]:
        return {model.message: model for model in self.models.values()}

    @cached_property
    def by_enum(self) -> dict[str, EnumMapping]:
        return {item.enum: item for item in self.enums.values()}


def load_mappings(spec: Path, protos: Protos, rest_operations: Mapping[str, frozenset[str]]) -> Mappings:
    """Read both files and hold every name in them against the specification.

    Args:
        spec: The folder that holds `mapping.toml` and `policy.toml`.
        protos: What the proto files say.
        rest_operations: REST operation id -> the names of its parameters and body members.

    Raises:
        SpecError: with every problem found.
    """
    problems: list[str] = []
    mapping = _read(spec / "mapping.toml", {"rpc", "rest", "model", "enum"}, problems)
    policy = _read(spec / "policy.toml", {"rpc", "rest"}, problems)
    by_name = {rpc.name: rpc for rpc in protos.rpcs}

    rpcs = _uses(mapping.get("rpc", {}), "rpc", list(by_name), problems)
    for name, use in rpcs.items():
        if name in by_name and use.waived is None:
            fields = [f.name for f in protos.messages[by_name[name].request].fields]
            _check_fields(f"mapping.toml: [rpc.{name}]", use, fields, problems)
            answers = [f.name for f in protos.messages[by_name[name].response].fields]
            for key in use.returned:
                if key not in answers:
                    problems.append(f"mapping.toml: [rpc.{name}]: {_unknown('answer field', key, answers)}")
    rest = _uses(mapping.get("rest", {}), "rest", list(rest_operations), problems)
    for name, use in rest.items():
        if name in rest_operations and use.waived is None:
            _check_fields(f"mapping.toml: [rest.{name}]", use, sorted(rest_operations[name]), problems)

    models: dict[str, ModelMapping] = {}
    for name, table in mapping.get("model", {}).items():
        where = f"mapping.toml: [model.{name}]"
        _keys(where, table, _MODEL_KEYS, problems)
        message = protos.messages.get(table.get("message", ""))
        if message is None:
            problems.append(f"{where}: {_unknown('message', table.get('message'), list(protos.messages))}")
            continue
        model = ModelMapping(
            name=name,
            message=message.name,
            rename=dict(table.get("rename", {})),
            order=tuple(table.get("order", ())),
            types=dict(table.get("types", {})),
            waived_fields=dict(table.get("waived_fields", {})),
        )
        known = [f.name for f in message.fields]
        for key in (*model.rename, *model.order, *model.types, *model.waived_fields):
            if key not in known:
                problems.append(f"{where}: {_unknown('field', key, known)}")
        for kind in model.types.values():
            if kind not in FIELD_TYPES:
                problems.append(f"{where}: {_unknown('field type', kind, sorted(FIELD_TYPES))}")
        models[name] = model

    enums: dict[str, EnumMapping] = {}
    for name, table in mapping.get("enum", {}).items():
        where = f"mapping.toml: [enum.{name}]"
        _keys(where, table, _ENUM_KEYS, problems)
        enum = protos.enums.get(table.get("enum", ""))
        if enum is None:
            problems.append(f"{where}: {_unknown('enum', table.get('enum'), list(protos.enums))}")
            continue
        known = [value for value, _ in enum.values]
        for key in table.get("rename", {}):
            if key not in known:
                problems.append(f"{where}: {_unknown('value', key, known)}")
        enums[name] = EnumMapping(name, enum.name, dict(table.get("rename", {})), bool(table.get("lower", False)))

    policies = _policies(policy.get("rpc", {}), "rpc", list(by_name), problems)
    rest_policies = _policies(policy.get("rest", {}), "rest", list(rest_operations), problems)
    if problems:
        raise SpecError(*problems)
    return Mappings(rpcs, rest, models, enums, policies, rest_policies)


def _read(path: Path, tables: set[str], problems: list[str]) -> dict[str, Any]:
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        problems.append(f"{path.name}: the file is missing")
        return {}
    except tomllib.TOMLDecodeError as error:
        problems.append(f"{path.name}: {error}")
        return {}
    _keys(path.name, found, tables, problems)
    return found


def _keys(where: str, table: Mapping[str, Any], known: set[str] | frozenset[str], problems: list[str]) -> None:
    for key in table:
        if key not in known:
            problems.append(f"{where}: {_unknown('key', key, sorted(known))}")


def _unknown(what: str, name: object, known: list[str]) -> str:
    near = difflib.get_close_matches(str(name), known, 1)
    return f"there is no {what} {name!r}" + (f"; did you mean {near[0]!r}?" if near else "")


def _uses(tables: dict[str, Any], wire: str, known: list[str], problems: list[str]) -> dict[str, RpcMapping]:
    found: dict[str, RpcMapping] = {}
    for name, table in tables.items():
        where = f"mapping.toml: [{wire}.{name}]"
        _keys(where, table, _RPC_KEYS, problems)
        if name not in known:
            problems.append(f"{where}: {_unknown('operation', name, known)}; take the entry out")
        if ("surface" in table) == ("waived" in table):
            problems.append(
                f"{where}: give either `surface`, the method that uses it, or `waived`, the reason why none does"
            )
        found[name] = RpcMapping(
            surface=table.get("surface"),
            waived=table.get("waived"),
            params=dict(table.get("params", {})),
            fixed=dict(table.get("fixed", {})),
            waived_fields=dict(table.get("waived_fields", {})),
            returned=dict(table.get("returned", {})),
        )
    for name in known:
        if name not in found:
            hint = f'add [{wire}.{name}] with `surface = "…"`, or with `waived = "the reason"`'
            problems.append(f"mapping.toml: nothing says who uses {name}: {hint}")
    return found


def _check_fields(where: str, use: RpcMapping, known: list[str], problems: list[str]) -> None:
    for key in (*use.params, *use.fixed, *use.waived_fields):
        if key not in known:
            problems.append(f"{where}: {_unknown('field', key, known)}")


def _policies(tables: dict[str, Any], wire: str, known: list[str], problems: list[str]) -> dict[str, PolicyEntry]:
    found: dict[str, PolicyEntry] = {}
    for name, table in tables.items():
        where = f"policy.toml: [{wire}.{name}]"
        _keys(where, table, _POLICY_KEYS, problems)
        missing = sorted(_POLICY_KEYS - set(table))
        if missing:
            problems.append(f"{where}: {', '.join(missing)} must be given")
            continue
        if name not in known:
            problems.append(f"{where}: {_unknown('operation', name, known)}; take the entry out")
        found[name] = PolicyEntry(
            float(table["deadline"]),
            float(table["attempt_timeout"]),
            bool(table["idempotent"]),
            tuple(sorted(table["retry_on"])),
            int(table["max_attempts"]),
        )
    for name in known:
        if name not in found:
            keys = ", ".join(sorted(_POLICY_KEYS))
            problems.append(f"policy.toml: {name} has no policy: add [{wire}.{name}] with {keys}")
    return found
