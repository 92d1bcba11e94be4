"""How the sentences of an error are put together."""

from __future__ import annotations

import pytest

from fal._sentences import ended, followed


@pytest.mark.parametrize(
    ("text", "alone", "with_more"),
    [
        ("no app 'a'", "no app 'a'.", "no app 'a'. See the list."),
        ("It failed.", "It failed.", "It failed. See the list."),
        ("did you mean 'a'?", "did you mean 'a'?", "did you mean 'a'? See the list."),
        ("choose one:\n  a\n  b", "choose one:\n  a\n  b", "choose one:\n  a\n  b\nSee the list."),
    ],
)
def test_sentences_follow_one_another(text: str, alone: str, with_more: str) -> None:
    assert (ended(text), followed(text, "See the list.")) == (alone, with_more)
