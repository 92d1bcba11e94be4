"""The one exception that the generator raises for input it refuses."""

from __future__ import annotations


class SpecError(Exception):
    """A specification, mapping or policy file is wrong.

    Every problem found in one pass is reported together, one per line, each naming its file and place.
    """

    def __init__(self, *problems: str) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))
