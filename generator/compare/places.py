"""Where hand-written Python reads what a comparison says has changed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from attrs import frozen

from generator.compare.changes import Change, Report, Severity
from generator.spec.names import pascal, snake

_NAME = re.compile(r"[A-Za-z_]\w*")
# A test that holds a table of the wire says so above it, and how it is brought up to date.
_TABLE = re.compile(r"# Table of (rpcs|operations): (\S.*)")
_OF_TABLES = {"rpcs": "rpc-", "operations": "operation-"}
_LEFT_OUT = frozenset({"__pycache__", "build", "dist", "node_modules", "site"})


@frozen
class Place:
    """One line of a file that names what changed."""

    path: str
    line: int
    code: str
    where: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.where}: {self.code}"


def places(
    root: Path, report: Report, operations: Mapping[str, str], generated: Iterable[Path], spec: Path, limit: int = 200
) -> list[Place]:
    """Return the lines of hand-written Python below `root` that name something that was changed or removed.

    A member is looked for by its name where the same file names what it belongs to, since names as `limit` stand for many
    things, and everywhere once `spec` does not know its name any more; all else by the names that it has in Python.

    Args:
        report: The comparison; what is new has no readers yet, and what is compatible asks nothing of them.
        operations: "GET /apps" -> operationId, of both specifications.
        generated: Folders that are not looked at.
        spec: The folder of the new specification.
        limit: How many are returned at most.
    """
    files = [*(spec / "proto").rglob("*.proto"), *(spec / "openapi").glob("*.yaml")]
    kept = {name for path in files for name in _NAME.findall(path.read_text(encoding="utf-8"))}
    wanted = []
    for change in report.changes:
        if change.worst > Severity.COMPATIBLE and not change.kind.endswith("-added"):
            owners, names = _words(change, operations)
            wanted.append((change.where, owners, names))
            gone = {name for name in _NAME.findall(change.where)[-1:] if name not in kept}
            if owners and gone & names:
                wanted.append((change.where, set(), gone))
    located: dict[tuple[str, int], Place] = {}
    for path, lines in _sources(root, {folder.resolve() for folder in generated}):
        known = set(_NAME.findall("\n".join(lines)))
        for where, owners, names in wanted:
            if not names & known or (owners and not owners & known):
                continue
            for number, line in enumerate(lines, start=1):
                if names & set(_NAME.findall(line)):
                    located.setdefault((path, number), Place(path, number, line.strip()[:100], where))
    return [located[key] for key in sorted(located)][:limit]


def tables(root: Path, report: Report, generated: Iterable[Path]) -> list[Place]:
    """Return the tables below `root` that hold what a comparison says has come, gone or changed its name.

    Each is marked by a comment above it, as in `# Table of rpcs: renew it with just tables`.
    """
    kinds = {change.kind.partition("-")[0] + "-" for change in report.changes}
    located: list[Place] = []
    for path, lines in _sources(root, {folder.resolve() for folder in generated}):
        for number, line in enumerate(lines, start=1):
            marked = _TABLE.fullmatch(line.strip())
            if marked is not None and _OF_TABLES[marked[1]] in kinds:
                located.append(Place(path, number, marked[2], f"a table of {marked[1]}"))
    return sorted(located, key=lambda place: (place.path, place.line))


def _words(change: Change, operations: Mapping[str, str]) -> tuple[set[str], set[str]]:
    """Return what an element belongs to, and what it is called, in every spelling that Python has for it."""
    if change.wire == "rest":
        operation, _, rest = _split(change.where)
        owners = _spellings(operations.get(operation, ""))
        members = _NAME.findall(rest)
        return (owners, {members[-1], snake(members[-1])}) if members else (set(), owners)
    *above, last = change.where.split(".")
    is_member = last.islower() or last.isupper()
    if is_member and above:
        # `apps.scale(regions=)` and `AliasInfo.regions` say what users call the member; `deploy` only says where it is.
        names = {_NAME.findall(user)[-1] for user in change.users if "(" in user or user[:1].isupper()}
        return _spellings(above[-1]) | {user.split(".")[0] for user in change.users}, names | {last, f"{last}_"}
    return set(), _spellings(last)


def _split(where: str) -> tuple[str, str, str]:
    method, _, rest = where.partition(" ")
    path, separator, rest = rest.partition(" ")
    return f"{method} {path}", separator, rest


def _spellings(name: str) -> set[str]:
    return {name, snake(name), snake(name).upper(), pascal(name)} - {""} if name else set()


def _sources(root: Path, generated: set[Path]) -> Iterator[tuple[str, list[str]]]:
    queue = [root]
    while queue:
        for path in sorted(queue.pop().iterdir()):
            if path.name.startswith(".") or path.name in _LEFT_OUT or path.resolve() in generated:
                continue
            if path.is_dir() and not path.is_symlink():
                queue.append(path)
            elif path.suffix == ".py":
                yield path.relative_to(root).as_posix(), path.read_text(encoding="utf-8", errors="replace").splitlines()
