"""The differences that are meant, from differences.toml, and what used them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from itertools import combinations
from pathlib import Path

from tests.congruence.compare import Difference, Outcome, differences, fields
from tests.support.evidence import note

_FILE = Path(__file__).parent / "differences.toml"
# Our two clients are different programs on the wire only in what each call has of its own, and in who says to send it.
_OWN = ("*.x-request-id", "*.user-agent")


@dataclass
class Intended:
    """One entry: in these cases, at these paths, the peer has the first of a pair and we the second. Patterns, all of them."""

    title: str
    reason: str
    paths: Sequence[str]
    pairs: Sequence[Sequence[str]]
    cases: Sequence[str] = ("*",)
    used: dict[str, set[str]] = field(default_factory=dict)

    def explains(self, case: str, difference: Difference) -> bool:
        names = [name for name in self.cases if fnmatchcase(case, name)]
        paths = [path for path in self.paths if fnmatchcase(difference.path, path)]
        pairs = [
            pair
            for pair in self.pairs
            if fnmatchcase(difference.peer, pair[0]) and fnmatchcase(difference.ours, pair[1])
        ]
        if not (names and paths and pairs):
            return False
        for each in (*names, *paths, *map(str, pairs)):
            self.used.setdefault(each, set()).add(case)
        return True

    @property
    def unused(self) -> list[str]:
        return [each for each in (*self.cases, *self.paths, *map(str, self.pairs)) if each not in self.used]


class Ledger:
    """Checks outcomes against one table of differences.toml, and counts."""

    def __init__(self, table: str) -> None:
        self.checked: set[str] = set()
        self._table = table
        self._entries = [Intended(**entry) for entry in tomllib.loads(_FILE.read_text(encoding="utf-8"))[table]]
        self._counts = {"cases": 0, "requests of the peer": 0, "fields compared": 0, "fields that differ": 0}

    def check(self, case: str, outcomes: Mapping[str, Outcome]) -> None:
        """Compare each of our clients with the peer, and with each other.

        Args:
            case: The name of the case.
            outcomes: What came of it with the peer, and with each of ours, by name.

        Raises:
            AssertionError: Something differs that no entry explains.
        """
        peer = outcomes["peer"]
        ours = {side: outcome for side, outcome in outcomes.items() if side != "peer"}
        self.checked.add(case)
        self._counts["cases"] += 1
        self._counts["requests of the peer"] += len(peer["calls"])
        unexplained = []
        for side, own in ours.items():
            self._counts["fields compared"] += fields(peer)
            for result in differences(peer, own):
                self._counts["fields that differ"] += 1
                if not any(entry.explains(case, result) for entry in self._entries):
                    unexplained.append(f"{side}: {result}")
        for (one, first), (other, second) in combinations(ours.items(), 2):
            for result in differences(first, second):
                if not any(fnmatchcase(result.path, own) for own in _OWN):
                    unexplained.append(f"{one} against {other}: {result}")
        raised = [f"{side} raised: {outcome['raised']}" for side, outcome in outcomes.items() if "raised" in outcome]
        assert not unexplained, "\n".join([f"{case}:", *unexplained, *raised])

    def unused(self) -> list[str]:
        """Return what is in the table and nothing needs."""
        return [f"{entry.title}: {each}" for entry in self._entries for each in entry.unused]

    def write_evidence(self) -> None:
        """Note the counts, and the cases of each entry."""
        entries = [
            {
                "title": entry.title,
                "reason": entry.reason,
                "paths": list(entry.paths),
                "pairs": [list(pair) for pair in entry.pairs],
                "cases": sorted(set().union(*entry.used.values())),
            }
            for entry in self._entries
        ]
        note(self._table, counts=self._counts, entries=entries)
