from __future__ import annotations

import hashlib
import os
import sqlite3
import stat
import threading
from pathlib import Path

import pytest

from fal.app.settings import DEFAULT_IGNORE
from fal.deploy.errors import FileError
from fal.deploy.package import files as files_module
from fal.deploy.package.files import collect
from fal.deploy.package.hashing import HashCache, HashedFile, default_cache_file, hash_file, hash_files
from fal.deploy.resolve.draft import FileSelection
from tests.support.waiting import LIMIT

OLD = 1_600_000_000


def select(folder: Path, *paths: str, ignore: tuple[str, ...] = (), globs: bool = False) -> list[str]:
    result, _ = collect(FileSelection(paths, ignore, folder, globs=globs))
    return [file.relative_path for file in result]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in ("a.txt", "sub/b.txt", "sub/__pycache__/c.pyc", "sub/deep/d.bin", ".git/HEAD", "node_modules/x/y.js"):
        path = tmp_path / "tree" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
        os.utime(path, (OLD, OLD))
    return tmp_path / "tree"


def test_files_and_folders_are_collected_once_in_order(tree: Path) -> None:
    result = select(tree, "sub", "a.txt", "./sub/../a.txt", str(tree / "sub" / "b.txt"), ignore=DEFAULT_IGNORE)
    assert result == ["a.txt", "sub/b.txt", "sub/deep/d.bin"]
    assert select(tree, ".", ignore=DEFAULT_IGNORE) == [
        "a.txt",
        "node_modules/x/y.js",
        "sub/b.txt",
        "sub/deep/d.bin",
    ]


def test_a_missing_path_is_a_notice(tree: Path) -> None:
    result, notices = collect(FileSelection(("nope", "a.txt"), (), tree))
    assert [file.relative_path for file in result] == ["a.txt"]
    assert len(notices) == 1
    assert "'nope' does not exist" in notices[0]


def test_ignore_rules_search_and_negations_take_back(tree: Path) -> None:
    assert select(tree, "sub", ignore=("deep", r"\.pyc$")) == ["sub/b.txt"]
    assert select(tree, "sub", ignore=(r"^sub/", r"!b\.txt$")) == ["sub/b.txt"]
    with pytest.raises(FileError, match="not a regular expression"):
        select(tree, "sub", ignore=("(",))


def test_the_app_file_stays_out(tree: Path) -> None:
    result, _ = collect(FileSelection(("a.txt", "sub/b.txt"), (), tree, app_file=tree / "a.txt"))
    assert [file.relative_path for file in result] == ["sub/b.txt"]


def test_globs_of_a_dockerfile(tree: Path) -> None:
    assert select(tree, "*.txt", globs=True) == ["a.txt"]
    assert select(tree, "s?b/*.txt", "sub/d*", globs=True) == ["sub/b.txt", "sub/deep/d.bin"]


@pytest.mark.parametrize("path", ["..", "../tree/a.txt", "sub/../../x", "/etc/hosts"])
def test_paths_cannot_leave_the_context(tree: Path, path: str) -> None:
    if path == "../tree/a.txt":
        assert select(tree, "sub/../a.txt") == ["a.txt"]
    with pytest.raises(FileError, match=r"outside of the folder|points outside of the folder"):
        select(tree, path)


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_links_inside_are_sent_under_their_own_name_and_links_outside_refused(tree: Path, tmp_path: Path) -> None:
    (tree / "link.txt").symlink_to(tree / "a.txt")
    (tree / "sub" / "loop").symlink_to(tree)
    assert select(tree, "link.txt", "sub", ignore=(r"\.pyc$",)) == ["link.txt", "sub/b.txt", "sub/deep/d.bin"]
    (tmp_path / "secret").write_text("x")
    (tree / "sub" / "out").symlink_to(tmp_path / "secret")
    with pytest.raises(FileError, match=r"'sub/out' is a link to .*secret, outside of the folder"):
        select(tree, "sub")
    assert "sub/out" not in select(tree, "sub", ignore=("out",))
    (tree / "sub" / "out").unlink()


