"""Files that the SDK writes and that hold credentials, or what was deployed, are for nobody else on this machine."""

from __future__ import annotations

import os
import stat
import sys
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from fal._core.auth import StoredLogin
from fal.deploy.deadline import Deadline
from fal.deploy.package import sdist
from fal.deploy.package.files import collect
from fal.deploy.package.hashing import HashCache, default_cache_file, hash_files
from fal.deploy.resolve.draft import FileSelection
from tests.support.servers import http_serving
from tests.unit.core.test_login import granting, jwt

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="modes are those of POSIX")
Evidence = Callable[..., None]


@pytest.fixture(autouse=True)
def lax() -> Iterator[None]:
    """Let every file be open to everybody that is not closed on purpose."""
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


@pytest.mark.parametrize("before", [0o600, 0o666])
def test_the_stored_login(tmp_path: Path, before: int, evidence: Evidence) -> None:
    token_file = tmp_path / "auth0_token"
    token_file.write_text("refresh-1\n")
    token_file.chmod(before)
    seen: list[int] = []
    real = os.replace

    def replace(source: Any, target: Any) -> None:
        seen.append(mode(Path(source)))
        real(source, target)

    with http_serving(granting(jwt(3600))) as (port, _), pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "replace", replace)
        StoredLogin(token_file, f"http://127.0.0.1:{port}").http_headers()
    assert token_file.read_text().startswith("refresh-2\n")
    assert {path.name: mode(path) for path in tmp_path.iterdir()} == dict.fromkeys(os.listdir(tmp_path), 0o600)
    assert seen == [0o600], "nor is it open to others before it is in place"
    evidence("files that the SDK writes, for their modes", files=len(os.listdir(tmp_path)))


@pytest.mark.parametrize("before", [None, 0o666])
def test_the_cache_of_hashes(home: Path, tmp_path: Path, before: int | None, evidence: Evidence) -> None:
    file = tmp_path / "file"
    file.write_text("content")
    os.utime(file, (1, 1))
    cache = default_cache_file()
    assert cache is not None
    assert cache.is_relative_to(home)
    if before is not None:
        cache.parent.mkdir(parents=True)
        cache.touch(before)
        assert mode(cache) == before
    result, _ = collect(FileSelection(("file",), (), tmp_path))
    assert not hash_files(result)[0].remembered
    assert hash_files(result)[0].remembered
    assert {mode(path) for path in cache.parent.iterdir()} == {0o600}
    if before is None:
        assert mode(cache.parent) == 0o700
    evidence("files that the SDK writes, for their modes", files=1)


def test_a_cache_that_is_a_link_is_not_used(tmp_path: Path) -> None:
    target, file = tmp_path / "target", tmp_path / "file"
    target.touch()
    file.write_text("content")
    os.utime(file, (1, 1))
    (tmp_path / "cache").symlink_to(target)
    result, _ = collect(FileSelection(("file",), (), tmp_path))
    cache = HashCache(tmp_path / "cache")
    cache.save([(result[0], "0" * 64)])
    assert target.read_bytes() == b""


def test_the_folder_where_a_deploy_builds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, evidence: Evidence) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (project / "pyproject.toml").write_text('[project]\nname = "p"\n')
    seen: list[Path] = []

    def build(requirement: Any, copy: Path, out: Path, deadline: Any) -> None:
        scratch = copy.parents[1]
        assert scratch == out.parent and mode(scratch) == 0o700
        seen.append(scratch)
        out.mkdir()
        with tarfile.open(out / "p-1.tar.gz", "w:gz"):
            pass

    monkeypatch.setattr(sdist, "_build", build)
    requirement = sdist.LocalRequirement("./project", project, "", "p")
    with sdist.built(requirement, Deadline(60.0)) as (archive, name):
        assert (archive.parent.parent, name) == (seen[0], "p")
    assert not seen[0].exists()
    evidence("files that the SDK writes, for their modes", files=1)
