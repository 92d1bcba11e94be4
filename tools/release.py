"""Cut a release: python -m tools.release VERSION, or `check` to see that version, changelog and tag agree.

Writes the version where it stands (src/fal/_version.py), closes the changelog's Unreleased section under it, commits and tags.
Pushing the tag is left to a person; the release workflow does the rest.
"""

from __future__ import annotations

import datetime
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:(?:a|b|rc)(0|[1-9]\d*))?")
_LINE = re.compile(r'^__version__ = "([^"]+)"$', re.M)
_HEAD = "## [Unreleased]\n"


class ReleaseError(Exception):
    """The release cannot be cut as things stand."""


def current(root: Path) -> str:
    """Return the version that the project has now."""
    match = _LINE.search((root / "src" / "fal" / "_version.py").read_text(encoding="utf-8"))
    if match is None:
        raise ReleaseError('src/fal/_version.py has no line __version__ = "..."')
    return match[1]


def section(changelog: str, name: str) -> str | None:
    """Return what the changelog says under the heading `name`, or None when there is no such heading."""
    match = re.search(rf"^## \[{re.escape(name)}\][^\n]*\n(.*?)(?=^## \[|^\[[^\]]+\]: |\Z)", changelog, re.S | re.M)
    return match[1].strip() if match else None


def _order(version: str) -> tuple[int, ...]:
    match = VERSION.fullmatch(version)
    assert match is not None
    stage = {"a": 0, "b": 1, "r": 2}.get(next((letter for letter in version if letter in "abr"), ""), 3)
    return (*(int(part) for part in match.groups()[:3]), stage, int(match[4] or 0))


def prepare(root: Path, version: str, today: datetime.date) -> None:
    """Write the version, and close the changelog's Unreleased section under it.

    Raises:
        ReleaseError: The version is not one or not a later one, or the changelog has nothing to say or has said it already.
    """
    if VERSION.fullmatch(version) is None:
        raise ReleaseError(f"{version!r} is not a version; give one such as 1.2.0 or 1.2.0rc1")
    before = current(root)
    path = root / "CHANGELOG.md"
    text = path.read_text(encoding="utf-8")
    if section(text, version) is not None:
        raise ReleaseError(f"CHANGELOG.md has a section {version} already")
    released = re.search(r"^## \[\d", text, re.M) is not None
    if _order(version) < _order(before) or (released and version == before):
        raise ReleaseError(f"{version} is not later than {before}")
    if not section(text, "Unreleased"):
        raise ReleaseError("CHANGELOG.md says nothing under Unreleased; say what changed for users")
    path.write_text(
        text.replace(_HEAD, f"{_HEAD}\n## [{version}] - {today.isoformat()}\n", 1), encoding="utf-8", newline="\n"
    )
    place = root / "src" / "fal" / "_version.py"
    source = place.read_text(encoding="utf-8")
    place.write_text(_LINE.sub(f'__version__ = "{version}"', source), encoding="utf-8", newline="\n")


def check(root: Path, tag: str | None = None) -> str:
    """Return the notes of the current version's release.

    Args:
        tag: The tag that it is released under, such as "v1.2.0".

    Raises:
        ReleaseError: Version, changelog and tag do not agree.
    """
    version = current(root)
    if tag is not None and tag != f"v{version}":
        raise ReleaseError(f"the tag is {tag}, and src/fal/_version.py says {version}")
    notes = section((root / "CHANGELOG.md").read_text(encoding="utf-8"), version)
    if not notes:
        raise ReleaseError(f"CHANGELOG.md has no section {version}; cut the release with: just release {version}")
    return notes


def _git(root: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=root, check=False, capture_output=True, text=True)
    if done.returncode:
        raise ReleaseError(f"git {arguments[0]} failed: {done.stderr.strip()}")
    return done.stdout.strip()


def release(root: Path, version: str) -> None:
    """Write, commit and tag `version` in a clean checkout.

    Raises:
        ReleaseError: The checkout has changes or is not on main, the tag exists, or `prepare` or git refuses. Nothing has changed.
    """
    if (branch := _git(root, "branch", "--show-current")) != "main":
        raise ReleaseError(f"releases are cut from main, and this is {branch or 'no branch'}")
    if _git(root, "status", "--porcelain"):
        raise ReleaseError("the checkout has changes; commit them or put them away first")
    if _git(root, "tag", "--list", f"v{version}"):
        raise ReleaseError(f"the tag v{version} already exists")
    prepare(root, version, datetime.datetime.now(datetime.UTC).date())
    try:
        notes = check(root)
        _git(root, "commit", "--quiet", "--all", "--message", f"Release {version}")
    except ReleaseError:
        _git(root, "checkout", "--quiet", "--", ".")
        raise
    _git(root, "tag", "--annotate", f"v{version}", "--cleanup=verbatim", "--message", f"{version}\n\n{notes}")


def main(*arguments: str) -> int:
    """Run one command; return the exit status."""
    try:
        match arguments:
            case ("check", *tag):
                print(check(ROOT, *tag))
            case (version,):
                release(ROOT, version)
                print(f"v{version} is committed and tagged. Publish it: git push origin HEAD v{version}")
            case _:
                raise ReleaseError("give a version such as 1.2.0, or `check [TAG]`")
    except ReleaseError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
