"""policy.toml: how long a call may take and when it may be sent again, by class of calls, with exceptions."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from attrs import frozen

NAME = "policy.toml"
CLASSES = ("read", "write", "stream")
_KEYS = frozenset({"deadline", "attempt_timeout", "idempotent", "retry_on", "max_attempts"})
_READS = re.compile(r"(Get|List|Check|Describe|Read|Search|Find|Count|Lookup|Query|Watch)(?=[A-Z0-9]|$)")


@frozen
class Policy:
    """The deadline and retry policy of one RPC or REST operation. Durations are in seconds; 0 means none."""

    deadline: float
    attempt_timeout: float
    idempotent: bool
    retry_on: tuple[str, ...]
    max_attempts: int


@frozen
class Call:
    """One RPC or operation, as far as a policy asks: the names that an entry may have, and the class that it is of."""

    name: str
    names: tuple[str, ...]
    kind: str


def rpc_class(name: str, streaming: bool) -> str:
    """Return the class of an RPC that no entry gives another one."""
    return "stream" if streaming else "read" if _READS.match(name) else "write"


def operation_class(method: str, events: bool) -> str:
    """Return the class of a REST operation that no entry gives another one."""
    return "stream" if events else "read" if method in ("GET", "HEAD", "OPTIONS", "QUERY") else "write"


def parse_policies(
    table: Mapping[str, Any], calls: Mapping[str, tuple[Call, ...]], faults: list[str]
) -> dict[str, dict[str, Policy]]:
    """Return wire -> name -> its policy.

    Args:
        table: What policy.toml says.
        calls: Wire (rpc, rest) -> the calls that need a policy.
        faults: Collects a line for each fault.
    """
    problems: list[str] = []
    policies = _parsed(table, calls, problems)
    faults += problems
    return policies


def _parsed(
    table: Mapping[str, Any], calls: Mapping[str, tuple[Call, ...]], problems: list[str]
) -> dict[str, dict[str, Policy]]:
    for key in sorted(set(table) - {"class", "rpc", "rest"}):
        problems.append(f"{NAME}: there is no key {key!r}; it holds [class.…], [rpc.…] and [rest.…]")
    classes = _tables(table, "class", problems)
    for name, entry in classes.items():
        if name not in CLASSES:
            problems.append(f"{NAME}: [class.{name}]: the classes are {', '.join(CLASSES)}")
        _check(f"{NAME}: [class.{name}]", entry, _KEYS, problems)
        missing = sorted(_KEYS - set(entry))
        if missing:
            problems.append(f"{NAME}: [class.{name}]: {', '.join(missing)} must be given")
    if problems:
        return {wire: {} for wire in calls}
    return {
        wire: _of_wire(wire, _tables(table, wire, problems), classes, items, problems) for wire, items in calls.items()
    }


def _of_wire(
    wire: str, entries: Mapping[str, Any], classes: Mapping[str, Any], calls: tuple[Call, ...], problems: list[str]
) -> dict[str, Policy]:
    known = {name for call in calls for name in call.names}
    for name, entry in entries.items():
        where = f"{NAME}: [{wire}.{name}]"
        _check(where, entry, _KEYS | {"class", "reason"}, problems)
        if name not in known:
            problems.append(f"{where}: there is no operation {name!r}; remove the entry")
        if isinstance(entry, dict) and entry.get("class", "read") not in CLASSES:
            problems.append(f"{where}: class is one of {', '.join(CLASSES)}")
    if problems:
        return {}
    policies: dict[str, Policy] = {}
    for call in calls:
        chosen: Mapping[str, Any] = next((entries[name] for name in call.names if name in entries), {})
        values = {**classes.get(chosen.get("class", call.kind), {}), **chosen}
        missing = sorted(_KEYS - set(values))
        if missing and not chosen:
            problems.append(
                f"{NAME}: {call.name} has no policy: add [class.{call.kind}], or [{wire}.{call.name}], "
                f"with {', '.join(sorted(_KEYS))}"
            )
        elif missing:
            problems.append(f"{NAME}: [{wire}.{call.name}]: {', '.join(missing)} must be given")
        else:
            policies[call.name] = _policy(values, wire)
    return policies


def _policy(values: Mapping[str, Any], wire: str) -> Policy:
    # A class serves both wires: each takes the codes that it knows.
    codes = [code for code in values["retry_on"] if (code.isupper() or "_" in code) == (wire == "rpc")]
    return Policy(
        float(values["deadline"]),
        float(values["attempt_timeout"]),
        values["idempotent"],
        tuple(sorted(codes)),
        values["max_attempts"],
    )


def _tables(table: Mapping[str, Any], name: str, problems: list[str]) -> dict[str, Any]:
    tables = table.get(name, {})
    if isinstance(tables, dict) and all(isinstance(entry, dict) for entry in tables.values()):
        return tables
    problems.append(f"{NAME}: [{name}] holds tables: [{name}.NAME]")
    return {}


def _check(where: str, entry: Mapping[str, Any], known: frozenset[str], problems: list[str]) -> None:
    for key, value in entry.items():
        if key not in known:
            problems.append(f"{where}: there is no key {key!r}; the keys are {', '.join(sorted(known))}")
        elif not _FITS[key](value):
            problems.append(f"{where}: {key} = {value!r}: {_WANTED[key]}")


def _seconds(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < float("inf")


_FITS: Mapping[str, Callable[[Any], bool]] = {
    "deadline": _seconds,
    "attempt_timeout": _seconds,
    "idempotent": lambda value: isinstance(value, bool),
    "max_attempts": lambda value: isinstance(value, int) and not isinstance(value, bool) and value > 0,
    "retry_on": lambda value: isinstance(value, list) and all(isinstance(code, str) for code in value),
    "class": lambda value: isinstance(value, str),
    "reason": lambda value: isinstance(value, str),
}
_WANTED = {
    "deadline": "seconds, 0 for none",
    "attempt_timeout": "seconds, 0 for none",
    "idempotent": "true or false",
    "max_attempts": "a whole number above 0",
    "retry_on": "a list of status names or codes",
    "class": f"one of {', '.join(CLASSES)}",
    "reason": "a text",
}
