"""A release: version, changelog and tag agree, and nothing half done is left behind."""

from __future__ import annotations

import datetime
import re
import subprocess
from pathlib import Path

import pytest

from tools import docs, public_api, recording, reference, release

TODAY = datetime.date(2030, 1, 2)
CHANGELOG = """# Changelog

## [Unreleased]

### Added

- A thing.

## [0.2.0] - 2029-01-01

- The first.
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "src" / "fal").mkdir(parents=True)
    (tmp_path / "src" / "fal" / "_version.py").write_text('"""The version."""\n\n__version__ = "0.2.0"\n')
    (tmp_path / "CHANGELOG.md").write_text(CHANGELOG)
    return tmp_path


def git(root: Path, *arguments: str) -> str:
    command = ["git", "-c", "user.name=t", "-c", "user.email=t@example.test", *arguments]
    return subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout.strip()


def test_the_unreleased_section_becomes_the_notes(root: Path) -> None:
    release.prepare(root, "0.3.0", TODAY)
    assert release.current(root) == "0.3.0"
    assert release.check(root, "v0.3.0") == "### Added\n\n- A thing."
    text = (root / "CHANGELOG.md").read_text()
    assert "## [Unreleased]\n\n## [0.3.0] - 2030-01-02\n\n### Added" in text
    assert release.section(text, "Unreleased") == ""
    assert release.section(text, "0.2.0") == "- The first."


@pytest.mark.parametrize(
    ("version", "why"),
    [
        ("0.2.0", "a section 0.2.0 already"),
        ("0.1.9", "not later than 0.2.0"),
        ("0.2.0rc1", "not later than 0.2.0"),
        ("v0.3.0", "not a version"),
        ("0.3", "not a version"),
        ("", "not a version"),
    ],
)
def test_a_version_that_cannot_follow_is_refused(root: Path, version: str, why: str) -> None:
    with pytest.raises(release.ReleaseError, match=re.escape(why)):
        release.prepare(root, version, TODAY)
    assert release.current(root) == "0.2.0"
    assert (root / "CHANGELOG.md").read_text() == CHANGELOG


def test_a_candidate_comes_before_its_release(root: Path) -> None:
    release.prepare(root, "0.3.0rc1", TODAY)
    (root / "CHANGELOG.md").write_text(CHANGELOG)
    release.prepare(root, "0.3.0", TODAY)
    assert release.current(root) == "0.3.0"


def test_a_release_with_nothing_to_say_is_refused(root: Path) -> None:
    (root / "CHANGELOG.md").write_text(CHANGELOG.replace("### Added\n\n- A thing.\n", ""))
    with pytest.raises(release.ReleaseError, match="nothing under Unreleased"):
        release.prepare(root, "0.3.0", TODAY)


def test_a_tag_of_another_version_is_refused(root: Path) -> None:
    with pytest.raises(release.ReleaseError, match=r"the tag is v0\.9\.0"):
        release.check(root, "v0.9.0")


def test_a_release_is_one_commit_and_one_tag(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "t")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "t@example.test")
    git(root, "init", "--quiet", "--initial-branch", "main")
    git(root, "add", ".")
    git(root, "commit", "--quiet", "--message", "first")
    (root / "stray").touch()
    with pytest.raises(release.ReleaseError, match="the checkout has changes"):
        release.release(root, "0.3.0")
    (root / "stray").unlink()
    release.release(root, "0.3.0")
    assert git(root, "log", "--format=%s", "-1") == "Release 0.3.0"
    assert git(root, "tag", "--list", "--format=%(contents)", "v0.3.0") == "0.3.0\n\n### Added\n\n- A thing."
    assert git(root, "status", "--porcelain") == ""
    with pytest.raises(release.ReleaseError, match=re.escape("the tag v0.3.0 already exists")):
        release.release(root, "0.3.0")
    git(root, "switch", "--quiet", "--create", "work")
    with pytest.raises(release.ReleaseError, match="from main, and this is work"):
        release.release(root, "0.4.0")


def test_a_release_that_git_refuses_changes_nothing(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git(root, "init", "--quiet", "--initial-branch", "main")
    git(root, "add", ".")
    git(root, "commit", "--quiet", "--message", "first")
    for name in ("GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME"):
        monkeypatch.setenv(name, " ")  # nobody
    with pytest.raises(release.ReleaseError, match="git commit failed: "):
        release.release(root, "0.3.0")
    assert git(root, "status", "--porcelain") == ""
    assert release.current(root) == "0.2.0"


def test_a_changed_api_needs_a_changed_changelog(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "CHANGELOG.md").write_text(CHANGELOG)
    monkeypatch.setattr(public_api, "CHANGELOG", tmp_path / "CHANGELOG.md")
    monkeypatch.setattr(public_api, "SNAPSHOT", tmp_path / "public-api.txt")
    monkeypatch.setattr(public_api, "surface", lambda: ["class fal.App"])
    assert public_api.write() == ""
    assert public_api.difference() == ""

    monkeypatch.setattr(public_api, "surface", lambda: ["class fal.Application"])
    assert "-class fal.App\n+class fal.Application" in public_api.difference()
    assert "CHANGELOG.md says nothing of it" in public_api.write()
    (tmp_path / "CHANGELOG.md").write_text(CHANGELOG.replace("A thing.", "App is called Application."))
    assert public_api.write() == ""
    assert public_api.difference() == ""


def test_the_reference_is_there_as_text() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in (docs.SOURCE / "reference").glob("*.md"))
    page = reference.rendered(text)
    assert ":::" not in page
    assert "## RunnersNamespace" in page and "### stop" in page
    assert "def stop(self, runner_id: str, replace_first: bool = False) -> None" in page
    assert "- runner_id: The id of the runner." in page
    assert '```python\nclient.runners.stop("runner-id")\n```' in page
    assert "AliasInfo(alias: str, revision: str" in page


@pytest.mark.parametrize("page", sorted((docs.SOURCE / "reference").glob("*.md")), ids=lambda page: page.stem)
def test_the_reference_describes_what_is_ours_and_each_thing_once(page: Path) -> None:
    text = reference.rendered(page.read_text(encoding="utf-8"))
    described = re.findall(r"^## (\w+)$", text, re.M)
    assert len(set(described)) == len(described)
    assert "__" not in re.sub(r"`[^`]+`|^```.*?^```", "", text, flags=re.S | re.M)  # words of pydantic's own


def test_pages_for_machines_are_listed_as_the_site_lists_them() -> None:
    config = "nav:\n  - Home: index.md\n  - Guides:\n    - A: a.md\n    - guides/b.md\n  - Start: start.md\n"
    assert docs._sections(config) == {"Pages": ["index.md", "start.md"], "Guides": ["a.md", "guides/b.md"]}


def test_a_recording_shows_what_is_left_on_the_screen() -> None:
    turning = (
        "\x1b[?25l\x1b[32m\u280b\x1b[0m Building\r\x1b[2KBuilt\r\n\x1b[32m\u2819\x1b[0m Waiting\r\n\r\x1b[1A\x1b[2K"
    )
    assert recording.shown(f"{turning}\x1b[1mDone\x1b[0m\r\n\x1b[?25h") == "Built\n\x1b[1mDone\x1b[0m"
    drawn = recording.picture([("fal a", "one\ntwo"), ("fal b", "three")])
    assert "http" not in drawn.replace("http://www.w3.org/2000/svg", "")
    assert re.search(r'class="terminal-r\d+ step0"[^>]*>one<', drawn)
    assert re.search(r'class="terminal-r\d+ step1"[^>]*>three<', drawn)


def test_a_link_that_leads_nowhere_is_found(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "index.html").write_text('<h1 id="top"></h1><a href="../index.html#there">x</a>')
    (tmp_path / "index.html").write_text(
        '<b id="there"></b><a href="a/">x</a><a href="a/#top">x</a><a href="https://example.test/x">x</a>'
        '<a href="a/#gone">x</a><img src="no.png"><a href="#no">x</a>'
    )
    assert docs.broken_links(tmp_path) == ["index.html: a/#gone", "index.html: no.png", "index.html: #no"]
