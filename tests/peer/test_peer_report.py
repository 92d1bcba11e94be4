"""The report leaves nothing out silently; this needs no peer, and is part of every run."""

from __future__ import annotations

from typing import Any

import pytest

from tests.peer.report import Incomplete, page

THERE_ARE: dict[str, Any] = {"what": "there are", "commands": ["apps list", "api"], "methods": ["client.apps.list"]}
NOTES: list[dict[str, Any]] = [
    THERE_ARE,
    {"what": "command", "name": "apps list", "json": True},
    {"what": "command", "name": "apps list", "json": False},
    {"what": "python", "name": "client.apps.list"},
    {"what": "limit", "name": "api", "why": "it speaks TLS"},
]


def test_the_page_counts_what_was_driven() -> None:
    text = page(NOTES)
    assert "Of the 2 commands of its CLI, 1 were driven, in 2 processes" in text
    assert "| `fal apps list` | 2 | 1 |" in text
    assert "| `client.apps.list` | 1 |" in text
    assert "| `fal api` | it speaks TLS |" in text


@pytest.mark.parametrize("missing", range(len(NOTES)))
def test_what_is_left_out_fails(missing: int) -> None:
    less = NOTES[:missing] + NOTES[missing + 1 :]
    if missing in (1, 2):  # one of the two runs is enough
        assert page(less)
        less = less[:1] + less[2:]
    with pytest.raises(Incomplete):
        page(less)
