# Generated from spec/; do not edit. Regenerate with: just generate
from builtins import bool as _bool
from builtins import property as _property
from builtins import str as _str
from typing import Final as _Final
from typing import Literal as _Literal

from google.protobuf import struct_pb2 as _struct_pb2
from google.protobuf.descriptor import FileDescriptor as _FileDescriptor
from google.protobuf.message import Message as _Message

DESCRIPTOR: _FileDescriptor

class EnvironmentDefinition(_Message):
    KIND_FIELD_NUMBER: _Final = 1
    CONFIGURATION_FIELD_NUMBER: _Final = 2
    FORCE_FIELD_NUMBER: _Final = 3
    kind: _str
    @_property
    def configuration(self) -> _struct_pb2.Struct: ...
    force: _bool
    def __init__(
        self,
        *,
        kind: _str | None = ...,
        configuration: _struct_pb2.Struct | None = ...,
        force: _bool | None = ...,
    ) -> None: ...
    def HasField(self, field_name: _Literal["configuration",]) -> _bool: ...
    def ClearField(
        self,
        field_name: _Literal[
            "kind",
            "configuration",
            "force",
        ],
    ) -> None: ...
