# Generated from spec/; do not edit. Regenerate with: just generate
"""The messages of server.proto."""

# What this file imports has to be in the pool before it.
from google.protobuf import struct_pb2 as struct_pb2

from fal._gen import descriptors

DESCRIPTOR = descriptors.register(
    "fal/_gen/proto/server.proto",
    b"\n\x1bfal/_gen/proto/server.proto\x12\x0efal._gen.proto\x1a\x1cgoogle/protobuf/struct.protob\x06proto3",
    b'"d\n\x15EnvironmentDefinition\x12\x0c\n\x04kind\x18\x01 \x01(\t\x12.\n\rconfiguration\x18\x02 \x01(\x0b2\x17.google.protobuf.Struct\x12\r\n\x05force\x18\x03 \x01(\x08',
)


def __getattr__(name):
    """Make the class of a message when it is first asked for."""
    if name not in DESCRIPTOR.message_types_by_name:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    message = descriptors.message(DESCRIPTOR.message_types_by_name[name], __name__)
    globals()[name] = message
    return message


def __dir__():
    return sorted([*globals(), *DESCRIPTOR.message_types_by_name])
