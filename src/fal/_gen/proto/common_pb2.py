# Generated from spec/; do not edit. Regenerate with: just generate
"""The messages of common.proto."""

# What this file imports has to be in the pool before it.
from google.protobuf import timestamp_pb2 as timestamp_pb2
from google.protobuf.internal.enum_type_wrapper import EnumTypeWrapper

from fal._gen import descriptors

DESCRIPTOR = descriptors.register(
    "fal/_gen/proto/common.proto",
    b"\n\x1bfal/_gen/proto/common.proto\x12\x0efal._gen.proto\x1a\x1fgoogle/protobuf/timestamp.protob\x06proto3",
    b"\"\x99\x01\n\x03Log\x12\x0f\n\x07message\x18\x01 \x01(\t\x12)\n\x06source\x18\x02 \x01(\x0e2\x19.fal._gen.proto.LogSource\x12'\n\x05level\x18\x03 \x01(\x0e2\x18.fal._gen.proto.LogLevel\x12-\n\ttimestamp\x18\x04 \x01(\x0b2\x1a.google.protobuf.Timestamp",
    b'"\xf9\x01\n\x10SerializedObject\x12\x0e\n\x06method\x18\x01 \x01(\t\x12\x12\n\ndefinition\x18\x02 \x01(\x0c\x12\x15\n\rwas_it_raised\x18\x03 \x01(\x08\x12!\n\x14stringized_traceback\x18\x04 \x01(\tH\x02\x88\x01\x01\x12 \n\x13exception_type_name\x18\x05 \x01(\tH\x01\x88\x01\x01\x12\x1e\n\x11exception_message\x18\x06 \x01(\tH\x00\x88\x01\x01B\x14\n\x12_exception_messageB\x16\n\x14_exception_type_nameB\x17\n\x15_stringized_traceback',
    b"*Z\n\x08LogLevel\x12\t\n\x05TRACE\x10\x00\x12\t\n\x05DEBUG\x10\x01\x12\x08\n\x04INFO\x10\x02\x12\x0b\n\x07WARNING\x10\x03\x12\t\n\x05ERROR\x10\x04\x12\n\n\x06STDOUT\x10\x05\x12\n\n\x06STDERR\x10\x06",
    b"*.\n\tLogSource\x12\x0b\n\x07BUILDER\x10\x00\x12\n\n\x06BRIDGE\x10\x01\x12\x08\n\x04USER\x10\x02",
)

LogLevel = EnumTypeWrapper(DESCRIPTOR.enum_types_by_name["LogLevel"])
TRACE = 0
DEBUG = 1
INFO = 2
WARNING = 3
ERROR = 4
STDOUT = 5
STDERR = 6

LogSource = EnumTypeWrapper(DESCRIPTOR.enum_types_by_name["LogSource"])
BUILDER = 0
BRIDGE = 1
USER = 2


def __getattr__(name):
    """Make the class of a message when it is first asked for."""
    if name not in DESCRIPTOR.message_types_by_name:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    message = descriptors.message(DESCRIPTOR.message_types_by_name[name], __name__)
    globals()[name] = message
    return message


def __dir__():
    return sorted([*globals(), *DESCRIPTOR.message_types_by_name])
