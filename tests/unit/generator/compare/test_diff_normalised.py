"""A document that was normalised tells a change as upstream's own document tells it."""

from __future__ import annotations

import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorSet

from generator.compare.changes import Change
from generator.compare.openapi import compare_documents
from generator.compare.users import Surface
from generator.upstream.normalise import normalise
from tests.unit.generator.compare.test_diff_openapi_redocly import MUTATIONS, case

SURFACE = Surface(FileDescriptorSet(), {}, {})
# What normalising takes away, with the reason: the change is told in the notes, or as another one.
OTHERWISE = {
    "path added": "an operation without a response cannot be called, and is left out",
    "body added, required": "a body without content is none",
    "body media type added": "of several media types of a body one is taken",
    "body media type removed": "as above",
    "response success removed": "an operation without a success is left out: it is gone",
    "inlined": "a schema keeps the name that its place had",
}


def told(changes: list[Change]) -> set[tuple[str, str, str, str]]:
    """Return what is said of operations; components are known by their uses."""
    return {
        (change.kind, change.where, change.on_wire.label, change.in_code.label)
        for change in changes
        if change.kind not in ("text-only", "schema-added", "schema-removed")
    }


def both(name: str) -> tuple[set[tuple[str, str, str, str]], set[tuple[str, str, str, str]]]:
    old, new = case(0), case(0)
    MUTATIONS[name](new)
    before = normalise(old).document
    after = normalise(new, previous=before).document
    raw = compare_documents("it", old, new, SURFACE)
    return told(raw), told(compare_documents("it", before, after, SURFACE))


@pytest.mark.parametrize("name", sorted(MUTATIONS.keys() - OTHERWISE.keys()))
def test_both_tell_the_same(name: str) -> None:
    raw, kept = both(name)
    assert kept == raw


@pytest.mark.parametrize("name", sorted(OTHERWISE))
def test_the_exceptions_are_needed(name: str) -> None:
    raw, kept = both(name)
    assert kept != raw
