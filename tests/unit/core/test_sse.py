"""Server-sent events, however the stream is cut into chunks."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fal._core.transport.sse import Event, EventParser, payload
from fal.exceptions import UnknownError

STREAM = (
    b"\xef\xbb\xbf: a comment\r\nid: 7\r\ndata: one\r\ndata: two\r\n\r\n"
    b"event: note\ndata:three\n\n"
    b"event: bare\n\n"
    b"data\rdata:  four\r\rretry: 10\nunknown: x\n\ndata: \xc3\xa4\n\ndata: cut off"
)
EXPECTED = [
    Event("message", b"one\ntwo", "7"),
    Event("note", b"three", "7"),
    Event("bare", None, "7"),
    Event("message", b"\n four", "7"),
    Event("message", "ä".encode(), "7"),
]


def events(chunks: Iterable[bytes]) -> list[Event]:
    parser = EventParser()
    return [event for chunk in chunks for event in parser.feed(chunk)]


def test_one_chunk_gives_all_events() -> None:
    assert (events([STREAM])) == EXPECTED


def test_a_byte_at_a_time() -> None:
    assert (events(STREAM[index : index + 1] for index in range(len(STREAM)))) == EXPECTED


@given(st.lists(st.integers(0, len(STREAM)), max_size=8).map(sorted))
def test_chunk_borders_do_not_matter(cuts: list[int]) -> None:
    edges = [0, *cuts, len(STREAM)]
    assert (events(STREAM[a:b] for a, b in itertools.pairwise(edges))) == EXPECTED


@given(st.lists(st.binary(max_size=20), max_size=20))
def test_no_bytes_at_all_break_it(chunks: list[bytes]) -> None:
    assert all(isinstance(event, Event) for event in events(chunks))


def test_an_event_of_the_type_error_is_raised_with_what_it_says() -> None:
    with pytest.raises(UnknownError, match="the store is away"):
        payload(Event("error", b" the store is away\n", ""))
    with pytest.raises(UnknownError, match="unspecified error"):
        payload(Event("error", None, ""))


def test_events_that_carry_nothing_are_no_data() -> None:
    assert payload(Event("message", None, "")) is None
    assert payload(Event("message", b"", "")) is None
    assert payload(Event("message", b"{}", "")) == b"{}"
