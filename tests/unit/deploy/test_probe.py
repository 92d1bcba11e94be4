"""The answer of a metadata probe is read without running anything that it says."""

from __future__ import annotations

import collections
import contextlib
import copyreg
import os
import pickle
from pathlib import Path
from typing import Any

import cloudpickle  # type: ignore[import-untyped]
import hypothesis.strategies as st
import pytest
from hypothesis import given

from fal.deploy.errors import UntrustedAnswer
from fal.deploy.send.probe import MAX_BYTES, plain_data

plain = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text()),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(), inner)),
)


@given(plain, st.sampled_from(range(pickle.HIGHEST_PROTOCOL + 1)))
def test_plain_data_comes_back_as_it_was(value: Any, protocol: int) -> None:
    assert plain_data(pickle.dumps(value, protocol)) == value
    assert plain_data(cloudpickle.dumps(value)) == value


def test_tuples_become_lists() -> None:
    assert plain_data(pickle.dumps({"a": (1, (2,))})) == {"a": [1, [2]]}


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    with contextlib.suppress(UntrustedAnswer):
        plain_data(content)


class Touch:
    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return os.mkdir, (self.path,)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_crafted_answer_runs_nothing(tmp_path: Path, protocol: int) -> None:
    victim = tmp_path / "ran"
    with pytest.raises(UntrustedAnswer):
        plain_data(pickle.dumps({"openapi": Touch(str(victim))}, protocol))
    assert not victim.exists()


@pytest.mark.parametrize(
    "pickled",
    [
        b"cos\nsystem\n(S'true'\ntR.",
        b"(S'true'\nios\nsystem\n.",
        b"\x80\x04\x8c\x02os\x8c\x06system\x93.",
        b"\x80\x02\x82\x01.",  # extension registry
        b"Pid\n.",
        pickle.dumps(collections.OrderedDict(a=1)),
        pickle.dumps({1, 2}),
        pickle.dumps(b"bytes"),
        pickle.dumps(bytearray(b"x")),
        pickle.dumps({1: 2}),
        pickle.dumps(float("nan")),
        b"\x80\x04K\x01r\xff\xff\xff\xff.",  # a memo index that would take all memory
        b"",
        b"\x80\x04.",
        b"not a pickle",
        pickle.dumps([])[:-1],
    ],
)
def test_everything_but_plain_data_is_refused(pickled: bytes) -> None:
    with pytest.raises(UntrustedAnswer):
        plain_data(pickled)


def test_a_registered_extension_is_not_reached() -> None:
    copyreg.add_extension("os", "system", 0xF1)
    try:
        with pytest.raises(UntrustedAnswer):
            plain_data(b"\x80\x02\x82\xf1.")
    finally:
        copyreg.remove_extension("os", "system", 0xF1)


def test_small_pickles_that_grow_are_refused() -> None:
    laughs: list[Any] = ["ha"]
    for _ in range(60):
        laughs = [laughs, laughs]
    with pytest.raises(UntrustedAnswer, match="too large"):
        plain_data(pickle.dumps(laughs))
    loop: list[Any] = []
    loop.append(loop)
    with pytest.raises(UntrustedAnswer, match="contains itself"):
        plain_data(pickle.dumps(loop))
    with pytest.raises(UntrustedAnswer, match="at most"):
        plain_data(b"x" * (MAX_BYTES + 1))
