"""Compare two sets of proto descriptors.

Fields and enum values are the same when their number is, types and methods when their full name is. The verdicts on
bytes, JSON and code are those of `buf breaking` in its categories WIRE, WIRE_JSON and FILE; where they are not,
`DIFFERENCES` gives the reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from google.protobuf import descriptor_pb2 as d

from generator.compare.changes import BREAKING, COMPATIBLE, NONE, RISKY, Change
from generator.compare.proto_index import Index, Message, build_index, compare_options, names, type_of
from generator.compare.proto_members import MemberComparison
from generator.compare.users import Surface
from generator.spec.prototext import full

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


def compare_protos(old: d.FileDescriptorSet, new: d.FileDescriptorSet, surface: Surface) -> list[Change]:
    """Return every difference between two descriptor sets, google's own files left out."""
    return list(_Comparison(build_index(old), build_index(new), surface).run())


class _Comparison:
    def __init__(self, old: Index, new: Index, surface: Surface) -> None:
        self._old = old
        self._new = new
        self._surface = surface
        self._renamed: dict[str, str] = {}  # types: old full name -> new full name

    def run(self) -> Iterator[Change]:
        yield from self._files()
        self._find_renames()
        yield from self._types()
        members = MemberComparison(self._old, self._new, self._surface, self._renamed)
        for name, item in self._old.messages.items():
            fresh = self._new.messages.get(self._renamed.get(name, name))
            if fresh is not None:
                yield from members.messages(item, fresh)
        for name, (_, kind) in self._old.enums.items():
            counterpart = self._new.enums.get(self._renamed.get(name, name))
            if counterpart is not None:
                yield from members.enums(name, kind, counterpart[1])
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
                matches = [other for other in fresh if before[name] == after[other] and self._alike(name, other)]
                rivals = [
                    other for other in gone if any(before[other] == after[t] and self._alike(other, t) for t in matches)
                ]
                if len(matches) == 1 and rivals == [name]:
                    self._renamed[name] = matches[0]

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
        one = sorted(
            (f.number, f.name, type_of(f, before, self._renamed).replace(old, "*")) for f in before.proto.field
        )
        two = sorted((f.number, f.name, type_of(f, after, {}).replace(new, "*")) for f in after.proto.field)
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

    # ----------------------------------------------------------------------------------------------------- services

    def _services(self) -> Iterator[Change]:
        for name, (place, service) in self._old.services.items():
            counterpart = self._new.services.get(name)
            if counterpart is None and place in self._new.files:
                # Its package has another name: that was said, and the methods still want comparing.
                moved = full(self._new.files[place].package, service.name)
                counterpart = (
                    self._new.services.get(moved)
                    if self._new.files[place].package != self._old.files[place].package
                    else None
                )
            if counterpart is None:
                users = tuple(use for m in service.method for use in self._surface.of_rpc(m.name))
                seen = BREAKING if users else NONE
                text = f"the service {name} is gone"
                yield Change("grpc", "service-removed", name, text, BREAKING, BREAKING, BREAKING, seen, users)
                continue
            if counterpart[0] != place:
                yield Change(
                    "grpc", "service-moved", name, f"the service {name} moved to {counterpart[0]}", in_code=BREAKING
                )
            yield from self._methods(name, service, counterpart[1])
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
            counterpart = after.get(method.name)
            if counterpart is None:
                matches = [m for m in fresh if self._signature(m) == self._signature(method, old=True)]
                kind, text = "rpc-removed", f"the method {where} is gone"
                if len(matches) == 1:
                    kind, text = "rpc-renamed", f"the method {where} is now called {matches[0].name}"
                    fresh.remove(matches[0])
                yield Change("grpc", kind, where, text, BREAKING, BREAKING, BREAKING, seen, users)
                continue
            one, two = self._signature(method, old=True), self._signature(counterpart)
            for what, index in (("request", 0), ("response", 1)):
                if one[index] != two[index]:
                    text = f"the {what} of {where} was {one[index]} and is {two[index]}"
                    yield Change("grpc", f"{what}-changed", where, text, BREAKING, BREAKING, BREAKING, seen, users)
            if one[2:] != two[2:]:
                text = f"{where} was {_streaming(method)} and is {_streaming(counterpart)}"
                yield Change("grpc", "streaming-changed", where, text, BREAKING, BREAKING, BREAKING, seen, users)
            if method.options.idempotency_level != counterpart.options.idempotency_level:
                text = f"{where} changed its idempotency_level"
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
            yield from compare_options(where, method.options, counterpart.options)
        for method in fresh:
            yield Change(
                "grpc", "rpc-added", f"{name}.{method.name}", f"the method {name}.{method.name} is new",
                COMPATIBLE, COMPATIBLE, COMPATIBLE,
            )  # fmt: skip
        kept = [m.name for m in old.method if m.name in after], [m.name for m in new.method if m.name in before]
        if kept[0] != kept[1]:
            yield Change("grpc", "text-only", name, f"the methods of {name} are in another order")

    def _signature(self, method: d.MethodDescriptorProto, *, old: bool = False) -> tuple[str, str, bool, bool]:
        names = [name[1:] for name in (method.input_type, method.output_type)]
        request, response = (self._renamed.get(name, name) if old else name for name in names)
        return request, response, method.client_streaming, method.server_streaming

    # --------------------------------------------------------------------------------------------- options and texts

    def _texts(self) -> Iterator[Change]:
        for name, lines in self._old.comments.items():
            target = self._renamed.get(name, name)
            if target in self._new.comments and " ".join(self._new.comments[target]) != " ".join(lines):
                yield Change("grpc", "text-only", name, f"the comment of {name} was reworded")
            elif target not in self._new.comments and target in names(self._new):
                yield Change("grpc", "text-only", name, f"{name} lost its comment")
        renamed = {self._renamed.get(name, name) for name in self._old.comments}
        for name in self._new.comments.keys() - renamed:
            if name in names(self._old):
                yield Change("grpc", "text-only", name, f"{name} got a comment")
        for name, file in self._old.files.items():
            fresh = self._new.files.get(name)
            if fresh is None:
                continue
            for attribute in ("message_type", "enum_type", "service"):
                orders = [[item.name for item in getattr(side, attribute)] for side in (file, fresh)]
                common = set(orders[0]) & set(orders[1])
                if [n for n in orders[0] if n in common] != [n for n in orders[1] if n in common]:
                    yield Change("grpc", "text-only", name, f"the definitions in {name} are in another order")
                    break


def _place(item: Any) -> str:
    return str(item.file if isinstance(item, Message) else item[0])


def _streaming(method: d.MethodDescriptorProto) -> str:
    words = (
        "client-streaming" if method.client_streaming else "",
        "server-streaming" if method.server_streaming else "",
    )
    return " and ".join(filter(None, words)) or "unary"
