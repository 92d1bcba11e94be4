# Generated from spec/; do not edit. Regenerate with: just generate
"""From arguments to `SerializedObject` of the wire."""

from __future__ import annotations

from fal._gen.proto import common_pb2


def serialized_object(
    *,
    method: str,
    definition: bytes,
    was_it_raised: bool,
    stringized_traceback: str | None = None,
    exception_type_name: str | None = None,
    exception_message: str | None = None,
) -> common_pb2.SerializedObject:
    return common_pb2.SerializedObject(
        method=method,
        definition=definition,
        was_it_raised=was_it_raised,
        stringized_traceback=stringized_traceback,
        exception_type_name=exception_type_name,
        exception_message=exception_message,
    )
