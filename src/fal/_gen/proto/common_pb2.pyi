# Generated from spec/; do not edit: correct the specification, the mapping or the template, then run `just generate`.
from typing import Final, Literal

from google.protobuf import timestamp_pb2
from google.protobuf.descriptor import FileDescriptor
from google.protobuf.internal.enum_type_wrapper import EnumTypeWrapper
from google.protobuf.message import Message

DESCRIPTOR: FileDescriptor

LogLevel: EnumTypeWrapper
TRACE: Final[int]
DEBUG: Final[int]
INFO: Final[int]
WARNING: Final[int]
ERROR: Final[int]
STDOUT: Final[int]
STDERR: Final[int]

LogSource: EnumTypeWrapper
BUILDER: Final[int]
BRIDGE: Final[int]
USER: Final[int]

class Log(Message):
    MESSAGE_FIELD_NUMBER: Final = 1
    SOURCE_FIELD_NUMBER: Final = 2
    LEVEL_FIELD_NUMBER: Final = 3
    TIMESTAMP_FIELD_NUMBER: Final = 4
    message: str
    source: int
    level: int
    @property
    def timestamp(self) -> timestamp_pb2.Timestamp: ...
    def __init__(
        self,
        *,
        message: str | None = ...,
        source: int | None = ...,
        level: int | None = ...,
        timestamp: timestamp_pb2.Timestamp | None = ...,
    ) -> None: ...
    def HasField(self, field_name: Literal["timestamp",]) -> bool: ...
    def ClearField(
        self,
        field_name: Literal[
            "message",
            "source",
            "level",
            "timestamp",
        ],
    ) -> None: ...

class SerializedObject(Message):
    METHOD_FIELD_NUMBER: Final = 1
    DEFINITION_FIELD_NUMBER: Final = 2
    WAS_IT_RAISED_FIELD_NUMBER: Final = 3
    STRINGIZED_TRACEBACK_FIELD_NUMBER: Final = 4
    EXCEPTION_TYPE_NAME_FIELD_NUMBER: Final = 5
    EXCEPTION_MESSAGE_FIELD_NUMBER: Final = 6
    method: str
    definition: bytes
    was_it_raised: bool
    stringized_traceback: str
    exception_type_name: str
    exception_message: str
    def __init__(
        self,
        *,
        method: str | None = ...,
        definition: bytes | None = ...,
        was_it_raised: bool | None = ...,
        stringized_traceback: str | None = ...,
        exception_type_name: str | None = ...,
        exception_message: str | None = ...,
    ) -> None: ...
    def HasField(
        self,
        field_name: Literal[
            "stringized_traceback",
            "exception_type_name",
            "exception_message",
        ],
    ) -> bool: ...
    def ClearField(
        self,
        field_name: Literal[
            "method",
            "definition",
            "was_it_raised",
            "stringized_traceback",
            "exception_type_name",
            "exception_message",
        ],
    ) -> None: ...
