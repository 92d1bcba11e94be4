"""Names in Python of what a specification calls otherwise."""

from __future__ import annotations

import itertools

import pytest

from generator.spec.names import constants

VALUES = ("a b", "a-b", "a_b", "A_B", "", " ", "_", "x:y", "x/y", "asc", "ASC", "4k", "+1", "-1", "1", "class", "None")


def test_members_of_an_enum_are_named_by_their_values() -> None:
    assert constants(["very light", "+1", "-1", "4k", "name", ""]) == {
        "very light": "VERY_LIGHT",
        "+1": "PLUS_1",
        "-1": "MINUS_1",
        "4k": "VALUE_4K",
        "name": "NAME_",
        "": "EMPTY",
    }
    assert constants([3, -1]) == {3: "VALUE_3", -1: "VALUE_NEGATIVE_1"}


@pytest.mark.parametrize("added", VALUES)
def test_a_value_that_is_added_takes_no_name_of_another_one(added: str) -> None:
    for given in itertools.combinations([value for value in VALUES if value != added], 2):
        before, after = constants(given), constants([added, *given])
        assert len({name.casefold() for name in after.values()}) == 3
        assert after[added] not in before.values()
