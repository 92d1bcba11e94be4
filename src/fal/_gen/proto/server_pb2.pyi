# Generated from spec/; do not edit: correct the specification, the mapping or the template, then run `just generate`.
from typing import Final, Literal

from google.protobuf import struct_pb2
from google.protobuf.descriptor import FileDescriptor
from google.protobuf.message import Message

DESCRIPTOR: FileDescriptor

class EnvironmentDefinition(Message):
    KIND_FIELD_NUMBER: Final = 1
    CONFIGURATION_FIELD_NUMBER: Final = 2
    FORCE_FIELD_NUMBER: Final = 3
    kind: str
    @property
    def configuration(self) -> struct_pb2.Struct: ...
    force: bool
    def __init__(
        self,
        *,
        kind: str | None = ...,
        configuration: struct_pb2.Struct | None = ...,
        force: bool | None = ...,
    ) -> None: ...
    def HasField(self, field_name: Literal["configuration",]) -> bool: ...
    def ClearField(
        self,
        field_name: Literal[
            "kind",
            "configuration",
            "force",
        ],
    ) -> None: ...
