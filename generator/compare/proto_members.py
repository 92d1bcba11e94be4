"""Compare the members of two messages, and the values of two enums, number by number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from attrs import frozen
from google.protobuf import descriptor_pb2 as d

from generator.compare.changes import BREAKING, COMPATIBLE, NONE, RISKY, Change, Severity
from generator.compare.proto_index import Index, Message, compare_options, plain_options, type_of
from generator.compare.users import Surface
from generator.spec.prototext import json_name

_F = d.FieldDescriptorProto
_Reserved = tuple[list[tuple[int, int]], set[str]]  # ranges with both their ends, and names

# Types that read each other's bytes, or each other's JSON; every other pair does not.
_WIRE_GROUPS = (
    {"int32", "uint32", "int64", "uint64", "bool"},
    {"sint32", "sint64"},
    {"fixed32", "sfixed32"},
    {"fixed64", "sfixed64"},
)
_JSON_GROUPS = ({"int32", "uint32"}, {"int64", "uint64"}, {"fixed32", "sfixed32"}, {"fixed64", "sfixed64"})


@frozen
class MemberComparison:
    """What two messages, or two enums, that are known to be the same one have in another way."""

    old: Index
    new: Index
    surface: Surface
    renamed: Mapping[str, str]  # types: old full name -> new full name

    def messages(self, old: Message, new: Message) -> Iterator[Change]:
        before = {item.number: item for item in old.proto.field}
        after = {item.number: item for item in new.proto.field}
        numbers = {item.name: item.number for item in old.proto.field}
        for number, item in before.items():
            fresh = after.get(number)
            if fresh is None:
                yield self._field_removed(old, new, item)
            else:
                yield from self._field(old, new, item, fresh, numbers)
        for number, item in after.items():
            if number in before:
                continue
            where = f"{old.name}.{item.name}"
            if item.name in numbers and numbers[item.name] not in after:
                continue  # said where the old number is gone
            required = item.label == _F.LABEL_REQUIRED
            level = BREAKING if required else COMPATIBLE
            users = self.surface.of_new_field(old.name, item.name)
            yield Change(
                "grpc", "field-added", where, f"{where} = {number} is new" + (" and required" if required else ""),
                level, level, level, COMPATIBLE if users else NONE, users,
            )  # fmt: skip
        yield from self._oneofs(old, new)
        yield from self._reserved(old.name, _reserved(old.proto), _reserved(new.proto))
        if plain_options(old.proto.options) != plain_options(new.proto.options):
            yield from compare_options(old.name, old.proto.options, new.proto.options)
        if [f.number for f in old.proto.field if f.number in after] != [
            f.number for f in new.proto.field if f.number in before
        ]:
            yield Change("grpc", "text-only", old.name, f"the fields of {old.name} are in another order")

    def _field_removed(self, old: Message, new: Message, item: _F) -> Change:
        where = f"{old.name}.{item.name}"
        renumbered = next((f.number for f in new.proto.field if f.name == item.name), None)
        by_number = any(r.start <= item.number < r.end for r in new.proto.reserved_range)
        by_name = item.name in new.proto.reserved_name
        users = self.surface.of_field(old.name, item.name)
        kind, text = "field-removed", f"{where} = {item.number} is gone"
        if renumbered is not None:
            kind, text = "field-renumbered", f"{where} had the number {item.number} and has {renumbered}"
        elif by_number:
            text += "; its number is reserved"
        lost = BREAKING if users and renumbered is None else RISKY if users else NONE
        return Change(
            "grpc", kind, where, text,
            RISKY if by_number else BREAKING, RISKY if by_number and by_name else BREAKING, BREAKING, lost, users,
        )  # fmt: skip

    def _field(self, old: Message, new: Message, item: _F, fresh: _F, numbers: Mapping[str, int]) -> Iterator[Change]:
        where = f"{old.name}.{item.name}"
        users = self.surface.of_field(old.name, item.name)

        def change(kind: str, text: str, wire: Severity, as_json: Severity, code: Severity, seen: Severity) -> Change:
            return Change("grpc", kind, where, text, wire, as_json, code, seen if users else NONE, users)

        if item.name != fresh.name:
            text = f"{where} = {item.number} is now called {fresh.name}"
            if fresh.name in numbers:
                text += f", as number {numbers[fresh.name]} was"
                yield change("number-reused", text, BREAKING, BREAKING, BREAKING, BREAKING)
            else:
                kept = self.surface.keeps_name(old.name, item.name, fresh.name)
                yield change("field-renamed", text, NONE, BREAKING, BREAKING, COMPATIBLE if kept else BREAKING)
        elif (item.json_name or json_name(item.name)) != (fresh.json_name or json_name(fresh.name)):
            yield change(
                "json-name-changed", f"the JSON name of {where} was {item.json_name} and is {fresh.json_name}",
                NONE, BREAKING, BREAKING, NONE,
            )  # fmt: skip
        one, two = type_of(item, old, self.renamed), type_of(fresh, new, {})
        if one != two:
            yield change(
                "field-retyped", f"{where} was {_shown(one)} and is {_shown(two)}",
                *self._retyped(one, two), BREAKING, BREAKING,
            )  # fmt: skip
        lone, ltwo = _cardinality(item, old), _cardinality(fresh, new)
        if lone != ltwo:
            plural = ("repeated", "map")
            bad = BREAKING if (lone in plural) != (ltwo in plural) or "required" in (lone, ltwo) else COMPATIBLE
            as_json = BREAKING if bad is BREAKING or "map" in (lone, ltwo) else COMPATIBLE
            # A value that may be absent is another annotation, and code that reads it may meet None.
            wire = RISKY if bad is COMPATIBLE else bad
            yield change(
                "label-changed", f"{where} was {lone} and is {ltwo}", wire, max(wire, as_json), BREAKING, BREAKING
            )
        here, there = _oneof(item, old.proto), _oneof(fresh, new.proto)
        if here != there and not self._oneof_renamed(old, new, here, there):
            text = f"{where} moved from {_group(here)} to {_group(there)}"
            yield change("oneof-changed", text, BREAKING, BREAKING, BREAKING, RISKY)
        if item.default_value != fresh.default_value:
            text = f"the default of {where} was {item.default_value!r} and is {fresh.default_value!r}"
            yield change("default-changed", text, BREAKING, BREAKING, BREAKING, BREAKING)
        yield from compare_options(where, item.options, fresh.options)

    def _retyped(self, one: str, two: str) -> tuple[Severity, Severity]:
        """Return how much another type matters on the wire, and as JSON."""
        if one.startswith("map<") and two.startswith("map<"):
            # An entry is a message of two fields.
            parts = zip(one[4:-1].split(", "), two[4:-1].split(", "), strict=True)
            worst = [self._retyped(old, new) for old, new in parts if old != new]
            return max(wire for wire, _ in worst), max(as_json for _, as_json in worst)
        if one.startswith("enum ") and two.startswith("enum "):
            # An enum that can say everything that the other one says, under the same name elsewhere.
            old, new = (one.split()[1], two.split()[1])
            values = [{(v.name, v.number) for v in index.enums[name][1].value} if name in index.enums else set()
                      for index, name in ((self.old, old), (self.new, new))]  # fmt: skip
            if old.split(".")[-1] == new.split(".")[-1] and values[0] and values[0] <= values[1]:
                return COMPATIBLE, COMPATIBLE
        wire = any({one, two} <= group for group in _WIRE_GROUPS) or (one, two) == ("string", "bytes")
        as_json = any({one, two} <= group for group in _JSON_GROUPS)
        return (RISKY if wire else BREAKING), (RISKY if as_json else BREAKING)

    def _oneof_renamed(self, old: Message, new: Message, here: str | None, there: str | None) -> bool:
        if here is None or there is None:
            return False
        members = {f.number for f in old.proto.field if _oneof(f, old.proto) == here}
        others = {f.number for f in new.proto.field if _oneof(f, new.proto) == there}
        names = {_oneof(f, new.proto) for f in new.proto.field}
        return members == others and here not in names

    def _oneofs(self, old: Message, new: Message) -> Iterator[Change]:
        before = {_oneof(f, old.proto): f for f in old.proto.field}
        after = {_oneof(f, new.proto) for f in new.proto.field} | {None}
        for name, item in before.items():
            if name in after or name is None:
                continue
            where = f"{old.name}.{name}"
            fresh = next((f for f in new.proto.field if f.number == item.number), None)
            there = _oneof(fresh, new.proto) if fresh is not None else None
            if self._oneof_renamed(old, new, name, there):
                yield Change(
                    "grpc", "oneof-renamed", where, f"the oneof {where} is now called {there}", in_code=BREAKING
                )
            else:
                yield Change("grpc", "oneof-removed", where, f"the oneof {where} is gone", in_code=BREAKING)
        for added in after - set(before) - {None}:
            if not any(self._oneof_renamed(old, new, name, added) for name in before):
                yield Change(
                    "grpc", "oneof-added", f"{old.name}.{added}", f"the oneof {added} is new", in_code=COMPATIBLE
                )

    def _reserved(self, name: str, old: _Reserved, new: _Reserved) -> Iterator[Change]:
        lost = sorted(f"{a} to {b}" if a != b else str(a) for a, b in old[0] if not _covered(a, b, new[0]))
        lost += sorted(old[1] - new[1])
        if lost:
            yield Change(
                "grpc",
                "reserved-removed",
                name,
                f"{name} no longer reserves {', '.join(lost)}",
                BREAKING,
                BREAKING,
                BREAKING,
            )
        if new[1] - old[1] or any(not _covered(a, b, old[0]) for a, b in new[0]):
            yield Change(
                "grpc", "reserved-added", name, f"{name} reserves more numbers or names", COMPATIBLE, COMPATIBLE
            )

    def enums(self, name: str, old: d.EnumDescriptorProto, new: d.EnumDescriptorProto) -> Iterator[Change]:
        before, after = _values(old), _values(new)
        numbers = {value.name: value.number for value in old.value}
        for number, names in before.items():
            users = self.surface.of_enum(name)
            where = f"{name}.{names[0]}"
            if number not in after:
                by_number = any(r.start <= number <= r.end for r in new.reserved_range)
                by_name = set(names) <= set(new.reserved_name)
                text = f"{where} = {number} is gone"
                moved = next((v.number for v in new.value if v.name == names[0]), None)
                if moved is not None:
                    text = f"{where} had the number {number} and has {moved}"
                yield Change(
                    "grpc", "value-removed" if moved is None else "value-renumbered", where, text,
                    RISKY if by_number else BREAKING, RISKY if by_number and by_name else BREAKING, BREAKING,
                    BREAKING if users and moved is None else RISKY if users else NONE, users,
                )  # fmt: skip
            elif set(names) != set(after[number]) and not set(names) < set(after[number]):
                lost = sorted(set(names) - set(after[number]))
                swapped = any(fresh in numbers and numbers[fresh] != number for fresh in after[number])
                kind = "number-reused" if swapped else "value-renamed"
                text = f"{name}.{lost[0]} = {number} is now called {after[number][0]}"
                yield Change(
                    "grpc", kind, f"{name}.{lost[0]}", text,
                    BREAKING if swapped else NONE, BREAKING, BREAKING, BREAKING if users else NONE, users,
                )  # fmt: skip
            elif names[0] != after[number][0] or len(names) != len(after[number]):
                yield Change("grpc", "alias-changed", where, f"{name} has other names for {number}", in_code=COMPATIBLE)
        for number in after.keys() - before.keys():
            if after[number][0] in numbers and numbers[after[number][0]] not in after:
                continue
            users = self.surface.of_enum(name)
            # Our enums are open: a value that code does not know becomes a member that keeps its number.
            yield Change(
                "grpc", "value-added", f"{name}.{after[number][0]}", f"{name}.{after[number][0]} = {number} is new",
                COMPATIBLE, COMPATIBLE, COMPATIBLE, COMPATIBLE if users else NONE, users,
            )  # fmt: skip
        ranges = [[(r.start, r.end) for r in item.reserved_range] for item in (old, new)]
        yield from self._reserved(name, (ranges[0], set(old.reserved_name)), (ranges[1], set(new.reserved_name)))
        kept = [v.number for v in old.value if v.number in after], [v.number for v in new.value if v.number in before]
        if [*dict.fromkeys(kept[0])] != [*dict.fromkeys(kept[1])]:
            yield Change("grpc", "text-only", name, f"the values of {name} are in another order")
        yield from compare_options(name, old.options, new.options)
        fresh = {v.name: v for v in new.value}
        for value in old.value:
            if value.name in fresh:
                yield from compare_options(f"{name}.{value.name}", value.options, fresh[value.name].options)


def _cardinality(item: _F, owner: Message) -> str:
    if item.type_name in owner.maps:
        return "map"
    if item.label == _F.LABEL_REPEATED:
        return "repeated"
    if item.label == _F.LABEL_REQUIRED:
        return "required"
    if item.proto3_optional or item.HasField("oneof_index") or item.type == _F.TYPE_MESSAGE:
        return "optional"
    return "plain"


def _oneof(item: _F, owner: d.DescriptorProto) -> str | None:
    if not item.HasField("oneof_index") or item.proto3_optional:
        return None
    return str(owner.oneof_decl[item.oneof_index].name)


def _group(name: str | None) -> str:
    return f"the oneof {name}" if name else "outside of any oneof"


def _shown(kind: str) -> str:
    return kind.removeprefix("message ")


def _values(item: d.EnumDescriptorProto) -> dict[int, list[str]]:
    names: dict[int, list[str]] = {}
    for value in item.value:
        names.setdefault(value.number, []).append(value.name)
    return names


def _reserved(item: d.DescriptorProto) -> _Reserved:
    return [(r.start, r.end - 1) for r in item.reserved_range], set(item.reserved_name)


def _covered(start: int, end: int, ranges: list[tuple[int, int]]) -> bool:
    """Whether `ranges`, which may touch each other, hold every number from `start` to `end`."""
    for low, high in sorted(ranges):
        if low <= start <= high:
            start = high + 1
        if start > end:
            return True
    return False
