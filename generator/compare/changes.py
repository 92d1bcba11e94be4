"""What a comparison finds: changes, each with its severity for three readers."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from typing import Any

from attrs import frozen


class Severity(enum.IntEnum):
    """How much a change asks of a reader.

    NONE: nothing to see. COMPATIBLE: old and new work together. RISKY: they work together, and something may behave in
    another way. BREAKING: something that worked stops working.
    """

    NONE = 0
    COMPATIBLE = 1
    RISKY = 2
    BREAKING = 3

    @property
    def label(self) -> str:
        return self.name.lower()


NONE, COMPATIBLE, RISKY, BREAKING = Severity


@frozen
class Change:
    """One difference.

    Attributes:
        wire: "grpc" or "rest".
        kind: What happened, e.g. "field-renamed"; the vocabulary is the keys of `KINDS` and is the same on both wires.
        where: The element: a full proto name, or "GET /apps/{app} query limit".
        text: One sentence for people.
        on_wire: For who exchanges bytes with a peer of the other version.
        as_json: The same where messages travel as JSON; of REST it equals `on_wire`.
        in_code: For who calls the generated code.
        on_surface: For who uses the hand-written surface.
        users: What of the surface shows the element, e.g. "apps.scale(keep_alive=)" or "AliasInfo.keep_alive".
    """

    wire: str
    kind: str
    where: str
    text: str
    on_wire: Severity = NONE
    as_json: Severity = NONE
    in_code: Severity = NONE
    on_surface: Severity = NONE
    users: tuple[str, ...] = ()

    @property
    def worst(self) -> Severity:
        # JSON is not what this SDK's gRPC half speaks: it informs, and does not decide.
        return max(self.on_wire, self.in_code, self.on_surface)

    def to_dict(self) -> dict[str, Any]:
        return {
            "wire": self.wire,
            "kind": self.kind,
            "where": self.where,
            "text": self.text,
            "severity": {
                "on_wire": self.on_wire.label,
                "as_json": self.as_json.label,
                "in_code": self.in_code.label,
                "on_surface": self.on_surface.label,
            },
            "users": list(self.users),
        }


@frozen
class Report:
    """Everything that differs between two specifications."""

    old: str
    new: str
    changes: tuple[Change, ...]

    @classmethod
    def of(cls, old: str, new: str, changes: Iterable[Change]) -> Report:
        """Return the report with its changes in their one order: the worst first."""
        return cls(old, new, tuple(sorted(changes, key=lambda c: (-c.worst, c.wire, c.where, c.kind, c.text))))

    @property
    def worst(self) -> Severity:
        return max((change.worst for change in self.changes), default=NONE)

    def counts(self) -> Mapping[Severity, int]:
        return {level: sum(1 for change in self.changes if change.worst is level) for level in reversed(Severity)}