@pytest.mark.skipif(os.name == "nt", reason="links need a right of their own there")
def test_links_that_cannot_be_followed_are_left_out_with_a_notice(tree: Path, tmp_path: Path) -> None:
    (tree / "sub" / "dangling").symlink_to("nowhere")
    (tree / "sub" / "back").symlink_to(tree)
    (tmp_path / "other").mkdir()
    (tree / "sub" / "away").symlink_to(tmp_path / "other")
    (tree / "top").symlink_to("nowhere")
    files, notices = collect(FileSelection(("sub", "top"), (r"\.pyc$",), tree))
    assert [file.relative_path for file in files] == ["sub/b.txt", "sub/deep/d.bin"]
    assert sorted(notice.partition(" is ")[0] for notice in notices) == [
        "'sub/away'",
        "'sub/back'",
        "'sub/dangling'",
        "'top'",
    ]


@pytest.mark.skipif(os.name == "nt", reason="links need a right of their own there")
def test_a_linked_folder_inside_goes_along_under_its_own_name(tree: Path) -> None:
    (tree / "link").symlink_to("sub")
    assert select(tree, "link", ignore=(r"\.pyc$",)) == ["link/b.txt", "link/deep/d.bin"]
    (tree / "around").mkdir()
    (tree / "around" / "link").symlink_to(tree / "sub")
    assert select(tree, "around", ignore=(r"\.pyc$",)) == ["around/link/b.txt", "around/link/deep/d.bin"]


