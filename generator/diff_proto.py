"""Compare two sets of proto descriptors.

Fields and enum values are the same when their number is, types and methods when their full name is. The verdicts on
bytes, JSON and code are those of `buf breaking` in its categories WIRE, WIRE_JSON and FILE; where they are not,
`DIFFERENCES` gives the reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from attrs import frozen
from google.protobuf import descriptor_pb2 as d

from generator.changes import BREAKING, COMPATIBLE, NONE, RISKY, Change, Severity
from generator.comments import collect
from generator.diff_surface import Surface
from generator.prototext import full, json_name

_F = d.FieldDescriptorProto
_TYPES = {value: name.removeprefix("TYPE_").lower() for name, value in _F.Type.items()}

# Where our verdict is not buf's, and why.
DIFFERENCES = {
    "rpc-removed": "buf's WIRE asks whether stored bytes decode; a deployed client that calls the method gets UNIMPLEMENTED",
    "service-removed": "as rpc-removed",
    "rpc-renamed": "as rpc-removed: the path is part of the wire",
    "message-renamed": "no message carries its name: a type that only got another name decodes as before",
    "enum-renamed": "as message-renamed",
    "oneof-renamed": "no message carries the name of a oneof: its members are the same fields in the same group",
    "number-reused": "two fields that change places are two renames to buf; every decoded value is in the wrong one",
    "option-changed": "options for other languages (java_package, jstype, ...) mean nothing to Python",
}

# Types that read each other's bytes, or each other's JSON; every other pair does not.
_WIRE_GROUPS = (
    {"int32", "uint32", "int64", "uint64", "bool"},
    {"sint32", "sint64"},
    {"fixed32", "sfixed32"},
    {"fixed64", "sfixed64"},
)
_JSON_GROUPS = ({"int32", "uint32"}, {"int64", "uint64"}, {"fixed32", "sfixed32"}, {"fixed64", "sfixed64"})


@frozen
class _Message:
    name: str
    file: str
    proto: d.DescriptorProto
    maps: Mapping[str, d.DescriptorProto]


@frozen
class _Index:
    files: dict[str, d.FileDescriptorProto]
    messages: dict[str, _Message]
    enums: dict[str, tuple[str, d.EnumDescriptorProto]]
    services: dict[str, tuple[str, d.ServiceDescriptorProto]]
    comments: dict[str, tuple[str, ...]]


def compare_protos(old: d.FileDescriptorSet, new: d.FileDescriptorSet, surface: Surface) -> list[Change]:
    """Return every difference between two descriptor sets, google's own files left out."""
    return list(_Comparison(_index(old), _index(new), surface).run())


def _index(found: d.FileDescriptorSet) -> _Index:
    own = [file for file in found.file if not file.name.startswith("google/")]
    result = _Index({file.name: file for file in own}, {}, {}, {}, collect(d.FileDescriptorSet(file=own)))

    def message(item: d.DescriptorProto, above: str, file: str) -> None:
        name = full(above, item.name)
        maps = {f".{name}.{entry.name}": entry for entry in item.nested_type if entry.options.map_entry}
        result.messages[name] = _Message(name, file, item, maps)
        result.enums.update({full(name, inner.name): (file, inner) for inner in item.enum_type})
        for inner in item.nested_type:
            if not inner.options.map_entry:
                message(inner, name, file)

    for file in own:
        for top in file.message_type:
            message(top, file.package, file.name)
        result.enums.update({full(file.package, item.name): (file.name, item) for item in file.enum_type})
        result.services.update({full(file.package, item.name): (file.name, item) for item in file.service})
    return result


