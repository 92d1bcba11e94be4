"""Which part of the hand-written surface shows an element of the wire, as mapping.toml says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from google.protobuf import descriptor_pb2 as d

from generator.spec.prototext import full

Table = Mapping[str, Any]


class Surface:
    """What users see of the old specification; without a mapping they see nothing.

    Args:
        protos: The descriptors of the old side.
        mapping: The old side's mapping.toml, read.
        renewed: The new side's: it may keep a name that upstream gave up.
    """

    def __init__(self, protos: d.FileDescriptorSet, mapping: Table, renewed: Table) -> None:
        self._rpcs: Table = mapping.get("rpc", {})
        self._operations: Table = mapping.get("rest", {})
        self._models = {item["message"]: (name, item) for name, item in mapping.get("model", {}).items()}
        self._enum_names = {item["enum"]: name for name, item in mapping.get("enum", {}).items()}
        self._renewed = renewed
        self._messages: dict[str, d.DescriptorProto] = {}
        self._flat: dict[str, str] = {}
        self._requests: dict[str, list[str]] = {}  # message -> RPCs that take it
        self._senders: dict[str, list[str]] = {}  # message inside of requests -> methods of the surface
        self._shown: set[str] = set()  # messages that answers hold
        self._enums: set[str] = set()
        for file in protos.file:
            for item in file.message_type:
                self._collect(item, file.package, "")
        for file in protos.file:
            for service in file.service:
                for method in service.method:
                    self._follow(method)

    def of_rpc(self, name: str) -> tuple[str, ...]:
        """Return the method of the surface that uses an RPC."""
        return _method(self._rpcs.get(name, {}))

    def of_operation(self, name: str) -> tuple[str, ...]:
        """Return the method of the surface that uses a REST operation."""
        return _method(self._operations.get(name, {}))

    def of_parameter(self, operation: str, name: str) -> tuple[str, ...]:
        """Return the method and parameter that a REST parameter or body member becomes."""
        return _parameter(self._operations.get(operation, {}), name)

    def of_type(self, name: str) -> tuple[str, ...]:
        """Return what shows a message or an enum."""
        if name in self._enums:
            return (self._enum_names.get(name, name.split(".")[-1]),)
        uses = [self._model(name)] if name in self._shown else []
        uses += [use for rpc in self._requests.get(name, []) for use in self.of_rpc(rpc)]
        return tuple(dict.fromkeys([*uses, *self._senders.get(name, [])]))

    def of_enum(self, name: str) -> tuple[str, ...]:
        return self.of_type(name) if name in self._enums else ()

    def of_field(self, message: str, name: str) -> tuple[str, ...]:
        """Return the attributes and parameters that a field becomes."""
        return self._uses(message, name)

    def of_new_field(self, message: str, name: str) -> tuple[str, ...]:
        """Return what a field that is new in `message` would become: attributes come by themselves."""
        return self._uses(message, name) if message in self._shown else ()

    def keeps_name(self, message: str, old: str, new: str) -> bool:
        """Return whether the new mapping gives the field's new name the user's old one."""
        renewed = {item["message"]: item for item in self._renewed.get("model", {}).values()}
        _, model = self._models.get(message, ("", {}))
        kept = []
        if message in self._shown:
            attribute = model.get("rename", {}).get(old, old)
            kept.append(renewed.get(message, {}).get("rename", {}).get(new, new) == attribute)
        for rpc in self._requests.get(message, []):
            before, after = self._rpcs.get(rpc, {}), self._renewed.get("rpc", {}).get(rpc, {})
            kept.append(after.get("params", {}).get(new, new) == before.get("params", {}).get(old, old))
        return bool(kept) and all(kept)

    def _uses(self, message: str, name: str) -> tuple[str, ...]:
        uses: list[str] = []
        if message in self._shown:
            _, model = self._models.get(message, ("", {}))
            if name not in model.get("waived_fields", {}):
                uses.append(f"{self._model(message)}.{model.get('rename', {}).get(name, name)}")
        for rpc in self._requests.get(message, []):
            uses += _parameter(self._rpcs.get(rpc, {}), name)
        return tuple(dict.fromkeys([*uses, *self._senders.get(message, [])]))

    def _model(self, message: str) -> str:
        return str(self._models.get(message, (self._flat[message], None))[0])

    def _collect(self, item: d.DescriptorProto, above: str, outer: str) -> None:
        name = full(above, item.name)
        self._messages[name] = item
        self._flat[name] = outer + item.name
        for inner in item.nested_type:
            self._collect(inner, name, outer + item.name)

    def _follow(self, method: d.MethodDescriptorProto) -> None:
        uses = self.of_rpc(method.name)
        if not uses:
            return
        request, response = method.input_type[1:], method.output_type[1:]
        self._requests.setdefault(request, []).append(method.name)
        entry = self._rpcs[method.name]
        hidden = set(entry.get("waived_fields", {}))
        for inner in self._reachable([kind for name, kind in self._inner(request) if name not in hidden]):
            senders = self._senders.setdefault(inner, [])
            senders += [use for use in uses if use not in senders]
        self._shown |= set(self._reachable([response]))

    def _inner(self, message: str) -> list[tuple[str, str]]:
        if message not in self._messages:
            return []
        item = self._messages[message]
        self._enums |= {f.type_name[1:] for f in item.field if f.type == d.FieldDescriptorProto.TYPE_ENUM}
        return [(f.name, f.type_name[1:]) for f in item.field if f.type == d.FieldDescriptorProto.TYPE_MESSAGE]

    def _reachable(self, queue: list[str]) -> list[str]:
        seen: dict[str, None] = {}
        while queue:
            name = queue.pop()
            if name in self._messages and name not in seen:
                seen[name] = None
                hidden = self._models.get(name, ("", {}))[1].get("waived_fields", {})
                queue += [kind for field, kind in self._inner(name) if field not in hidden]
        return list(seen)


def _method(entry: Table) -> tuple[str, ...]:
    return (str(entry["surface"]),) if "surface" in entry else ()


def _parameter(entry: Table, name: str) -> tuple[str, ...]:
    if "surface" not in entry or name in entry.get("waived_fields", {}):
        return ()
    if name in entry.get("fixed", {}):
        return (str(entry["surface"]),)
    return (f"{entry['surface']}({entry.get('params', {}).get(name, name)}=)",)
