"""Compare what two projects say of the wire in mapping.toml and policy.toml: names, and how calls behave."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from generator.compare.changes import COMPATIBLE, NONE, RISKY, Change
from generator.compare.users import Surface

Table = Mapping[str, Any]


def compare_tables(name: str, old: Table, new: Table, surface: Surface) -> Iterator[Change]:
    """Yield a change for each entry of a file that says something else, named as [table.entry]."""
    before, after = _entries(old), _entries(new)
    for key in sorted(before.keys() | after.keys()):
        one, two = before.get(key), after.get(key)
        if one == two:
            continue
        table, entry = key
        users = {"rpc": surface.of_rpc, "rest": surface.of_operation}.get(table, lambda _: ())(entry)
        wire: Literal["grpc", "rest"] = "rest" if table == "rest" else "grpc"
        text = f"{name}: [{table}.{entry}] {_difference(one, two)}"
        # What a call is named is told where its names are compared; how long it lasts and when it is repeated shows here alone.
        level = RISKY if name == "policy.toml" else COMPATIBLE
        where = f"{table}.{entry}"
        yield Change(wire, "project-changed", where, text, NONE, NONE, level, level if users else NONE, users)


def _entries(table: Table) -> dict[tuple[str, str], Any]:
    flat: dict[tuple[str, str], Any] = {}
    for name, entries in table.items():
        if isinstance(entries, Mapping):
            flat |= {(name, entry): value for entry, value in entries.items()}
        else:
            flat[name, ""] = entries
    return flat


def _difference(old: Any, new: Any) -> str:
    if old is None or new is None:
        return "is new" if old is None else "is gone"
    if not (isinstance(old, Mapping) and isinstance(new, Mapping)):
        return f"was {json.dumps(old)} and is {json.dumps(new)}"
    keys = [key for key in sorted({*old, *new}) if old.get(key) != new.get(key)]
    return ", ".join(f"{key} was {_value(old, key)} and is {_value(new, key)}" for key in keys)


def _value(table: Table, key: str) -> str:
    return json.dumps(table[key], sort_keys=True)[:60] if key in table else "not there"
