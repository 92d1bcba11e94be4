"""Garbage collections, made rare for a while."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from fal._core.garbage import rare_collections


@pytest.fixture(autouse=True)
def threshold() -> Iterator[None]:
    before = gc.get_threshold()
    gc.set_threshold(600)
    yield
    gc.set_threshold(*before)


def first() -> int:
    return gc.get_threshold()[0]


def test_the_threshold_is_restored_after_an_error_too() -> None:
    with pytest.raises(ZeroDivisionError), rare_collections():
        print(1 // (first() - 100_000))
    assert first() == 600


def test_blocks_that_overlap_restore_it_once() -> None:
    one, other = rare_collections(), rare_collections()
    one.__enter__()
    other.__enter__()
    one.__exit__(None, None, None)
    assert first() == 100_000
    other.__exit__(None, None, None)
    assert first() == 600


@pytest.mark.parametrize("own", [0, 600_000])
def test_a_collector_that_is_off_or_rarer_stays_so(own: int) -> None:
    gc.set_threshold(own)
    with rare_collections():
        assert first() == own
    assert first() == own


def test_what_is_set_meanwhile_stays() -> None:
    with rare_collections():
        gc.set_threshold(900)
    assert first() == 900


def test_a_decorated_function_is_inside() -> None:
    assert rare_collections()(first)() == 100_000
    assert first() == 600


class Thing:
    pass


@pytest.mark.skipif(gc.get_freeze_count() > 0, reason="this Python keeps objects of its own out of collections")
def test_what_was_made_inside_is_old_afterwards() -> None:
    with rare_collections():
        things = [Thing() for _ in range(1000)]
    old = {id(each) for each in gc.get_objects(generation=2)}
    assert all(id(thing) in old for thing in things)
    assert gc.get_freeze_count() == 0


def test_what_somebody_keeps_out_of_collections_stays_out() -> None:
    gc.freeze()
    try:
        with rare_collections():
            pass
        assert gc.get_freeze_count() > 0
    finally:
        gc.unfreeze()