@pytest.mark.skipif(os.name == "nt", reason="POSIX permissions")
def test_unreadable_files_are_named(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real_open = open

    def refuse(path: object, *args: object) -> object:
        if str(path).endswith("a.txt"):
            raise PermissionError(13, "Permission denied", str(path))
        return real_open(path, *args)  # type: ignore[call-overload]

    [file] = collect(FileSelection(("a.txt",), (), tree))[0]
    monkeypatch.setattr("builtins.open", refuse)  # the tests may run as root, whom no mode stops
    with pytest.raises(FileError, match=r"a\.txt cannot be read: Permission denied"):
        hash_file(file)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes")
def test_special_files_are_left_out_with_a_notice(tree: Path) -> None:
    os.mkfifo(tree / "sub" / "pipe")
    result, notices = collect(FileSelection(("sub",), (r"\.pyc$",), tree))
    assert "sub/pipe" not in [file.relative_path for file in result]
    assert "'sub/pipe' is not a regular file" in notices[0]


def test_files_beyond_the_limit_are_refused(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert files_module.MAX_FILE_BYTES == 1073741824
    with open(tree / "big", "wb") as big:
        big.truncate(files_module.MAX_FILE_BYTES + 1)  # sparse
    with pytest.raises(FileError, match="1 GiB"):
        select(tree, "big")
    monkeypatch.setattr(files_module, "MAX_FILE_BYTES", 3)
    with pytest.raises(FileError, match=r"a\.txt has 5 bytes"):
        select(tree, "a.txt")


def test_the_hash_covers_content_and_mode(tree: Path) -> None:
    [file] = collect(FileSelection(("a.txt",), (), tree))[0]
    mode = os.stat(tree / "a.txt").st_mode
    assert hash_file(file) == hashlib.sha256(b"a.txt" + str(mode).encode()).hexdigest()


def test_unchanged_files_are_remembered_and_changed_ones_are_not(tree: Path, tmp_path: Path) -> None:
    cache = HashCache(tmp_path / "cache" / "hashes.sqlite3")

    def run() -> dict[str, tuple[str, bool]]:
        result, _ = collect(FileSelection(("a.txt", "sub/b.txt"), (), tree))
        return {item.file.relative_path: (item.hash, item.remembered) for item in hash_files(result, cache)}

    first = run()
    assert [seen for _, seen in first.values()] == [False, False]
    assert {name: (digest, True) for name, (digest, _) in first.items()} == run()
    assert cache.file is not None
    if os.name != "nt":
        assert stat.S_IMODE(os.stat(cache.file).st_mode) == 0o600
    (tree / "a.txt").write_text("A.TXT")  # as long as before
    os.utime(tree / "a.txt", (OLD, OLD + 1))
    again = run()
    assert again["a.txt"][1] is False
    assert again["a.txt"][0] != first["a.txt"][0]
    assert again["sub/b.txt"] == (first["sub/b.txt"][0], True)


def test_a_file_written_a_moment_ago_is_not_remembered(tree: Path, tmp_path: Path) -> None:
    cache = HashCache(tmp_path / "hashes.sqlite3", now=lambda: OLD + 1)
    result, _ = collect(FileSelection(("a.txt",), (), tree))
    hash_files(result, cache)
    assert hash_files(result, cache)[0].remembered is False


@pytest.mark.parametrize("content", [b"", b"garbage that is not a database" * 100])
def test_a_broken_cache_is_ignored_and_replaced(tree: Path, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "hashes.sqlite3"
    file.write_bytes(content)
    cache = HashCache(file)
    result, _ = collect(FileSelection(("a.txt",), (), tree))
    expected = hash_file(result[0])
    assert [hash_files(result, cache)[0].hash for _ in range(3)] == [expected] * 3
    assert hash_files(result, cache)[0].remembered is True


def test_a_cache_of_another_layout_or_a_lying_entry_is_ignored(tree: Path, tmp_path: Path) -> None:
    file = tmp_path / "hashes.sqlite3"
    cache = HashCache(file)
    with sqlite3.connect(file) as db:
        db.execute("CREATE TABLE hashes (something TEXT)")
    db.close()
    result, _ = collect(FileSelection(("a.txt",), (), tree))
    assert hash_files(result, cache)[0].hash == hash_file(result[0])


@pytest.mark.parametrize("place", ["below a file", "a folder", "a link", "a circle", "no folder"])
def test_a_cache_that_cannot_be_written_is_done_without(tree: Path, tmp_path: Path, place: str) -> None:
    folder = tmp_path / "cache"
    folder.mkdir()
    file = folder / "hashes.sqlite3"
    if place == "below a file":
        file = tree / "a.txt" / "hashes.sqlite3"
    elif place == "a folder":
        file.mkdir()
    elif place == "a link":
        file.symlink_to("/dev/full")
    elif place == "a circle":
        file.symlink_to(file)
    cache = HashCache(None if place == "no folder" else file)
    result, _ = collect(FileSelection(("a.txt",), (), tree))
    assert [hash_files(result, cache)[0] for _ in range(2)] == [HashedFile(result[0], hash_file(result[0]))] * 2


@pytest.mark.parametrize("home", ["", "~", "relative"])
def test_no_cache_is_kept_without_a_home(home: str) -> None:
    assert default_cache_file({"HOME": home}) is None


def test_the_cache_stands_concurrency(tree: Path, tmp_path: Path) -> None:
    cache = HashCache(tmp_path / "hashes.sqlite3")
    result, _ = collect(FileSelection((".",), (), tree))
    expected = [hash_file(file) for file in result]
    wrong: list[object] = []

    def work() -> None:
        for _ in range(5):
            got = [item.hash for item in hash_files(result, HashCache(cache.file))]
            if got != expected:
                wrong.append(got)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LIMIT)
    assert not wrong


def test_a_file_that_changes_while_it_is_read_is_named(tree: Path) -> None:
    [file] = collect(FileSelection(("a.txt",), (), tree))[0]
    (tree / "a.txt").write_text("longer than before")
    with pytest.raises(FileError, match=r"a\.txt changed while"):
        hash_file(file)