class _Comparison:
    def __init__(self, old: _Index, new: _Index, surface: Surface) -> None:
        self._old = old
        self._new = new
        self._surface = surface
        self._renamed: dict[str, str] = {}  # types: old full name -> new full name

    def run(self) -> Iterator[Change]:
        yield from self._files()
        self._find_renames()
        yield from self._types()
        for name, item in self._old.messages.items():
            fresh = self._new.messages.get(self._renamed.get(name, name))
            if fresh is not None:
                yield from self._message(item, fresh)
        for name, (_, kind) in self._old.enums.items():
            found = self._new.enums.get(self._renamed.get(name, name))
            if found is not None:
                yield from self._enum(name, kind, found[1])
        yield from self._services()
        yield from self._texts()

    # ------------------------------------------------------------------------------------------------ files and types

    def _files(self) -> Iterator[Change]:
        for name, file in self._old.files.items():
            fresh = self._new.files.get(name)
            if fresh is None:
                yield Change("grpc", "file-removed", name, f"the file {name} is gone", in_code=BREAKING)
                continue
            if file.package != fresh.package:
                text = f"the package of {name} was {file.package or 'none'} and is {fresh.package or 'none'}"
                yield Change("grpc", "package-changed", name, text, BREAKING, BREAKING, BREAKING, NONE)
            if file.syntax != fresh.syntax:
                text = f"the syntax of {name} was {file.syntax or 'proto2'} and is {fresh.syntax or 'proto2'}"
                yield Change("grpc", "syntax-changed", name, text, RISKY, RISKY, BREAKING, NONE)
            if file.options != fresh.options:
                yield Change("grpc", "option-changed", name, f"{name} has other options", in_code=COMPATIBLE)
            if list(file.dependency) != list(fresh.dependency):
                yield Change("grpc", "text-only", name, f"{name} has other imports, or in another order")
        for name in self._new.files.keys() - self._old.files.keys():
            yield Change("grpc", "file-added", name, f"the file {name} is new", in_code=COMPATIBLE)

    def _find_renames(self) -> None:
        """Types that moved with their package, and types that only got another name."""
        packages = {
            file.package: self._new.files[name].package
            for name, file in self._old.files.items()
            if name in self._new.files and self._new.files[name].package != file.package
        }
        before = {**dict.fromkeys(self._old.messages, "message"), **dict.fromkeys(self._old.enums, "enum")}
        after = {**dict.fromkeys(self._new.messages, "message"), **dict.fromkeys(self._new.enums, "enum")}
        files = {name: item.file for name, item in self._old.messages.items()}
        files |= {name: place for name, (place, _) in self._old.enums.items()}
        for name, kind in before.items():
            package = self._old.files[files[name]].package
            if name not in after and package in packages:
                moved = full(packages[package], name.removeprefix(f"{package}.") if package else name)
                if after.get(moved) == kind:
                    self._renamed[name] = moved
        for _ in range(4):  # a renamed type inside of a renamed type: a few rounds find them all
            gone = [name for name in before if name not in after and name not in self._renamed]
            fresh = [name for name in after if name not in before and name not in self._renamed.values()]
            for name in gone:
                twins = [other for other in fresh if before[name] == after[other] and self._alike(name, other)]
                rivals = [
                    other for other in gone if any(before[other] == after[t] and self._alike(other, t) for t in twins)
                ]
                if len(twins) == 1 and rivals == [name]:
                    self._renamed[name] = twins[0]

    def _alike(self, old: str, new: str) -> bool:
        if old in self._old.enums:
            shapes = [
                sorted((value.number, value.name) for value in item.value)
                for item in (self._old.enums[old][1], self._new.enums[new][1])
            ]
            return shapes[0] == shapes[1]
        before, after = self._old.messages[old], self._new.messages[new]
        if before.file != after.file or not before.proto.field:
            return False  # empty messages are all alike
        one = sorted((f.number, f.name, self._kind(f, before, old=True).replace(old, "*")) for f in before.proto.field)
        two = sorted((f.number, f.name, self._kind(f, after).replace(new, "*")) for f in after.proto.field)
        return one == two

    def _types(self) -> Iterator[Change]:
        kinds: tuple[tuple[str, Mapping[str, Any], Mapping[str, Any]], ...] = (
            ("message", self._old.messages, self._new.messages),
            ("enum", self._old.enums, self._new.enums),
        )
        for kind, before, after in kinds:
            for name, item in before.items():
                target = self._renamed.get(name, name)
                users = self._surface.of_type(name)
                hurt = BREAKING if users else NONE
                if target not in after:
                    yield Change(
                        "grpc", f"{kind}-removed", name, f"the {kind} {name} is gone",
                        in_code=BREAKING, on_surface=hurt, users=users,
                    )  # fmt: skip
                elif target != name and self._moved_with_package(name, target) is False:
                    yield Change(
                        "grpc", f"{kind}-renamed", name, f"the {kind} {name} is now called {target}",
                        in_code=BREAKING, on_surface=RISKY if users else NONE, users=users,
                    )  # fmt: skip
                if target in after and _place(item) != _place(after[target]):
                    text = f"the {kind} {name} moved from {_place(item)} to {_place(after[target])}"
                    yield Change("grpc", f"{kind}-moved", name, text, in_code=BREAKING)
            for name in after.keys() - before.keys() - set(self._renamed.values()):
                yield Change("grpc", f"{kind}-added", name, f"the {kind} {name} is new", in_code=COMPATIBLE)

    def _moved_with_package(self, old: str, new: str) -> bool:
        places = [
            (index.messages[name].file if name in index.messages else index.enums[name][0])
            for index, name in ((self._old, old), (self._new, new))
        ]
        packages = self._old.files[places[0]].package, self._new.files[places[1]].package
        return packages[0] != packages[1] and old.split(".")[-1] == new.split(".")[-1]

    # ----------------------------------------------------------------------------------------------------- messages

    def _message(self, old: _Message, new: _Message) -> Iterator[Change]:
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
            users = self._surface.of_new_field(old.name, item.name)
            yield Change(
                "grpc", "field-added", where, f"{where} = {number} is new" + (" and required" if required else ""),
                level, level, level, COMPATIBLE if users else NONE, users,
            )  # fmt: skip
        yield from self._oneofs(old, new)
        yield from self._reserved(old.name, _reserved(old.proto), _reserved(new.proto))
        if _plain_options(old.proto.options) != _plain_options(new.proto.options):
            yield from self._options(old.name, old.proto.options, new.proto.options)
        if [f.number for f in old.proto.field if f.number in after] != [
            f.number for f in new.proto.field if f.number in before
        ]:
            yield Change("grpc", "text-only", old.name, f"the fields of {old.name} stand in another order")

    def _field_removed(self, old: _Message, new: _Message, item: _F) -> Change:
        where = f"{old.name}.{item.name}"
        renumbered = next((f.number for f in new.proto.field if f.name == item.name), None)
        by_number = any(r.start <= item.number < r.end for r in new.proto.reserved_range)
        by_name = item.name in new.proto.reserved_name
        users = self._surface.of_field(old.name, item.name)
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

    def _field(self, old: _Message, new: _Message, item: _F, fresh: _F, numbers: Mapping[str, int]) -> Iterator[Change]:
        where = f"{old.name}.{item.name}"
        users = self._surface.of_field(old.name, item.name)

        def change(kind: str, text: str, wire: Severity, as_json: Severity, code: Severity, seen: Severity) -> Change:
            return Change("grpc", kind, where, text, wire, as_json, code, seen if users else NONE, users)

        if item.name != fresh.name:
            text = f"{where} = {item.number} is now called {fresh.name}"
            if fresh.name in numbers:
                text += f", as number {numbers[fresh.name]} was"
                yield change("number-reused", text, BREAKING, BREAKING, BREAKING, BREAKING)
            else:
                kept = self._surface.keeps_name(old.name, item.name, fresh.name)
                yield change("field-renamed", text, NONE, BREAKING, BREAKING, COMPATIBLE if kept else BREAKING)
        elif (item.json_name or json_name(item.name)) != (fresh.json_name or json_name(fresh.name)):
            yield change(
                "json-name-changed", f"the JSON name of {where} was {item.json_name} and is {fresh.json_name}",
                NONE, BREAKING, BREAKING, NONE,
            )  # fmt: skip
        one, two = self._kind(item, old, old=True), self._kind(fresh, new)
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
        yield from self._options(where, item.options, fresh.options)

    def _retyped(self, one: str, two: str) -> tuple[Severity, Severity]:
        if one.startswith("enum ") and two.startswith("enum "):
            # An enum that can say everything that the other one says, under the same name elsewhere.
            old, new = (one.split()[1], two.split()[1])
            values = [{(v.name, v.number) for v in index.enums[name][1].value} if name in index.enums else set()
                      for index, name in ((self._old, old), (self._new, new))]  # fmt: skip
            if old.split(".")[-1] == new.split(".")[-1] and values[0] and values[0] <= values[1]:
                return COMPATIBLE, COMPATIBLE
        wire = any({one, two} <= group for group in _WIRE_GROUPS) or (one, two) == ("string", "bytes")
        as_json = any({one, two} <= group for group in _JSON_GROUPS)
        return (RISKY if wire else BREAKING), (RISKY if as_json else BREAKING)

    def _kind(self, item: _F, owner: _Message, *, old: bool = False) -> str:
        """Return the type in words; of the old side with the names that the new side has for it."""
        entry = owner.maps.get(item.type_name)
        if entry is not None:
            key, value = (self._kind(field, owner, old=old) for field in entry.field)
            return f"map<{key}, {value}>"
        if not item.type_name:
            return _TYPES[item.type]
        name = item.type_name[1:]
        return f"{_TYPES[item.type]} {self._renamed.get(name, name) if old else name}"

    def _oneof_renamed(self, old: _Message, new: _Message, here: str | None, there: str | None) -> bool:
        if here is None or there is None:
            return False
        members = {f.number for f in old.proto.field if _oneof(f, old.proto) == here}
        others = {f.number for f in new.proto.field if _oneof(f, new.proto) == there}
        names = {_oneof(f, new.proto) for f in new.proto.field}
        return members == others and here not in names

    def _oneofs(self, old: _Message, new: _Message) -> Iterator[Change]:
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

    def _reserved(
        self, name: str, old: tuple[set[int], list[tuple[int, int]], set[str]],
        new: tuple[set[int], list[tuple[int, int]], set[str]],
    ) -> Iterator[Change]:  # fmt: skip
        lost = sorted(f"{a} to {b}" if a != b else str(a) for a, b in old[1] if not _covered(a, b, new[1]))
        lost += sorted(old[2] - new[2])
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
        if new[2] - old[2] or any(not _covered(a, b, old[1]) for a, b in new[1]):
            yield Change(
                "grpc", "reserved-added", name, f"{name} reserves more numbers or names", COMPATIBLE, COMPATIBLE
            )

    # -------------------------------------------------------------------------------------------------------- enums

    def _enum(self, name: str, old: d.EnumDescriptorProto, new: d.EnumDescriptorProto) -> Iterator[Change]:
        before, after = _values(old), _values(new)
        numbers = {value.name: value.number for value in old.value}
        for number, names in before.items():
            users = self._surface.of_enum(name)
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
            users = self._surface.of_enum(name)
            # Our enums are open: a value that code does not know becomes a member that keeps its number.
            yield Change(
                "grpc", "value-added", f"{name}.{after[number][0]}", f"{name}.{after[number][0]} = {number} is new",
                COMPATIBLE, COMPATIBLE, COMPATIBLE, COMPATIBLE if users else NONE, users,
            )  # fmt: skip
        ranges = [[(r.start, r.end) for r in item.reserved_range] for item in (old, new)]
        yield from self._reserved(
            name, (set(), ranges[0], set(old.reserved_name)), (set(), ranges[1], set(new.reserved_name))
        )
        kept = [v.number for v in old.value if v.number in after], [v.number for v in new.value if v.number in before]
        if [*dict.fromkeys(kept[0])] != [*dict.fromkeys(kept[1])]:
            yield Change("grpc", "text-only", name, f"the values of {name} stand in another order")
        yield from self._options(name, old.options, new.options)
        fresh = {v.name: v for v in new.value}
        for value in old.value:
            if value.name in fresh:
                yield from self._options(f"{name}.{value.name}", value.options, fresh[value.name].options)

    # ----------------------------------------------------------------------------------------------------- services

    def _services(self) -> Iterator[Change]:
        for name, (place, service) in self._old.services.items():
            found = self._new.services.get(name)
            if found is None and place in self._new.files:
                # Its package has another name: that was said, and the methods still want comparing.
                moved = full(self._new.files[place].package, service.name)
                found = (
                    self._new.services.get(moved)
                    if self._new.files[place].package != self._old.files[place].package
                    else None
                )
            if found is None:
                users = tuple(use for m in service.method for use in self._surface.of_rpc(m.name))
                seen = BREAKING if users else NONE
                text = f"the service {name} is gone"
                yield Change("grpc", "service-removed", name, text, BREAKING, BREAKING, BREAKING, seen, users)
                continue
            if found[0] != place:
                yield Change("grpc", "service-moved", name, f"the service {name} moved to {found[0]}", in_code=BREAKING)
            yield from self._methods(name, service, found[1])
        for name in self._new.services.keys() - self._old.services.keys():
            if not any(self._new.services[name][0] in self._old.files and s.name == name.split(".")[-1]
                       for _, s in self._old.services.values()):  # fmt: skip
                yield Change("grpc", "service-added", name, f"the service {name} is new", in_code=COMPATIBLE)

    def _methods(self, name: str, old: d.ServiceDescriptorProto, new: d.ServiceDescriptorProto) -> Iterator[Change]:
        before, after = ({m.name: m for m in item.method} for item in (old, new))
        fresh = [m for m in new.method if m.name not in before]
        for method in old.method:
            where = f"{name}.{method.name}"
            users = self._surface.of_rpc(method.name)
            seen = BREAKING if users else NONE
            found = after.get(method.name)
            if found is None:
                twins = [m for m in fresh if self._signature(m) == self._signature(method, old=True)]
                kind, text = "rpc-removed", f"the method {where} is gone"
                if len(twins) == 1:
                    kind, text = "rpc-renamed", f"the method {where} is now called {twins[0].name}"
                    fresh.remove(twins[0])
                yield Change("grpc", kind, where, text, BREAKING, BREAKING, BREAKING, seen, users)
                continue
            one, two = self._signature(method, old=True), self._signature(found)
            for what, index in (("request", 0), ("response", 1)):
                if one[index] != two[index]:
                    text = f"the {what} of {where} was {one[index]} and is {two[index]}"
                    yield Change("grpc", f"{what}-changed", where, text, BREAKING, BREAKING, BREAKING, seen, users)
            if one[2:] != two[2:]:
                text = f"{where} was {_streaming(method)} and is {_streaming(found)}"
                yield Change("grpc", "streaming-changed", where, text, BREAKING, BREAKING, BREAKING, seen, users)
            if method.options.idempotency_level != found.options.idempotency_level:
                text = f"{where} makes another promise about being sent twice (idempotency_level)"
                yield Change(
                    "grpc",
                    "idempotency-changed",
                    where,
                    text,
                    BREAKING,
                    BREAKING,
                    BREAKING,
                    RISKY if users else NONE,
                    users,
                )
            yield from self._options(where, method.options, found.options)
        for method in fresh:
            yield Change(
                "grpc", "rpc-added", f"{name}.{method.name}", f"the method {name}.{method.name} is new",
                COMPATIBLE, COMPATIBLE, COMPATIBLE,
            )  # fmt: skip
        kept = [m.name for m in old.method if m.name in after], [m.name for m in new.method if m.name in before]
        if kept[0] != kept[1]:
            yield Change("grpc", "text-only", name, f"the methods of {name} stand in another order")

    def _signature(self, method: d.MethodDescriptorProto, *, old: bool = False) -> tuple[str, str, bool, bool]:
        names = [name[1:] for name in (method.input_type, method.output_type)]
        request, response = (self._renamed.get(name, name) if old else name for name in names)
        return request, response, method.client_streaming, method.server_streaming

    # --------------------------------------------------------------------------------------------- options and texts

    def _options(self, where: str, old: Any, new: Any) -> Iterator[Change]:
        if old.deprecated != new.deprecated:
            text = f"{where} is {'now' if new.deprecated else 'no longer'} deprecated"
            yield Change("grpc", "deprecated" if new.deprecated else "undeprecated", where, text, in_code=COMPATIBLE)
        if _plain_options(old) != _plain_options(new):
            yield Change("grpc", "option-changed", where, f"{where} has other options", in_code=COMPATIBLE)

    def _texts(self) -> Iterator[Change]:
        for name, lines in self._old.comments.items():
            target = self._renamed.get(name, name)
            if target in self._new.comments and " ".join(self._new.comments[target]) != " ".join(lines):
                yield Change("grpc", "text-only", name, f"the comment of {name} says something else")
            elif target not in self._new.comments and self._exists(target):
                yield Change("grpc", "text-only", name, f"{name} lost its comment")
        renamed = {self._renamed.get(name, name) for name in self._old.comments}
        for name in self._new.comments.keys() - renamed:
            if name in self._names(self._old):
                yield Change("grpc", "text-only", name, f"{name} got a comment")
        for name, file in self._old.files.items():
            fresh = self._new.files.get(name)
            if fresh is None:
                continue
            for attribute in ("message_type", "enum_type", "service"):
                orders = [[item.name for item in getattr(side, attribute)] for side in (file, fresh)]
                common = set(orders[0]) & set(orders[1])
                if [n for n in orders[0] if n in common] != [n for n in orders[1] if n in common]:
                    yield Change("grpc", "text-only", name, f"the definitions in {name} stand in another order")
                    break

    def _exists(self, name: str) -> bool:
        return name in self._names(self._new)

    def _names(self, index: _Index) -> set[str]:
        found = {*index.files, *index.messages, *index.enums, *index.services}
        for name, item in index.messages.items():
            found |= {f"{name}.{f.name}" for f in item.proto.field} | {
                f"{name}.{o.name}" for o in item.proto.oneof_decl
            }
        for name, (_, kind) in index.enums.items():
            found |= {f"{name}.{value.name}" for value in kind.value}
        for name, (_, service) in index.services.items():
            found |= {f"{name}.{method.name}" for method in service.method}
        return found


