# Generated from spec/; do not edit. Regenerate with: just generate
from builtins import bool as _bool
from builtins import bytes as _bytes
from builtins import int as _int
from builtins import property as _property
from builtins import str as _str
from typing import Final as _Final
from typing import Literal as _Literal

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.descriptor import FileDescriptor as _FileDescriptor
from google.protobuf.internal.enum_type_wrapper import EnumTypeWrapper as _EnumTypeWrapper
from google.protobuf.message import Message as _Message

DESCRIPTOR: _FileDescriptor

LogLevel: _EnumTypeWrapper
TRACE: _Final[_int]
DEBUG: _Final[_int]
INFO: _Final[_int]
WARNING: _Final[_int]
ERROR: _Final[_int]
STDOUT: _Final[_int]
STDERR: _Final[_int]

LogSource: _EnumTypeWrapper
BUILDER: _Final[_int]
BRIDGE: _Final[_int]
USER: _Final[_int]

class Log(_Message):
    MESSAGE_FIELD_NUMBER: _Final = 1
    SOURCE_FIELD_NUMBER: _Final = 2
    LEVEL_FIELD_NUMBER: _Final = 3
    TIMESTAMP_FIELD_NUMBER: _Final = 4
    message: _str
    source: _int
    level: _int
    @_property
    def timestamp(self) -> _timestamp_pb2.Timestamp: ...
    def __init__(
        self,
        *,
        message: _str | None = ...,
        source: _int | None = ...,
        level: _int | None = ...,
        timestamp: _timestamp_pb2.Timestamp | None = ...,
    ) -> None: ...
    def HasField(self, field_name: _Literal["timestamp",]) -> _bool: ...
    def ClearField(
        self,
        field_name: _Literal[
            "message",
            "source",
            "level",
            "timestamp",
        ],
    ) -> None: ...

class SerializedObject(_Message):
    METHOD_FIELD_NUMBER: _Final = 1
    DEFINITION_FIELD_NUMBER: _Final = 2
    WAS_IT_RAISED_FIELD_NUMBER: _Final = 3
    STRINGIZED_TRACEBACK_FIELD_NUMBER: _Final = 4
    EXCEPTION_TYPE_NAME_FIELD_NUMBER: _Final = 5
    EXCEPTION_MESSAGE_FIELD_NUMBER: _Final = 6
    method: _str
    definition: _bytes
    was_it_raised: _bool
    stringized_traceback: _str
    exception_type_name: _str
    exception_message: _str
    def __init__(
        self,
        *,
        method: _str | None = ...,
        definition: _bytes | None = ...,
        was_it_raised: _bool | None = ...,
        stringized_traceback: _str | None = ...,
        exception_type_name: _str | None = ...,
        exception_message: _str | None = ...,
    ) -> None: ...
    def HasField(
        self,
        field_name: _Literal[
            "stringized_traceback",
            "exception_type_name",
            "exception_message",
        ],
    ) -> _bool: ...
    def ClearField(
        self,
        field_name: _Literal[
            "method",
            "definition",
            "was_it_raised",
            "stringized_traceback",
            "exception_type_name",
            "exception_message",
        ],
    ) -> None: ...
