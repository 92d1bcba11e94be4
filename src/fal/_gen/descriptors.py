# Generated from spec/; do not edit. Regenerate with: just generate
"""Message classes, made by protobuf itself from the descriptors that this package holds.

Nothing of protoc runs here, so that no version of it can be at odds with the protobuf that is installed.
"""

from __future__ import annotations

from google.protobuf import descriptor_pool, message_factory, symbol_database
from google.protobuf.descriptor import Descriptor, FileDescriptor
from google.protobuf.message import Message


def register(name: str, *parts: bytes) -> FileDescriptor:
    """Add a proto file to the process's descriptor pool.

    Args:
        name: The file's name within the pool.
        parts: Its serialized descriptor, cut anywhere between two fields.
    """
    pool = descriptor_pool.Default()
    pool.AddSerializedFile(b"".join(parts))
    return pool.FindFileByName(name)


def message(descriptor: Descriptor, module: str, outer: str = "") -> type[Message]:
    """Return the class of a message, with the classes of the messages within it.

    Args:
        module: The Python module where a pickle finds the class.
        outer: The name of the class around it and a dot.
    """
    cls = message_factory.GetMessageClass(descriptor)
    cls.__module__ = module
    cls.__qualname__ = outer + descriptor.name
    symbol_database.Default().RegisterMessage(cls)  # protobuf unpickles by what is registered there
    for inner in descriptor.nested_types:
        setattr(cls, inner.name, message(inner, module, f"{cls.__qualname__}."))
    return cls