def _place(item: Any) -> str:
    return str(item.file if isinstance(item, _Message) else item[0])


def _cardinality(item: _F, owner: _Message) -> str:
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


def _streaming(method: d.MethodDescriptorProto) -> str:
    words = (
        "client-streaming" if method.client_streaming else "",
        "server-streaming" if method.server_streaming else "",
    )
    return " and ".join(filter(None, words)) or "unary"


def _values(item: d.EnumDescriptorProto) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for value in item.value:
        found.setdefault(value.number, []).append(value.name)
    return found


def _reserved(item: d.DescriptorProto) -> tuple[set[int], list[tuple[int, int]], set[str]]:
    return set(), [(r.start, r.end - 1) for r in item.reserved_range], set(item.reserved_name)


def _covered(start: int, end: int, ranges: list[tuple[int, int]]) -> bool:
    """Whether `ranges`, which may touch each other, hold every number from `start` to `end`."""
    for low, high in sorted(ranges):
        if low <= start <= high:
            start = high + 1
        if start > end:
            return True
    return False


def _plain_options(options: Any) -> bytes:
    """Return the options that are neither `deprecated` nor compared elsewhere."""
    copy = type(options)()
    copy.CopyFrom(options)
    for name in ("deprecated", "idempotency_level", "map_entry"):
        if name in copy.DESCRIPTOR.fields_by_name:
            copy.ClearField(name)
    return bytes(copy.SerializeToString(deterministic=True))
